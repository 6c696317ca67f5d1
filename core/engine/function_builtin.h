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
enum error_code function_request_recording_consent(const struct function_context *ctx,
                                                   const struct json *arguments,
                                                   struct function_reply *out, struct error *err);
enum error_code function_process_payment(const struct function_context *ctx,
                                         const struct json *arguments, struct function_reply *out,
                                         struct error *err);
enum error_code function_transfer_to_human(const struct function_context *ctx,
                                           const struct json *arguments, struct function_reply *out,
                                           struct error *err);
enum error_code function_opt_out(const struct function_context *ctx, const struct json *arguments,
                                 struct function_reply *out, struct error *err);
enum error_code function_schedule_callback(const struct function_context *ctx,
                                           const struct json *arguments, struct function_reply *out,
                                           struct error *err);
enum error_code function_leave_voicemail(const struct function_context *ctx,
                                         const struct json *arguments, struct function_reply *out,
                                         struct error *err);

/* Shared by them. */

/** A copy of an argument's text; empty when it was left out. */
struct str function_argument(const struct function_context *ctx, const struct json *arguments,
                             const char *name);

/** Whom the arguments are about: "caller_id" of them, else the other party of the call. */
struct str function_caller(const struct function_context *ctx, const struct json *arguments);

#endif
