#include "core/base/compiler.h"
#include "tests/conformance/store/store_suite.h"

/* ---- conversations -----------------------------------------------------------------------------
 */

STORE_TEST(a_conversation_is_kept_and_replaced) {
    struct held h;
    struct conversation_state got = {0};
    struct conversation_state state = {.call_id = 5,
                                       .turn = 1,
                                       .lines = 2,
                                       .state_json = STR("{\"a\":1}"),
                                       .plan_json = STR("[]")};
    hold_write(&h, f->s);
    EXPECT_INT(store_get_conversation(h.tx, 5, &f->a, &got, NULL), ERR_NOT_FOUND);
    EXPECT_INT(store_put_conversation(h.tx, &state, NULL), ERR_OK);
    state.turn = 2;
    state.lines = 4;
    state.state_json = STR("{\"a\":2}");
    EXPECT_INT(store_put_conversation(h.tx, &state, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    hold_read(&h, f->s);
    EXPECT_INT(store_get_conversation(h.tx, 5, &f->a, &got, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(got.call_id, 5);
    EXPECT_INT(got.turn, 2);
    EXPECT_INT(got.lines, 4);
    EXPECT(str_eq(got.state_json, STR("{\"a\":2}")));
    EXPECT(str_eq(got.plan_json, STR("[]")));
}

STORE_TEST(turns_are_listed_in_order_and_written_once) {
    struct held h;
    struct turn *out = NULL;
    size_t n = 0;
    struct turn first = {.call_id = 5, .n = 0, .role = TURN_ASSISTANT, .at_ms = 10};
    struct turn second = {.call_id = 5, .n = 1, .role = TURN_CALLER, .at_ms = 20};
    struct turn other = {.call_id = 6, .n = 0, .role = TURN_FUNCTION, .at_ms = 30};
    first.text = STR("Gr\xc3\xbc\xc3\x9f Gott");
    second.text = STR("");
    other.text = STR("{}");
    hold_write(&h, f->s);
    EXPECT_INT(store_add_turn(h.tx, &second, NULL), ERR_OK);
    EXPECT_INT(store_add_turn(h.tx, &first, NULL), ERR_OK);
    EXPECT_INT(store_add_turn(h.tx, &other, NULL), ERR_OK);
    EXPECT_INT(store_add_turn(h.tx, &first, NULL), ERR_CONFLICT);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    hold_read(&h, f->s);
    EXPECT_INT(store_list_turns(h.tx, 5, &f->a, &out, &n, NULL), ERR_OK);
    REQUIRE(n == 2);
    EXPECT_INT(out[0].n, 0);
    EXPECT_INT(out[0].call_id, 5);
    EXPECT_INT(out[0].role, TURN_ASSISTANT);
    EXPECT_INT(out[0].at_ms, 10);
    EXPECT(str_eq(out[0].text, first.text));
    EXPECT_INT(out[1].role, TURN_CALLER);
    EXPECT_INT(out[1].text.len, 0);
    EXPECT_INT(store_list_turns(h.tx, 7, &f->a, &out, &n, NULL), ERR_OK);
    EXPECT_INT(n, 0);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(long_texts_come_back_whole) {
    enum {
        LONG = 200000
    };
    struct held h;
    struct turn *out = NULL;
    size_t n = 0;
    char *text = arena_alloc(&f->a, LONG);
    memset(text, 'x', LONG);
    text[LONG - 1] = 'y';
    struct turn t = {.call_id = 5, .role = TURN_CALLER, .text = str_from(text, LONG)};
    hold_write(&h, f->s);
    EXPECT_INT(store_add_turn(h.tx, &t, NULL), ERR_OK);
    EXPECT_INT(store_list_turns(h.tx, 5, &f->a, &out, &n, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    REQUIRE(n == 1);
    EXPECT(str_eq(out[0].text, t.text));
}

/* ---- information -------------------------------------------------------------------------------
 */

static int64_t share(struct fixture *f, int64_t call_id, const char *session, const char *caller,
                     const char *category, int64_t at_ms) {
    struct info i = {.id = id_next(&f->ids),
                     .call_id = call_id,
                     .session_id = str_z(session),
                     .caller_id = str_z(caller),
                     .category = str_z(category),
                     .information = STR("owes 100"),
                     .at_ms = at_ms};
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_add_info(h.tx, &i, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return i.id;
}

static size_t infos(struct fixture *f, struct info_filter filter, struct info **out) {
    struct held h;
    size_t n = 999;
    if (filter.limit == 0)
        filter.limit = 100;
    hold_read(&h, f->s);
    EXPECT_INT(store_list_info(h.tx, &filter, &f->a, out, &n, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return n;
}

STORE_TEST(information_is_listed_newest_first_with_filters_and_a_cursor) {
    int64_t first = share(f, 1, "s1", "+1202555010", "debt_info", 10);
    int64_t second = share(f, 1, "s1", "+1202555010", "contact_details", 20);
    int64_t third = share(f, 0, "s2", "+1202555011", "debt_info", 30);
    struct info *out = NULL;
    REQUIRE(infos(f, (struct info_filter){0}, &out) == 3);
    EXPECT_INT(out[0].id, third);
    EXPECT_INT(out[2].id, first);
    EXPECT_INT(out[2].call_id, 1);
    EXPECT(str_eq(out[2].session_id, STR("s1")));
    EXPECT(str_eq(out[2].caller_id, STR("+1202555010")));
    EXPECT(str_eq(out[2].category, STR("debt_info")));
    EXPECT(str_eq(out[2].information, STR("owes 100")));
    EXPECT_INT(out[2].at_ms, 10);
    REQUIRE(infos(f, (struct info_filter){.limit = 1, .before_id = third}, &out) == 1);
    EXPECT_INT(out[0].id, second);
    EXPECT_INT(infos(f, (struct info_filter){.category = STR("debt_info")}, &out), 2);
    EXPECT_INT(infos(f, (struct info_filter){.caller_id = STR("+1202555011")}, &out), 1);
    EXPECT_INT(infos(f, (struct info_filter){.session_id = STR("s1")}, &out), 2);
    struct info_filter both = {.session_id = STR("s1"), .category = STR("debt_info")};
    REQUIRE(infos(f, both, &out) == 1);
    EXPECT_INT(out[0].id, first);
    both.caller_id = STR("+1202555011");
    EXPECT_INT(infos(f, both, &out), 0);
}

STORE_TEST(an_information_id_is_taken_once_and_counts_once) {
    struct info i = {.id = 9, .session_id = STR("s"), .category = STR("c")};
    struct held h;
    int64_t counters[COUNTER_COUNT];
    hold_write(&h, f->s);
    EXPECT_INT(store_add_info(h.tx, &i, NULL), ERR_OK);
    EXPECT_INT(store_add_info(h.tx, &i, NULL), ERR_CONFLICT);
    EXPECT_INT(store_get_counters(h.tx, counters, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(counters[COUNTER_INFO], 1);
    EXPECT_INT(counters[COUNTER_SESSIONS], 1);
}

static size_t sessions(struct fixture *f, int64_t before_id, uint32_t limit, struct session **out) {
    struct held h;
    size_t n = 999;
    hold_read(&h, f->s);
    EXPECT_INT(store_list_sessions(h.tx, before_id, limit, &f->a, out, &n, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return n;
}

STORE_TEST(a_session_sums_up_what_was_shared_in_it) {
    struct call c = suite_call(f);
    suite_insert(f, &c);
    share(f, 0, "s1", "", "debt_info", 30);
    share(f, c.id, "s1", "+1202555010", "debt_info", 10);
    int64_t newest = share(f, 0, "s1", "+1202555099", "debt_info", 20);
    struct session *out = NULL;
    REQUIRE(sessions(f, 0, 10, &out) == 1);
    EXPECT(str_eq(out[0].session_id, STR("s1")));
    EXPECT_INT(out[0].call_id, c.id);
    EXPECT(str_eq(out[0].caller_id, STR("+1202555010")));
    EXPECT_INT(out[0].first_ms, 10);
    EXPECT_INT(out[0].last_ms, 30);
    EXPECT_INT(out[0].info_count, 3);
    EXPECT_INT(out[0].last_info_id, newest);
    EXPECT(suite_same_call(&out[0].call, &c));
}

STORE_TEST(sessions_are_listed_by_their_newest_information_and_paged) {
    share(f, 0, "s1", "", "c", 1);
    share(f, 0, "s2", "", "c", 2);
    share(f, 12345, "s3", "", "c", 3); /* a call that is not there */
    share(f, 0, "s1", "", "c", 4);     /* s1 is the newest again */
    struct session *out = NULL;
    REQUIRE(sessions(f, 0, 2, &out) == 2);
    EXPECT(str_eq(out[0].session_id, STR("s1")));
    EXPECT(str_eq(out[1].session_id, STR("s3")));
    EXPECT_INT(out[1].call.id, 0);
    REQUIRE(sessions(f, out[1].last_info_id, 2, &out) == 1);
    EXPECT(str_eq(out[0].session_id, STR("s2")));
    EXPECT_INT(sessions(f, out[0].last_info_id, 2, &out), 0);
}

STORE_TEST(categories_are_counted_largest_first) {
    struct category_count *out = NULL;
    size_t n = 9;
    struct held h;
    share(f, 0, "s1", "", "b", 1);
    share(f, 0, "s2", "", "a", 2);
    share(f, 0, "s1", "", "a", 3);
    hold_read(&h, f->s);
    EXPECT_INT(store_count_categories(h.tx, &f->a, &out, &n, NULL), ERR_OK);
    int64_t counters[COUNTER_COUNT];
    EXPECT_INT(store_get_counters(h.tx, counters, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    REQUIRE(n == 2);
    EXPECT(str_eq(out[0].category, STR("a")));
    EXPECT_INT(out[0].count, 2);
    EXPECT_INT(out[1].count, 1);
    EXPECT_INT(counters[COUNTER_INFO], 3);
    EXPECT_INT(counters[COUNTER_SESSIONS], 2);
}
