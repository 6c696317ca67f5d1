#include "core/app/function_remote_http.h"

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "swml/swaig.h"
#include "swml/swaig_reply.h"

enum {
    BODY_MAX = 262144,
    TRIES_MAX = 2
};

static void put_parameters(const struct function_remote_request *req, struct buf *out) {
    if (req->parameters)
        json_put_value(out, req->parameters);
}

static void write_body(const struct function_remote_request *req, struct buf *body) {
    CLEANUP(buf_release) struct buf parameters = BUF_INIT(BODY_MAX);
    put_parameters(req, &parameters);
    const struct swaig_call c = {
        .function = req->function,
        .description = req->description,
        .arguments_json = req->arguments_json,
        .parameters_json = buf_str(&parameters),
        .call_id = req->call_id,
        .app_name = req->assistant,
        .caller_id_name = req->caller_name,
        .caller_id_number = req->caller_number,
        .global_data_json = req->global_data_json,
        .meta_data_json = req->meta_data_json,
        .meta_data_token = req->meta_data_token,
        .call_log_json = req->transcript_json,
        .is_active = true,
    };
    swaig_call_write(&c, body);
}

static void fill(const struct function_remote_request *req, struct http_request *out) {
    out->method = "POST";
    out->url = req->url;
    out->headers[out->header_count++] =
        (struct http_header){STR("Content-Type"), STR("application/json")};
    out->headers[out->header_count++] =
        (struct http_header){STR("Accept"), STR("application/json")};
    out->headers[out->header_count++] =
        (struct http_header){STR("User-Agent"), STR("Switchhook-SWAIG/1.0")};
    if (req->idempotency_key.len > 0)
        out->headers[out->header_count++] =
            (struct http_header){STR("Idempotency-Key"), req->idempotency_key};
    out->body_max_bytes = FUNCTION_REMOTE_REPLY_MAX;
    out->once = true; /* the library must not send it a second time by itself */
}

static enum error_code understand(const struct http_response *rsp, struct arena *a,
                                  struct function_reply *out, struct error *err) {
    struct error why = {0};
    if (rsp->status != 200) {
        enum error_code rc =
            error_set(err, ERR_UPSTREAM, "the function's server answered %d", rsp->status);
        if (err) {
            err->http_status = rsp->status;
            err->retry = rsp->status >= 500;
        }
        return rc;
    }
    if (swaig_reply_read(buf_str(&rsp->body), a, out, &why) == ERR_OK)
        return ERR_OK;
    return error_set(err, ERR_UPSTREAM, "the function's server answered what is no reply: %.160s",
                     why.text);
}

/* May it be asked again? Only when it certainly did not run, or says that it failed. */
static bool may_repeat(enum error_code rc, const struct error *err) {
    return rc == ERR_NETWORK || (rc == ERR_UPSTREAM && err->retry);
}

static enum error_code ask_once(struct function_remote_http *h, const struct http_request *request,
                                struct arena *a, struct function_reply *out, struct error *err) {
    struct http_response rsp = {0};
    enum error_code rc = http_client_send(h->http, request, &rsp, err);
    if (rc == ERR_OK)
        rc = understand(&rsp, a, out, err);
    else if (rc == ERR_LIMIT)
        rc = error_set(err, ERR_UPSTREAM, "the function's server answered more than %d bytes",
                       FUNCTION_REMOTE_REPLY_MAX);
    http_response_release(&rsp);
    return rc;
}

static uint32_t time_left(const struct function_remote_http *h, int64_t end_ms) {
    int64_t left = end_ms - clock_mono_ms(&h->clock);
    return left > 0 ? (uint32_t)left : 0;
}

static enum error_code call(void *ctx, const struct function_remote_request *req, struct arena *a,
                            struct function_reply *out, struct error *err) {
    struct function_remote_http *h = ctx;
    CLEANUP(buf_release) struct buf body = BUF_INIT(BODY_MAX);
    struct http_request request = {.trust = h->trust};
    struct secret password = {0};
    struct error why = {0};
    uint32_t budget = req->timeout_ms ? req->timeout_ms : FUNCTION_REMOTE_TIMEOUT_DEFAULT_MS;
    int64_t end_ms = clock_mono_ms(&h->clock) + budget;
    write_body(req, &body);
    if (buf_failed(&body))
        return error_set(err, ERR_LIMIT, "what the function should know is over %d bytes",
                         BODY_MAX);
    fill(req, &request);
    request.body = buf_str(&body);
    if (req->user.len > 0) {
        secret_set(&password, req->password);
        request.basic_user = req->user;
        request.basic_password = &password;
    }
    enum error_code rc = ERR_UNCERTAIN;
    for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
        request.timeout_ms = time_left(h, end_ms);
        if (tries > 0 && (!may_repeat(rc, &why) || request.timeout_ms == 0))
            break;
        rc = ask_once(h, &request, a, out, &why);
        if (rc == ERR_OK)
            break;
    }
    secret_release(&password);
    if (rc != ERR_OK && err)
        *err = why;
    return rc;
}

struct function_remote function_remote_http(struct function_remote_http *h) {
    return (struct function_remote){.call = call, .ctx = h};
}
