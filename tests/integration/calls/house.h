#ifndef TESTS_INTEGRATION_CALLS_HOUSE_H
#define TESTS_INTEGRATION_CALLS_HOUSE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "core/app/config.h"
#include "core/app/gateway.h"
#include "core/base/buf.h"
#include "core/domain/call.h"
#include "tests/support/temp_dir.h"

/*
 * A whole gateway in this process with the carrier in a box inside, asked through its services
 * instead of its API. Its clock is the system's plus what the test lets pass.
 */
struct house {
    struct temp_dir dir;
    struct config config;
    struct clock system;
    _Atomic int64_t passed_ms;
    struct gateway *gateway;
};

enum {
    HOUSE_EVENTS_MAX = 8192 /* bytes of the types of a call's events */
};

/** settings: more lines of .env. False (and the case failed) when it does not start. */
bool house_open(struct house *h, const char *settings);
void house_close(struct house *h);

/** End it gracefully, and start another one on the same data. */
bool house_restart(struct house *h, uint32_t grace_ms);

/** Wait until no job is due or under way, a minute at most. */
void house_wait_idle(struct house *h);

/**
 * Let time pass for the gateway and all that is in it, in steps: each waits until no job is under
 * way, whose lease would run out.
 */
void house_pass(struct house *h, int64_t ms);

/** Place a call with the assistant debt-intake; its id, 0 (and the case failed) when refused. */
int64_t house_place(struct house *h, const char *to, enum call_detection detection);

/** The call as stored. */
struct call house_call(struct house *h, int64_t id);

/** The call once it is final, or as it is after a minute. */
struct call house_wait_end(struct house *h, int64_t id);

/** Wait for the next event of the call, for a moment at most; the call then. */
struct call house_wait_news(struct house *h, int64_t id);

/**
 * Types of the call's events, sorted, space separated. Without those of recordings: at full speed a
 * call may be over before its recording begins.
 */
void house_events(struct house *h, int64_t id, struct buf *out);

/** Data of the call's events of that type, a JSON object a line; "" without any. */
void house_event_data(struct house *h, int64_t id, const char *type, struct buf *out);

/** Place of the call's first event of that type among all of its events; -1 without any. */
int house_event_place(struct house *h, int64_t id, const char *type);

/** Wait until the call has an event of that type, also after its end; false after a minute. */
bool house_wait_event(struct house *h, int64_t id, const char *type);

/** What was said: "assistant: …" and "caller: …", a line each. */
void house_transcript(struct house *h, int64_t id, struct buf *out);

struct house_recordings {
    unsigned stored, lost; /* lost: the carrier has none, or it could not be fetched */
    unsigned open;         /* still not, after a minute */
};
/** The recordings of a call that is over, once nothing more can become of them. */
struct house_recordings house_wait_recordings(struct house *h, int64_t id);

/** How often this number was rung. */
uint64_t house_rings(struct house *h, const char *to);

#endif
