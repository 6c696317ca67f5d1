#ifndef CORE_ENGINE_WEBHOOK_SERVICE_H
#define CORE_ENGINE_WEBHOOK_SERVICE_H

#include "core/domain/http.h"
#include "core/engine/engine.h"

/*
 * What carriers tell us and ask of us. A notice (status, recording) is verified on the server's
 * thread, applied in a transaction and acknowledged only when that is durable. A request for a
 * document goes to a worker, because a conversation may have to think.
 */
struct webhook_service;

struct webhook_service_options {
    const struct engine *engine;
    unsigned workers;              /* for documents; 0: 4 */
    size_t queue_max;              /* documents that may wait; 0: 4096 */
    unsigned cached_documents;     /* answer documents kept for carriers that ask again; 0: 4096 */
    void (*work_added)(void *ctx); /* a job was committed; may be NULL */
    void *work_ctx;
};

struct webhook_service *webhook_service_new(const struct webhook_service_options *o);

/** Finish the documents that are queued and join the workers; later ones get 503. NULL is fine. */
void webhook_service_stop(struct webhook_service *ws);

/** Stop and free; the store must have nothing of ours left to finish. NULL is fine. */
void webhook_service_free(struct webhook_service *ws);

/**
 * Answer one request below /voice/. Replies itself, now or later: 204 for a durable notice, 200
 * with a document, 403 for a bad signature, 404 for an address that is not (or no longer) valid,
 * 400 for signed nonsense, 503 with Retry-After when nothing can be made durable now.
 * Thread: the server's.
 */
void webhook_service_handle(struct webhook_service *ws, struct http_exchange *x);

struct webhook_counts {
    uint64_t accepted, refused_signature, refused_other, documents, documents_cached, failed;
};
struct webhook_counts webhook_service_counts(struct webhook_service *ws);

#endif
