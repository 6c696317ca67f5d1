#include <stdatomic.h>

#include "core/base/compiler.h"
#include "tests/unit/store/sqlite_rig.h"

enum {
    PAGES_BYTES = 4096 + 24,
    ROUNDS = 60,
    PER_ROUND = 2000
};

static enum error_code append_many(struct store_tx *tx, void *ctx, struct error *err) {
    (void)ctx;
    for (int i = 0; i < PER_ROUND; i++) {
        struct event ev = {.type = EVENT_TASK_UPDATED,
                           .data = STR("{\"text\":\"long enough to fill pages soon, and the file "
                                       "with them before long\"}")};
        enum error_code rc = store_append_event(tx, NULL, &ev, err);
        if (rc != ERR_OK)
            return rc;
    }
    return ERR_OK;
}

TEST(writer, the_log_is_copied_back_and_does_not_grow_with_the_commits) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    for (int i = 0; i < ROUNDS; i++)
        EXPECT_INT(store_write(r.s, append_many, NULL, NULL), ERR_OK);
    EXPECT_INT(rig_last_event(&r), ROUNDS * PER_ROUND);
    EXPECT(rig_size(&r, "") > 1500 * 4096);
    EXPECT(rig_size(&r, "-wal") < 1500 * PAGES_BYTES);
    rig_release(&r);
}

TEST(writer, a_reader_that_stays_open_keeps_nobody_from_writing) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    struct held view;
    int64_t seq = 0;
    hold_read(&view, r.s);
    EXPECT_INT(store_last_event(view.tx, &seq, NULL), ERR_OK);
    for (int i = 0; i < ROUNDS; i++)
        EXPECT_INT(store_write(r.s, append_many, NULL, NULL), ERR_OK);
    EXPECT_INT(store_last_event(view.tx, &seq, NULL), ERR_OK);
    EXPECT_INT(seq, 1);
    EXPECT_INT(hold_end(&view, ERR_OK), ERR_OK);
    EXPECT_INT(rig_last_event(&r), 1 + ROUNDS * PER_ROUND);
    rig_release(&r);
}

/* ---- readers -----------------------------------------------------------------------------------
 */

struct late_reader {
    struct rig *r;
    atomic_bool released;
    bool came_first;
};

static void *read_late(void *arg) {
    struct late_reader *late = arg;
    EXPECT_INT(rig_last_event(late->r), 0);
    late->came_first = !atomic_load(&late->released);
    return NULL;
}

TEST(readers, when_all_are_busy_the_next_waits_for_one) {
    struct rig r;
    rig_init(&r);
    r.readers = 1;
    EXPECT_INT(rig_open(&r), ERR_OK);
    struct held view;
    struct late_reader late = {.r = &r};
    pthread_t thread;
    hold_read(&view, r.s);
    REQUIRE(pthread_create(&thread, NULL, read_late, &late) == 0);
    atomic_store(&late.released, true);
    EXPECT_INT(hold_end(&view, ERR_OK), ERR_OK);
    pthread_join(thread, NULL);
    EXPECT(!late.came_first);
    rig_release(&r);
}

static enum error_code look_up(struct store_tx *tx, void *ctx, struct error *err) {
    (void)ctx;
    struct call c;
    enum error_code rc = store_get_call(tx, 1, &c, err);
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

TEST(readers, a_reader_is_used_again_after_its_function_failed) {
    struct rig r;
    rig_init(&r);
    r.readers = 1;
    EXPECT_INT(rig_open(&r), ERR_OK);
    struct held view;
    for (int i = 0; i < 3; i++) {
        hold_read(&view, r.s);
        EXPECT_INT(hold_end(&view, ERR_UPSTREAM), ERR_UPSTREAM);
        EXPECT_INT(store_read(r.s, look_up, NULL, NULL), ERR_OK);
    }
    rig_release(&r);
}
