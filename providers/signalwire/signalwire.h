#ifndef PROVIDERS_SIGNALWIRE_SIGNALWIRE_H
#define PROVIDERS_SIGNALWIRE_SIGNALWIRE_H

#include "providers/rest/carrier_entry.h"
#include "providers/rest/rest.h"

/*
 * SignalWire. "native" is its own API: commands and events in JSON, documents in SWML. "compat" is
 * its Compatibility API: forms, and documents in cXML. A call belongs to the API it was placed by.
 */

/** What each can do, as constants: a mock that speaks the dialect states it as well. */
enum {
    SIGNALWIRE_CAPS = PROVIDER_CAP_PLACE | PROVIDER_CAP_END | PROVIDER_CAP_REDIRECT |
                      PROVIDER_CAP_LOOKUP | PROVIDER_CAP_LIST | PROVIDER_CAP_RECORD |
                      PROVIDER_CAP_RECORD_MP3 | PROVIDER_CAP_RECORD_PAUSE |
                      PROVIDER_CAP_RECORDINGS | PROVIDER_CAP_DETECTION | PROVIDER_CAP_SPEECH |
                      PROVIDER_CAP_PAY | PROVIDER_CAP_PAY_CONNECTOR | PROVIDER_CAP_AI |
                      PROVIDER_CAP_STREAM | PROVIDER_CAP_MACHINE_END | PROVIDER_CAP_CONFERENCE |
                      PROVIDER_CAP_QUEUE,
    SIGNALWIRE_COMPAT_CAPS = (SIGNALWIRE_CAPS & ~PROVIDER_CAP_AI) | PROVIDER_CAP_PLACE_RECORDED,
    SIGNALWIRE_DOCUMENT_BYTES_MAX = 262144,
    SIGNALWIRE_COMPAT_DOCUMENT_BYTES_MAX = 64000,
    SIGNALWIRE_INBOUND_LOOK_MS = 10000,
};
extern const struct provider_desc signalwire_desc, signalwire_compat_desc;
extern const struct rest_dialect signalwire_dialect, signalwire_compat_dialect;
extern const struct carrier_entry signalwire_carrier;

/**
 * Settings that only this carrier's dialects can judge: the project id's shape. Used by every
 * provider that speaks one.
 */
NODISCARD enum error_code signalwire_check_config(const struct provider_config *cfg,
                                                  struct error *err);

/**
 * mode: "native" (or "") or "compat". cfg->base_url wins over cfg->space, which may be the space's
 * name, its host or a URL. On ERR_OK *out is owned by the caller.
 */
NODISCARD enum error_code signalwire_provider_new(const struct provider_config *cfg,
                                                  struct str mode, struct provider **out,
                                                  struct error *err);

#endif
