#ifndef CORE_DOMAIN_PLAN_H
#define CORE_DOMAIN_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/str.h"

/*
 * The one language of call control: a list of steps that a carrier carries out from top to bottom.
 * Dialects (twiml/, swml/) write a plan as a document and read one back. Strings live in the
 * plan's arena; an absent string has len 0. Times are seconds unless the name says otherwise; 0
 * means "the carrier's default" except where noted.
 */
enum {
    PLAN_STEPS_MAX = 200, /* nested steps included */
    PLAN_TEXT_MAX = 4096, /* bytes of one spoken text */
    PLAN_NOUNS_MAX = 10,  /* far ends of one dial */
    PLAN_PARAMS_MAX = 99,
    PLAN_PAY_PROMPTS_MAX = 40,
};

enum plan_kind {
    PLAN_KIND_UNKNOWN = 0,
    PLAN_SAY,
    PLAN_PLAY,
    PLAN_PAUSE,
    PLAN_GATHER,
    PLAN_RECORD, /* record the caller's message, then go on at action */
    PLAN_DIAL,
    PLAN_ENQUEUE,
    PLAN_LEAVE, /* leave the queue */
    PLAN_SEND_DIGITS,
    PLAN_REDIRECT,
    PLAN_HANGUP,
    PLAN_REJECT,
    PLAN_START_RECORDING, /* the call itself, in the background */
    PLAN_STOP_RECORDING,
    PLAN_STREAM, /* raw media to a WebSocket */
    PLAN_STOP_STREAM,
    PLAN_RELAY, /* text turns over a WebSocket (ConversationRelay) */
    PLAN_AI,    /* the carrier's own agent runs an assistant */
    PLAN_PAY,
    PLAN_REFER,
    PLAN_TRANSCRIBE, /* live transcription in the background */
    PLAN_STOP_TRANSCRIBE,
    PLAN_RAW, /* one instruction in a dialect's own words, passed through as it is */
    PLAN_KIND_COUNT
};

/** "say", "play", …: the words of plan JSON and of error texts. */
const char *plan_kind_name(enum plan_kind k);

enum plan_method {
    PLAN_METHOD_DEFAULT = 0,
    PLAN_METHOD_POST,
    PLAN_METHOD_GET
};
enum plan_track {
    PLAN_TRACK_DEFAULT = 0,
    PLAN_TRACK_INBOUND,
    PLAN_TRACK_OUTBOUND,
    PLAN_TRACK_BOTH
};
enum plan_tristate {
    PLAN_UNSET = 0,
    PLAN_YES,
    PLAN_NO
};

/** Where control or a notice goes. */
struct plan_link {
    struct str url;
    enum plan_method method;
};

struct plan_param {
    struct str name, value;
};

struct plan_say {
    struct str text; /* plain text; carriers that take SSML get it escaped */
    struct str ssml; /* inner SSML markup, well-formed, instead of text; grammar-checked on write */
    struct str voice;    /* the carrier's own name, or one of the assistant's voice table */
    struct str language; /* BCP 47 */
    int32_t loop;        /* 0: once; -1: for ever */
};

struct plan_play {
    struct str url;
    int32_t loop; /* 0: once; -1: for ever */
};

enum plan_input {
    PLAN_INPUT_KEYS = 1,
    PLAN_INPUT_SPEECH = 2
}; /* a set */

struct plan_gather {
    uint32_t input;           /* set of enum plan_input; 0: keys */
    struct plan_link action;  /* gets the result */
    struct plan_link partial; /* interim speech; rarely used */
    uint32_t timeout_s;
    bool speech_timeout_auto;
    uint32_t speech_timeout_s;
    uint32_t max_speech_s;
    uint32_t digits_max;   /* 0: unlimited */
    struct str finish_key; /* "" with has_finish_key: none at all */
    bool has_finish_key;
    bool action_on_empty; /* also call action when nothing came */
    enum plan_tristate barge_in;
    enum plan_tristate profanity_filter;
    struct str language, hints, speech_model;
    bool enhanced;
    struct plan_step *prompts; /* say, play, pause */
    size_t prompt_count;
};

struct plan_record {
    struct plan_link action, status, transcribe_to;
    uint32_t timeout_s;
    uint32_t max_s;
    struct str finish_keys;
    enum plan_tristate beep;
    enum plan_tristate trim_silence;
    bool transcribe;
};

enum plan_noun_kind {
    PLAN_NOUN_UNKNOWN = 0,
    PLAN_NOUN_NUMBER,
    PLAN_NOUN_SIP,
    PLAN_NOUN_CLIENT,
    PLAN_NOUN_CONFERENCE,
    PLAN_NOUN_QUEUE,
    PLAN_NOUN_KIND_COUNT
};

struct plan_noun {
    enum plan_noun_kind kind;
    struct str target;       /* E.164, SIP URI, client name, conference or queue name */
    struct plan_link screen; /* document the called party hears before the bridge */
    struct plan_link status;
    struct str status_events;          /* space separated */
    struct str send_digits;            /* number only */
    struct str sip_user, sip_password; /* sip only */
    /* conference only */
    bool muted;
    enum plan_tristate start_on_enter, end_on_exit, beep;
    struct plan_link wait;
    uint32_t participants_max;
    bool record;
};

struct plan_dial {
    struct plan_noun *nouns;
    size_t noun_count;
    struct str caller_id;
    struct plan_link action, recording_status;
    uint32_t timeout_s, time_limit_s;
    struct str record; /* "", "from-answer", "from-ringing", each also with "-dual" */
    struct str ring_tone;
    bool sequential, hangup_on_star, answer_on_bridge;
};

struct plan_enqueue {
    struct str queue;
    struct plan_link action, wait;
    struct str workflow; /* carrier's routing workflow, with task in `task` */
    struct str task;
};

struct plan_start_recording {
    struct str name; /* to stop it by; "" when there is only one */
    bool dual;
    enum plan_track track;
    struct plan_link status;
    struct str status_events;
    enum plan_tristate trim_silence;
    struct str format; /* "", "wav", "mp3" where the dialect can say it */
    bool beep;
};

struct plan_stream {
    struct str name, url;
    enum plan_track track;
    bool bidirectional;              /* the document waits until the stream ends */
    struct plan_link status, action; /* action: bidirectional only */
    struct plan_param *params;
    size_t param_count;
};

struct plan_relay {
    struct str url, welcome, language, voice, tts_provider, transcription_provider;
    enum plan_tristate interruptible, dtmf_detection;
    struct plan_link action;
    struct plan_param *params;
    size_t param_count;
};

struct plan_ai {
    struct str document; /* dialect's own JSON for the agent, from swml/ */
};

/**
 * What a plan has no step for: variables, branches, a carrier's specialities. Only the dialect it
 * is written in carries it; the others refuse the step.
 */
struct plan_raw {
    struct str dialect;  /* "swml" */
    struct str document; /* JSON: one verb {"set":{…}}, or a whole document {"sections":{…}} */
};

/** What the caller hears at one stage of a payment, instead of the carrier's own words. */
struct plan_pay_prompt {
    struct str stage;          /* "payment-card-number", "expiration-date", "security-code", … */
    struct str errors;         /* space separated; "" for any: "timeout invalid-card-number" */
    struct str card_types;     /* space separated; "" for any */
    struct str attempts;       /* space separated: "1 2"; "" for any */
    bool repeat_to_match;      /* keys are asked for twice and have to match */
    struct plan_step *prompts; /* say, play, pause */
    size_t prompt_count;
};

struct plan_pay {
    struct plan_link action, status;
    struct str connector; /* name (TwiML) or URL (SWML) */
    struct str amount;    /* decimal text, "49.99"; "" to tokenise only */
    struct str currency;  /* "usd" */
    struct str description;
    struct str method;     /* "credit-card", "ach-debit" */
    struct str token_type; /* "one-time", "reusable", "payment-method" */
    struct str card_types; /* space separated */
    struct str language, voice;
    uint32_t attempts_max, timeout_s, postal_code_min;
    enum plan_tristate security_code;
    struct str postal_code; /* "", "true", "false", or the code itself */
    struct plan_param *params;
    size_t param_count;
    struct plan_pay_prompt *prompts;
    size_t prompt_count;
};

struct plan_transcribe {
    struct str name, language, engine;
    enum plan_track track;
    bool partial;
    struct plan_link status;
};

struct plan_step {
    enum plan_kind kind;
    union {
        struct plan_say say;
        struct plan_play play;
        struct {
            uint32_t seconds;
        } pause; /* at least 1 */
        struct plan_gather gather;
        struct plan_record record;
        struct plan_dial dial;
        struct plan_enqueue enqueue;
        struct {
            struct str digits;
        } send_digits; /* 0-9 A-D * # w W */
        struct plan_link redirect;
        struct {
            bool busy;
        } reject;
        struct plan_start_recording start_recording;
        struct {
            struct str name;
        } stop; /* recording, stream, transcription */
        struct plan_stream stream;
        struct plan_relay relay;
        struct plan_ai ai;
        struct plan_pay pay;
        struct {
            struct str uri;
            struct plan_link action;
        } refer;
        struct plan_transcribe transcribe;
        struct plan_raw raw;
    } u;
};

/**
 * Zeroed is an empty plan. Arrays grow through plan_add*() only, or are set whole by hand: never
 * both on one array, because the capacity is derived from the count.
 */
struct plan {
    struct plan_step *steps; /* in the arena */
    size_t count;
    struct arena arena;
};

void plan_release(struct plan *p); /* zeroed is fine; leaves it empty */

/**
 * Append a zeroed step and return it; NULL when PLAN_STEPS_MAX is reached. The array may move:
 * fill the step before adding the next one.
 */
struct plan_step *plan_add(struct plan *p, enum plan_kind kind);

/** Append a prompt (say, play, pause) to a gather step of this plan; NULL at the limit. */
struct plan_step *plan_add_prompt(struct plan *p, struct plan_gather *g, enum plan_kind kind);

/** Append a stage's prompt to a pay step; NULL at PLAN_PAY_PROMPTS_MAX. */
struct plan_pay_prompt *plan_add_pay_prompt(struct plan *p, struct plan_pay *pay);

/** Append say, play or pause to what is heard at that stage; NULL at the limit. */
struct plan_step *plan_add_pay_step(struct plan *p, struct plan_pay_prompt *at,
                                    enum plan_kind kind);

/** Append a parameter to an array in a step of this plan; false at PLAN_PARAMS_MAX. */
NODISCARD bool plan_add_param(struct plan *p, struct plan_param **params, size_t *count,
                              struct str name, struct str value);

/** Append a far end to a dial step of this plan; NULL at PLAN_NOUNS_MAX. */
struct plan_noun *plan_add_noun(struct plan *p, struct plan_dial *d, enum plan_noun_kind kind);

/** Same steps with the same contents (capacity and memory do not matter). For tests and caches. */
bool plan_equal(const struct plan *a, const struct plan *b);

/**
 * Check what no dialect could carry out: text lengths and characters (UTF-8 that XML 1.0 can hold),
 * URLs absolute http(s) or wss, digits, ranges, nesting. err->field is the path
 * ("steps[2].say.text").
 */
NODISCARD enum error_code plan_check(const struct plan *p, struct error *err);

/**
 * Plan JSON, the form users send: {"steps":[{"say":{"text":"Hello"}},{"hangup":{}}]}. One object
 * with one member per step; member names are the struct's field names, links are {"url","method"}
 * or a plain URL string, tristates are booleans, parameters one object of strings, an input set an
 * array of "keys" and "speech"; finish_key "" means that no key ends the input. Unknown members are
 * refused with their path. The contents are not judged here: plan_check() does that.
 */
NODISCARD enum error_code plan_from_json(const struct json *v, struct plan *out, struct error *err);
void plan_to_json(const struct plan *p, struct json_writer *w);

/* ---- what a dialect could not say ---------------------------------------------------------- */

enum plan_loss_kind {
    PLAN_LOSS_NONE = 0,
    PLAN_LOSS_REPLACED, /* said another way; `remedy` tells how */
    PLAN_LOSS_DROPPED,  /* a nuance is missing (a hint, a voice), the step still works */
    PLAN_LOSS_REFUSED,  /* the step itself cannot be said: writing fails */
};

struct plan_loss {
    enum plan_loss_kind kind;
    char where[64];   /* "steps[2].gather.speech_model" */
    char what[96];    /* what is lost */
    char remedy[128]; /* what replaces it, or what to do */
};

enum {
    PLAN_LOSSES_MAX = 32
};

/** Fixed size on purpose: a report, not a log. `more` counts what did not fit. */
struct plan_loss_report {
    struct plan_loss items[PLAN_LOSSES_MAX];
    size_t count, more;
};

void plan_loss_add(struct plan_loss_report *r, enum plan_loss_kind kind, const char *where,
                   const char *what, const char *remedy); /* r may be NULL */

#endif
