#include "core/engine/payment.h"

#include <stdio.h>

#include "core/engine/payment_desk.h"
#include "core/engine/payment_plan.h"

enum error_code payment_check(const struct payment_view *v, const struct function_payment *order,
                              struct error *err) {
    if (!v || v->why_not)
        return error_set(err, ERR_UNSUPPORTED, "no payment can be taken here: %s; offer a human",
                         v ? v->why_not : "this is no call");
    return payment_plan_try(order, err);
}

const char *payment_why_not(const struct engine *e, const struct provider *carrier) {
    if (!provider_can(carrier, PROVIDER_CAP_PAY))
        return "this carrier has no way to collect a card";
    if (!e->payments)
        return "payments are not set up";
    if (provider_can(carrier, PROVIDER_CAP_PAY_CONNECTOR) && !payment_desk_charges(e->payments))
        return "payments are not set up, PAYMENT_GATEWAY is empty";
    return NULL;
}

bool payment_is_in(struct str document) {
    /* a verb, in a text of JSON, too; an element */
    static const struct str words[] = {STR_INIT("\"pay\""), STR_INIT("\"pay\\\""),
                                       STR_INIT("<Pay")};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_find_str(document, words[i]) < document.len)
            return true;
    return false;
}

static bool step_pays(const struct plan_step *s) {
    return s->kind == PLAN_PAY || (s->kind == PLAN_RAW && payment_is_in(s->u.raw.document));
}

enum error_code payment_check_steps(const struct plan *p, bool recorded, struct error *err) {
    for (size_t i = 0; i < p->count; i++) {
        char field[32];
        if (p->steps[i].kind == PLAN_START_RECORDING)
            recorded = true;
        else if (p->steps[i].kind == PLAN_STOP_RECORDING)
            recorded = false;
        if (!step_pays(&p->steps[i]) || !recorded)
            continue;
        snprintf(field, sizeof field, "steps[%zu].%s", i, plan_kind_name(p->steps[i].kind));
        return error_field(err, ERR_INVALID, field,
                           "the call would be recorded while the card is typed: stop the recording "
                           "before, or let an assistant take the payment");
    }
    return ERR_OK;
}

/* ---- what is said ------------------------------------------------------------------------------
 */

static const char *const lines[] = {
    [PAYMENT_RESULT_NONE] = "",
    [PAYMENT_SUCCESS] = "Thank you, your payment went through.",
    [PAYMENT_TOO_MANY_ATTEMPTS] = "I am sorry, the card details could not be taken. Nothing was "
                                  "charged.",
    [PAYMENT_CONNECTOR_ERROR] = "I am sorry, your payment did not go through. Nothing was charged.",
    [PAYMENT_STAR] = "All right, the payment was called off. Nothing was charged.",
    [PAYMENT_HUNG_UP] = "The payment was called off. Nothing was charged.",
    [PAYMENT_STOPPED] = "The payment was called off. Nothing was charged.",
    [PAYMENT_INVALID] = "I am sorry, the payment could not be started. Nothing was charged.",
    [PAYMENT_INTERNAL] = "I am sorry, the payment cannot be taken securely now. Nothing was "
                         "charged.",
};
_Static_assert(ARRAY_LEN(lines) == PAYMENT_RESULT_COUNT, "every result has its line");

struct str payment_line(const struct payment_view *v, struct arena *a) {
    if (v->uncertain)
        return STR("I am sorry, I could not find out whether your payment went through. Please do "
                   "not pay again: a colleague will look into it.");
    if (v->result == PAYMENT_SUCCESS && v->payment.last4[0])
        return arena_printf(a,
                            "Thank you, your payment with the card ending in %c %c %c %c went "
                            "through.",
                            v->payment.last4[0], v->payment.last4[1], v->payment.last4[2],
                            v->payment.last4[3]);
    return str_z(lines[v->result]);
}
