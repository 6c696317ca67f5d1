#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_EXEC_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/json.h"
#include "core/base/str.h"

/*
 * Carries out SWML ("SignalWire docs: SWML"). The document stays JSON with a place in it; verbs
 * about flow and variables are carried out here, verbs with sound become steps of a plan that run
 * as those of any other carrier (exec.h). Its state hangs off leg.script. The carrier's thread.
 */
struct carrier;
struct face_run;
struct leg;

/**
 * How a call lives through SWML; goes into the face. The first document is leg.req.document, else
 * the reply of leg.req.answer, else (when that fails) of leg.req.fallback. A call whose documents
 * all fail ends with the carrier code of the failure.
 */
extern const struct face_run swml_run;

/** Leave what is running for a document that came over the API, or is at this URL. */
void swml_start_text(struct carrier *c, struct leg *l, struct str text);
void swml_start_url(struct carrier *c, struct leg *l, struct str url, bool get);

/** What ${envs.…} is: an object (the dial's custom_variables), copied. */
void swml_set_envs(struct leg *l, const struct json *variables);

/** Members "call", "envs", "params" and (from the second fetch on) "vars" of the body that asks for
 * a document, into an object that is open. */
void swml_put_state(const struct carrier *c, const struct leg *l, struct json_writer *w);

/** The object "call" alone. */
void swml_put_call(const struct carrier *c, const struct leg *l, struct json_writer *w);

/* ---- commands to the agent of a running `ai`; false: there is none ----------------------------
 */

bool swml_ai_hold(struct carrier *c, struct leg *l, uint32_t timeout_s, struct str prompt);
bool swml_ai_unhold(struct carrier *c, struct leg *l);
bool swml_ai_stop(struct carrier *c, struct leg *l);

/** calling.ai_message. role and text may be empty; global_data (an object or NULL) is merged. */
bool swml_ai_message(struct carrier *c, struct leg *l, struct str role, struct str text,
                     const struct json *global_data);

#endif
