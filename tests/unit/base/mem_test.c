#include "core/base/mem.h"

#include <stdint.h>

#include "tests/support/test.h"
#include "tests/unit/base/dies.h"

static bool all_zero(const void *p, size_t n) {
    const unsigned char *bytes = p;
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

TEST(mem, zalloc_gives_zeroed_memory_also_for_no_bytes) {
    CLEANUP(mem_freep) char *p = mem_zalloc(100);
    EXPECT(all_zero(p, 100));
    CLEANUP(mem_freep) char *empty = mem_zalloc(0);
    EXPECT(empty != NULL);
}

TEST(mem, resize_keeps_the_contents) {
    CLEANUP(mem_freep) char *p = mem_resize(NULL, 4);
    memcpy(p, "abc", 4);
    p = mem_resize(p, 4000);
    EXPECT_STR(p, "abc");
    p = mem_resize(p, 0);
    EXPECT(p != NULL);
}

TEST(mem, array_is_zeroed) {
    CLEANUP(mem_freep) uint64_t *p = mem_array(7, sizeof *p);
    EXPECT(all_zero(p, 7 * sizeof *p));
}

static void overflow_array(void) {
    mem_free(mem_array(SIZE_MAX / 2, 3));
}
static void overflow_string(void) {
    mem_free(mem_copy_str(str_from("", SIZE_MAX)));
}
static void panic_now(void) {
    mem_panic("%s", "last words");
}
static void overflow_arena(void) {
    struct arena a = {0};
    arena_alloc(&a, SIZE_MAX - 8);
}

TEST(mem, sizes_that_overflow_end_the_process) {
    EXPECT(dies(overflow_array));
    EXPECT(dies(overflow_string));
    EXPECT(dies(overflow_arena));
    EXPECT(dies(panic_now));
}

TEST(mem, panic_writes_one_line_to_stderr) {
    int fds[2];
    REQUIRE(pipe(fds) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        mem_panic("cannot %s %d", "count to", 3);
    }
    close(fds[1]);
    char text[100] = "";
    ssize_t n = read(fds[0], text, sizeof text - 1);
    close(fds[0]);
    waitpid(child, NULL, 0);
    EXPECT(n > 0);
    EXPECT(str_starts(str_z(text), STR("cannot count to 3\n")));
}

TEST(mem, copy_str_adds_a_nul) {
    CLEANUP(mem_freep) char *z = mem_copy_str(str_from("abcdef", 3));
    EXPECT_STR(z, "abc");
    CLEANUP(mem_freep) char *empty = mem_copy_str(str_from(NULL, 0));
    EXPECT_STR(empty, "");
}

TEST(mem, freep_leaves_null) {
    char *p = mem_zalloc(1);
    mem_freep(&p);
    EXPECT(p == NULL);
    mem_freep(&p);
    mem_free(NULL);
}

TEST(arena, gives_zeroed_aligned_memory_that_stays) {
    CLEANUP(arena_release) struct arena a = {0};
    unsigned char *all[2000];
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        size_t n = i % 97;
        all[i] = arena_alloc(&a, n);
        REQUIRE((uintptr_t)all[i] % _Alignof(max_align_t) == 0);
        REQUIRE(all_zero(all[i], n));
        memset(all[i], (int)(i & 0xFF), n);
    }
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        for (size_t k = 0; k < i % 97; k++)
            REQUIRE(all[i][k] == (i & 0xFF));
    EXPECT(a.used_bytes >= 2000 * 48);
}

TEST(arena, large_pieces_get_their_own_chunk_and_the_small_ones_go_on) {
    CLEANUP(arena_release) struct arena a = {0};
    char *before = arena_alloc(&a, 16);
    char *large = arena_alloc(&a, 1 << 20);
    char *after = arena_alloc(&a, 16);
    large[(1 << 20) - 1] = 'x';
    EXPECT(after == before + 16);
}

TEST(arena, a_large_piece_can_come_first) {
    CLEANUP(arena_release) struct arena a = {0};
    char *large = arena_alloc(&a, 100000);
    memset(large, 'x', 100000);
    char *small = arena_alloc(&a, 1);
    EXPECT_INT(*small, 0);
}

TEST(arena, copies_and_prints_with_a_nul) {
    CLEANUP(arena_release) struct arena a = {0};
    struct str copy = arena_copy(&a, str_from("abcdef", 3));
    EXPECT_STR(copy.ptr, "abc");
    EXPECT_INT(copy.len, 3);
    EXPECT_STR(arena_copy(&a, str_from(NULL, 0)).ptr, "");
    struct str text = arena_printf(&a, "%s=%d", "k", 42);
    EXPECT_STR(text.ptr, "k=42");
    EXPECT_INT(text.len, 4);
}

TEST(arena, is_usable_after_release) {
    struct arena a = {0};
    arena_release(&a);
    arena_alloc(&a, 10);
    arena_release(&a);
    EXPECT(a.chunks == NULL && a.used_bytes == 0);
    EXPECT(arena_alloc(&a, 10) != NULL);
    arena_release(&a);
}
