#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "core/base/compiler.h"
#include "tests/unit/store/sqlite_rig.h"

enum {
    GROWS_MAX = 10000,
    RECOVERS_WITHIN_MS = 10000
};

static enum error_code append_page(struct store_tx *tx, void *ctx, struct error *err) {
    static char text[4000];
    (void)ctx;
    struct event ev = {.type = EVENT_TASK_UPDATED, .data = str_from(text, sizeof text)};
    memset(text, 'x', sizeof text);
    return store_append_event(tx, NULL, &ev, err);
}

/* Writes until it fails; the number of events that were acknowledged. */
static int64_t write_until_it_fails(struct rig *r, struct error *err) {
    int64_t acked = 0;
    while (acked < GROWS_MAX && store_write(r->s, append_page, NULL, err) == ERR_OK)
        acked++;
    EXPECT(acked < GROWS_MAX);
    return acked;
}

static void expect_full(struct rig *r, const struct error *err) {
    struct error health = {0};
    EXPECT_INT(err->code, ERR_STORE);
    EXPECT(err->retry);
    EXPECT(strstr(err->text, "full") && strstr(err->text, "free"));
    EXPECT_INT(store_health(r->s, &health), ERR_STORE);
    EXPECT(strstr(health.text, "full"));
}

/* The store tries by itself, about once a second. */
static bool recovers_by_itself(struct rig *r) {
    struct timespec began, now;
    clock_gettime(CLOCK_MONOTONIC, &began);
    do {
        if (store_health(r->s, NULL) == ERR_OK)
            return true;
        clock_gettime(CLOCK_MONOTONIC, &now);
        (void)rig_last_event(r); /* reading goes on meanwhile, and passes the time */
    } while ((now.tv_sec - began.tv_sec) * 1000 < RECOVERS_WITHIN_MS);
    return false;
}

static void limit_pages(struct rig *r, int64_t more) {
    struct held h;
    char sql[64];
    hold_write(&h, r->s);
    int64_t pages = rig_number(rig_db(&h), "PRAGMA page_count");
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld", (long long)(pages + more));
    EXPECT(rig_number(rig_db(&h), sql) > 0);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

TEST(disk_full, is_told_with_the_way_out_and_what_was_acknowledged_stays) {
    struct rig r;
    struct error err = {0};
    rig_init(&r);
    REQUIRE(rig_open(&r) == ERR_OK);
    limit_pages(&r, 50);
    int64_t acked = write_until_it_fails(&r, &err);
    EXPECT(acked > 0);
    expect_full(&r, &err);
    EXPECT_INT(rig_last_event(&r), acked);

    limit_pages(&r, 1000); /* an empty transaction commits even now */
    EXPECT_INT(store_write(r.s, append_page, NULL, NULL), ERR_OK);
    EXPECT_INT(store_health(r.s, NULL), ERR_OK);
    EXPECT_INT(rig_last_event(&r), acked + 1);
    rig_close(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_last_event(&r), acked + 1);
    rig_release(&r);
}

TEST(disk_full, the_store_on_a_full_disk_recovers_without_a_restart_once_there_is_room) {
    struct rig r;
    struct error err = {0};
    char ballast[320];
    rig_init(&r);
    if (mount("none", r.dir.path, "tmpfs", MS_NODEV | MS_NOSUID, "size=3m,mode=0700") != 0) {
        printf("  part left out: cannot mount a small file system (%s)\n", strerrorname_np(errno));
        rig_release(&r);
        EXPECT(geteuid() != 0 || errno == EPERM);
        return;
    }
    temp_dir_file(&r.dir, "ballast", ballast);
    FILE *f = fopen(ballast, "wb");
    for (int i = 0; f && i < 1024; i++)
        fprintf(f, "%01023d\n", i);
    EXPECT(f && fclose(f) == 0);
    EXPECT_INT(rig_open(&r), ERR_OK);
    if (r.s) {
        int64_t acked = write_until_it_fails(&r, &err);
        EXPECT(acked > 0);
        expect_full(&r, &err);
        EXPECT_INT(store_write(r.s, append_page, NULL, NULL), ERR_STORE);
        EXPECT_INT(unlink(ballast), 0);
        EXPECT(recovers_by_itself(&r));
        EXPECT_INT(store_write(r.s, append_page, NULL, NULL), ERR_OK);
        EXPECT_INT(rig_last_event(&r), acked + 1);
        rig_close(&r);
        EXPECT_INT(rig_open(&r), ERR_OK);
        EXPECT_INT(rig_last_event(&r), acked + 1);
        rig_close(&r);
    }
    EXPECT_INT(umount2(r.dir.path, MNT_DETACH), 0);
    rig_release(&r);
}
