#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_AI_STATE_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_AI_STATE_H

#include "providers/mock/carrier/signalwire/ai_agent.h"
#include "providers/mock/carrier/signalwire/swml_script.h"

/* The agent's state, shared by its files. */
enum {
    AGENT_FUNCTIONS_MAX = 64,
    AGENT_TURNS_MAX = 60,
    AGENT_TRIES = 3, /* of one function call */
    AGENT_ANSWERS_MAX = 16,
    AGENT_TEXT_MAX = 8192,
    AGENT_LOG_MAX = 512, /* entries */
    AGENT_CHAIN_MAX = 5, /* functions in a row */
};

/** What a function is about, as far as the agent's rules know topics. */
enum agent_topic {
    AGENT_TOPIC_NONE = 0,
    AGENT_TOPIC_HUMAN,
    AGENT_TOPIC_OPT_OUT,
    AGENT_TOPIC_GOODBYE,
    AGENT_TOPIC_CONSENT,
    AGENT_TOPIC_PAYMENT,
    AGENT_TOPIC_APPOINTMENT,
    AGENT_TOPIC_COUNT
};

struct agent_function {
    struct str name, description; /* in the document */
    const struct json *json;
    enum agent_topic topic;
    bool hook;    /* called by the carrier, never by the agent */
    int32_t uses; /* left; -1: no limit; 0: off */
    bool done;    /* called, or refused by the callee: not brought up again */
    struct str token;
    size_t meta; /* index of the first function with this token: it holds the data */
    struct swml_value meta_data;
};

/** What the agent waits for. */
enum agent_phase {
    AGENT_SPEAKING = 1,
    AGENT_LISTENING,
    AGENT_CALLING, /* a function */
    AGENT_HOLDING,
};

/** What comes when it has spoken. */
enum agent_then {
    AGENT_THEN_LISTEN = 0,
    AGENT_THEN_ACTIONS,
    AGENT_THEN_END,
};

enum agent_end {
    AGENT_GOES_ON = 0,
    AGENT_END_STOP,     /* the next verb */
    AGENT_END_HANGUP,   /* by the agent */
    AGENT_END_TRANSFER, /* to transfer_to */
    AGENT_END_GOODBYE,  /* the callee hangs up */
};

struct agent {
    struct swml_doc *doc;
    const struct json *v; /* the verb's parameters */
    struct agent_function functions[AGENT_FUNCTIONS_MAX];
    size_t function_count;
    struct swml_value global_data, call_log, swaig_log;
    char session_id[SID_SIZE];
    int64_t started_ms;

    enum agent_phase phase;
    enum agent_then then;
    enum agent_end end;
    struct buf transfer_to;
    uint32_t turns, silences, chained;
    bool closing; /* asked whether there is anything else */
    bool listens; /* next: no question of its own */
    bool back_to_back, forever;

    const struct json *context, *step; /* where the talk is; NULL: the prompt has no contexts */
    bool step_asked;                   /* the step's own question was put */
    struct swml_value places;          /* where it was */

    struct agent_function *asked; /* the function whose parameter the last question is about */
    const struct json *asked_for; /* that parameter; NULL: the function as a whole */
    struct swml_value answers;    /* what the callee said to it, by parameter */

    struct agent_function *calling;
    struct swml_value argument;
    uint32_t tries;
    struct json_doc *reply;             /* of the last function; its actions run from here */
    const struct json *action, *member; /* the next one, and its next member */
    struct buf response;                /* to be spoken */
    struct buf injected;                /* user_input: stands for the callee's next words */
    struct buf question;                /* what it asked last; empty: nothing in particular */
};

/* ---- ai_agent.c: its life ----------------------------------------------------------------------
 */

/** Say something; goes on as `then` tells. Nothing to say: at once. */
enum exec_next agent_say(struct carrier *c, struct leg *l, struct str text, enum agent_then then);

/** A parameter of the verb's `params`. */
const struct json *agent_param(const struct agent *a, const char *name);
bool agent_allows(const struct agent *a, const char *gate); /* true when not set */

/** What was asked for is over: say the response, then listen or end. */
enum exec_next agent_respond(struct carrier *c, struct leg *l);

/** An entry of the conversation's log. */
void agent_log(struct leg *l, const char *role, struct str content);

/* ---- ai_functions.c -----------------------------------------------------------------------------
 */

void agent_read_functions(struct carrier *c, struct leg *l, struct agent *a);
struct agent_function *agent_function_find(struct agent *a, struct str name);

/** Ask the function's address. Takes the argument, an object. */
enum exec_next agent_call(struct carrier *c, struct leg *l, struct agent_function *f,
                          struct swml_value argument);

/** Its reply is in script->reply. */
enum exec_next agent_called(struct carrier *c, struct leg *l);

/** An entry of the log of functions, to be added to swaig_log. */
struct swml_value agent_log_entry(const struct leg *l, struct str function, struct str argument);

/** Tell a hook that the call is over; no reply is waited for. */
void agent_notify_hook(struct carrier *c, struct leg *l, struct agent_function *f);

/* ---- ai_actions.c -------------------------------------------------------------------------------
 */

/** Carry out the reply's actions from where they are; at their end, agent_respond(). */
enum exec_next agent_actions(struct carrier *c, struct leg *l);

/* ---- ai_mind.c ----------------------------------------------------------------------------------
 */

enum agent_topic agent_topic_of(struct str name, struct str description);

/** The function to call for what the callee said; NULL: none. Fills *argument then. */
struct agent_function *agent_choose(struct carrier *c, struct leg *l, struct str said,
                                    struct swml_value *argument);

/** Append the agent's next question to what it says; false when it has none. */
bool agent_ask(struct leg *l, struct buf *out);

/** What the agent says first, from the document. */
void agent_greeting(struct carrier *c, struct leg *l, struct buf *out);

/** The argument for a function without a question: what was heard, examples, defaults. */
struct swml_value agent_argument(struct leg *l, const struct agent_function *f, struct str said);

bool agent_says_no(struct str said);

/** The first line of a prompt or step: of its text, else of its sections. */
struct str agent_first_text(const struct json *prompt);

/* ---- ai_steps.c: contexts and steps; without them all is allowed and offered --------------------
 */

void agent_steps_begin(struct leg *l);
bool agent_step_allows(const struct agent *a, const struct agent_function *f); /* to be called */
bool agent_step_offers(const struct agent *a, const struct agent_function *f); /* unasked */

/** What the step asks by itself; empty: nothing (more). */
struct str agent_step_question(struct agent *a);

/** The step is done: go on to one where the talk was not yet. False: no way leads on. */
bool agent_step_on(struct leg *l);

/** Go there because a function says so; the step "next" follows in the list. False: not there. */
bool agent_step_go(struct leg *l, struct str step);
bool agent_context_go(struct leg *l, struct str context);

/* ---- ai_report.c --------------------------------------------------------------------------------
 */

/** The body of post_prompt, to its address. Nothing when there is none. */
void agent_report(struct carrier *c, struct leg *l);

#endif
