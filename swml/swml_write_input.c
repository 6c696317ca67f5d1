#include <stdio.h>

#include "core/base/compiler.h"
#include "swml/swml_text.h"
#include "swml/swml_writing.h"

/* What the caller is asked for: words and keys, a message, a card. */

/* ---- prompts of a gather --------------------------------------------------------------------- */

static bool same_voice(const struct plan_step *a, const struct plan_step *b) {
    return str_eq(a->u.say.voice, b->u.say.voice) && str_eq(a->u.say.language, b->u.say.language);
}

static const struct plan_step *first_say(const struct plan_step *prompts, size_t from,
                                         size_t count) {
    for (size_t i = from; i < count; i++)
        if (prompts[i].kind == PLAN_SAY)
            return &prompts[i];
    return NULL;
}

/* A prompt has one voice. How many prompts have to be said before it with voices of their own. */
static size_t said_before(const struct plan_gather *g) {
    const struct plan_step *last = NULL;
    if (g->barge_in == PLAN_NO)
        return g->prompt_count;
    for (size_t i = g->prompt_count; i > 0 && g->barge_in == PLAN_UNSET; i--) {
        const struct plan_step *s = &g->prompts[i - 1];
        if (s->kind != PLAN_SAY)
            continue;
        if (last && !same_voice(last, s))
            return i;
        last = s;
    }
    return 0;
}

static void put_before(struct writing *w, const struct plan_gather *g, size_t count,
                       const struct plan_path *at) {
    if (count > 0 && g->barge_in == PLAN_NO)
        writing_lose(w, PLAN_LOSS_REPLACED, at, "barge_in", "the prompts come before it",
                     "the caller can always interrupt SWML's prompt");
    for (size_t i = 0; i < count; i++) {
        const struct plan_path here = {.up = at, .name = "prompts", .index = i, .indexed = true};
        if (g->barge_in != PLAN_NO)
            writing_lose(w, PLAN_LOSS_REPLACED, &here, NULL, "it is said before and whole",
                         "SWML's prompt has one voice");
        write_heard(w, &g->prompts[i], &here);
    }
}

/* The step as often as it is to be heard. */
static void put_repeated(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    int32_t loop = s->kind == PLAN_SAY ? s->u.say.loop : s->kind == PLAN_PLAY ? s->u.play.loop : 1;
    const struct plan_path here = {.up = at, .name = plan_kind_name(s->kind)};
    if (loop < 0 || loop > SWML_PROMPT_LOOP_MAX) {
        writing_lose(w, PLAN_LOSS_REPLACED, &here, "loop", "repeat it with more prompts",
                     "it is said %d times", SWML_PROMPT_LOOP_MAX);
        loop = SWML_PROMPT_LOOP_MAX;
    }
    do
        writing_play_url(w, s, at);
    while (--loop > 0 && w->rc == ERR_OK);
}

static void put_prompts(struct writing *w, const struct plan_gather *g, size_t from,
                        const struct plan_path *at) {
    const struct plan_step *voice = first_say(g->prompts, from, g->prompt_count);
    json_key(&w->j, "play");
    json_begin_array(&w->j);
    for (size_t i = from; i < g->prompt_count; i++) {
        const struct plan_path here = {.up = at, .name = "prompts", .index = i, .indexed = true};
        const struct plan_step *s = &g->prompts[i];
        if (s->kind == PLAN_SAY && !same_voice(voice, s))
            writing_lose(w, PLAN_LOSS_DROPPED, &here, "say.voice", "the first voice says it too",
                         "SWML's prompt has one voice");
        put_repeated(w, s, &here);
    }
    if (from == g->prompt_count)
        json_put_string(&w->j, str_z(swml_hardly_silence));
    json_end_array(&w->j);
    if (voice)
        writing_voice(w, &voice->u.say, at);
}

/* ---- gather ---------------------------------------------------------------------------------- */

static void put_keys(struct writing *w, const struct plan_gather *g, const struct plan_path *at) {
    json_kv_int(&w->j, "max_digits", g->digits_max > 0 ? g->digits_max : SWML_DIGITS_MAX);
    if (!g->has_finish_key) {
        json_kv_z(&w->j, "terminators", "#"); /* a plan's default; SWML has none */
    } else if (g->finish_key.len > 0) {
        json_key(&w->j, "terminators");
        writing_text(w, g->finish_key, at, "finish_key");
    }
    if (g->timeout_s > 0) {
        json_kv_int(&w->j, "initial_timeout", g->timeout_s);
        json_kv_int(&w->j, "digit_timeout", g->timeout_s);
    }
}

static void put_speech(struct writing *w, const struct plan_gather *g, const struct plan_path *at) {
    struct str rest = g->hints, hint;
    json_key(&w->j, "speech_language"); /* always: what turns listening to speech on */
    writing_text(w, g->language.len > 0 ? g->language : STR("en-US"), at, "language");
    if (rest.len > 0) {
        json_key(&w->j, "speech_hints");
        json_begin_array(&w->j);
        while (str_next(&rest, ',', &hint))
            if (str_trim(hint).len > 0)
                writing_text(w, str_trim(hint), at, "hints");
        json_end_array(&w->j);
    }
    writing_rows(w, &swml_speech, g, at);
}

static void lose_unheard(struct writing *w, bool set, const struct plan_path *at,
                         const char *member, const char *input) {
    if (set)
        writing_lose(w, PLAN_LOSS_DROPPED, at, member, "remove it, or widen input",
                     "only %s are awaited", input);
}

static void put_input(struct writing *w, const struct plan_gather *g, const struct plan_path *at) {
    bool speech = g->input & PLAN_INPUT_SPEECH;
    bool keys = !speech || g->input & PLAN_INPUT_KEYS;
    if (g->input > (PLAN_INPUT_KEYS | PLAN_INPUT_SPEECH))
        writing_fail(w, ERR_INVALID, at, "input", "is no known set");
    if (!keys && g->timeout_s > 0) {
        keys = true;
        writing_lose(w, PLAN_LOSS_REPLACED, at, "input", "keys count as well",
                     "SWML listens for keys too when it is told how long to wait");
    }
    if (keys)
        put_keys(w, g, at);
    if (speech)
        put_speech(w, g, at);
    lose_unheard(w, !speech && g->language.len > 0, at, "language", "keys");
    lose_unheard(w, !speech && g->hints.len > 0, at, "hints", "keys");
    lose_unheard(w, !speech && g->speech_timeout_s > 0, at, "speech_timeout_s", "keys");
    lose_unheard(w, !speech && g->max_speech_s > 0, at, "max_speech_s", "keys");
    lose_unheard(w, !speech && g->speech_model.len > 0, at, "speech_model", "keys");
    lose_unheard(w, !keys && g->digits_max > 0, at, "digits_max", "words");
    lose_unheard(w, !keys && g->has_finish_key, at, "finish_key", "words");
}

/* Go on at the action only when something came. */
static void put_choice(struct writing *w, const struct plan_link *action,
                       const struct plan_path *at) {
    struct plan_link to = *action;
    writing_begin(w, "switch");
    json_kv_z(&w->j, "variable", "prompt_result");
    json_key(&w->j, "case");
    json_begin_object(&w->j);
    for (size_t i = 0; swml_matches[i]; i++) {
        json_key(&w->j, swml_matches[i]);
        json_begin_array(&w->j);
        writing_transfer(w, &to, at, "action");
        json_end_array(&w->j);
        to.method = PLAN_METHOD_DEFAULT; /* one loss is enough */
    }
    json_end_object(&w->j);
    writing_end(w);
}

void write_gather(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_gather *g = &s->u.gather;
    size_t before = said_before(g);
    put_before(w, g, before, at);
    writing_begin(w, "prompt");
    put_prompts(w, g, before, at);
    put_input(w, g, at);
    writing_rows(w, &swml_prompt, g, at);
    writing_end(w);
    if (g->action.url.len == 0 && g->action_on_empty)
        writing_lose(w, PLAN_LOSS_DROPPED, at, "action_on_empty", "give an action",
                     "there is no action");
    else if (g->action_on_empty)
        writing_transfer(w, &g->action, at, "action");
    else if (g->action.url.len > 0)
        put_choice(w, &g->action, at);
}

void write_record(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    writing_begin(w, "record");
    writing_rows(w, &swml_record, &s->u.record, at);
    writing_end(w);
    writing_transfer(w, &s->u.record.action, at, "action");
}

/* ---- pay ------------------------------------------------------------------------------------- */

static void put_pay_action(struct writing *w, const struct plan_step *s,
                           const struct plan_path *at) {
    const struct plan_path here = {.up = at, .name = plan_kind_name(s->kind)};
    if (s->kind == PLAN_PAUSE) {
        writing_lose(w, PLAN_LOSS_DROPPED, at, NULL, "the next words follow at once",
                     "a payment's prompt cannot pause");
        return;
    }
    if ((s->kind == PLAN_SAY ? s->u.say.loop : s->u.play.loop) > 1 ||
        (s->kind == PLAN_SAY ? s->u.say.loop : s->u.play.loop) < 0)
        writing_lose(w, PLAN_LOSS_DROPPED, &here, "loop", "it is heard once",
                     "a payment's prompt does not repeat");
    json_begin_object(&w->j);
    json_kv_z(&w->j, "type", s->kind == PLAN_SAY ? "Say" : "Play");
    json_key(&w->j, "phrase");
    if (s->kind == PLAN_PLAY) {
        writing_url(w, s->u.play.url, &here, "url");
    } else {
        writing_phrase(w, &s->u.say, &here);
        if (s->u.say.voice.len > 0 || s->u.say.language.len > 0)
            writing_lose(w, PLAN_LOSS_DROPPED, &here, s->u.say.voice.len ? "voice" : "language",
                         "set it for the whole payment", "a payment has one voice");
    }
    json_end_object(&w->j);
}

static void put_pay_prompt(struct writing *w, const struct plan_pay_prompt *p,
                           const struct plan_path *at) {
    writing_need(w, p->stage, at, "stage");
    json_begin_object(&w->j);
    writing_rows(w, &swml_pay_prompt, p, at);
    json_key(&w->j, "actions");
    json_begin_array(&w->j);
    for (size_t i = 0; i < p->prompt_count; i++) {
        const struct plan_path here = {.up = at, .name = "prompts", .index = i, .indexed = true};
        if (p->prompts[i].kind == PLAN_SAY || p->prompts[i].kind == PLAN_PLAY ||
            p->prompts[i].kind == PLAN_PAUSE)
            put_pay_action(w, &p->prompts[i], &here);
        else
            writing_fail(w, ERR_INVALID, &here, NULL, "a prompt is say, play or pause");
    }
    json_end_array(&w->j);
    json_end_object(&w->j);
}

static void put_pay_lists(struct writing *w, const struct plan_pay *pay,
                          const struct plan_path *at) {
    if (pay->param_count > 0) {
        json_key(&w->j, "parameters");
        json_begin_array(&w->j);
        for (size_t i = 0; i < pay->param_count; i++) {
            const struct plan_path here = {.up = at, .name = "params", .index = i, .indexed = true};
            writing_need(w, pay->params[i].name, &here, NULL);
            json_begin_object(&w->j);
            json_key(&w->j, "name");
            writing_text(w, pay->params[i].name, &here, NULL);
            json_key(&w->j, "value");
            writing_text(w, pay->params[i].value, &here, NULL);
            json_end_object(&w->j);
        }
        json_end_array(&w->j);
    }
    if (pay->prompt_count > 0) {
        json_key(&w->j, "prompts");
        json_begin_array(&w->j);
        for (size_t i = 0; i < pay->prompt_count; i++) {
            const struct plan_path here = {
                .up = at, .name = "prompts", .index = i, .indexed = true};
            put_pay_prompt(w, &pay->prompts[i], &here);
        }
        json_end_array(&w->j);
    }
}

void write_pay(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_pay *pay = &s->u.pay;
    if (!swml_is_url(pay->connector))
        writing_refuse(w, at, "connector", "SWML pays through a connector's URL",
                       "give its https:// address");
    else if (str_eq(pay->method, STR("ach-debit")))
        writing_refuse(w, at, "method", "SWML takes cards only", "use credit-card");
    if (w->rc != ERR_OK)
        return;
    writing_begin(w, "pay");
    json_key(&w->j, "payment_connector_url");
    writing_url(w, pay->connector, at, "connector");
    writing_rows(w, &swml_pay, pay, at);
    if (str_eq(pay->postal_code, STR("true")) || str_eq(pay->postal_code, STR("false"))) {
        json_kv_bool(&w->j, "postal_code", str_eq(pay->postal_code, STR("true")));
    } else if (pay->postal_code.len > 0) {
        json_key(&w->j, "postal_code");
        writing_text(w, pay->postal_code, at, "postal_code");
    }
    put_pay_lists(w, pay, at);
    writing_end(w);
    writing_transfer(w, &pay->action, at, "action");
}

/* ---- transcription --------------------------------------------------------------------------- */

void write_transcribe(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_transcribe *t = &s->u.transcribe;
    writing_begin(w, "live_transcribe");
    json_key(&w->j, "action");
    json_begin_object(&w->j);
    json_key(&w->j, "start");
    json_begin_object(&w->j);
    json_key(&w->j, "lang");
    writing_text(w, t->language.len > 0 ? t->language : STR("en-US"), at, "language");
    json_key(&w->j, "direction");
    json_begin_array(&w->j);
    if (t->track != PLAN_TRACK_OUTBOUND)
        json_put_string(&w->j, STR("remote-caller"));
    if (t->track != PLAN_TRACK_INBOUND)
        json_put_string(&w->j, STR("local-caller"));
    json_end_array(&w->j);
    writing_rows(w, &swml_transcription, t, at);
    json_end_object(&w->j);
    json_end_object(&w->j);
    writing_end(w);
}

void write_stop_transcribe(struct writing *w, const struct plan_step *s,
                           const struct plan_path *at) {
    if (s->u.stop.name.len > 0)
        writing_lose(w, PLAN_LOSS_DROPPED, at, "name", "it is the one that stops",
                     "a call has one transcription");
    writing_begin(w, "live_transcribe");
    json_kv_z(&w->j, "action", "stop");
    writing_end(w);
}
