#include "core/base/log_limit.h"

#include "tests/support/test.h"

/* How many of n lines at that moment are written. */
static int written(struct log_limit *l, int64_t now_ms, int n, uint64_t *left_out) {
    int count = 0;
    for (int i = 0; i < n; i++)
        count += log_limit_take(l, now_ms, left_out);
    return count;
}

TEST(log_limit, a_flood_is_cut_and_counted) {
    struct log_limit l;
    uint64_t left_out = 77;
    log_limit_init(&l);
    EXPECT_INT(written(&l, 5000, 1000, &left_out), 20);
    EXPECT_INT(left_out, 0);
    EXPECT_INT(written(&l, 14999, 10, &left_out), 0);
    EXPECT_INT(left_out, 0);
    EXPECT_INT(written(&l, 15000, 1, &left_out), 1);
    EXPECT_INT(left_out, 990);
    EXPECT_INT(written(&l, 15000, 1, &left_out), 1);
    EXPECT_INT(left_out, 0);
    log_limit_release(&l);
}

TEST(log_limit, a_line_now_and_then_is_always_written) {
    struct log_limit l;
    uint64_t left_out = 77;
    log_limit_init(&l);
    for (int i = 0; i < 100; i++) {
        EXPECT_INT(written(&l, i * 1000, 1, &left_out), 1);
        EXPECT_INT(left_out, 0);
    }
    log_limit_release(&l);
}
