#ifndef CORE_DOMAIN_BRAIN_H
#define CORE_DOMAIN_BRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/domain/assistant.h"
#include "core/domain/record.h"

/*
 * The brain port: given what the caller said, what does the assistant say and do? Consent to be
 * recorded, voicemail, limits and "do not call me again" are decided around the brain, by the
 * engine, so that no brain can forget them.
 */
struct brain;

enum brain_event {
    BRAIN_NONE = 0,
    BRAIN_BEGIN,  /* the conversation starts: say the first thing */
    BRAIN_HEARD,  /* speech, digits or both */
    BRAIN_SILENT, /* the caller said nothing */
    BRAIN_REPEAT, /* say the last question again */
    BRAIN_HUMAN,  /* the caller wants a person */
    BRAIN_RESULT, /* what a function sent the caller to is over: result and note tell how */
    BRAIN_EVENT_COUNT
};

/** A value that texts may name: a variable of the request or a fact of the call. */
struct brain_value {
    struct str name, value;
};

/** A line of the conversation so far, as the transcript holds it: card numbers are masked. */
struct brain_line {
    enum turn_role role;
    struct str text; /* of a function: {"name","arguments","result" or "error"} */
};

/** A function that the assistant may use now, as a brain that reads is told of it. */
struct brain_function {
    struct str name, description;
    struct str parameters_json; /* JSON Schema of the arguments */
};

/**
 * Runs one of the assistant's functions; its effects are kept and its actions carried out by
 * whoever gave the tools.
 */
struct brain_tools {
    /**
     * *response is what the function tells the brain; it lives in `arena` of the input. What the
     * function changed (data, values, which functions are on, where the conversation goes) stands
     * in the input when it returns.
     */
    enum error_code (*run)(void *ctx, struct str function, struct str arguments_json,
                           struct str *response, struct error *err);
    /**
     * Has a function ended the assistant's part: hung up, handed over? Or the caller is sent
     * elsewhere and comes back (a payment, a transfer, the question of consent): then end the step
     * with BRAIN_LISTEN; BRAIN_RESULT follows. NULL: none can.
     */
    bool (*is_over)(void *ctx);
    void *ctx;
};

struct brain_input {
    const struct assistant *assistant;
    enum brain_event event;
    struct str state_json; /* the brain's own, from its last output; "" at the beginning */
    struct str speech, digits;
    struct str result;    /* BRAIN_RESULT: one word, "success", "busy", "yes" … */
    struct str note;      /* BRAIN_RESULT: the same as a sentence, for brains that read */
    struct str data_json; /* the call's global data, an object; "" is {} */
    const struct assistant_language *language; /* that is spoken now; NULL: the first */
    struct str context, step; /* where an action has just sent the conversation; "" nowhere */
    const struct brain_value *values;
    size_t value_count;
    const struct brain_line *lines; /* before this event, oldest first */
    size_t line_count;
    const struct brain_function *functions;
    size_t function_count;
    struct brain_tools tools;
    int64_t now_ms;
    int64_t deadline_ms; /* monotonic: an answer after it comes too late; 0: none */
    struct arena *arena; /* the output lives here */
};

enum brain_next {
    BRAIN_LISTEN = 1,
    BRAIN_END,
    BRAIN_TRANSFER
};

/** What a step took of a model server. Zeroed: none was asked. */
struct brain_usage {
    struct str model; /* as the server names it */
    uint32_t requests;
    uint32_t prompt_tokens, completion_tokens; /* as far as the server counts them */
    uint32_t latency_ms;                       /* from the event to the answer */
    struct str failure; /* why the answer is only the fall-back line; "" none */
};

struct brain_output {
    struct str say; /* plain text; may be empty */
    enum brain_next next;
    struct { /* next is BRAIN_LISTEN */
        bool speech, keys;
        uint32_t digits_max; /* 0: ended by '#' or a pause */
        uint32_t timeout_s;  /* 0: the assistant's */
        uint32_t ignore;     /* set of BIT(enum assistant_interruption) not to be listened for */
        struct str hints;
    } listen;
    struct str context, step; /* where the conversation is now; "" where it was */
    struct str language;      /* code of what is spoken from here on; "" no change */
    struct str transfer_to;   /* next is BRAIN_TRANSFER: E.164 or SIP URI */
    struct str state_json;    /* at most BRAIN_STATE_MAX bytes */
    struct brain_usage usage;
};

enum {
    BRAIN_STATE_MAX = 3500
};

/**
 * One step. Writes *out only on ERR_OK. ERR_INVALID: state_json is not this brain's; ERR_LIMIT: the
 * definition made the step too large; ERR_NETWORK, ERR_UPSTREAM, ERR_BUSY: the far end of a brain
 * that asks one. May block for such a brain. Any thread.
 */
NODISCARD enum error_code brain_think(struct brain *b, const struct brain_input *in,
                                      struct brain_output *out, struct error *err);

/**
 * The answer to the assistant's post-prompt, from the lines of a conversation that is over, as the
 * model wrote it; *summary lives in the arena of the input, of which event, state and tools do not
 * count. ERR_UNSUPPORTED: a brain that cannot; else as brain_think(), with err->retry. May block.
 */
NODISCARD enum error_code brain_sum_up(struct brain *b, const struct brain_input *in,
                                       struct str *summary, struct error *err);

void brain_free(struct brain *b); /* NULL is fine */

#endif
