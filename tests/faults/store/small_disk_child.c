/* Its directory for temporary files is a file system of 3 MB: small_disk.py sees to that. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "tests/faults/store/fill_disk.h"

enum {
    BALLAST_KIB = 1024,
    RECOVERS_WITHIN_MS = 10000
};

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

static void write_ballast(const char *path) {
    FILE *f = fopen(path, "wb");
    for (int i = 0; f && i < BALLAST_KIB; i++)
        fprintf(f, "%01023d\n", i);
    EXPECT(f && fclose(f) == 0);
}

TEST(small_disk, a_store_that_filled_it_recovers_without_a_restart_once_there_is_room) {
    struct rig r;
    struct error err = {0};
    char ballast[320];
    rig_init(&r);
    temp_dir_file(&r.dir, "ballast", ballast);
    write_ballast(ballast);
    REQUIRE(rig_open(&r) == ERR_OK);
    int64_t acked = fill_disk_until_it_fails(&r, &err);
    EXPECT(acked > 0);
    fill_disk_expect_full(&r, &err);
    EXPECT_INT(store_write(r.s, fill_disk_page, NULL, NULL), ERR_STORE);
    EXPECT_INT(unlink(ballast), 0);
    EXPECT(recovers_by_itself(&r));
    EXPECT_INT(store_write(r.s, fill_disk_page, NULL, NULL), ERR_OK);
    EXPECT_INT(rig_last_event(&r), acked + 1);
    rig_close(&r);
    REQUIRE(rig_open(&r) == ERR_OK);
    EXPECT_INT(rig_last_event(&r), acked + 1);
    rig_release(&r);
}
