#include "providers/mock/carrier/signalwire/pay_run.h"

#include "core/base/mem.h"
#include "providers/mock/carrier/card.h"
#include "providers/mock/carrier/signalwire/swml_script.h"

enum {
    KEY_MS = 300,
    THINK_MS = 1500,
    ATTEMPTS_MAX = 10,
    PLAY_MS = 3000, /* a sound file of a prompt */
    MASKED_SIZE = 24,
    REQUEST_BYTES = 4096, /* of most; one that grows leaves the card where it was */
};

/** In the order of the steps. */
enum stage {
    STAGE_NONE = 0,
    STAGE_NUMBER,
    STAGE_EXPIRY,
    STAGE_CODE,
    STAGE_POSTAL_CODE,
    STAGE_PROCESSING,
    STAGE_COMPLETED,
    STAGE_FAILED,
    STAGE_CANCELED,
    STAGE_COUNT
};

static const struct {
    const char *name;   /* of prompts and events */
    const char *phrase; /* where the document has none */
    const char *fault;  /* error_type of what makes no sense */
} stages[STAGE_COUNT] = {
    [STAGE_NUMBER] = {"payment-card-number",
                      "Please enter your card number, then press the pound key.",
                      "invalid-card-number"},
    [STAGE_EXPIRY] = {"expiration-date",
                      "Please enter the expiration date: two digits for the month and two for the "
                      "year.",
                      "invalid-date"},
    [STAGE_CODE] = {"security-code", "Please enter the security code of your card.",
                    "invalid-security-code"},
    [STAGE_POSTAL_CODE] = {"postal-code", "Please enter your postal code.", "invalid-postal-code"},
    [STAGE_PROCESSING] = {"payment-processing", "One moment, your payment is being processed.", ""},
    [STAGE_COMPLETED] = {"payment-completed", "Your payment is complete. Thank you.", ""},
    [STAGE_FAILED] = {"payment-failed", "Your payment could not be made.", ""},
    [STAGE_CANCELED] = {"payment-canceled", "The payment was canceled.", ""},
};

enum phase {
    PHASE_PROMPT = 1,
    PHASE_KEYS,
    PHASE_CONNECTOR,
    PHASE_LAST_WORDS,
};

struct pay_run {
    enum stage stage;
    enum phase phase;
    uint32_t attempt, attempts_max;
    const char *error_type;                          /* of the attempt before this one; "" */
    char number[32], expiry[8], code[8], postal[16]; /* as typed */
    const char *brand;
    char masked[MASKED_SIZE];
    const char *result; /* pay_result; NULL: not over */
    char transaction[SID_SIZE];
    struct swml_value reply; /* of the connector */
    int status;
};

static struct pay_run *run_of(struct leg *l) {
    return swml_script(l)->pay;
}

void pay_run_free(struct pay_run *p) {
    if (!p)
        return;
    swml_value_release(&p->reply);
    secret_wipe(p, sizeof *p);
    mem_free(p);
}

/* ---- events -----------------------------------------------------------------------------------
 */

static void send_event(struct carrier *c, struct leg *l, const char *error_type) {
    const struct pay_run *p = run_of(l);
    struct str url = swml_param_text(l, "status_url");
    struct sw_event e;
    sw_event_begin(&e, c, l, "calling.call.pay");
    json_kv_z(&e.w, "control_id", swml_script(l)->control_id);
    json_kv_string(&e.w, "status_url", url);
    json_kv_z(&e.w, "status_url_method", "POST");
    json_kv_z(&e.w, "for", stages[p->stage].name);
    json_kv_z(&e.w, "error_type", error_type);
    json_kv_int(&e.w, "attempt", p->attempt);
    json_kv_z(&e.w, "payment_method", "credit-card");
    json_kv_z(&e.w, "payment_card_number", p->masked);
    json_kv_z(&e.w, "payment_card_type", p->brand ? p->brand : "");
    json_kv_z(&e.w, "security_code", p->code[0] ? "***" : "");
    json_kv_z(&e.w, "expiration_date", p->expiry);
    json_kv_z(&e.w, "payment_card_postal_code", p->postal);
    sw_event_send(&e, c, l, url);
}

/* ---- prompts ----------------------------------------------------------------------------------
 */

static bool lists(const struct swml_value *prompt, const char *member, struct str word) {
    const struct swml_value *v = swml_value_get(prompt, str_z(member));
    struct str words = v ? v->text : (struct str){0}, one;
    if (words.len == 0)
        return true; /* for any */
    while (str_next(&words, ' ', &one))
        if (str_eq(one, word))
            return true;
    return false;
}

/** The document's prompt that fits best; NULL: it has none. */
static const struct swml_value *find_prompt(struct leg *l) {
    const struct pay_run *p = run_of(l);
    const struct swml_value *prompts = swml_param(l, "prompts"), *found = NULL;
    char attempt[12] = {(char)('0' + p->attempt % 10), '\0'};
    bool found_special = false;
    for (size_t i = 0; prompts && prompts->type == SWML_ARRAY && i < prompts->count; i++) {
        const struct swml_value *one = &prompts->items[i].value;
        const struct swml_value *stage = swml_value_get(one, STR("for"));
        bool special =
            swml_value_get(one, STR("error_type")) || swml_value_get(one, STR("attempts"));
        if (!stage || !str_eq_z(stage->text, stages[p->stage].name) ||
            !lists(one, "error_type", str_z(p->error_type)) ||
            !lists(one, "attempts", str_z(attempt)) || !lists(one, "card_type", str_z(p->brand)) ||
            (found && (found_special || !special)))
            continue;
        found = one;
        found_special = special;
    }
    return found;
}

static int64_t speak(struct carrier *c, struct leg *l) {
    const struct swml_value *prompt = find_prompt(l);
    const struct swml_value *actions = swml_value_get(prompt, STR("actions"));
    int64_t ms = 0;
    for (size_t i = 0; actions && actions->type == SWML_ARRAY && i < actions->count; i++) {
        const struct swml_value *type = swml_value_get(&actions->items[i].value, STR("type"));
        const struct swml_value *phrase = swml_value_get(&actions->items[i].value, STR("phrase"));
        bool sound = type && str_eq_nocase(type->text, STR("play"));
        if (phrase)
            ms += sound ? PLAY_MS : (int64_t)exec_say(c, l, phrase->text);
    }
    return ms > 0 ? ms : (int64_t)exec_say(c, l, str_z(stages[run_of(l)->stage].phrase));
}

static enum exec_next enter(struct carrier *c, struct leg *l, enum stage stage, enum phase phase) {
    struct pay_run *p = run_of(l);
    p->stage = stage;
    p->phase = phase;
    return exec_wait(l, speak(c, l));
}

/* ---- what was typed ---------------------------------------------------------------------------
 */

static struct str keys_of(const struct leg *l, enum stage stage) {
    return stage == STAGE_NUMBER   ? l->callee->card
           : stage == STAGE_EXPIRY ? l->callee->card_expiry
           : stage == STAGE_CODE   ? l->callee->card_code
                                   : l->callee->postal_code;
}

static void mask(struct pay_run *p) {
    struct str n = str_z(p->number);
    size_t shown = n.len > 4 ? 4 : 0;
    for (size_t i = 0; i < n.len && i + 1 < MASKED_SIZE; i++)
        p->masked[i] = i + shown < n.len ? '*' : n.ptr[i];
    p->masked[n.len < MASKED_SIZE ? n.len : MASKED_SIZE - 1] = '\0';
}

static bool brand_is_taken(struct leg *l, const char *brand) {
    struct str list = swml_param_text(l, "valid_card_types"), word;
    if (list.len == 0)
        list = STR("visa mastercard amex");
    while (brand && str_next(&list, ' ', &word))
        if (str_eq_z(word, brand))
            return true;
    return false;
}

/** "" when the keys make sense at this stage. */
static const char *check(struct leg *l, struct str keys) {
    struct pay_run *p = run_of(l);
    const char *fault = stages[p->stage].fault;
    struct clock_date today = clock_utc(l->now_ms);
    bool ok = false;
    if (keys.len == 0)
        return "timeout";
    if (p->stage == STAGE_NUMBER) {
        p->brand = card_brand(keys);
        ok = card_number_is_valid(keys) && str_copy(keys, p->number, sizeof p->number);
        if (ok && !brand_is_taken(l, p->brand))
            return "invalid-card-type";
        mask(p);
    } else if (p->stage == STAGE_EXPIRY) {
        ok = card_expiry_is_valid(keys, today.year, today.month) &&
             str_copy(keys, p->expiry, sizeof p->expiry);
    } else if (p->stage == STAGE_CODE) {
        ok = card_code_is_valid(keys, p->brand) && str_copy(keys, p->code, sizeof p->code);
    } else {
        ok = (double)keys.len >= swml_param_number(l, "min_postal_code_length", 0) &&
             str_copy(keys, p->postal, sizeof p->postal);
    }
    return ok ? "" : fault;
}

static bool is_asked(struct leg *l, enum stage stage) {
    struct str postal = swml_param_text(l, "postal_code");
    if (stage == STAGE_CODE)
        return swml_param_bool(l, "security_code", true);
    if (stage != STAGE_POSTAL_CODE)
        return true;
    /* a text that is no yes or no is the code itself */
    bool known = postal.len > 0 && !str_eq_nocase(postal, STR("true")) &&
                 !str_eq_nocase(postal, STR("false"));
    if (known)
        return !str_copy(postal, run_of(l)->postal, sizeof run_of(l)->postal);
    return swml_param_bool(l, "postal_code", true);
}

/* ---- the connector ----------------------------------------------------------------------------
 */

static bool is_charge(struct leg *l) {
    const struct swml_value *amount = swml_param(l, "charge_amount");
    return amount && swml_value_to_number(amount) > 0;
}

static void put_param(struct json_writer *w, struct leg *l, const char *param, const char *name) {
    const struct swml_value *v = swml_param(l, param);
    struct buf text = BUF_INIT(4096);
    swml_value_put_text(v, &text);
    if (text.len > 0)
        json_kv_string(w, name, buf_str(&text));
    buf_release(&text);
}

static void put_parameters(struct json_writer *w, struct leg *l) {
    const struct swml_value *list = swml_param(l, "parameters");
    json_key(w, "parameters");
    json_begin_object(w);
    for (size_t i = 0; list && list->type == SWML_ARRAY && i < list->count; i++) {
        const struct swml_value *name = swml_value_get(&list->items[i].value, STR("name"));
        const struct swml_value *value = swml_value_get(&list->items[i].value, STR("value"));
        if (!name || !value || name->type != SWML_STRING)
            continue;
        json_key_str(w, name->text);
        swml_value_put_json(value, w);
    }
    json_end_object(w);
}

static void put_charge(const struct carrier *c, struct leg *l, struct json_writer *w) {
    struct str currency = swml_param_text(l, "currency"), kind = swml_param_text(l, "token_type");
    put_param(w, l, "charge_amount", "chargeAmount");
    json_kv_string(w, "currency_code", currency.len ? currency : STR("usd"));
    json_kv_string(w, "token_type", kind.len ? kind : STR("reusable"));
    put_param(w, l, "description", "description");
    put_parameters(w, l);
    if (sw_is_on(c, "connector_aliases")) /* names that a connector in the field reads */
        put_param(w, l, "charge_amount", "charge_amount");
}

static enum exec_next ask_connector(struct carrier *c, struct leg *l) {
    struct pay_run *p = run_of(l);
    struct outgoing *o =
        outgoing_new(c, l, OUTGOING_NOTICE, swml_param_text(l, "payment_connector_url"), false);
    struct json_writer w;
    buf_reserve(&o->json, o->json.max < REQUEST_BYTES ? o->json.max : REQUEST_BYTES);
    json_write_init(&w, &o->json);
    json_begin_object(&w);
    json_kv_z(&w, "transaction_id", p->transaction);
    json_kv_z(&w, "method", "credit-card");
    json_kv_z(&w, "cardnumber", p->number);
    if (sw_is_on(c, "connector_aliases"))
        json_kv_z(&w, "payment_card_number", p->number);
    json_kv_z(&w, "cvv", p->code);
    json_kv_string(&w, "expiry_month", str_from(p->expiry, 2));
    json_kv_string(&w, "expiry_year", str_from(p->expiry + 2, 2));
    json_kv_z(&w, "postal_code", p->postal);
    put_charge(c, l, &w);
    json_end_object(&w);
    o->rules.retry_on = OUTGOING_RETRY_CONNECT; /* nobody is charged twice */
    p->phase = PHASE_CONNECTOR;
    swml_send(c, l, o);
    return EXEC_WAIT;
}

static bool has_text(const struct swml_value *v, const char *name) {
    const struct swml_value *m = swml_value_get(v, str_z(name));
    return m && m->type == SWML_STRING && m->text.len > 0;
}

/** Charged, or made a token of: 2xx, no error, and an id. */
static bool is_accepted(const struct pay_run *p) {
    const struct swml_value *error = swml_value_get(&p->reply, STR("error_code"));
    return p->status >= 200 && p->status < 300 && !(error && swml_value_is_true(error)) &&
           (has_text(&p->reply, "charge_id") || has_text(&p->reply, "token_id"));
}

/* ---- results ----------------------------------------------------------------------------------
 */

static void copy_reply(struct swml_value *results, const char *name, const struct pay_run *p,
                       const char *member) {
    const struct swml_value *v = swml_value_get(&p->reply, str_z(member));
    swml_value_set_text(results, name, v ? v->text : STR(""));
}

static void set_results(struct leg *l, const char *result) {
    const struct pay_run *p = run_of(l);
    struct swml_value r = swml_object();
    copy_reply(&r, "payment_token", p, "token_id");
    copy_reply(&r, "payment_confirmation_code", p, "charge_id");
    swml_value_set_text(&r, "payment_card_number", str_z(p->masked));
    swml_value_set_text(&r, "payment_card_type", str_z(p->brand));
    swml_value_set_text(&r, "payment_card_expiration_date", str_z(p->expiry));
    swml_value_set_text(&r, "payment_card_security_code", p->code[0] ? STR("***") : STR(""));
    swml_value_set_text(&r, "payment_card_postal_code", str_z(p->postal));
    copy_reply(&r, "payment_error", p, "error_message");
    copy_reply(&r, "payment_error_code", p, "error_code");
    if (str_eq_z(STR("payment-connector-error"), result)) {
        struct swml_value e = swml_object();
        copy_reply(&e, "code", p, "error_code");
        copy_reply(&e, "message", p, "error_message");
        swml_value_set(&r, STR("connector_error"), e);
    }
    swml_set_var(l, "pay_result", str_z(result));
    swml_take_var(l, STR("pay_payment_results"), r);
}

static enum exec_next end(struct carrier *c, struct leg *l, const char *result, enum stage stage) {
    struct pay_run *p = run_of(l);
    p->result = result;
    p->stage = stage;
    send_event(c, l, p->error_type);
    return enter(c, l, stage, PHASE_LAST_WORDS);
}

/** An attempt went wrong: again from `stage` on, or it is over. */
static enum exec_next fail(struct carrier *c, struct leg *l, const char *error_type,
                           enum stage stage, const char *result) {
    struct pay_run *p = run_of(l);
    p->error_type = error_type;
    if (p->attempt >= p->attempts_max)
        return end(c, l, result, STAGE_FAILED);
    p->attempt++;
    return enter(c, l, stage, PHASE_PROMPT);
}

/* ---- the verb ---------------------------------------------------------------------------------
 */

static enum exec_next next_stage(struct carrier *c, struct leg *l, enum stage from) {
    enum stage next = from + 1;
    while (next < STAGE_PROCESSING && !is_asked(l, next))
        next++;
    return enter(c, l, next, PHASE_PROMPT);
}

static enum exec_next type_keys(struct leg *l) {
    struct pay_run *p = run_of(l);
    struct str keys = keys_of(l, p->stage);
    int64_t silence_ms = (int64_t)(swml_param_number(l, "timeout", 5) * 1000);
    p->phase = PHASE_KEYS;
    return exec_wait(l, keys.len > 0 ? THINK_MS + (int64_t)(keys.len + 1) * KEY_MS
                        : silence_ms > 0 && silence_ms < 600000 ? silence_ms
                                                                : 5000);
}

static enum exec_next take_keys(struct carrier *c, struct leg *l) {
    struct pay_run *p = run_of(l);
    struct str keys = keys_of(l, p->stage);
    if (str_find(keys, '*') < keys.len)
        return end(c, l, "caller-interrupted-with-star", STAGE_CANCELED);
    const char *fault = check(l, keys);
    send_event(c, l, fault);
    if (*fault)
        return fail(c, l, fault, p->stage, "too-many-failed-attempts");
    return next_stage(c, l, p->stage);
}

static enum exec_next take_reply(struct carrier *c, struct leg *l) {
    struct pay_run *p = run_of(l);
    struct outgoing *o = steal_ptr(swml_script(l)->reply);
    p->status = o->status;
    swml_value_release(&p->reply);
    p->reply = swml_value_parse(buf_str(&o->body));
    outgoing_free(o);
    if (is_accepted(p))
        return end(c, l, "success", STAGE_COMPLETED);
    if (is_charge(l))
        return fail(c, l, "card-declined", STAGE_NUMBER, "payment-connector-error");
    return fail(c, l, "input-matching-failed", STAGE_NUMBER, "payment-connector-error");
}

static enum exec_next begin(struct carrier *c, struct leg *l, const struct json *v) {
    struct swml_script *s = swml_script(l);
    swml_expand_params(c, l, v);
    double attempts = swml_param_number(l, "max_attempts", 1);
    struct str url = swml_param_text(l, "payment_connector_url");
    bool ok = str_starts(url, STR("http://")) || str_starts(url, STR("https://"));
    pay_run_free(s->pay);
    s->pay = mem_zalloc(sizeof *s->pay);
    s->pay->error_type = "";
    s->pay->attempt = 1;
    s->pay->attempts_max = attempts >= 1 && attempts <= ATTEMPTS_MAX ? (uint32_t)attempts : 1;
    rng_uuid(s->pay->transaction, "payment", c->seed, str_z(l->sid), s->controls);
    if (ok)
        return next_stage(c, l, STAGE_NONE);
    swml_warn(c, l, "relay_script_method_parameter_missing", STR("pay.payment_connector_url"));
    set_results(l, "validation-error");
    return EXEC_NEXT;
}

static enum exec_next resume(struct carrier *c, struct leg *l) {
    struct swml_script *s = swml_script(l);
    struct pay_run *p = s->pay;
    switch (p->phase) {
    case PHASE_PROMPT:
        if (p->stage < STAGE_PROCESSING)
            return type_keys(l);
        send_event(c, l, "");
        return ask_connector(c, l);
    case PHASE_KEYS:
        return take_keys(c, l);
    case PHASE_CONNECTOR:
        return take_reply(c, l);
    case PHASE_LAST_WORDS:
        break;
    }
    set_results(l, p->result);
    pay_run_free(steal_ptr(s->pay));
    buf_clear(&l->heard); /* the callee has answered all of that with its keys */
    return EXEC_NEXT;
}

static void leave(struct carrier *c, struct leg *l) {
    struct swml_script *s = swml_script(l);
    (void)c;
    if (s->pay)
        set_results(l, leg_is_over(l) ? "caller-hung-up" : "relay-pay-stop");
    pay_run_free(steal_ptr(s->pay));
}

const struct swml_verb swml_pay_verb = {
    .name = "pay", .begin = begin, .resume = resume, .leave = leave};
