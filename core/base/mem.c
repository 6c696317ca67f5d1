#include "core/base/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A page for the first chunk: most trees (a form, a plan) never need a second one. */
enum {
    CHUNK_FIRST_BYTES = 4096,
    CHUNK_MAX_BYTES = 64 * 1024,
};

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, cap;
    max_align_t data[];
};

void mem_panic(const char *fmt, ...) {
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text - 1, fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text - 1 ? (size_t)n : sizeof text - 2;
    text[len] = '\n';
    /* not stdio: it may hold a lock or need memory. Nothing can be done if the write fails. */
    if (write(STDERR_FILENO, text, len + 1) < 0)
        abort();
    abort();
}

void *mem_zalloc(size_t n) {
    void *p = calloc(1, n ? n : 1);
    if (!p)
        mem_panic("out of memory: cannot allocate %zu bytes", n);
    return p;
}

void *mem_resize(void *p, size_t n) {
    void *grown = realloc(p, n ? n : 1);
    if (!grown)
        mem_panic("out of memory: cannot resize to %zu bytes", n);
    return grown;
}

void *mem_array(size_t count, size_t item_bytes) {
    size_t bytes;
    if (__builtin_mul_overflow(count, item_bytes, &bytes))
        mem_panic("array of %zu items of %zu bytes overflows", count, item_bytes);
    return mem_zalloc(bytes);
}

char *mem_copy_str(struct str s) {
    if (s.len == SIZE_MAX)
        mem_panic("string of %zu bytes cannot be copied", s.len);
    char *z = mem_resize(NULL, s.len + 1);
    if (s.len > 0)
        memcpy(z, s.ptr, s.len);
    z[s.len] = '\0';
    return z;
}

void mem_free(void *p) {
    free(p);
}

void mem_freep(void *pp) {
    free(steal_ptr_at(pp));
}

/* ---- libraries ---------------------------------------------------------------------------------
 */

void *mem_library_alloc(size_t n) {
    return malloc(n ? n : 1);
}

void *mem_library_zalloc(size_t count, size_t item_bytes) {
    return calloc(count ? count : 1, item_bytes ? item_bytes : 1);
}

void *mem_library_resize(void *p, size_t n) {
    size_t old = p ? malloc_usable_size(p) : 0;
    void *moved = malloc(n ? n : 1); /* realloc() would leave the old place as it was */
    if (!moved)
        return NULL;
    if (p)
        memcpy(moved, p, old < n ? old : n);
    mem_library_free(p);
    return moved;
}

char *mem_library_copy(const char *z) {
    size_t n = strlen(z) + 1;
    char *copy = malloc(n);
    return copy ? memcpy(copy, z, n) : NULL;
}

void mem_library_free(void *p) {
    if (p)
        explicit_bzero(p, malloc_usable_size(p));
    free(p);
}

/* ---- arenas ------------------------------------------------------------------------------------
 */

static struct arena_chunk *chunk_new(size_t cap) {
    struct arena_chunk *c = mem_zalloc(sizeof *c + cap);
    c->cap = cap;
    return c;
}

/** Chunk with room for n more bytes. */
static struct arena_chunk *chunk_for(struct arena *a, size_t n) {
    struct arena_chunk *head = a->chunks;
    if (head && head->cap - head->used >= n)
        return head;
    if (n > CHUNK_FIRST_BYTES / 2) {
        /* its own chunk, behind the head, so that the head's free space stays in use */
        struct arena_chunk *own = chunk_new(n);
        if (!head) {
            a->chunks = own;
            return own;
        }
        own->next = head->next;
        head->next = own;
        return own;
    }
    size_t cap = a->used_bytes; /* doubles the arena, within bounds */
    if (cap < CHUNK_FIRST_BYTES)
        cap = CHUNK_FIRST_BYTES;
    if (cap > CHUNK_MAX_BYTES)
        cap = CHUNK_MAX_BYTES;
    struct arena_chunk *fresh = chunk_new(cap);
    fresh->next = head;
    a->chunks = fresh;
    return fresh;
}

void *arena_alloc(struct arena *a, size_t n) {
    const size_t align = _Alignof(max_align_t);
    if (n > SIZE_MAX / 2)
        mem_panic("arena: %zu bytes asked at once", n);
    size_t rounded = n ? (n + align - 1) / align * align : align;
    struct arena_chunk *c = chunk_for(a, rounded);
    void *p = (char *)c->data + c->used;
    c->used += rounded;
    a->used_bytes += rounded;
    return p;
}

struct str arena_copy(struct arena *a, struct str s) {
    char *p = arena_alloc(a, s.len + 1);
    if (s.len > 0)
        memcpy(p, s.ptr, s.len);
    return str_from(p, s.len);
}

struct str arena_printf(struct arena *a, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        mem_panic("arena_printf: bad format \"%s\"", fmt);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return str_from(p, (size_t)n);
}

void arena_wipe(struct arena *a) {
    for (struct arena_chunk *c = a->chunks; c; c = c->next)
        explicit_bzero(c->data, c->used);
    arena_release(a);
}

void arena_absorb(struct arena *a, struct arena *src) {
    struct arena_chunk *last = src->chunks;
    while (last && last->next)
        last = last->next;
    if (last && a->chunks) { /* behind the head, whose free space stays in use */
        last->next = a->chunks->next;
        a->chunks->next = src->chunks;
    } else if (last) {
        a->chunks = src->chunks;
    }
    a->used_bytes += src->used_bytes;
    *src = (struct arena){0};
}

void arena_release(struct arena *a) {
    struct arena_chunk *c = a->chunks;
    while (c) {
        struct arena_chunk *next = c->next;
        free(c);
        c = next;
    }
    *a = (struct arena){0};
}
