#include "tests/support/engine_box.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "core/engine/pacer.h"
#include "core/io/store_sqlite.h"
#include "core/io/vault_file.h"

static const char public_url[] = "https://gw.example.com";

static const struct assistant *no_assistant(void *ctx, struct str name) {
    (void)ctx;
    (void)name;
    return NULL;
}

static void must(enum error_code rc, const struct error *err) {
    if (rc == ERR_OK)
        return;
    fprintf(stderr, "engine_box: %s: %s\n", error_name(rc), err->text);
    abort();
}

static void open_store(struct engine_box *b) {
    struct error err = {0};
    struct store_sqlite_options so = {.path = b->db_path, .clock = b->engine.clock};
    must(store_sqlite_open(&so, &b->engine.store, &err), &err);
    char dir[320], key[320];
    temp_dir_file(&b->dir, "recordings", dir);
    temp_dir_file(&b->dir, "recording.key", key);
    struct vault_file_options vo = {.dir = dir, .key_path = key, .may_create_key = true};
    must(vault_file_open(&vo, &b->engine.vault, &err), &err);
    struct webhook_service_options wo = {.engine = &b->engine, .workers = 1};
    b->webhooks = webhook_service_new(&wo);
}

static void close_store(struct engine_box *b) {
    webhook_service_free(b->webhooks);
    store_free(b->engine.store);
    vault_free(b->engine.vault);
}

void engine_box_init(struct engine_box *b) {
    *b = (struct engine_box){0};
    assert(secret_system_init());
    temp_dir_init(&b->dir);
    temp_dir_file(&b->dir, "test.db", b->db_path);
    fake_clock_init(&b->time);
    fake_provider_init(&b->carrier);
    b->providers[0] = &b->carrier.base;
    b->engine = (struct engine){
        .clock = fake_clock_of(&b->time),
        .ids = &b->ids,
        .links = {.public_base_url = str_z(public_url)},
        .providers = b->providers,
        .provider_count = 1,
        .find_assistant = no_assistant,
        .placing_enabled = true,
    };
    id_source_init(&b->ids, b->engine.clock);
    open_store(b);
}

void engine_box_add_second(struct engine_box *b) {
    fake_provider_init(&b->second);
    b->second.desc.name = "spare";
    b->providers[1] = &b->second.base;
    b->engine.provider_count = 2;
}

void engine_box_release(struct engine_box *b) {
    close_store(b);
    pacer_free(b->engine.pacer);
    temp_dir_release(&b->dir);
}

void engine_box_restart(struct engine_box *b) {
    close_store(b);
    open_store(b);
}

struct call engine_box_submit_request(struct engine_box *b, const struct call_request *req) {
    struct call c;
    bool replayed = false;
    struct error err = {0};
    must(call_service_submit(&b->engine, req, (struct str){0}, &c, &replayed, &err), &err);
    return c;
}

struct call engine_box_submit_to(struct engine_box *b, const char *to) {
    struct call_request req = {
        .to = str_z(to),
        .plan_json = STR("{\"steps\":[{\"say\":{\"text\":\"Hello\"}},{\"gather\":{}}]}")};
    return engine_box_submit_request(b, &req);
}

struct call engine_box_submit(struct engine_box *b) {
    return engine_box_submit_to(b, "+12025550100");
}

struct look {
    struct engine_box *box;
    int64_t id;
    struct call call;
    char *text;
    struct job jobs[64];
    size_t count;
    int64_t lease_until_ms;
};

static enum error_code call_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct look *l = ctx;
    return store_get_call(tx, l->id, &l->call, err);
}

struct call engine_box_call(struct engine_box *b, int64_t id) {
    struct look l = {.id = id};
    struct error err = {0};
    must(store_read(b->engine.store, call_tx, &l, &err), &err);
    return l.call;
}

static enum error_code claim_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct look *l = ctx;
    int64_t now = engine_now_ms(&l->box->engine), next = 0;
    return store_claim_jobs(tx, now, now + 60000, 1, l->jobs, &l->count, &next, err);
}

struct job engine_box_claim(struct engine_box *b) {
    struct error err = {0};
    struct look l = {.box = b};
    must(store_write(b->engine.store, claim_tx, &l, &err), &err);
    return l.count > 0 ? l.jobs[0] : (struct job){0};
}

unsigned engine_box_run_due(struct engine_box *b) {
    for (unsigned n = 0;; n++) {
        struct job j = engine_box_claim(b);
        if (j.kind == JOB_NONE)
            return n;
        assert(n < 1000); /* a job that comes back at once, for ever */
        dispatcher_run_job(&b->engine, &j);
    }
}

/* Everything, whenever it is due; undone at the end, so that nothing is claimed. */
static enum error_code all_jobs_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct look *l = ctx;
    int64_t next = 0, far = INT64_MAX / 2;
    enum error_code rc =
        store_claim_jobs(tx, far, far + 1, ARRAY_LEN(l->jobs), l->jobs, &l->count, &next, err);
    return rc == ERR_OK ? error_set(err, ERR_CONFLICT, "only looking") : rc;
}

uint32_t engine_box_jobs(struct engine_box *b) {
    struct look l = {.box = b};
    enum error_code rc = store_write(b->engine.store, all_jobs_tx, &l, NULL);
    assert(rc == ERR_CONFLICT);
    uint32_t set = 0;
    for (size_t i = 0; i < l.count; i++)
        set |= BIT(l.jobs[i].kind);
    return set;
}

static enum error_code events_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct look *l = ctx;
    struct arena a = {0};
    struct event *events = NULL;
    size_t n = 0;
    enum error_code rc = store_get_call(tx, l->id, &l->call, err);
    if (rc == ERR_OK)
        rc = store_list_call_events(tx, &l->call, 0, &a, &events, &n, err);
    struct buf b = BUF_INIT(1023);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        buf_printf(&b, "%s%s", i ? " " : "", event_type_name(events[i].type));
    if (!str_copy(buf_str(&b), l->text, 1024))
        l->text[0] = '\0';
    buf_release(&b);
    arena_release(&a);
    return rc;
}

void engine_box_events(struct engine_box *b, int64_t id, char *dst) {
    struct look l = {.id = id, .text = dst};
    struct error err = {0};
    must(store_read(b->engine.store, events_tx, &l, &err), &err);
}

/* ---- an exchange without a server
 * ---------------------------------------------------------------- */

struct waiting {
    struct http_exchange x;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool done;
};

static void on_reply(struct http_exchange *x) {
    struct waiting *w = container_of(x, struct waiting, x);
    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->answered);
    pthread_mutex_unlock(&w->lock);
}

static const struct http_exchange_ops exchange_ops = {.reply = on_reply};

struct engine_reply engine_box_webhook(struct engine_box *b, const char *url, const char *body) {
    struct waiting w = {.x = {.ops = &exchange_ops, .reply_body = BUF_INIT(65536)}};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.answered, NULL);
    struct str target = str_from_index(str_z(url), sizeof public_url - 1);
    size_t mark = str_find(target, '?');
    static const struct http_header headers[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/x-www-form-urlencoded")}};
    w.x.method = STR("POST");
    w.x.target = target;
    w.x.path = str_from(target.ptr, mark);
    w.x.query = mark < target.len ? str_from_index(target, mark + 1) : (struct str){0};
    w.x.body = str_z(body);
    w.x.headers = headers;
    w.x.header_count = ARRAY_LEN(headers);
    webhook_service_handle(b->webhooks, &w.x);
    pthread_mutex_lock(&w.lock);
    while (!w.done)
        pthread_cond_wait(&w.answered, &w.lock);
    pthread_mutex_unlock(&w.lock);
    struct engine_reply r = {.status = w.x.status};
    if (!str_copy(buf_str(&w.x.reply_body), r.body, sizeof r.body))
        r.body[0] = '\0';
    buf_release(&w.x.reply_body);
    arena_release(&w.x.reply_memory);
    pthread_cond_destroy(&w.answered);
    pthread_mutex_destroy(&w.lock);
    return r;
}
