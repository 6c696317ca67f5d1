#include "tests/support/fake_clock.h"
#include "tests/support/test.h"

TEST(fake_clock, stands_still_until_it_is_moved) {
    struct fake_clock f;
    fake_clock_init(&f);
    struct clock c = fake_clock_of(&f);
    EXPECT_INT(clock_mono_ms(&c), 1000);
    fake_clock_advance_ms(&f, 250);
    EXPECT_INT(clock_mono_ms(&c), 1250);
    EXPECT_INT(clock_wall_ms(&c), 1767225600250);
}

TEST(fake_clock, steps_the_wall_back_without_touching_the_monotonic_clock) {
    struct fake_clock f;
    fake_clock_init(&f);
    struct clock c = fake_clock_of(&f);
    fake_clock_step_wall_ms(&f, -3600000);
    EXPECT_INT(clock_wall_ms(&c), 1767222000000);
    EXPECT_INT(clock_mono_ms(&c), 1000);
}
