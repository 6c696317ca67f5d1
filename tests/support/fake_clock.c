#include "tests/support/fake_clock.h"

static int64_t read_mono_ms(void *ctx) {
    return atomic_load(&((struct fake_clock *)ctx)->mono_ms);
}

static int64_t read_wall_ms(void *ctx) {
    struct fake_clock *f = ctx;
    return atomic_load(&f->mono_ms) + atomic_load(&f->ahead_ms);
}

void fake_clock_init(struct fake_clock *f) {
    atomic_init(&f->mono_ms, 1000);
    atomic_init(&f->ahead_ms, INT64_C(1767225600000) - 1000); /* 2026-01-01T00:00:00Z */
}

struct clock fake_clock_of(struct fake_clock *f) {
    return (struct clock){.mono_ms = read_mono_ms, .wall_ms = read_wall_ms, .ctx = f};
}

void fake_clock_advance_ms(struct fake_clock *f, int64_t by_ms) {
    atomic_fetch_add(&f->mono_ms, by_ms);
}

void fake_clock_step_wall_ms(struct fake_clock *f, int64_t by_ms) {
    atomic_fetch_add(&f->ahead_ms, by_ms);
}
