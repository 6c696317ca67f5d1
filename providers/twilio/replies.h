#ifndef PROVIDERS_TWILIO_REPLIES_H
#define PROVIDERS_TWILIO_REPLIES_H

#include "providers/rest/rest.h"

/* Twilio's replies as our values. See struct rest_dialect for each contract. */

enum error_code twilio_decode_call(struct str body, struct provider_call *out, struct error *err);
enum error_code twilio_decode_list(const struct rest_account *a, struct str body,
                                   struct rest_page *page, struct error *err);
enum error_code twilio_decode_control(const struct rest_request *sent, struct str body,
                                      char *out_sid, struct error *err);
enum error_code twilio_decode_check(const struct rest_account *a, int status, struct str body,
                                    struct rest_check *check, struct error *err);
enum error_code twilio_decode_error(int status, struct str body, struct error *err);

#endif
