#include "core/base/compiler.h"
#include "twiml/twiml_map.h"
#include "twiml/twiml_verbs.h"

static void put_params(struct xml_writing *w, const struct plan_param *params, size_t count,
                       const struct plan_path *at) {
    for (size_t i = 0; i < count; i++) {
        const struct plan_path here = {.up = at, .name = "params", .index = i, .indexed = true};
        xml_writing_need(w, params[i].name, &here, NULL);
        xml_write_begin(&w->x, STR("Parameter"));
        xml_writing_attr(w, STR("name"), params[i].name, &here, NULL);
        xml_writing_attr(w, STR("value"), params[i].value, &here, NULL);
        xml_write_end(&w->x, STR("Parameter"));
    }
}

/* ---- verbs ----------------------------------------------------------------------------------- */

static void write_say(struct xml_writing *w, const struct plan_step *s,
                      const struct plan_path *at) {
    xml_writing_begin(w, &twiml_say, &s->u.say, at);
    xml_writing_words(w, &s->u.say, at);
    xml_writing_end(w, &twiml_say);
}

static void write_play(struct xml_writing *w, const struct plan_step *s,
                       const struct plan_path *at) {
    xml_writing_play(w, s, at, &twiml_play);
}

static void write_pause(struct xml_writing *w, const struct plan_step *s,
                        const struct plan_path *at) {
    xml_writing_pause(w, s, at, &twiml_pause);
}

static void write_gather(struct xml_writing *w, const struct plan_step *s,
                         const struct plan_path *at) {
    const struct plan_gather *g = &s->u.gather;
    xml_writing_begin(w, &twiml_gather, g, at);
    xml_writing_prompts(w, g->prompts, g->prompt_count, at);
    xml_writing_end(w, &twiml_gather);
}

static void write_record(struct xml_writing *w, const struct plan_step *s,
                         const struct plan_path *at) {
    xml_writing_empty(w, &twiml_record, &s->u.record, at);
}

static void write_noun(struct xml_writing *w, const struct plan_noun *n,
                       const struct plan_path *at) {
    if (n->kind <= PLAN_NOUN_UNKNOWN || n->kind >= PLAN_NOUN_KIND_COUNT) {
        xml_writing_fail(w, ERR_INVALID, at, "kind", "is no known value");
        return;
    }
    plan_noun_lose_foreign(w->loss, n, at);
    xml_writing_begin(w, &twiml_nouns[n->kind], n, at);
    xml_writing_text(w, n->target, at, "target");
    xml_writing_end(w, &twiml_nouns[n->kind]);
}

static void write_dial(struct xml_writing *w, const struct plan_step *s,
                       const struct plan_path *at) {
    const struct plan_dial *d = &s->u.dial;
    if (d->noun_count == 0)
        xml_writing_fail(w, ERR_INVALID, at, "nouns", "needs at least one far end");
    xml_writing_begin(w, &twiml_dial, d, at);
    for (size_t i = 0; i < d->noun_count; i++) {
        const struct plan_path here = {.up = at, .name = "nouns", .index = i, .indexed = true};
        write_noun(w, &d->nouns[i], &here);
    }
    xml_writing_end(w, &twiml_dial);
}

static void write_enqueue(struct xml_writing *w, const struct plan_step *s,
                          const struct plan_path *at) {
    const struct plan_enqueue *e = &s->u.enqueue;
    if (e->queue.len == 0 && e->workflow.len == 0)
        xml_writing_fail(w, ERR_INVALID, at, NULL, "needs queue or workflow");
    xml_writing_begin(w, &twiml_enqueue, e, at);
    if (e->queue.len > 0)
        xml_writing_text(w, e->queue, at, "queue");
    if (e->task.len > 0) {
        xml_write_begin(&w->x, STR("Task"));
        xml_writing_text(w, e->task, at, "task");
        xml_write_end(&w->x, STR("Task"));
    }
    xml_writing_end(w, &twiml_enqueue);
}

static void write_leave(struct xml_writing *w, const struct plan_step *s,
                        const struct plan_path *at) {
    (void)s;
    (void)at;
    xml_writing_bare(w, STR("Leave"));
}

static void write_send_digits(struct xml_writing *w, const struct plan_step *s,
                              const struct plan_path *at) {
    xml_writing_need(w, s->u.send_digits.digits, at, "digits");
    xml_write_begin(&w->x, STR("Play"));
    xml_writing_attr(w, STR("digits"), s->u.send_digits.digits, at, "digits");
    xml_write_end(&w->x, STR("Play"));
}

static void write_redirect(struct xml_writing *w, const struct plan_step *s,
                           const struct plan_path *at) {
    xml_writing_link(w, &s->u.redirect, at, "url", &twiml_redirect);
}

static void write_reject(struct xml_writing *w, const struct plan_step *s,
                         const struct plan_path *at) {
    xml_writing_empty(w, &twiml_reject, &s->u.reject, at);
}

static void write_start_recording(struct xml_writing *w, const struct plan_step *s,
                                  const struct plan_path *at) {
    xml_write_begin(&w->x, STR("Start"));
    xml_writing_empty(w, &twiml_recording, &s->u.start_recording, at);
    xml_write_end(&w->x, STR("Start"));
}

static void write_stop(struct xml_writing *w, const struct xml_maps *maps,
                       const struct plan_step *s, const struct plan_path *at) {
    xml_write_begin(&w->x, STR("Stop"));
    xml_writing_empty(w, maps, &s->u.stop, at);
    xml_write_end(&w->x, STR("Stop"));
}

static void write_stop_recording(struct xml_writing *w, const struct plan_step *s,
                                 const struct plan_path *at) {
    write_stop(w, &twiml_stop_recording, s, at);
}

static void write_stop_stream(struct xml_writing *w, const struct plan_step *s,
                              const struct plan_path *at) {
    write_stop(w, &twiml_stop_stream, s, at);
}

static void write_stop_transcribe(struct xml_writing *w, const struct plan_step *s,
                                  const struct plan_path *at) {
    write_stop(w, &twiml_stop_transcription, s, at);
}

static void write_stream(struct xml_writing *w, const struct plan_step *s,
                         const struct plan_path *at) {
    const struct plan_stream *stream = &s->u.stream;
    if (stream->bidirectional)
        xml_writing_begin(w, &twiml_connect_stream, stream, at);
    else
        xml_write_begin(&w->x, STR("Start"));
    if (!stream->bidirectional && stream->action.url.len > 0)
        xml_writing_lose(w, PLAN_LOSS_DROPPED, at, "action", "watch the status notices instead",
                         "a stream in the background has no action");
    xml_writing_need(w, stream->url, at, "url");
    xml_writing_begin(w, &twiml_stream, stream, at);
    put_params(w, stream->params, stream->param_count, at);
    xml_writing_end(w, &twiml_stream);
    xml_write_end(&w->x, stream->bidirectional ? STR("Connect") : STR("Start"));
}

static void write_relay(struct xml_writing *w, const struct plan_step *s,
                        const struct plan_path *at) {
    const struct plan_relay *relay = &s->u.relay;
    xml_writing_need(w, relay->url, at, "url");
    xml_writing_begin(w, &twiml_connect_relay, relay, at);
    xml_writing_begin(w, &twiml_relay, relay, at);
    put_params(w, relay->params, relay->param_count, at);
    xml_writing_end(w, &twiml_relay);
    xml_writing_end(w, &twiml_connect_relay);
}

static void write_pay(struct xml_writing *w, const struct plan_step *s,
                      const struct plan_path *at) {
    const struct plan_pay *pay = &s->u.pay;
    xml_writing_begin(w, &twiml_pay, pay, at);
    for (size_t i = 0; i < pay->prompt_count; i++) {
        const struct plan_path here = {.up = at, .name = "prompts", .index = i, .indexed = true};
        xml_writing_need(w, pay->prompts[i].stage, &here, "stage");
        xml_writing_begin(w, &twiml_prompt, &pay->prompts[i], &here);
        xml_writing_prompts(w, pay->prompts[i].prompts, pay->prompts[i].prompt_count, &here);
        xml_writing_end(w, &twiml_prompt);
    }
    put_params(w, pay->params, pay->param_count, at);
    xml_writing_end(w, &twiml_pay);
}

static void write_refer(struct xml_writing *w, const struct plan_step *s,
                        const struct plan_path *at) {
    xml_writing_begin(w, &twiml_refer, &s->u.refer, at);
    xml_write_begin(&w->x, STR("Sip"));
    xml_writing_text(w, s->u.refer.uri, at, "uri");
    xml_write_end(&w->x, STR("Sip"));
    xml_writing_end(w, &twiml_refer);
}

static void write_transcribe(struct xml_writing *w, const struct plan_step *s,
                             const struct plan_path *at) {
    xml_write_begin(&w->x, STR("Start"));
    xml_writing_empty(w, &twiml_transcription, &s->u.transcribe, at);
    xml_write_end(&w->x, STR("Start"));
}

xml_writing_fn *const twiml_writers[PLAN_KIND_COUNT] = {
    [PLAN_SAY] = write_say,
    [PLAN_PLAY] = write_play,
    [PLAN_PAUSE] = write_pause,
    [PLAN_GATHER] = write_gather,
    [PLAN_RECORD] = write_record,
    [PLAN_DIAL] = write_dial,
    [PLAN_ENQUEUE] = write_enqueue,
    [PLAN_LEAVE] = write_leave,
    [PLAN_SEND_DIGITS] = write_send_digits,
    [PLAN_REDIRECT] = write_redirect,
    [PLAN_HANGUP] = xml_writing_hangup,
    [PLAN_REJECT] = write_reject,
    [PLAN_START_RECORDING] = write_start_recording,
    [PLAN_STOP_RECORDING] = write_stop_recording,
    [PLAN_STREAM] = write_stream,
    [PLAN_STOP_STREAM] = write_stop_stream,
    [PLAN_RELAY] = write_relay,
    [PLAN_PAY] = write_pay,
    [PLAN_REFER] = write_refer,
    [PLAN_TRANSCRIBE] = write_transcribe,
    [PLAN_STOP_TRANSCRIBE] = write_stop_transcribe,
};

const struct xml_refusal twiml_refusals[PLAN_KIND_COUNT] = {
    [PLAN_AI] = {"TwiML cannot run an assistant at the carrier",
                 "let the gateway converse with gather and say, or use a carrier that runs agents"},
    [PLAN_RAW] = {"TwiML does not know the words of another dialect",
                  "say it with steps that every carrier knows"},
};
