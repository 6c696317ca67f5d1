#include "core/engine/retry.h"

const struct retry_policy RETRY_PLACE = {.attempts_max = 8, .first_ms = 1000, .longest_ms = 60000};
const struct retry_policy RETRY_BEFORE_FALLBACK = {
    .attempts_max = 3, .first_ms = 1000, .longest_ms = 5000};
const struct retry_policy RETRY_HANGUP = {.attempts_max = 0, .first_ms = 500, .longest_ms = 30000};
const struct retry_policy RETRY_CONTROL = {
    .attempts_max = 12, .first_ms = 500, .longest_ms = 30000};
const struct retry_policy RETRY_RECORDING = {
    .attempts_max = 12, .first_ms = 2000, .longest_ms = 600000};

int64_t retry_delay_ms(const struct retry_policy *p, uint32_t attempt, const struct error *err,
                       uint32_t random) {
    if (p->attempts_max > 0 && attempt >= p->attempts_max)
        return -1;
    int64_t delay = p->first_ms;
    for (uint32_t i = 1; i < attempt && delay < p->longest_ms; i++)
        delay *= 2;
    if (delay > p->longest_ms)
        delay = p->longest_ms;
    delay = delay * (80 + (int64_t)(random % 41)) / 100;
    int64_t asked = err ? (int64_t)err->retry_after_s * 1000 : 0;
    return asked > delay ? asked : delay;
}
