#ifndef PROVIDERS_SIGNALWIRE_EVENT_H
#define PROVIDERS_SIGNALWIRE_EVENT_H

#include "core/base/json.h"
#include "core/base/str.h"

/* The JSON that SignalWire sends, in each of the shapes that were seen. */

/**
 * An object that may have been sent as text: JSON in a string, or what Python prints for a dict
 * ("{'state': 'ended', 'peer': None}"). Zeroed is empty.
 */
struct signalwire_object {
    const struct json *v; /* JSON_OBJECT, or NULL */
    struct json_doc *doc; /* owns v when it came as text */
};
void signalwire_object_read(struct signalwire_object *o, const struct json *v);
void signalwire_object_release(struct signalwire_object *o);

/** The first of these members that is there, in `inner`, else in `outer`; NULL when none is. The
 * list of names ends with NULL. */
const struct json *signalwire_find(const struct json *inner, const struct json *outer,
                                   const char *const *names);

/** Times in seconds, milliseconds or microseconds since 1970, whole or not; 0 for anything else. */
int64_t signalwire_time_ms(const struct json *v);

/** A length in seconds, cut to whole ones; false for anything else. */
NODISCARD bool signalwire_seconds(const struct json *v, uint32_t *out);

#endif
