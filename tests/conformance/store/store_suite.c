#include "tests/conformance/store/store_suite.h"

#include <stdio.h>

#include "core/base/compiler.h"
#include "core/io/store_sqlite.h"

/* ---- the kinds of store ------------------------------------------------------------------------
 */

static void count_batch(void *ctx) {
    struct fixture *f = ctx;
    f->batches++;
}

static struct store *open_sqlite(struct fixture *f) {
    char path[320];
    temp_dir_file(&f->dir, "calls.db", path);
    const struct store_sqlite_options opts = {
        .path = path,
        .clock = fake_clock_of(&f->clock),
        .queue_max = f->queue_max,
        .batch_done = count_batch,
        .batch_ctx = f,
    };
    struct store *s = NULL;
    struct error err = {0};
    if (store_sqlite_open(&opts, &s, &err) != ERR_OK)
        fprintf(stderr, "cannot open: %s\n", err.text);
    return s;
}

static const struct store_kind kinds[] = {
    {"sqlite", open_sqlite},
};

/* ---- running a case ----------------------------------------------------------------------------
 */

void suite_run(void (*check)(struct fixture *f)) {
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        printf("  with %s\n", kinds[i].name);
        struct fixture f = {.kind = &kinds[i]};
        temp_dir_init(&f.dir);
        fake_clock_init(&f.clock);
        id_source_init(&f.ids, fake_clock_of(&f.clock));
        f.s = f.kind->open(&f);
        EXPECT(f.s != NULL);
        if (f.s)
            check(&f);
        store_free(f.s);
        arena_release(&f.a);
        temp_dir_release(&f.dir);
    }
}

bool suite_reopen(struct fixture *f) {
    store_free(f->s);
    f->s = f->kind->open(f);
    EXPECT(f->s != NULL);
    return f->s != NULL;
}

/* ---- calls -------------------------------------------------------------------------------------
 */

struct call suite_call(struct fixture *f) {
    struct clock clock = fake_clock_of(&f->clock);
    int64_t now_ms = clock_wall_ms(&clock);
    return (struct call){
        .id = id_next(&f->ids),
        .status = CALL_QUEUED,
        .seen = BIT(CALL_QUEUED),
        .placement = CALL_PLACE_READY,
        .provider = "mock",
        .assistant = "debt-intake",
        .to = "+12025550100",
        .from = "+12025550199",
        .ring_timeout_s = 60,
        .time_limit_s = 3600,
        .created_ms = now_ms,
        .updated_ms = now_ms,
        .check_ms = now_ms + 30000,
    };
}

void suite_insert(struct fixture *f, const struct call *c) {
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_insert_call(h.tx, c, STR("{}"), NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

struct call suite_get(struct fixture *f, int64_t id) {
    struct held h;
    struct call c = {0};
    hold_read(&h, f->s);
    enum error_code rc = store_get_call(h.tx, id, &c, NULL);
    EXPECT(rc == ERR_OK || rc == ERR_NOT_FOUND);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return c;
}

bool suite_same_call(const struct call *a, const struct call *b) {
    return a->id == b->id && a->status == b->status && a->seen == b->seen &&
           a->reason == b->reason && a->placement == b->placement &&
           strcmp(a->provider, b->provider) == 0 && strcmp(a->assistant, b->assistant) == 0 &&
           strcmp(a->to, b->to) == 0 && strcmp(a->from, b->from) == 0 && a->attempt == b->attempt &&
           strcmp(a->nonce, b->nonce) == 0 && strcmp(a->sid, b->sid) == 0 &&
           a->record == b->record && a->detection == b->detection &&
           a->answered_by == b->answered_by && a->ring_timeout_s == b->ring_timeout_s &&
           a->time_limit_s == b->time_limit_s && a->duration_s == b->duration_s &&
           a->hangup_requested == b->hangup_requested && a->carrier_code == b->carrier_code &&
           strcmp(a->error_text, b->error_text) == 0 && strcmp(a->outcome, b->outcome) == 0 &&
           a->created_ms == b->created_ms && a->updated_ms == b->updated_ms &&
           a->dialed_ms == b->dialed_ms && a->ringing_ms == b->ringing_ms &&
           a->answered_ms == b->answered_ms && a->ended_ms == b->ended_ms &&
           a->check_ms == b->check_ms && a->last_event == b->last_event &&
           a->attempted_ms == b->attempted_ms;
}
