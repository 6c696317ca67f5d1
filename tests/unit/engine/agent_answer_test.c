/* What is remembered of a function's reply is that reply, whatever it holds. */
#include "core/engine/agent_answer.h"

#include "core/base/compiler.h"
#include "swml/swaig_reply.h"
#include "tests/support/json_same.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

enum {
    TEXT_MAX = 262144,
    NOW_MS = 1000
};

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/swaig/function-results.json";
static const struct swaig_reply_options plain = {0};

static bool comes_back(const struct function_reply *r, struct arena *a,
                       struct function_reply *again) {
    struct agent_answer kept = agent_answer_of(r, STR("key"), 0, NOW_MS, a);
    return agent_answer_again(&kept, STR("key"), NOW_MS, a, again);
}

static void expect_same(struct str body, struct str id) {
    CLEANUP(buf_release) struct buf want = BUF_INIT(TEXT_MAX);
    CLEANUP(buf_release) struct buf got = BUF_INIT(TEXT_MAX);
    struct arena a = {0};
    struct function_reply r = {0}, again = {0};
    EXPECT_INT(swaig_reply_read(body, &a, &r, NULL), ERR_OK);
    EXPECT(comes_back(&r, &a, &again));
    EXPECT_INT(swaig_reply_write(&r, &plain, &want, NULL, NULL), ERR_OK);
    EXPECT_INT(swaig_reply_write(&again, &plain, &got, NULL, NULL), ERR_OK);
    if (!json_same_text(buf_str(&want), buf_str(&got))) {
        EXPECT_STR(got.ptr, want.ptr);
        EXPECT(str_eq_z(id, "the same"));
    }
    arena_release(&a);
}

TEST(agent_answer, is_the_reply_again) {
    CLEANUP(buf_release) struct buf file = BUF_INIT(TEXT_MAX);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    static const struct json_limits limits = {.bytes_max = TEXT_MAX, .values_max = 20000};
    REQUIRE(read_file(vectors_path, &file));
    REQUIRE(json_parse(buf_str(&file), &limits, &doc, NULL) == ERR_OK);
    const struct json *list = json_get(json_root(doc), "vectors");
    EXPECT_INT(json_count(list), 79);
    for (const struct json *v = json_first(list); v; v = json_next(v)) {
        CLEANUP(buf_release) struct buf body = BUF_INIT(TEXT_MAX);
        json_put_value(&body, json_get(v, "emitted"));
        if (json_type(json_get(v, "emitted")) == JSON_OBJECT)
            expect_same(buf_str(&body), json_str(json_get(v, "id")));
    }
}

TEST(agent_answer, without_room_or_with_a_card_tells_that_it_was_done) {
    static char long_text[AGENT_ANSWER_JSON_MAX];
    struct arena a = {0};
    struct function_reply again = {0}, card = {.response = STR("4111 1111 1111 1111")};
    struct function_reply large = {.response = STR("Yes.")};
    memset(long_text, 'x', sizeof long_text);
    function_reply_add(&large, FUNCTION_ACTION_SAY)->text = str_from(long_text, sizeof long_text);
    EXPECT(comes_back(&large, &a, &again));
    EXPECT(str_eq_z(again.response, "This was done a moment ago already."));
    EXPECT_INT(again.action_count, 0);
    EXPECT(comes_back(&card, &a, &again));
    EXPECT(str_eq_z(again.response, "This was done a moment ago already."));
    arena_release(&a);
}
