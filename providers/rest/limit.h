#ifndef PROVIDERS_REST_LIMIT_H
#define PROVIDERS_REST_LIMIT_H

#include <stdint.h>

/*
 * How many requests a carrier's API takes in a window of time, any window: the moments of the last
 * ones are kept, and one more may leave when the oldest of them is out of the window. Thread: any.
 */
struct rest_limit;

/** NULL when either is 0: no limit. */
struct rest_limit *rest_limit_new(uint32_t requests_max, uint32_t window_ms);
void rest_limit_free(struct rest_limit *l); /* NULL is fine */

/**
 * 0: a request may leave now, and is counted. Else how long to wait before asking again; nothing
 * was counted. l may be NULL.
 */
uint32_t rest_limit_take(struct rest_limit *l, int64_t now_ms);

#endif
