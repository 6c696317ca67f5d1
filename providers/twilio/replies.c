#include "providers/twilio/replies.h"

#include <stdio.h>

#include "providers/rest/encode.h"
#include "providers/twilio/requests.h"
#include "providers/twilio/words.h"

enum error_code twilio_decode_call(struct str body, struct provider_call *out, struct error *err) {
    return laml_decode_call(&twilio_laml, body, out, err);
}

enum error_code twilio_decode_list(const struct rest_account *a, struct str body,
                                   struct rest_page *page, struct error *err) {
    return laml_decode_list(&twilio_laml, a, body, page, err);
}

enum error_code twilio_decode_control(const struct rest_request *sent, struct str body,
                                      char *out_sid, struct error *err) {
    (void)sent;
    return laml_decode_control(&twilio_laml, body, out_sid, err);
}

enum error_code twilio_decode_error(int status, struct str body, struct error *err) {
    return laml_decode_error(&twilio_laml, status, body, err);
}

/* ---- credentials ------------------------------------------------------------------------- */

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
    return a->number.len ? ERR_OK : rest_check_finish(check, "; no caller id is set");
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
        return a->number.len ? ERR_OK : rest_check_finish(check, "; no caller id is set");
    case TWILIO_CHECK_OWNED:
        if (ok && has_item(body, "incoming_phone_numbers"))
            return rest_check_finish(check, "; the caller id is a number of the account");
        check->step = TWILIO_CHECK_VERIFIED;
        return ERR_OK;
    case TWILIO_CHECK_VERIFIED:
        if (!ok)
            return rest_check_finish(check,
                                     "; whether the caller id may be used could not be asked");
        if (has_item(body, "outgoing_caller_ids"))
            return rest_check_finish(check, "; the caller id is a verified number");
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
