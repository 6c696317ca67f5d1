#ifndef CORE_ENGINE_WEBHOOK_INTERNAL_H
#define CORE_ENGINE_WEBHOOK_INTERNAL_H

/* Shared by webhook_service.c (entry, notices), webhook_document.c (documents) and
 * webhook_inbound.c only. */
#include "core/base/log_limit.h"
#include "core/base/pool.h"
#include "core/engine/document_cache.h"
#include "core/engine/webhook_service.h"

struct webhook_service {
    const struct engine *engine;
    struct pool *pool;
    struct document_cache *cache;
    void (*work_added)(void *ctx);
    void *work_ctx;
    struct log_limit refusals; /* of their lines: they cost whoever sends them nothing */
    _Atomic uint64_t accepted, refused_signature, refused_other, documents, documents_cached,
        failed;
};

/** One webhook under way, from verification to reply. Owns its arena, which news points into. */
struct webhook {
    struct pool_task task;
    struct store_work work;
    struct webhook_service *service;
    struct http_exchange *exchange;
    struct provider *provider;
    struct links_target target;
    bool of_number; /* its address is a number's: the carrier's own id tells which call is meant */
    struct webhook_news news;
    struct arena arena;
    int64_t received_ms; /* monotonic */
    bool work_added;     /* the transaction left a job behind */
    bool ended;          /* the transaction ended the call */
};

/** Reply with a bare status and free the webhook. 503 gets Retry-After. */
void webhook_reply_status(struct webhook *w, int status);

/** HTTP status for a failure. */
int webhook_status_for(enum error_code rc);

/**
 * Read the webhook's call and check that the address is its own: provider, newest attempt's nonce.
 * ERR_NOT_FOUND otherwise, and a day after the call's end.
 */
NODISCARD enum error_code webhook_load_call(struct store_tx *tx, const struct webhook *w,
                                            struct call *out, struct error *err);

/** Bind the carrier's call id if the webhook names one; *won false when another call owns ours. */
NODISCARD enum error_code webhook_bind(struct store_tx *tx, struct webhook *w, struct call *c,
                                       int64_t now_ms, bool *won, struct error *err);

/** Answer a request for a document from the cache; false when it is not there. Server's thread. */
NODISCARD bool webhook_document_cached(struct webhook *w);

/** Make the document and reply. On a worker. */
void webhook_document_run(struct pool_task *t);

/** The same for a call to one of our numbers, which is made when it is new. On a worker. */
void webhook_inbound_run(struct pool_task *t);

/** Reply with this document and free the webhook. */
void webhook_reply_document(struct webhook *w, struct str text);

#endif
