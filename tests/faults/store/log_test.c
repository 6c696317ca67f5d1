#include <time.h>

#include "core/base/compiler.h"
#include "tests/unit/store/sqlite_rig.h"

enum {
    TEXT_BYTES = 64 * 1024,
    TEXTS_MAX = 4000,
    EVENTS_MAX = 1000,
    EMPTIES_WITHIN_S = 60
};

static enum error_code append_text(struct store_tx *tx, void *ctx, struct error *err) {
    static char text[TEXT_BYTES];
    (void)ctx;
    struct event ev = {.type = EVENT_TASK_UPDATED, .data = str_from(text, sizeof text)};
    memset(text, 'x', sizeof text);
    return store_append_event(tx, NULL, &ev, err);
}

struct endless {
    struct rig *r;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool running;
    int rc; /* of SQLite */
    _Atomic bool over;
};

static enum error_code count_for_ever(struct store_tx *tx, void *ctx, struct error *err) {
    struct endless *e = ctx;
    int64_t seq;
    EXPECT_INT(store_last_event(tx, &seq, err), ERR_OK); /* the view is of now */
    pthread_mutex_lock(&e->mutex);
    e->running = true;
    pthread_cond_signal(&e->cond);
    pthread_mutex_unlock(&e->mutex);
    e->rc = sqlite3_exec(sql_tx_from(tx)->conn->db,
                         "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
                         "SELECT count(*) FROM c",
                         NULL, NULL, NULL);
    return sql_fail(e->rc, err);
}

static void *read_for_ever(void *arg) {
    struct endless *e = arg;
    EXPECT_INT(store_read(e->r->s, count_for_ever, e, NULL), ERR_BUSY);
    e->over = true;
    return NULL;
}

TEST(log, a_reader_that_never_ends_is_ended_before_the_log_fills_the_disk) {
    struct rig r;
    pthread_t thread;
    rig_init(&r);
    REQUIRE(rig_open(&r) == ERR_OK);
    struct endless e = {
        .r = &r, .mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    REQUIRE(pthread_create(&thread, NULL, read_for_ever, &e) == 0);
    pthread_mutex_lock(&e.mutex);
    while (!e.running)
        pthread_cond_wait(&e.cond, &e.mutex);
    pthread_mutex_unlock(&e.mutex);
    int written = 0;
    while (!e.over && written++ < TEXTS_MAX)
        EXPECT_INT(store_write(r.s, append_text, NULL, NULL), ERR_OK);
    EXPECT(written < TEXTS_MAX);
    pthread_join(thread, NULL);
    EXPECT_INT(e.rc, SQLITE_INTERRUPT);
    EXPECT_INT(rig_last_event(&r), written + 1);
    rig_release(&r);
}

TEST(log, is_emptied_when_there_is_nothing_to_do) {
    struct rig r;
    struct timespec began, now;
    rig_init(&r);
    REQUIRE(rig_open(&r) == ERR_OK);
    int64_t written = 0;
    do { /* on a busy machine it may be empty again before this thread has looked */
        EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
        written++;
    } while (rig_size(&r, "-wal") == 0 && written < EVENTS_MAX);
    EXPECT(written < EVENTS_MAX);
    clock_gettime(CLOCK_MONOTONIC, &began);
    do {
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (rig_size(&r, "-wal") > 0 && now.tv_sec - began.tv_sec < EMPTIES_WITHIN_S);
    EXPECT_INT(rig_size(&r, "-wal"), 0);
    EXPECT_INT(rig_last_event(&r), written);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    EXPECT_INT(rig_last_event(&r), written + 1);
    rig_release(&r);
}
