#include "core/base/secret.h"

#include <sodium.h>

#include "core/base/mem.h"

bool secret_system_init(void) {
    return sodium_init() >= 0;
}

/*
 * sodium_malloc gives guard pages, keeps the memory out of core files and locks it. Where the
 * machine allows no more locked memory it goes on without (1.0.18, utils.c): so do we, because a
 * token that might be swapped is better than a gateway that does not start.
 */
static unsigned char *locked_new(size_t len) {
    unsigned char *p = sodium_malloc(len);
    if (!p)
        mem_panic("out of memory: cannot allocate %zu protected bytes", len);
    return p;
}

/** Put the filled memory in place of what dst held. */
static void replace(struct secret *dst, unsigned char *bytes, size_t len) {
    sodium_mprotect_readonly(bytes);
    secret_release(dst);
    *dst = (struct secret){.bytes_locked = bytes, .len = len};
}

void secret_set(struct secret *dst, struct str s) {
    if (s.len == 0) {
        secret_release(dst);
        return;
    }
    unsigned char *bytes = locked_new(s.len);
    memcpy(bytes, s.ptr, s.len);
    replace(dst, bytes, s.len);
}

void secret_random(struct secret *dst, size_t len) {
    if (len == 0) {
        secret_release(dst);
        return;
    }
    unsigned char *bytes = locked_new(len);
    randombytes_buf(bytes, len);
    replace(dst, bytes, len);
}

void secret_copy(struct secret *dst, const struct secret *src) {
    secret_set(dst, secret_reveal(src));
}

void secret_release(struct secret *s) {
    sodium_free(s->bytes_locked); /* wipes first; NULL is fine */
    *s = (struct secret){0};
}

struct str secret_reveal(const struct secret *s) {
    return str_from(s->bytes_locked, s->len);
}

void secret_wipe(void *p, size_t n) {
    sodium_memzero(p, n);
}

void secret_wipe_stack(size_t n) {
    sodium_stackzero(n);
}
