#ifndef PROVIDERS_TWILIO_TWILIO_H
#define PROVIDERS_TWILIO_TWILIO_H

#include "providers/rest/carrier_entry.h"
#include "providers/rest/rest.h"

/* Twilio Programmable Voice, REST API 2010-04-01. */

/** What it can do, as a constant: a mock that speaks this dialect states it as well. */
enum {
    TWILIO_CAPS = PROVIDER_CAP_PLACE | PROVIDER_CAP_END | PROVIDER_CAP_REDIRECT |
                  PROVIDER_CAP_LOOKUP | PROVIDER_CAP_LIST | PROVIDER_CAP_RECORD |
                  PROVIDER_CAP_RECORD_MP3 | PROVIDER_CAP_RECORD_PAUSE | PROVIDER_CAP_RECORDINGS |
                  PROVIDER_CAP_DETECTION | PROVIDER_CAP_SPEECH | PROVIDER_CAP_PAY |
                  PROVIDER_CAP_STREAM | PROVIDER_CAP_PLACE_RECORDED | PROVIDER_CAP_MACHINE_END |
                  PROVIDER_CAP_CONFERENCE | PROVIDER_CAP_QUEUE,
};
extern const struct provider_desc twilio_desc;
extern const struct rest_dialect twilio_dialect;
extern const struct carrier_entry twilio_carrier;

/**
 * Settings that only this dialect can judge: the account id's shape. Used by every provider that
 * speaks it.
 */
NODISCARD enum error_code twilio_check_config(const struct provider_config *cfg, struct error *err);

/** cfg's members are checked; on ERR_OK *out is owned by the caller. */
NODISCARD enum error_code twilio_provider_new(const struct provider_config *cfg,
                                              struct provider **out, struct error *err);

#endif
