#ifndef PROVIDERS_TWILIO_REQUESTS_H
#define PROVIDERS_TWILIO_REQUESTS_H

#include "providers/rest/rest.h"

/* Our wishes as Twilio's requests. See struct rest_dialect for each contract. */

enum {
    TWILIO_LIST_PASSES = 2,    /* by start time; and queued calls, which have none */
    TWILIO_AUDIO_VARIANTS = 2, /* two channels, or as it is */
    TWILIO_SID_HEX = 32,
};

/* Steps of the credential check. */
enum twilio_check_step {
    TWILIO_CHECK_ACCOUNT = 0,
    TWILIO_CHECK_CALLS,    /* a restricted API key may not read the account */
    TWILIO_CHECK_OWNED,    /* is the caller id a number of the account? */
    TWILIO_CHECK_VERIFIED, /* or at least a verified one? */
};

enum error_code twilio_encode_place(const struct rest_account *a, const struct provider_place *p,
                                    struct rest_request *out, struct error *err);
enum error_code twilio_encode_end(const struct rest_account *a, struct str sid,
                                  struct rest_request *out, struct error *err);
enum error_code twilio_encode_redirect(const struct rest_account *a, struct str sid, struct str url,
                                       struct rest_request *out, struct error *err);
enum error_code twilio_encode_look_up(const struct rest_account *a, struct str sid, unsigned pass,
                                      struct rest_request *out, struct error *err);
enum error_code twilio_encode_list(const struct rest_account *a,
                                   const struct provider_list_filter *f, unsigned pass,
                                   struct rest_request *out, struct error *err);
enum error_code twilio_encode_control(const struct rest_account *a,
                                      const struct provider_recording_control *c,
                                      struct rest_request *out, struct error *err);
enum error_code twilio_encode_fetch(const struct rest_account *a, struct str call_sid,
                                    struct str sid, unsigned variant, struct rest_request *out,
                                    struct error *err);
enum error_code twilio_encode_delete(const struct rest_account *a, struct str call_sid,
                                     struct str sid, struct rest_request *out, struct error *err);
enum error_code twilio_encode_check(const struct rest_account *a, unsigned step,
                                    struct rest_request *out, struct error *err);

#endif
