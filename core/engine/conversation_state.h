#ifndef CORE_ENGINE_CONVERSATION_STATE_H
#define CORE_ENGINE_CONVERSATION_STATE_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"

/* What a conversation remembers from one turn to the next, besides the brain's own state. */
enum talk_stage {
    TALK_NONE = 0,
    TALK_CONSENT, /* asked whether the call may be recorded */
    TALK_BRAIN,   /* the brain leads */
    TALK_OVER,    /* the last document ended the call */
    TALK_STAGE_COUNT
};

struct talk_state {
    enum talk_stage stage;
    uint32_t asked;  /* times the question of consent was put */
    uint32_t ignore; /* interruptions that the brain does not want to hear of now */
    struct str brain;
};

enum {
    TALK_STATE_MAX = 4095
};

/** Strict: anything that talk_state_write() cannot have written is ERR_INVALID. */
NODISCARD enum error_code talk_state_read(struct str json, struct arena *a, struct talk_state *out,
                                          struct error *err);
struct str talk_state_write(const struct talk_state *s, struct arena *a);

#endif
