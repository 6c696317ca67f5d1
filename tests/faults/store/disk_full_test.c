#include <stdio.h>

#include "tests/faults/store/fill_disk.h"

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
    int64_t acked = fill_disk_until_it_fails(&r, &err);
    EXPECT(acked > 0);
    fill_disk_expect_full(&r, &err);
    EXPECT_INT(rig_last_event(&r), acked);

    limit_pages(&r, 1000); /* an empty transaction commits even now */
    EXPECT_INT(store_write(r.s, fill_disk_page, NULL, NULL), ERR_OK);
    EXPECT_INT(store_health(r.s, NULL), ERR_OK);
    EXPECT_INT(rig_last_event(&r), acked + 1);
    rig_close(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_last_event(&r), acked + 1);
    rig_release(&r);
}
