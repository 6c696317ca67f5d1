#include "core/base/mem.h"
#include "core/domain/phone.h"
#include "providers/mock/carrier/progress.h"
#include "providers/mock/carrier/signalwire/rest.h"
#include "providers/mock/carrier/signalwire/swml_exec.h"

enum {
    VARIABLES_MAX = 20,
    VARIABLE_BYTES_MAX = 1024,
    RING_DEFAULT_S = 60,
    RING_MAX_S = 600,
    TIME_LIMIT_S = 14400,
};

/* ---- from and to ---------------------------------------------------------------------------- */

static bool starts_with_one_of(struct str s, const char *const *prefixes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (s.len > strlen(prefixes[i]) && str_starts(s, str_z(prefixes[i])))
            return true;
    return false;
}

static bool is_sip(struct str s) {
    static const char *const prefixes[] = {"sip:", "sips:"};
    return starts_with_one_of(s, prefixes, ARRAY_LEN(prefixes));
}

static void check_from(struct sw_faults *f, const struct json *params) {
    struct str from = json_str(json_get(params, "from"));
    if (from.len == 0)
        (void)sw_fault(f, "missing_required_parameter", "from", "from is required");
    else if (from.ptr[0] == '+' ? !phone_is_e164(from) : !is_sip(from))
        (void)sw_fault(f, "invalid_from_number", "from",
                       "from must be an E.164 number or a SIP URI");
    else if (from.ptr[0] == '+' && !str_eq_z(from, f->r->c->number))
        (void)sw_fault(f, "not_purchased_or_verified", "from",
                       "from must be a number that was purchased or verified in this project");
}

static void check_to(struct sw_faults *f, const struct json *params) {
    static const char *const resources[] = {"/", "verto:", "client:"};
    struct str to = json_str(json_get(params, "to"));
    if (json_type(json_get(params, "to_script")) > JSON_NULL)
        (void)sw_fault(f, "feature_not_available", "to_script", "to_script is not simulated");
    else if (to.len == 0)
        (void)sw_fault(f, "missing_required_parameter", "to", "to is required");
    else if (starts_with_one_of(to, resources, ARRAY_LEN(resources)))
        (void)sw_fault(f, "to_destination_unresolvable", "to", "there is no such resource");
    else if (str_starts(to, STR("sip")) && !is_sip(to))
        (void)sw_fault(f, "invalid_sip_destination", "to", "to must be a SIP URI");
    else if (!phone_is_e164(to) && !is_sip(to))
        (void)sw_fault(f, "invalid_destination_number", "to", "to must be an E.164 number");
}

/* ---- the rest ------------------------------------------------------------------------------- */

static uint32_t take_events(struct sw_faults *f, const struct json *params) {
    static const struct {
        const char *word;
        uint32_t bit;
    } table[] = {
        {"created", BIT(CALL_DIALING)},   {"queued", BIT(CALL_DIALING)},
        {"initiated", BIT(CALL_DIALING)}, {"ringing", BIT(CALL_RINGING)},
        {"answered", BIT(CALL_ANSWERED)}, {"ending", BIT(SW_ENDING)},
        {"ended", BIT(CALL_COMPLETED)},
    };
    const struct json *list = json_get(params, "status_events");
    uint32_t set = 0;
    if (json_type(list) <= JSON_NULL)
        return BIT(CALL_COMPLETED);
    for (const struct json *v = json_first(list); v; v = json_next(v)) {
        size_t i = 0;
        while (i < ARRAY_LEN(table) && !str_eq_z(json_str(v), table[i].word))
            i++;
        if (i < ARRAY_LEN(table))
            set |= table[i].bit;
        else
            (void)sw_fault(f, "invalid_parameter", "status_events",
                           "status_events must be of created, ringing, answered, ending, ended");
    }
    if (json_type(list) != JSON_ARRAY)
        (void)sw_fault(f, "invalid_parameter", "status_events", "status_events must be a list");
    return set;
}

static uint32_t take_timeout(struct sw_faults *f, const struct json *params) {
    const struct json *v = json_get(params, "timeout");
    int64_t seconds = RING_DEFAULT_S;
    if (json_type(v) > JSON_NULL && !json_int(v, 1, RING_MAX_S, &seconds))
        (void)sw_fault(f, "invalid_parameter", "timeout", "timeout must be a number from 1 to 600");
    return (uint32_t)seconds;
}

static void check_codecs(struct sw_faults *f, const struct json *params) {
    static const char *const known[] = {"OPUS", "G722", "PCMU", "PCMA", "G729", "VP8", "H264"};
    const struct json *v = json_get(params, "codecs");
    struct str list = json_str(v), word;
    bool ok = json_type(v) <= JSON_NULL || json_type(v) == JSON_ARRAY || list.len > 0;
    const struct json *item = json_type(v) == JSON_ARRAY ? json_first(v) : NULL;
    while (ok && (item || (list.len > 0 && str_next(&list, ',', &word)))) {
        struct str name = str_trim(item ? json_str(item) : word);
        name = str_from(name.ptr, str_find(name, '@'));
        item = item ? json_next(item) : NULL;
        ok = false;
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
            ok = ok || str_eq_z(name, known[i]);
    }
    if (!ok)
        (void)sw_fault(f, "invalid_codecs_format", "codecs", "codecs must be names of codecs");
}

static bool is_digits(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (str_find(STR("0123456789ABCD*#wW,"), s.ptr[i]) == 19)
            return false;
    return true;
}

static bool is_name(struct str s) {
    bool ok = s.len > 0 && !(s.ptr[0] >= '0' && s.ptr[0] <= '9');
    for (size_t i = 0; ok && i < s.len; i++) {
        char b = s.ptr[i];
        ok = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_';
    }
    return ok;
}

static bool is_reserved(struct str name) {
    static const char *const prefixes[] = {"signalwire_", "sw_", "rtc_", "internal_"};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        if (name.len >= n && str_eq_nocase(str_from(name.ptr, n), str_z(prefixes[i])))
            return true;
    }
    return false;
}

static void check_variables(struct sw_faults *f, const struct json *params) {
    static const char at[] = "custom_variables";
    const struct json *map = json_get(params, at);
    if (json_type(map) <= JSON_NULL)
        return;
    if (json_type(map) != JSON_OBJECT)
        (void)sw_fault(f, "invalid_parameter", at, "custom_variables must be an object");
    else if (json_count(map) > VARIABLES_MAX)
        (void)sw_fault(f, "too_many_custom_variables", at, "at most 20 custom variables");
    for (const struct json *v = json_first(map); v; v = json_next(v)) {
        struct str name = json_name(v), value = json_str(v);
        if (!is_name(name))
            (void)sw_fault(f, "invalid_custom_variable_name", at, STR_FMT " is not a name",
                           STR_ARG(name));
        else if (is_reserved(name))
            (void)sw_fault(f, "reserved_custom_variable_name", at, STR_FMT " is reserved",
                           STR_ARG(name));
        else if (value.len == 0)
            (void)sw_fault(f, "invalid_custom_variable_value", at,
                           "the value of " STR_FMT " must be text, and not empty", STR_ARG(name));
        else if (value.len > VARIABLE_BYTES_MAX)
            (void)sw_fault(f, "custom_variable_value_too_long", at,
                           "the value of " STR_FMT " is over 1024 bytes", STR_ARG(name));
    }
}

static void check_others(struct sw_faults *f, const struct json *params) {
    static const char *const methods[] = {"GET", "POST"};
    const struct json *price = json_get(params, "max_price_per_minute");
    (void)sw_check_url(f, params, "fallback_url");
    (void)sw_check_url(f, params, "status_url");
    (void)sw_check_word(f, params, "url_method", methods, ARRAY_LEN(methods));
    (void)sw_check_text(f, params, "caller_id");
    (void)sw_check_text(f, params, "send_digits");
    if (!is_digits(json_str(json_get(params, "send_digits"))))
        (void)sw_fault(f, "invalid_parameter", "send_digits", "send_digits holds other characters");
    if (json_type(price) > JSON_NULL && !(json_double(price, -1) >= 0))
        (void)sw_fault(f, "invalid_parameter", "max_price_per_minute",
                       "max_price_per_minute must be a number from 0");
    check_codecs(f, params);
    check_variables(f, params);
}

/* ---- dial ----------------------------------------------------------------------------------- */

static struct leg *make_leg(struct carrier *c, const struct json *params,
                            struct leg_request *request) {
    struct leg *l =
        leg_new(c, json_str(json_get(params, "to")), json_str(json_get(params, "from")), NULL);
    l->req = *request;
    *request = (struct leg_request){0};
    if (json_type(json_get(params, "custom_variables")) == JSON_OBJECT)
        swml_set_envs(l, json_get(params, "custom_variables"));
    return l;
}

void sw_dial(struct face_request *r, const struct json *params) {
    struct sw_faults f = {.r = r};
    struct sw_document d = {0};
    struct leg_request q = {.time_limit_s = TIME_LIMIT_S};
    check_from(&f, params);
    check_to(&f, params);
    (void)sw_take_document(&f, params, true, &d);
    q.status_events = take_events(&f, params);
    q.ring_timeout_s = take_timeout(&f, params);
    check_others(&f, params);
    q.document = d.swml;
    (void)sw_take_hook(params, "url", "url_method", &q.answer);
    (void)sw_take_hook(params, "fallback_url", "url_method", &q.fallback);
    (void)sw_take_hook(params, "status_url", NULL, &q.status);
    if (!sw_faults_answer(&f)) {
        const struct callee_fault *fault =
            face_create_fault(r->c, json_str(json_get(params, "to")));
        struct leg *l = !fault || fault->accept ? make_leg(r->c, params, &q) : NULL;
        if (fault)
            face_fault(r, fault);
        else
            sw_reply_call(r, l);
        if (l)
            progress_start(r->c, l);
    }
    leg_request_release(&q);
}
