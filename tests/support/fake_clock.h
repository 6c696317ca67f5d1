#ifndef TESTS_SUPPORT_FAKE_CLOCK_H
#define TESTS_SUPPORT_FAKE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/base/clock.h"

/**
 * Time that stands still until the test moves it. Any thread may read and move it.
 * The struct must outlive every clock made from it.
 */
struct fake_clock {
    _Atomic int64_t mono_ms;
    _Atomic int64_t ahead_ms; /* of it, the wall clock; so both move on as one */
};

/** Starts at mono 1000 ms and wall 2026-01-01T00:00:00Z. */
void fake_clock_init(struct fake_clock *f);

/** The clock to hand to the code under test. */
struct clock fake_clock_of(struct fake_clock *f);

/** Moves both clocks on. */
void fake_clock_advance_ms(struct fake_clock *f, int64_t by_ms);

/** Moves the wall clock only, back too: what an NTP step does. */
void fake_clock_step_wall_ms(struct fake_clock *f, int64_t by_ms);

#endif
