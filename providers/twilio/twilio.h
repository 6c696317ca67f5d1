#ifndef PROVIDERS_TWILIO_TWILIO_H
#define PROVIDERS_TWILIO_TWILIO_H

#include "providers/rest/carrier_entry.h"
#include "providers/rest/rest.h"

/* Twilio Programmable Voice, REST API 2010-04-01. */

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
