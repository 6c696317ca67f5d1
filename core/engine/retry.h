#ifndef CORE_ENGINE_RETRY_H
#define CORE_ENGINE_RETRY_H

#include <stdint.h>

#include "core/base/error.h"

/** When to try again: a pure function of the attempt and what went wrong. */
struct retry_policy {
    uint32_t attempts_max; /* 0: for ever */
    uint32_t first_ms;     /* delay after the first attempt; doubles with each one */
    uint32_t longest_ms;
};

extern const struct retry_policy RETRY_PLACE;           /* creating a call, certainly not placed */
extern const struct retry_policy RETRY_BEFORE_FALLBACK; /* the same, when another can have it */
extern const struct retry_policy RETRY_HANGUP;    /* until the call is over, which is bounded */
extern const struct retry_policy RETRY_CONTROL;   /* a second leg, a running recording */
extern const struct retry_policy RETRY_RECORDING; /* fetching and deleting */

/**
 * Milliseconds to wait after attempt number `attempt` (from 1), or -1 to give up. The far end's
 * Retry-After is obeyed when it is longer. `random` spreads the delay by ±20 %.
 */
int64_t retry_delay_ms(const struct retry_policy *p, uint32_t attempt, const struct error *err,
                       uint32_t random);

#endif
