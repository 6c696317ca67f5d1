#include "core/app/payment_route.h"

#include <stdio.h>

#include "core/app/api.h"
#include "core/base/digest.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/pool.h"
#include "core/engine/agent.h"
#include "core/engine/dispatcher.h"
#include "core/engine/payment_desk.h"
#include "core/engine/payment_link.h"
#include "core/engine/payment_mock.h"
#include "core/io/payment_http.h"
#include "swml/payment_connector.h"

enum {
    BASIC_MAX = 512,
    RESULT_SIZE = 64
};

struct payment_gateway *payment_gateway_of(const struct config *c, struct http_client *http,
                                           struct clock clock) {
    struct str kind = str_z(c->payment_gateway);
    struct payment_http_options o = {
        .http = http, .url = str_z(c->payment_url), .token = &c->payment_token};
    if (str_eq_z(kind, "http"))
        return payment_http_new(&o);
    /* where calls are simulated, charges may be */
    bool simulated = kind.len == 0 && str_eq_z(str_z(c->provider), "mock");
    return simulated || str_eq_z(kind, "mock") ? payment_mock_new(clock) : NULL;
}

bool payment_is_secret(struct str target) {
    struct str payment = STR("/payment"), gather = STR("/gather?");
    if (str_starts(target, payment))
        return target.len == payment.len || target.ptr[payment.len] == '/' ||
               target.ptr[payment.len] == '?';
    if (str_starts(target, STR("/swaig")) || str_starts(target, STR("/swml")))
        return true;
    return str_starts(target, STR("/voice/")) && str_find_str(target, gather) < target.len;
}

/* ---- answers -----------------------------------------------------------------------------------
 */

static const struct {
    int status;
    const char *word, *text;
} refusals[ERR_CODE_COUNT] = {
    [ERR_INVALID] = {400, "invalid_request", NULL},
    [ERR_LIMIT] = {413, "invalid_request", NULL},
    [ERR_NOT_FOUND] = {404, "unknown_payment", NULL},
    [ERR_CONFLICT] = {409, "not_payable", NULL},
    [ERR_RATE_LIMIT] = {429, "too_many_attempts", NULL},
    [ERR_UNSUPPORTED] = {503, "not_configured", NULL},
    [ERR_UNCERTAIN] = {504, "outcome_unknown", "it is not known whether the card was charged"},
    [ERR_NETWORK] = {502, "processor_unavailable", "the payment could not be processed"},
    [ERR_UPSTREAM] = {502, "processor_unavailable", "the payment could not be processed"},
    [ERR_AUTH] = {502, "processor_unavailable", "the payment could not be processed"},
    [ERR_BUSY] = {503, "processor_busy", "the payment could not be processed"},
};

static void answer(struct http_exchange *x, int status, const struct payment_reply *r, bool token) {
    buf_clear(&x->reply_body);
    payment_connector_write(r, token, &x->reply_body);
    x->status = status;
    x->content_type = "application/json";
    http_exchange_add_header(x, "Cache-Control", STR("no-store"));
    http_exchange_reply(x);
}

static void set_text(char *dst, size_t size, const char *z) {
    if (!str_copy(str_z(z), dst, size))
        dst[0] = '\0';
}

static void refuse(struct http_exchange *x, int status, const char *word, const char *text) {
    struct payment_reply r = {0};
    set_text(r.error_code, sizeof r.error_code, word);
    set_text(r.error_text, sizeof r.error_text, text);
    http_exchange_wipe_body(x);
    answer(x, status, &r, false);
}

static void refuse_for(struct http_exchange *x, enum error_code rc, const struct error *err) {
    char text[PAYMENT_TEXT_SIZE];
    int status = refusals[rc].status ? refusals[rc].status : 503;
    const char *said = refusals[rc].text ? refusals[rc].text : err->text;
    snprintf(text, sizeof text, "%.40s%s%.110s", err->field, err->field[0] ? ": " : "", said);
    refuse(x, status, refusals[rc].word ? refusals[rc].word : "not_possible_now", text);
}

/* ---- who may ask -------------------------------------------------------------------------------
 */

static bool has_password(struct gateway *g, const struct http_exchange *x) {
    const struct secret *want = &gateway_config(g)->payment_password;
    struct str header = http_exchange_header(x, STR("Authorization")), scheme, user;
    uint8_t given[BASIC_MAX];
    size_t n = 0;
    if (!secret_is_set(want) || !str_next(&header, ' ', &scheme) ||
        !str_eq_nocase(scheme, STR("Basic")) ||
        !digest_base64_decode(str_trim(header), given, sizeof given, &n))
        return false;
    struct str rest = str_from(given, n);
    bool right = str_next(&rest, ':', &user) && digest_equal(secret_reveal(want), rest);
    secret_wipe(given, sizeof given);
    return right;
}

/* On one's own machine, with nothing at stake, as tutorials do it. */
static bool is_playing(struct gateway *g, const struct http_exchange *x) {
    const struct config *c = gateway_config(g);
    bool mock = c->payment_gateway[0] ? strcmp(c->payment_gateway, "mock") == 0
                                      : strcmp(c->provider, "mock") == 0;
    return mock && !gateway_needs_token(g) && api_is_local(x);
}

/* ---- a request ---------------------------------------------------------------------------------
 */

struct payment_task {
    struct pool_task task;
    struct gateway *gateway;
    struct http_exchange *exchange;
    struct payment_connector_request request;
    int64_t payment_id;
    char token[PAYMENT_TOKEN_SIZE];
    char result[RESULT_SIZE]; /* of the pay step, where that is told */
};

static void task_free(struct payment_task *t) {
    payment_connector_release(&t->request);
    mem_free(t);
}

static void reply_payment(struct payment_task *t, const struct payment *p) {
    struct payment_reply r = {0};
    bool token_only = strcmp(p->amount, "0.00") == 0;
    int status = 200;
    if (p->status == PAYMENT_SUCCEEDED) {
        set_text(r.charge_id, sizeof r.charge_id, p->charge_id);
        set_text(r.token_id, sizeof r.token_id, p->token_id);
    } else {
        set_text(r.error_code, sizeof r.error_code, p->error_code);
        set_text(r.error_text, sizeof r.error_text, p->error_text);
        status = (int)gateway_config(t->gateway)->payment_decline_status;
    }
    answer(t->exchange, status, &r, token_only);
}

static void run(struct pool_task *task) {
    struct payment_task *t = container_of(task, struct payment_task, task);
    const struct engine *e = gateway_engine(t->gateway);
    struct payment p;
    struct error err = {0};
    struct payment_ask ask = {
        .payment_id = t->payment_id,
        .token = str_z(t->token),
        .card = &t->request.card,
        .amount = t->request.amount,
        .currency = t->request.currency,
        .transaction_id = str_z(t->request.transaction_id),
        .description = str_z(t->request.description),
        .method = str_z(t->request.method),
        .token_type = str_z(t->request.token_type),
    };
    enum error_code rc = payment_desk_charge(e->payments, e, &ask, &p, &err);
    dispatcher_wake(gateway_dispatcher(t->gateway)); /* a recording may go on */
    if (rc == ERR_OK)
        reply_payment(t, &p);
    else
        refuse_for(t->exchange, rc, &err);
    uint64_t left_out = 0;
    if (rc != ERR_OK &&
        log_limit_take(gateway_refusals(t->gateway), clock_mono_ms(&e->clock), &left_out))
        log_warn(e->log, "payment refused", LOG_ID("payment", PAYMENT_ID_PREFIX, t->payment_id),
                 LOG_Z("reason", error_name(rc)), LOG_WORDS("error", err.text),
                 LOG_INT("left_out", left_out));
    task_free(t);
}

static bool is_for_us(struct gateway *g, struct http_exchange *x, struct payment_link *link) {
    struct str type = http_exchange_header(x, STR("Content-Type"));
    bool by_address = payment_link_parse(x->path, link);
    if (!by_address && !str_eq_z(x->path, "/payment")) {
        refuse(x, 404, "unknown_payment", "there is no such payment");
    } else if (!by_address && !has_password(g, x) && !is_playing(g, x)) {
        http_exchange_add_header(x, "WWW-Authenticate", STR("Basic realm=\"payment\""));
        refuse(x, 401, "unauthorized", "send PAYMENT_CONNECTOR_PASSWORD as basic authentication");
    } else if (!api_is_json(type)) {
        refuse(x, 415, "invalid_request", "send the body as Content-Type: application/json");
    } else {
        return true;
    }
    return false;
}

/* {"pay_result":"success"}: how the pay step of a carrier's agent ended. */
static enum error_code read_result(struct str body, struct payment_task *t, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = json_parse(body, NULL, &doc, err);
    struct str word = rc == ERR_OK ? json_str(json_get(json_root(doc), "pay_result")) : STR("");
    if (rc == ERR_OK && (word.len == 0 || !str_copy(word, t->result, sizeof t->result)))
        return error_field(err, ERR_INVALID, "pay_result", "send {\"pay_result\":\"success\"}");
    return rc;
}

static void run_result(struct pool_task *task) {
    struct payment_task *t = container_of(task, struct payment_task, task);
    const struct payment_link link = {.payment_id = t->payment_id, .token = str_z(t->token)};
    const struct engine *e = gateway_engine(t->gateway);
    struct error err = {0};
    bool work_added = false;
    enum error_code rc = agent_payment_end(e, &link, str_z(t->result), &work_added, &err);
    if (work_added)
        dispatcher_wake(gateway_dispatcher(t->gateway)); /* the recording goes on */
    if (rc == ERR_OK)
        http_exchange_reply_text(t->exchange, 200, "application/json", STR("{}"));
    else
        refuse_for(t->exchange, rc, &err);
    task_free(t);
}

void payment_route(struct gateway *g, struct http_exchange *x) {
    struct payment_link link = {0};
    struct error err = {0};
    if (!is_for_us(g, x, &link))
        return;
    struct payment_task *t = mem_zalloc(sizeof *t);
    enum error_code rc = link.is_result ? read_result(x->body, t, &err)
                                        : payment_connector_read(x->body, &t->request, &err);
    http_exchange_wipe_body(x);
    t->task.run = link.is_result ? run_result : run;
    t->gateway = g;
    t->exchange = x;
    t->payment_id = link.payment_id;
    if (rc == ERR_OK && !link.payment_id && t->request.payment[0] &&
        !id_parse(str_z(t->request.payment), PAYMENT_ID_PREFIX, &t->payment_id))
        rc = error_field(&err, ERR_INVALID, "parameters", "payment is no payment of ours");
    if (rc == ERR_OK && !str_copy(link.token, t->token, sizeof t->token))
        rc = error_set(&err, ERR_NOT_FOUND, "there is no such payment");
    if (rc == ERR_OK && !pool_submit(gateway_payment_pool(g), &t->task))
        rc = error_set(&err, ERR_BUSY, "the gateway is busy or shutting down");
    if (rc == ERR_OK)
        return;
    refuse_for(x, rc, &err);
    task_free(t);
}
