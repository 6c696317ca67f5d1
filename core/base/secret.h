#ifndef CORE_BASE_SECRET_H
#define CORE_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"

/**
 * A token or key in locked memory that no log or printf can take: wiped when released, left out of
 * core files. Zeroed means "none".
 */
struct secret {
    unsigned char *bytes_locked; /* sodium_malloc; read through secret_reveal() only */
    size_t len;
};

/** Call once before any other secret_ or digest_ function; false when libsodium cannot start. */
bool secret_system_init(void);

/** Copy s into locked memory, replacing (and wiping) what was there. */
void secret_set(struct secret *dst, struct str s);

/** len random bytes. */
void secret_random(struct secret *dst, size_t len);

/** A second locked copy. */
void secret_copy(struct secret *dst, const struct secret *src);

/** Wipe and free; zeroed is fine. */
void secret_release(struct secret *s);

static inline bool secret_is_set(const struct secret *s) {
    return s->len > 0;
}

/** The bytes, for the one call that needs them. Never store or print the result. */
struct str secret_reveal(const struct secret *s);

/** Wipe n bytes so that the compiler cannot leave it out. */
void secret_wipe(void *p, size_t n);

/** Wipe n bytes of the stack below the caller: what functions that have returned left there. */
void secret_wipe_stack(size_t n);

#endif
