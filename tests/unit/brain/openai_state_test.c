#include "core/engine/brain_openai_state.h"

#include <stdio.h>

#include "core/domain/brain.h"
#include "tests/support/test.h"

TEST(openai_state, what_is_written_can_be_read) {
    struct arena a = {0};
    struct openai_state s = {.failures = 1, .silences = 2, .tokens = 4000}, got = {0};
    openai_state_add_extra(&s, 3, STR("pay"), STR("{\"google\":{\"thought_signature\":\"x\"}}"),
                           &a);
    REQUIRE(openai_state_read(openai_state_write(&s, &a), &a, &got, NULL) == ERR_OK);
    EXPECT_INT(got.failures, 1);
    EXPECT_INT(got.silences, 2);
    EXPECT_INT(got.tokens, 4000);
    EXPECT(str_eq(openai_state_extra(&got, 3, STR("pay")),
                  STR("{\"google\":{\"thought_signature\":\"x\"}}")));
    EXPECT_INT(openai_state_extra(&got, 2, STR("pay")).len, 0);
    EXPECT_INT(openai_state_extra(&got, 3, STR("other")).len, 0);
    arena_release(&a);
}

TEST(openai_state, the_beginning_is_empty) {
    struct arena a = {0};
    struct openai_state s = {.failures = 7};
    REQUIRE(openai_state_read(STR(""), &a, &s, NULL) == ERR_OK);
    EXPECT_INT(s.failures, 0);
    EXPECT(str_eq(openai_state_write(&s, &a), STR("{}")));
    arena_release(&a);
}

TEST(openai_state, old_extras_make_room_so_that_it_always_fits) {
    struct arena a = {0};
    struct openai_state s = {0}, got = {0};
    char json[1200];
    snprintf(json, sizeof json, "{\"s\":\"%01000d\"}", 7);
    for (uint32_t i = 0; i < 20; i++) {
        openai_state_add_extra(&s, i, STR("f"), str_z(json), &a);
        struct str text = openai_state_write(&s, &a);
        EXPECT(text.len > 0 && text.len <= BRAIN_STATE_MAX);
        EXPECT(openai_state_read(text, &a, &got, NULL) == ERR_OK);
    }
    EXPECT(openai_state_extra(&s, 19, STR("f")).len > 0);
    EXPECT_INT(openai_state_extra(&s, 0, STR("f")).len, 0);
    arena_release(&a);
}

TEST(openai_state, an_extra_that_could_not_be_read_again_is_left_out) {
    struct arena a = {0};
    struct openai_state s = {0};
    char json[4000];
    snprintf(json, sizeof json, "{\"s\":\"%03500d\"}", 7);
    openai_state_add_extra(&s, 1, STR("f"), str_z(json), &a);
    openai_state_add_extra(&s, 1, STR("f"), STR("{\"a\":{\"b\":{\"c\":{}}}}"), &a);
    openai_state_add_extra(&s, 1, STR("f"), STR("[1]"), &a);
    openai_state_add_extra(&s, 1, STR("f"), STR("{"), &a);
    openai_state_add_extra(&s, 1, STR("no name"), STR("{}"), &a);
    EXPECT_INT(s.extra_count, 0);
    arena_release(&a);
}

TEST(openai_state, what_it_cannot_have_written_is_refused) {
    static const char *const wrong[] = {
        "[]",
        "{\"failures\":-1}",
        "{\"other\":1}",
        "{\"extras\":{}}",
        "{\"extras\":[{\"line\":1,\"name\":\"f\",\"json\":7}]}",
        "{\"extras\":[{\"line\":1,\"json\":{}}]}",
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct openai_state s;
        struct error err = {0};
        EXPECT_INT(openai_state_read(str_z(wrong[i]), &a, &s, &err), ERR_INVALID);
        EXPECT(err.text[0] != '\0');
    }
    arena_release(&a);
}
