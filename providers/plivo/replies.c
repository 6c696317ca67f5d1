#include "providers/plivo/replies.h"

#include <stdio.h>

#include "providers/plivo/requests.h"
#include "providers/plivo/words.h"
#include "providers/rest/encode.h"

enum {
    MESSAGE_MAX = 110, /* bytes of the carrier's own words in an error text */
    PLAIN_MAX = 300,   /* bytes of an error that is plain text */
    IDS_OF_A_PAGE = 20,
    DATE_TIME_LEN = 19,
    ZONE_LEN = 6,
};

/* ---- values ------------------------------------------------------------------------------ */

/** "+05:30" as milliseconds east of UTC. */
static bool parse_zone(struct str s, int64_t *east_ms) {
    uint64_t hours, minutes;
    if (s.len != ZONE_LEN || (s.ptr[0] != '+' && s.ptr[0] != '-') || s.ptr[3] != ':' ||
        !str_to_u64(str_from(s.ptr + 1, 2), 14, &hours) ||
        !str_to_u64(str_from(s.ptr + 4, 2), 59, &minutes))
        return false;
    int64_t ms = (int64_t)(hours * 60 + minutes) * 60000;
    *east_ms = s.ptr[0] == '-' ? -ms : ms;
    return true;
}

bool plivo_parse_time(struct str s, int64_t *wall_ms) {
    char text[48];
    int64_t utc, east = 0;
    if (s.len < DATE_TIME_LEN || s.len >= sizeof text - 1 || s.ptr[10] != ' ')
        return false;
    size_t sign = DATE_TIME_LEN; /* behind the fraction */
    while (sign < s.len && s.ptr[sign] != '+' && s.ptr[sign] != '-')
        sign++;
    if (sign < s.len && !parse_zone(str_from_index(s, sign), &east))
        return false;
    memcpy(text, s.ptr, sign);
    text[10] = 'T';
    text[sign] = 'Z';
    if (!clock_parse_rfc3339(str_from(text, sign + 1), &utc))
        return false;
    *wall_ms = utc - east;
    return true;
}

static int64_t number_of(const struct json *v) {
    uint32_t n;
    return rest_json_u32(v, &n) ? n : 0;
}

/* ---- calls ------------------------------------------------------------------------------- */

static enum error_code no_call(struct error *err) {
    return error_set(err, ERR_UPSTREAM, "the carrier's reply names no call; try again later");
}

/* Plivo docs: "Make a call". One destination, so one id; some replies put it into an array. */
enum error_code plivo_decode_place(struct str body, struct provider_call *out, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    const struct json *id = json_get(json_root(doc), "request_uuid");
    if (json_type(id) == JSON_ARRAY && json_count(id) == 1)
        id = json_first(id);
    struct provider_call c = {.status = CALL_DIALING};
    if (!rest_is_uuid(json_str(id)) || !str_copy(json_str(id), c.sid, sizeof c.sid))
        return no_call(err);
    *out = c;
    return ERR_OK;
}

/** "live" and "queued" calls name both of their ids; the one it was placed under is kept. */
static bool read_sid(const struct json *v, char *dst) {
    struct str placed = json_str(json_get(v, "request_uuid"));
    struct str sid = rest_is_uuid(placed) ? placed : json_str(json_get(v, "call_uuid"));
    return rest_is_uuid(sid) && str_copy(sid, dst, CALL_SID_SIZE);
}

static void read_live(const struct json *v, struct provider_call *c) {
    c->status = plivo_status(json_str(json_get(v, "call_status")));
    rest_copy_bare_party(json_str(json_get(v, "to")), c->to);
    rest_copy_bare_party(json_str(json_get(v, "from")), c->from);
    if (!plivo_parse_time(json_str(json_get(v, "session_start")), &c->created_ms))
        c->created_ms = 0;
}

static void read_record(const struct json *v, struct provider_call *c) {
    int64_t cause = number_of(json_get(v, "hangup_cause_code"));
    bool answered = json_str(json_get(v, "answer_time")).len > 0;
    c->status = plivo_outcome(cause, json_str(json_get(v, "call_status")), answered);
    if (c->status == CALL_STATUS_NONE && answered)
        c->status = CALL_COMPLETED; /* "Unknown", but there was a conversation */
    if (c->status != CALL_COMPLETED)
        c->carrier_code = (int32_t)cause;
    if (cause == 9100)
        c->answered_by = CALL_BY_MACHINE;
    c->duration_s = (uint32_t)number_of(json_get(v, "call_duration"));
    rest_copy_bare_party(json_str(json_get(v, "to_number")), c->to);
    rest_copy_bare_party(json_str(json_get(v, "from_number")), c->from);
    if (!plivo_parse_time(json_str(json_get(v, "initiation_time")), &c->created_ms))
        c->created_ms = 0;
}

/* Live calls have "direction", records "call_direction" and the call that dialled. */
static bool is_other_leg(const struct json *v) {
    return str_eq_z(json_str(json_get(v, "direction")), "inbound") ||
           str_eq_z(json_str(json_get(v, "call_direction")), "inbound") ||
           json_str(json_get(v, "parent_call_uuid")).len > 0;
}

static enum error_code read_call(const struct json *v, struct provider_call *out,
                                 struct error *err) {
    struct provider_call c = {.other_leg = is_other_leg(v)};
    if (!read_sid(v, c.sid))
        return no_call(err);
    if (json_get(v, "call_status") && !json_get(v, "hangup_cause_code"))
        read_live(v, &c);
    else
        read_record(v, &c);
    *out = c;
    return ERR_OK;
}

enum error_code plivo_decode_call(struct str body, struct provider_call *out, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    return rc == ERR_OK ? read_call(json_root(doc), out, err) : rc;
}

static enum error_code read_item(const struct json *v, struct provider_call *out,
                                 struct error *err) {
    if (json_type(v) != JSON_STRING)
        return read_call(v, out, err);
    if (!rest_is_uuid(json_str(v)) || !str_copy(json_str(v), out->sid, sizeof out->sid))
        return no_call(err);
    return ERR_OK;
}

/*
 * A list of bare ids does not tell whether it is whole. A page of Plivo's lists has 20 items at
 * most (Plivo docs: pagination), so a full one may be followed by another; one that has more is not
 * cut into pages. start: of this page.
 */
static enum error_code next_ids(struct rest_page *page, size_t start, struct error *err) {
    static const struct str paging = STR_INIT("&limit=20&offset=");
    size_t at = str_find_str(page->asked, paging);
    uint64_t offset = 0;
    if (page->count - start != IDS_OF_A_PAGE || page->asked.len == 0)
        return ERR_OK;
    bool goes_on =
        at == page->asked.len ||
        (str_to_u64(str_from_index(page->asked, at + paging.len), REST_CALLS_MAX, &offset) &&
         start >= IDS_OF_A_PAGE &&
         strcmp(page->calls[start].sid, page->calls[start - IDS_OF_A_PAGE].sid) != 0);
    if (!goes_on)
        return error_set(err, ERR_LIMIT, "the carrier lists the same calls again; ask later");
    buf_put_str(&page->next_url, str_from(page->asked.ptr, at));
    buf_put_str(&page->next_url, paging);
    buf_put_u64(&page->next_url, offset + IDS_OF_A_PAGE);
    return ERR_OK;
}

enum error_code plivo_decode_list(const struct rest_account *a, struct str body,
                                  struct rest_page *page, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    size_t start = page->count;
    const struct json *ids = json_get(json_root(doc), "calls");
    const struct json *list = ids ? ids : json_get(json_root(doc), "objects");
    if (json_type(list) != JSON_ARRAY)
        return error_set(err, ERR_UPSTREAM, "the carrier's reply is no list of calls");
    for (const struct json *v = json_first(list); v; v = json_next(v)) {
        struct provider_call *c = rest_page_add(page);
        if (!c)
            return error_set(err, ERR_LIMIT, "the carrier lists more than %d calls; ask for less",
                             REST_CALLS_MAX);
        rc = read_item(v, c, err);
        if (rc != ERR_OK)
            return rc;
    }
    const struct json *meta = json_get(json_root(doc), "meta");
    rc = rest_next_page(a, json_str(json_get(meta, "next")), &page->next_url, err);
    return rc == ERR_OK && ids && page->next_url.len == 0 ? next_ids(page, start, err) : rc;
}

/* ---- recordings -------------------------------------------------------------------------- */

enum error_code plivo_decode_control(const struct rest_request *sent, struct str body,
                                     char *out_sid, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (sent && str_eq_z(STR("DELETE"), sent->method)) { /* stopping answers nothing */
        snprintf(out_sid, CALL_SID_SIZE, "%s", sent->tag);
        return ERR_OK;
    }
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct str sid = json_str(json_get(json_root(doc), "recording_id"));
    if (!rest_is_uuid(sid) || !str_copy(sid, out_sid, CALL_SID_SIZE))
        return error_set(err, ERR_UPSTREAM, "the carrier's reply names no recording");
    return ERR_OK;
}

/** Plivo's own hosts for recordings; they want the account's credentials when the console says so.
 */
static bool is_media_host(const struct rest_url *u) {
    static const struct str own = STR_INIT("media.plivo.com");
    struct str host = u->host;
    if (!rest_url_is_tls(u) || host.len < own.len)
        return false;
    if (host.len > own.len && host.ptr[host.len - own.len - 1] != '.')
        return false;
    return str_eq_nocase(str_from_index(host, host.len - own.len), own);
}

static const char *format_of(struct str path) {
    path = str_from(path.ptr, str_find(path, '?'));
    struct str end = str_from_index(path, path.len >= 4 ? path.len - 4 : 0);
    return str_eq_nocase(end, STR(".mp3")) ? "mp3" : str_eq_nocase(end, STR(".wav")) ? "wav" : NULL;
}

/* Plivo docs: Recordings API, recording_url. It comes over our authenticated request, never from a
 * webhook; other hosts get no credentials and only public addresses are followed. */
enum error_code plivo_decode_media(const struct rest_account *a, struct str body,
                                   struct rest_request *out, struct error *err) {
    (void)a;
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct rest_url url;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct str text = json_str(json_get(json_root(doc), "recording_url"));
    if (!rest_url_parse(text, &url))
        return error_set(err, ERR_UPSTREAM, "the carrier's reply names no recording to fetch");
    const char *format = format_of(url.rest);
    if (!format)
        format =
            str_eq_z(json_str(json_get(json_root(doc), "recording_format")), "mp3") ? "mp3" : "wav";
    out->method = "GET";
    buf_put_str(&out->url, text);
    snprintf(out->format, sizeof out->format, "%s", format);
    out->ours = is_media_host(&url);
    return ERR_OK;
}

/* ---- errors ------------------------------------------------------------------------------ */

/** The first text in an error: itself, or the first member of an object or array, with its name. */
static void put_error_text(const struct json *v, struct buf *b) {
    for (int depth = 0; depth < 3 && (json_type(v) == JSON_OBJECT || json_type(v) == JSON_ARRAY);
         depth++) {
        v = json_first(v);
        if (json_name(v).len) {
            buf_put_str(b, json_name(v));
            buf_puts(b, ": ");
        }
    }
    buf_put_str(b, json_str(v));
}

/** Plain text that Plivo is known to answer with, not a proxy's page. */
static bool is_plain_error(int status, struct str body) {
    struct str text = str_trim(body);
    if (text.len == 0 || text.len > PLAIN_MAX || !str_is_utf8(text) || strchr("<{[\"", text.ptr[0]))
        return false;
    return status == 401 || plivo_fault_find(text);
}

/** False: not an error of this carrier. */
static bool read_error(int status, struct str body, struct buf *text) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (rest_read_object(body, &doc, NULL) != ERR_OK) {
        if (!is_plain_error(status, body))
            return false;
        buf_put_str(text, str_trim(body));
        return true;
    }
    const struct json *error = json_get(json_root(doc), "error");
    put_error_text(error, text);
    /* a gateway on the way may say "error", too; Plivo names the request, but not in a 401 */
    bool is_named = json_str(json_get(json_root(doc), "api_id")).len > 0;
    return error && (is_named || status == 401 || plivo_fault_find(buf_str(text)));
}

static enum error_code by_status(int status) {
    static const struct {
        int status;
        enum error_code code;
    } rows[] = {
        {401, ERR_AUTH},      {402, ERR_AUTH},     {403, ERR_AUTH},
        {404, ERR_NOT_FOUND}, {409, ERR_CONFLICT}, {429, ERR_RATE_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].status == status)
            return rows[i].code;
    return status >= 500 ? ERR_UPSTREAM : ERR_INVALID;
}

/* Plivo docs: {"api_id":"…","error":"…"}; error may be an object keyed by parameter, api_id is
 * missing from 401, and a 401 may be plain text. */
enum error_code plivo_decode_error(int status, struct str body, struct error *err) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    if (!read_error(status, body, &text))
        return ERR_OK;
    const struct plivo_fault *fault = plivo_fault_find(buf_str(&text));
    enum error_code code = by_status(status);
    /* a text says more than 400 or 403, but nothing softens 401, 429 and the carrier's failures */
    if (fault && (status == 400 || status == 403 || status == 404 || status == 422))
        code = fault->code;
    char message[MESSAGE_MAX + 2];
    rest_copy_sentence(message, MESSAGE_MAX, buf_str(&text));
    error_set(err, code, "carrier error, HTTP %d: %s %s", status,
              message[0] ? message : "no reason given.",
              fault ? fault->advice : "Look the text up in the carrier's documentation.");
    if (err)
        err->retry = code == ERR_RATE_LIMIT || status >= 500 || (fault && fault->retry);
    return code;
}

/* ---- credentials ------------------------------------------------------------------------- */

/** "-1.80900", "0", "0.00000": nothing left to call with. */
static bool is_used_up(struct str credits) {
    if (str_starts(credits, STR("-")))
        return true;
    for (size_t i = 0; i < credits.len; i++)
        if (credits.ptr[i] >= '1' && credits.ptr[i] <= '9')
            return false;
    return credits.len > 0;
}

/* Plivo docs: Account resource. */
static enum error_code read_account(const struct rest_account *a, struct str body,
                                    struct rest_check *check, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    const struct json *root = json_root(doc);
    if (!str_eq(json_str(json_get(root, "auth_id")), a->id))
        return error_set(err, ERR_UPSTREAM, "the carrier's reply is about another account");
    char name[49];
    rest_copy_line(name, sizeof name - 1, json_str(json_get(root, "name")));
    bool prepaid = str_eq_z(json_str(json_get(root, "billing_mode")), "prepaid");
    bool empty = prepaid && is_used_up(json_str(json_get(root, "cash_credits")));
    snprintf(check->text, sizeof check->text, "account \"%s\" is accepted%s", name,
             empty ? "; warning: it has no credit left, calls will end at once" : "");
    check->step = PLIVO_CHECK_RENTED;
    return a->number.len ? ERR_OK : rest_check_finish(check, "; no caller id is set");
}

enum error_code plivo_decode_check(const struct rest_account *a, int status, struct str body,
                                   struct rest_check *check, struct error *err) {
    bool ok = status >= 200 && status < 300;
    switch ((enum plivo_check_step)check->step) {
    case PLIVO_CHECK_ACCOUNT:
        if (ok)
            return read_account(a, body, check, err);
        break;
    case PLIVO_CHECK_RENTED:
        if (ok)
            return rest_check_finish(check, "; the caller id is a number of the account");
        check->step = PLIVO_CHECK_VERIFIED;
        return ERR_OK;
    case PLIVO_CHECK_VERIFIED:
        if (ok)
            return rest_check_finish(check, "; the caller id is a verified number");
        if (status != 404)
            return rest_check_finish(check,
                                     "; whether the caller id may be used could not be asked");
        return error_field(err, ERR_INVALID, "number",
                           "the caller id is neither rented nor verified: do so in the console, or "
                           "set another PLIVO_PHONE_NUMBER");
    }
    enum error_code rc = plivo_decode_error(status, body, err);
    if (rc != ERR_OK)
        return rc;
    return error_set(err, status == 401 || status == 403 ? ERR_AUTH : ERR_UPSTREAM,
                     "the API answered HTTP %d; check the auth id, the auth token and the base URL",
                     status);
}
