#include "providers/mock/carrier/carrier.h"

#include <assert.h>
#include <stdio.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/core.h"
#include "providers/mock/carrier/inbound.h"

enum {
    CALLS_MAX_DEFAULT = 20000,
    EVENTS_PER_ROUND = 64,  /* between two looks at what was posted */
    LOOK_AT_CLOCK_MS = 100, /* a test's clock may jump while we wait */
    BACKLOG_MAX = 256,      /* requests that wait: at speed 0 no calls are driven on meanwhile */
    RENDERERS = 2,
    RENDERS_WAITING_MAX = 64,
};

/* ---- the heap of legs, by when their next event is due
 * ------------------------------------------------ */

static bool before(const struct leg *a, const struct leg *b) {
    return a->heap_key != b->heap_key ? a->heap_key < b->heap_key : a->heap_order < b->heap_order;
}

static void heap_set(struct carrier *c, size_t i, struct leg *l) {
    c->heap[i] = l;
    l->heap_at = i + 1;
}

static void heap_up(struct carrier *c, size_t i) {
    struct leg *l = c->heap[i];
    for (; i > 0 && before(l, c->heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap_set(c, i, c->heap[(i - 1) / 2]);
    heap_set(c, i, l);
}

static void heap_down(struct carrier *c, size_t i) {
    struct leg *l = c->heap[i];
    for (;;) {
        size_t child = i * 2 + 1;
        if (child >= c->heap_count)
            break;
        if (child + 1 < c->heap_count && before(c->heap[child + 1], c->heap[child]))
            child++;
        if (!before(c->heap[child], l))
            break;
        heap_set(c, i, c->heap[child]);
        i = child;
    }
    heap_set(c, i, l);
}

static void heap_remove(struct carrier *c, struct leg *l) {
    if (l->heap_at == 0)
        return;
    size_t i = l->heap_at - 1;
    l->heap_at = 0;
    struct leg *last = c->heap[--c->heap_count];
    if (last == l)
        return;
    heap_set(c, i, last);
    heap_up(c, i);
    heap_down(c, last->heap_at - 1);
}

static void heap_insert(struct carrier *c, struct leg *l) {
    if (c->heap_count == c->heap_cap) {
        c->heap_cap = c->heap_cap ? c->heap_cap * 2 : 64;
        c->heap = mem_resize(c->heap, c->heap_cap * sizeof(struct leg *));
    }
    heap_set(c, c->heap_count++, l);
    heap_up(c, c->heap_count - 1);
}

/* ---- books
 * -------------------------------------------------------------------------------------------- */

struct dialled *carrier_number(struct carrier *c, struct str number) {
    struct dialled *d = sidmap_get(&c->numbers, number);
    if (d)
        return d;
    d = mem_zalloc(sizeof *d);
    d->number = mem_copy_str(number);
    pthread_mutex_lock(&c->books_mutex);
    sidmap_put(&c->numbers, str_z(d->number), d);
    pthread_mutex_unlock(&c->books_mutex);
    return d;
}

static void forget(struct carrier *c, struct leg *l) {
    heap_remove(c, l);
    while (l->tapes)
        tape_delete(c, l->tapes);
    (void)sidmap_remove(&c->legs, str_z(l->sid));
    *(l->newer ? &l->newer->older : &c->newest) = l->older;
    *(l->older ? &l->older->newer : &c->oldest) = l->newer;
    leg_free(l);
}

static void forget_oldest(struct carrier *c) {
    while (c->retired_count > c->calls_max) {
        struct leg *l = c->retired_first;
        c->retired_first = l->retired_next;
        if (!c->retired_first)
            c->retired_end = &c->retired_first;
        c->retired_count--;
        forget(c, l);
    }
}

void carrier_touch(struct carrier *c, struct leg *l) {
    heap_remove(c, l);
    if (l->retired)
        return;
    if (l->event_count == 0) {
        if (leg_is_over(l) && l->outstanding == 0)
            leg_retire(c, l);
        return;
    }
    if (c->speed <= 0) {
        if (l->outstanding > 0)
            return;
        l->heap_key = 0; /* at once, each leg in its turn */
    } else {
        double ahead = (double)(l->events[0].due_ms - l->anchor_virtual_ms) / l->rate;
        l->heap_key = l->anchor_real_ms + (int64_t)ahead;
    }
    l->heap_order = c->heap_order++;
    heap_insert(c, l);
}

/* ---- the carrier's thread
 * ------------------------------------------------------------------------------- */

static int64_t time_to_next(struct carrier *c) {
    if (c->heap_count == 0 || (c->speed <= 0 && c->waiting_count > BACKLOG_MAX))
        return -1;
    int64_t ms = c->speed <= 0 ? 0 : c->heap[0]->heap_key - clock_mono_ms(&c->clock);
    return ms <= 0 ? 0 : ms < LOOK_AT_CLOCK_MS ? ms : LOOK_AT_CLOCK_MS;
}

static void run_due(struct carrier *c) {
    for (int i = 0; i < EVENTS_PER_ROUND && time_to_next(c) == 0; i++) {
        struct leg *l = c->heap[0];
        struct leg_event e;
        if (leg_take_event(l, &e))
            progress_event(c, l, &e);
        carrier_touch(c, l);
    }
    forget_oldest(c);
}

static void *carrier_thread(void *ctx) {
    struct carrier *c = ctx;
    for (bool closed = false; !closed;) {
        struct hub_item *i = hub_take(c->hub, time_to_next(c), &closed);
        while (i) {
            struct hub_item *next = i->next;
            i->run(c, i);
            i = next;
        }
        if (!closed)
            run_due(c);
    }
    return NULL;
}

/* ---- requests
 * ---------------------------------------------------------------------------------------------- */

struct incoming {
    struct hub_item item;
    struct http_exchange *x;
};

static void incoming_run(struct carrier *c, struct hub_item *i) {
    struct incoming *in = container_of(i, struct incoming, item);
    struct http_exchange *x = in->x;
    mem_free(in);
    if (inbound_is_asked(x))
        inbound_rest(c, x);
    else
        c->face->rest(c, x);
}

static void incoming_drop(struct hub_item *i) {
    struct incoming *in = container_of(i, struct incoming, item);
    http_exchange_reply_text(in->x, 503, "text/plain", STR("the carrier is closing"));
    mem_free(in);
}

void carrier_handle(void *ctx, struct http_exchange *x) {
    struct carrier *c = ctx;
    struct incoming *in = mem_zalloc(sizeof *in);
    in->item = (struct hub_item){.run = incoming_run, .drop = incoming_drop};
    in->x = x;
    hub_post(c->hub, &in->item);
}

/* ---- life
 * --------------------------------------------------------------------------------------------------
 */

static const struct carrier_face *const faces[] = {&carrier_face_twilio, &carrier_face_plivo,
                                                   &carrier_face_signalwire};

const struct carrier_face *const *carrier_faces(size_t *count) {
    *count = ARRAY_LEN(faces);
    return faces;
}

static const struct carrier_face *find_face(const char *dialect) {
    for (size_t i = 0; i < ARRAY_LEN(faces); i++)
        if (str_eq(str_z(dialect), str_z(faces[i]->dialect)))
            return faces[i];
    return NULL;
}

static enum error_code no_such_face(const char *dialect, struct error *err) {
    struct buf names = BUF_INIT(128);
    for (size_t i = 0; i < ARRAY_LEN(faces); i++)
        buf_printf(&names, "%s%s", i > 0 ? ", " : "", faces[i]->dialect);
    enum error_code rc = error_field(err, ERR_UNSUPPORTED, "dialect",
                                     "the carrier in a box does not speak \"%s\"; it speaks: %s",
                                     dialect ? dialect : "", names.ptr);
    buf_release(&names);
    return rc;
}

static void make_signing_key(struct carrier *c, const struct carrier_options *o) {
    char hex[SID_SIZE], text[2 * SID_SIZE];
    rng_sid(hex, "xx", o->seed, STR("signing key"), 0);
    snprintf(text, sizeof text, "%s%s", c->face->key_prefix, hex + 2);
    c->signing_key = mem_copy_str(o->signing_key.len ? o->signing_key : str_z(text));
}

static void make_account(struct carrier *c, const struct carrier_options *o) {
    char account[FACE_LOGIN_SIZE], token[FACE_LOGIN_SIZE];
    c->face->make_login(o->seed, account, token);
    c->account = mem_copy_str(o->account.len ? o->account : str_z(account));
    c->token = mem_copy_str(o->token.len ? o->token : str_z(token));
    c->number = mem_copy_str(o->number.len ? o->number : STR("+12025550199"));
    c->face->make_id(c->number_sid, FACE_ID_NUMBER, o->seed, str_z(c->number), 0);
    if (c->face->key_prefix)
        make_signing_key(c, o);
    struct secret key = {0};
    secret_set(&key, str_z(c->signing_key ? c->signing_key : c->token));
    c->hmac_sha1 = digest_hmac_sha1_new(&key);
    c->hmac_sha256 = digest_hmac_sha256_new(&key);
    secret_release(&key);
}

enum error_code carrier_new(const struct carrier_options *o, struct carrier **out,
                            struct error *err) {
    const struct carrier_face *face = find_face(o->dialect);
    if (!face)
        return no_such_face(o->dialect, err);
    if (!(o->speed >= 0))
        return error_field(err, ERR_INVALID, "speed", "speed must be 0 or more");
    struct scenario *scenario = NULL;
    enum error_code rc = scenario_new(o->scenario_json, o->seed, &scenario, err);
    if (rc == ERR_OK && (rc = scenario_check_switches(scenario, face->switches, err)) != ERR_OK)
        scenario_free(scenario);
    if (rc != ERR_OK)
        return rc;
    struct carrier *c = mem_zalloc(sizeof *c);
    c->face = face;
    c->scenario = scenario;
    c->speed = o->speed;
    c->seed = o->seed;
    c->calls_max = o->calls_max ? o->calls_max : CALLS_MAX_DEFAULT;
    c->http = o->http;
    c->clock = o->clock;
    c->log = o->log;
    c->born_ms = clock_wall_ms(&c->clock);
    c->base_url = BUF_INIT(1024);
    c->retired_end = &c->retired_first;
    c->waiting_end = &c->waiting_first;
    pthread_mutex_init(&c->books_mutex, NULL);
    make_account(c, o);
    c->hub = hub_new();
    c->pool = pool_new("carrier-audio", RENDERERS, RENDERS_WAITING_MAX);
    c->speech = speech_new();
    if (pthread_create(&c->thread, NULL, carrier_thread, c) != 0) {
        carrier_free(c);
        return error_set(err, ERR_IO, "the carrier's thread could not be started");
    }
    c->started = true;
    *out = c;
    return ERR_OK;
}

void carrier_set_base_url(struct carrier *c, struct str base_url) {
    buf_clear(&c->base_url);
    buf_put_str(&c->base_url, base_url);
}

struct carrier_account carrier_account(const struct carrier *c) {
    return (struct carrier_account){str_z(c->account), str_z(c->token), str_z(c->number),
                                    str_z(c->signing_key)};
}

uint64_t carrier_rings(struct carrier *c, struct str to) {
    pthread_mutex_lock(&c->books_mutex);
    const struct dialled *d = sidmap_get(&c->numbers, to);
    uint64_t n = d ? d->rings : 0;
    pthread_mutex_unlock(&c->books_mutex);
    return n;
}

struct carrier_totals carrier_totals(struct carrier *c) {
    uint64_t ended = c->ended, created = c->created; /* in this order: open is never negative */
    return (struct carrier_totals){.created = created,
                                   .open = created - ended,
                                   .ended = ended,
                                   .settled = c->settled,
                                   .recordings = c->recordings,
                                   .webhooks_sent = c->webhooks_sent,
                                   .webhooks_failed = c->webhooks_failed};
}

static void release_books(struct carrier *c) {
    while (c->waiting_first) {
        struct outgoing *o = c->waiting_first;
        c->waiting_first = o->next;
        outgoing_free(o);
    }
    while (c->newest)
        forget(c, c->newest);
    sidmap_release(&c->legs);
    sidmap_release(&c->tapes);
    size_t at = 0;
    for (struct dialled *d; (d = sidmap_next(&c->numbers, &at));) {
        mem_free(d->number);
        mem_free(d);
    }
    sidmap_release(&c->numbers);
    mem_free(c->heap);
}

static void free_secret(char *text) {
    if (text)
        secret_wipe(text, strlen(text));
    mem_free(text);
}

void carrier_free(struct carrier *c) {
    if (!c)
        return;
    hub_close(c->hub);
    if (c->started)
        pthread_join(c->thread, NULL);
    pool_free(c->pool);
    release_books(c);
    hub_unref(c->hub); /* replies that are still on their way keep it alive */
    speech_free(c->speech);
    scenario_free(c->scenario);
    digest_hmac_free(c->hmac_sha1);
    digest_hmac_free(c->hmac_sha256);
    pthread_mutex_destroy(&c->books_mutex);
    buf_release(&c->base_url);
    mem_free(c->account);
    free_secret(c->token);
    free_secret(c->signing_key);
    mem_free(c->number);
    mem_free(c);
}
