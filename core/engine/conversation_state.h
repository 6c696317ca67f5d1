#ifndef CORE_ENGINE_CONVERSATION_STATE_H
#define CORE_ENGINE_CONVERSATION_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/domain/card_watch.h"

/* What a conversation remembers from one turn to the next, besides the brain's own state. */
enum talk_stage {
    TALK_NONE = 0,
    TALK_CONSENT, /* asked whether the call may be recorded */
    TALK_BRAIN,   /* the brain leads */
    TALK_OVER,    /* the last document ended the call */
    TALK_STAGE_COUNT
};

/** Where a function sent the caller; the next turn tells how that ended. */
enum talk_away {
    TALK_AWAY_NONE = 0,
    TALK_AWAY_CONSENT, /* the engine's question, asked for by a function */
    TALK_AWAY_PAYMENT,
    TALK_AWAY_TRANSFER,
    TALK_AWAY_CONFERENCE,
    TALK_AWAY_HOLD,
    TALK_AWAY_PLAN,     /* steps none of which asks for anything */
    TALK_AWAY_QUESTION, /* steps that do: what is told then may be the answer */
    TALK_AWAY_COUNT
};

enum talk_consent {
    TALK_CONSENT_UNKNOWN = 0,
    TALK_CONSENT_GIVEN,
    TALK_CONSENT_REFUSED,
    TALK_CONSENT_COUNT
};

/** What a turn was about that is not finished yet. */
struct talk_wait {
    bool is_waiting;
    bool answered;    /* it is the turn of the answer */
    bool paid;        /* it is the turn after a payment */
    uint32_t turn;    /* number of its document */
    uint32_t times;   /* that the caller was asked for patience */
    int64_t since_ms; /* wall clock */
    struct str speech, digits;
};

struct talk_state {
    enum talk_stage stage;
    uint32_t asked;  /* times the question of consent was put */
    uint32_t ignore; /* interruptions that the brain does not want to hear of now */
    struct str brain;
    enum talk_away away;
    struct str told; /* what the brain is told when the caller is back; "" what happened */
    enum talk_consent consent;
    bool recording;            /* was started and not stopped */
    uint32_t extra;            /* documents that were no answers of the caller */
    struct str language;       /* code of what is spoken; "" the first one */
    struct str data_json;      /* global data; "" what the assistant begins with */
    struct str meta_data_json; /* {token: {…}} */
    struct str toggles_json;   /* {function: active or uses left} */
    struct card_watch cards;   /* what the caller says */
    struct talk_wait wait;
};

enum {
    TALK_TOLD_MAX = 1000,
    TALK_DATA_MAX = 16384,
    TALK_META_DATA_MAX = 4096,
    TALK_TOGGLES_MAX = 2048,
    TALK_STATE_MAX = 32768
};

/** Strict: anything that talk_state_write() cannot have written is ERR_INVALID. */
NODISCARD enum error_code talk_state_read(struct str json, struct arena *a, struct talk_state *out,
                                          struct error *err);
struct str talk_state_write(const struct talk_state *s, struct arena *a);

#endif
