#ifndef CORE_ENGINE_TURN_EFFECTS_H
#define CORE_ENGINE_TURN_EFFECTS_H

#include "core/engine/conversation.h"
#include "core/engine/engine.h"

/** What keeping a turn's effects needs to know besides the effects. */
struct turn_keeping {
    const struct engine *engine;
    const struct assistant *assistant; /* NULL: a plan's call */
    struct call *call;                 /* changed in place; the caller writes it */
    uint32_t *lines;                   /* transcript lines so far */
    enum call_record rule;             /* in force for this call: off, on or ask */
    int64_t now_ms;
    bool *work_added;
};

/**
 * Write a turn's effects: transcript, captured information, events, wishes about recording. A
 * recording is started only when rule and ledger allow it, see consents_allow_recording(); an
 * answer among these effects counts as the newest.
 */
NODISCARD enum error_code turn_effects_keep(struct store_tx *tx, const struct turn_keeping *k,
                                            const struct conversation_effect *effects, size_t count,
                                            struct error *err);

#endif
