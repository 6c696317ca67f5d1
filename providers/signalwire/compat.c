#include "providers/signalwire/compat.h"

#include "providers/signalwire/replies.h"

enum error_code signalwire_compat_encode_place(const struct rest_account *a,
                                               const struct provider_place *p,
                                               struct rest_request *out, struct error *err) {
    return laml_encode_place(&signalwire_laml, a, p, out, err);
}

enum error_code signalwire_compat_encode_end(const struct rest_account *a, struct str sid,
                                             struct rest_request *out, struct error *err) {
    return laml_encode_end(&signalwire_laml, a, sid, out, err);
}

enum error_code signalwire_compat_encode_redirect(const struct rest_account *a, struct str sid,
                                                  struct str url, struct rest_request *out,
                                                  struct error *err) {
    return laml_encode_redirect(&signalwire_laml, a, sid, url, out, err);
}

enum error_code signalwire_compat_encode_look_up(const struct rest_account *a, struct str sid,
                                                 unsigned pass, struct rest_request *out,
                                                 struct error *err) {
    (void)pass;
    return laml_encode_look_up(&signalwire_laml, a, sid, out, err);
}

enum error_code signalwire_compat_encode_list(const struct rest_account *a,
                                              const struct provider_list_filter *f, unsigned pass,
                                              struct rest_request *out, struct error *err) {
    return laml_encode_list(&signalwire_laml, a, f, pass, out, err);
}

enum error_code signalwire_compat_encode_control(const struct rest_account *a,
                                                 const struct provider_recording_control *c,
                                                 struct rest_request *out, struct error *err) {
    return laml_encode_control(&signalwire_laml, a, c, out, err);
}

enum error_code signalwire_compat_encode_fetch(const struct rest_account *a, struct str call_sid,
                                               struct str sid, unsigned variant,
                                               struct rest_request *out, struct error *err) {
    (void)call_sid;
    return laml_encode_fetch(&signalwire_laml, a, sid, variant, out, err);
}

enum error_code signalwire_compat_encode_delete(const struct rest_account *a, struct str call_sid,
                                                struct str sid, struct rest_request *out,
                                                struct error *err) {
    (void)call_sid;
    return laml_encode_delete(&signalwire_laml, a, sid, out, err);
}

enum error_code signalwire_compat_decode_call(struct str body, struct provider_call *out,
                                              struct error *err) {
    return laml_decode_call(&signalwire_laml, body, out, err);
}

enum error_code signalwire_compat_decode_list(const struct rest_account *a, struct str body,
                                              struct rest_page *page, struct error *err) {
    return laml_decode_list(&signalwire_laml, a, body, page, err);
}

enum error_code signalwire_compat_decode_control(const struct rest_request *sent, struct str body,
                                                 char *out_sid, struct error *err) {
    (void)sent;
    return laml_decode_control(&signalwire_laml, body, out_sid, err);
}

/* What is no number is a word of the carrier's other API. */
enum error_code signalwire_compat_decode_error(int status, struct str body, struct error *err) {
    enum error_code rc = laml_decode_error(&signalwire_laml, status, body, err);
    return rc == ERR_OK ? signalwire_decode_error(status, body, err) : rc;
}

enum error_code signalwire_compat_verify_webhook(struct rest_signer *s,
                                                 const struct webhook_request *req, struct arena *a,
                                                 struct form *fields, struct error *err) {
    return laml_verify_webhook(&signalwire_laml, s, req, a, fields, err);
}

enum error_code signalwire_compat_parse_webhook(const struct rest_account *a,
                                                const struct webhook_request *req,
                                                const struct form *fields, struct arena *arena,
                                                struct webhook_news *out, struct error *err) {
    return laml_parse_webhook(&signalwire_laml, a, req, fields, arena, out, err);
}
