#ifndef CORE_APP_CLI_EVENTS_H
#define CORE_APP_CLI_EVENTS_H

#include <stdint.h>
#include <stdio.h>

#include "core/base/json.h"

/* The life of a call as lines for people: one event, one line. */

/** Write the event (as the API gives it) behind its time, in seconds since the call's start. */
void cli_put_event(FILE *f, const struct json *event, double seconds);

/** Time member as Unix milliseconds; 0 when it is null or absent. */
int64_t cli_time_ms(const struct json *object, const char *member);

#endif
