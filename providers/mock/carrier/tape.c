#include "providers/mock/carrier/tape.h"

#include "core/base/mem.h"
#include "providers/mock/carrier/core.h"

enum {
    READY_MIN_MS = 1000, /* after the stop, until the file can be fetched */
    READY_MAX_MS = 3000,
    TOO_SHORT_MS = 100,
};

void tape_notify(struct carrier *c, const struct tape *t, enum tape_event event) {
    if (!(t->events & event))
        return;
    struct outgoing *o = outgoing_new(c, t->leg, OUTGOING_NOTICE, str_z(t->hook.url), t->hook.get);
    if (!o)
        return;
    if (t->leg->face->make_tape)
        t->leg->face->make_tape(c, t, event, o);
    else
        t->leg->face->put_tape(c, t, event, &o->params);
    outgoing_send(c, o, NULL);
}

static void open_span(struct tape *t, bool silent) {
    t->spans = mem_resize(t->spans, (t->span_count + 1) * sizeof *t->spans);
    t->spans[t->span_count++] = (struct tape_span){t->leg->now_ms, 0, silent};
}

static void close_span(struct tape *t) {
    if (t->span_count > 0 && t->spans[t->span_count - 1].to_ms == 0)
        t->spans[t->span_count - 1].to_ms = t->leg->now_ms;
}

struct tape *tape_start(struct carrier *c, struct leg *l, const struct tape_options *o) {
    struct tape *t = mem_zalloc(sizeof *t);
    c->face->make_id(t->sid, FACE_ID_TAPE, c->seed, str_z(l->sid), l->tape_count++);
    t->leg = l;
    t->source = o->source;
    t->dual = o->dual;
    t->trim = o->trim && !l->face->ways.keeps_silence;
    t->over_api = o->over_api;
    t->track = o->track;
    t->hook.url = o->hook_url.len ? mem_copy_str(o->hook_url) : NULL;
    t->hook.get = o->hook_get;
    t->events = o->events;
    t->name = str_z(mem_copy_str(o->name));
    t->started_ms = t->updated_ms = l->now_ms;
    t->next = l->tapes;
    l->tapes = t;
    open_span(t, false);
    if (o->limit_s > 0)
        leg_at(l, l->now_ms + (int64_t)o->limit_s * 1000, LEG_EVENT_TAPE_LIMIT, 0, t);
    sidmap_put(&c->tapes, str_z(t->sid), t);
    c->recordings++;
    tape_notify(c, t, TAPE_EVENT_STARTED);
    return t;
}

void tape_pause(struct tape *t, bool skip) {
    if (t->status != TAPE_RUNNING)
        return;
    t->status = TAPE_PAUSED;
    t->updated_ms = t->leg->now_ms;
    close_span(t);
    if (!skip)
        open_span(t, true);
}

void tape_resume(struct tape *t) {
    if (t->status != TAPE_PAUSED)
        return;
    t->status = TAPE_RUNNING;
    t->updated_ms = t->leg->now_ms;
    close_span(t);
    open_span(t, false);
}

int64_t tape_length_ms(const struct tape *t) {
    int64_t ms = 0;
    for (size_t i = 0; i < t->span_count; i++) {
        int64_t to = t->spans[i].to_ms ? t->spans[i].to_ms : t->leg->now_ms;
        ms += to - t->spans[i].from_ms;
    }
    return ms;
}

/** First and last moment with a sound in the tape's spans; false when all is silent. */
static bool find_sound(const struct tape *t, int64_t *from_ms, int64_t *to_ms) {
    bool found = false;
    for (size_t i = 0; i < t->span_count; i++) {
        const struct tape_span *s = &t->spans[i];
        for (size_t n = 0; !s->silent && n < t->leg->said_count; n++) {
            const struct leg_utterance *u = &t->leg->said[n];
            int64_t a = u->start_ms > s->from_ms ? u->start_ms : s->from_ms;
            int64_t b = u->start_ms + u->duration_ms;
            b = b < s->to_ms ? b : s->to_ms;
            if (a >= b)
                continue;
            *from_ms = found && *from_ms < a ? *from_ms : a;
            *to_ms = found && *to_ms > b ? *to_ms : b;
            found = true;
        }
    }
    return found;
}

/** Cut silence off at both ends. */
static void trim(struct tape *t) {
    int64_t from_ms, to_ms;
    if (!t->trim || !find_sound(t, &from_ms, &to_ms))
        return;
    for (size_t i = 0; i < t->span_count; i++) {
        struct tape_span *s = &t->spans[i];
        s->from_ms = s->from_ms > from_ms ? s->from_ms : from_ms < s->to_ms ? from_ms : s->to_ms;
        s->to_ms = s->to_ms < to_ms ? s->to_ms : to_ms > s->from_ms ? to_ms : s->from_ms;
    }
}

void tape_stop(struct carrier *c, struct tape *t) {
    if (t->status > TAPE_PAUSED)
        return;
    struct leg *l = t->leg;
    leg_forget_data(l, LEG_EVENT_TAPE_LIMIT, t);
    close_span(t);
    trim(t);
    t->status = TAPE_PROCESSING;
    t->updated_ms = l->now_ms;
    t->duration_s = (uint32_t)((tape_length_ms(t) + 500) / 1000);
    leg_at(l, l->now_ms + rng_range(&l->rng, READY_MIN_MS, READY_MAX_MS), LEG_EVENT_TAPE_READY, 0,
           t);
    carrier_touch(c, l);
}

void tape_stop_all(struct carrier *c, struct leg *l) {
    for (struct tape *t = l->tapes; t; t = t->next)
        tape_stop(c, t);
}

void tape_ready(struct carrier *c, struct tape *t) {
    int64_t from_ms, to_ms;
    t->completed_ms = t->updated_ms = t->leg->now_ms;
    if (t->leg->face->ways.keeps_silence)
        t->carrier_code = 0;
    else if (tape_length_ms(t) < TOO_SHORT_MS)
        t->carrier_code = 16101; /* too short */
    else if (t->trim && !find_sound(t, &from_ms, &to_ms))
        t->carrier_code = 16102; /* silent all through */
    t->status = t->carrier_code ? TAPE_ABSENT : TAPE_COMPLETED;
    tape_notify(c, t, t->carrier_code ? TAPE_EVENT_ABSENT : TAPE_EVENT_COMPLETED);
}

size_t tape_running(const struct leg *l, struct tape **one) {
    size_t n = 0;
    for (struct tape *t = l->tapes; t; t = t->next)
        if (t->status <= TAPE_PAUSED && n++ == 0)
            *one = t;
    return n;
}

struct tape *tape_find_running(const struct leg *l, struct str name) {
    for (struct tape *t = l->tapes; t; t = t->next)
        if (t->status <= TAPE_PAUSED && (name.len == 0 || str_eq(t->name, name)))
            return t;
    return NULL;
}

uint32_t tape_events_parse(struct str words) {
    uint32_t set = 0;
    struct str word;
    while (words.len > 0 && str_next(&words, ' ', &word)) {
        set |= str_eq_z(word, "in-progress") ? TAPE_EVENT_STARTED : 0;
        set |= str_eq_z(word, "completed") ? TAPE_EVENT_COMPLETED : 0;
        set |= str_eq_z(word, "absent") ? TAPE_EVENT_ABSENT : 0;
    }
    return set ? set : TAPE_EVENT_COMPLETED;
}

void tape_delete(struct carrier *c, struct tape *t) {
    for (struct tape **p = &t->leg->tapes; *p; p = &(*p)->next) {
        if (*p == t) {
            *p = t->next;
            break;
        }
    }
    (void)sidmap_remove(&c->tapes, str_z(t->sid));
    mem_free(t->hook.url);
    mem_free((void *)t->name.ptr);
    mem_free(t->spans);
    mem_free(t);
}
