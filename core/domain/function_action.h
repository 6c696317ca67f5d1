#ifndef CORE_DOMAIN_FUNCTION_ACTION_H
#define CORE_DOMAIN_FUNCTION_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/str.h"

/*
 * What a function wants to be done on the call, in words that know no carrier. The conversation
 * carries actions out as steps of a plan; on a carrier's own agent they are written as its JSON.
 * Members called json hold JSON text. An absent text has len 0, an absent number is 0. Texts are
 * plain and final: what they named by ${…} has been put in. Copied by function_action_copy().
 */
enum {
    FUNCTION_ACTIONS_MAX = 16,        /* of one reply */
    FUNCTION_ACTION_TEXT_MAX = 4096,  /* bytes of one text */
    FUNCTION_ACTION_JSON_MAX = 32768, /* bytes of one json */
    FUNCTION_HOLD_MAX_S = 900,
    FUNCTION_HOLD_DEFAULT_S = 300,
};

enum function_action_kind {
    FUNCTION_ACTION_NONE = 0,
    FUNCTION_ACTION_SAY,         /* text */
    FUNCTION_ACTION_PLAY,        /* text: URL; wait: the conversation stands still meanwhile */
    FUNCTION_ACTION_STOP_PLAY,   /* what plays in the background */
    FUNCTION_ACTION_SEND_DIGITS, /* text: 0-9 A-D * # w W */
    FUNCTION_ACTION_ASK_CONSENT, /* put the engine's question of consent; a yes starts recording */
    FUNCTION_ACTION_START_RECORDING,  /* u.recording; only where consent allows it */
    FUNCTION_ACTION_STOP_RECORDING,   /* text: name, "" the running one */
    FUNCTION_ACTION_PAUSE_RECORDING,  /* the same */
    FUNCTION_ACTION_RESUME_RECORDING, /* the same; only where consent allows it */
    FUNCTION_ACTION_HOLD,             /* seconds; text: what the caller is told */
    FUNCTION_ACTION_TRANSFER,         /* u.transfer */
    FUNCTION_ACTION_CONFERENCE,       /* u.conference */
    FUNCTION_ACTION_PAY,              /* u.pay; the result comes back as a turn */
    FUNCTION_ACTION_HANGUP,           /* after what is being said */
    FUNCTION_ACTION_STOP,             /* the assistant ends; what follows it in the call goes on */
    FUNCTION_ACTION_SET_DATA,         /* json: object, merged into the call's global data */
    FUNCTION_ACTION_UNSET_DATA,       /* json: array of its keys */
    FUNCTION_ACTION_SET_META_DATA,    /* json: object, merged; text: token, "" the function's own */
    FUNCTION_ACTION_UNSET_META_DATA,  /* json: array of keys; text: token */
    FUNCTION_ACTION_TOGGLE_FUNCTIONS, /* json: [{"function":…,"active":bool or uses left}] */
    FUNCTION_ACTION_USER_INPUT,       /* text: as if the caller had said it */
    FUNCTION_ACTION_CHANGE_STEP,      /* text: name, or "next" */
    FUNCTION_ACTION_CHANGE_CONTEXT,   /* text: name */
    FUNCTION_ACTION_PLAN,             /* json: a plan in plan JSON; final: it ends the assistant */
    FUNCTION_ACTION_FOREIGN,          /* json: an action that only a carrier's agent knows */
    FUNCTION_ACTION_KIND_COUNT
};

/** "say", "start_recording" …: the words of definitions and logs. */
const char *function_action_name(enum function_action_kind k);
NODISCARD bool function_action_parse(struct str s, enum function_action_kind *out);

struct function_recording {
    struct str name;   /* to stop it by; "": the only one */
    uint32_t channels; /* 1, 2; 0: the assistant's */
    struct str format; /* "wav", "mp3"; "": the assistant's */
    bool beep;
    uint32_t max_s;
};

struct function_transfer {
    struct str to;     /* E.164, sip:…, or where a carrier's agent can go (URL, section) */
    struct str from;   /* caller id; "": the call's own */
    struct str say;    /* before; on a carrier's agent: what it says */
    struct str result; /* not final: what the assistant is told when the caller is back */
    uint32_t timeout_s;
};

struct function_conference {
    struct str name;
    bool muted, no_start_on_enter, end_on_exit;
    uint32_t participants_max;
};

/** The connector "" is the gateway's own (POST /payment, or the carrier's configured one). */
struct function_payment {
    struct str connector, status_url;
    struct str amount, currency, description; /* "49.99"; "": tokenise only */
    struct str method;                        /* "credit-card", "ach-debit" */
    struct str input;                         /* "dtmf"; "voice" where the carrier has it */
    struct str token_type, card_types, postal_code, language, voice;
    uint32_t attempts_max, timeout_s, postal_code_min;
    bool no_security_code;
    struct str params_json;  /* object of texts */
    struct str prompts_json; /* as the prompts of a plan's pay step */
    struct str result;       /* what the assistant is told; ${pay_result} is the carrier's word */
    struct str end_url;      /* where a carrier's agent tells how it ended: the engine's */
};

struct function_action {
    enum function_action_kind kind;
    struct str text;
    struct str json;
    uint32_t seconds;
    bool wait;
    bool final; /* transfer, conference, plan: the assistant does not come back */
    union {
        struct function_recording recording;
        struct function_transfer transfer;
        struct function_conference conference;
        struct function_payment pay;
    } u;
};

/** A copy whose texts live in the arena. */
struct function_action function_action_copy(struct arena *a, const struct function_action *src);

/* ---- what a function gives ------------------------------------------------------------------- */

enum function_effect_kind {
    FUNCTION_EFFECT_NONE = 0,
    FUNCTION_EFFECT_INFO,    /* keep text under category, about caller_id */
    FUNCTION_EFFECT_END,     /* the call is over: text is the outcome. Comes with HANGUP, or with
                                the action that ends the call in another way */
    FUNCTION_EFFECT_OPT_OUT, /* the caller does not want to be called again */
};

enum {
    FUNCTION_EFFECTS_MAX = 4,
    FUNCTION_RESPONSE_MAX = 4096
};

/** What is to be kept, for the caller to write; actions are what is to be done. */
struct function_effect {
    enum function_effect_kind kind;
    struct str category, text, caller_id;
    uint32_t duration_s; /* end */
};

struct function_reply {
    struct str response; /* for the brain, or for people; not spoken word by word */
    struct str prompt;   /* how to talk about it ("tool_prompt"); "" as the brain likes */
    bool post_process;   /* the assistant speaks before the actions are carried out */
    struct function_effect effects[FUNCTION_EFFECTS_MAX];
    size_t effect_count;
    struct function_action actions[FUNCTION_ACTIONS_MAX];
    size_t action_count;
};

/** Append a zeroed action and return it; NULL when the reply is full. */
struct function_action *function_reply_add(struct function_reply *r,
                                           enum function_action_kind kind);

struct function_reply function_reply_copy(struct arena *a, const struct function_reply *src);

#endif
