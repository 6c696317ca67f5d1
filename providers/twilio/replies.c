#include "providers/twilio/replies.h"

#include <stdio.h>

#include "providers/rest/encode.h"
#include "providers/twilio/requests.h"
#include "providers/twilio/words.h"

enum {
    MESSAGE_MAX = 130, /* bytes of the carrier's own words in an error text */
};

/* ---- calls ------------------------------------------------------------------------------- */

/* Twilio docs: Call resource, properties. All scalars are strings or null. */
static enum error_code read_call(const struct json *v, struct provider_call *out,
                                 struct error *err) {
    struct provider_call c = {0};
    struct str sid = json_str(json_get(v, "sid"));
    if (!rest_is_id(sid, "CA", TWILIO_SID_HEX) || !str_copy(sid, c.sid, sizeof c.sid))
        return error_set(err, ERR_UPSTREAM, "the carrier's reply names no call; try again later");
    c.status = twilio_status(json_str(json_get(v, "status")));
    rest_copy_party(json_str(json_get(v, "to")), c.to);
    rest_copy_party(json_str(json_get(v, "from")), c.from);
    if (!rest_json_u32(json_get(v, "duration"), &c.duration_s))
        c.duration_s = 0;
    if (!clock_parse_rfc2822(json_str(json_get(v, "date_created")), &c.created_ms))
        c.created_ms = 0; /* null right after the call was made */
    c.answered_by = twilio_answered_by(json_str(json_get(v, "answered_by")));
    *out = c;
    return ERR_OK;
}

enum error_code twilio_decode_call(struct str body, struct provider_call *out, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    return rc == ERR_OK ? read_call(json_root(doc), out, err) : rc;
}

enum error_code twilio_decode_list(const struct rest_account *a, struct str body,
                                   struct rest_page *page, struct error *err) {
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
        rc = read_call(v, c, err);
        if (rc != ERR_OK)
            return rc;
    }
    return rest_next_page(a, json_str(json_get(json_root(doc), "next_page_uri")), &page->next_url,
                          err);
}

enum error_code twilio_decode_control(const struct rest_request *sent, struct str body,
                                      char *out_sid, struct error *err) {
    (void)sent;
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct str sid = json_str(json_get(json_root(doc), "sid"));
    if (!rest_is_id(sid, "RE", TWILIO_SID_HEX) || !str_copy(sid, out_sid, CALL_SID_SIZE))
        return error_set(err, ERR_UPSTREAM, "the carrier's reply names no recording");
    return ERR_OK;
}

/* ---- errors ------------------------------------------------------------------------------ */

/* Twilio docs: {"code":21211,"message":"…","more_info":"…","status":400}. A body without an
 * integral code is a proxy's, not Twilio's. */
enum error_code twilio_decode_error(int status, struct str body, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    int64_t number;
    (void)status;
    if (rest_read_object(body, &doc, NULL) != ERR_OK ||
        !json_int(json_get(json_root(doc), "code"), 1, INT32_MAX, &number))
        return ERR_OK;
    char message[MESSAGE_MAX + 1];
    rest_copy_line(message, MESSAGE_MAX, json_str(json_get(json_root(doc), "message")));
    const struct twilio_fault *fault = twilio_fault_find(number);
    enum error_code code = fault ? fault->code : ERR_INVALID;
    if (!fault && status >= 500)
        code = ERR_UPSTREAM;
    if (!fault && (status == 401 || status == 403))
        code = ERR_AUTH;
    if (!fault && status == 404)
        code = ERR_NOT_FOUND;
    if (status == 429)
        code = ERR_RATE_LIMIT;
    error_set(err, code, "carrier error %d: %s %s", (int)number, message,
              fault ? fault->advice : "Look the number up in the carrier's error dictionary.");
    if (err) {
        err->retry = (fault && fault->retry) || code == ERR_RATE_LIMIT || status >= 500;
        err->carrier_code = (int)number;
    }
    return code;
}

/* ---- credentials ------------------------------------------------------------------------- */

static enum error_code finish(struct rest_check *check, const char *number_verdict) {
    size_t used = strlen(check->text);
    snprintf(check->text + used, sizeof check->text - used, "%s", number_verdict);
    check->done = true;
    return ERR_OK;
}

/** The account's reply holds its auth token in clear: only three members are ever looked at. */
static enum error_code read_account(const struct rest_account *a, struct str body,
                                    struct rest_check *check, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = rest_read_object(body, &doc, err);
    if (rc != ERR_OK)
        return rc;
    char name[65];
    struct str status = json_str(json_get(json_root(doc), "status"));
    rest_copy_line(name, sizeof name - 1, json_str(json_get(json_root(doc), "friendly_name")));
    if (!str_eq(status, STR("active")))
        return error_set(err, ERR_AUTH, "the account is not active: settle it in the console");
    bool trial = str_eq_z(json_str(json_get(json_root(doc), "type")), "Trial");
    snprintf(check->text, sizeof check->text, "account \"%s\" is active%s", name,
             trial ? "; trial: only verified numbers can be called" : "");
    check->step = TWILIO_CHECK_OWNED;
    return a->number.len ? ERR_OK : finish(check, "; no caller id is set");
}

/** Whether a list of numbers (owned or verified) has an item. */
static bool has_item(struct str body, const char *list) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    return rest_read_object(body, &doc, NULL) == ERR_OK &&
           json_count(json_get(json_root(doc), list)) > 0;
}

enum error_code twilio_decode_check(const struct rest_account *a, int status, struct str body,
                                    struct rest_check *check, struct error *err) {
    bool ok = status >= 200 && status < 300;
    switch ((enum twilio_check_step)check->step) {
    case TWILIO_CHECK_ACCOUNT:
        if (ok)
            return read_account(a, body, check, err);
        if (!a->by_key)
            break;
        check->step = TWILIO_CHECK_CALLS; /* a standard key may not read the account itself */
        return ERR_OK;
    case TWILIO_CHECK_CALLS:
        if (!ok)
            break;
        snprintf(check->text, sizeof check->text, "the API key is accepted");
        check->step = TWILIO_CHECK_OWNED;
        return a->number.len ? ERR_OK : finish(check, "; no caller id is set");
    case TWILIO_CHECK_OWNED:
        if (ok && has_item(body, "incoming_phone_numbers"))
            return finish(check, "; the caller id is a number of the account");
        check->step = TWILIO_CHECK_VERIFIED;
        return ERR_OK;
    case TWILIO_CHECK_VERIFIED:
        if (!ok)
            return finish(check, "; whether the caller id may be used could not be asked");
        if (has_item(body, "outgoing_caller_ids"))
            return finish(check, "; the caller id is a verified number");
        return error_field(err, ERR_INVALID, "number",
                           "the caller id is neither bought nor verified: do so in the console, or "
                           "set another TWILIO_PHONE_NUMBER");
    }
    enum error_code rc = twilio_decode_error(status, body, err);
    if (rc != ERR_OK)
        return rc;
    return error_set(err, status == 401 || status == 403 ? ERR_AUTH : ERR_UPSTREAM,
                     "the API answered HTTP %d; check the account SID, the token and the base URL",
                     status);
}
