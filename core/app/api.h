#ifndef CORE_APP_API_H
#define CORE_APP_API_H

#include "core/app/gateway.h"
#include "core/base/form.h"
#include "core/base/json.h"
#include "core/base/pool.h"
#include "core/domain/http.h"

/*
 * What the API's handlers share. A handler runs on an API worker, so it may block; it must reply
 * exactly once. Everything of a request dies with its reply.
 */
enum {
    API_PARAMS_MAX = 2,
    API_BODY_MAX = 65536,
    API_REPLY_MAX = 8 * 1024 * 1024,
    API_PAGE_MAX = 200,
    API_PAGE_DEFAULT = 50
};

struct api_request {
    struct pool_task task;
    struct gateway *gateway;
    struct http_exchange *exchange;
    void (*handler)(struct api_request *r);
    struct str params[API_PARAMS_MAX]; /* the {…} parts of the path, in order */
    struct form query;
    struct json_doc *body; /* NULL without a body */
    struct arena arena;
    struct error error;
};

typedef void api_handler_fn(struct api_request *r);

/* ---- replying: each of these ends the request -------------------------------------------------
 */

/** 2xx with the JSON that `w` was used to write into api_body(). */
void api_reply(struct api_request *r, int status);

/** The reply's body, to write JSON into before api_reply(). */
struct buf *api_body(struct api_request *r);

/** RFC 9457 problem document for r->error (or rc when that is empty). */
void api_fail(struct api_request *r, enum error_code rc);

/** The same with everything said here. code: a stable word; field may be NULL. */
void api_problem(struct http_exchange *x, int status, const char *code, const char *field,
                 const char *detail);

/** The body of a problem document for what the HTTP layer refuses; of the type below. */
void api_write_refusal(struct buf *body, int status, const char *text);
#define API_PROBLEM_TYPE "application/problem+json"

/** HTTP status of a failure, as the API speaks it. */
int api_status_for(enum error_code rc);

void api_request_free(struct api_request *r);

/** Does the request come from this machine, and nobody else's through it? */
bool api_is_local(const struct http_exchange *x);

/** Is that content type JSON's? */
bool api_is_json(struct str type);

/* ---- reading ------------------------------------------------------------------------------------
 */

/** Query value by name, empty when absent. */
struct str api_query(const struct api_request *r, const char *name);

/** `limit` of the query, 1 to API_PAGE_MAX; false with r->error set. */
NODISCARD bool api_limit(struct api_request *r, uint32_t *out);

/** The id in the path; false with r->error set: nothing can have a malformed one. */
NODISCARD bool api_path_id(struct api_request *r, const char *prefix, int64_t *out);

/** An id in the query by name, left alone when absent; false with r->error set. */
NODISCARD bool api_query_id(struct api_request *r, const char *name, const char *prefix,
                            int64_t *out);

/** `cursor` of the query, an id with prefix; 0 when absent. */
NODISCARD bool api_cursor(struct api_request *r, const char *prefix, int64_t *out);

/** A time in the query; false with r->error set. */
NODISCARD bool api_time(struct api_request *r, const char *name, int64_t *out);

/** A member of the body that is a string; absent or null leaves *out alone. Fills r->error. */
NODISCARD enum error_code api_text_member(struct api_request *r, const char *name, struct str *out);

/** The body is an object of no other members than these (NULL at the end); example: such a body. */
NODISCARD enum error_code api_only_members(struct api_request *r, const char *const *allowed,
                                           const char *example);

/** Run fn over a read-only view of the store; false when that failed, and the request is answered.
 */
NODISCARD bool api_read(struct api_request *r, store_tx_fn *fn, void *ctx);

/** The same for the thing that the path names: its id goes to *id before fn runs. */
NODISCARD bool api_read_named(struct api_request *r, const char *prefix, int64_t *id,
                              store_tx_fn *fn, void *ctx);

/* ---- shapes shared by several routes ------------------------------------------------------------
 */

/** What was shared in a call, in numbers. */
struct api_outcome {
    uint32_t info_count;
    enum qualification qualified;
};
NODISCARD enum error_code api_read_outcomes(struct store_tx *tx, const struct call *calls,
                                            size_t count, struct arena *a, struct api_outcome **out,
                                            struct error *err);
void api_put_outcome(struct json_writer *w, const struct api_outcome *o); /* two members */

void api_put_call(struct json_writer *w, const struct call *c);
void api_put_call_members(struct json_writer *w, const struct call *c); /* into an open object */
void api_put_id(struct json_writer *w, const char *key, const char *prefix,
                int64_t id); /* 0: null */
/** Begin {"items":[ of a list in api_body(). */
void api_begin_items(struct api_request *r, struct json_writer *w);
/** End it with the cursor of the next page (0: there is none) and reply 200. */
void api_reply_items(struct api_request *r, struct json_writer *w, const char *prefix,
                     int64_t next);
void api_put_payment(struct json_writer *w, const struct payment *p);
void api_put_event(struct json_writer *w, const struct event *ev);

/* ---- handlers, one file per subject -------------------------------------------------------------
 */

api_handler_fn api_place_call, api_list_calls, api_get_call, api_hang_up;
api_handler_fn api_call_events, api_call_transcript, api_call_recording;
api_handler_fn api_list_consents, api_get_consent, api_add_consent;
api_handler_fn api_summary, api_list_sessions, api_list_information, api_add_information;
api_handler_fn api_list_recordings, api_get_recording, api_recording_audio;
api_handler_fn api_test_function;
api_handler_fn api_list_assistants, api_list_providers;

/* Answered on the server's thread: they must work when everything else is busy. */
void api_healthz(struct gateway *g, struct http_exchange *x);
void api_readyz(struct gateway *g, struct http_exchange *x);
void api_openapi(struct gateway *g, struct http_exchange *x);
void api_assistant_schema(struct gateway *g, struct http_exchange *x);

#endif
