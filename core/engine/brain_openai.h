#ifndef CORE_ENGINE_BRAIN_OPENAI_H
#define CORE_ENGINE_BRAIN_OPENAI_H

#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/domain/brain.h"
#include "core/domain/http.h"

/*
 * The brain that asks a model server: any one that speaks OpenAI's chat completions. It never
 * leaves a caller in silence: a server that fails is asked once more within a second, then the
 * assistant's fall-back line is spoken and the call goes on; after some turns like that, or at once
 * when asking again cannot help (a wrong key), brain_think() fails and the engine ends the call.
 * What a server does not take is found out and remembered, so nothing has to be configured.
 */
struct brain_openai_options {
    struct http_client *http; /* borrowed */
    struct clock clock;
    struct log *log; /* may be NULL */
    /** "https://api.openai.com/v1", without a trailing slash. Strings are copied. */
    struct str base_url;
    struct str model;         /* of assistants that name none; "" none */
    const struct secret *key; /* borrowed; NULL or not set: none is sent */
    /** Waits before a server is asked again; NULL: sleeps. For tests. */
    void (*wait)(void *ctx, uint32_t ms);
    void *wait_ctx;
};

enum {
    BRAIN_OPENAI_BUDGET_MS = 8000, /* of a turn whose assistant says nothing else */
    BRAIN_OPENAI_FAILURES_MAX = 2, /* turns in a row that may end with the fall-back line */
};

/** Keeps nothing of a call between turns, so one serves all calls. Free with brain_free(). */
struct brain *brain_openai_new(const struct brain_openai_options *o);

#endif
