#ifndef TESTS_UNIT_TALK_DIALOGUE_H
#define TESTS_UNIT_TALK_DIALOGUE_H

#include "core/base/buf.h"
#include "core/engine/conversation.h"

/*
 * A whole conversation with an assistant, turn by turn, as a test sees it. What was said and done
 * is collected as lines: "A: …" assistant, "C: …" caller, "I: category: information",
 * "F: {…}" function, "consent yes: words", "recording start", "outcome: …", "plan: say gather".
 */
struct dialogue {
    const struct assistant *assistant;
    struct conversation *conversation;
    struct call call;
    struct buf log;
    struct buf state; /* of the last turn */
    struct buf plan;  /* of the last turn: "say [en-US woman] Hello.", "gather [en-US] hints" … */
    struct buf variables; /* JSON */
    uint32_t turn;
    bool over;   /* the last plan hangs up */
    bool failed; /* a turn gave an error */
    struct error err;
    int64_t now_ms;
    const struct payment_view *payment; /* for the next turns; NULL: nothing can be paid */
};

/** path from the root of the repository. False (and a failed expectation) when it is not valid. */
bool dialogue_load(struct dialogue *d, const char *path);
bool dialogue_parse(struct dialogue *d, const char *json);
void dialogue_release(struct dialogue *d);

void dialogue_answer(struct dialogue *d, enum call_answered_by by);
void dialogue_speak(struct dialogue *d, const char *speech); /* "": silence; "#12": keys 1 2 */

/** The carrier is done with what a function sent the caller to. */
void dialogue_come_back(struct dialogue *d, enum conversation_input input,
                        enum call_status dialled);

/** Answer as a person, then say each line up to NULL; stops when the call is over. */
void dialogue_run(struct dialogue *d, const char *const *lines);

/** Does a line of the log hold this text? Lines are told apart by their prefix ("A: "). */
bool dialogue_has(const struct dialogue *d, const char *text);
size_t dialogue_count(const struct dialogue *d, const char *text);

#endif
