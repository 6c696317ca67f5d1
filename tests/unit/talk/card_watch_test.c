/* Card numbers that come in pieces, over lines and over questions. */
#include "core/domain/card_watch.h"

#include "core/base/compiler.h"
#include "tests/support/test.h"

enum {
    LINES_MAX = 12
};

/* What is said, and what of it is kept; a line without the latter is the assistant's. */
struct exchange {
    const char *said, *kept;
};

static void expect(const char *name, const struct exchange *lines) {
    struct card_watch w = {0};
    for (size_t i = 0; i < LINES_MAX && lines[i].said; i++) {
        CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
        if (!lines[i].kept) {
            card_watch_hear(&w, str_z(lines[i].said));
            continue;
        }
        bool masked = card_watch_put(&w, &b, str_z(lines[i].said));
        (void)test_check_str(b.ptr ? b.ptr : "", lines[i].kept, __FILE__, __LINE__, name);
        EXPECT(masked == (strcmp(lines[i].said, lines[i].kept) != 0));
    }
}

#define NUMBER "[card number]"
#define CODE   "[security code]"

TEST(card_watch, hides_the_rest_of_a_number_that_is_dictated_over_turns) {
    static const struct {
        const char *name;
        struct exchange lines[LINES_MAX];
    } cases[] = {
        {"in figures", {{"4111", "4111"}, {"1111", "1111"}, {"1111", NUMBER}, {"1111", NUMBER}}},
        {"in words",
         {{"four one one one", "four one one one"},
          {"one one one one", "one one one one"},
          {"one one one one", NUMBER},
          {"and one one one one", "and " NUMBER}}},
        {"in two halves", {{"4111 1111", "4111 1111"}, {"11111111", NUMBER}}},
        {"of twelve and four", {{"4111 1111 1111", "4111 1111 1111"}, {"1111", NUMBER}}},
        {"of another issuer", {{"3782", "3782"}, {"822463", NUMBER}, {"10005", NUMBER}}},
        {"with pauses",
         {{"5555", "5555"},
          {"Go on.", NULL},
          {"hold on", "hold on"},
          {"5555", "5555"},
          {"Yes?", NULL},
          {"5555", NUMBER},
          {"okay", "okay"},
          {"4444", NUMBER}}},
        {"in one line, with words between",
         {{"4111 uh 1111 then 1111 and 1111",
           NUMBER " uh " NUMBER " then " NUMBER " and " NUMBER}}},
        {"with double and triple digits",
         {{"four triple one", "four triple one"},
          {"1111", "1111"},
          {"double one double one", NUMBER}}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i].name, cases[i].lines);
}

TEST(card_watch, hides_all_but_six_digits_when_a_card_is_spoken_of) {
    expect("asked", (const struct exchange[]){{"What is your card number?", NULL},
                                              {"4000", "4000"},
                                              {"And then?", NULL},
                                              {"0000", NUMBER},
                                              {"0000 00", NUMBER},
                                              {"yes", "yes"},
                                              {"02", NUMBER},
                                              {NULL, NULL}});
    expect("told", (const struct exchange[]){
                       {"my card number is 4000 0000 00", "my card number is " NUMBER},
                       {"000002", NUMBER},
                       {NULL, NULL}});
    expect("by single keys", (const struct exchange[]){{"Key in your card number.", NULL},
                                                       {"4", "4"},
                                                       {"1", "1"},
                                                       {"1", "1"},
                                                       {"1", "1"},
                                                       {"1", "1"},
                                                       {"1", "1"},
                                                       {"1", NUMBER},
                                                       {"1", NUMBER},
                                                       {NULL, NULL}});
}

TEST(card_watch, hides_security_codes) {
    expect("asked", (const struct exchange[]){
                        {"And the security code?", NULL}, {"one two three", CODE}, {NULL, NULL}});
    expect("told", (const struct exchange[]){{"my CVV is 7391", "my CVV is " CODE}, {NULL, NULL}});
    expect("after the number",
           (const struct exchange[]){
               {"4111 1111 1111 1111, that is", NUMBER ", that is"}, {"739", CODE}, {NULL, NULL}});
}

TEST(card_watch, leaves_what_is_no_card) {
    expect("a telephone number and a postal code",
           (const struct exchange[]){
               {"415 555 0100", "415 555 0100"}, {"94110", "94110"}, {NULL, NULL}});
    expect("a telephone number in two parts",
           (const struct exchange[]){{"five five five", "five five five"},
                                     {"zero one zero zero", "zero one zero zero"},
                                     {NULL, NULL}});
    expect("two short answers",
           (const struct exchange[]){{"4455", "4455"}, {"1980", "1980"}, {NULL, NULL}});
    expect("round amounts",
           (const struct exchange[]){
               {"4500", "4500"}, {"5200", "5200"}, {"3100", "3100"}, {NULL, NULL}});
    expect("a menu", (const struct exchange[]){{"4", "4"},
                                               {"1", "1"},
                                               {"1", "1"},
                                               {"1", "1"},
                                               {"1", "1"},
                                               {"1", "1"},
                                               {"1", "1"},
                                               {"1", "1"},
                                               {"1", "1"},
                                               {NULL, NULL}});
    expect("amounts",
           (const struct exchange[]){{"What card number, please?", NULL},
                                     {"I owe $15,000 and 2500 dollars and 49.99 and no one knows",
                                      "I owe $15,000 and 2500 dollars and 49.99 and no one knows"},
                                     {"$1,234,567", "$1,234,567"},
                                     {NULL, NULL}});
    expect("another number later",
           (const struct exchange[]){{"4111 1111 1111 1111", NUMBER},
                                     {"Please do not tell me that. Your telephone?", NULL},
                                     {"415 555 0100", "415 555 0100"},
                                     {NULL, NULL}});
}

TEST(card_watch, takes_lines_of_any_length) {
    struct card_watch w = {0};
    CLEANUP(buf_release) struct buf in = BUF_INIT(100000);
    CLEANUP(buf_release) struct buf out = BUF_INIT(100000);
    for (int i = 0; i < 1000; i++)
        buf_puts(&in, "4111 and ");
    EXPECT(card_watch_put(&w, &out, buf_str(&in)));
    EXPECT(str_find_str(buf_str(&out), STR("4111 and 4111 and 4111")) == out.len);
    EXPECT(w.hidden > 0 || w.code > 0);
}
