#include "tests/unit/talk/dialogue.h"

#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/domain/function_action.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

enum {
    LOG_MAX = 1 << 20,
    FILE_MAX = 1 << 20
};

static bool start(struct dialogue *d, struct str json) {
    struct assistant *a = NULL;
    *d = (struct dialogue){.log = BUF_INIT(LOG_MAX),
                           .state = BUF_INIT(LOG_MAX),
                           .variables = BUF_INIT(LOG_MAX),
                           .plan = BUF_INIT(LOG_MAX),
                           .now_ms = 1767225600000};
    bool definition_is_valid = assistant_parse(json, &a, &d->err) == ERR_OK;
    EXPECT(definition_is_valid);
    if (!definition_is_valid) {
        fprintf(stderr, "%s: %s\n", d->err.field, d->err.text);
        return false;
    }
    d->assistant = a;
    d->conversation = conversation_new(&(struct conversation_options){0});
    d->call = (struct call){.id = 123456789, .status = CALL_ANSWERED, .answered_ms = d->now_ms};
    EXPECT(str_copy(STR("+12025550100"), d->call.to, sizeof d->call.to));
    EXPECT(str_copy(STR("+12025550199"), d->call.from, sizeof d->call.from));
    return true;
}

bool dialogue_load(struct dialogue *d, const char *path) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_MAX);
    char full[512];
    snprintf(full, sizeof full, "%s/%s", SWH_SOURCE_DIR, path);
    bool read = read_file(full, &text);
    EXPECT(read);
    return read && start(d, buf_str(&text));
}

bool dialogue_parse(struct dialogue *d, const char *json) {
    return start(d, str_z(json));
}

void dialogue_release(struct dialogue *d) {
    conversation_free(d->conversation);
    assistant_unref(d->assistant);
    buf_release(&d->log);
    buf_release(&d->state);
    buf_release(&d->variables);
    buf_release(&d->plan);
}

static void log_effect(struct dialogue *d, const struct conversation_effect *e) {
    switch (e->kind) {
    case CONVERSATION_LINE:
        buf_printf(&d->log, "%s: " STR_FMT "\n", e->role == TURN_CALLER ? "C" : "A",
                   STR_ARG(e->text));
        break;
    case CONVERSATION_INFO:
        buf_printf(&d->log, "I: " STR_FMT ": " STR_FMT "\n", STR_ARG(e->category),
                   STR_ARG(e->text));
        break;
    case CONVERSATION_FUNCTION:
        buf_printf(&d->log, "F: " STR_FMT "\n", STR_ARG(e->text));
        break;
    case CONVERSATION_CONSENT:
        buf_printf(&d->log, "consent %s: " STR_FMT "\n", e->yes ? "yes" : "no", STR_ARG(e->text));
        break;
    case CONVERSATION_OUTCOME:
        buf_printf(&d->log, "outcome: " STR_FMT "\n", STR_ARG(e->text));
        break;
    case CONVERSATION_PAYMENT:
        buf_printf(&d->log, "pay " STR_FMT "\n", STR_ARG(e->pay->amount));
        break;
    case CONVERSATION_RECORDING:
        buf_printf(&d->log, "recording %s\n", e->yes ? "start" : "stop");
        break;
    case CONVERSATION_SUM_UP:
        buf_puts(&d->log, "sum up\n");
        break;
    case CONVERSATION_RECORDING_PAUSE:
        buf_printf(&d->log, "recording %s\n", e->yes ? "pause" : "resume");
        break;
    }
}

static void note_steps(struct dialogue *d, const struct plan_step *steps, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct plan_step *s = &steps[i];
        const struct plan_gather *g = &s->u.gather;
        buf_puts(&d->plan, plan_kind_name(s->kind));
        if (s->kind == PLAN_SAY)
            buf_printf(&d->plan, " [" STR_FMT " " STR_FMT "] " STR_FMT, STR_ARG(s->u.say.language),
                       STR_ARG(s->u.say.voice), STR_ARG(s->u.say.text));
        else if (s->kind == PLAN_PLAY)
            buf_printf(&d->plan, " " STR_FMT, STR_ARG(s->u.play.url));
        else if (s->kind == PLAN_GATHER)
            buf_printf(&d->plan, " [" STR_FMT "] " STR_FMT, STR_ARG(g->language),
                       STR_ARG(g->hints));
        buf_putc(&d->plan, '\n');
        if (s->kind == PLAN_GATHER)
            note_steps(d, g->prompts, g->prompt_count);
    }
}

static void take(struct dialogue *d, struct conversation_turn_in *in) {
    struct conversation_turn_out out = {0};
    in->assistant = d->assistant;
    in->call = &d->call;
    in->variables_json = buf_str(&d->variables);
    in->state_json = buf_str(&d->state);
    in->turn = d->turn++;
    in->confidence = -1;
    in->next_url = STR("https://gateway.example/voice/mock/call/nonce/gather?turn=1");
    in->now_ms = d->now_ms;
    in->payment = d->payment;
    d->failed = conversation_turn(d->conversation, in, &out, &d->err) != ERR_OK;
    if (d->failed) {
        buf_printf(&d->log, "error: %s %s\n", d->err.field, d->err.text);
        d->over = true;
        return;
    }
    for (size_t i = 0; i < out.effect_count; i++)
        log_effect(d, &out.effects[i]);
    buf_puts(&d->log, "plan:");
    for (size_t i = 0; i < out.plan.count; i++)
        buf_printf(&d->log, " %s", plan_kind_name(out.plan.steps[i].kind));
    buf_putc(&d->log, '\n');
    buf_clear(&d->plan);
    note_steps(d, out.plan.steps, out.plan.count);
    d->over = out.plan.count > 0 && out.plan.steps[out.plan.count - 1].kind == PLAN_HANGUP;
    EXPECT(out.state_json.len <= 32768);
    EXPECT(plan_check(&out.plan, NULL) == ERR_OK);
    buf_clear(&d->state);
    buf_put_str(&d->state, out.state_json);
    conversation_turn_out_release(&out);
}

void dialogue_answer(struct dialogue *d, enum call_answered_by by) {
    struct conversation_turn_in in = {.input = CONVERSATION_ANSWERED, .answered_by = by};
    take(d, &in);
}

void dialogue_speak(struct dialogue *d, const char *speech) {
    struct conversation_turn_in in = {.input = CONVERSATION_SPOKE};
    if (speech[0] == '#')
        in.digits = str_z(speech + 1);
    else
        in.speech = str_z(speech);
    d->now_ms += 5000;
    take(d, &in);
}

void dialogue_come_back(struct dialogue *d, enum conversation_input input,
                        enum call_status dialled) {
    struct conversation_turn_in in = {.input = input, .dialled = dialled};
    d->now_ms += 20000;
    take(d, &in);
}

void dialogue_run(struct dialogue *d, const char *const *lines) {
    dialogue_answer(d, CALL_BY_HUMAN);
    for (size_t i = 0; lines[i] && !d->over; i++)
        dialogue_speak(d, lines[i]);
}

size_t dialogue_count(const struct dialogue *d, const char *text) {
    size_t n = 0;
    struct str rest = buf_str(&d->log), want = str_z(text);
    for (size_t at; (at = str_find_str(rest, want)) < rest.len; n++)
        rest = str_from_index(rest, at + want.len);
    return n;
}

bool dialogue_has(const struct dialogue *d, const char *text) {
    return dialogue_count(d, text) > 0;
}
