#ifndef CORE_ENGINE_FUNCTION_BUILTIN_H
#define CORE_ENGINE_FUNCTION_BUILTIN_H

/* The built-in functions, for functions.c: arguments are checked already, *out is zeroed. */
#include "core/engine/functions.h"

enum error_code function_share_information(const struct function_context *ctx,
                                           const struct json *arguments, struct function_reply *out,
                                           struct error *err);
enum error_code function_get_shared_information(const struct function_context *ctx,
                                                const struct json *arguments,
                                                struct function_reply *out, struct error *err);
enum error_code function_get_current_time(const struct function_context *ctx,
                                          const struct json *arguments, struct function_reply *out,
                                          struct error *err);
enum error_code function_end_call(const struct function_context *ctx, const struct json *arguments,
                                  struct function_reply *out, struct error *err);

#endif
