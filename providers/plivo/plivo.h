#ifndef PROVIDERS_PLIVO_PLIVO_H
#define PROVIDERS_PLIVO_PLIVO_H

#include "providers/rest/carrier_entry.h"
#include "providers/rest/rest.h"

/* Plivo Voice, REST API v1. */

/**
 * What it can do, as a constant: a mock that speaks this dialect states it as well. Not: pausing a
 * recording, recording from the answer on as part of the call's request, waiting for the end of a
 * machine's greeting, payments, queues.
 */
enum {
    PLIVO_CAPS = PROVIDER_CAP_PLACE | PROVIDER_CAP_END | PROVIDER_CAP_REDIRECT |
                 PROVIDER_CAP_LOOKUP | PROVIDER_CAP_LIST | PROVIDER_CAP_RECORD |
                 PROVIDER_CAP_RECORD_MP3 | PROVIDER_CAP_RECORDINGS | PROVIDER_CAP_DETECTION |
                 PROVIDER_CAP_SPEECH | PROVIDER_CAP_STREAM | PROVIDER_CAP_CONFERENCE,
};
extern const struct provider_desc plivo_desc;
extern const struct rest_dialect plivo_dialect;
extern const struct carrier_entry plivo_carrier;

/**
 * Settings that only this dialect can judge: the account id's shape. Used by every provider that
 * speaks it.
 */
NODISCARD enum error_code plivo_check_config(const struct provider_config *cfg, struct error *err);

/** cfg's members are checked; on ERR_OK *out is owned by the caller. */
NODISCARD enum error_code plivo_provider_new(const struct provider_config *cfg,
                                             struct provider **out, struct error *err);

#endif
