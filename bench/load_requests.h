#ifndef BENCH_LOAD_REQUESTS_H
#define BENCH_LOAD_REQUESTS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

/** The token of the measured gateway's API; measure.py gives it to the gateway. */
#define BENCH_API_TOKEN "bench-0123456789abcdef"

/*
 * The requests of a run, made and signed before it starts. Request r belongs to connection
 * r % connections, so a call's callbacks go out in order over one connection, and between two of
 * them there are those of all other calls of that connection.
 */
struct load_requests {
    char *bytes;
    size_t bytes_len, bytes_size;
    size_t *ends; /* request r is bytes[ends[r - 1]..ends[r]] */
    size_t count, capacity;
};

enum load_kind {
    LOAD_NONE = 0,
    LOAD_STATUS, /* four status callbacks for each call: initiated to completed */
    LOAD_ANSWER, /* the carrier asks for a call's answer document */
    LOAD_PLACE,  /* POST /api/calls */
    LOAD_RAW,    /* the bytes of the list file, again and again */
};

struct load_options {
    enum load_kind kind;
    const char *list_path;  /* from bench_seed; unused by LOAD_PLACE; LOAD_RAW: one request */
    size_t first, calls;    /* which lines of it */
    size_t repeat;          /* rounds over all of them, LOAD_ANSWER */
    const char *public_url; /* what signatures are made for */
    const char *account, *token;
    const char *assistant; /* LOAD_PLACE */
    const char *suffix;    /* of the numbers: it chooses the simulated callee */
};

/** Ends the process with a message when the list is too short. */
void load_requests_make(struct load_requests *rs, const struct load_options *o);
void load_requests_release(struct load_requests *rs);

static inline struct str load_request(const struct load_requests *rs, size_t r) {
    size_t from = r ? rs->ends[r - 1] : 0;
    return str_from(rs->bytes + from, rs->ends[r] - from);
}

#endif
