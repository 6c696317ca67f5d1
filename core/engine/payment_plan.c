#include "core/engine/payment_plan.h"

#include "core/base/json.h"
#include "core/domain/function_action.h"
#include "core/engine/payment_desk.h"
#include "core/engine/payment_link.h"

enum {
    ATTEMPTS_DEFAULT = 3,
    TIMEOUT_DEFAULT_S = 10,
};

static void put_text(struct json_writer *w, const char *name, struct str s) {
    if (s.len > 0)
        json_kv_string(w, name, s);
}

static void put_number(struct json_writer *w, const char *name, uint32_t n, uint32_t otherwise) {
    if (n || otherwise)
        json_kv_int(w, name, n ? n : otherwise);
}

static void put_raw(struct json_writer *w, const char *name, struct str json) {
    if (json.len == 0)
        return;
    json_key(w, name);
    json_put_raw(w, json);
}

/** Whoever takes a connector's name cannot be told a charge's other facts, but by a parameter. */
static void put_params(struct json_writer *w, const struct function_payment *o,
                       struct str payment) {
    if (payment.len == 0) {
        put_raw(w, "params", o->params_json);
        return;
    }
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    json_key(w, "params");
    json_begin_object(w);
    if (o->params_json.len && json_parse(o->params_json, NULL, &doc, NULL) == ERR_OK)
        for (const struct json *v = json_first(json_root(doc)); v; v = json_next(v))
            if (!str_eq_z(json_name(v), "payment")) {
                json_key_str(w, json_name(v));
                json_put_string(w, json_str(v));
            }
    json_kv_string(w, "payment", payment);
    json_end_object(w);
}

/** The order with its connector settled, as {"steps":[{"pay":{…}}]}. */
static void put_plan(struct buf *out, const struct function_payment *o, const struct payment *p,
                     struct str connector, struct str payment) {
    struct json_writer w;
    bool token_only = str_eq_z(str_z(p->amount), "0.00");
    json_write_init(&w, out);
    json_begin_object(&w);
    json_key(&w, "steps");
    json_begin_array(&w);
    json_begin_object(&w);
    json_key(&w, "pay");
    json_begin_object(&w);
    json_kv_string(&w, "connector", connector);
    put_text(&w, "status", o->status_url);
    if (!token_only)
        json_kv_z(&w, "amount", p->amount);
    json_kv_z(&w, "currency", p->currency);
    put_text(&w, "description", o->description);
    put_text(&w, "method", o->method);
    put_text(&w, "token_type", o->token_type);
    put_text(&w, "card_types", o->card_types);
    put_text(&w, "language", o->language);
    put_text(&w, "voice", o->voice);
    put_number(&w, "attempts_max", o->attempts_max, ATTEMPTS_DEFAULT);
    put_number(&w, "timeout_s", o->timeout_s, TIMEOUT_DEFAULT_S);
    put_number(&w, "postal_code_min", o->postal_code_min, 0);
    json_kv_bool(&w, "security_code", !o->no_security_code);
    put_text(&w, "postal_code", o->postal_code);
    put_params(&w, o, payment);
    put_raw(&w, "prompts", o->prompts_json);
    json_end_object(&w);
    json_end_object(&w);
    json_end_array(&w);
    json_end_object(&w);
}

static enum error_code read_plan(struct str text, struct plan *out, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = PAYMENT_PLAN_MAX, .values_max = 5000};
    enum error_code rc = json_parse(text, &limits, &doc, err);
    return rc == ERR_OK ? plan_from_json(json_root(doc), out, err) : rc;
}

static enum error_code check(struct str text, struct error *err) {
    CLEANUP(plan_release) struct plan p = {0};
    enum error_code rc = read_plan(text, &p, err);
    return rc == ERR_OK ? plan_check(&p, err) : rc;
}

static enum error_code take_money(const struct function_payment *o, struct payment *p,
                                  struct error *err) {
    if (!payment_amount_parse(o->amount, p->amount))
        return error_field(err, ERR_INVALID, "amount",
                           "write it as 49.99: at most 1000000, two digits of cents");
    if (!payment_currency_parse(o->currency, p->currency))
        return error_field(err, ERR_INVALID, "currency", "write three letters, such as usd");
    return ERR_OK;
}

enum error_code payment_plan_try(const struct function_payment *order, struct error *err) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(PAYMENT_PLAN_MAX);
    struct payment p = {0};
    enum error_code rc = take_money(order, &p, err);
    if (rc != ERR_OK)
        return rc;
    put_plan(&b, order, &p, STR("https://localhost/payment"), (struct str){0});
    return buf_failed(&b) ? error_set(err, ERR_LIMIT, "the request to pay is too long")
                          : check(buf_str(&b), err);
}

static bool is_url(struct str s) {
    return str_starts(s, STR("https://")) || str_starts(s, STR("http://"));
}

/**
 * Somebody else's connector, where the order names one that the carrier can use; else ours at its
 * address, or the one that the carrier knows by its name.
 */
static void put_connector(const struct engine *e, const struct call *c,
                          const struct function_payment *o, struct payment *p, struct buf *b) {
    const struct provider *carrier = engine_provider(e, str_z(c->provider));
    bool by_url = carrier && provider_can(carrier, PROVIDER_CAP_PAY_CONNECTOR);
    p->own = false;
    if (o->connector.len > 0 && is_url(o->connector) == by_url) {
        buf_put_str(b, o->connector);
    } else if (by_url) {
        p->own = true;
        payment_link_put(&e->links, b, c, p->id);
    } else {
        buf_puts(b, payment_desk_connector(e->payments));
    }
}

enum error_code payment_plan_put(const struct engine *e, const struct call *c,
                                 const struct function_payment *order, struct payment *p,
                                 struct buf *out, struct error *err) {
    CLEANUP(buf_release) struct buf connector = BUF_INIT(2048);
    char id[ID_TEXT_SIZE];
    enum error_code rc = take_money(order, p, err);
    if (rc != ERR_OK)
        return rc;
    put_connector(e, c, order, p, &connector);
    id_format(id, PAYMENT_ID_PREFIX, p->id);
    bool named = !is_url(buf_str(&connector)) && !str_eq_z(buf_str(&connector), "Default");
    put_plan(out, order, p, buf_str(&connector), named ? str_z(id) : (struct str){0});
    return buf_failed(out) || buf_failed(&connector)
               ? error_set(err, ERR_LIMIT, "the request to pay is too long")
               : check(buf_str(out), err);
}

enum error_code payment_plan_read(struct str plan_json, struct str next_url, struct plan *out,
                                  struct error *err) {
    struct plan p = {0};
    enum error_code rc = read_plan(plan_json, &p, err);
    for (size_t i = 0; rc == ERR_OK && i < p.count; i++)
        if (p.steps[i].kind == PLAN_PAY)
            p.steps[i].u.pay.action =
                (struct plan_link){arena_copy(&p.arena, next_url), PLAN_METHOD_POST};
    if (rc == ERR_OK)
        *out = p;
    else
        plan_release(&p);
    return rc;
}
