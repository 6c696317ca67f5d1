#ifndef CORE_BASE_COMPILER_H
#define CORE_BASE_COMPILER_H

/* The only clever macros of the project. gcc and clang only. */
#include <stddef.h>

#define ARRAY_LEN(a)           (sizeof(a) / sizeof((a)[0]))
#define BIT(n)                 (1u << (n))
#define NODISCARD              __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/** Run fn(&variable) when the variable leaves scope, on every path. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/** Pointer to the struct that holds `member` at address `ptr`. */
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/** Take the pointer out of variable p and leave NULL there: moves ownership. */
#define steal_ptr(p) ((__typeof__(p))steal_ptr_at((void *)&(p)))

static inline void *steal_ptr_at(void *pp) {
    void *p;
    __builtin_memcpy(&p, pp, sizeof p);
    __builtin_memset(pp, 0, sizeof p);
    return p;
}

#endif
