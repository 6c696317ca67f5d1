#include "core/base/compiler.h"
#include "twiml/plivoxml_grammar.h"
#include "twiml/plivoxml_map.h"
#include "twiml/plivoxml_verbs.h"
#include "twiml/plivoxml_voice.h"

/* ---- what is heard --------------------------------------------------------------------------- */

enum {
    SSML_CHARS_MAX = 3000,  /* Plivo docs: SSML */
    HEADERS_BYTES_MAX = 512 /* Plivo docs: Stream, extraHeaders */
};

static void put_voice(struct xml_writing *w, const struct plan_say *say,
                      const struct plan_path *at) {
    struct plivoxml_voice v = plivoxml_voice_for(say->voice, say->language, say->ssml.len > 0);
    if (v.instead_voice)
        xml_writing_lose(w, v.voice.len > 0 ? PLAN_LOSS_REPLACED : PLAN_LOSS_DROPPED, at, "voice",
                         v.instead_voice, "Plivo does not say it with this voice");
    if (v.instead_language)
        xml_writing_lose(w, v.language.len > 0 ? PLAN_LOSS_REPLACED : PLAN_LOSS_DROPPED, at,
                         "language", v.instead_language, "Plivo does not speak " STR_FMT,
                         STR_ARG(say->language));
    if (v.voice.len > 0)
        xml_writing_attr(w, STR("voice"), v.voice, at, "voice");
    if (v.language.len > 0)
        xml_writing_attr(w, STR("language"), v.language, at, "language");
}

static void write_say(struct xml_writing *w, const struct plan_step *s,
                      const struct plan_path *at) {
    const struct plan_say *say = &s->u.say;
    if (say->ssml.len > SSML_CHARS_MAX && str_count_chars(say->ssml) > SSML_CHARS_MAX)
        xml_writing_fail(w, ERR_LIMIT, at, "ssml", "has more than 3000 characters, split it");
    xml_writing_begin(w, &plivoxml_speak, say, at);
    put_voice(w, say, at);
    xml_writing_words(w, say, at);
    xml_writing_end(w, &plivoxml_speak);
}

static void write_play(struct xml_writing *w, const struct plan_step *s,
                       const struct plan_path *at) {
    xml_writing_play(w, s, at, &plivoxml_play);
}

static void write_pause(struct xml_writing *w, const struct plan_step *s,
                        const struct plan_path *at) {
    xml_writing_pause(w, s, at, &plivoxml_wait);
}

/* ---- where the call goes on ------------------------------------------------------------------ */

static void write_redirect(struct xml_writing *w, const struct plan_step *s,
                           const struct plan_path *at) {
    xml_writing_link(w, &s->u.redirect, at, "url", &plivoxml_redirect);
}

static void write_reject(struct xml_writing *w, const struct plan_step *s,
                         const struct plan_path *at) {
    xml_writing_empty(w, &plivoxml_reject, &s->u.reject, at);
}

static void write_send_digits(struct xml_writing *w, const struct plan_step *s,
                              const struct plan_path *at) {
    struct str digits = s->u.send_digits.digits;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] >= 'A' && digits.ptr[i] <= 'D') {
            xml_writing_refuse(w, at, "Plivo XML does not send the keys A to D",
                               "send other digits");
            return;
        }
    xml_writing_begin(w, &plivoxml_dtmf, s, at);
    xml_writing_text(w, digits, at, "digits");
    xml_writing_end(w, &plivoxml_dtmf);
}

/* ---- gather, record -------------------------------------------------------------------------- */

/* The time-out of a plan counts between keys, too; Plivo counts that for itself. */
static void put_between_keys(struct xml_writing *w, const struct plan_gather *g,
                             const struct plan_path *at) {
    if (g->timeout_s == 0 || g->input == PLAN_INPUT_SPEECH)
        return;
    uint32_t between = plivoxml_between_keys(g->timeout_s);
    if (between < g->timeout_s)
        xml_writing_lose(w, PLAN_LOSS_REPLACED, at, "timeout_s", "10 seconds pass between two keys",
                         "more than 10 seconds between two keys");
    xml_write_attr_u64(&w->x, STR("digitEndTimeout"), between);
}

static void write_gather(struct xml_writing *w, const struct plan_step *s,
                         const struct plan_path *at) {
    const struct plan_gather *g = &s->u.gather;
    if (g->action.url.len == 0)
        xml_writing_fail(w, ERR_INVALID, at, "action", "is missing, Plivo asks for one");
    xml_writing_begin(w, &plivoxml_get_input, g, at);
    put_between_keys(w, g, at);
    xml_writing_prompts(w, g->prompts, g->prompt_count, at);
    xml_writing_end(w, &plivoxml_get_input);
    if (g->action_on_empty) /* the action is asked only when something came */
        xml_writing_link(w, &g->action, at, "action", &plivoxml_redirect);
}

/* One key at most ends a recording. */
static void put_finish_key(struct xml_writing *w, struct str keys, const struct plan_path *at) {
    if (keys.len == 0)
        return;
    bool pound = str_find(keys, '#') < keys.len;
    struct str key = pound ? STR("#") : str_from(keys.ptr, 1);
    if (keys.len > 1)
        xml_writing_lose(w, PLAN_LOSS_REPLACED, at, "finish_keys", "one key ends it",
                         "several keys become one");
    xml_writing_attr(w, STR("finishOnKey"), key, at, "finish_keys");
}

static void write_record(struct xml_writing *w, const struct plan_step *s,
                         const struct plan_path *at) {
    xml_writing_begin(w, &plivoxml_record, &s->u.record, at);
    put_finish_key(w, s->u.record.finish_keys, at);
    xml_writing_end(w, &plivoxml_record);
}

static void write_start_recording(struct xml_writing *w, const struct plan_step *s,
                                  const struct plan_path *at) {
    xml_writing_begin(w, &plivoxml_session, &s->u.start_recording, at);
    /* Without it, Plivo would ask an action for the rest of the document at once. */
    xml_writing_attr(w, STR("redirect"), STR("false"), at, NULL);
    xml_writing_end(w, &plivoxml_session);
}

/* ---- dial ------------------------------------------------------------------------------------ */

static void put_client(struct xml_writing *w, struct str name, const struct plan_path *at) {
    CLEANUP(buf_release) struct buf uri = BUF_INIT(8192);
    xml_writing_need(w, name, at, "target");
    buf_puts(&uri, "sip:");
    buf_put_percent(&uri, name);
    buf_puts(&uri, SWH_PLIVO_SIP_HOME);
    if (buf_failed(&uri))
        xml_writing_fail(w, ERR_LIMIT, at, "target", "is too long");
    xml_writing_text(w, buf_str(&uri), at, "target");
}

static void put_noun(struct xml_writing *w, const struct plan_noun *n, const struct plan_path *at) {
    const struct xml_maps *maps = &plivoxml_nouns[n->kind];
    plan_noun_lose_foreign(w->loss, n, at);
    xml_writing_begin(w, maps, n, at);
    if (n->kind == PLAN_NOUN_CLIENT)
        put_client(w, n->target, at);
    else
        xml_writing_text(w, n->target, at, "target");
    xml_writing_end(w, maps);
}

static bool same_link(const struct plan_link *a, const struct plan_link *b) {
    return str_eq(a->url, b->url) && a->method == b->method;
}

/* One link for all far ends: what they share, or nothing and losses. */
static struct plan_link shared_link(struct xml_writing *w, const struct plan_dial *d, size_t offset,
                                    const char *member, const struct plan_path *at) {
    const struct plan_link none = {0};
    const struct plan_link *first = (const void *)((const char *)&d->nouns[0] + offset);
    bool shared = true;
    for (size_t i = 1; i < d->noun_count; i++)
        shared = shared && same_link(first, (const void *)((const char *)&d->nouns[i] + offset));
    if (shared)
        return *first;
    for (size_t i = 0; i < d->noun_count; i++) {
        const struct plan_path here = {.up = at, .name = "nouns", .index = i, .indexed = true};
        if (!same_link(&none, (const void *)((const char *)&d->nouns[i] + offset)))
            xml_writing_lose(w, PLAN_LOSS_DROPPED, &here, member, "give all far ends the same",
                             "Plivo has one %s for all far ends", member);
    }
    return none;
}

/* A recording from the answer on is asked for before the dial. */
static void put_bridged_recording(struct xml_writing *w, const struct plan_dial *d,
                                  const struct plan_path *at) {
    if (d->record.len == 0) {
        if (d->recording_status.url.len > 0)
            xml_writing_lose(w, PLAN_LOSS_DROPPED, at, "recording_status", "set record, too",
                             "nothing is recorded");
        return;
    }
    if (str_starts(d->record, STR("from-ringing")))
        xml_writing_lose(w, PLAN_LOSS_REPLACED, at, "record", "it begins with the answer",
                         "Plivo does not record the ringing");
    xml_writing_begin(w, &plivoxml_bridged, d, at);
    xml_writing_attr(w, STR("redirect"), STR("false"), at, NULL);
    xml_writing_end(w, &plivoxml_bridged);
}

static void put_sounds(struct xml_writing *w, enum plan_tristate beep, const struct plan_path *at) {
    if (beep == PLAN_UNSET)
        return;
    bool yes = beep == PLAN_YES;
    xml_writing_attr(w, STR("enterSound"), yes ? STR("beep:1") : STR(""), at, NULL);
    xml_writing_attr(w, STR("exitSound"), yes ? STR("beep:2") : STR(""), at, NULL);
}

static void put_conference(struct xml_writing *w, const struct plan_dial *d,
                           const struct plan_path *at) {
    const struct plivoxml_bridge bridge = {.dial = *d, .noun = d->nouns[0]};
    const struct plan_path here = {.up = at, .name = "nouns", .index = 0, .indexed = true};
    if (d->noun_count > 1)
        xml_writing_fail(w, ERR_INVALID, at, "nouns", "a conference stands alone");
    plan_noun_lose_foreign(w->loss, &bridge.noun, &here);
    xml_writing_begin(w, &plivoxml_conference, &bridge, at);
    put_sounds(w, bridge.noun.beep, at);
    xml_writing_text(w, bridge.noun.target, &here, "target");
    xml_writing_end(w, &plivoxml_conference);
}

static void put_dial(struct xml_writing *w, const struct plan_dial *d, const struct plan_path *at) {
    const struct plivoxml_bridge bridge = {
        .dial = *d,
        .noun = {
            .screen = shared_link(w, d, offsetof(struct plan_noun, screen), "screen", at),
            .status = shared_link(w, d, offsetof(struct plan_noun, status), "status", at),
        }};
    put_bridged_recording(w, d, at);
    xml_writing_begin(w, &plivoxml_dial, &bridge, at);
    for (size_t i = 0; i < d->noun_count; i++) {
        const struct plan_path here = {.up = at, .name = "nouns", .index = i, .indexed = true};
        if (plivoxml_nouns[d->nouns[i].kind].rows)
            put_noun(w, &d->nouns[i], &here);
        else
            xml_writing_fail(w, ERR_INVALID, &here, "kind", "stands alone in a dial");
    }
    xml_writing_end(w, &plivoxml_dial);
}

static void write_dial(struct xml_writing *w, const struct plan_step *s,
                       const struct plan_path *at) {
    const struct plan_dial *d = &s->u.dial;
    if (d->noun_count == 0) {
        xml_writing_fail(w, ERR_INVALID, at, "nouns", "needs at least one far end");
        return;
    }
    for (size_t i = 0; i < d->noun_count; i++)
        if (d->nouns[i].kind <= PLAN_NOUN_UNKNOWN || d->nouns[i].kind >= PLAN_NOUN_KIND_COUNT) {
            xml_writing_fail(w, ERR_INVALID, at, "nouns", "holds no known kind of far end");
            return;
        }
    if (d->nouns[0].kind == PLAN_NOUN_QUEUE)
        xml_writing_refuse(w, at, "Plivo has no queues", "let both sides meet in a conference");
    else if (d->nouns[0].kind == PLAN_NOUN_CONFERENCE)
        put_conference(w, d, at);
    else
        put_dial(w, d, at);
}

/* ---- stream ---------------------------------------------------------------------------------- */

static void put_headers(struct xml_writing *w, const struct plan_stream *stream,
                        const struct plan_path *at) {
    CLEANUP(buf_release) struct buf headers = BUF_INIT(HEADERS_BYTES_MAX);
    for (size_t i = 0; i < stream->param_count; i++) {
        const struct plan_param *p = &stream->params[i];
        const struct plan_path here = {.up = at, .name = "params", .index = i, .indexed = true};
        size_t bytes = (headers.len > 0) + p->name.len + 1 + p->value.len;
        if (p->name.len == 0 || !plivoxml_is_plain(p->name) || !plivoxml_is_plain(p->value) ||
            headers.len + bytes > HEADERS_BYTES_MAX)
            xml_writing_lose(w, PLAN_LOSS_DROPPED, &here, NULL, "put it into the URL's query",
                             "Plivo takes 512 letters and digits in all");
        else
            buf_printf(&headers, "%s" STR_FMT "=" STR_FMT, headers.len > 0 ? "," : "",
                       STR_ARG(p->name), STR_ARG(p->value));
    }
    if (headers.len > 0)
        xml_writing_attr(w, STR("extraHeaders"), buf_str(&headers), at, "params");
}

static void write_stream(struct xml_writing *w, const struct plan_step *s,
                         const struct plan_path *at) {
    struct plan_stream stream = s->u.stream;
    if (stream.bidirectional && stream.track > PLAN_TRACK_INBOUND) {
        xml_writing_lose(w, PLAN_LOSS_DROPPED, at, "track", "the caller's side is sent",
                         "a stream that also plays has one track");
        stream.track = PLAN_TRACK_DEFAULT;
    }
    if (!stream.bidirectional && stream.action.url.len > 0)
        xml_writing_lose(w, PLAN_LOSS_DROPPED, at, "action", "watch the status notices instead",
                         "a stream in the background has no action");
    xml_writing_begin(w, &plivoxml_stream, &stream, at);
    if (stream.bidirectional) {
        xml_writing_attr(w, STR("bidirectional"), STR("true"), at, NULL);
        xml_writing_attr(w, STR("keepCallAlive"), STR("true"), at, NULL);
    }
    put_headers(w, &stream, at);
    xml_writing_url(w, stream.url, at, "url");
    xml_writing_end(w, &plivoxml_stream);
    if (stream.bidirectional && stream.action.url.len > 0) /* the next element runs at its end */
        xml_writing_link(w, &stream.action, at, "action", &plivoxml_redirect);
}

/* ---- by kind --------------------------------------------------------------------------------- */

xml_writing_fn *const plivoxml_writers[PLAN_KIND_COUNT] = {
    [PLAN_SAY] = write_say,
    [PLAN_PLAY] = write_play,
    [PLAN_PAUSE] = write_pause,
    [PLAN_GATHER] = write_gather,
    [PLAN_RECORD] = write_record,
    [PLAN_DIAL] = write_dial,
    [PLAN_SEND_DIGITS] = write_send_digits,
    [PLAN_REDIRECT] = write_redirect,
    [PLAN_HANGUP] = xml_writing_hangup,
    [PLAN_REJECT] = write_reject,
    [PLAN_START_RECORDING] = write_start_recording,
    [PLAN_STREAM] = write_stream,
};

const struct xml_refusal plivoxml_refusals[PLAN_KIND_COUNT] = {
    [PLAN_ENQUEUE] = {"Plivo has no queues", "let the caller wait in a conference"},
    [PLAN_LEAVE] = {"Plivo has no queues", "redirect the call instead"},
    [PLAN_STOP_RECORDING] = {"Plivo XML cannot stop a recording", "stop it over the API"},
    [PLAN_STOP_STREAM] = {"Plivo XML cannot stop a stream", "stop it over the API"},
    [PLAN_RELAY] = {"Plivo has no text relay", "converse with gather and say, or stream the audio"},
    [PLAN_AI] = {"Plivo cannot run an assistant at the carrier",
                 "let the gateway converse with gather and say, or use a carrier that runs agents"},
    [PLAN_PAY] = {"Plivo does not collect payments",
                  "send a link to pay, or use a carrier that collects cards"},
    [PLAN_REFER] = {"Plivo cannot refer a SIP call", "dial the SIP address instead"},
    [PLAN_TRANSCRIBE] = {"Plivo XML has no live transcription", "stream the audio, or record"},
    [PLAN_STOP_TRANSCRIBE] = {"Plivo XML has no live transcription", "leave the step out"},
    [PLAN_RAW] = {"Plivo XML does not know the words of another dialect",
                  "say it with steps that every carrier knows"},
};
