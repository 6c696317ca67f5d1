#include "core/engine/brain_openai_text.h"

#include "core/base/compiler.h"
#include "tests/support/test.h"

static void expect_spoken(const char *text, size_t max, const char *want) {
    struct buf b = BUF_INIT(100000);
    openai_put_spoken(&b, str_z(text), max);
    EXPECT_STR(b.ptr ? b.ptr : "", want);
    buf_release(&b);
}

TEST(openai_text, what_is_written_for_screens_becomes_speech) {
    static const char *const pairs[][2] = {
        {"**Hello**, *you* and __they__.", "Hello, you and they."},
        {"# Options\n- First one\n- Second one\n", "Options. First one. Second one"},
        {"1. Call us.\n2. Write to us.", "1. Call us. 2. Write to us."},
        {"See [our page](https://example.com/a_b) now.", "See our page now."},
        {"![Logo](x.png) Hi.", "Logo Hi."},
        {"Use `code` here:\n```c\nint x;\n```\nDone.", "Use code here: int x; Done."},
        {"2 * 3 is 6, and first_name stays.", "2 * 3 is 6, and first_name stays."},
        {"> Quoted\n\n---\n\nNext.", "Quoted. Next."},
        {"Great! \xF0\x9F\x98\x80\xE2\x9C\x85 Bye.", "Great! Bye."},
        {"Gr\xC3\xBC\xC3\x9F Gott \xE2\x80\x93 ja.", "Gr\xC3\xBC\xC3\x9F Gott \xE2\x80\x93 ja."},
        {"<think>The caller wants x.\n</think>\nSure.", "Sure."},
        {"wants x</think>Sure.", "Sure."},
        {"<think>never ends", ""},
        {"Hello<|im_end|>", "Hello"},
        {"  \n\t ", ""},
        {"#5 is fine - really.", "#5 is fine - really."},
        {"[unclear] what?", "[unclear] what?"},
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        expect_spoken(pairs[i][0], OPENAI_SPOKEN_MAX, pairs[i][1]);
}

TEST(openai_text, card_numbers_are_masked) {
    expect_spoken("Your card 4111 1111 1111 1111 is fine.", OPENAI_SPOKEN_MAX,
                  "Your card [card number] is fine.");
    expect_spoken("4111**1111**11111111", OPENAI_SPOKEN_MAX, "[card number]");
}

TEST(openai_text, a_long_answer_ends_after_a_sentence_that_fits) {
    expect_spoken("One two. Three four. Five six.", 22, "One two. Three four.");
    expect_spoken("One two three four", 10, "One two");
    expect_spoken("\xC3\xBC\xC3\xBC\xC3\xBC", 5, "\xC3\xBC\xC3\xBC");
}

TEST(openai_text, an_answer_follows_another_after_a_space) {
    struct buf b = BUF_INIT(100);
    openai_put_spoken(&b, STR("One."), 50);
    openai_put_spoken(&b, STR(" "), 50);
    openai_put_spoken(&b, STR("Two."), 50);
    EXPECT_STR(b.ptr, "One. Two.");
    buf_release(&b);
}

TEST(openai_text, whole_sentences_are_counted_in_bytes) {
    EXPECT_INT(openai_whole_sentences(STR("One. Two")), 4);
    EXPECT_INT(openai_whole_sentences(STR("At 3.5 percent")), 0);
    EXPECT_INT(openai_whole_sentences(STR("Yes?")), 4);
    EXPECT_INT(openai_whole_sentences(STR("\xE5\xA5\xBD\xE3\x80\x82\xE5\xA5\xBD")), 6);
    EXPECT_INT(openai_whole_sentences(STR("")), 0);
}
