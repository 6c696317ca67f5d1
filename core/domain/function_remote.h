#ifndef CORE_DOMAIN_FUNCTION_REMOTE_H
#define CORE_DOMAIN_FUNCTION_REMOTE_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/domain/function_action.h"

/*
 * The port for functions that live in the user's own program. The engine checks the arguments,
 * keeps time and keeps the result; an implementation only asks and understands the answer.
 */
enum {
    FUNCTION_REMOTE_TIMEOUT_DEFAULT_MS = 20000,
    FUNCTION_REMOTE_TIMEOUT_MAX_MS = 60000,
};

/** Everything borrowed for the length of the call. Absent texts have len 0. */
struct function_remote_request {
    struct str url;            /* http(s), without user and password */
    struct str user, password; /* basic authentication */
    struct str function, description;
    const struct json *parameters;         /* JSON Schema of the arguments */
    struct str arguments_json;             /* one object that fits the schema */
    struct str assistant;                  /* its name */
    struct str call_id;                    /* "call_…"; for exec and tests any name */
    struct str provider;                   /* carrier of the call */
    struct str caller_number, caller_name; /* the other party */
    struct str own_number;
    bool inbound;
    struct str global_data_json; /* object; "" is {} */
    struct str meta_data_json;   /* object; "" is {} */
    struct str meta_data_token;
    struct str transcript_json; /* array of {"role","content"}; "": not sent */
    struct str idempotency_key; /* the same for the same call of the function */
    uint32_t timeout_ms;
};

struct function_remote {
    /**
     * Ask and wait for at most timeout_ms. *out (strings in the arena) is written on ERR_OK only.
     * ERR_NETWORK: nothing arrived; ERR_UNCERTAIN: no answer in time; ERR_UPSTREAM: a status other
     * than 200, or an answer that cannot be understood. Any thread, several at once.
     */
    enum error_code (*call)(void *ctx, const struct function_remote_request *req, struct arena *a,
                            struct function_reply *out, struct error *err);
    void *ctx;
};

#endif
