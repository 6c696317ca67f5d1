#ifndef PROVIDERS_MOCK_CARRIER_LEG_H
#define PROVIDERS_MOCK_CARRIER_LEG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/domain/call.h"
#include "core/domain/plan.h"
#include "providers/mock/carrier/callee.h"
#include "providers/mock/carrier/rng.h"

/*
 * One simulated call. It lives on its own virtual clock: a list of events, each due at a virtual
 * time; legs never wait for one another. Everything here belongs to the carrier's thread.
 */
struct carrier;
struct carrier_face;
struct outgoing;
struct tape;

/** Where the carrier sends something. url NULL: nowhere. */
struct leg_hook {
    char *url;
    bool get;
};

enum leg_event_kind {
    LEG_EVENT_DIAL = 1,
    LEG_EVENT_RING,
    LEG_EVENT_REFUSED, /* arg: the final enum call_status */
    LEG_EVENT_ANSWER,
    LEG_EVENT_VERDICT, /* machine detection is through */
    LEG_EVENT_STEP,    /* the running document goes on; arg: epoch */
    LEG_EVENT_CALLEE_HANGUP,
    LEG_EVENT_TIME_LIMIT,
    LEG_EVENT_TAPE_READY, /* data: struct tape */
    LEG_EVENT_TAPE_LIMIT, /* data: struct tape that has run long enough */
    LEG_EVENT_NOTICE,     /* data: struct outgoing that waited */
    LEG_EVENT_KIND_COUNT
};

struct leg_event {
    int64_t due_ms; /* virtual wall time */
    uint32_t kind, arg;
    void *data;
};

enum leg_speaker {
    LEG_ASSISTANT = 0,
    LEG_CALLEE,
    LEG_BEEP, /* the carrier's own tone, heard by both */
    LEG_KEYS, /* text is the keys the callee pressed */
};

/** Something that was heard in the call; recordings are made from these. */
struct leg_utterance {
    enum leg_speaker who;
    int64_t start_ms;
    uint32_t duration_ms;
    char *text;
    bool from_api; /* said or played over the API, beside the document */
};

/** Why a call ended, as far as its status does not tell. */
enum leg_end {
    LEG_END_NONE = 0, /* the status tells it all */
    LEG_END_CALLEE,   /* hung up */
    LEG_END_API,
    LEG_END_HANGUP_STEP,
    LEG_END_DOCUMENT, /* ran out */
    LEG_END_TIME_LIMIT,
    LEG_END_RING_LIMIT,
    LEG_END_MACHINE, /* found, and the request wants no machines */
    LEG_END_FAILED_DOCUMENT,
    LEG_END_COUNT
};

/** What a document is asked for. */
enum leg_document {
    LEG_DOCUMENT_ANSWER = 1,
    LEG_DOCUMENT_ACTION,
    LEG_DOCUMENT_TRANSFER, /* over the API */
    LEG_DOCUMENT_REDIRECT,
};

enum leg_direction {
    LEG_OUTBOUND_API = 0,
    LEG_OUTBOUND_DIAL,
    LEG_INBOUND, /* from is the simulated party, to is the account's number */
};

/** What the create request asked for. */
struct leg_request {
    struct leg_hook answer, fallback, status, tape_status, detection_status;
    struct leg_hook ring;   /* of faces that tell ringing to a URL of its own */
    char *document;         /* given in the request instead of a URL; NULL: none */
    uint32_t status_events; /* set of BIT(enum call_status) */
    uint32_t tape_events;   /* set of enum tape_event bits */
    uint32_t ring_timeout_s, time_limit_s;
    bool record, dual, trim, async_detection;
    enum plan_track track;
    enum call_detection detection;
    uint32_t detection_timeout_s, silence_timeout_ms;
    char *send_digits;
    bool hangup_on_machine;
    uint32_t hold_ms;                /* waits so long in the carrier's queue first */
    char *caller_name, *sip_headers; /* as the request gave them; NULL: not at all */
};

/** Progress inside the running step; its meaning belongs to the step's own file. */
struct leg_step {
    uint32_t phase;
    size_t prompt;
    int64_t loops;
    struct callee_reply reply;
    struct leg *child;
    struct tape *tape;
    int64_t since_ms;
    char charge_id[64], charge_error[64]; /* pay: of the connector */
};

struct leg {
    char sid[SID_SIZE], parent_sid[SID_SIZE], number_sid[SID_SIZE];
    const struct carrier_face *face; /* of the API it was made by */
    char *to, *from;
    enum leg_direction direction;
    uint64_t nth; /* of the calls to this number, from 0 */
    struct rng rng;
    const struct callee *callee;
    struct callee_state callee_state;
    struct leg_request req;

    enum call_status status; /* CALL_QUEUED … */
    int sip_code;
    int carrier_code; /* error that ended it, 0: none */
    enum leg_end end;
    const char *end_reason; /* the face's word for why it ended; NULL: as the status says */
    enum call_answered_by answered_by;
    uint32_t detection_ms;
    int64_t created_ms, dialed_ms, answered_ms, ended_ms, updated_ms;
    uint32_t sequence;         /* of the next status callback */
    int64_t machine_silent_ms; /* when the machine's greeting and beep are over; 0: no machine */

    int64_t now_ms; /* virtual */
    int64_t anchor_virtual_ms, anchor_real_ms;
    double rate; /* virtual milliseconds per real one */
    struct leg_event *events;
    size_t event_count, event_cap;
    size_t heap_at; /* index in the carrier's heap + 1; 0: not in it */
    int64_t heap_key;
    uint64_t heap_order;
    uint32_t outstanding; /* exchanges that have to end first (speed 0) */

    struct plan plan;
    size_t at; /* the running step */
    bool running;
    uint32_t epoch; /* counts documents: events of an older one are void */
    uint32_t documents;
    enum leg_document fetching; /* or fetched last */
    uint32_t transfers;
    char *base_url; /* of the running document; NULL: none */
    bool in_fallback;
    struct outgoing *document_reply; /* arrived, waits for the leg's other exchanges */
    struct leg_step step;
    void *script;     /* of a face with its own run; see struct face_run */
    struct buf heard; /* by the callee since its last turn */

    struct leg_utterance *said;
    size_t said_count, said_cap;
    struct tape *tapes;
    uint32_t tape_count;
    bool retired, deleted;     /* deleted: over the API; hidden from then on */
    struct leg *older, *newer; /* all legs, by creation */
    struct leg *retired_next;  /* ended ones, first ended first */
};

/** A new leg in state queued, in the carrier's books. `parent` may be NULL. */
struct leg *leg_new(struct carrier *c, struct str to, struct str from, const struct leg *parent);

/** The same for a call to a number of the account: the caller is who lives behind `from`. */
struct leg *leg_new_inbound(struct carrier *c, const struct carrier_face *face, struct str to,
                            struct str from);

/** Free what only a running call needs. */
void leg_retire(struct carrier *c, struct leg *l);
void leg_free(struct leg *l); /* NULL is fine; not in any book any more */
void leg_request_release(struct leg_request *r);

static inline bool leg_is_over(const struct leg *l) {
    return call_status_is_final(l->status);
}

/**
 * "initiated ringing answered completed", apart by blanks, as a set of BIT(enum call_status). Other
 * words are skipped; 0: there was none of these.
 */
uint32_t leg_events_parse(struct str words);

/** Seconds between answer and end (or now), rounded up as carriers bill; 0 when never answered. */
uint32_t leg_duration_s(const struct leg *l);

/* ---- its clock ------------------------------------------------------------------------------ */

void leg_at(struct leg *l, int64_t due_ms, enum leg_event_kind kind, uint32_t arg, void *data);

/** After so many virtual milliseconds from the leg's now. */
void leg_after(struct leg *l, int64_t delay_ms, enum leg_event_kind kind, uint32_t arg);

/** Forget all events of that kind. */
void leg_forget(struct leg *l, enum leg_event_kind kind);

/** The same for those with this data only. */
void leg_forget_data(struct leg *l, enum leg_event_kind kind, const void *data);

/** Take the first event off; false when there is none. */
bool leg_take_event(struct leg *l, struct leg_event *out);

/** Bring the leg's now up to the carrier's clock (does nothing at speed 0). */
void leg_sync(struct carrier *c, struct leg *l);

/** While the application is thinking, time passes no faster than for the application. */
void leg_set_waiting(struct carrier *c, struct leg *l, bool waiting);

/* ---- what is heard -------------------------------------------------------------------------- */

/** Milliseconds that a voice needs for this text. */
uint32_t leg_speech_ms(struct str text);

/** Note an utterance; the assistant's is also kept for the callee's next turn. */
void leg_note(struct leg *l, enum leg_speaker who, int64_t start_ms, uint32_t duration_ms,
              struct str text);

/** What is still sounding ends now (hang-up, redirect, barge-in). */
void leg_cut_speech(struct leg *l);

/** The same for what was said or played over the API only. */
void leg_cut_api_speech(struct leg *l);

#endif
