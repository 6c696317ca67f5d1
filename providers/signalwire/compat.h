#ifndef PROVIDERS_SIGNALWIRE_COMPAT_H
#define PROVIDERS_SIGNALWIRE_COMPAT_H

#include "providers/rest/laml.h"

/* SignalWire's Compatibility API: providers/rest/laml.h with this table. See struct rest_dialect
 * for the contracts. */

extern const struct laml signalwire_laml;
extern const struct laml_fault signalwire_laml_faults[];
extern const size_t signalwire_laml_fault_count;

enum error_code signalwire_compat_encode_place(const struct rest_account *a,
                                               const struct provider_place *p,
                                               struct rest_request *out, struct error *err);
enum error_code signalwire_compat_encode_end(const struct rest_account *a, struct str sid,
                                             struct rest_request *out, struct error *err);
enum error_code signalwire_compat_encode_redirect(const struct rest_account *a, struct str sid,
                                                  struct str url, struct rest_request *out,
                                                  struct error *err);
enum error_code signalwire_compat_encode_look_up(const struct rest_account *a, struct str sid,
                                                 unsigned pass, struct rest_request *out,
                                                 struct error *err);
enum error_code signalwire_compat_encode_list(const struct rest_account *a,
                                              const struct provider_list_filter *f, unsigned pass,
                                              struct rest_request *out, struct error *err);
enum error_code signalwire_compat_encode_control(const struct rest_account *a,
                                                 const struct provider_recording_control *c,
                                                 struct rest_request *out, struct error *err);
enum error_code signalwire_compat_encode_fetch(const struct rest_account *a, struct str call_sid,
                                               struct str sid, unsigned variant,
                                               struct rest_request *out, struct error *err);
enum error_code signalwire_compat_encode_delete(const struct rest_account *a, struct str call_sid,
                                                struct str sid, struct rest_request *out,
                                                struct error *err);

enum error_code signalwire_compat_decode_call(struct str body, struct provider_call *out,
                                              struct error *err);
enum error_code signalwire_compat_decode_list(const struct rest_account *a, struct str body,
                                              struct rest_page *page, struct error *err);
enum error_code signalwire_compat_decode_control(const struct rest_request *sent, struct str body,
                                                 char *out_sid, struct error *err);
enum error_code signalwire_compat_decode_error(int status, struct str body, struct error *err);

enum error_code signalwire_compat_verify_webhook(struct rest_signer *s,
                                                 const struct webhook_request *req, struct arena *a,
                                                 struct form *fields, struct error *err);
enum error_code signalwire_compat_parse_webhook(const struct rest_account *a,
                                                const struct webhook_request *req,
                                                const struct form *fields, struct arena *arena,
                                                struct webhook_news *out, struct error *err);

#endif
