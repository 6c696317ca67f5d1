#ifndef BENCH_LOAD_DRIVE_H
#define BENCH_LOAD_DRIVE_H

#include <stddef.h>
#include <stdint.h>

#include "bench/load_requests.h"

struct drive_options {
    uint16_t port; /* on 127.0.0.1 */
    size_t connections;
    uint64_t rate_per_s; /* 0: closed loop, each connection sends as soon as it was answered */
    int expect;          /* status of a good answer */
};

struct drive_result {
    size_t answered, wrong, missing;
    int wrong_status; /* of the first wrong one */
    double seconds;   /* from the first byte sent to the last one received */
    /**
     * Of every answer, from when its request was due: with a rate that is its place in the
     * schedule, so a server that falls behind cannot hide it.
     */
    uint32_t p50_us, p99_us, p999_us, max_us;
};

/** Send all requests over keep-alive connections and wait for the answers. One thread. */
struct drive_result drive(const struct load_requests *rs, const struct drive_options *o);

#endif
