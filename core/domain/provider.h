#ifndef CORE_DOMAIN_PROVIDER_H
#define CORE_DOMAIN_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/domain/call.h"
#include "core/domain/http.h"
#include "core/domain/payment.h"
#include "core/domain/plan.h"
#include "core/domain/record.h"

/*
 * The provider port: what the engine may ask of a carrier. Providers return values and never call
 * the engine. Those that talk to the carrier block the calling worker for at most the carrier's
 * timeout. What implementers fill in is in provider_impl.h.
 */
struct provider;

/* One bit per thing that a carrier may or may not be able to do. */
enum provider_cap {
    PROVIDER_CAP_PLACE = 1 << 0,
    PROVIDER_CAP_END = 1 << 1,
    PROVIDER_CAP_REDIRECT = 1 << 2,
    PROVIDER_CAP_LOOKUP = 1 << 3,
    PROVIDER_CAP_LIST = 1 << 4,
    PROVIDER_CAP_RECORD = 1 << 5, /* start and stop on a live call */
    PROVIDER_CAP_RECORD_PAUSE = 1 << 6,
    PROVIDER_CAP_RECORDINGS = 1 << 7, /* fetch and delete */
    PROVIDER_CAP_DETECTION = 1 << 8,  /* answering-machine detection */
    PROVIDER_CAP_SPEECH = 1 << 9,     /* gather speech */
    PROVIDER_CAP_PAY = 1 << 10,
    PROVIDER_CAP_AI = 1 << 11, /* a built-in agent */
    PROVIDER_CAP_STREAM = 1 << 12,
    PROVIDER_CAP_PLACE_RECORDED = 1 << 13, /* record from the answer on, asked for with the call */
    PROVIDER_CAP_MACHINE_END = 1 << 14,    /* wait for the end of a machine's greeting */
    PROVIDER_CAP_CONFERENCE = 1 << 15,
    PROVIDER_CAP_QUEUE = 1 << 16,
    PROVIDER_CAP_PAY_CONNECTOR = 1 << 17, /* pay: asks a connector at a given URL for the charge */
    PROVIDER_CAP_RECORD_MP3 = 1 << 18,    /* else recordings are WAV */
    PROVIDER_CAP_COUNT = 19
};
const char *provider_cap_name(enum provider_cap c); /* "place", "record_pause" … */

/** Facts about a carrier, without behaviour. */
struct provider_limits {
    uint32_t calls_per_s;        /* default pace of creating calls; 0: no limit */
    uint32_t open_calls_max;     /* at a time; 0: no limit */
    uint32_t requests_max;       /* of its API in each window; 0: no limit */
    uint32_t requests_window_ms; /* 0: no limit */
    uint32_t document_bytes_max;
    uint32_t answer_timeout_ms;  /* how long the carrier waits for a document */
    uint32_t request_timeout_ms; /* how long we wait for its API */
    uint32_t inbound_look_ms; /* it tells nothing of an inbound call's end: how often to ask; 0: it
                                 does */
    uint32_t unseen_ms; /* a call that was heard of so lately may be unknown to a look-up; 0: what
                           is not found is not there */
};
struct provider_desc {
    const char *name;          /* "mock", "twilio" … */
    uint32_t caps;             /* set of enum provider_cap */
    const char *document_type; /* content type of answer documents */
    const char *base_url;      /* default API root */
    struct provider_limits limits;
};

const struct provider_desc *provider_describe(const struct provider *p);
const char *provider_name(const struct provider *p);
static inline bool provider_can(const struct provider *p, enum provider_cap c) {
    return (provider_describe(p)->caps & (uint32_t)c) != 0;
}
void provider_free(struct provider *p);   /* NULL is fine */
void provider_freep(struct provider **p); /* for CLEANUP */

/* ---- calls ------------------------------------------------------------------------------------
 */

struct provider_place {
    struct str to, from; /* from "": the configured number */
    struct str answer_url, fallback_url, status_url, recording_url, detection_url;
    uint32_t ring_timeout_s, time_limit_s; /* both set */
    bool record, record_dual;              /* from the answer on */
    enum call_detection detection;
};

/** How an attempt to place a call ended. Everything that is not certain is UNCERTAIN. */
enum provider_outcome {
    PROVIDER_OUTCOME_NONE = 0,
    PROVIDER_PLACED,    /* sid is known */
    PROVIDER_REFUSED,   /* certainly not placed, and will not be: err says why */
    PROVIDER_THROTTLED, /* certainly not placed, may be later: err->retry_after_s */
    PROVIDER_NOT_SENT,  /* nothing reached the carrier: may be repeated */
    PROVIDER_UNCERTAIN, /* it may have been placed: never repeat */
};

struct provider_call {
    char sid[CALL_SID_SIZE];
    enum call_status status;
    char to[CALL_PARTY_SIZE], from[CALL_PARTY_SIZE];
    uint32_t duration_s;
    int64_t created_ms; /* 0: the carrier did not say */
    enum call_answered_by answered_by;
    int32_t carrier_code;
    bool other_leg; /* inbound, or dialled by another call: certainly not placed over the API */
};

/**
 * Place one outbound call. Never sent twice by this function. Writes *out only with
 * PROVIDER_PLACED; fills err otherwise (text: the carrier's words plus advice).
 */
NODISCARD enum provider_outcome provider_place_call(struct provider *p,
                                                    const struct provider_place *req,
                                                    struct provider_call *out, struct error *err);

/** End a call in any live state. A call that is over already is ERR_OK. ERR_NOT_FOUND: no such sid.
 */
NODISCARD enum error_code provider_end_call(struct provider *p, struct str sid, struct error *err);

/** Let a running call fetch another document. ERR_CONFLICT when it is not in progress. */
NODISCARD enum error_code provider_redirect_call(struct provider *p, struct str sid, struct str url,
                                                 struct error *err);

NODISCARD enum error_code provider_look_up(struct provider *p, struct str sid,
                                           struct provider_call *out, struct error *err);

/** Calls between these parties created at or after since_ms, for settling ambiguous attempts. */
struct provider_list_filter {
    struct str to, from; /* from "": the configured number */
    int64_t since_ms;
};
NODISCARD enum error_code provider_list_calls(struct provider *p,
                                              const struct provider_list_filter *f, struct arena *a,
                                              struct provider_call **out, size_t *count,
                                              struct error *err);

/* ---- recordings --------------------------------------------------------------------------------
 */

enum provider_recording_action {
    PROVIDER_RECORDING_NONE = 0,
    PROVIDER_RECORDING_START,
    PROVIDER_RECORDING_PAUSE,
    PROVIDER_RECORDING_RESUME,
    PROVIDER_RECORDING_STOP,
};
struct provider_recording_control {
    enum provider_recording_action action;
    struct str call_sid;
    struct str recording_sid; /* "": the only running one; ignored for start */
    bool dual, mp3;           /* start */
    struct str status_url;    /* start */
};
/** out_sid (CALL_SID_SIZE bytes) gets the carrier's recording id; may be NULL. */
NODISCARD enum error_code provider_control_recording(struct provider *p,
                                                     const struct provider_recording_control *c,
                                                     char *out_sid, struct error *err);

struct provider_audio {
    uint64_t bytes; /* delivered to the sink */
    char format[8]; /* "wav" or "mp3" */
};
/**
 * Download a finished recording into sink, in the clear. mp3: what it was started as; a carrier
 * that keeps recordings in one form only delivers that one. ERR_OK only when the length was known
 * and matched; ERR_NOT_FOUND: not (yet) there, retry later. URLs are built from the sid, never
 * taken from a webhook.
 */
NODISCARD enum error_code provider_fetch_recording(struct provider *p, struct str call_sid,
                                                   struct str sid, bool mp3, http_sink_fn *sink,
                                                   void *ctx, struct provider_audio *out,
                                                   struct error *err);

/** Delete the carrier's copy. Gone already is ERR_OK. */
NODISCARD enum error_code provider_delete_recording(struct provider *p, struct str call_sid,
                                                    struct str sid, struct error *err);

/* ---- credentials -------------------------------------------------------------------------------
 */

/** Ask the carrier whether the credentials and the number work. text: one line for people. */
NODISCARD enum error_code provider_check(struct provider *p, char *text, size_t text_size,
                                         struct error *err);

/* ---- webhooks ----------------------------------------------------------------------------------
 */

enum webhook_kind {
    WEBHOOK_NONE = 0,
    WEBHOOK_ANSWER,   /* wants a document: the call was answered */
    WEBHOOK_GATHER,   /* wants a document: keys or speech came, or did not */
    WEBHOOK_FALLBACK, /* wants a document: the last one could not be used */
    WEBHOOK_STATUS,
    WEBHOOK_RECORDING,
    WEBHOOK_DETECTION, /* machine detection, asynchronous */
    WEBHOOK_INBOUND,   /* wants a document: somebody calls one of our numbers */
    WEBHOOK_KIND_COUNT
};
const char *webhook_kind_name(enum webhook_kind k); /* path segment: "answer" … "amd" */
NODISCARD bool webhook_kind_parse(struct str s, enum webhook_kind *out);

/** A webhook as it arrived. */
struct webhook_request {
    enum webhook_kind kind;
    struct str method;
    struct str target; /* raw, as received */
    struct str content_type;
    struct str body;
    const struct http_exchange *exchange; /* for headers; NULL in tests that give `headers` */
    const struct http_header *headers;
    size_t header_count;
};

/** What it says, in our words. Strings point into the arena given to provider_read_webhook(). */
struct webhook_news {
    char sid[CALL_SID_SIZE]; /* the call; "" when the carrier did not say */
    enum call_status status; /* CALL_STATUS_NONE: says nothing about it */
    int64_t at_ms;           /* the carrier's own time; 0: not given */
    bool has_duration;
    uint32_t duration_s;
    enum call_answered_by answered_by;
    int32_t carrier_code;
    struct str carrier_text;
    /* inbound: as the carrier writes them, E.164 where it knows the number; "" not said */
    char to[CALL_PARTY_SIZE], from[CALL_PARTY_SIZE];
    /* gather */
    struct str digits, speech;
    double confidence; /* 0..1; -1 unknown */
    /* gather, after a dial step with an action: how that ended; NONE: not said */
    enum call_status dialled;
    /* gather, after a pay step */
    struct payment_news payment;
    /* recording */
    char recording_sid[CALL_SID_SIZE];
    enum recording_status recording_status;
    uint32_t recording_duration_s, recording_channels;
};

/**
 * Verify, then parse. ERR_AUTH: signature missing or wrong, nothing was parsed. ERR_INVALID: signed
 * but malformed (duplicate fields that contradict each other, bad numbers). Thread: the server's.
 */
NODISCARD enum error_code provider_read_webhook(struct provider *p,
                                                const struct webhook_request *req, struct arena *a,
                                                struct webhook_news *out, struct error *err);

/* ---- documents ---------------------------------------------------------------------------------
 */

/** Write the plan as this carrier's document. loss may be NULL. Any thread. */
NODISCARD enum error_code provider_render_plan(struct provider *p, const struct plan *plan,
                                               struct buf *out, struct plan_loss_report *loss,
                                               struct error *err);

#endif
