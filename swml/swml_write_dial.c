#include <stdio.h>

#include "core/base/compiler.h"
#include "swml/swml_dial.h"
#include "swml/swml_text.h"
#include "swml/swml_writing.h"

/* Where a call is led: other parties, conferences, queues, media streams. */

const struct swml_event swml_leg_events[] = {{"initiated", "created"},
                                             {"ringing", "ringing"},
                                             {"answered", "answered"},
                                             {"completed", "ended"},
                                             {NULL, NULL}};

const char swml_dial_recording[] = "switchhook_dial";

/* ---- one far end ----------------------------------------------------------------------------- */

static void put_target(struct writing *w, const struct plan_noun *n, const struct plan_path *at) {
    CLEANUP(buf_release) struct buf to = BUF_INIT(w->j.b->max);
    writing_need(w, n->target, at, "target");
    if (n->kind == PLAN_NOUN_QUEUE)
        buf_puts(&to, SWML_QUEUE);
    else if (n->kind == PLAN_NOUN_CLIENT && n->target.len > 0 && n->target.ptr[0] != '/')
        buf_puts(&to, SWML_PUBLIC);
    buf_put_str(&to, n->target);
    json_key(&w->j, "to");
    writing_text(w, buf_str(&to), at, "target");
}

static const char *event_of(struct str word) {
    for (size_t i = 0; swml_leg_events[i].plan; i++)
        if (str_eq_z(word, swml_leg_events[i].plan))
            return swml_leg_events[i].swml;
    return NULL;
}

static void put_events(struct writing *w, const struct plan_noun *n, const struct plan_path *at) {
    struct str rest = n->status_events, word;
    if (rest.len == 0)
        return;
    if (n->status.url.len == 0) {
        writing_lose(w, PLAN_LOSS_DROPPED, at, "status_events", "give status a URL",
                     "nobody is told of the events");
        return;
    }
    json_key(&w->j, "call_state_events");
    json_begin_array(&w->j);
    while (str_next(&rest, ' ', &word)) {
        const char *event = event_of(word);
        if (event)
            json_put_string(&w->j, str_z(event));
        else if (word.len > 0)
            writing_lose(w, PLAN_LOSS_DROPPED, at, "status_events", "the other events come",
                         "SWML has no event " STR_FMT, STR_ARG(word));
    }
    json_end_array(&w->j);
}

/* What the called party goes through before the bridge. */
static void put_confirm(struct writing *w, const struct plan_noun *n, const struct plan_path *at) {
    writing_link(w, "confirm", &n->screen, at, "screen");
    if (n->send_digits.len == 0)
        return;
    if (n->screen.url.len > 0) {
        writing_lose(w, PLAN_LOSS_DROPPED, at, "send_digits", "send them from the screen document",
                     "the screen document takes the place of the keys");
        return;
    }
    json_key(&w->j, "confirm");
    json_begin_array(&w->j);
    writing_begin(w, "send_digits");
    json_key(&w->j, "digits");
    writing_text(w, n->send_digits, at, "send_digits");
    writing_end(w);
    json_end_array(&w->j);
}

/* The members of a far end, in the object that is open. */
static void put_leg(struct writing *w, const struct plan_noun *n, const struct plan_path *at) {
    put_target(w, n, at);
    writing_rows(w, &swml_leg, n, at);
    put_events(w, n, at);
    put_confirm(w, n, at);
}

/* ---- dial ------------------------------------------------------------------------------------ */

static void put_ringback(struct writing *w, const struct plan_dial *d, const struct plan_path *at) {
    struct str tone = d->ring_tone;
    if (tone.len == 0)
        return;
    bool country = tone.len == 2 && tone.ptr[0] >= 'a' && tone.ptr[0] <= 'z' &&
                   tone.ptr[1] >= 'a' && tone.ptr[1] <= 'z';
    if (!country && !swml_is_url(tone)) {
        writing_lose(w, PLAN_LOSS_DROPPED, at, "ring_tone", "the carrier's own tone is heard",
                     "a tone is a country's two letters or a URL");
        return;
    }
    json_key(&w->j, "ringback");
    json_begin_array(&w->j);
    if (country) {
        char ring[8];
        (void)snprintf(ring, sizeof ring, "ring:%.2s", tone.ptr);
        json_put_string(&w->j, str_z(ring));
    } else {
        writing_url(w, tone, at, "ring_tone");
    }
    json_end_array(&w->j);
}

static void put_nouns(struct writing *w, const struct plan_dial *d, const struct plan_path *at) {
    if (d->noun_count > 1) {
        json_key(&w->j, d->sequential ? "serial" : "parallel");
        json_begin_array(&w->j);
    }
    for (size_t i = 0; i < d->noun_count; i++) {
        const struct plan_path here = {.up = at, .name = "nouns", .index = i, .indexed = true};
        const struct plan_noun *n = &d->nouns[i];
        if (n->kind < PLAN_NOUN_NUMBER || n->kind >= PLAN_NOUN_KIND_COUNT ||
            (d->noun_count > 1 && n->kind > PLAN_NOUN_CLIENT)) {
            writing_fail(w, ERR_INVALID, &here, "kind", "cannot be one of several far ends");
            continue;
        }
        plan_noun_lose_foreign(w->loss, n, &here);
        if (d->noun_count > 1)
            json_begin_object(&w->j);
        put_leg(w, n, &here);
        if (d->noun_count > 1)
            json_end_object(&w->j);
    }
    if (d->noun_count > 1)
        json_end_array(&w->j);
}

static void put_connect(struct writing *w, const struct plan_dial *d, const struct plan_path *at) {
    writing_begin(w, "connect");
    put_nouns(w, d, at);
    writing_rows(w, &swml_connect, d, at);
    put_ringback(w, d, at);
    if (d->nouns[0].kind == PLAN_NOUN_QUEUE) {
        writing_link(w, "transfer_after_bridge", &(struct plan_link){.url = d->action.url}, at,
                     "action");
        if (d->action.url.len == 0)
            writing_refuse(w, at, "action", "SWML has to know where a call goes after a queue",
                           "give the dial an action");
    }
    writing_end(w);
}

static void put_conference(struct writing *w, const struct plan_dial *d,
                           const struct plan_path *at) {
    const struct plan_shape *shape = &plan_shapes[PLAN_DIAL];
    const struct plan_path here = {.up = at, .name = "nouns", .index = 0, .indexed = true};
    for (size_t i = 0; i < shape->count; i++) {
        const struct plan_field *f = &shape->fields[i];
        if (f->type != PLAN_FIELD_NOUNS && f->offset != offsetof(struct plan_dial, action) &&
            plan_field_is_set(f, d))
            writing_lose(w, PLAN_LOSS_DROPPED, at, f->name, "remove it, or use the conference's",
                         "joining a conference has no %s", f->name);
    }
    plan_noun_lose_foreign(w->loss, &d->nouns[0], &here);
    writing_need(w, d->nouns[0].target, &here, "target");
    writing_begin(w, "join_conference");
    writing_rows(w, &swml_conference, &d->nouns[0], &here);
    writing_end(w);
}

/* A recording of the bridge is one of the call around it. */
static void put_recording(struct writing *w, const struct plan_dial *d,
                          const struct plan_path *at) {
    struct str dual = STR("-dual");
    writing_lose(w, PLAN_LOSS_REPLACED, at, "record", "the whole call is recorded meanwhile",
                 "SWML does not record a bridge by itself");
    writing_begin(w, "record_call");
    json_kv_z(&w->j, "control_id", swml_dial_recording);
    json_kv_bool(&w->j, "stereo",
                 d->record.len > dual.len &&
                     str_eq(str_from_index(d->record, d->record.len - dual.len), dual));
    writing_link(w, "status_url", &d->recording_status, at, "recording_status");
    writing_end(w);
}

static void put_recording_end(struct writing *w) {
    writing_begin(w, "stop_record_call");
    json_kv_z(&w->j, "control_id", swml_dial_recording);
    writing_end(w);
}

void write_dial(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_dial *d = &s->u.dial;
    if (d->noun_count == 0) {
        writing_fail(w, ERR_INVALID, at, "nouns", "needs at least one far end");
        return;
    }
    bool alone = d->noun_count == 1;
    if (alone && d->nouns[0].kind == PLAN_NOUN_CONFERENCE) {
        put_conference(w, d, at);
    } else {
        bool recorded = d->record.len > 0 && d->nouns[0].kind != PLAN_NOUN_QUEUE;
        if (recorded)
            put_recording(w, d, at);
        else if (d->record.len > 0)
            writing_lose(w, PLAN_LOSS_DROPPED, at, "record", "use a start_recording step",
                         "SWML does not record what follows a queue");
        else if (d->recording_status.url.len > 0)
            writing_lose(w, PLAN_LOSS_DROPPED, at, "recording_status", "set record",
                         "nothing is recorded");
        put_connect(w, d, at);
        if (recorded)
            put_recording_end(w);
    }
    writing_transfer(w, &d->action, at, "action");
}

/* ---- queue, refer ---------------------------------------------------------------------------- */

void write_enqueue(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_enqueue *e = &s->u.enqueue;
    if (e->queue.len == 0)
        writing_refuse(w, at, "workflow", "SWML has no workflows, only queues",
                       "give the name of a queue");
    else if (e->action.url.len == 0)
        writing_refuse(w, at, "action", "SWML has to know where a call goes after a queue",
                       "give the step an action");
    if (w->rc != ERR_OK)
        return;
    writing_begin(w, "enter_queue");
    writing_rows(w, &swml_queue, e, at);
    writing_end(w);
    writing_transfer(w, &(struct plan_link){.url = e->action.url}, at, "action");
}

void write_refer(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    writing_need(w, s->u.refer.uri, at, "uri");
    writing_begin(w, "sip_refer");
    writing_rows(w, &swml_refer, &s->u.refer, at);
    writing_end(w);
    writing_transfer(w, &s->u.refer.action, at, "action");
}

/* ---- streams --------------------------------------------------------------------------------- */

static void lose_of_stream(struct writing *w, const struct plan_stream *stream,
                           const struct plan_path *at) {
    const struct {
        bool set;
        const char *member;
    } lost[] = {{stream->name.len > 0, "name"},
                {stream->track != PLAN_TRACK_DEFAULT, "track"},
                {stream->status.url.len > 0, "status"},
                {stream->param_count > 0, "params"}};
    for (size_t i = 0; i < ARRAY_LEN(lost); i++)
        if (lost[i].set)
            writing_lose(w, PLAN_LOSS_DROPPED, at, lost[i].member, "put it into the URL",
                         "SWML's stream that speaks back has no %s", lost[i].member);
}

static void put_connect_stream(struct writing *w, const struct plan_stream *stream,
                               const struct plan_path *at) {
    if (!str_starts(stream->url, STR("wss://")))
        writing_refuse(w, at, "url", "SWML streams only to wss:// addresses", "use one");
    lose_of_stream(w, stream, at);
    CLEANUP(buf_release) struct buf to = BUF_INIT(w->j.b->max);
    buf_puts(&to, SWML_STREAM);
    buf_put_str(&to, stream->url);
    writing_begin(w, "connect");
    json_key(&w->j, "to");
    writing_text(w, buf_str(&to), at, "url");
    writing_end(w);
    writing_transfer(w, &stream->action, at, "action");
}

void write_stream(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_stream *stream = &s->u.stream;
    if (!swml_is_socket(stream->url))
        writing_fail(w, ERR_INVALID, at, "url", "needs an absolute URL that starts with wss://");
    if (stream->bidirectional) {
        put_connect_stream(w, stream, at);
        return;
    }
    writing_lose(w, PLAN_LOSS_REPLACED, at, NULL, "a tap sends bare audio, without messages",
                 "SWML has no stream in the background");
    if (stream->action.url.len > 0)
        writing_lose(w, PLAN_LOSS_DROPPED, at, "action", "watch the status notices instead",
                     "a stream in the background has no action");
    writing_begin(w, "tap");
    writing_rows(w, &swml_tap, stream, at);
    writing_end(w);
}

void write_stop_stream(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    writing_begin(w, "stop_tap");
    if (s->u.stop.name.len > 0) {
        json_key(&w->j, "control_id");
        writing_text(w, s->u.stop.name, at, "name");
    }
    writing_end(w);
}
