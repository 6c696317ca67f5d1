#include "providers/mock/carrier/signalwire/rest.h"

#include <stdio.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/signalwire/laml.h"

enum {
    REPLY_MAX = 16 * 1024 * 1024,
    PAGE_SIZE_DEFAULT = 50,
    PAGE_SIZE_MAX = 1000,
    BILLED_MS = 60000, /* per begun minute */
};

#define ERRORS_URL "https://signalwire.com/docs/apis/error-codes"

/* ---- errors --------------------------------------------------------------------------------- */

static const char *reason(int status) {
    static const struct {
        int status;
        const char *text;
    } table[] = {
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {422, "Unprocessable Entity"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].status == status)
            return table[i].text;
    return "Error";
}

void sw_error(struct face_request *r, int status) {
    struct buf out = BUF_INIT(1024);
    struct json_writer w;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_kv_z(&w, "error", reason(status));
    json_end_object(&w);
    if (status == 401)
        http_exchange_add_header(r->x, "WWW-Authenticate", STR("Basic realm=\"SignalWire\""));
    face_reply(r, status, &out);
}

void sw_relay_error(struct face_request *r, int status) {
    struct buf out = BUF_INIT(1024);
    struct json_writer w;
    char code[8];
    snprintf(code, sizeof code, "%d", status);
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_key(&w, "errors");
    json_begin_array(&w);
    json_begin_object(&w);
    json_kv_z(&w, "detail", reason(status));
    json_kv_z(&w, "status", code);
    json_kv_z(&w, "title", status == 422 ? "Invalid Attribute" : reason(status));
    json_kv_z(&w, "code", code);
    json_end_object(&w);
    json_end_array(&w);
    json_end_object(&w);
    face_reply(r, status, &out);
}

bool sw_fault(struct sw_faults *f, const char *code, const char *attribute, const char *fmt, ...) {
    char message[512];
    va_list ap;
    if (f->count == ARRAY_LEN(f->items))
        return false;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    f->items[f->count++] =
        (struct sw_fault){code, attribute, arena_copy(&f->r->arena, str_z(message))};
    return false;
}

static void reply_faults(struct sw_faults *f, int status, const char *type) {
    struct buf out = BUF_INIT(64 * 1024);
    struct json_writer w;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_key(&w, "errors");
    json_begin_array(&w);
    for (size_t i = 0; i < f->count; i++) {
        json_begin_object(&w);
        json_kv_z(&w, "type", type);
        json_kv_z(&w, "code", f->items[i].code);
        json_kv_string(&w, "message", f->items[i].message);
        json_key(&w, "attribute");
        if (f->items[i].attribute)
            json_put_string(&w, str_z(f->items[i].attribute));
        else
            json_put_null(&w);
        json_kv_z(&w, "url", ERRORS_URL);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    face_reply(f->r, status, &out);
}

bool sw_faults_answer(struct sw_faults *f) {
    if (f->count > 0)
        reply_faults(f, 422, "validation_error");
    return f->count > 0;
}

static void refuse(struct face_request *r, enum face_refusal why, int status, struct str text) {
    (void)why;
    if (status == 429) {
        struct sw_faults f = {.r = r};
        (void)sw_fault(&f, "rate_limit_exceeded", NULL, STR_FMT, STR_ARG(text));
        reply_faults(&f, 429, "rate_limit_error");
    } else {
        sw_error(r, status);
    }
}

/* ---- checks --------------------------------------------------------------------------------- */

static const struct json *given(const struct json *params, const char *name) {
    const struct json *v = json_get(params, name);
    return json_type(v) == JSON_NULL ? NULL : v;
}

bool sw_check_url(struct sw_faults *f, const struct json *params, const char *name) {
    const struct json *v = given(params, name);
    if (!v || face_is_url(json_str(v)))
        return true;
    return sw_fault(f, "not_an_http_url", name, "%s must be a valid http or https url", name);
}

bool sw_check_text(struct sw_faults *f, const struct json *params, const char *name) {
    const struct json *v = given(params, name);
    if (!v || json_str(v).len > 0)
        return true;
    return sw_fault(f, "invalid_parameter", name, "%s must be a string", name);
}

bool sw_check_word(struct sw_faults *f, const struct json *params, const char *name,
                   const char *const *words, size_t count) {
    const struct json *v = given(params, name);
    bool method =
        str_eq_z(str_from_index(str_z(name), strlen(name) > 6 ? strlen(name) - 6 : 0), "method");
    for (size_t i = 0; v && i < count; i++)
        if (str_eq_z(json_str(v), words[i]))
            return true;
    if (!v)
        return true;
    return sw_fault(f, method ? "invalid_http_method" : "invalid_parameter", name,
                    "%s is not one of its values", name);
}

/** The text of an inline document: an object, or the same as text. NULL: a fault was noted. */
static char *document_text(struct sw_faults *f, const struct json *v) {
    struct buf text = BUF_INIT(1024 * 1024);
    struct json_doc *doc = NULL;
    if (json_type(v) == JSON_STRING)
        buf_put_str(&text, json_str(v));
    else
        json_put_value(&text, v);
    const struct json_limits limits = {.bytes_max = text.max, .values_max = 20000, .depth_max = 31};
    bool ok = json_parse(buf_str(&text), &limits, &doc, NULL) == ERR_OK &&
              json_type(json_root(doc)) == JSON_OBJECT;
    json_doc_free(doc);
    if (ok)
        return buf_detach(&text);
    (void)sw_fault(f, "not_json_or_yaml", "swml", "swml must be a JSON document");
    buf_release(&text);
    return NULL;
}

bool sw_take_document(struct sw_faults *f, const struct json *params, bool required,
                      struct sw_document *out) {
    const struct json *url = given(params, "url"), *swml = given(params, "swml");
    *out = (struct sw_document){0};
    if (url && swml)
        return sw_fault(f, "incompatible_parameters", "url", "url and swml exclude each other");
    if (!url && !swml)
        return !required || sw_fault(f, "inline_swml_or_swml_webhook_required", NULL,
                                     "either swml or url is required");
    if (url && !sw_check_url(f, params, "url"))
        return false;
    if (url)
        out->url = json_str(url);
    else
        out->swml = document_text(f, swml);
    return url || out->swml;
}

bool sw_take_hook(const struct json *params, const char *name, const char *method_name,
                  struct leg_hook *out) {
    struct str url = json_str(given(params, name));
    if (url.len == 0)
        return false;
    mem_free(out->url);
    out->url = mem_copy_str(url);
    out->get = method_name && str_eq_z(json_str(given(params, method_name)), "GET");
    return true;
}

/* ---- the call ------------------------------------------------------------------------------- */

bool sw_is_native(const struct leg *l) {
    return l->face == &carrier_face_signalwire;
}

void sw_put_time(struct json_writer *w, const char *name, int64_t wall_ms) {
    char text[32];
    struct clock_date d = clock_utc(wall_ms);
    json_key(w, name);
    if (wall_ms == 0) {
        json_put_null(w);
        return;
    }
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day, d.hour,
             d.minute, d.second);
    json_put_string(w, str_z(text));
}

static const char *log_status(const struct leg *l) {
    static const char *const words[CALL_STATUS_COUNT] = {
        [CALL_QUEUED] = "queued",       [CALL_DIALING] = "created",
        [CALL_RINGING] = "ringing",     [CALL_ANSWERED] = "answered",
        [CALL_COMPLETED] = "completed", [CALL_BUSY] = "busy",
        [CALL_NO_ANSWER] = "no-answer", [CALL_FAILED] = "failed",
        [CALL_CANCELED] = "canceled",
    };
    if (l->status == CALL_DIALING && !sw_is_native(l))
        return "initiated";
    return l->status == CALL_ANSWERED && !sw_is_native(l) ? "in-progress" : words[l->status];
}

static const char *type_word(const struct leg *l) {
    const char *device = sw_device_word(l);
    if (!sw_is_native(l))
        return "laml_call";
    return strcmp(device, "sip") == 0     ? "relay_sip_call"
           : strcmp(device, "phone") == 0 ? "relay_pstn_call"
                                          : "relay_webrtc_call";
}

static void put_length(struct json_writer *w, const struct leg *l) {
    static const char *const names[] = {"duration", "duration_ms", "billing_ms"};
    int64_t ms = l->answered_ms ? l->ended_ms - l->answered_ms : 0;
    const int64_t values[] = {ms / 1000, ms, (ms + BILLED_MS - 1) / BILLED_MS * BILLED_MS};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        json_key(w, names[i]);
        if (leg_is_over(l))
            json_put_int(w, values[i]);
        else
            json_put_null(w);
    }
}

void sw_put_call(struct json_writer *w, const struct leg *l) {
    const char *url = sw_is_native(l) ? NULL : l->req.answer.url;
    json_begin_object(w);
    json_kv_z(w, "id", l->sid);
    json_kv_z(w, "from", l->from);
    json_kv_z(w, "to", l->to);
    json_kv_z(w, "direction",
              l->direction == LEG_INBOUND         ? "inbound"
              : l->direction == LEG_OUTBOUND_DIAL ? "outbound-dial"
                                                  : "outbound-api");
    json_kv_z(w, "status", log_status(l));
    json_kv_z(w, "source", sw_is_native(l) ? "realtime_api" : "laml");
    json_kv_z(w, "type", type_word(l));
    json_key(w, "url");
    if (url)
        json_put_string(w, str_z(url));
    else
        json_put_null(w);
    json_key(w, "parent_id");
    if (l->parent_sid[0])
        json_put_string(w, str_z(l->parent_sid));
    else
        json_put_null(w);
    put_length(w, l);
    json_kv_int(w, "charge", 0);
    json_key(w, "charge_details");
    json_begin_array(w);
    json_end_array(w);
    sw_put_time(w, "created_at", l->created_ms);
    json_end_object(w);
}

void sw_reply_call(struct face_request *r, const struct leg *l) {
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    json_write_init(&w, &out);
    sw_put_call(&w, l);
    face_reply(r, 200, &out);
}

/* ---- pages ---------------------------------------------------------------------------------- */

static bool page_number(struct face_request *r, const char *name, uint64_t max, uint64_t *out) {
    struct str text = face_query(r, name);
    if (text.len == 0 || str_to_u64(text, max, out))
        return true;
    sw_relay_error(r, 422);
    return false;
}

bool sw_page_read(struct face_request *r, struct sw_page *p) {
    uint64_t size = PAGE_SIZE_DEFAULT;
    struct str token = face_query(r, "page_token");
    *p = (struct sw_page){0};
    if (!page_number(r, "page_size", PAGE_SIZE_MAX, &size) ||
        !page_number(r, "page_number", 1u << 30, &p->number))
        return false;
    p->size = size > 0 ? (size_t)size : PAGE_SIZE_DEFAULT;
    if (token.len > 0 && !str_starts(token, STR("PA"))) {
        sw_relay_error(r, 422);
        return false;
    }
    p->after = str_from_index(token, 2);
    return true;
}

static void put_link(struct face_request *r, struct json_writer *w, const char *name,
                     const struct sw_page *p, int64_t number, const char *after) {
    struct buf url = BUF_INIT(8192);
    buf_put_str(&url, buf_str(&r->c->base_url));
    buf_put_str(&url, r->x->path);
    buf_putc(&url, '?');
    if (number >= 0)
        buf_printf(&url, "page_number=%lld&", (long long)number);
    buf_printf(&url, "page_size=%zu", p->size);
    if (after)
        buf_printf(&url, "&page_token=PA%s", after);
    json_kv_string(w, name, buf_str(&url));
    buf_release(&url);
}

void sw_page_put(struct face_request *r, struct json_writer *w, const struct sw_page *p,
                 const char *last, bool more) {
    json_key(w, "links");
    json_begin_object(w);
    put_link(r, w, "self", p, (int64_t)p->number, NULL);
    put_link(r, w, "first", p, -1, NULL);
    if (more)
        put_link(r, w, "next", p, (int64_t)p->number + 1, last);
    if (p->number > 0)
        put_link(r, w, "prev", p, (int64_t)p->number - 1, NULL);
    json_end_object(w);
}

/* ---- what a credential check asks for ------------------------------------------------------- */

static void put_number(struct face_request *r, struct json_writer *w) {
    struct carrier *c = r->c;
    json_begin_object(w);
    json_kv_z(w, "id", c->number_sid);
    json_kv_z(w, "number", c->number);
    json_kv_z(w, "name", c->number);
    json_key(w, "capabilities");
    json_begin_array(w);
    json_put_string(w, STR("voice"));
    json_end_array(w);
    json_kv_z(w, "number_type", "longcode");
    json_kv_z(w, "country_code", "US");
    sw_put_time(w, "created_at", c->born_ms);
    sw_put_time(w, "updated_at", c->born_ms);
    json_end_object(w);
}

static void put_project(struct face_request *r, struct json_writer *w) {
    json_begin_object(w);
    json_kv_z(w, "id", r->c->account);
    json_kv_z(w, "name", "Simulated project");
    sw_put_time(w, "created_at", r->c->born_ms);
    json_end_object(w);
}

static void list_one(struct face_request *r,
                     void (*put)(struct face_request *r, struct json_writer *w)) {
    struct sw_page p;
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    if (!sw_page_read(r, &p))
        return;
    json_write_init(&w, &out);
    json_begin_object(&w);
    sw_page_put(r, &w, &p, NULL, false);
    json_key(&w, "data");
    json_begin_array(&w);
    if (p.number == 0 && p.after.len == 0)
        put(r, &w);
    json_end_array(&w);
    json_end_object(&w);
    face_reply(r, 200, &out);
}

static void numbers_list(struct face_request *r) {
    list_one(r, put_number);
}

static void projects_list(struct face_request *r) {
    list_one(r, put_project);
}

/* ---- routes --------------------------------------------------------------------------------- */

/** A file needs no credentials: its address is the secret, as with compatibility recordings. */
static void file_fetch(struct face_request *r) {
    struct tape *t = sidmap_get(&r->c->tapes, r->ids[1]);
    if (t && t->status == TAPE_COMPLETED && str_eq_z(r->ids[0], r->c->account))
        face_send_tape(r, t, t->dual ? 2 : 1);
    else
        sw_error(r, 404);
}

static const struct face_route open_routes[] = {
    {"GET", "/files/*/*.wav", file_fetch},
};

static const struct face_route routes[] = {
    {"POST", "/api/calling/calls", sw_command},
    {"GET", "/api/voice/logs", sw_logs_list},
    {"GET", "/api/voice/logs/*/events", sw_log_events},
    {"GET", "/api/voice/logs/*", sw_log_fetch},
    {"GET", "/api/relay/rest/recordings", sw_recordings_list},
    {"GET", "/api/relay/rest/recordings/*", sw_recording_fetch},
    {"DELETE", "/api/relay/rest/recordings/*", sw_recording_delete},
    {"GET", "/api/relay/rest/phone_numbers", numbers_list},
    {"GET", "/api/projects", projects_list},
};

static const struct face_rest open_rest = {
    .routes = open_routes, .route_count = ARRAY_LEN(open_routes), .refuse = refuse};
static const struct face_rest rest = {
    .routes = routes, .route_count = ARRAY_LEN(routes), .refuse = refuse};

void sw_rest(struct carrier *c, struct http_exchange *x) {
    struct face_request r = {.c = c, .x = x, .rest = &rest};
    if (str_starts(x->path, STR(LAML_PREFIX)) || str_starts(x->path, STR("/2010-04-01/"))) {
        laml_rest(c, x);
        return;
    }
    if (str_starts(x->path, STR("/files/"))) {
        r.rest = &open_rest;
        face_route(&r, x->path);
    } else if (face_authorized(&r, str_z(c->account), str_z(c->token), false) &&
               face_read_json(&r)) {
        face_route(&r, x->path);
    }
    face_request_release(&r);
}
