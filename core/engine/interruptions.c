#include "core/engine/interruptions.h"

#include "core/base/compiler.h"

/* Rather one call too few than one too many: any of these is taken as a wish not to be called. */
static const struct str built_in[ASSISTANT_INTERRUPTION_COUNT] = {
    [ASSISTANT_INTERRUPT_OPT_OUT] =
        STR_INIT("do not call|dont call|stop calling|never call|quit calling|no more calls|"
                 "take me off|remove me|remove my number|off your list|do not contact|"
                 "dont contact|stop contacting|never contact|unsubscribe|leave me alone|"
                 "lose my number|delete my number"),
    [ASSISTANT_INTERRUPT_ROBOT] =
        STR_INIT("are you a robot|are you a bot|are you a machine|are you a computer|"
                 "are you a human|are you human|are you a person|are you a real person|"
                 "are you real|are you an ai|are you ai|is this a robot|is this a bot|"
                 "is this an ai|is this ai|is this a machine|is this a computer|"
                 "is this a recording|is this automated|is this a real person|"
                 "talking to a robot|talking to a machine|talking to a computer|"
                 "talking to an ai|talking to a bot|speaking to a robot|"
                 "speaking with a robot|talking to a real person|talking to a human"),
    [ASSISTANT_INTERRUPT_HUMAN] =
        STR_INIT("a human|human being|a real person|real human|an agent|live agent|"
                 "a representative|speak to a person|talk to a person|speak with a person|"
                 "talk with a person|speak to someone|talk to someone|speak with someone|"
                 "talk with someone|speak to somebody|talk to somebody|speak to a manager|"
                 "talk to a manager|your manager|your supervisor|an operator|customer service|"
                 "connect me to a person|get me a person"),
    [ASSISTANT_INTERRUPT_REPEAT] =
        STR_INIT("repeat|say that again|say it again|say again|come again|pardon|pardon me|"
                 "what did you say|what was that|didnt hear|did not hear|didnt catch|"
                 "did not catch|didnt understand|did not understand|dont understand|"
                 "do not understand|once more|one more time|excuse me"),
    [ASSISTANT_INTERRUPT_GOODBYE] =
        STR_INIT("goodbye|good bye|bye|bye bye|hang up|hanging up|end the call|end this call|"
                 "not interested|have to go|got to go|gotta go"),
};

/* Words that ask for a repetition only when nothing else was said. */
static const char *const alone[] = {" what ", " sorry ", " huh ", " hm ", " again "};

static bool is_said(const struct assistant *a, enum assistant_interruption i,
                    const struct phrase_text *said) {
    const struct assistant_interruption_rule *rule = &a->interruptions[i];
    if (phrase_match(said, built_in[i]))
        return true;
    for (size_t k = 0; k < rule->match_count; k++)
        if (phrase_match(said, rule->match[k]))
            return true;
    for (size_t k = 0; i == ASSISTANT_INTERRUPT_REPEAT && k < ARRAY_LEN(alone); k++)
        if (str_eq_z(str_from(said->words, said->len), alone[k]))
            return true;
    return false;
}

enum assistant_interruption interruption_find(const struct assistant *a,
                                              const struct phrase_text *said, uint32_t ignore) {
    /* The order of the enum is the order of weight: "are you a real person" asks, not demands. */
    for (size_t i = ASSISTANT_INTERRUPT_OPT_OUT; i < ASSISTANT_INTERRUPTION_COUNT; i++) {
        bool heard = i == ASSISTANT_INTERRUPT_OPT_OUT || !(ignore & BIT(i));
        if (heard && is_said(a, (enum assistant_interruption)i, said))
            return (enum assistant_interruption)i;
    }
    return ASSISTANT_INTERRUPT_NONE;
}
