#ifndef PROVIDERS_SIGNALWIRE_REQUESTS_H
#define PROVIDERS_SIGNALWIRE_REQUESTS_H

#include "providers/rest/rest.h"

/* Our wishes as requests of SignalWire's own API. See struct rest_dialect for each contract. */

enum {
    SIGNALWIRE_LIST_PASSES = 1,
    SIGNALWIRE_FIND_PASSES = 2,
    SIGNALWIRE_AUDIO_VARIANTS = 1,
};

/* Where a recording's file is looked for, pass by pass. */
enum signalwire_find_pass {
    SIGNALWIRE_FIND_EVENTS = 0, /* what the call's log says of its recordings */
    SIGNALWIRE_FIND_LIST,       /* the project's recordings */
};

/* Steps of the credential check. */
enum signalwire_check_step {
    SIGNALWIRE_CHECK_ACCOUNT = 0,
    SIGNALWIRE_CHECK_VOICE, /* a token has scopes */
};

/**
 * Ids of recordings. The carrier steers a recording by a control id that is chosen when it starts,
 * unique within its call only. Ours is unique: "<call id>:<control id>", or the control id alone
 * when it is as long as ids that are unique by themselves.
 * False when it does not fit or holds what no id has.
 */
NODISCARD bool signalwire_recording_sid(struct str call_sid, struct str control_id, char *dst);

/** The control id of such an id. */
struct str signalwire_control_id(struct str recording_sid);

enum error_code signalwire_encode_place(const struct rest_account *a,
                                        const struct provider_place *p, struct rest_request *out,
                                        struct error *err);
enum error_code signalwire_encode_end(const struct rest_account *a, struct str sid,
                                      struct rest_request *out, struct error *err);
enum error_code signalwire_encode_redirect(const struct rest_account *a, struct str sid,
                                           struct str url, struct rest_request *out,
                                           struct error *err);
enum error_code signalwire_encode_look_up(const struct rest_account *a, struct str sid,
                                          unsigned pass, struct rest_request *out,
                                          struct error *err);
enum error_code signalwire_encode_list(const struct rest_account *a,
                                       const struct provider_list_filter *f, unsigned pass,
                                       struct rest_request *out, struct error *err);
enum error_code signalwire_encode_control(const struct rest_account *a,
                                          const struct provider_recording_control *c,
                                          struct rest_request *out, struct error *err);
enum error_code signalwire_encode_find(const struct rest_account *a, struct str call_sid,
                                       struct str sid, unsigned pass, struct rest_request *out,
                                       struct error *err);
enum error_code signalwire_encode_fetch(const struct rest_account *a, struct str call_sid,
                                        struct str sid, unsigned variant, struct rest_request *out,
                                        struct error *err);
enum error_code signalwire_encode_delete(const struct rest_account *a, struct str call_sid,
                                         struct str sid, struct rest_request *out,
                                         struct error *err);
/** Also of the other mode: its first step is the same. */
enum error_code signalwire_encode_check(const struct rest_account *a, unsigned step,
                                        struct rest_request *out, struct error *err);

#endif
