#ifndef PROVIDERS_SIGNALWIRE_REPLIES_H
#define PROVIDERS_SIGNALWIRE_REPLIES_H

#include "providers/rest/rest.h"

/* Replies of SignalWire's own API as our values. See struct rest_dialect for each contract. */

enum error_code signalwire_decode_call(struct str body, struct provider_call *out,
                                       struct error *err);
enum error_code signalwire_decode_list(const struct rest_account *a, struct str body,
                                       struct rest_page *page, struct error *err);
enum error_code signalwire_decode_control(const struct rest_request *sent, struct str body,
                                          char *out_sid, struct error *err);
enum error_code signalwire_decode_find(const struct rest_request *sent, struct str body,
                                       char *file_sid, struct error *err);
enum error_code signalwire_decode_media(const struct rest_account *a, struct str body,
                                        struct rest_request *out, struct error *err);
/** With the step of this API's own scope. */
enum error_code signalwire_decode_check(const struct rest_account *a, int status, struct str body,
                                        struct rest_check *check, struct error *err);
/** Without it: of the other mode. */
enum error_code signalwire_decode_account(const struct rest_account *a, int status, struct str body,
                                          struct rest_check *check, struct error *err);
enum error_code signalwire_decode_error(int status, struct str body, struct error *err);

#endif
