#ifndef CORE_ENGINE_BRAIN_OPENAI_REQUEST_H
#define CORE_ENGINE_BRAIN_OPENAI_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/domain/brain.h"
#include "core/engine/brain_openai_fault.h"
#include "core/engine/brain_openai_reply.h"
#include "core/engine/brain_openai_state.h"
#include "core/engine/brain_openai_steps.h"

/*
 * The body of POST /chat/completions: from the definition, the conversation so far and what just
 * happened. Servers refuse fields that they do not know, so each optional field has a bit, and what
 * a server refused once is not sent to it again.
 */
enum openai_field {
    OPENAI_FIELD_STREAM = 0,
    OPENAI_FIELD_STREAM_OPTIONS,
    OPENAI_FIELD_MAX_COMPLETION_TOKENS, /* OpenAI's name; */
    OPENAI_FIELD_MAX_TOKENS,            /* everybody else's */
    OPENAI_FIELD_TEMPERATURE,
    OPENAI_FIELD_TOP_P,
    OPENAI_FIELD_PRESENCE_PENALTY,
    OPENAI_FIELD_FREQUENCY_PENALTY,
    OPENAI_FIELD_REASONING_EFFORT,
    OPENAI_FIELD_TOOL_CHOICE,
    OPENAI_FIELD_COUNT
};
#define OPENAI_FIELDS_ALL (BIT(OPENAI_FIELD_COUNT) - 1)
const char *openai_field_name(enum openai_field f); /* "stream" … */

enum {
    OPENAI_BODY_MAX = 393216,
    OPENAI_HISTORY_MAX = 49152, /* bytes of earlier lines in a request */
    OPENAI_HISTORY_LEAST = 2048,
    OPENAI_ROUNDS_MAX = 8, /* of function calls in a turn */
};

/** A round of function calls in this turn: what the model wrote, and what came of it. */
struct openai_round {
    struct str text;
    struct {
        struct str id, name, arguments, extra; /* extra "" none */
        struct str result;
    } calls[OPENAI_CALLS_MAX];
    size_t call_count;
};

struct openai_request {
    const struct brain_input *in;
    const struct openai_state *state;
    struct str model;
    uint32_t refused; /* set of BIT(enum openai_field) that this server does not take */
    bool is_openai;   /* OpenAI's own server, not a compatible one */
    size_t history_max;
    const struct openai_place *place;
    const struct brain_function *functions; /* those that may be called at this place */
    size_t function_count;
    const struct openai_round *rounds;
    size_t round_count;
    bool last;    /* no more functions: answer with words */
    bool sums_up; /* the conversation is over: answer the post-prompt; no place, no functions */
};

/** *sent becomes the set of optional fields that are in it. */
void openai_put_request(struct buf *b, const struct openai_request *r, uint32_t *sent);

/** What stands for the number of function lines that the transcript has before this turn. */
uint32_t openai_function_lines(const struct brain_input *in);

#endif
