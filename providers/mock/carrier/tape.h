#ifndef PROVIDERS_MOCK_CARRIER_TAPE_H
#define PROVIDERS_MOCK_CARRIER_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/str.h"
#include "core/domain/plan.h"
#include "providers/mock/carrier/leg.h"
#include "providers/mock/carrier/rng.h"

/*
 * A recording. No audio is kept: the leg's utterances and the tape's spans are enough to render
 * the same WAV file at every request.
 */
enum tape_source {
    TAPE_FROM_REQUEST = 0, /* record asked for with the call */
    TAPE_FROM_API,
    TAPE_FROM_RECORD_STEP,
    TAPE_FROM_DIAL,
    TAPE_FROM_CONFERENCE,
    TAPE_SOURCE_COUNT
};

enum tape_status {
    TAPE_RUNNING = 0,
    TAPE_PAUSED,
    TAPE_PROCESSING, /* stopped, not yet ready */
    TAPE_COMPLETED,
    TAPE_ABSENT,
    TAPE_STATUS_COUNT
};

enum tape_event {
    TAPE_EVENT_STARTED = 1,
    TAPE_EVENT_COMPLETED = 2,
    TAPE_EVENT_ABSENT = 4,
    TAPE_EVENT_PAUSED = 8, /* this and the next: only where the face says so with tape_notify() */
    TAPE_EVENT_RESUMED = 16,
}; /* a set */

/** A stretch of the call: recorded, or silence in its place. */
struct tape_span {
    int64_t from_ms, to_ms; /* to_ms 0: still running */
    bool silent;
};

struct tape {
    char sid[SID_SIZE];
    struct leg *leg;
    enum tape_source source;
    enum tape_status status;
    bool dual, trim, over_api; /* over_api: asked for with a request to the REST API */
    enum plan_track track;
    struct leg_hook hook;
    uint32_t events; /* set of enum tape_event */
    struct str name; /* of <Start><Recording name>; owned */
    struct tape_span *spans;
    size_t span_count;
    int64_t started_ms, updated_ms, completed_ms;
    uint32_t duration_s;
    uint32_t fetches; /* of its sound */
    int carrier_code;
    struct tape *next; /* of the same leg, newest first */
};

struct tape_options {
    enum tape_source source;
    bool dual, trim, over_api;
    uint32_t limit_s; /* it stops by itself; 0: no limit */
    enum plan_track track;
    struct str hook_url;
    bool hook_get;
    uint32_t events;
    struct str name;
};

/** Tell the hook, if it wants that event. */
void tape_notify(struct carrier *c, const struct tape *t, enum tape_event event);

/** Start recording the leg; sends the started notice when asked for. */
struct tape *tape_start(struct carrier *c, struct leg *l, const struct tape_options *o);

void tape_pause(struct tape *t, bool skip); /* skip: leave the span out instead of silence */
void tape_resume(struct tape *t);

/** Nothing more is recorded; ready (and announced) a moment later. Fine when stopped already. */
void tape_stop(struct carrier *c, struct tape *t);
void tape_stop_all(struct carrier *c, struct leg *l);

/** LEG_EVENT_TAPE_READY. */
void tape_ready(struct carrier *c, struct tape *t);

/** The running ones (also paused), newest first: how many, and the newest in *one. */
size_t tape_running(const struct leg *l, struct tape **one);

/** The running tape of that name, else (name empty) the newest running one; NULL when none. */
struct tape *tape_find_running(const struct leg *l, struct str name);

/** "in-progress completed" as a set; empty text: completed only. */
uint32_t tape_events_parse(struct str words);

/** Milliseconds of audio in its spans. */
int64_t tape_length_ms(const struct tape *t);

/** Out of the books and freed. */
void tape_delete(struct carrier *c, struct tape *t);

#endif
