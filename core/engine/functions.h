#ifndef CORE_ENGINE_FUNCTIONS_H
#define CORE_ENGINE_FUNCTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/domain/assistant.h"
#include "core/domain/brain.h"
#include "core/domain/function.h"
#include "core/domain/function_action.h"
#include "core/domain/function_remote.h"
#include "core/domain/store.h"
#include "core/domain/zones.h"

/*
 * One registry for everything that runs an assistant's functions: conversations, SWAIG webhooks,
 * `switchhook exec`, POST /api/test_function. Running one changes nothing here: what is to be kept
 * comes back as effects, for the caller to write, and what is to be done on the call as actions,
 * for the caller to carry out. Only a remote function does something, at its own place.
 */
struct function_context {
    struct store *store;                  /* read only; NULL: nothing was kept before */
    const struct assistant *assistant;    /* what it may use; NULL: every built-in function */
    struct str session_id;                /* the call's id in text, or a name; "" none */
    struct str caller_id;                 /* the other party, unless an argument names another */
    bool any_caller;                      /* the operator asks, who may read about everybody */
    const struct brain_value *values;     /* what texts of declared functions may name, besides */
    size_t value_count;                   /* arguments and the assistant's own defaults */
    const struct json *data;              /* the call's global data; NULL: none */
    const struct json *meta_data;         /* {token: {…}}; NULL: none */
    const struct zones *zones;            /* NULL: fixed offsets from UTC only */
    const struct function_remote *remote; /* NULL: remote functions fail */
    struct str provider, own_number, caller_name; /* for remote functions; "" not known */
    bool inbound;
    struct str transcript_json;
    struct str idempotency_key; /* of this run; "" none */
    int64_t now_ms;
    int64_t answered_ms; /* of the call; 0: none, durations are 0 */
    struct arena *arena; /* results live here */
};

enum {
    FUNCTION_ARGUMENTS_MAX = 8192 /* bytes of their JSON */
};

/**
 * Run the function `name` with arguments (an object; NULL is an empty one). They are checked
 * against the declared schema before anything runs.
 * Errors: ERR_NOT_FOUND (no such function, or not this assistant's), ERR_INVALID and ERR_LIMIT with
 * err->field "arguments.category", ERR_STORE; of remote ones those of function_remote.h. The text
 * is fit for a model that has to correct itself. *out is written only on ERR_OK. Any thread; blocks
 * for remote functions only.
 */
NODISCARD enum error_code function_run(const struct function_context *ctx, struct str name,
                                       const struct json *arguments, struct function_reply *out,
                                       struct error *err);

/** The same with the arguments as JSON text, as brains and carriers give them; "" is {}. */
NODISCARD enum error_code function_run_text(const struct function_context *ctx, struct str name,
                                            struct str arguments_json, struct function_reply *out,
                                            struct error *err);

#endif
