#ifndef PROVIDERS_MOCK_CARRIER_FACE_H
#define PROVIDERS_MOCK_CARRIER_FACE_H

#include "core/domain/http.h"
#include "core/domain/plan.h"
#include "providers/mock/carrier/leg.h"
#include "providers/mock/carrier/outgoing.h"
#include "providers/mock/carrier/params.h"
#include "providers/mock/carrier/tape.h"

/** How a step ended, for the request to its action. */
struct step_result {
    enum plan_kind kind;
    struct str digits, speech, language;
    char finish_key;   /* 0: none */
    double confidence; /* < 0: none */
    bool hung_up;      /* the callee left during the step */
    const struct tape *tape;
    const struct leg *child; /* dial; NULL for conferences */
    enum call_status child_status;
    bool bridged, conference;
    uint32_t queue_time_s;
    const char *word; /* pay, relay: the result in the dialect's own word */
    const struct callee *payer;
    const struct plan_pay *pay;
    const char *charge_id, *charge_error; /* pay: of a connector; NULL: the carrier's own */
};

/** What the carrier gives ids to. */
enum face_id {
    FACE_ID_CALL = 1,
    FACE_ID_TAPE,
    FACE_ID_NUMBER,
};

enum {
    FACE_LOGIN_SIZE = 64, /* an account id or a token, with its NUL */
    FACE_STATUS_WORDS_MAX = 2,
};

/** How calls live through their documents, where that is not a plan (exec.c). */
struct face_run {
    void (*answer)(struct carrier *c, struct leg *l);                /* exec_answer() */
    void (*event)(struct carrier *c, struct leg *l, uint32_t epoch); /* exec_event() */
    void (*document)(struct carrier *c, struct leg *l);              /* exec_document() */
    void (*stop)(struct carrier *c, struct leg *l);                  /* exec_stop() */
    /* exec_action(): how a step ended; no request is made, the next step follows */
    void (*result)(struct carrier *c, struct leg *l, const struct step_result *r);
    void (*release)(struct leg *l); /* frees l->script; NULL there is fine */
};

/** Ways of a carrier with its calls. Zeroed: Twilio's. */
struct face_ways {
    bool no_self_action;         /* a step without action is followed by the next one, not by a
                                    request for its own document */
    bool record_tells_silence;   /* a record step's action is told also when nothing was heard */
    bool tells_unborn;           /* an end before anything was dialled is announced too */
    bool tells_machines_only;    /* no detection callback for humans */
    bool fallback_is_for_answer; /* and for no later document */
    bool keeps_silence;          /* nothing is cut off a recording, and a silent one is one */
    bool sorts_params;           /* webhook parameters go out in byte order of their names */
    uint32_t gather_timeout_s;   /* of a plan that does not say one; 0: Twilio's */
    uint32_t digit_end_s; /* quiet after a key that ends an input; 0: the gather's whole time */
};

/** What differs between the carriers that the box can be. */
struct carrier_face {
    const char *dialect;
    const struct carrier_face *compat; /* of the carrier's other API, same box; NULL: none */
    const void *flavor; /* where one face serves several carriers: what differs; else NULL */
    /* account and token of a carrier that was not given them: from the seed, as the real ones look
     */
    void (*make_login)(uint64_t seed, char account[FACE_LOGIN_SIZE], char token[FACE_LOGIN_SIZE]);
    /* an id that depends on seed, text and n */
    void (*make_id)(char dst[SID_SIZE], enum face_id kind, uint64_t seed, struct str text,
                    uint64_t n);
    const char *key_prefix; /* of a signing key made up from the seed; NULL: signs with the token */
    const struct face_run *run;                              /* NULL: plans */
    const struct outgoing_rules *rules[OUTGOING_KIND_COUNT]; /* NULL: Twilio's */
    const struct outgoing_rules *rules_max; /* what a URL's fragment may ask for; NULL: Twilio's */
    uint32_t document_max_bytes;            /* 0: OUTGOING_DOCUMENT_MAX */
    uint32_t redirects_max;                 /* 0: OUTGOING_REDIRECTS_MAX */
    struct face_ways ways;
    const char *const *switches; /* names that its scenarios may set, NULL at the end; NULL: none */
    void (*rest)(struct carrier *c, struct http_exchange *x);
    /* parameters of the webhooks; params is empty before */
    void (*put_voice)(const struct carrier *c, const struct leg *l, struct params *p);
    void (*put_status)(const struct carrier *c, const struct leg *l, enum call_status event,
                       struct params *p);
    void (*put_tape)(const struct carrier *c, const struct tape *t, enum tape_event event,
                     struct params *p);
    void (*put_detection)(const struct carrier *c, const struct leg *l, struct params *p);
    void (*put_result)(const struct carrier *c, const struct leg *l, const struct step_result *r,
                       struct params *p);
    void (*put_fallback)(int carrier_code, struct str failed_url, struct params *p);
    /* The next three may be NULL. */
    /** The callbacks that an event gives, in order; NULL: one, if it was subscribed to. */
    size_t (*status_words)(const struct carrier *c, const struct leg *l, enum call_status event,
                           const char *words[FACE_STATUS_WORDS_MAX]);
    /** In place of put_status and put_tape, for requests that are more than parameters; word is
     * one of status_words(), NULL without them. */
    void (*make_status)(const struct carrier *c, const struct leg *l, enum call_status event,
                        const char *word, struct outgoing *o);
    void (*make_tape)(const struct carrier *c, const struct tape *t, enum tape_event event,
                      struct outgoing *o);
    /** Where an event is told; url NULL: nowhere. NULL: all go to req.status. */
    const struct leg_hook *(*status_hook)(const struct leg *l, enum call_status event);
    /** A document could not be had or understood, and there is no fallback: end the call. NULL: the
     * callee hears an apology first. */
    void (*document_failed)(struct carrier *c, struct leg *l, int carrier_code);
    /** The dialect's number for a request that failed; NULL: Twilio's. */
    int (*fault_code)(const struct outgoing *o);
    /* headers of one try; values live in the arena */
    void (*sign)(const struct carrier *c, struct outgoing *o, struct str url,
                 struct http_request *req, struct arena *a);
    /** Reply → plan. *carrier_code tells why not. */
    bool (*read_document)(struct carrier *c, struct leg *l, const struct outgoing *o,
                          struct plan *out, int *carrier_code);
    bool (*read_text)(struct carrier *c, struct leg *l, struct str text, struct plan *out,
                      int *carrier_code);
};

extern const struct carrier_face carrier_face_twilio, carrier_face_plivo;
extern const struct carrier_face carrier_face_signalwire; /* native; its box has both APIs */

/** All of them, in the order in which they are listed; *count of them. */
const struct carrier_face *const *carrier_faces(size_t *count);

#endif
