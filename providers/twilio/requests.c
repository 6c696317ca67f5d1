#include "providers/twilio/requests.h"

#include "providers/twilio/words.h"

enum error_code twilio_encode_place(const struct rest_account *a, const struct provider_place *p,
                                    struct rest_request *out, struct error *err) {
    return laml_encode_place(&twilio_laml, a, p, out, err);
}

enum error_code twilio_encode_end(const struct rest_account *a, struct str sid,
                                  struct rest_request *out, struct error *err) {
    return laml_encode_end(&twilio_laml, a, sid, out, err);
}

enum error_code twilio_encode_redirect(const struct rest_account *a, struct str sid, struct str url,
                                       struct rest_request *out, struct error *err) {
    return laml_encode_redirect(&twilio_laml, a, sid, url, out, err);
}

enum error_code twilio_encode_look_up(const struct rest_account *a, struct str sid, unsigned pass,
                                      struct rest_request *out, struct error *err) {
    (void)pass;
    return laml_encode_look_up(&twilio_laml, a, sid, out, err);
}

enum error_code twilio_encode_list(const struct rest_account *a,
                                   const struct provider_list_filter *f, unsigned pass,
                                   struct rest_request *out, struct error *err) {
    return laml_encode_list(&twilio_laml, a, f, pass, out, err);
}

enum error_code twilio_encode_control(const struct rest_account *a,
                                      const struct provider_recording_control *c,
                                      struct rest_request *out, struct error *err) {
    return laml_encode_control(&twilio_laml, a, c, out, err);
}

enum error_code twilio_encode_fetch(const struct rest_account *a, struct str call_sid,
                                    struct str sid, unsigned variant, struct rest_request *out,
                                    struct error *err) {
    (void)call_sid;
    return laml_encode_fetch(&twilio_laml, a, sid, variant, out, err);
}

enum error_code twilio_encode_delete(const struct rest_account *a, struct str call_sid,
                                     struct str sid, struct rest_request *out, struct error *err) {
    (void)call_sid;
    return laml_encode_delete(&twilio_laml, a, sid, out, err);
}

/* ---- credentials ------------------------------------------------------------------------- */

enum error_code twilio_encode_check(const struct rest_account *a, unsigned step,
                                    struct rest_request *out, struct error *err) {
    static const char *const paths[] = {
        [TWILIO_CHECK_ACCOUNT] = ".json",
        [TWILIO_CHECK_CALLS] = "/Calls.json?PageSize=1",
        [TWILIO_CHECK_OWNED] = "/IncomingPhoneNumbers.json?PageSize=1",
        [TWILIO_CHECK_VERIFIED] = "/OutgoingCallerIds.json?PageSize=1",
    };
    if (step >= ARRAY_LEN(paths))
        return error_set(err, ERR_INVALID, "the credential check has no step %u", step);
    laml_start(&twilio_laml, out, "GET", a);
    buf_puts(&out->url, paths[step]);
    if (step >= TWILIO_CHECK_OWNED)
        laml_query(out, "&PhoneNumber=", a->number);
    return ERR_OK;
}
