/* Cases that fail on purpose. harness_test.py runs them and looks at what the harness says. */
#include <stdlib.h>

#include "tests/support/test.h"

static int evaluated;

TEST(good, holds) {
    EXPECT(1 + 1 == 2);
    EXPECT_STR("a", "a");
    EXPECT_INT(-1, -1);
}

TEST(good, operands_are_evaluated_once) {
    EXPECT_INT(++evaluated, 1);
    EXPECT_INT(evaluated, 1);
}

TEST(bad, goes_on_after_a_failure) {
    EXPECT(1 == 2);
    EXPECT_STR("got this", "want that");
    EXPECT_STR(NULL, "want that");
    EXPECT_INT(7, 8);
}

TEST(bad, require_leaves_the_case) {
    REQUIRE(evaluated < 0);
    EXPECT(evaluated == -1); /* not reached */
}

TEST(crash, ends_the_program) {
    abort();
}
