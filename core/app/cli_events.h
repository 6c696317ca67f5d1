#ifndef CORE_APP_CLI_EVENTS_H
#define CORE_APP_CLI_EVENTS_H

#include <stdint.h>
#include <stdio.h>

#include "core/base/json.h"

/* The life of a call as lines for people: one event, one line. */

/** Write the event (as the API gives it), with its time since start_ms (Unix milliseconds). */
void cli_put_event(FILE *f, const struct json *event, int64_t start_ms);

/** Time member as Unix milliseconds; 0 when it is null or absent. */
int64_t cli_time_ms(const struct json *object, const char *member);

#endif
