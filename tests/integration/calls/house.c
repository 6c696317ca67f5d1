#include "tests/integration/calls/house.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/secret.h"
#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "core/engine/event_feed.h"
#include "providers/mock/carrier/carrier.h"
#include "tests/support/test.h"
#include "twiml/twiml.h"

enum {
    WAIT_LIMIT_MS = 60000,
    NEWS_WAIT_MS = 60,
    PASS_MAX_MS = 5000,
    SETTINGS_MAX = 8192,
    GRACE_MS = 100 /* at the end of a case nobody asks any more */
};

static const char *no_environment(void *ctx, const char *name) {
    (void)ctx, (void)name;
    return NULL;
}

static int64_t mono_ms(void *ctx) {
    struct house *h = ctx;
    return clock_mono_ms(&h->system) + h->passed_ms;
}

static int64_t wall_ms(void *ctx) {
    struct house *h = ctx;
    return clock_wall_ms(&h->system) + h->passed_ms;
}

static bool start(struct house *h) {
    struct error err = {0};
    struct gateway_options o = {.config = &h->config, .clock = {mono_ms, wall_ms, h}, .log_fd = -1};
    bool ok = gateway_start(&o, &h->gateway, &err) == ERR_OK;
    EXPECT_STR(err.text, "");
    return ok;
}

bool house_open(struct house *h, const char *settings) {
    struct buf text = BUF_INIT(SETTINGS_MAX);
    struct config_faults faults;
    *h = (struct house){.system = clock_system()};
    twiml_init(); /* as main() does, before the threads of the first gateway */
    if (!secret_system_init())
        return false;
    temp_dir_init(&h->dir);
    if (!strstr(settings, "SWITCHHOOK_LISTEN="))
        buf_puts(&text, "SWITCHHOOK_LISTEN=127.0.0.1:0\n");
    if (!strstr(settings, "SWITCHHOOK_ASSISTANTS_DIR="))
        buf_puts(&text, "SWITCHHOOK_ASSISTANTS_DIR=" SWH_SOURCE_DIR "/assistants\n");
    buf_printf(&text, "SWITCHHOOK_DATA_DIR=%s/data\n%s", h->dir.path, settings);
    bool ok = config_parse(buf_str(&text), no_environment, NULL, &h->config, &faults) == ERR_OK;
    buf_release(&text);
    EXPECT(ok);
    return ok && start(h);
}

static void stop(struct house *h, uint32_t grace_ms) {
    if (h->gateway)
        gateway_drain(h->gateway, grace_ms);
    gateway_free(h->gateway);
    h->gateway = NULL;
}

bool house_restart(struct house *h, uint32_t grace_ms) {
    stop(h, grace_ms);
    return start(h);
}

void house_close(struct house *h) {
    stop(h, GRACE_MS);
    config_release(&h->config);
    temp_dir_release(&h->dir);
}

static void pause_shortly(void) {
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 2000000}, NULL);
}

void house_wait_idle(struct house *h) {
    int64_t end = clock_mono_ms(&h->system) + WAIT_LIMIT_MS;
    while (!dispatcher_is_idle(gateway_dispatcher(h->gateway)) && clock_mono_ms(&h->system) < end)
        pause_shortly();
}

void house_pass(struct house *h, int64_t ms) {
    for (int64_t step; ms > 0; ms -= step) {
        house_wait_idle(h);
        step = ms < PASS_MAX_MS ? ms : PASS_MAX_MS;
        h->passed_ms += step;
        dispatcher_wake(gateway_dispatcher(h->gateway));
    }
}

int64_t house_place(struct house *h, const char *to, enum call_detection detection) {
    struct call_request q = {
        .to = str_z(to), .assistant = STR("debt-intake"), .detection = detection};
    struct call c;
    struct error err = {0};
    bool replayed = false;
    if (call_service_submit(gateway_engine(h->gateway), &q, (struct str){0}, &c, &replayed, &err)) {
        EXPECT_STR(err.text, "accepted");
        return 0;
    }
    dispatcher_wake(gateway_dispatcher(h->gateway));
    return c.id;
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static enum error_code call_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct call *c = ctx;
    return store_get_call(tx, c->id, c, err);
}

struct call house_call(struct house *h, int64_t id) {
    struct call c = {.id = id};
    EXPECT_INT(store_read(gateway_engine(h->gateway)->store, call_tx, &c, NULL), ERR_OK);
    return c;
}

struct wait {
    struct event_waiter waiter;
    pthread_mutex_t lock;
    pthread_cond_t came;
    bool done;
};

static void news_came(struct event_waiter *w) {
    struct wait *wait = container_of(w, struct wait, waiter);
    pthread_mutex_lock(&wait->lock);
    wait->done = true;
    pthread_cond_signal(&wait->came);
    pthread_mutex_unlock(&wait->lock);
}

static void wait_for_news(struct house *h, const struct call *c) {
    struct wait w = {.waiter = {.call_id = c->id,
                                .after_seq = c->last_event,
                                .deadline_mono_ms = mono_ms(h) + NEWS_WAIT_MS,
                                .ready = news_came},
                     .lock = PTHREAD_MUTEX_INITIALIZER,
                     .came = PTHREAD_COND_INITIALIZER};
    event_feed_wait(gateway_events(h->gateway), &w.waiter);
    pthread_mutex_lock(&w.lock);
    while (!w.done) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += NEWS_WAIT_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        /* the feed looks at its waiters' deadlines when something is told, else seldom */
        if (pthread_cond_timedwait(&w.came, &w.lock, &until) != 0 && !w.done) {
            pthread_mutex_unlock(&w.lock);
            event_feed_notify(gateway_events(h->gateway));
            pthread_mutex_lock(&w.lock);
        }
    }
    pthread_mutex_unlock(&w.lock);
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.came);
}

struct call house_wait_news(struct house *h, int64_t id) {
    struct call c = house_call(h, id);
    if (!call_status_is_final(c.status))
        wait_for_news(h, &c);
    return house_call(h, id);
}

struct call house_wait_end(struct house *h, int64_t id) {
    int64_t end = clock_mono_ms(&h->system) + WAIT_LIMIT_MS;
    struct call c = house_call(h, id);
    while (!call_status_is_final(c.status) && clock_mono_ms(&h->system) < end)
        c = house_wait_news(h, id);
    return c;
}

struct events {
    struct call call;
    struct arena arena;
    struct event *items;
    size_t count;
};

static enum error_code events_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct events *e = ctx;
    enum error_code rc = store_get_call(tx, e->call.id, &e->call, err);
    return rc == ERR_OK
               ? store_list_call_events(tx, &e->call, 0, &e->arena, &e->items, &e->count, err)
               : rc;
}

static int by_type(const void *a, const void *b) {
    return (int)((const struct event *)a)->type - (int)((const struct event *)b)->type;
}

void house_events(struct house *h, int64_t id, struct buf *out) {
    struct events e = {.call = {.id = id}};
    EXPECT_INT(store_read(gateway_engine(h->gateway)->store, events_tx, &e, NULL), ERR_OK);
    qsort(e.items, e.count, sizeof *e.items, by_type);
    buf_clear(out);
    for (size_t i = 0; i < e.count; i++) {
        struct str name = str_z(event_type_name(e.items[i].type));
        if (!str_starts(name, STR("recording.")))
            buf_printf(out, STR_FMT " ", STR_ARG(name));
    }
    arena_release(&e.arena);
}

void house_event_data(struct house *h, int64_t id, const char *type, struct buf *out) {
    struct events e = {.call = {.id = id}};
    EXPECT_INT(store_read(gateway_engine(h->gateway)->store, events_tx, &e, NULL), ERR_OK);
    buf_clear(out);
    buf_puts(out, "");
    for (size_t i = 0; i < e.count; i++)
        if (strcmp(event_type_name(e.items[i].type), type) == 0)
            buf_printf(out, STR_FMT "\n", STR_ARG(e.items[i].data));
    arena_release(&e.arena);
}

int house_event_place(struct house *h, int64_t id, const char *type) {
    struct events e = {.call = {.id = id}};
    int place = -1;
    EXPECT_INT(store_read(gateway_engine(h->gateway)->store, events_tx, &e, NULL), ERR_OK);
    for (size_t i = 0; place < 0 && i < e.count; i++)
        if (strcmp(event_type_name(e.items[i].type), type) == 0)
            place = (int)i;
    arena_release(&e.arena);
    return place;
}

bool house_wait_event(struct house *h, int64_t id, const char *type) {
    int64_t end = clock_mono_ms(&h->system) + WAIT_LIMIT_MS;
    CLEANUP(buf_release) struct buf events = BUF_INIT(HOUSE_EVENTS_MAX);
    for (;;) {
        struct call c = house_call(h, id);
        house_events(h, id, &events);
        if (events.ptr && strstr(events.ptr, type))
            return true;
        if (clock_mono_ms(&h->system) >= end)
            return false;
        wait_for_news(h, &c);
    }
}

uint64_t house_rings(struct house *h, const char *to) {
    return carrier_rings(gateway_carrier(h->gateway), str_z(to));
}

/* ---- what came of it ---------------------------------------------------------------------------
 */

struct talk {
    int64_t call_id;
    struct arena arena;
    struct turn *turns;
    struct recording *recordings;
    size_t turn_count, recording_count;
};

static enum error_code talk_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct talk *t = ctx;
    enum error_code rc =
        store_list_turns(tx, t->call_id, &t->arena, &t->turns, &t->turn_count, err);
    return rc == ERR_OK ? store_list_recordings(tx, t->call_id, 0, 100, &t->arena, &t->recordings,
                                                &t->recording_count, err)
                        : rc;
}

static struct talk read_talk(struct house *h, int64_t id) {
    struct talk t = {.call_id = id};
    EXPECT_INT(store_read(gateway_engine(h->gateway)->store, talk_tx, &t, NULL), ERR_OK);
    return t;
}

void house_transcript(struct house *h, int64_t id, struct buf *out) {
    struct talk t = read_talk(h, id);
    buf_clear(out);
    for (size_t i = 0; i < t.turn_count; i++)
        if (t.turns[i].role != TURN_FUNCTION)
            buf_printf(out, "%s: " STR_FMT "\n", turn_role_name(t.turns[i].role),
                       STR_ARG(t.turns[i].text));
    arena_release(&t.arena);
}

struct house_recordings house_wait_recordings(struct house *h, int64_t id) {
    int64_t end = clock_mono_ms(&h->system) + WAIT_LIMIT_MS;
    struct house_recordings r = {.open = 1};
    while (r.open && clock_mono_ms(&h->system) < end) {
        struct talk t = read_talk(h, id);
        r = (struct house_recordings){0};
        for (size_t i = 0; i < t.recording_count; i++) {
            enum recording_status s = t.recordings[i].status;
            r.stored += s == RECORDING_STORED;
            r.lost += s == RECORDING_ABSENT || s == RECORDING_FAILED;
            r.open += s != RECORDING_STORED && s != RECORDING_ABSENT && s != RECORDING_FAILED;
        }
        arena_release(&t.arena);
        if (r.open)
            pause_shortly();
    }
    return r;
}
