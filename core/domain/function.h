#ifndef CORE_DOMAIN_FUNCTION_H
#define CORE_DOMAIN_FUNCTION_H

#include <stddef.h>

#include "core/base/str.h"

/* What the built-in functions are called and take; core/engine/functions.h runs them. */
enum function_id {
    FUNCTION_NONE = 0,
    FUNCTION_SHARE_INFORMATION,
    FUNCTION_GET_SHARED_INFORMATION,
    FUNCTION_GET_CURRENT_TIME,
    FUNCTION_END_CALL,
    FUNCTION_REQUEST_RECORDING_CONSENT,
    FUNCTION_PROCESS_PAYMENT,
    FUNCTION_TRANSFER_TO_HUMAN,
    FUNCTION_OPT_OUT,
    FUNCTION_SCHEDULE_CALLBACK,
    FUNCTION_LEAVE_VOICEMAIL,
    FUNCTION_ID_COUNT
};

struct function_declaration {
    const char *name;
    const char *description;     /* for brains that read */
    const char *parameters_json; /* JSON Schema of the arguments */
};

/** NULL when id is out of range. */
const struct function_declaration *function_declaration(enum function_id id);

/** FUNCTION_NONE when there is no such built-in function. */
enum function_id function_find(struct str name);

#endif
