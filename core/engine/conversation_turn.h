#ifndef CORE_ENGINE_CONVERSATION_TURN_H
#define CORE_ENGINE_CONVERSATION_TURN_H

/* The inside of one turn, shared by conversation*.c. */
#include "core/domain/brain.h"
#include "core/engine/conversation.h"
#include "core/engine/conversation_state.h"

enum {
    TURN_VALUES_MAX = (int)ASSISTANT_FACT_COUNT + (int)ASSISTANT_VARIABLES_MAX,
    TURN_EFFECTS_RESERVED = 4 /* for what the turn itself adds after the functions */
};

struct conversation {
    struct conversation_options options;
    struct brain *scripted;
};

enum turn_next {
    TURN_LISTEN = 0,
    TURN_END,
    TURN_TRANSFER
};

struct turn_work {
    struct conversation *cv;
    const struct conversation_turn_in *in;
    const struct assistant *assistant;
    struct conversation_turn_out *out;
    struct arena *arena;
    struct brain_value values[TURN_VALUES_MAX];
    size_t value_count;
    struct talk_state state;
    struct buf opening; /* heard to its end: disclosures */
    struct buf say;
    enum turn_next next;
    bool has_outcome;
    uint32_t pause_s;           /* before speaking: the machine's greeting */
    struct brain_output listen; /* how to listen, where to transfer */
    struct str usage_json;      /* what the brain took of a model server; "" nothing */
};

/** Facts of the call and variables of the request; ERR_INVALID when the variables are no object. */
NODISCARD enum error_code turn_read_values(struct turn_work *t, struct error *err);

/** Add to what is said, with ${…} replaced. */
void turn_say(struct turn_work *t, struct buf *where, struct str text);

void turn_effect(struct turn_work *t, struct conversation_effect e);

/** The call ends after this turn; the first outcome counts. */
void turn_finish(struct turn_work *t, struct str outcome);

/** Tools for a brain: run a function and keep its effects. ctx is the turn_work. */
enum error_code turn_run_function(void *ctx, struct str function, struct str arguments_json,
                                  struct str *response, struct error *err);

/** From what is to be said to steps, transcript line and state. */
NODISCARD enum error_code turn_write(struct turn_work *t, struct error *err);

#endif
