#ifndef PROVIDERS_MOCK_CARRIER_RNG_H
#define PROVIDERS_MOCK_CARRIER_RNG_H

#include <stdint.h>

#include "core/base/str.h"

/*
 * Repeatable chance. Everything random in the carrier comes from its seed through these: the same
 * seed, number and ordinal give the same ids and the same delays. Not for keys.
 */
struct rng {
    uint64_t state;
};

enum {
    SID_SIZE = 37 /* any carrier's id with its NUL: a UUID is the longest */
};

/** A number that depends on all four. */
uint64_t rng_hash(uint64_t seed, const char *what, struct str text, uint64_t n);

uint64_t rng_next(struct rng *r);

/** Evenly in [low, high]. */
uint32_t rng_range(struct rng *r, uint32_t low, uint32_t high);

/** "CA" and 32 lower-case hex digits that depend on seed, text and n. */
void rng_sid(char dst[SID_SIZE], const char *prefix, uint64_t seed, struct str text, uint64_t n);

/** A random UUID (RFC 9562, version 4) that depends on seed, what, text and n. */
void rng_uuid(char dst[SID_SIZE], const char *what, uint64_t seed, struct str text, uint64_t n);

/** n characters of the alphabet and a NUL; dst has room for n + 1. */
void rng_word(char *dst, size_t length, const char *alphabet, struct rng *r);

#endif
