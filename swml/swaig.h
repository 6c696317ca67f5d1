#ifndef SWML_SWAIG_H
#define SWML_SWAIG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/str.h"

/*
 * What a carrier's agent and the functions of an application say to each other over HTTP
 * ("SignalWire docs: SWAIG requests and responses", "post_prompt_url"). Both sides of it: we answer
 * such requests, and we make them where a function is the user's own. Pure. Thread: any.
 */
enum {
    SWAIG_BYTES_MAX = 1048576,  /* of a request: it may carry the whole conversation */
    SWAIG_ARGUMENT_MAX = 16384, /* of its argument as text */
};

/** A request as it came. Strings and values belong to it; absent ones are empty or NULL. */
struct swaig_request {
    struct str function;         /* "" when it is none for a function */
    const struct json *argument; /* an object; NULL: none were given */
    struct str call_id;          /* the carrier's */
    struct str ai_session_id, conversation_id, app_name, project_id, space_id;
    struct str caller_id_name, caller_id_number;
    const struct json *global_data, *meta_data; /* objects */
    struct str meta_data_token;
    const struct json *call_log;
    const struct json *variables, *call; /* SWMLVars, SWMLCall */
    bool fatal_error;
    struct str error_reason;
    bool asks_signature; /* action "get_signature": what are your functions? */

    const struct json *root;
    struct json_doc *doc, *raw; /* own the above; raw: an argument that came as text */
};

/**
 * Read one, of every version and of what the SDK's own tools send: the argument is taken from
 * "parsed", else from the text in "raw", else from a bare object or text.
 * Errors: ERR_INVALID (no JSON object), ERR_LIMIT. A name is not judged here, see
 * swaig_is_function_name(). *out is written only on ERR_OK; release it with
 * swaig_request_release().
 */
NODISCARD enum error_code swaig_request_read(struct str body, struct swaig_request *out,
                                             struct error *err);
void swaig_request_release(struct swaig_request *r); /* zeroed is fine */

/** A letter or underscore, then letters, digits and underscores; at most SWAIG_FUNCTION_MAX. */
bool swaig_is_function_name(struct str name);

/** A request for a function of somebody else's. Strings that are empty are left out. */
struct swaig_call {
    struct str function, description;
    struct str arguments_json;  /* an object; "": {} */
    struct str parameters_json; /* the declared schema */
    struct str call_id, ai_session_id, app_name;
    struct str caller_id_name, caller_id_number;
    struct str global_data_json, meta_data_json; /* objects; "": {} */
    struct str meta_data_token;
    struct str call_log_json; /* array of {"role","content"} */
    bool is_active;           /* the call is up */
};

/** Append it as the carrier would send it. All JSON must be valid. */
void swaig_call_write(const struct swaig_call *c, struct buf *out);

/** What an agent reports when its conversation is over. */
struct swaig_report {
    struct str action; /* "post_conversation", "fetch_conversation" */
    struct str call_id, ai_session_id, conversation_id;
    struct str caller_id_number;
    struct str ended_by;         /* "user", "agent" */
    struct str summary;          /* the answer to the post prompt, as text */
    const struct json *parsed;   /* the same, where it is JSON; NULL */
    const struct json *call_log; /* array of {role, content, timestamp}; NULL */
    const struct json *global_data;
    struct json_doc *doc;
};
NODISCARD enum error_code swaig_report_read(struct str body, struct swaig_report *out,
                                            struct error *err);
void swaig_report_release(struct swaig_report *r); /* zeroed is fine */

/** The same, as a receiver of such reports is told by us; absent texts have len 0. */
struct swaig_report_told {
    struct str call_id, app_name, caller_id_number, summary;
    struct str call_log_json;    /* array; "": none */
    struct str global_data_json; /* object */
};
void swaig_report_write(const struct swaig_report_told *r, struct buf *out);

#endif
