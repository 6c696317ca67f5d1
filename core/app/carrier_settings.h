#ifndef CORE_APP_CARRIER_SETTINGS_H
#define CORE_APP_CARRIER_SETTINGS_H

#include "core/app/config.h"
#include "core/engine/pacer.h"

struct provider_config;
struct provider_limits;

/*
 * Where the settings (config.h) meet what carriers want to be told (providers/registry.h). A test
 * holds both to the same names: every setting that a carrier knows is parsed, and reaches it here.
 */

/**
 * Fill the account of that carrier into cfg. Borrowed from c. "mock" and unknown names leave it as
 * it is.
 */
void carrier_settings_fill(const struct config *c, struct str carrier, struct provider_config *cfg);

/** Which of the carrier's APIs is set: the wire for registry_create(); "": its only one. */
struct str carrier_settings_wire(const struct config *c, struct str carrier);

/**
 * The pace that is kept with that carrier: what the settings say, else its own. False when it is
 * neither the configured one nor the fallback.
 */
bool carrier_settings_pace(const struct config *c, struct str carrier,
                           const struct provider_limits *own, struct pacer_limits *out);

/** Whose settings the simulator of that dialect takes its account from ("signalwire-compat":
 * SignalWire's); CONFIG_CARRIER_NONE for a dialect that is not known. */
enum config_carrier carrier_settings_of_dialect(struct str dialect);

/** The dialect that the box is started with for that wire. Borrowed. */
struct str carrier_settings_box_dialect(struct str dialect);

#endif
