#ifndef CORE_ENGINE_AGENT_STATE_H
#define CORE_ENGINE_AGENT_STATE_H

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/engine/agent_answer.h"

/* What is remembered of a call on which the carrier's own agent talks. */
struct agent_state {
    bool reported;              /* the transcript of its end is kept */
    struct str data_json;       /* the call's global data, an object; "" is {} */
    struct agent_answer answer; /* to the newest function that did something */
};

enum {
    AGENT_DATA_MAX = 16384
};

/** Strict: what agent_state_write() cannot have written is ERR_INVALID. */
NODISCARD enum error_code agent_state_read(struct str json, struct arena *a,
                                           struct agent_state *out, struct error *err);
struct str agent_state_write(const struct agent_state *s, struct arena *a);

/** The object with the members of another put over it; ERR_LIMIT over AGENT_DATA_MAX. */
NODISCARD enum error_code agent_data_set(struct str *data, struct str members, struct arena *a,
                                         struct error *err);

/** The object without the keys of an array. */
NODISCARD enum error_code agent_data_unset(struct str *data, struct str keys, struct arena *a,
                                           struct error *err);

#endif
