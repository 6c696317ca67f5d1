#ifndef CORE_APP_SWAIG_H
#define CORE_APP_SWAIG_H

#include "core/app/gateway.h"
#include "core/base/form.h"
#include "core/base/pool.h"
#include "core/domain/http.h"
#include "core/engine/agent.h"
#include "swml/swaig.h"

/*
 * The addresses of a carrier's own agent: /swml/{assistant} gives its document, /swaig/{assistant}
 * runs its functions, …/post_prompt takes its report. All but …/health and …/ready need basic
 * authentication. Errors are {"error": "…"}, as the carrier's SDK gives them.
 */

/** Is this path one of them? Then swaig_handle() answers it. */
bool swaig_is_path(struct str path);

/** Its routes, "/swaig/{}/health": for the description of the API. */
void swaig_each_route(void (*each)(void *ctx, const char *method, const char *path), void *ctx);

/** On the server's thread. Documents are given at once, from memory; the rest is a worker's. */
void swaig_handle(struct gateway *g, struct http_exchange *x);

/** Documents that were made once for each version of an assistant. For the server's thread only. */
struct swaig_documents *swaig_documents_new(void);
void swaig_documents_free(struct swaig_documents *d); /* NULL is fine */

/** engine.write_agent; ctx is the gateway. Credentials are a mark, see agent.h. */
enum error_code swaig_write_agent(void *ctx, const struct agent_brief *brief, struct buf *out,
                                  struct error *err);

/* ---- shared by swaig_*.c ----------------------------------------------------------------------
 */

/** One request on a worker. A handler replies exactly once, with one of the functions below. */
struct swaig_task {
    struct pool_task task;
    struct gateway *gateway;
    struct http_exchange *exchange;
    void (*run)(struct swaig_task *t);
    struct str name;                   /* of the assistant, from the path */
    const struct assistant *assistant; /* with a reference; NULL before swaig_find() */
    struct form query;
    struct swaig_request request; /* of a function; zeroed when it cannot be read */
    struct call call;             /* id 0: not one of ours */
    struct arena arena;
};

typedef void swaig_handler_fn(struct swaig_task *t);
swaig_handler_fn swaig_run_function, swaig_take_report;

/** A handler on the server's thread: it replies before it returns. */
typedef void swaig_now_fn(struct gateway *g, struct http_exchange *x, struct str name);
swaig_now_fn swaig_give_document;

/** Reply with status, the addresses' headers, and what is in reply_body. */
void swaig_send(struct http_exchange *x, int status);
void swaig_send_error(struct http_exchange *x, int status, const char *what);

/** Reply and free the task. */
void swaig_reply_json(struct swaig_task *t, struct str json);
void swaig_reply_error(struct swaig_task *t, int status, const char *what);

#endif
