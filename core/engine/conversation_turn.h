#ifndef CORE_ENGINE_CONVERSATION_TURN_H
#define CORE_ENGINE_CONVERSATION_TURN_H

/* The inside of one turn, shared by conversation*.c. */
#include <stdatomic.h>

#include "core/domain/brain.h"
#include "core/domain/function_action.h"
#include "core/engine/conversation.h"
#include "core/engine/conversation_state.h"

enum {
    TURN_DATA_VALUES_MAX = 64, /* of the global data, that texts may name */
    TURN_VALUES_MAX =
        (int)ASSISTANT_FACT_COUNT + (int)ASSISTANT_VARIABLES_MAX + (int)TURN_DATA_VALUES_MAX,
    TURN_EFFECTS_RESERVED = 4, /* for what the turn itself adds after the functions */
    TURN_ACTIONS_MAX = 24,     /* that become steps of the plan */
    TURN_INPUTS_MAX = 2        /* said by functions in the caller's place */
};

struct conversation {
    struct conversation_options options;
    struct brain *scripted;
    struct turn_desk *desk; /* where turns that take long are worked on */
};

/** An action that becomes steps of the plan. */
struct turn_action {
    struct function_action action;
    bool after; /* what the brain says */
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
    struct turn_action actions[TURN_ACTIONS_MAX];
    size_t action_count;
    struct json_doc *data, *meta_data, *toggles; /* as they are now */
    bool asks_consent;                           /* a function wants the question put */
    struct str inputs[TURN_INPUTS_MAX];
    size_t input_count, inputs_taken;
    size_t runs;                                        /* of functions, in this turn */
    _Atomic(const struct assistant_function *) running; /* now; NULL: none. Others may look */
    struct str context, step;     /* where actions sent the conversation; the brain is told once */
    struct brain_input *thinking; /* what the brain is told while it thinks; NULL: it does not */
};

/** Facts of the call and variables of the request; ERR_INVALID when the variables are no object. */
NODISCARD enum error_code turn_read_values(struct turn_work *t, struct error *err);

/** "variables" of the request of a call, in the arena; "" when it has none. */
struct str turn_variables_of(struct str request_json, struct arena *a);

/** Add to what is said, with ${…} replaced. */
void turn_say(struct turn_work *t, struct buf *where, struct str text);

void turn_effect(struct turn_work *t, struct conversation_effect e);

/** What the caller said and keyed in this turn, fit to be kept; keys that were masked are speech.
 */
void turn_fit_heard(struct turn_work *t, struct card_watch *cards, struct str *speech,
                    struct str *digits);

/** The call ends after this turn; the first outcome counts. */
void turn_finish(struct turn_work *t, struct str outcome);

/** The value of a name in texts; empty when it has none. ctx is the turn_work. */
struct str turn_value(void *ctx, struct str name);

/** Read the state's data, or what the assistant begins with. Frees: turn_data_release(). */
NODISCARD enum error_code turn_data_read(struct turn_work *t, struct error *err);
void turn_data_release(struct turn_work *t);

/** Carry out SET_DATA, UNSET_DATA, SET_META_DATA, UNSET_META_DATA and TOGGLE_FUNCTIONS. */
void turn_data_change(struct turn_work *t, const struct function_action *a, struct str function);

/** May the function be used now? Takes one of its uses when they are counted. */
NODISCARD bool turn_may_use(struct turn_work *t, struct str function);

/** Is a brain that reads told of it now? Takes no use. */
NODISCARD bool turn_is_offered(const struct turn_work *t, const struct assistant_function *f);

/** Carry out an action, or note it for the plan. */
void turn_take_action(struct turn_work *t, const struct function_action *a, bool after,
                      struct str function);

/** Is recording allowed by the rule and by what the caller answered? */
NODISCARD bool turn_may_record(const struct turn_work *t);

/** Start recording, if it does not run yet. */
void turn_start_recording(struct turn_work *t);

/** The language that is spoken now. */
const struct assistant_language *turn_language(const struct turn_work *t);

/** A line of the engine in that language, as it is said. */
struct str turn_line(struct turn_work *t, enum assistant_line line);

/** Text as it is spoken: pronounced, in the language of now and its voice at this carrier. */
void turn_fill_say(struct turn_work *t, struct plan_say *say, struct str text);

/** What the carrier is told to listen for: the words of the question, then the assistant's. */
struct str turn_hints(struct turn_work *t, struct str of_question);

/** Steps of the noted actions [first, end) that come before or after what the brain says. */
void turn_add_steps(struct turn_work *t, bool after, size_t first, size_t end);

/** Tools for a brain: run a function, keep its effects, take its actions. ctx is the turn_work. */
enum error_code turn_run_function(void *ctx, struct str function, struct str arguments_json,
                                  struct str *response, struct error *err);

/** A turn before its first thought. Release: turn_work_release(). */
void turn_work_init(struct turn_work *t, struct conversation *cv,
                    const struct conversation_turn_in *in, struct conversation_turn_out *out);
void turn_work_release(struct turn_work *t); /* not *out */

/** What is said and done in the turn: everything but the plan. May block. */
NODISCARD enum error_code turn_think(struct turn_work *t, struct error *err);

/** No thought came in time: the assistant's fall-back line, and the end. */
void turn_give_up(struct turn_work *t);

/** From what is to be said to steps, transcript line and state. */
NODISCARD enum error_code turn_write(struct turn_work *t, struct error *err);

#endif
