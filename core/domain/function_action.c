#include "core/domain/function_action.h"

#include "core/base/compiler.h"

static const char *const names[] = {
    [FUNCTION_ACTION_NONE] = "none",
    [FUNCTION_ACTION_SAY] = "say",
    [FUNCTION_ACTION_PLAY] = "play",
    [FUNCTION_ACTION_STOP_PLAY] = "stop_play",
    [FUNCTION_ACTION_SEND_DIGITS] = "send_digits",
    [FUNCTION_ACTION_ASK_CONSENT] = "ask_consent",
    [FUNCTION_ACTION_START_RECORDING] = "start_recording",
    [FUNCTION_ACTION_STOP_RECORDING] = "stop_recording",
    [FUNCTION_ACTION_PAUSE_RECORDING] = "pause_recording",
    [FUNCTION_ACTION_RESUME_RECORDING] = "resume_recording",
    [FUNCTION_ACTION_HOLD] = "hold",
    [FUNCTION_ACTION_TRANSFER] = "transfer",
    [FUNCTION_ACTION_CONFERENCE] = "conference",
    [FUNCTION_ACTION_PAY] = "pay",
    [FUNCTION_ACTION_HANGUP] = "hangup",
    [FUNCTION_ACTION_STOP] = "stop",
    [FUNCTION_ACTION_SET_DATA] = "set_data",
    [FUNCTION_ACTION_UNSET_DATA] = "unset_data",
    [FUNCTION_ACTION_SET_META_DATA] = "set_meta_data",
    [FUNCTION_ACTION_UNSET_META_DATA] = "unset_meta_data",
    [FUNCTION_ACTION_TOGGLE_FUNCTIONS] = "toggle_functions",
    [FUNCTION_ACTION_USER_INPUT] = "user_input",
    [FUNCTION_ACTION_CHANGE_STEP] = "change_step",
    [FUNCTION_ACTION_CHANGE_CONTEXT] = "change_context",
    [FUNCTION_ACTION_PLAN] = "plan",
    [FUNCTION_ACTION_FOREIGN] = "foreign",
};
_Static_assert(ARRAY_LEN(names) == FUNCTION_ACTION_KIND_COUNT, "every action has a name");

const char *function_action_name(enum function_action_kind k) {
    return (unsigned)k < FUNCTION_ACTION_KIND_COUNT ? names[k] : names[0];
}

bool function_action_parse(struct str s, enum function_action_kind *out) {
    for (size_t i = FUNCTION_ACTION_NONE + 1; i < FUNCTION_ACTION_KIND_COUNT; i++) {
        if (str_eq_z(s, names[i])) {
            *out = (enum function_action_kind)i;
            return true;
        }
    }
    return false;
}

/* ---- copies ---------------------------------------------------------------------------------- */

static void own(struct arena *a, struct str *const *texts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (texts[i]->len > 0)
            *texts[i] = arena_copy(a, *texts[i]);
}

static void own_transfer(struct arena *a, struct function_transfer *t) {
    struct str *const texts[] = {&t->to, &t->from, &t->say, &t->result};
    own(a, texts, ARRAY_LEN(texts));
}

static void own_payment(struct arena *a, struct function_payment *p) {
    struct str *const texts[] = {
        &p->connector,   &p->status_url,   &p->amount,   &p->currency,
        &p->description, &p->method,       &p->input,    &p->token_type,
        &p->card_types,  &p->postal_code,  &p->language, &p->voice,
        &p->params_json, &p->prompts_json, &p->result,   &p->end_url,
    };
    own(a, texts, ARRAY_LEN(texts));
}

struct function_action function_action_copy(struct arena *a, const struct function_action *src) {
    struct function_action copy = *src;
    struct str *const texts[] = {&copy.text, &copy.json};
    struct str *const recording[] = {&copy.u.recording.name, &copy.u.recording.format};
    struct str *const conference[] = {&copy.u.conference.name};
    own(a, texts, ARRAY_LEN(texts));
    if (copy.kind == FUNCTION_ACTION_START_RECORDING)
        own(a, recording, ARRAY_LEN(recording));
    else if (copy.kind == FUNCTION_ACTION_TRANSFER)
        own_transfer(a, &copy.u.transfer);
    else if (copy.kind == FUNCTION_ACTION_CONFERENCE)
        own(a, conference, ARRAY_LEN(conference));
    else if (copy.kind == FUNCTION_ACTION_PAY)
        own_payment(a, &copy.u.pay);
    return copy;
}

/* ---- replies --------------------------------------------------------------------------------- */

struct function_action *function_reply_add(struct function_reply *r,
                                           enum function_action_kind kind) {
    if (r->action_count == FUNCTION_ACTIONS_MAX)
        return NULL;
    struct function_action *action = &r->actions[r->action_count++];
    *action = (struct function_action){.kind = kind};
    return action;
}

struct function_reply function_reply_copy(struct arena *a, const struct function_reply *src) {
    struct function_reply copy = *src;
    struct str *const texts[] = {&copy.response, &copy.prompt};
    own(a, texts, ARRAY_LEN(texts));
    for (size_t i = 0; i < copy.effect_count; i++) {
        struct function_effect *e = &copy.effects[i];
        struct str *const of_effect[] = {&e->category, &e->text, &e->caller_id};
        own(a, of_effect, ARRAY_LEN(of_effect));
    }
    for (size_t i = 0; i < copy.action_count; i++)
        copy.actions[i] = function_action_copy(a, &src->actions[i]);
    return copy;
}
