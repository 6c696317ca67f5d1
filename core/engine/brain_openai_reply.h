#ifndef CORE_ENGINE_BRAIN_OPENAI_REPLY_H
#define CORE_ENGINE_BRAIN_OPENAI_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/engine/brain_openai_fault.h"
#include "core/engine/sse.h"

/*
 * What a model server answers, read as it comes: a stream of chat.completion.chunk events, or the
 * whole chat.completion where a server does not stream. Source of the shapes: OpenAI's
 * specification 2.3.0, "Chat", and what Gemini, Ollama, llama.cpp and vLLM do differently.
 */
enum {
    OPENAI_CALLS_MAX = 8,
    OPENAI_TEXT_MAX = 32768, /* bytes that are read of one answer */
    OPENAI_ID_MAX = 512,
    OPENAI_NAME_MAX = 64,
    OPENAI_ARGUMENTS_MAX = 8192,
    OPENAI_EXTRA_MAX = 16384,
    OPENAI_EVENT_MAX = 262144, /* of one event, or of a document */
};

/** A function that the model wants to be run. */
struct openai_call {
    struct buf id, name, arguments;
    struct buf extra; /* JSON of "extra_content", to be given back as it came; empty: none */
    int64_t index;    /* -1: the server did not number it */
};

enum openai_shape {
    OPENAI_SHAPE_UNKNOWN = 0,
    OPENAI_SHAPE_EVENTS,
    OPENAI_SHAPE_DOCUMENT
};

/** Zeroed strings: not said. Filled while it is read; openai_reply_end() settles it. */
struct openai_reply {
    struct buf text; /* to be said, as the model wrote it */
    struct openai_call calls[OPENAI_CALLS_MAX];
    size_t call_count;
    char model[128], finish[32];
    uint32_t prompt_tokens, completion_tokens;
    bool complete;  /* the server said that this is all */
    bool malformed; /* something came that is no answer; reading stopped there */
    bool has_fault;
    struct openai_fault fault; /* a failure told inside a reply with status 200 */
    /* of the reader */
    enum openai_shape shape;
    struct sse events;
    struct buf document;
};

/** In place: r must not move until openai_reply_release(). */
void openai_reply_init(struct openai_reply *r);
void openai_reply_release(struct openai_reply *r);

/** False: nothing more is wanted (too much, malformed, a failure). */
bool openai_reply_feed(struct openai_reply *r, struct str bytes);

/** No more bytes will come, whether the reply ended or was cut. */
void openai_reply_end(struct openai_reply *r);

#endif
