#include "core/base/id.h"

#include <pthread.h>

#include "core/base/mem.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test.h"
#include "tests/unit/base/dies.h"

static const int64_t epoch_ms = 1577836800000; /* 2020-01-01 */

TEST(id, carries_the_time_at_which_it_was_made) {
    struct fake_clock now;
    fake_clock_init(&now);
    struct id_source src;
    id_source_init(&src, fake_clock_of(&now));
    struct clock clock = fake_clock_of(&now);
    int64_t wall = clock_wall_ms(&clock);
    EXPECT_INT(id_wall_ms(id_next(&src)), wall);
    fake_clock_advance_ms(&now, 5);
    EXPECT_INT(id_wall_ms(id_next(&src)), wall + 5);
}

TEST(id, counts_up_by_one_within_a_millisecond) {
    struct fake_clock now;
    fake_clock_init(&now);
    struct id_source src;
    id_source_init(&src, fake_clock_of(&now));
    int64_t first = id_next(&src);
    for (int i = 1; i < 1000; i++)
        REQUIRE(id_next(&src) == first + i);
}

TEST(id, rises_also_when_the_clock_steps_back) {
    struct fake_clock now;
    fake_clock_init(&now);
    struct id_source src;
    id_source_init(&src, fake_clock_of(&now));
    int64_t last = id_next(&src);
    fake_clock_step_wall_ms(&now, -3600000);
    for (int i = 0; i < 10; i++) {
        int64_t id = id_next(&src);
        EXPECT(id > last);
        last = id;
    }
}

TEST(id, stays_positive_under_any_clock) {
    static const int64_t rows[] = {INT64_MIN / 2, 0, 1577836800000, INT64_MAX / 2};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fake_clock now;
        fake_clock_init(&now);
        now.mono_ms = 0;
        now.ahead_ms = rows[i];
        struct id_source src;
        id_source_init(&src, fake_clock_of(&now));
        int64_t first = id_next(&src);
        EXPECT(first > 0);
        EXPECT(id_next(&src) > first);
    }
}

TEST(id, two_sources_of_one_millisecond_differ) {
    struct fake_clock now;
    fake_clock_init(&now);
    int same = 0;
    for (int i = 0; i < 20; i++) {
        struct id_source a, b;
        id_source_init(&a, fake_clock_of(&now));
        id_source_init(&b, fake_clock_of(&now));
        same += id_next(&a) == id_next(&b);
    }
    EXPECT(same < 3);
}

enum {
    THREADS = 4,
    IDS_PER_THREAD = 5000
};

struct maker {
    struct id_source *src;
    int64_t ids[IDS_PER_THREAD];
};

static void *make_ids(void *ctx) {
    struct maker *m = ctx;
    for (size_t i = 0; i < IDS_PER_THREAD; i++)
        m->ids[i] = id_next(m->src);
    return NULL;
}

TEST(id, is_never_given_twice_to_threads_that_compete) {
    struct id_source src;
    id_source_init(&src, clock_system());
    CLEANUP(mem_freep) struct maker *makers = mem_array(THREADS, sizeof *makers);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        makers[i].src = &src;
        REQUIRE(pthread_create(&threads[i], NULL, make_ids, &makers[i]) == 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    size_t at[THREADS] = {0};
    int64_t last = 0;
    for (size_t taken = 0; taken < (size_t)THREADS * IDS_PER_THREAD; taken++) { /* merge */
        size_t best = THREADS;
        for (size_t i = 0; i < THREADS; i++)
            if (at[i] < IDS_PER_THREAD &&
                (best == THREADS || makers[i].ids[at[i]] < makers[best].ids[at[best]]))
                best = i;
        int64_t id = makers[best].ids[at[best]++];
        REQUIRE(id > last); /* each thread's ids rise, and no two threads have the same one */
        last = id;
    }
}

TEST(id, text_has_thirteen_digits_that_sort_like_numbers) {
    static const struct {
        int64_t id;
        const char *text;
    } rows[] = {
        {1, "call_0000000000001"},
        {31, "call_000000000000Z"},
        {32, "call_0000000000010"},
        {0x7FFFFFFFFFFFFFFF, "call_7ZZZZZZZZZZZZ"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[ID_TEXT_SIZE];
        id_format(text, "call", rows[i].id);
        EXPECT_STR(text, rows[i].text);
        int64_t back = 0;
        EXPECT(id_parse(str_z(text), "call", &back) && back == rows[i].id);
        CLEANUP(buf_release) struct buf b = BUF_INIT(40);
        id_put(&b, "call", rows[i].id);
        EXPECT_STR(b.ptr, rows[i].text);
    }
}

TEST(id, each_digit_survives_the_round_trip) {
    for (int shift = 0; shift < 60; shift += 5) {
        for (int64_t digit = 1; digit < 32; digit++) {
            char text[ID_TEXT_SIZE];
            int64_t id = digit << shift, back = 0;
            id_format(text, "x", id);
            REQUIRE(id_parse(str_z(text), "x", &back) && back == id);
        }
    }
}

TEST(id, parse_refuses_everything_else) {
    static const struct str rows[] = {
        STR_INIT(""),
        STR_INIT("call"),
        STR_INIT("call_"),
        STR_INIT("call_000000000001"),   /* 12 digits */
        STR_INIT("call_00000000000001"), /* 14 digits */
        STR_INIT("call_0000000000000"),  /* zero */
        STR_INIT("call_8000000000000"),  /* negative */
        STR_INIT("call_ZZZZZZZZZZZZZ"),  /* over 64 bits */
        STR_INIT("call_000000000000z"),  /* lower case */
        STR_INIT("call_000000000000I"),  /* not in Crockford's alphabet */
        STR_INIT("call_000000000000L"),
        STR_INIT("call_000000000000O"),
        STR_INIT("call_000000000000U"),
        STR_INIT("call_000000000000\0"),
        STR_INIT("call_000000000000 "),
        STR_INIT("call_000000000000-"),
        STR_INIT("Call_0000000000001"),
        STR_INIT("evts_0000000000001"),
        STR_INIT("call-0000000000001"),
        STR_INIT("0000000000001"),
        STR_INIT("_0000000000001"),
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t id = 77;
        EXPECT(!id_parse(rows[i], "call", &id));
        EXPECT_INT(id, 77);
    }
}

static void format_zero(void) {
    char text[ID_TEXT_SIZE];
    id_format(text, "call", 0);
}

static void format_long_prefix(void) {
    char text[ID_TEXT_SIZE];
    id_format(text, "conversation", 1);
}

TEST(id, formatting_no_id_is_a_mistake) {
    EXPECT(dies(format_zero));
    EXPECT(dies(format_long_prefix));
}

TEST(id, wall_time_of_the_epoch_is_2020) {
    EXPECT_INT(id_wall_ms(1), epoch_ms);
}
