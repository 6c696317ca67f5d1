#include <stdarg.h>
#include <stdio.h>

#include "core/base/compiler.h"
#include "core/domain/plan_fields.h"
#include "twiml/twiml.h"
#include "twiml/twiml_grammar.h"
#include "twiml/twiml_map.h"
#include "twiml/twiml_ssml.h"
#include "twiml/xml_doc.h"
#include "twiml/xml_write.h"

const char twiml_content_type[] = "text/xml; charset=utf-8";

/* One document on its way out. The first failure stays in rc; what follows does no harm. */
struct writing {
    struct xml_writer x;
    struct plan_loss_report *loss;
    struct error *err;
    enum error_code rc;
};

/* ---- faults and losses ----------------------------------------------------------------------- */

static void fail(struct writing *w, enum error_code code, const struct plan_path *at,
                 const char *member, const char *what) {
    if (w->rc != ERR_OK)
        return;
    const struct plan_path here = {.up = at, .name = member};
    w->rc = plan_path_error(w->err, code, member ? &here : at, "%s", what);
}

static void lose(struct writing *w, enum plan_loss_kind kind, const struct plan_path *at,
                 const char *member, const char *remedy, const char *fmt, ...) PRINTF_LIKE(6, 7);

static void lose(struct writing *w, enum plan_loss_kind kind, const struct plan_path *at,
                 const char *member, const char *remedy, const char *fmt, ...) {
    if (!w->loss)
        return;
    const struct plan_path here = {.up = at, .name = member};
    char where[sizeof w->loss->items[0].where];
    char what[sizeof w->loss->items[0].what];
    plan_path_put(member ? &here : at, where, sizeof where);
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    plan_loss_add(w->loss, kind, where, what, remedy);
}

static const char bad_text[] = "holds bytes that are not UTF-8 or a character that XML cannot "
                               "carry, remove them";

/* ---- attributes ------------------------------------------------------------------------------ */

static void put_attr(struct writing *w, struct str name, struct str value,
                     const struct plan_path *at, const char *member) {
    if (!xml_write_attr(&w->x, name, value))
        fail(w, ERR_INVALID, at, member, bad_text);
}

static void put_str(struct writing *w, const struct twiml_maps *maps, const struct twiml_map *row,
                    struct str value, const struct plan_path *at) {
    if (row->judged) {
        const struct xml_element_rule *e = xml_grammar_element(&twiml_grammar, maps->element);
        const char *wrong = xml_grammar_judge(xml_grammar_attr(e, row->attr), value);
        if (wrong) {
            lose(w, PLAN_LOSS_DROPPED, at, row->member, "the carrier's default is taken",
                 "the value " STR_FMT " %s", STR_ARG(value), wrong);
            return;
        }
    }
    put_attr(w, row->attr, value, at, row->member);
}

static void put_link(struct writing *w, const struct twiml_map *row, const struct plan_link *l,
                     const struct plan_path *at) {
    if (l->url.len > 0)
        put_attr(w, row->attr, l->url, at, row->member);
    if (l->method == PLAN_METHOD_DEFAULT)
        return;
    bool get = l->method == PLAN_METHOD_GET;
    if (row->method_attr.len > 0)
        put_attr(w, row->method_attr, get ? STR("GET") : STR("POST"), at, row->member);
    else if (get)
        lose(w, PLAN_LOSS_DROPPED, at, row->member, "answer POST at that URL", "the method GET");
}

static void put_u32(struct writing *w, const struct twiml_map *row, uint32_t n,
                    const struct plan_path *at) {
    if (n == 0)
        return;
    uint32_t fit = n < row->min ? row->min : row->max > 0 && n > row->max ? row->max : n;
    if (fit != n)
        lose(w, PLAN_LOSS_REPLACED, at, row->member, "the nearest value that TwiML takes",
             "%u becomes %u", (unsigned)n, (unsigned)fit);
    xml_write_attr_u64(&w->x, row->attr, fit);
}

static void put_loop(struct writing *w, const struct twiml_map *row, int32_t n,
                     const struct plan_path *at) {
    if (n == 0)
        return;
    if (n > 0 && (uint32_t)n > row->max)
        lose(w, PLAN_LOSS_REPLACED, at, row->member, "repeat it with more steps",
             "%d times becomes %u", (int)n, (unsigned)row->max);
    xml_write_attr_u64(&w->x, row->attr,
                       n < 0                    ? 0
                       : (uint32_t)n > row->max ? row->max
                                                : (uint32_t)n);
}

static void put_word(struct writing *w, const struct twiml_map *row, unsigned value,
                     const struct plan_path *at) {
    if (value == 0)
        return;
    for (const struct twiml_word *word = row->words; word->word; word++)
        if (word->value == value) {
            put_attr(w, row->attr, str_z(word->word), at, row->member);
            return;
        }
    fail(w, ERR_INVALID, at, row->member, "is no known value");
}

static void put_plan_word(struct writing *w, const struct twiml_map *row, struct str value,
                          const struct plan_path *at) {
    for (const struct twiml_word *word = row->words; word->word; word++)
        if (str_eq_z(value, word->plan)) {
            put_attr(w, row->attr, str_z(word->word), at, row->member);
            return;
        }
    fail(w, ERR_INVALID, at, row->member, "is no known word");
}

static void put_input(struct writing *w, const struct twiml_map *row, uint32_t set,
                      const struct plan_path *at) {
    static const char *const words[] = {
        [PLAN_INPUT_KEYS] = "dtmf",
        [PLAN_INPUT_SPEECH] = "speech",
        [PLAN_INPUT_KEYS | PLAN_INPUT_SPEECH] = "dtmf speech",
    };
    if (set >= ARRAY_LEN(words))
        fail(w, ERR_INVALID, at, row->member, "is no known set");
    else if (set > 0)
        put_attr(w, row->attr, str_z(words[set]), at, row->member);
}

static void note_unsaid(struct writing *w, const struct twiml_map *row, const void *member,
                        const struct plan_path *at) {
    bool set = row->unsaid_bytes == sizeof(bool) ? *(const bool *)member
                                                 : ((const struct str *)member)->len > 0;
    if (set)
        lose(w, PLAN_LOSS_DROPPED, at, row->member, row->remedy, "TwiML has no %s here",
             row->member);
}

static void put_row(struct writing *w, const struct twiml_maps *maps, const struct twiml_map *row,
                    const void *base, const struct plan_path *at) {
    const void *member = (const char *)base + row->offset;
    switch (row->codec) {
    case TWIML_STR:
        if (((const struct str *)member)->len > 0)
            put_str(w, maps, row, *(const struct str *)member, at);
        break;
    case TWIML_LINK:
        put_link(w, row, member, at);
        break;
    case TWIML_SPEECH_TIMEOUT:
        if (((const struct plan_gather *)base)->speech_timeout_auto)
            put_attr(w, row->attr, STR("auto"), at, row->member);
        else
            put_u32(w, row, *(const uint32_t *)member, at);
        break;
    case TWIML_U32:
        put_u32(w, row, *(const uint32_t *)member, at);
        break;
    case TWIML_LOOP:
        put_loop(w, row, *(const int32_t *)member, at);
        break;
    case TWIML_WORDS:
        put_word(w, row, *(const unsigned *)member, at);
        break;
    case TWIML_BOOL:
        put_word(w, row, *(const bool *)member, at);
        break;
    case TWIML_STR_WORDS:
        if (((const struct str *)member)->len > 0)
            put_plan_word(w, row, *(const struct str *)member, at);
        break;
    case TWIML_INPUT:
        put_input(w, row, *(const uint32_t *)member, at);
        break;
    case TWIML_FINISH_KEY:
        if (((const struct plan_gather *)base)->has_finish_key)
            put_str(w, maps, row, *(const struct str *)member, at);
        break;
    case TWIML_UNSAID:
        note_unsaid(w, row, member, at);
        break;
    case TWIML_CODEC_UNKNOWN:
    case TWIML_CODEC_COUNT:
        break;
    }
}

/* The start tag of the table's element with every attribute that is set. */
static void begin(struct writing *w, const struct twiml_maps *maps, const void *base,
                  const struct plan_path *at) {
    xml_write_begin(&w->x, maps->element);
    for (size_t i = 0; i < maps->count; i++)
        put_row(w, maps, &maps->rows[i], base, at);
}

static void end(struct writing *w, const struct twiml_maps *maps) {
    xml_write_end(&w->x, maps->element);
}

/* Text that the element cannot do without. */
static void put_text(struct writing *w, struct str text, const struct plan_path *at,
                     const char *member) {
    if (text.len == 0)
        fail(w, ERR_INVALID, at, member, "is missing");
    else if (!xml_write_text(&w->x, text))
        fail(w, ERR_INVALID, at, member, bad_text);
}

static void need(struct writing *w, struct str s, const struct plan_path *at, const char *member) {
    if (s.len == 0)
        fail(w, ERR_INVALID, at, member, "is missing");
}

static void put_params(struct writing *w, const struct plan_param *params, size_t count,
                       const struct plan_path *at) {
    for (size_t i = 0; i < count; i++) {
        const struct plan_path here = {.up = at, .name = "params", .index = i, .indexed = true};
        need(w, params[i].name, &here, NULL);
        xml_write_begin(&w->x, STR("Parameter"));
        put_attr(w, STR("name"), params[i].name, &here, NULL);
        put_attr(w, STR("value"), params[i].value, &here, NULL);
        xml_write_end(&w->x, STR("Parameter"));
    }
}

/* ---- verbs ----------------------------------------------------------------------------------- */

typedef void write_fn(struct writing *w, const struct plan_step *s, const struct plan_path *at);

static void write_step(struct writing *w, const struct plan_step *s, const struct plan_path *at);

static void write_say(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_say *say = &s->u.say;
    if (say->text.len > PLAN_TEXT_MAX || say->ssml.len > PLAN_TEXT_MAX)
        fail(w, ERR_LIMIT, at, NULL, "has more than 4096 bytes of text, split it");
    begin(w, &twiml_say, say, at);
    if (say->ssml.len == 0) {
        put_text(w, say->text, at, "text");
    } else if (say->text.len > 0) {
        fail(w, ERR_INVALID, at, NULL, "text and ssml exclude each other");
    } else {
        struct error err = {0};
        if (twiml_ssml_write(&w->x, say->ssml, &err) != ERR_OK)
            fail(w, err.code, at, "ssml", err.text);
    }
    end(w, &twiml_say);
}

static void write_play(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    begin(w, &twiml_play, &s->u.play, at);
    put_text(w, s->u.play.url, at, "url");
    end(w, &twiml_play);
}

static void write_pause(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    if (s->u.pause.seconds == 0)
        fail(w, ERR_INVALID, at, "seconds", "is at least 1");
    xml_write_begin(&w->x, STR("Pause"));
    if (s->u.pause.seconds > 1)
        xml_write_attr_u64(&w->x, STR("length"), s->u.pause.seconds);
    xml_write_end(&w->x, STR("Pause"));
}

static void write_prompts(struct writing *w, const struct plan_step *prompts, size_t count,
                          const struct plan_path *at) {
    for (size_t i = 0; i < count; i++) {
        const struct plan_path here = {.up = at, .name = "prompts", .index = i, .indexed = true};
        if (prompts[i].kind == PLAN_SAY || prompts[i].kind == PLAN_PLAY ||
            prompts[i].kind == PLAN_PAUSE)
            write_step(w, &prompts[i], &here);
        else
            fail(w, ERR_INVALID, &here, NULL, "a prompt is say, play or pause");
    }
}

static void write_gather(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_gather *g = &s->u.gather;
    begin(w, &twiml_gather, g, at);
    write_prompts(w, g->prompts, g->prompt_count, at);
    end(w, &twiml_gather);
}

static void write_record(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    begin(w, &twiml_record, &s->u.record, at);
    end(w, &twiml_record);
}

static void write_noun(struct writing *w, const struct plan_noun *n, const struct plan_path *at) {
    if (n->kind <= PLAN_NOUN_UNKNOWN || n->kind >= PLAN_NOUN_KIND_COUNT) {
        fail(w, ERR_INVALID, at, "kind", "is no known value");
        return;
    }
    for (size_t i = 0; i < plan_noun_shape.count; i++) {
        const struct plan_field *f = &plan_noun_shape.fields[i];
        if (f->nouns != 0 && !(f->nouns & BIT(n->kind)) && plan_field_is_set(f, n))
            lose(w, PLAN_LOSS_DROPPED, at, f->name, "remove it", "a %s has no %s",
                 plan_noun_kind_name(n->kind), f->name);
    }
    begin(w, &twiml_nouns[n->kind], n, at);
    put_text(w, n->target, at, "target");
    end(w, &twiml_nouns[n->kind]);
}

static void write_dial(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_dial *d = &s->u.dial;
    if (d->noun_count == 0)
        fail(w, ERR_INVALID, at, "nouns", "needs at least one far end");
    begin(w, &twiml_dial, d, at);
    for (size_t i = 0; i < d->noun_count; i++) {
        const struct plan_path here = {.up = at, .name = "nouns", .index = i, .indexed = true};
        write_noun(w, &d->nouns[i], &here);
    }
    end(w, &twiml_dial);
}

static void write_enqueue(struct writing *w, const struct plan_step *s,
                          const struct plan_path *at) {
    const struct plan_enqueue *e = &s->u.enqueue;
    if (e->queue.len == 0 && e->workflow.len == 0)
        fail(w, ERR_INVALID, at, NULL, "needs queue or workflow");
    begin(w, &twiml_enqueue, e, at);
    if (e->queue.len > 0)
        put_text(w, e->queue, at, "queue");
    if (e->task.len > 0) {
        xml_write_begin(&w->x, STR("Task"));
        put_text(w, e->task, at, "task");
        xml_write_end(&w->x, STR("Task"));
    }
    end(w, &twiml_enqueue);
}

static void write_leave(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    (void)s;
    (void)at;
    xml_write_begin(&w->x, STR("Leave"));
    xml_write_end(&w->x, STR("Leave"));
}

static void write_hangup(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    (void)s;
    (void)at;
    xml_write_begin(&w->x, STR("Hangup"));
    xml_write_end(&w->x, STR("Hangup"));
}

static void write_send_digits(struct writing *w, const struct plan_step *s,
                              const struct plan_path *at) {
    need(w, s->u.send_digits.digits, at, "digits");
    xml_write_begin(&w->x, STR("Play"));
    put_attr(w, STR("digits"), s->u.send_digits.digits, at, "digits");
    xml_write_end(&w->x, STR("Play"));
}

static void write_redirect(struct writing *w, const struct plan_step *s,
                           const struct plan_path *at) {
    begin(w, &twiml_redirect, &s->u.redirect, at);
    put_text(w, s->u.redirect.url, at, "url");
    end(w, &twiml_redirect);
}

static void write_reject(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    begin(w, &twiml_reject, &s->u.reject, at);
    end(w, &twiml_reject);
}

static void write_start_recording(struct writing *w, const struct plan_step *s,
                                  const struct plan_path *at) {
    xml_write_begin(&w->x, STR("Start"));
    begin(w, &twiml_recording, &s->u.start_recording, at);
    /* The carrier's default is dual and a plan's is not. */
    if (!s->u.start_recording.dual)
        put_attr(w, STR("channels"), STR("mono"), at, "dual");
    end(w, &twiml_recording);
    xml_write_end(&w->x, STR("Start"));
}

static void write_stop(struct writing *w, const struct twiml_maps *maps, const struct plan_step *s,
                       const struct plan_path *at) {
    xml_write_begin(&w->x, STR("Stop"));
    begin(w, maps, &s->u.stop, at);
    end(w, maps);
    xml_write_end(&w->x, STR("Stop"));
}

static void write_stop_recording(struct writing *w, const struct plan_step *s,
                                 const struct plan_path *at) {
    write_stop(w, &twiml_stop_recording, s, at);
}

static void write_stop_stream(struct writing *w, const struct plan_step *s,
                              const struct plan_path *at) {
    write_stop(w, &twiml_stop_stream, s, at);
}

static void write_stop_transcribe(struct writing *w, const struct plan_step *s,
                                  const struct plan_path *at) {
    write_stop(w, &twiml_stop_transcription, s, at);
}

static void write_stream(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_stream *stream = &s->u.stream;
    if (stream->bidirectional)
        begin(w, &twiml_connect_stream, stream, at);
    else
        xml_write_begin(&w->x, STR("Start"));
    if (!stream->bidirectional && stream->action.url.len > 0)
        lose(w, PLAN_LOSS_DROPPED, at, "action", "watch the status notices instead",
             "a stream in the background has no action");
    need(w, stream->url, at, "url");
    begin(w, &twiml_stream, stream, at);
    put_params(w, stream->params, stream->param_count, at);
    end(w, &twiml_stream);
    xml_write_end(&w->x, stream->bidirectional ? STR("Connect") : STR("Start"));
}

static void write_relay(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_relay *relay = &s->u.relay;
    need(w, relay->url, at, "url");
    begin(w, &twiml_connect_relay, relay, at);
    begin(w, &twiml_relay, relay, at);
    put_params(w, relay->params, relay->param_count, at);
    end(w, &twiml_relay);
    end(w, &twiml_connect_relay);
}

static void write_raw(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    (void)s;
    lose(w, PLAN_LOSS_REFUSED, at, NULL, "say it with steps that every carrier knows",
         "TwiML does not know the words of another dialect");
    fail(w, ERR_UNSUPPORTED, at, NULL,
         "TwiML does not know the words of another dialect, say it with other steps");
}

static void write_ai(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    (void)s;
    lose(w, PLAN_LOSS_REFUSED, at, NULL,
         "let the gateway converse with gather and say, or use a carrier that runs agents",
         "TwiML cannot run an assistant at the carrier");
    fail(w, ERR_UNSUPPORTED, at, NULL,
         "TwiML cannot run an assistant at the carrier, let the gateway converse with gather and "
         "say");
}

static void write_pay(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_pay *pay = &s->u.pay;
    begin(w, &twiml_pay, pay, at);
    for (size_t i = 0; i < pay->prompt_count; i++) {
        const struct plan_path here = {.up = at, .name = "prompts", .index = i, .indexed = true};
        need(w, pay->prompts[i].stage, &here, "stage");
        begin(w, &twiml_prompt, &pay->prompts[i], &here);
        write_prompts(w, pay->prompts[i].prompts, pay->prompts[i].prompt_count, &here);
        end(w, &twiml_prompt);
    }
    put_params(w, pay->params, pay->param_count, at);
    end(w, &twiml_pay);
}

static void write_refer(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    begin(w, &twiml_refer, &s->u.refer, at);
    xml_write_begin(&w->x, STR("Sip"));
    put_text(w, s->u.refer.uri, at, "uri");
    xml_write_end(&w->x, STR("Sip"));
    end(w, &twiml_refer);
}

static void write_transcribe(struct writing *w, const struct plan_step *s,
                             const struct plan_path *at) {
    xml_write_begin(&w->x, STR("Start"));
    begin(w, &twiml_transcription, &s->u.transcribe, at);
    end(w, &twiml_transcription);
    xml_write_end(&w->x, STR("Start"));
}

static write_fn *const writers[PLAN_KIND_COUNT] = {
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
    [PLAN_HANGUP] = write_hangup,
    [PLAN_REJECT] = write_reject,
    [PLAN_START_RECORDING] = write_start_recording,
    [PLAN_STOP_RECORDING] = write_stop_recording,
    [PLAN_STREAM] = write_stream,
    [PLAN_STOP_STREAM] = write_stop_stream,
    [PLAN_RELAY] = write_relay,
    [PLAN_AI] = write_ai,
    [PLAN_PAY] = write_pay,
    [PLAN_REFER] = write_refer,
    [PLAN_TRANSCRIBE] = write_transcribe,
    [PLAN_STOP_TRANSCRIBE] = write_stop_transcribe,
    [PLAN_RAW] = write_raw,
};

static void write_step(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    if (s->kind <= PLAN_KIND_UNKNOWN || s->kind >= PLAN_KIND_COUNT) {
        fail(w, ERR_INVALID, at, NULL, "is no known kind of step");
        return;
    }
    const struct plan_path here = {.up = at, .name = plan_kind_name(s->kind)};
    writers[s->kind](w, s, &here);
}

/* ---- the document ---------------------------------------------------------------------------- */

static void cut_back(struct buf *out, size_t len) {
    out->len = len;
    out->failed = false;
    if (out->ptr)
        out->ptr[len] = '\0';
}

enum error_code twiml_write(const struct plan *p, struct buf *out, struct plan_loss_report *loss,
                            struct error *err) {
    if (buf_failed(out))
        return error_set(err, ERR_LIMIT, "the buffer for the document is full already");
    size_t start = out->len;
    struct writing w = {.x = {.out = out}, .loss = loss, .err = err};
    xml_write_head(&w.x);
    xml_write_begin(&w.x, STR("Response"));
    for (size_t i = 0; i < p->count && w.rc == ERR_OK; i++) {
        const struct plan_path at = {.name = "steps", .index = i, .indexed = true};
        write_step(&w, &p->steps[i], &at);
    }
    xml_write_end(&w.x, STR("Response"));
    if (w.rc == ERR_OK && (buf_failed(out) || out->len - start > XML_BYTES_MAX))
        w.rc = error_set(err, ERR_LIMIT,
                         "the TwiML document is over %zu bytes, use fewer or shorter steps",
                         out->max < XML_BYTES_MAX ? out->max : (size_t)XML_BYTES_MAX);
    if (w.rc != ERR_OK)
        cut_back(out, start);
    return w.rc;
}
