#ifndef PROVIDERS_PLIVO_REQUESTS_H
#define PROVIDERS_PLIVO_REQUESTS_H

#include "providers/rest/rest.h"

/* Our wishes as Plivo's requests. See struct rest_dialect for each contract. */

/* Where a call may be found. It is in one of three places, and in none for a moment. */
enum plivo_look_up {
    PLIVO_LOOK_LIVE = 0,
    PLIVO_LOOK_QUEUED,
    PLIVO_LOOK_RECORD, /* the call detail record, written some seconds after the end */
    PLIVO_LOOK_UP_PASSES,
};

/* Queries that together list the calls to a number, in the order in which a call moves on, so that
 * none slips through between two of them. */
enum plivo_list {
    PLIVO_LIST_QUEUED = 0,
    PLIVO_LIST_LIVE,
    PLIVO_LIST_RECORDS,
    PLIVO_LIST_PASSES,
};

/* Steps of the credential check. */
enum plivo_check_step {
    PLIVO_CHECK_ACCOUNT = 0,
    PLIVO_CHECK_RENTED,   /* is the caller id a number of the account? */
    PLIVO_CHECK_VERIFIED, /* or at least a verified one? */
};

enum error_code plivo_encode_place(const struct rest_account *a, const struct provider_place *p,
                                   struct rest_request *out, struct error *err);
enum error_code plivo_encode_end(const struct rest_account *a, struct str sid,
                                 struct rest_request *out, struct error *err);
enum error_code plivo_encode_redirect(const struct rest_account *a, struct str sid, struct str url,
                                      struct rest_request *out, struct error *err);
enum error_code plivo_encode_look_up(const struct rest_account *a, struct str sid, unsigned pass,
                                     struct rest_request *out, struct error *err);
enum error_code plivo_encode_list(const struct rest_account *a,
                                  const struct provider_list_filter *f, unsigned pass,
                                  struct rest_request *out, struct error *err);
enum error_code plivo_encode_control(const struct rest_account *a,
                                     const struct provider_recording_control *c,
                                     struct rest_request *out, struct error *err);
enum error_code plivo_encode_fetch(const struct rest_account *a, struct str call_sid,
                                   struct str sid, unsigned variant, struct rest_request *out,
                                   struct error *err);
enum error_code plivo_encode_delete(const struct rest_account *a, struct str call_sid,
                                    struct str sid, struct rest_request *out, struct error *err);
enum error_code plivo_encode_check(const struct rest_account *a, unsigned step,
                                   struct rest_request *out, struct error *err);

#endif
