#include "providers/signalwire/replies.h"

#include <stdio.h>

#include "providers/rest/encode.h"
#include "providers/signalwire/compat.h"
#include "providers/signalwire/event.h"
#include "providers/signalwire/requests.h"
#include "providers/signalwire/words.h"

enum {
    MESSAGE_MAX = 110,       /* bytes of the carrier's own words in an error text */
    CODE_MAX = 40,           /* of its code */
    LIST_SLACK_MS = 3600000, /* how far a list may be out of order */
};

/* ---- calls ------------------------------------------------------------------------------- */

/* SignalWire docs: Calling API, call object; a voice log has the same members. */
static enum error_code read_call(const struct json *v, struct provider_call *out,
                                 struct error *err) {
    struct provider_call c = {0};
    struct str sid = json_str(json_get(v, "id"));
    if (!rest_is_uuid(sid) || !str_copy(sid, c.sid, sizeof c.sid))
        return error_set(err, ERR_UPSTREAM, "the carrier's reply names no call; try again later");
    c.status = signalwire_status(json_str(json_get(v, "status")));
    rest_copy_party(json_str(json_get(v, "to")), c.to);
    rest_copy_party(json_str(json_get(v, "from")), c.from);
    if (!signalwire_seconds(json_get(v, "duration"), &c.duration_s))
        c.duration_s = 0;
    if (!clock_parse_rfc3339(json_str(json_get(v, "created_at")), &c.created_ms))
        c.created_ms = 0;
    struct str direction = json_str(json_get(v, "direction"));
    c.other_leg = str_eq_z(direction, "inbound") || str_eq_z(direction, "outbound-dial") ||
                  json_str(json_get(v, "parent_id")).len > 0;
    *out = c;
    return ERR_OK;
}

enum error_code signalwire_decode_call(struct str body, struct provider_call *out,
                                       struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    return rc == ERR_OK ? read_call(json_root(doc), out, err) : rc;
}

/** The next page's address is absolute, or a path; never on another host. */
static enum error_code read_next_page(const struct rest_account *a, const struct json *root,
                                      struct buf *next_url, struct error *err) {
    struct str uri = json_str(json_get(json_get(root, "links"), "next"));
    struct rest_url api, next;
    if (rest_url_parse(uri, &next) && rest_url_parse(a->base_url, &api) && next.userinfo.len == 0 &&
        rest_url_same_origin(&api, &next))
        uri = next.rest;
    return rest_next_page(a, uri, next_url, err);
}

static bool is_wanted(const struct rest_page *page, const struct provider_call *c) {
    const struct provider_list_filter *f = page->filter;
    return !f || ((f->to.len == 0 || str_eq_z(f->to, c->to)) &&
                  (f->from.len == 0 || str_eq_z(f->from, c->from)));
}

/** How the calls of a page lie in time. */
struct span {
    int64_t last_ms;
    bool falling; /* newest first, and each says when */
};

static void note_time(struct span *s, int64_t created_ms, bool first) {
    s->falling = created_ms > 0 && (first || (s->falling && created_ms <= s->last_ms));
    s->last_ms = created_ms;
}

/* The list holds everybody's calls for months: what is older than asked for is not paged through.
 * Only where the order is plain: a list that is cut short would settle calls wrongly. */
static bool is_past(const struct rest_page *page, const struct span *s) {
    return page->filter && s->falling && s->last_ms + LIST_SLACK_MS < page->filter->since_ms;
}

enum error_code signalwire_decode_list(const struct rest_account *a, struct str body,
                                       struct rest_page *page, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct span span = {0};
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    const struct json *calls = json_get(json_root(doc), "data");
    if (json_type(calls) != JSON_ARRAY)
        return error_set(err, ERR_UPSTREAM, "the carrier's reply is no list of calls");
    for (const struct json *v = json_first(calls); v; v = json_next(v)) {
        struct provider_call call = {0}, *added;
        rc = read_call(v, &call, err);
        if (rc != ERR_OK)
            return rc;
        note_time(&span, call.created_ms, v == json_first(calls));
        if (!is_wanted(page, &call))
            continue;
        added = rest_page_add(page);
        if (!added)
            return error_set(err, ERR_LIMIT, "the carrier lists more than %d calls; ask for less",
                             REST_CALLS_MAX);
        *added = call;
    }
    return is_past(page, &span) ? ERR_OK : read_next_page(a, json_root(doc), &page->next_url, err);
}

/* ---- recordings -------------------------------------------------------------------------- */

/* Every command is answered with its call; the recording's id is the one that we gave it. */
enum error_code signalwire_decode_control(const struct rest_request *sent, struct str body,
                                          char *out_sid, struct error *err) {
    struct provider_call call;
    enum error_code rc = signalwire_decode_call(body, &call, err);
    if (rc == ERR_OK)
        memcpy(out_sid, sent->tag, CALL_SID_SIZE);
    return rc;
}

/** What one item of a list says of the file that is looked for. */
struct found {
    struct str exact, any; /* ids: of the very one, of one of this call */
    bool several;          /* more than one of this call: any is not the one */
};

static void note_file(struct found *f, struct str id, bool exact) {
    if (!rest_is_uuid(id))
        return;
    f->several = f->several || (f->any.len && !str_eq(f->any, id));
    f->any = id;
    if (exact)
        f->exact = id;
}

/** A file of the list of recordings: it names the leg of the call, whatever its type. */
static void note_listed(const struct json *v, struct str call_sid, struct found *f) {
    static const char *const legs[] = {"relay_pstn_leg_id", "relay_sip_leg_id",
                                       "relay_webrtc_leg_id", NULL};
    struct str leg = json_str(signalwire_find(v, NULL, legs));
    if (leg.len && str_eq(leg, call_sid))
        note_file(f, json_str(json_get(v, "id")), false);
}

/** Copies into the arena: what came as text dies with its own document. */
static void note_event(const struct json *v, struct str control, struct arena *a, struct found *f) {
    static const char *const id_names[] = {"recording_id", NULL};
    static const char *const control_names[] = {"control_id", NULL};
    if (!str_eq(json_str(json_get(v, "name")), STR("calling_call_record")))
        return;
    struct signalwire_object details, params;
    signalwire_object_read(&details, json_get(v, "details"));
    signalwire_object_read(&params, json_get(details.v, "params"));
    struct str id = json_str(signalwire_find(params.v, details.v, id_names));
    struct str named = json_str(signalwire_find(params.v, details.v, control_names));
    if (named.len && !str_eq(named, control))
        f->several = true; /* another one's */
    else
        note_file(f, arena_copy(a, id), named.len > 0);
    signalwire_object_release(&params);
    signalwire_object_release(&details);
}

enum error_code signalwire_decode_find(const struct rest_request *sent, struct str body,
                                       char *file_sid, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(arena_release) struct arena a = {0};
    struct found f = {0};
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    const struct json *items = json_get(json_root(doc), "data");
    if (json_type(items) != JSON_ARRAY)
        return error_set(err, ERR_UPSTREAM, "the carrier's reply is no list");
    for (const struct json *v = json_first(items); v; v = json_next(v)) {
        note_listed(v, str_z(sent->tag), &f);
        note_event(v, str_z(sent->tag), &a, &f);
    }
    struct str id = f.exact.len ? f.exact : f.several ? (struct str){0} : f.any;
    if (id.len == 0 || !str_copy(id, file_sid, CALL_SID_SIZE))
        return error_set(err, ERR_NOT_FOUND, "the carrier has no such recording (yet)");
    return ERR_OK;
}

/* SignalWire docs: Recordings; "url" is where the audio is. */
enum error_code signalwire_decode_media(const struct rest_account *a, struct str body,
                                        struct rest_request *out, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct rest_url api;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct str url = json_str(json_get(json_root(doc), "url"));
    if (url.len == 0)
        return error_set(err, ERR_NOT_FOUND, "the carrier has no such recording (yet)");
    out->method = "GET";
    if (str_starts(url, STR("/")) && rest_url_parse(a->base_url, &api))
        buf_put_str(&out->url, api.origin);
    buf_put_str(&out->url, url);
    size_t path = str_find(url, '?');
    if (path >= 4 && str_eq(str_from(url.ptr + path - 4, 4), STR(".mp3")))
        snprintf(out->format, sizeof out->format, "mp3");
    return ERR_OK;
}

/* ---- errors ------------------------------------------------------------------------------ */

/** What a status means when its code is not in the table. */
static enum error_code by_status(int status) {
    if (status >= 500)
        return ERR_UPSTREAM;
    if (status == 401 || status == 403)
        return ERR_AUTH;
    if (status == 409)
        return ERR_CONFLICT;
    if (status == 429)
        return ERR_RATE_LIMIT;
    return status == 404 ? ERR_NOT_FOUND : ERR_INVALID;
}

static enum error_code tell(int status, struct str code, struct str message,
                            const struct signalwire_fault *fault, struct error *err) {
    char code_text[CODE_MAX + 1], message_text[MESSAGE_MAX + 2];
    enum error_code rc = fault && status != 429 ? fault->meaning : by_status(status);
    rest_copy_line(code_text, CODE_MAX, code);
    rest_copy_sentence(message_text, MESSAGE_MAX, message);
    error_set(err, rc, "carrier error %s: %s %s", code_text, message_text,
              fault ? fault->advice : "Look the code up in the carrier's documentation.");
    if (err)
        err->retry = (fault && fault->retry) || rc == ERR_RATE_LIMIT || status >= 500;
    return rc;
}

/* {"errors":[{"code":"…","message":"…"}]}, and of other parts of the API {"detail":"…"}. What we
 * know something of comes first. */
static enum error_code read_errors(int status, const struct json *errors, struct error *err) {
    static const char *const message_names[] = {"message", "detail", NULL};
    const struct json *told = NULL;
    const struct signalwire_fault *fault = NULL;
    for (const struct json *v = json_first(errors); v && !fault; v = json_next(v)) {
        struct str code = json_str(json_get(v, "code"));
        fault = signalwire_fault_find(code);
        if (code.len && (fault || !told))
            told = v;
    }
    if (!told)
        return ERR_OK;
    return tell(status, json_str(json_get(told, "code")),
                json_str(signalwire_find(told, NULL, message_names)), fault, err);
}

/* {"error":"Unauthorized"} and the like: the very words, since proxies have theirs. */
static enum error_code read_plain_error(int status, struct str word, struct error *err) {
    static const struct {
        int status;
        const char *word, *advice;
    } rows[] = {
        {400, "Bad Request", "Report this fault."},
        {401, "Unauthorized", "Check the project id, the API token and the token's scopes."},
        {403, "Forbidden", "The token may not do this: check its scopes."},
        {404, "Not Found", "The carrier does not know it: check project and id."},
        {500, "Internal Server Error", "The carrier failed inside: see its status page."},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].status == status && str_eq_z(word, rows[i].word)) {
            enum error_code rc = by_status(status);
            error_set(err, rc, "carrier error: %s. %s", rows[i].word, rows[i].advice);
            if (err)
                err->retry = status >= 500;
            return rc;
        }
    return ERR_OK;
}

enum error_code signalwire_decode_error(int status, struct str body, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (rest_read_object(body, &doc, NULL) != ERR_OK)
        return ERR_OK;
    const struct json *errors = json_get(json_root(doc), "errors");
    if (json_type(errors) == JSON_ARRAY)
        return read_errors(status, errors, err);
    return read_plain_error(status, json_str(json_get(json_root(doc), "error")), err);
}

/* ---- credentials ------------------------------------------------------------------------- */

/** The account's reply may hold secrets: only two members are ever looked at. */
static enum error_code read_account(const struct rest_account *a, struct str body,
                                    struct rest_check *check, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    char name[65];
    rest_copy_line(name, sizeof name - 1, json_str(json_get(json_root(doc), "friendly_name")));
    if (!str_eq(json_str(json_get(json_root(doc), "status")), STR("active")))
        return error_set(err, ERR_AUTH, "the project is not active: settle it in the console");
    snprintf(check->text, sizeof check->text, "project \"%s\" is active%s", name,
             a->number.len ? "" : "; no caller id is set");
    return ERR_OK;
}

static enum error_code refused(int status, struct str body, struct error *err) {
    /* the account is read over the other API, which has numbers for its errors */
    enum error_code rc = signalwire_compat_decode_error(status, body, err);
    if (rc != ERR_OK)
        return rc;
    return error_set(err, status == 401 || status == 403 ? ERR_AUTH : ERR_UPSTREAM,
                     "the API answered HTTP %d; check the space, the project id, the API token and "
                     "its scopes",
                     status);
}

enum error_code signalwire_decode_account(const struct rest_account *a, int status, struct str body,
                                          struct rest_check *check, struct error *err) {
    if (status < 200 || status >= 300)
        return refused(status, body, err);
    check->done = true;
    return read_account(a, body, check, err);
}

enum error_code signalwire_decode_check(const struct rest_account *a, int status, struct str body,
                                        struct rest_check *check, struct error *err) {
    if (status < 200 || status >= 300)
        return refused(status, body, err);
    if (check->step == SIGNALWIRE_CHECK_ACCOUNT) {
        check->step = SIGNALWIRE_CHECK_VOICE;
        return read_account(a, body, check, err);
    }
    check->done = true; /* the token may use calls */
    return ERR_OK;
}
