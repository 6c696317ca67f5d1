#ifndef TESTS_UNIT_BRAIN_BRAIN_DESK_H
#define TESTS_UNIT_BRAIN_BRAIN_DESK_H

#include "core/domain/brain.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"

/*
 * The openai brain between a scripted model server and functions that only note that they ran.
 */
enum {
    DESK_LINES_MAX = 64
};

struct brain_desk {
    struct fake_clock clock;
    struct fake_http *http;
    struct brain *brain;
    struct assistant *assistant;
    struct arena arena;
    struct brain_input in;
    struct brain_output out;
    struct error err;
    struct brain_line lines[DESK_LINES_MAX];
    struct buf ran; /* "name(arguments);…" */
    bool over;      /* end_call ran */
    uint32_t waited_ms;
    uint32_t costs_ms;          /* what running a function takes of the time */
    const char *context, *step; /* where running one sends the conversation; NULL: nowhere */
};

struct brain_desk_options {
    const char *definition; /* NULL: a small one */
    const char *base_url;   /* NULL: a server of one's own */
    const char *model;      /* NULL: "m" */
};

void brain_desk_open(struct brain_desk *d, const struct fake_exchange *script, size_t count,
                     const struct brain_desk_options *o);
void brain_desk_close(struct brain_desk *d);

/** The transcript before the next event. */
void brain_desk_line(struct brain_desk *d, enum turn_role role, const char *text);

/** One step; what comes out is in d->out, its state is kept for the next one. */
enum error_code brain_desk_think(struct brain_desk *d, enum brain_event event, const char *speech);

/** Body of request number i; "" when there was none. */
const char *brain_desk_body(struct brain_desk *d, size_t i);

/* Replies of the server. */
#define DESK_SAYS(text)                                                                            \
    "data: {\"model\":\"m-1\",\"choices\":[{\"delta\":{\"content\":\"" text "\"}}]}\n\ndata: "     \
    "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\"" \
    ":{\"prompt_tokens\":10,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n"
#define DESK_CALLS(name, arguments)                                                              \
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":"   \
    "\"function\",\"function\":{\"name\":\"" name "\",\"arguments\":\"" arguments "\"},"         \
    "\"extra_content\":{\"google\":{\"thought_signature\":\"SIG\"}}}]}}]}\n\ndata: {\"choices\"" \
    ":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"

#endif
