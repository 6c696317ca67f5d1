#include "core/app/summary_http.h"

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "swml/swaig.h"

enum {
    BODY_MAX = 262144
};

static void add_header(struct http_request *q, struct str name, struct str value) {
    q->headers[q->header_count++] = (struct http_header){name, value};
}

static enum error_code judge(const struct http_response *rsp, struct error *err) {
    if (rsp->status >= 200 && rsp->status < 300)
        return ERR_OK;
    enum error_code rc =
        error_set(err, ERR_UPSTREAM, "the receiver of the summary answered %d", rsp->status);
    if (err) {
        err->http_status = rsp->status;
        err->retry = rsp->status >= 500 || rsp->status == 429 || rsp->status == 408;
    }
    return rc;
}

static enum error_code tell(void *ctx, const struct summary_told *told, struct error *err) {
    struct summary_http *h = ctx;
    CLEANUP(buf_release) struct buf body = BUF_INIT(BODY_MAX);
    CLEANUP(http_response_release) struct http_response rsp = {0};
    struct http_request q = {.method = "POST", .url = told->url, .trust = h->trust};
    struct secret password = {0};
    swaig_report_write(&(struct swaig_report_told){.call_id = told->call_id,
                                                   .app_name = told->assistant,
                                                   .caller_id_number = told->caller_number,
                                                   .summary = told->summary,
                                                   .call_log_json = told->transcript_json,
                                                   .global_data_json = told->global_data_json},
                       &body);
    if (buf_failed(&body))
        return error_set(err, ERR_LIMIT, "what is told with the summary is over %d bytes",
                         BODY_MAX);
    add_header(&q, STR("Content-Type"), STR("application/json"));
    add_header(&q, STR("Idempotency-Key"), told->call_id);
    q.body = buf_str(&body);
    if (told->user.len > 0) {
        secret_set(&password, told->password);
        q.basic_user = told->user;
        q.basic_password = &password;
    }
    enum error_code rc = http_client_send(h->http, &q, &rsp, err);
    secret_release(&password);
    if (rc == ERR_OK)
        return judge(&rsp, err);
    if (err)
        err->retry = rc == ERR_NETWORK || rc == ERR_UNCERTAIN;
    return rc;
}

struct summary_receiver summary_http(struct summary_http *h) {
    return (struct summary_receiver){.tell = tell, .ctx = h};
}
