#include "providers/rest/encode.h"
#include "providers/rest/laml.h"

enum {
    MESSAGE_MAX = 130, /* bytes of the carrier's own words in an error text */
};

/* ---- words --------------------------------------------------------------------------------- */

static int meaning(const struct laml_words *words, struct str word, int otherwise) {
    for (size_t i = 0; i < words->count; i++)
        if (str_eq_z(word, words->rows[i].word))
            return words->rows[i].meaning;
    return otherwise;
}

enum call_status laml_status(const struct laml *l, struct str word) {
    return (enum call_status)meaning(&l->statuses, word, CALL_STATUS_NONE);
}

enum call_answered_by laml_answered_by(const struct laml *l, struct str word) {
    int otherwise = word.len ? CALL_BY_UNKNOWN : CALL_BY_UNASKED;
    return (enum call_answered_by)meaning(&l->answered, word, otherwise);
}

enum recording_status laml_recording_status(const struct laml *l, struct str word) {
    return (enum recording_status)meaning(&l->recordings, word, RECORDING_NONE);
}

const struct laml_fault *laml_fault_find(const struct laml *l, int64_t number) {
    for (size_t i = 0; i < *l->fault_count; i++)
        if (l->faults[i].number == number)
            return &l->faults[i];
    return NULL;
}

/* ---- calls ------------------------------------------------------------------------------- */

/* Twilio docs: Call resource, "Direction". What we place is "outbound-api" (SignalWire: "outbound",
 * too). */
static bool is_other_leg(const struct json *v) {
    struct str direction = json_str(json_get(v, "direction"));
    return str_eq_z(direction, "inbound") || str_eq_z(direction, "outbound-dial") ||
           json_str(json_get(v, "parent_call_sid")).len > 0;
}

/* Twilio docs: Call resource, properties. All scalars are strings or null. */
static enum error_code read_call(const struct laml *l, const struct json *v,
                                 struct provider_call *out, struct error *err) {
    struct provider_call c = {0};
    struct str sid = json_str(json_get(v, "sid"));
    if (!l->is_call(sid) || !str_copy(sid, c.sid, sizeof c.sid))
        return error_set(err, ERR_UPSTREAM, "the carrier's reply names no call; try again later");
    c.status = laml_status(l, json_str(json_get(v, "status")));
    rest_copy_party(json_str(json_get(v, "to")), c.to);
    rest_copy_party(json_str(json_get(v, "from")), c.from);
    if (!rest_json_u32(json_get(v, "duration"), &c.duration_s))
        c.duration_s = 0;
    if (!clock_parse_rfc2822(json_str(json_get(v, "date_created")), &c.created_ms))
        c.created_ms = 0; /* null right after the call was made */
    c.answered_by = laml_answered_by(l, json_str(json_get(v, "answered_by")));
    c.other_leg = is_other_leg(v);
    *out = c;
    return ERR_OK;
}

enum error_code laml_decode_call(const struct laml *l, struct str body, struct provider_call *out,
                                 struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    return rc == ERR_OK ? read_call(l, json_root(doc), out, err) : rc;
}

enum error_code laml_decode_list(const struct laml *l, const struct rest_account *a,
                                 struct str body, struct rest_page *page, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    const struct json *calls = json_get(json_root(doc), "calls");
    if (json_type(calls) != JSON_ARRAY)
        return error_set(err, ERR_UPSTREAM, "the carrier's reply is no list of calls");
    for (const struct json *v = json_first(calls); v; v = json_next(v)) {
        struct provider_call *c = rest_page_add(page);
        if (!c)
            return error_set(err, ERR_LIMIT, "the carrier lists more than %d calls; ask for less",
                             REST_CALLS_MAX);
        rc = read_call(l, v, c, err);
        if (rc != ERR_OK)
            return rc;
    }
    return rest_next_page(a, json_str(json_get(json_root(doc), "next_page_uri")), &page->next_url,
                          err);
}

enum error_code laml_decode_control(const struct laml *l, struct str body, char *out_sid,
                                    struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct str sid = json_str(json_get(json_root(doc), "sid"));
    if (!l->is_recording(sid) || !str_copy(sid, out_sid, CALL_SID_SIZE))
        return error_set(err, ERR_UPSTREAM, "the carrier's reply names no recording");
    return ERR_OK;
}

/* ---- errors ------------------------------------------------------------------------------ */

/**
 * The number in an error's body. Twilio docs: {"code":21211,"message":"…","status":400}. A body
 * without an integral code is a proxy's, not the carrier's.
 */
static bool read_number(const struct laml *l, const struct json *root, const struct json **told,
                        int64_t *number) {
    const struct json *first = json_first(json_get(root, "errors"));
    uint32_t n;
    *told = root;
    if (json_int(json_get(root, "code"), 1, INT32_MAX, number))
        return true;
    *told = first; /* SignalWire docs: {"errors":[{"code":"21211","message":"…"}]} */
    if (!l->error_lists || !rest_json_u32(json_get(first, "code"), &n) || n == 0)
        return false;
    *number = n;
    return true;
}

static enum error_code judge(int status, const struct laml_fault *fault) {
    if (status == 429)
        return ERR_RATE_LIMIT;
    if (fault)
        return fault->code;
    if (status >= 500)
        return ERR_UPSTREAM;
    if (status == 401 || status == 403)
        return ERR_AUTH;
    return status == 404 ? ERR_NOT_FOUND : ERR_INVALID;
}

enum error_code laml_decode_error(const struct laml *l, int status, struct str body,
                                  struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    const struct json *told;
    int64_t number;
    if (rest_read_object(body, &doc, NULL) != ERR_OK ||
        !read_number(l, json_root(doc), &told, &number))
        return ERR_OK;
    char message[MESSAGE_MAX + 2];
    rest_copy_sentence(message, MESSAGE_MAX, json_str(json_get(told, "message")));
    const struct laml_fault *fault = laml_fault_find(l, number);
    enum error_code code = judge(status, fault);
    error_set(err, code, "carrier error %d: %s %s", (int)number, message,
              fault ? fault->advice : "Look the number up in the carrier's error dictionary.");
    if (err) {
        err->retry = (fault && fault->retry) || code == ERR_RATE_LIMIT || status >= 500;
        err->carrier_code = (int)number;
    }
    return code;
}
