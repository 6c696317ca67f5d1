#include "core/domain/phrase.h"

#include "core/domain/card_mask.h"
#include "core/domain/text.h"
#include "tests/support/test.h"

TEST(phrase, matches_whole_words_whatever_the_case_and_punctuation) {
    static const struct {
        const char *speech, *pattern;
        bool fits;
    } cases[] = {
        {"Yes, please!", "yes", true},
        {"YES", "no|yes", true},
        {"of course.", "sure|of course", true},
        {"Don't call me", "dont call", true},
        {"Don\xE2\x80\x99t call me", "don't call", true},
        {"I know", "no", false},
        {"yesterday", "yes", false},
        {"", "*", false},
        {"anything", "*", true},
        {"...", "*", false},
        {"anything", "", false},
        {"anything", "||", false},
        {"über alles", "über", true},
        {"ÜBER ALLES", "über", true},
        {"¿Sí? ¡Claro!", "sí claro", true},
        {"«Ça va…»", "ça va", true},
        {"ja\xE2\x80\x94"
         "genau",
         "genau", true},
        {"3×4", "4", false},
        {"Sí", "si", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct phrase_text t;
        phrase_read(&t, str_z(cases[i].speech));
        (void)test_check(phrase_match(&t, str_z(cases[i].pattern)) == cases[i].fits, __FILE__,
                         __LINE__, cases[i].speech);
    }
}

TEST(phrase, tells_yes_from_no) {
    static const struct {
        const char *speech;
        enum phrase_answer answer;
    } cases[] = {
        {"Yes", PHRASE_YES},
        {"yeah sure", PHRASE_YES},
        {"Yes, that is fine, you may record the call.", PHRASE_YES},
        {"I don't mind", PHRASE_YES},
        {"no problem", PHRASE_YES},
        {"why not", PHRASE_YES},
        {"that is correct", PHRASE_YES},
        {"No", PHRASE_NO},
        {"No, I do not want to be recorded.", PHRASE_NO},
        {"I would rather you didn't", PHRASE_NO},
        {"absolutely not", PHRASE_NO},
        {"I do", PHRASE_YES},
        {"yes, I do not mind", PHRASE_YES},
        {"please don't", PHRASE_NO},
        {"that's wrong", PHRASE_NO},
        {"I don't know", PHRASE_UNCLEAR},
        {"I am not sure", PHRASE_UNCLEAR},
        {"yes and no", PHRASE_UNCLEAR},
        {"maybe", PHRASE_UNCLEAR},
        {"", PHRASE_UNCLEAR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct phrase_text t;
        phrase_read(&t, str_z(cases[i].speech));
        (void)test_check_int(phrase_yes_no(&t), cases[i].answer, __FILE__, __LINE__,
                             cases[i].speech);
    }
}

TEST(phrase, looks_at_a_bounded_part_of_long_speech) {
    struct buf b = BUF_INIT(100000);
    for (size_t i = 0; i < 20000; i++)
        buf_puts(&b, "no ");
    struct phrase_text t;
    phrase_read(&t, buf_str(&b));
    EXPECT(t.len < sizeof t.words);
    EXPECT(phrase_match(&t, STR("no")));
    buf_release(&b);
}

TEST(card_mask, hides_what_looks_like_a_card_number) {
    static const struct {
        const char *text, *masked;
    } cases[] = {
        {"4111111111111111", "[card number]"},
        {"It is 4111 1111 1111 1111, thanks", "It is [card number], thanks"},
        {"4111-1111-1111-1111.", "[card number]."},
        {"4111.1111.1111.1111", "[card number]"},
        {"378282246310005", "[card number]"},
        {"4222222222222", "[card number]"},
        {"6304000000000000000", "[card number]"},
        {"four one one one one one one one one one one one one one one one", "[card number]"},
        {"Four One One 1 1111 1111 1111 ok", "[card number] ok"},
        {"number 4111 1111 1111 1111 123", "number [card number]"},
        {"4111111111111112", "4111111111111112"},
        {"411111111111", "411111111111"},
        {"+12025550100", "+12025550100"},
        {"$25,000 and $15,000", "$25,000 and $15,000"},
        {"my phone is one two three", "my phone is one two three"},
        {"no one knows", "no one knows"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT(1000);
        bool masked = card_mask_put(&b, str_z(cases[i].text));
        (void)test_check_str(b.ptr ? b.ptr : "", cases[i].masked, __FILE__, __LINE__,
                             cases[i].text);
        EXPECT(masked == !str_eq_z(str_z(cases[i].text), cases[i].masked));
        buf_release(&b);
    }
}

TEST(card_mask, hides_a_run_of_digits_too_long_to_look_through) {
    struct buf in = BUF_INIT(1000), out = BUF_INIT(1000);
    for (size_t i = 0; i < 200; i++)
        buf_putc(&in, '1');
    EXPECT(card_mask_put(&out, buf_str(&in)));
    EXPECT_STR(out.ptr, "[card number]");
    buf_release(&in);
    buf_release(&out);
}

TEST(card_mask, hides_cards_in_every_value_and_name) {
    static const char text[] = "{\"a\":[4111111111111111,\"4111 1111 1111 1111\",5.5,null,true],"
                               "\"4111111111111111\":{\"b\":\"\\u0034111111111111111\"}}";
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
    struct json_writer w;
    REQUIRE(json_parse(STR(text), NULL, &doc, NULL) == ERR_OK);
    json_write_init(&w, &b);
    card_mask_json(&w, json_root(doc));
    EXPECT_STR(b.ptr, "{\"a\":[\"[card number]\",\"[card number]\",5.5,null,true],"
                      "\"[card number]\":{\"b\":\"[card number]\"}}");
}

static struct str lookup(void *ctx, struct str name) {
    (void)ctx;
    return str_eq(name, STR("name"))   ? STR("John ${name} <b>")
           : str_eq(name, STR("debt")) ? STR("25000")
           : str_eq(name, STR("pin"))  ? STR("4155")
                                       : STR("");
}

TEST(text, puts_values_in_once_and_never_reads_them_again) {
    static const struct {
        const char *text, *expanded;
    } cases[] = {
        {"Hello ${name}!", "Hello John ${name} <b>!"},
        {"${debt|money} or ${debt}", "$25,000 or 25000"},
        {"${pin|spelled}", "4 1 5 5"},
        {"${missing}", ""},
        {"$5 and {x}", "$5 and {x}"},
        {"${", "${"},
        {"${}", "${}"},
        {"${a b}", "${a b}"},
        {"${debt|loud}", "${debt|loud}"},
        {"${name|money}", "John ${name} <b>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT(1000);
        text_expand(&b, str_z(cases[i].text), lookup, NULL);
        (void)test_check_str(b.ptr ? b.ptr : "", cases[i].expanded, __FILE__, __LINE__,
                             cases[i].text);
        buf_release(&b);
    }
}

TEST(text, writes_money_with_commas) {
    static const struct {
        const char *amount, *text;
    } cases[] = {{"0", "$0"},
                 {"999", "$999"},
                 {"1000", "$1,000"},
                 {"25000", "$25,000"},
                 {"4500.50", "$4,500.50"},
                 {"1234567", "$1,234,567"},
                 {"", ""},
                 {"lots", "lots"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = BUF_INIT(100);
        text_put_money(&b, str_z(cases[i].amount));
        EXPECT_STR(b.ptr ? b.ptr : "", cases[i].text);
        buf_release(&b);
    }
}

TEST(text, cleans_to_one_line) {
    struct buf b = BUF_INIT(100);
    text_put_clean(&b, STR("  a\r\n\tb \x01 c\x7F  "));
    EXPECT_STR(b.ptr, "a b c");
    buf_release(&b);
}
