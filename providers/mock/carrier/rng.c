#include "providers/mock/carrier/rng.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static uint64_t mix(uint64_t x) { /* the finaliser of SplitMix64 */
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t add_bytes(uint64_t h, struct str s) { /* FNV-1a, with the length in front */
    h = mix(h ^ s.len);
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    return h;
}

uint64_t rng_hash(uint64_t seed, const char *what, struct str text, uint64_t n) {
    uint64_t h = mix(seed + 0x9e3779b97f4a7c15u);
    h = add_bytes(h, str_z(what));
    h = add_bytes(h, text);
    return mix(h ^ mix(n + 0x9e3779b97f4a7c15u));
}

uint64_t rng_next(struct rng *r) {
    r->state += 0x9e3779b97f4a7c15u;
    return mix(r->state);
}

uint32_t rng_range(struct rng *r, uint32_t low, uint32_t high) {
    assert(low <= high);
    return low + (uint32_t)(rng_next(r) % ((uint64_t)high - low + 1));
}

void rng_sid(char dst[SID_SIZE], const char *prefix, uint64_t seed, struct str text, uint64_t n) {
    static const char hex[] = "0123456789abcdef";
    assert(prefix[0] && prefix[1] && !prefix[2]);
    uint64_t halves[2] = {rng_hash(seed, prefix, text, n), 0};
    halves[1] = rng_hash(halves[0], "low", text, n);
    dst[0] = prefix[0];
    dst[1] = prefix[1];
    for (int i = 0; i < 32; i++)
        dst[2 + i] = hex[(halves[i / 16] >> (60 - i % 16 * 4)) & 15];
    dst[34] = '\0';
}

void rng_uuid(char dst[SID_SIZE], const char *what, uint64_t seed, struct str text, uint64_t n) {
    uint64_t a = rng_hash(seed, what, text, n), b = rng_hash(a, "low", text, n);
    snprintf(dst, SID_SIZE, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
             (unsigned)((b >> 48 & 0x3fff) | 0x8000), (unsigned long long)(b & 0xffffffffffff));
}

void rng_word(char *dst, size_t length, const char *alphabet, struct rng *r) {
    uint32_t last = (uint32_t)strlen(alphabet) - 1;
    for (size_t i = 0; i < length; i++)
        dst[i] = alphabet[rng_range(r, 0, last)];
    dst[length] = '\0';
}
