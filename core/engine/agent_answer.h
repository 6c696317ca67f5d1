#ifndef CORE_ENGINE_AGENT_ANSWER_H
#define CORE_ENGINE_AGENT_ANSWER_H

#include "core/domain/function_action.h"
#include "core/engine/agent.h"

/*
 * A carrier whose request for a function was not answered in time sends it again. What the newest
 * function of a call gave is therefore remembered with the call, in the transaction that keeps its
 * effects: the same request gets the same answer, and nothing is done twice, also after a restart.
 *
 * Requests carry no number. They are the same when function, arguments, result of the last payment
 * and the place in the conversation are, nothing else was asked for in between, and not much time
 * has gone by. Once the caller has said another word, the same wish is a new one.
 */
struct agent_answer {
    struct str key;     /* of its request; "" nothing is remembered */
    int64_t at_ms;      /* when it was kept */
    int64_t payment_id; /* that it began; 0 none */
    struct str reply_json;
};

enum {
    AGENT_ANSWER_KEY_BYTES = 16,  /* 32 hex digits */
    AGENT_ANSWER_KEPT_MS = 60000, /* three attempts of 15 s, and some */
    AGENT_ANSWER_JSON_MAX = 32768,
};

/** In the arena. *lane is a short form of it. */
struct str agent_answer_key(const struct agent_request *q, struct arena *a, uint64_t *lane);

/**
 * What is to be remembered of a reply. One that is too large, or holds what looks like a card
 * number, is remembered without its actions: asked again, the agent is told that it was done.
 */
struct agent_answer agent_answer_of(const struct function_reply *reply, struct str key,
                                    int64_t payment_id, int64_t now_ms, struct arena *a);

/** Is it one to this request, and young enough? Then *out is the reply again. */
NODISCARD bool agent_answer_again(const struct agent_answer *answer, struct str key, int64_t now_ms,
                                  struct arena *a, struct function_reply *out);

/**
 * Keep what was shared on a call that is not ours, unless the same was in that session a moment
 * ago: such calls have nothing that could remember requests. id and at_ms are filled in.
 */
NODISCARD enum error_code agent_info_keep(struct store_tx *tx, const struct engine *e,
                                          const struct info *given, struct error *err);

#endif
