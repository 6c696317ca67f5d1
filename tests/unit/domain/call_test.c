#include "core/domain/call.h"

#include "core/base/compiler.h"
#include "tests/support/test.h"

enum {
    QUEUED_MS = 1000,
    SEQUENCE_MAX = 6
};

static struct call queued_call(void) {
    struct call c = {.id = 1, .check_ms = 5000};
    bool moved = false;
    EXPECT(call_apply_status(&c, CALL_QUEUED, QUEUED_MS, &moved));
    EXPECT(moved);
    return c;
}

TEST(call, every_status_has_a_name_that_is_read_back) {
    for (int s = CALL_QUEUED; s < CALL_STATUS_COUNT; s++) {
        enum call_status got = CALL_STATUS_NONE;
        EXPECT(call_status_parse(str_z(call_status_name((enum call_status)s)), &got));
        EXPECT_INT(got, s);
    }
    EXPECT_STR(call_status_name(CALL_NO_ANSWER), "no_answer");
    EXPECT_STR(call_status_name(CALL_STATUS_COUNT), "none");
    EXPECT_STR(call_status_name((enum call_status) - 1), "none");
}

TEST(call, a_word_that_is_no_status_is_refused) {
    enum call_status got = CALL_BUSY;
    static const char *const words[] = {"",          "none",    "Queued",
                                        "no-answer", "queued ", "in-progress"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        EXPECT(!call_status_parse(str_z(words[i]), &got));
    EXPECT_INT(got, CALL_BUSY);
}

TEST(call, the_other_names_are_read_back_too) {
    for (int r = CALL_REASON_NONE + 1; r < CALL_REASON_COUNT; r++) {
        enum call_reason got = CALL_REASON_NONE;
        EXPECT(call_reason_parse(str_z(call_reason_name((enum call_reason)r)), &got));
        EXPECT_INT(got, r);
    }
    for (int d = 0; d < CALL_DETECT_COUNT; d++) {
        enum call_detection got = CALL_DETECT_COUNT;
        EXPECT(call_detection_parse(str_z(call_detection_name((enum call_detection)d)), &got));
        EXPECT_INT(got, d);
    }
    for (int r = 0; r < CALL_RECORD_COUNT; r++) {
        enum call_record got = CALL_RECORD_COUNT;
        EXPECT(call_record_parse(str_z(call_record_name((enum call_record)r)), &got));
        EXPECT_INT(got, r);
    }
    enum call_reason reason = CALL_REASON_LOST;
    EXPECT(!call_reason_parse(STR(""), &reason));
    EXPECT_STR(call_answered_by_name(CALL_BY_MACHINE_END), "machine_end");
    EXPECT_STR(call_answered_by_name(CALL_ANSWERED_BY_COUNT), "");
}

TEST(call, goes_forward_and_notes_the_time_of_each_step) {
    struct call c = queued_call();
    bool moved = false;
    EXPECT(call_apply_status(&c, CALL_DIALING, 2000, &moved) && moved);
    EXPECT(call_apply_status(&c, CALL_RINGING, 3000, &moved) && moved);
    EXPECT(call_apply_status(&c, CALL_ANSWERED, 4000, &moved) && moved);
    EXPECT(call_apply_status(&c, CALL_COMPLETED, 9000, &moved) && moved);
    EXPECT_INT(c.status, CALL_COMPLETED);
    EXPECT_INT(c.dialed_ms, 2000);
    EXPECT_INT(c.ringing_ms, 3000);
    EXPECT_INT(c.answered_ms, 4000);
    EXPECT_INT(c.ended_ms, 9000);
    EXPECT_INT(c.check_ms, 0);
}

TEST(call, late_news_is_told_but_does_not_move_the_call) {
    struct call c = queued_call();
    bool moved = true;
    EXPECT(call_apply_status(&c, CALL_COMPLETED, 9000, &moved) && moved);
    EXPECT(call_apply_status(&c, CALL_RINGING, 3000, &moved));
    EXPECT(!moved);
    EXPECT_INT(c.status, CALL_COMPLETED);
    EXPECT_INT(c.ringing_ms, 3000);
    EXPECT_INT(c.check_ms, 0);
}

TEST(call, known_news_changes_nothing) {
    struct call c = queued_call();
    bool moved = true;
    EXPECT(call_apply_status(&c, CALL_RINGING, 3000, NULL));
    struct call before = c;
    EXPECT(!call_apply_status(&c, CALL_RINGING, 7777, &moved));
    EXPECT(!moved);
    EXPECT(memcmp(&c, &before, sizeof c) == 0);
}

TEST(call, the_first_ending_stands) {
    for (int first = CALL_COMPLETED; first < CALL_STATUS_COUNT; first++) {
        for (int second = CALL_COMPLETED; second < CALL_STATUS_COUNT; second++) {
            struct call c = queued_call();
            bool moved = true;
            EXPECT(call_apply_status(&c, (enum call_status)first, 5000, NULL));
            EXPECT(!call_apply_status(&c, (enum call_status)second, 6000, &moved));
            EXPECT(!moved);
            EXPECT_INT(c.status, first);
            EXPECT_INT(c.ended_ms, 5000);
        }
    }
}

TEST(call, a_final_state_has_no_successor_and_every_open_state_may_end) {
    for (int from = CALL_QUEUED; from < CALL_STATUS_COUNT; from++) {
        for (int to = CALL_QUEUED; to < CALL_STATUS_COUNT; to++) {
            struct call c = {.status = (enum call_status)from, .seen = BIT(from)};
            bool moved = false;
            call_apply_status(&c, (enum call_status)to, 1, &moved);
            EXPECT_INT(moved, from < to && from < CALL_COMPLETED);
        }
    }
}

TEST(call, what_is_no_status_is_ignored) {
    static const int bad[] = {CALL_STATUS_NONE, CALL_STATUS_COUNT, 99, -1};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct call c = queued_call();
        struct call before = c;
        bool moved = true;
        EXPECT(!call_apply_status(&c, (enum call_status)bad[i], 1, &moved));
        EXPECT(!moved);
        EXPECT(memcmp(&c, &before, sizeof c) == 0);
    }
}

/* ---- any order of the same news ends alike -----------------------------------------------------
 */

struct outcome {
    struct call call;
    unsigned events[CALL_STATUS_COUNT];
};

/* The same news always carries the same time, as a carrier's repeated webhook does. */
static void apply(struct outcome *o, enum call_status s) {
    if (call_apply_status(&o->call, s, 10000 + s, NULL))
        o->events[s]++;
}

static struct outcome play(const enum call_status *order, size_t n) {
    struct outcome o = {.call = queued_call()};
    for (size_t i = 0; i < n; i++)
        apply(&o, order[i]);
    return o;
}

static bool same(const struct outcome *a, const struct outcome *b) {
    return memcmp(&a->call, &b->call, sizeof a->call) == 0 &&
           memcmp(a->events, b->events, sizeof a->events) == 0;
}

/* Heap's algorithm; each order is also played with its first and its last news repeated. */
static void each_order(enum call_status *news, size_t left, size_t n, const struct outcome *want) {
    if (left <= 1) {
        enum call_status doubled[SEQUENCE_MAX * 2] = {CALL_STATUS_NONE};
        struct outcome plain = play(news, n);
        EXPECT(same(&plain, want));
        for (size_t i = 0; i < n; i++)
            doubled[i] = doubled[n + i] = news[i];
        struct outcome twice = play(doubled, 2 * n);
        EXPECT(same(&twice, want));
        for (size_t i = 0; i < n; i++)
            doubled[2 * i] = doubled[2 * i + 1] = news[i];
        struct outcome echoed = play(doubled, 2 * n);
        EXPECT(same(&echoed, want));
        return;
    }
    for (size_t i = 0; i < left; i++) {
        each_order(news, left - 1, n, want);
        size_t other = left % 2 ? 0 : i;
        enum call_status moved = news[other];
        news[other] = news[left - 1];
        news[left - 1] = moved;
    }
}

TEST(call, any_order_of_the_same_news_gives_the_same_call_and_the_same_events) {
    static const enum call_status steps[] = {CALL_UNKNOWN, CALL_DIALING, CALL_RINGING,
                                             CALL_ANSWERED};
    for (unsigned chosen = 0; chosen < BIT(ARRAY_LEN(steps)); chosen++) {
        for (int end = CALL_ANSWERED; end < CALL_STATUS_COUNT; end++) {
            enum call_status news[SEQUENCE_MAX];
            size_t n = 0;
            for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
                if (chosen & BIT(i))
                    news[n++] = steps[i];
            }
            if (end >= CALL_COMPLETED) /* else: a call that has not ended */
                news[n++] = (enum call_status)end;
            struct outcome want = play(news, n);
            each_order(news, n, n, &want);
        }
    }
}
