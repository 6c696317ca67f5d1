#ifndef CORE_BASE_MEM_H
#define CORE_BASE_MEM_H

#include <stddef.h>

#include "core/base/compiler.h"
#include "core/base/str.h"

/*
 * The only place that allocates and frees. Small allocations cannot fail: the process ends with a
 * message when memory runs out. Whatever is sized by the network is bounded by its caller first.
 */

/** n zeroed bytes, never NULL. */
void *mem_zalloc(size_t n);

/** Resize p (NULL is fine) to n bytes, never NULL; new bytes are not zeroed. */
void *mem_resize(void *p, size_t n);

/** Array of count zeroed items; ends the process on overflow. */
void *mem_array(size_t count, size_t item_bytes);

/** NUL-terminated copy of s on the heap. */
char *mem_copy_str(struct str s);

/** Free; NULL is fine. */
void mem_free(void *p);

/** For CLEANUP(mem_freep): frees the pointer variable it is given the address of. */
void mem_freep(void *pp);

/**
 * Memory for a library that lets us choose, with the meanings of the C library's own, NULL when it
 * runs out: what the library frees is wiped first, so that no copy of what it sent stays behind.
 */
void *mem_library_alloc(size_t n);
void *mem_library_zalloc(size_t count, size_t item_bytes);
void *mem_library_resize(void *p, size_t n);
char *mem_library_copy(const char *z);
void mem_library_free(void *p);

/** Log-free last words: writes the message to stderr and aborts. For our own mistakes and OOM. */
_Noreturn void mem_panic(const char *fmt, ...) PRINTF_LIKE(1, 2);

/**
 * Arena: many small things that die together. Chunked; pointers stay valid until release.
 * Not thread-safe. A zeroed struct arena is ready to use.
 */
struct arena_chunk;
struct arena {
    struct arena_chunk *chunks;
    size_t used_bytes; /* handed out in total */
};

/** n zeroed bytes aligned for any type; never NULL. */
void *arena_alloc(struct arena *a, size_t n);

/** Copy of s that lives as long as the arena; NUL-terminated behind its last byte. */
struct str arena_copy(struct arena *a, struct str s);

/** printf into the arena. */
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** Take over all that src holds; its pointers stay valid and live as long as a. Leaves src empty.
 */
void arena_absorb(struct arena *a, struct arena *src);

/** Free all of it; leaves an empty, usable arena. Zeroed is fine. */
void arena_release(struct arena *a);

/** The same, with its memory overwritten before. */
void arena_wipe(struct arena *a);

#endif
