#ifndef CORE_ENGINE_FUNCTION_DECLARED_H
#define CORE_ENGINE_FUNCTION_DECLARED_H

/* Functions that are not built in, for functions.c: arguments are checked, *out is zeroed. */
#include "core/engine/functions.h"

/** By the rules in the assistant's file. */
NODISCARD enum error_code function_run_declared(const struct function_context *ctx,
                                                const struct assistant_function *f,
                                                const struct json *arguments,
                                                struct function_reply *out, struct error *err);

/** At the user's own endpoint. */
NODISCARD enum error_code function_run_remote(const struct function_context *ctx,
                                              const struct assistant_function *f,
                                              const struct json *arguments,
                                              struct function_reply *out, struct error *err);

/** Text with ${…} replaced by values, data and defaults; card numbers masked. In the arena. */
struct str function_expand(const struct function_context *ctx, struct str text);

/** Text without card numbers, in the arena. */
struct str function_mask(const struct function_context *ctx, struct str text);

#endif
