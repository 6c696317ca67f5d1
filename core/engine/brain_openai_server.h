#ifndef CORE_ENGINE_BRAIN_OPENAI_SERVER_H
#define CORE_ENGINE_BRAIN_OPENAI_SERVER_H

#include <stdatomic.h>

#include "core/engine/brain_openai.h"
#include "core/engine/brain_openai_request.h"

/*
 * The model server: asking it, understanding what it says, and what it was found not to take. Any
 * thread.
 */
struct openai_server {
    struct brain_openai_options options; /* its strings are ours */
    bool is_openai;
    atomic_uint refused;       /* set of BIT(enum openai_field) */
    atomic_size_t history_max; /* bytes of earlier lines that it can read */
};

void openai_server_init(struct openai_server *s, const struct brain_openai_options *o);
void openai_server_release(struct openai_server *s);

/** One turn's dealings with the server. */
struct openai_asking {
    struct openai_server *server;
    struct openai_request request; /* refused, is_openai, history_max are filled in by asking */
    int64_t deadline_ms;           /* monotonic */
    struct str call_id;            /* for the log */
    bool retried;                  /* a turn has one second try */
    uint32_t requests;
};

/**
 * Ask and wait. On ERR_OK *reply holds something to say or functions to run, and is to be released;
 * it is left alone otherwise. A request that is refused for a field is sent again without it.
 * Errors: as openai_fault_error(), ERR_NETWORK, ERR_UNCERTAIN; err->retry: it may work next time.
 */
NODISCARD enum error_code openai_ask(struct openai_asking *a, struct openai_reply *reply,
                                     struct error *err);

#endif
