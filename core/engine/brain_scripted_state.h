#ifndef CORE_ENGINE_BRAIN_SCRIPTED_STATE_H
#define CORE_ENGINE_BRAIN_SCRIPTED_STATE_H

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/domain/flow.h"

/* Where a scripted conversation stands, between two turns. */
struct scripted_state {
    size_t at;     /* state; FLOW_NOWHERE before the first */
    size_t then;   /* where a function sends it after what is waited for; FLOW_NOWHERE */
    bool recalled; /* and what is confirmed is known from before */
    bool confirming;
    bool stranger;             /* said no to what is known, so nothing more of it is told */
    uint32_t misses, silences; /* in a row */
    struct str slots[FLOW_SLOTS_MAX];
};

/** "" is the beginning. Strict: what this flow cannot have written is ERR_INVALID. */
NODISCARD enum error_code scripted_state_read(const struct flow *f, struct str json,
                                              struct arena *a, struct scripted_state *out,
                                              struct error *err);
struct str scripted_state_write(const struct flow *f, const struct scripted_state *s,
                                struct arena *a);

/** Keep a value: one clean line without quotes and backslashes, cut at FLOW_SLOT_VALUE_MAX. */
void scripted_state_set(const struct flow *f, struct scripted_state *s, struct str slot,
                        struct str value, struct arena *a);

#endif
