#ifndef CORE_ENGINE_SSE_H
#define CORE_ENGINE_SSE_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/*
 * Reader of server-sent events that come in pieces, cut anywhere (HTML standard, 9.2.6
 * "Interpreting an event stream"). Lines end with LF, CRLF or CR; an event ends with a blank line;
 * its data lines are joined by LF; comments and all other fields are left out. Unlike the standard,
 * an event at the very end counts without its blank line, as model servers leave that out.
 */
/** One event's data, not empty; borrowed during the call. False stops the reading. */
typedef bool sse_event_fn(void *ctx, struct str data);

struct sse {
    struct buf line, data;
    bool has_data, after_cr, begun, stopped;
    sse_event_fn *event;
    void *ctx;
};

/** event_max: bytes of one event's data, and of a line. */
void sse_init(struct sse *s, size_t event_max, sse_event_fn *event, void *ctx);

/** False once the reader was stopped or an event was longer than event_max. */
bool sse_feed(struct sse *s, struct str bytes);

/** No more bytes will come. */
bool sse_end(struct sse *s);
void sse_release(struct sse *s);

#endif
