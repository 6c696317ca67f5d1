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
#include "core/domain/store.h"

/*
 * One registry for everything that runs an assistant's functions: conversations, SWAIG webhooks,
 * `switchhook exec`, POST /api/test_function. Running one changes nothing: what is to be kept comes
 * back as effects, for the caller to write.
 */
struct function_context {
    struct store *store;               /* read only; NULL: nothing was kept before */
    const struct assistant *assistant; /* what it may use; NULL: every built-in function */
    struct str session_id;             /* the call's id in text, or a name; "" none */
    struct str caller_id;              /* the other party, unless an argument names another */
    const struct brain_value *values;  /* what texts of declared functions may name, besides */
    size_t value_count;                /* arguments and the assistant's own defaults */
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
 * err->field "arguments.category", ERR_STORE. *out is written only on ERR_OK. Any thread.
 */
NODISCARD enum error_code function_run(const struct function_context *ctx, struct str name,
                                       const struct json *arguments, struct function_reply *out,
                                       struct error *err);

/** The same with the arguments as JSON text, as brains and carriers give them; "" is {}. */
NODISCARD enum error_code function_run_text(const struct function_context *ctx, struct str name,
                                            struct str arguments_json, struct function_reply *out,
                                            struct error *err);

#endif
