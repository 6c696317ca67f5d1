#include <time.h>

#include "core/base/compiler.h"
#include "tests/unit/store/sqlite_rig.h"

enum {
    RECOVERS_WITHIN_S = 60
};

static sqlite3 *hold_lock(struct rig *r) {
    sqlite3 *other = NULL;
    EXPECT_INT(sqlite3_open(r->path, &other), SQLITE_OK);
    EXPECT_INT(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return other;
}

static void drop_lock(sqlite3 *other) {
    EXPECT_INT(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
}

struct writing {
    struct rig *r;
    enum error_code rc;
    struct error err;
};

static void *write_one(void *arg) {
    struct writing *w = arg;
    w->rc = rig_write_event(w->r, &w->err);
    return NULL;
}

TEST(locked, a_write_waits_for_another_program_that_is_soon_done) {
    struct rig r;
    pthread_t thread;
    rig_init(&r);
    REQUIRE(rig_open(&r) == ERR_OK);
    sqlite3 *other = hold_lock(&r);
    struct writing w = {.r = &r, .rc = ERR_CODE_COUNT};
    REQUIRE(pthread_create(&thread, NULL, write_one, &w) == 0);
    EXPECT_INT(rig_last_event(&r), 0); /* readers are not held up */
    drop_lock(other);
    pthread_join(thread, NULL);
    EXPECT_INT(w.rc, ERR_OK);
    EXPECT_INT(rig_last_event(&r), 1);
    rig_release(&r);
}

TEST(locked, a_lock_that_stays_is_told_and_writing_goes_on_once_it_is_gone) {
    struct rig r;
    struct error err = {0};
    struct timespec began, now;
    rig_init(&r);
    REQUIRE(rig_open(&r) == ERR_OK);
    sqlite3 *other = hold_lock(&r);
    clock_gettime(CLOCK_MONOTONIC, &began);
    EXPECT_INT(rig_write_event(&r, &err), ERR_STORE);
    clock_gettime(CLOCK_MONOTONIC, &now);
    EXPECT(now.tv_sec - began.tv_sec >= 4 && now.tv_sec - began.tv_sec <= 15);
    EXPECT(err.retry);
    EXPECT(strstr(err.text, "locked"));
    EXPECT_INT(store_health(r.s, &err), ERR_STORE);
    EXPECT(strstr(err.text, "locked"));
    drop_lock(other);
    clock_gettime(CLOCK_MONOTONIC, &began);
    do {
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (store_health(r.s, NULL) != ERR_OK && now.tv_sec - began.tv_sec < RECOVERS_WITHIN_S &&
             rig_last_event(&r) == 0);
    EXPECT_INT(store_health(r.s, NULL), ERR_OK);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    EXPECT_INT(rig_last_event(&r), 1);
    rig_release(&r);
}
