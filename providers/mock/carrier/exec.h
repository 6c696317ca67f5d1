#ifndef PROVIDERS_MOCK_CARRIER_EXEC_H
#define PROVIDERS_MOCK_CARRIER_EXEC_H

#include "providers/mock/carrier/core.h"

/*
 * Carries out a document step by step. A step begins, and either is done at once or waits for
 * LEG_EVENT_STEP or for an exchange and then goes on in its resume function.
 */
enum exec_next {
    EXEC_NEXT = 0, /* the next step */
    EXEC_WAIT,     /* something will call exec_resume() */
    EXEC_LEFT,     /* the document is left: another one was asked for, or the call is over */
};

struct exec_step {
    enum exec_next (*begin)(struct carrier *c, struct leg *l, const struct plan_step *s);
    enum exec_next (*resume)(struct carrier *c, struct leg *l, const struct plan_step *s);
    /* the step is left before its end: the call is over, or the API redirected it; may be NULL */
    void (*leave)(struct carrier *c, struct leg *l, const struct plan_step *s);
};

/** Ask for the first document, or run the one that came with the request. */
void exec_answer(struct carrier *c, struct leg *l);

/** Leave the running document and ask for this one. `result` may be NULL. */
void exec_fetch(struct carrier *c, struct leg *l, struct str url, bool get,
                const struct step_result *result);

/**
 * Send a request for a document, made with outgoing_new(): the call waits, its epoch goes up, and
 * when the reply is there and nothing else is outstanding, exec_document() finds it in
 * l->document_reply. Nothing else may be running any more.
 */
void exec_request(struct carrier *c, struct leg *l, struct outgoing *o);

/** Leave the running document for a text that came over the API. */
void exec_text(struct carrier *c, struct leg *l, struct str text);

/** LEG_EVENT_STEP. */
void exec_event(struct carrier *c, struct leg *l, uint32_t epoch);

/** The document reply has come and nothing else is outstanding any more. */
void exec_document(struct carrier *c, struct leg *l);

/** Clean up after the running step: the call is over (see its status) or the document is left. */
void exec_stop(struct carrier *c, struct leg *l);

/** The API hangs up the leg that this one dialled. False when that is not ringing or talking. */
bool exec_dial_end(struct leg *l, const struct leg *child);

/* for the steps' own files */

/** Resume this step after so many virtual milliseconds. */
enum exec_next exec_wait(struct leg *l, int64_t delay_ms);

/** To the action of a step; without one (url empty and !or_self) the next step. */
enum exec_next exec_action(struct carrier *c, struct leg *l, const struct plan_link *action,
                           bool or_self, const struct step_result *result);

/** A notice to the action of a step whose call is over: the reply is ignored. */
void exec_action_after_hangup(struct carrier *c, struct leg *l, const struct plan_link *action,
                              bool or_self, const struct step_result *result);

/** Tell something of a step to a URL of the document: no plan comes back. */
struct outgoing *exec_notice(struct carrier *c, struct leg *l, const struct plan_link *link);

/** The assistant says or plays something now. Returns how long it lasts. */
uint32_t exec_say(struct carrier *c, struct leg *l, struct str text);

/** How long a fetched sound file lasts (OUTGOING_MEDIA). */
uint32_t exec_media_ms(const struct outgoing *o);

/** Text of a say step without markup. */
struct str exec_spoken(struct leg *l, const struct plan_say *say);

/** Forget the progress of the step that is through: another one begins. */
void exec_reset_step(struct leg *l);

/** How a step of this kind is carried out; gather uses it for its prompts. */
const struct exec_step *exec_step_of(enum plan_kind kind);

extern const struct exec_step exec_gather_step, exec_record_step, exec_dial_step, exec_enqueue_step,
    exec_pay_step;

#endif
