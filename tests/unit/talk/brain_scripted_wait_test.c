#include "core/engine/brain_scripted.h"

#include "tests/support/test.h"

static const char definition[] =
    "{\"name\":\"a\",\"functions\":[\"end_call\",{\"name\":\"pay\",\"description\":\"d\","
    "\"parameters\":{\"type\":\"object\"}}],\"flow\":{\"states\":["
    "{\"id\":\"pay\",\"say\":\"Enter it.\",\"call\":[{\"function\":\"pay\",\"save\":\"how\"}],"
    "\"branch\":[{\"value\":\"how\",\"equals\":\"success\",\"next\":\"paid\"}],\"next\":\"no\"},"
    "{\"id\":\"paid\",\"say\":\"Paid: ${how}.\",\"end\":{\"outcome\":\"paid\"}},"
    "{\"id\":\"no\",\"say\":\"Not paid: ${how}.\",\"end\":{\"outcome\":\"unpaid\"}}]}}";

/* Tools of a conversation in which "pay" sends the caller elsewhere. */
struct desk {
    bool is_over;
};

static enum error_code run(void *ctx, struct str function, struct str arguments_json,
                           struct str *response, struct error *err) {
    struct desk *desk = ctx;
    (void)arguments_json;
    (void)err;
    desk->is_over = desk->is_over || str_eq(function, STR("pay"));
    *response = STR("Collecting.");
    return ERR_OK;
}

static bool is_over(void *ctx) {
    return ((struct desk *)ctx)->is_over;
}

static struct brain_output think(const struct assistant *a, struct arena *arena,
                                 enum brain_event event, const char *result, struct str state) {
    struct brain *b = brain_scripted_new();
    struct desk desk = {0};
    struct brain_input in = {.assistant = a,
                             .event = event,
                             .state_json = state,
                             .result = str_z(result),
                             .tools = {.run = run, .is_over = is_over, .ctx = &desk},
                             .arena = arena};
    struct brain_output out = {0};
    EXPECT_INT(brain_think(b, &in, &out, NULL), ERR_OK);
    brain_free(b);
    return out;
}

static void expect_way(const char *result, const char *says) {
    struct assistant *a = NULL;
    struct arena arena = {0};
    REQUIRE(assistant_parse(str_z(definition), &a, NULL) == ERR_OK);
    struct brain_output out = think(a, &arena, BRAIN_BEGIN, "", (struct str){0});
    EXPECT(str_eq(out.say, STR("Enter it.")));
    EXPECT_INT(out.next, BRAIN_LISTEN);
    out = think(a, &arena, BRAIN_RESULT, result, out.state_json);
    EXPECT(str_eq_z(out.say, says));
    EXPECT_INT(out.next, BRAIN_END);
    arena_release(&arena);
    assistant_unref(a);
}

TEST(brain_scripted, waits_for_a_caller_who_was_sent_elsewhere_and_goes_on_by_the_result) {
    expect_way("success", "Paid: success.");
    expect_way("too-many-failed-attempts", "Not paid: too-many-failed-attempts.");
}
