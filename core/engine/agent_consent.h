#ifndef CORE_ENGINE_AGENT_CONSENT_H
#define CORE_ENGINE_AGENT_CONSENT_H

#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/domain/function_action.h"
#include "core/engine/consents.h"

/*
 * May what a function wants be done on a call that the carrier's own agent leads? The agent says
 * what the caller said; we look ourselves.
 */
struct agent_judgement {
    struct consent_standing standing; /* before; then after */
    bool answered;                    /* just now: words tell how */
    struct str words;
};

/**
 * Take out of the reply what records, unless the rule allows it, and say so in its response. A
 * question of consent becomes words for the agent. The answer is looked for in the conversation's
 * log: the caller's last words, when a question about recording came before them.
 */
void agent_consent_judge(const struct assistant *a, struct str function, enum call_record rule,
                         const struct json *call_log, struct arena *arena,
                         struct function_reply *reply, struct agent_judgement *j);

#endif
