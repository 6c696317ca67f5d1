#ifndef CORE_ENGINE_RECORDING_CHANGE_H
#define CORE_ENGINE_RECORDING_CHANGE_H

#include "core/engine/engine.h"

/* Changes to a call's recordings within a transaction. */

/**
 * The recording of that carrier id, made (running) and announced when nobody knew of it; then the
 * call was written. ERR_NOT_FOUND: it is another call's.
 */
NODISCARD enum error_code recording_take(struct store_tx *tx, const struct engine *e,
                                         struct call *c, struct str sid, int64_t now_ms,
                                         struct recording *out, struct error *err);

/** Complete, absent, stored or given up: the carrier has no more to tell. */
bool recording_is_settled(enum recording_status s);

/**
 * The carrier's id of the recording that runs or is paused, the newest of several, into
 * CALL_SID_SIZE bytes; "" when none is known to. Not every carrier has a word for "the running
 * one".
 */
NODISCARD enum error_code recording_running(struct store_tx *tx, int64_t call_id, char *sid,
                                            struct error *err);

/**
 * The call is over: whatever of its recordings the carrier has not told the end of is fetched all
 * the same after a while, since its notice may be lost.
 */
NODISCARD enum error_code recordings_follow_up(struct store_tx *tx, const struct call *c,
                                               int64_t now_ms, struct error *err);

#endif
