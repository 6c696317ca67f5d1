#ifndef TESTS_SUPPORT_PLAN_RANDOM_H
#define TESTS_SUPPORT_PLAN_RANDOM_H

#include <stdint.h>

#include "core/domain/plan.h"

/*
 * Random plans for property tests: every member of every kind of step is set now and then, texts
 * hold markup, quotes and several scripts, and plan_check() accepts all of them. The same seed
 * gives the same plans. Programs that use this link swh_domain.
 */
struct plan_random {
    uint64_t state;
    uint32_t kinds; /* set of BIT(enum plan_kind) to choose from */
};

/** Every kind but ai, which only some dialects can say. */
struct plan_random plan_random_from(uint64_t seed);

/** Fill the empty *out with 0 to 8 steps. Release it as any plan. */
void plan_random_make(struct plan_random *r, struct plan *out);

/** A number below `limit` (at least 1), from the same stream. */
uint32_t plan_random_below(struct plan_random *r, uint32_t limit);

#endif
