#include <stdlib.h>

#include "core/base/compiler.h"
#include "tests/conformance/store/store_suite.h"

static size_t list(struct fixture *f, struct call_filter filter, struct call **out) {
    struct held h;
    size_t n = 999;
    if (filter.limit == 0)
        filter.limit = 100;
    hold_read(&h, f->s);
    EXPECT_INT(store_list_calls(h.tx, &filter, &f->a, out, &n, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return n;
}

static size_t count(struct fixture *f, struct call_filter filter) {
    struct call *out;
    return list(f, filter, &out);
}

static bool is_attempted(struct fixture *f, const char *to, int64_t but_call_id) {
    struct held h;
    bool attempted = false;
    hold_read(&h, f->s);
    EXPECT_INT(store_number_is_attempted(h.tx, str_z(to), but_call_id, &attempted, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return attempted;
}

static void put(struct fixture *f, const struct call *c) {
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_update_call(h.tx, c, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(a_number_is_attempted_while_a_hand_over_to_it_is_open) {
    static const struct {
        enum call_placement placement;
        enum call_status status;
        bool attempted;
    } cases[] = {
        {CALL_PLACE_READY, CALL_QUEUED, false},     {CALL_PLACE_SUBMITTING, CALL_QUEUED, true},
        {CALL_PLACE_UNKNOWN, CALL_UNKNOWN, true},   {CALL_PLACE_SUBMITTED, CALL_DIALING, false},
        {CALL_PLACE_SUBMITTING, CALL_QUEUED, true}, {CALL_PLACE_UNKNOWN, CALL_FAILED, false},
        {CALL_PLACE_REFUSED, CALL_FAILED, false},
    };
    struct call c = suite_call(f);
    suite_insert(f, &c);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        c.placement = cases[i].placement;
        c.status = cases[i].status;
        put(f, &c);
        EXPECT(is_attempted(f, "+12025550100", 0) == cases[i].attempted);
        EXPECT(!is_attempted(f, "+12025550100", c.id));
        EXPECT(!is_attempted(f, "+12025550101", 0));
    }
}

static uint32_t count_open(struct fixture *f, const char *provider) {
    struct held h;
    uint32_t n = 99;
    hold_read(&h, f->s);
    EXPECT_INT(store_count_open_calls(h.tx, str_z(provider), &n, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return n;
}

STORE_TEST(open_calls_are_counted_by_the_carrier_that_has_them) {
    static const struct {
        enum call_placement placement;
        enum call_status status;
        uint32_t open;
    } cases[] = {
        {CALL_PLACE_READY, CALL_QUEUED, 0},        {CALL_PLACE_SUBMITTING, CALL_QUEUED, 1},
        {CALL_PLACE_UNKNOWN, CALL_UNKNOWN, 1},     {CALL_PLACE_SUBMITTED, CALL_ANSWERED, 1},
        {CALL_PLACE_SUBMITTED, CALL_COMPLETED, 0}, {CALL_PLACE_REFUSED, CALL_FAILED, 0},
    };
    struct call c = suite_call(f);
    suite_insert(f, &c);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        c.placement = cases[i].placement;
        c.status = cases[i].status;
        put(f, &c);
        EXPECT_INT(count_open(f, c.provider), cases[i].open);
        EXPECT_INT(count_open(f, "another"), 0);
    }
}

STORE_TEST(no_calls_make_an_empty_list) {
    struct call *out = NULL;
    EXPECT_INT(list(f, (struct call_filter){0}, &out), 0);
}

STORE_TEST(calls_are_listed_newest_first_and_paged_by_the_last_id) {
    struct call calls[5];
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        calls[i] = suite_call(f);
        suite_insert(f, &calls[i]);
    }
    struct call *page = NULL;
    REQUIRE(list(f, (struct call_filter){.limit = 2}, &page) == 2);
    EXPECT(suite_same_call(&page[0], &calls[4]));
    EXPECT_INT(page[1].id, calls[3].id);
    REQUIRE(list(f, (struct call_filter){.limit = 2, .before_id = page[1].id}, &page) == 2);
    EXPECT_INT(page[0].id, calls[2].id);
    REQUIRE(list(f, (struct call_filter){.limit = 2, .before_id = page[1].id}, &page) == 1);
    EXPECT_INT(page[0].id, calls[0].id);
    EXPECT_INT(count(f, (struct call_filter){.before_id = calls[0].id}), 0);
}

STORE_TEST(each_filter_keeps_what_fits) {
    struct call a = suite_call(f);
    struct call b = suite_call(f);
    struct call c = suite_call(f);
    suite_set(b.to, "+12025550101");
    suite_set(b.from, "+12025550188");
    suite_set(b.provider, "backup");
    suite_set(c.assistant, "");
    c.status = CALL_BUSY;
    suite_insert(f, &a);
    suite_insert(f, &b);
    suite_insert(f, &c);
    EXPECT_INT(count(f, (struct call_filter){0}), 3);
    EXPECT_INT(count(f, (struct call_filter){.to = STR("+12025550101")}), 1);
    EXPECT_INT(count(f, (struct call_filter){.to = STR("+12025550100")}), 2);
    EXPECT_INT(count(f, (struct call_filter){.to = STR("+1202555010")}), 0);
    EXPECT_INT(count(f, (struct call_filter){.from = STR("+12025550188")}), 1);
    EXPECT_INT(count(f, (struct call_filter){.provider = STR("mock")}), 2);
    EXPECT_INT(count(f, (struct call_filter){.assistant = STR("debt-intake")}), 2);
    EXPECT_INT(count(f, (struct call_filter){.status = CALL_QUEUED}), 2);
    EXPECT_INT(count(f, (struct call_filter){.status = CALL_BUSY}), 1);
    EXPECT_INT(count(f, (struct call_filter){.status = CALL_FAILED}), 0);
    EXPECT_INT(count(f, (struct call_filter){.status = CALL_RINGING}), 0);
}

STORE_TEST(filters_together_keep_what_fits_all) {
    struct call a = suite_call(f);
    struct call b = suite_call(f);
    b.status = CALL_BUSY;
    suite_insert(f, &a);
    suite_insert(f, &b);
    struct call_filter both = {.to = STR("+12025550100"), .status = CALL_BUSY};
    struct call *out = NULL;
    REQUIRE(list(f, both, &out) == 1);
    EXPECT_INT(out[0].id, b.id);
    both.provider = STR("mock");
    both.assistant = STR("debt-intake");
    both.from = STR("+12025550199");
    EXPECT_INT(count(f, both), 1);
    both.from = STR("+12025550100");
    EXPECT_INT(count(f, both), 0);
}

STORE_TEST(the_status_filter_follows_the_call) {
    static const enum call_status steps[] = {CALL_QUEUED,  CALL_UNKNOWN,  CALL_DIALING,
                                             CALL_RINGING, CALL_ANSWERED, CALL_COMPLETED};
    struct call c = suite_call(f);
    suite_insert(f, &c);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct held h;
        hold_write(&h, f->s);
        c.status = steps[i];
        EXPECT_INT(store_update_call(h.tx, &c, NULL), ERR_OK);
        EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
        for (size_t j = 0; j < ARRAY_LEN(steps); j++)
            EXPECT_INT(count(f, (struct call_filter){.status = steps[j]}), i == j);
    }
}

STORE_TEST(time_bounds_keep_the_calls_made_between_them) {
    enum {
        HOUR_MS = 3600 * 1000
    };
    struct call calls[5];
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        calls[i] = suite_call(f);
        suite_insert(f, &calls[i]);
        fake_clock_advance_ms(&f->clock, HOUR_MS);
    }
    int64_t t = calls[0].created_ms;
    EXPECT_INT(count(f, (struct call_filter){.since_ms = t}), 5);
    EXPECT_INT(count(f, (struct call_filter){.since_ms = t + 1}), 4);
    EXPECT_INT(count(f, (struct call_filter){.until_ms = t + 4 * HOUR_MS}), 4);
    EXPECT_INT(count(f, (struct call_filter){.until_ms = t}), 0);
    struct call *out = NULL;
    struct call_filter between = {.since_ms = t + HOUR_MS, .until_ms = t + 2 * HOUR_MS};
    REQUIRE(list(f, between, &out) == 1);
    EXPECT_INT(out[0].id, calls[1].id);
    between.status = CALL_QUEUED;
    between.to = STR("+12025550100");
    EXPECT_INT(count(f, between), 1);
}

STORE_TEST(a_clock_that_steps_back_a_minute_loses_no_call) {
    struct call a = suite_call(f);
    suite_insert(f, &a);
    fake_clock_step_wall_ms(&f->clock, -60000);
    struct call b = suite_call(f); /* its id goes on from a's, its time does not */
    suite_insert(f, &b);
    EXPECT_INT(count(f, (struct call_filter){.since_ms = b.created_ms}), 2);
    EXPECT_INT(count(f, (struct call_filter){.until_ms = a.created_ms}), 1);
}

/* ---- many calls --------------------------------------------------------------------------------
 */

enum {
    MANY = 10000,
    PAGE = 337
};

static enum error_code insert_many(struct store_tx *tx, void *ctx, struct error *err) {
    struct fixture *f = ctx;
    for (int i = 0; i < MANY; i++) {
        struct call c = suite_call(f);
        c.status = i % 3 == 0 ? CALL_COMPLETED : CALL_RINGING;
        c.check_ms = i % 3 == 0 ? 0 : c.check_ms;
        enum error_code rc = store_insert_call(tx, &c, STR("{}"), err);
        if (rc != ERR_OK)
            return rc;
    }
    return ERR_OK;
}

struct pages {
    struct call_filter filter;
    struct arena *a;
    size_t total;
    bool falling, fit;
};

static enum error_code walk_pages(struct store_tx *tx, void *ctx, struct error *err) {
    struct pages *p = ctx;
    size_t n = 0;
    int64_t last = INT64_MAX;
    do {
        struct call *page = NULL;
        enum error_code rc = store_list_calls(tx, &p->filter, p->a, &page, &n, err);
        if (rc != ERR_OK)
            return rc;
        for (size_t i = 0; i < n; i++) {
            p->falling &= page[i].id < last;
            p->fit &= p->filter.status == CALL_STATUS_NONE || p->filter.status == page[i].status;
            last = page[i].id;
        }
        p->total += n;
        p->filter.before_id = last;
        arena_release(p->a);
    } while (n == p->filter.limit);
    return ERR_OK;
}

STORE_TEST(pages_of_ten_thousand_calls_hold_each_call_once) {
    static const struct {
        enum call_status status;
        size_t total;
    } rows[] = {
        {CALL_STATUS_NONE, MANY},
        {CALL_COMPLETED, (MANY + 2) / 3},
        {CALL_RINGING, MANY - (MANY + 2) / 3},
        {CALL_BUSY, 0},
    };
    REQUIRE(store_write(f->s, insert_many, f, NULL) == ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pages p = {.filter = {.status = rows[i].status, .limit = PAGE},
                          .a = &f->a,
                          .falling = true,
                          .fit = true};
        EXPECT_INT(store_read(f->s, walk_pages, &p, NULL), ERR_OK);
        EXPECT_INT(p.total, rows[i].total);
        EXPECT(p.falling && p.fit);
    }
}
