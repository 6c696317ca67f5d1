#include <stdio.h>

#include "core/base/compiler.h"
#include "swml/swml_dial.h"
#include "swml/swml_reading.h"
#include "swml/swml_text.h"

/* Where a call is led: other parties, conferences, queues, media streams. */

/* ---- far ends -------------------------------------------------------------------------------- */

static bool is_number(struct str to) {
    for (size_t i = 0; i < to.len; i++)
        if ((to.ptr[i] < '0' || to.ptr[i] > '9') && !(i == 0 && to.ptr[i] == '+'))
            return false;
    return to.len > (size_t)(to.len > 0 && to.ptr[0] == '+');
}

/* Who is called; false when a plan has no far end of that kind. */
static bool split_target(struct str to, struct plan_noun *out) {
    static const struct str queue = STR_INIT(SWML_QUEUE), open = STR_INIT(SWML_PUBLIC);
    *out = (struct plan_noun){.target = to};
    if (is_number(to))
        out->kind = PLAN_NOUN_NUMBER;
    else if (str_starts(to, STR("sip:")) || str_starts(to, STR("sips:")))
        out->kind = PLAN_NOUN_SIP;
    else if (to.len > 0 && to.ptr[0] == '/')
        out->kind = PLAN_NOUN_CLIENT;
    else if (str_starts(to, queue))
        out->kind = PLAN_NOUN_QUEUE;
    if (out->kind == PLAN_NOUN_QUEUE)
        out->target = str_from_index(to, queue.len);
    else if (out->kind == PLAN_NOUN_CLIENT && str_starts(to, open) && to.len > open.len &&
             to.ptr[open.len] != '/')
        out->target = str_from_index(to, open.len);
    return out->kind != PLAN_NOUN_UNKNOWN && out->target.len > 0;
}

/* A document to be screened with, or keys to be sent; false for other verbs. */
static bool read_confirm(struct reading *r, const struct json *confirm, struct plan_noun *n) {
    struct str name;
    const struct json *value;
    if (!confirm)
        return true;
    if (swml_is_url(json_str(confirm))) {
        n->screen.url = reading_text(r, confirm);
        return true;
    }
    if (json_type(confirm) != JSON_ARRAY || json_count(confirm) != 1 ||
        n->kind != PLAN_NOUN_NUMBER || !reading_split(json_first(confirm), &name, &value) ||
        !str_eq(name, STR("send_digits")) || json_count(value) != 1)
        return false;
    n->send_digits = reading_text(r, json_get(value, "digits"));
    return n->send_digits.len > 0;
}

static void read_events(struct reading *r, const struct json *leg, struct plan_noun *n) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(256);
    const struct json *events = json_get(leg, "call_state_events");
    for (const struct json *e = json_first(events); e; e = json_next(e)) {
        size_t i = 0;
        while (swml_leg_events[i].plan && !str_eq_z(json_str(e), swml_leg_events[i].swml))
            i++;
        if (!swml_leg_events[i].plan) {
            reading_lose(r, PLAN_LOSS_DROPPED, "call_state_events", "the event is not known here");
            continue;
        }
        if (b.len > 0)
            buf_putc(&b, ' ');
        buf_puts(&b, swml_leg_events[i].plan);
    }
    n->status_events = arena_copy(&r->plan->arena, buf_str(&b));
}

/* The far end that an object names. */
static bool read_leg(struct reading *r, const struct json *leg, struct plan_noun *n) {
    if (!split_target(json_str(json_get(leg, "to")), n) ||
        !read_confirm(r, json_get(leg, "confirm"), n))
        return false;
    n->target = arena_copy(&r->plan->arena, n->target);
    read_events(r, leg, n);
    return true;
}

/* What only some kinds of far end have. */
static void keep_own(struct reading *r, struct plan_noun *n) {
    bool queue = n->kind == PLAN_NOUN_QUEUE;
    if (n->kind != PLAN_NOUN_SIP && n->sip_user.len + n->sip_password.len > 0) {
        reading_lose(r, PLAN_LOSS_DROPPED, "username", "only a SIP address has one");
        n->sip_user = n->sip_password = (struct str){0};
    }
    if (queue && n->status.url.len + n->status_events.len > 0) {
        reading_lose(r, PLAN_LOSS_DROPPED, "call_state_url", "a queue has no notices of its own");
        n->status = (struct plan_link){0};
        n->status_events = (struct str){0};
    }
    if (n->status.url.len == 0)
        n->status_events = (struct str){0};
}

/* ---- connect --------------------------------------------------------------------------------- */

static bool read_legs(struct reading *r, const struct json *legs, struct plan_dial *d) {
    if (json_type(legs) != JSON_ARRAY || json_count(legs) < 1)
        return false;
    for (const struct json *leg = json_first(legs); leg; leg = json_next(leg)) {
        struct plan_noun n;
        if (!read_leg(r, leg, &n) || n.kind == PLAN_NOUN_QUEUE)
            return false;
        struct plan_noun *to = plan_add_noun(r->plan, d, n.kind);
        if (!to)
            return false;
        *to = n;
    }
    return true;
}

/* The carrier's details of each leg, once it is sure that the verb is kept as a step. */
static void read_leg_details(struct reading *r, const struct json *legs, struct plan_dial *d) {
    size_t i = 0;
    for (const struct json *leg = json_first(legs); leg && i < d->noun_count;
         leg = json_next(leg)) {
        reading_rows(r, leg, &swml_leg, &d->nouns[i]);
        keep_own(r, &d->nouns[i++]);
    }
}

static void read_ringback(struct reading *r, const struct json *value, struct plan_dial *d) {
    static const struct str ring = STR_INIT("ring:");
    const struct json *ringback = json_get(value, "ringback");
    struct str tone = json_str(json_type(ringback) == JSON_ARRAY ? json_first(ringback) : NULL);
    if (!ringback)
        return;
    bool country = str_starts(tone, ring) && tone.len == ring.len + 2 && tone.ptr[5] >= 'a' &&
                   tone.ptr[5] <= 'z' && tone.ptr[6] >= 'a' && tone.ptr[6] <= 'z';
    if (json_count(ringback) != 1 || (!country && !swml_is_url(tone))) {
        reading_lose(r, PLAN_LOSS_DROPPED, "ringback", "a plan has one country's tone or one URL");
        return;
    }
    d->ring_tone = arena_copy(&r->plan->arena, country ? str_from_index(tone, ring.len) : tone);
}

static bool read_connect_stream(struct reading *r, const struct json *value, struct str url) {
    if (!str_starts(url, STR("wss://")) || !swml_is_socket(url) || json_count(value) != 1)
        return false;
    struct plan_step *s = reading_add(r, PLAN_STREAM);
    if (!s)
        return true;
    s->u.stream.bidirectional = true;
    s->u.stream.url = arena_copy(&r->plan->arena, url);
    (void)reading_action(r, &s->u.stream.action);
    return true;
}

/* After a queue the bridge and the verb both have to lead to the same place. */
static void read_queue_action(struct reading *r, struct str after, struct plan_link *action) {
    if (str_eq(reading_dest(reading_next_is(r, "transfer")), after))
        reading_skip(r);
    else
        reading_lose(r, PLAN_LOSS_DROPPED, "transfer_after_bridge",
                     "a plan goes there however the queue ends");
    action->url = arena_copy(&r->plan->arena, after);
}

static void add_dial(struct reading *r, const struct json *value, const struct plan_dial *from,
                     struct str after) {
    struct plan_step *s = reading_add(r, PLAN_DIAL);
    if (!s)
        return;
    struct plan_dial *d = &s->u.dial;
    *d = *from;
    reading_rows(r, value, &swml_connect, d);
    read_ringback(r, value, d);
    if (d->nouns[0].kind == PLAN_NOUN_QUEUE)
        read_queue_action(r, after, &d->action);
    else
        (void)reading_action(r, &d->action);
}

bool read_connect(struct reading *r, const struct json *value) {
    static const struct str stream = STR_INIT(SWML_STREAM);
    const struct json *to = json_get(value, "to"), *serial = json_get(value, "serial"),
                      *parallel = json_get(value, "parallel");
    struct str after = json_str(json_get(value, "transfer_after_bridge"));
    struct plan_dial d = {0};
    if ((to != NULL) + (serial != NULL) + (parallel != NULL) != 1 || json_get(value, "result") ||
        json_get(value, "serial_parallel"))
        return false;
    if (str_starts(json_str(to), stream))
        return read_connect_stream(r, value, str_from_index(json_str(to), stream.len));
    if (!to) {
        const struct json *legs = serial ? serial : parallel;
        if (after.len > 0 || json_get(value, "confirm") || !read_legs(r, legs, &d))
            return false;
        d.sequential = serial && d.noun_count > 1;
        read_leg_details(r, legs, &d);
        add_dial(r, value, &d, after);
        return true;
    }
    struct plan_noun n;
    if (!read_leg(r, value, &n) || (n.kind == PLAN_NOUN_QUEUE) != (after.len > 0) ||
        (after.len > 0 && !swml_is_url(after)))
        return false;
    static const struct swml_row own_rows[] = {
        {.key = "username", .codec = SWML_STR, .offset = offsetof(struct plan_noun, sip_user)},
        {.key = "password", .codec = SWML_STR, .offset = offsetof(struct plan_noun, sip_password)},
        {.key = "call_state_url", .codec = SWML_LINK, .offset = offsetof(struct plan_noun, status)},
    };
    static const struct swml_rows own = {own_rows, ARRAY_LEN(own_rows)};
    reading_rows_of(r, value, &own, &n);
    keep_own(r, &n);
    *plan_add_noun(r->plan, &d, n.kind) = n;
    add_dial(r, value, &d, after);
    return true;
}

/* ---- conference, queue, refer ---------------------------------------------------------------- */

bool read_conference(struct reading *r, const struct json *value) {
    struct plan_dial d = {0};
    struct plan_noun n = {.kind = PLAN_NOUN_CONFERENCE};
    bool bare = json_type(value) == JSON_STRING;
    struct str name = bare ? json_str(value) : json_str(json_get(value, "name"));
    if (name.len == 0 || json_get(value, "result"))
        return false;
    if (bare)
        n.target = arena_copy(&r->plan->arena, name);
    else
        reading_rows(r, value, &swml_conference, &n);
    *plan_add_noun(r->plan, &d, n.kind) = n;
    struct plan_step *s = reading_add(r, PLAN_DIAL);
    if (!s)
        return true;
    s->u.dial = d;
    (void)reading_action(r, &s->u.dial.action);
    return true;
}

bool read_queue(struct reading *r, const struct json *value) {
    struct str after = json_str(json_get(value, "transfer_after_bridge"));
    if (json_str(json_get(value, "queue_name")).len == 0 || !swml_is_url(after))
        return false;
    struct plan_step *s = reading_add(r, PLAN_ENQUEUE);
    if (!s)
        return true;
    reading_rows(r, value, &swml_queue, &s->u.enqueue);
    read_queue_action(r, after, &s->u.enqueue.action);
    return true;
}

bool read_refer(struct reading *r, const struct json *value) {
    if (json_str(json_get(value, "to_uri")).len == 0)
        return false;
    struct plan_step *s = reading_add(r, PLAN_REFER);
    if (!s)
        return true;
    reading_rows(r, value, &swml_refer, &s->u.refer);
    (void)reading_action(r, &s->u.refer.action);
    return true;
}

/* ---- streams --------------------------------------------------------------------------------- */

bool read_tap(struct reading *r, const struct json *value) {
    if (!swml_is_socket(json_str(json_get(value, "uri"))))
        return false;
    struct plan_step *s = reading_add(r, PLAN_STREAM);
    if (s)
        reading_rows(r, value, &swml_tap, &s->u.stream);
    return true;
}
