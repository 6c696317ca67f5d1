#ifndef CORE_ENGINE_PAYMENT_DOCUMENT_H
#define CORE_ENGINE_PAYMENT_DOCUMENT_H

#include "core/engine/payment.h"

/*
 * The documents of a call between a conversation's wish to be paid and the result: wait until
 * nothing is being recorded, then pay. Made by the webhook service, without a turn of the
 * conversation.
 */
enum payment_phase {
    PAYMENT_PHASE_NONE = 0, /* no payment is open: an ordinary turn */
    PAYMENT_PHASE_STEPS,    /* *plan is what the carrier does next */
    PAYMENT_PHASE_OVER,     /* view tells how it ended: the conversation goes on */
};

struct payment_document_in {
    const struct engine *engine;
    const struct provider *carrier;
    const struct call *call;
    struct payment payment;   /* payment_open_of(); id 0: none */
    bool was_asked;           /* the last document made the caller pay */
    struct payment_news news; /* of the request */
    struct str next_url;      /* of this document */
};

/**
 * What comes next. May wait for a moment; on a worker. plan is written with PAYMENT_PHASE_STEPS,
 * view always. ERR_*: the store, or a plan that cannot be read.
 */
NODISCARD enum error_code payment_document(const struct payment_document_in *in,
                                           enum payment_phase *phase, struct plan *plan,
                                           struct payment_view *view, struct error *err);

#endif
