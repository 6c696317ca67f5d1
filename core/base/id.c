#include "core/base/id.h"

#include <assert.h>
#include <stdatomic.h>

#include "core/base/digest.h"

enum {
    RANDOM_BITS = 22,
    ID_DIGITS = 13, /* 65 bits; the highest two are 0 in a positive id */
};

static const int64_t epoch_ms = 1577836800000; /* 2020-01-01 UTC */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void id_source_init(struct id_source *src, struct clock clock) {
    src->clock = clock;
    atomic_init(&src->last, 0);
}

/** The first id of the millisecond that the clock shows now, without its random bits. */
static int64_t floor_now(const struct id_source *src) {
    const int64_t ms_max = ((int64_t)1 << (63 - RANDOM_BITS)) - 1;
    int64_t ms = clock_wall_ms(&src->clock) - epoch_ms;
    if (ms < 0)
        ms = 0;
    if (ms > ms_max)
        ms = ms_max;
    return (int64_t)((uint64_t)ms << RANDOM_BITS);
}

int64_t id_next(struct id_source *src) {
    const int64_t mask = ((int64_t)1 << RANDOM_BITS) - 1;
    int64_t floor = floor_now(src);
    int64_t last = atomic_load(&src->last), next;
    do {
        next = last + 1;
        if (floor > last) {
            uint32_t random;
            digest_random(&random, sizeof random);
            next = floor | (random & mask);
        }
    } while (!atomic_compare_exchange_weak(&src->last, &last, next));
    return next;
}

int64_t id_wall_ms(int64_t id) {
    return (int64_t)((uint64_t)id >> RANDOM_BITS) + epoch_ms;
}

void id_format(char *dst, const char *prefix, int64_t id) {
    size_t n = strlen(prefix);
    assert(n + 1 + ID_DIGITS < ID_TEXT_SIZE && id > 0);
    memcpy(dst, prefix, n);
    dst[n] = '_';
    char *digits = dst + n + 1;
    uint64_t rest = (uint64_t)id;
    for (int i = ID_DIGITS - 1; i >= 0; i--) {
        digits[i] = alphabet[rest & 31];
        rest >>= 5;
    }
    digits[ID_DIGITS] = '\0';
}

void id_put(struct buf *b, const char *prefix, int64_t id) {
    char text[ID_TEXT_SIZE];
    id_format(text, prefix, id);
    buf_puts(b, text);
}

bool id_parse(struct str s, const char *prefix, int64_t *out) {
    size_t n = strlen(prefix);
    if (s.len != n + 1 + ID_DIGITS || !str_starts(s, str_from(prefix, n)) || s.ptr[n] != '_')
        return false;
    uint64_t id = 0;
    for (size_t i = n + 1; i < s.len; i++) {
        size_t digit = str_find(STR(alphabet), s.ptr[i]);
        if (digit > 31 || (i == n + 1 && digit > 7)) /* more would not fit into 63 bits */
            return false;
        id = id << 5 | digit;
    }
    if (id == 0)
        return false;
    *out = (int64_t)id;
    return true;
}
