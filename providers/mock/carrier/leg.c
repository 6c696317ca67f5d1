#include "providers/mock/carrier/leg.h"

#include "core/base/mem.h"
#include "providers/mock/carrier/core.h"

enum {
    HEARD_MAX = 8192,
    SPEECH_BASE_MS = 450,
    SPEECH_MS_PER_BYTE = 70, /* about what flite's voices need */
};

static void link_newest(struct carrier *c, struct leg *l) {
    l->older = c->newest;
    if (c->newest)
        c->newest->newer = l;
    else
        c->oldest = l;
    c->newest = l;
}

struct leg *leg_new(struct carrier *c, struct str to, struct str from, const struct leg *parent) {
    struct dialled *d = carrier_number(c, to);
    struct leg *l = mem_zalloc(sizeof *l);
    l->nth = d->legs++;
    c->face->make_id(l->sid, FACE_ID_CALL, c->seed, to, l->nth);
    l->rng.state = rng_hash(c->seed, "leg", to, l->nth);
    memcpy(l->number_sid, c->number_sid, sizeof l->number_sid);
    l->face = parent ? parent->face : c->face;
    l->to = mem_copy_str(to);
    l->from = mem_copy_str(from);
    l->callee = scenario_find(c->scenario, to, l->nth);
    l->status = CALL_QUEUED;
    l->heard = BUF_INIT(HEARD_MAX);
    l->created_ms = clock_wall_ms(&c->clock);
    if (parent) {
        memcpy(l->parent_sid, parent->sid, sizeof l->parent_sid);
        l->direction = LEG_OUTBOUND_DIAL;
        l->created_ms = parent->now_ms;
    }
    l->now_ms = l->anchor_virtual_ms = l->updated_ms = l->created_ms;
    l->anchor_real_ms = clock_mono_ms(&c->clock);
    l->rate = c->speed;
    link_newest(c, l);
    sidmap_put(&c->legs, str_z(l->sid), l);
    c->created++;
    return l;
}

struct leg *leg_new_inbound(struct carrier *c, const struct carrier_face *face, struct str to,
                            struct str from) {
    struct leg *l = leg_new(c, to, from, NULL);
    l->face = face;
    l->direction = LEG_INBOUND;
    l->callee = scenario_find(c->scenario, from, l->nth);
    return l;
}

static void hook_release(struct leg_hook *h) {
    mem_free(h->url);
    *h = (struct leg_hook){0};
}

void leg_request_release(struct leg_request *r) {
    hook_release(&r->answer);
    hook_release(&r->fallback);
    hook_release(&r->status);
    hook_release(&r->tape_status);
    hook_release(&r->detection_status);
    hook_release(&r->ring);
    mem_free(steal_ptr(r->document));
    mem_free(steal_ptr(r->send_digits));
    mem_free(steal_ptr(r->caller_name));
    mem_free(steal_ptr(r->sip_headers));
}

static void forget_speech(struct leg *l) {
    for (size_t i = 0; i < l->said_count; i++)
        mem_free(l->said[i].text);
    mem_free(steal_ptr(l->said));
    l->said_count = l->said_cap = 0;
}

static void release_running(struct leg *l) {
    if (l->face->run)
        l->face->run->release(l);
    plan_release(&l->plan);
    callee_reply_release(&l->step.reply);
    buf_release(&l->heard);
    mem_free(steal_ptr(l->base_url));
    outgoing_free(steal_ptr(l->document_reply));
    for (size_t i = 0; i < l->event_count; i++)
        if (l->events[i].kind == LEG_EVENT_NOTICE)
            outgoing_free(l->events[i].data);
    mem_free(steal_ptr(l->events));
    l->event_count = l->event_cap = 0;
}

void leg_retire(struct carrier *c, struct leg *l) {
    leg_request_release(&l->req);
    release_running(l);
    if (!l->tapes)
        forget_speech(l);
    l->retired = true;
    c->settled++;
    l->retired_next = NULL;
    *c->retired_end = l;
    c->retired_end = &l->retired_next;
    c->retired_count++;
}

void leg_free(struct leg *l) {
    if (!l)
        return;
    leg_request_release(&l->req);
    release_running(l);
    forget_speech(l);
    mem_free(l->to);
    mem_free(l->from);
    mem_free(l);
}

uint32_t leg_events_parse(struct str words) {
    static const struct {
        const char *word;
        enum call_status status;
    } table[] = {{"initiated", CALL_DIALING},
                 {"ringing", CALL_RINGING},
                 {"answered", CALL_ANSWERED},
                 {"completed", CALL_COMPLETED}};
    uint32_t set = 0;
    struct str word;
    while (words.len > 0 && str_next(&words, ' ', &word))
        for (size_t i = 0; i < ARRAY_LEN(table); i++)
            set |= str_eq_z(word, table[i].word) ? BIT(table[i].status) : 0;
    return set;
}

uint32_t leg_duration_s(const struct leg *l) {
    int64_t end = l->ended_ms ? l->ended_ms : l->now_ms;
    return l->answered_ms ? (uint32_t)((end - l->answered_ms + 999) / 1000) : 0;
}

/* ---- its clock ------------------------------------------------------------------------------ */

void leg_at(struct leg *l, int64_t due_ms, enum leg_event_kind kind, uint32_t arg, void *data) {
    if (l->event_count == l->event_cap) {
        l->event_cap = l->event_cap ? l->event_cap * 2 : 4;
        l->events = mem_resize(l->events, l->event_cap * sizeof *l->events);
    }
    size_t i = l->event_count++;
    for (; i > 0 && l->events[i - 1].due_ms > due_ms; i--) /* behind those due at the same time */
        l->events[i] = l->events[i - 1];
    l->events[i] = (struct leg_event){due_ms, kind, arg, data};
}

void leg_after(struct leg *l, int64_t delay_ms, enum leg_event_kind kind, uint32_t arg) {
    leg_at(l, l->now_ms + delay_ms, kind, arg, NULL);
}

void leg_forget(struct leg *l, enum leg_event_kind kind) {
    size_t kept = 0;
    for (size_t i = 0; i < l->event_count; i++)
        if (l->events[i].kind != kind)
            l->events[kept++] = l->events[i];
    l->event_count = kept;
}

void leg_forget_data(struct leg *l, enum leg_event_kind kind, const void *data) {
    size_t kept = 0;
    for (size_t i = 0; i < l->event_count; i++)
        if (l->events[i].kind != kind || l->events[i].data != data)
            l->events[kept++] = l->events[i];
    l->event_count = kept;
}

bool leg_take_event(struct leg *l, struct leg_event *out) {
    if (l->event_count == 0)
        return false;
    *out = l->events[0];
    l->event_count--;
    memmove(l->events, l->events + 1, l->event_count * sizeof *l->events);
    if (out->due_ms > l->now_ms)
        l->now_ms = out->due_ms;
    return true;
}

void leg_sync(struct carrier *c, struct leg *l) {
    if (l->rate <= 0 || leg_is_over(l))
        return;
    int64_t real = clock_mono_ms(&c->clock) - l->anchor_real_ms;
    int64_t now = l->anchor_virtual_ms + (int64_t)((double)real * l->rate);
    if (l->event_count > 0 && now > l->events[0].due_ms)
        now = l->events[0].due_ms; /* events in between come first */
    if (now > l->now_ms)
        l->now_ms = now;
}

void leg_set_waiting(struct carrier *c, struct leg *l, bool waiting) {
    if (c->speed <= 0)
        return;
    leg_sync(c, l);
    l->anchor_virtual_ms = l->now_ms;
    l->anchor_real_ms = clock_mono_ms(&c->clock);
    l->rate = waiting && c->speed > 1 ? 1 : c->speed;
}

/* ---- what is heard -------------------------------------------------------------------------- */

uint32_t leg_speech_ms(struct str text) {
    return SPEECH_BASE_MS + (uint32_t)text.len * SPEECH_MS_PER_BYTE;
}

void leg_note(struct leg *l, enum leg_speaker who, int64_t start_ms, uint32_t duration_ms,
              struct str text) {
    if (l->said_count == l->said_cap) {
        l->said_cap = l->said_cap ? l->said_cap * 2 : 8;
        l->said = mem_resize(l->said, l->said_cap * sizeof *l->said);
    }
    l->said[l->said_count++] =
        (struct leg_utterance){who, start_ms, duration_ms, mem_copy_str(text), false};
    if (who != LEG_ASSISTANT)
        return;
    if (l->heard.len + text.len + 1 > l->heard.max)
        buf_clear(&l->heard);
    if (l->heard.len > 0)
        buf_putc(&l->heard, ' ');
    buf_put_str(&l->heard, text);
}

static void cut(struct leg *l, bool only_api) {
    for (size_t i = 0; i < l->said_count; i++) {
        struct leg_utterance *u = &l->said[i];
        if (only_api && !u->from_api)
            continue;
        if (u->start_ms >= l->now_ms)
            u->duration_ms = 0;
        else if (u->start_ms + u->duration_ms > l->now_ms)
            u->duration_ms = (uint32_t)(l->now_ms - u->start_ms);
    }
}

void leg_cut_speech(struct leg *l) {
    cut(l, false);
}

void leg_cut_api_speech(struct leg *l) {
    cut(l, true);
}
