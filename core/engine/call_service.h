#ifndef CORE_ENGINE_CALL_SERVICE_H
#define CORE_ENGINE_CALL_SERVICE_H

#include "core/engine/engine.h"

/* Placing, ending and changing calls. Any thread but the store's writer; blocks until durable. */

/**
 * Accept a call: checked, then call + event + job in one transaction. ERR_INVALID names the field.
 * With an idempotency key (may be empty) that was used before for the same request, the first call
 * comes back and *replayed is true; for another request: ERR_CONFLICT.
 */
NODISCARD enum error_code call_service_submit(const struct engine *e,
                                              const struct call_request *req,
                                              struct str idempotency_key, struct call *out,
                                              bool *replayed, struct error *err);

/**
 * End a call, whatever its state. Not yet handed over: canceled at once. Else the carrier is asked
 * to end it, and asked again until it is over. ERR_CONFLICT when it is over already.
 */
NODISCARD enum error_code call_service_hang_up(const struct engine *e, int64_t call_id,
                                               struct call *out, struct error *err);

/** "start" "pause" "resume" "stop" */
NODISCARD bool recording_action_parse(struct str s, enum provider_recording_action *out);

/**
 * Have an answered call recorded, or not. ERR_CONFLICT: it is not answered; or to start (or resume)
 * what rule and consent do not allow, whoever asks for it.
 */
NODISCARD enum error_code call_service_control_recording(const struct engine *e, int64_t call_id,
                                                         enum provider_recording_action action,
                                                         struct call *out, struct error *err);

/* ---- for the other services: changes within a transaction ------------------------------------ */

/**
 * Apply a status to *c through call_apply_status() and append the event that is due. The caller
 * writes the call. Ends bookkeeping (counters, check_ms) when the call becomes final.
 */
NODISCARD enum error_code call_change_status(struct store_tx *tx, struct call *c,
                                             enum call_status next, int64_t at_ms,
                                             struct error *err);

/** End the call for a reason of our own; nothing happens when it is final already. */
NODISCARD enum error_code call_end_for(struct store_tx *tx, struct call *c, enum call_status status,
                                       enum call_reason reason, const char *text, int64_t at_ms,
                                       struct error *err);

/** A text for people, cut between two characters where dst ends. */
void call_copy_text(const char *text, char *dst, size_t dst_size);

/** Append an event of this call with a JSON object as data; the caller writes the call. */
NODISCARD enum error_code call_append_event(struct store_tx *tx, struct call *c,
                                            enum event_type type, int64_t at_ms, struct str data,
                                            struct error *err);

/**
 * Take the carrier's id for this call: the first one wins and makes the call submitted; one for a
 * call that we have given up is ended at the carrier. *won is false when another one won before:
 * then, once for each sid, an event call.conflict is appended and a job to end it is added. The
 * caller writes the call.
 */
NODISCARD enum error_code call_bind_sid(struct store_tx *tx, struct call *c, struct str sid,
                                        int64_t now_ms, bool *won, struct error *err);

#endif
