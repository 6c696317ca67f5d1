#include "core/domain/spoken.h"

#include "tests/support/test.h"

enum {
    NOTHING = -1,
    SEVERAL = -2
};

struct amount_case {
    const char *speech;
    long long hundredths; /* or NOTHING, SEVERAL */
};

static long long outcome(enum spoken_result r, int64_t value) {
    return r == SPOKEN_FOUND ? (long long)value : r == SPOKEN_SEVERAL ? SEVERAL : NOTHING;
}

TEST(spoken, money_is_read_from_figures_and_words) {
    static const struct amount_case cases[] = {
        {"$25,000", 2500000},
        {"25000", 2500000},
        {"25k", 2500000},
        {"25 K", 2500000},
        {"4500", 450000},
        {"$4,500.50", 450050},
        {"4,500 dollars a month", 450000},
        {"twenty five thousand", 2500000},
        {"twenty-five thousand dollars", 2500000},
        {"Twenty five thousand.", 2500000},
        {"about 25 thousand dollars", 2500000},
        {"forty-five hundred", 450000},
        {"four thousand five hundred", 450000},
        {"four thousand, five hundred and twenty", 452000},
        {"two hundred and fifty thousand", 25000000},
        {"one hundred and five", 10500},
        {"a hundred thousand", 10000000},
        {"a thousand dollars", 100000},
        {"ten grand", 1000000},
        {"1.5 million", 150000000},
        {"two point five million", 250000000},
        {"two and a half thousand", 250000},
        {"half a million", 50000000},
        {"one million two hundred thousand", 120000000},
        {"twenty dollars and fifty cents", 2050},
        {"ninety nine cents", 99},
        {"I have 2 credit cards with $25,000", 2500000},
        {"I have one card and owe 5000", 500000},
        {"$15,000, yes fifteen thousand", 1500000},
        {"zero", 0},
        {"four five zero zero", 450000},
        {"500 US dollars", 50000},
        {"$0", 0},
        {"$15,000 in tax debt and $25,000 in credit card debt", SEVERAL},
        {"fifteen thousand and twenty five thousand", SEVERAL},
        {"between ten and twenty", SEVERAL},
        {"", NOTHING},
        {"a lot", NOTHING},
        {"thousands", NOTHING},
        {"and a half", NOTHING},
        {"$", NOTHING},
        {"99999999999999999999999", NOTHING},
        {"nine hundred ninety nine billion billion", SEVERAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t cents = 0;
        enum spoken_result r = spoken_money(str_z(cases[i].speech), &cents);
        if (!test_check_int(outcome(r, cents), cases[i].hundredths, __FILE__, __LINE__,
                            cases[i].speech))
            continue;
    }
}

TEST(spoken, several_amounts_can_be_added_up) {
    static const struct amount_case cases[] = {
        {"I have $15,000 in tax debt and $25,000 in credit card debt.", 4000000},
        {"fifteen thousand and twenty five thousand", 4000000},
        {"I have 2 cards with $5,000 and $6,000", 1100000},
        {"$25,000", 2500000},
        {"25 000", SEVERAL},
        {"nothing", NOTHING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t cents = 0;
        enum spoken_result r = spoken_money_sum(str_z(cases[i].speech), &cents);
        (void)test_check_int(outcome(r, cents), cases[i].hundredths, __FILE__, __LINE__,
                             cases[i].speech);
    }
}

TEST(spoken, numbers_are_read_by_the_same_words) {
    static const struct amount_case cases[] = {
        {"three", 300},
        {"we are 4 people", 400},
        {"2.5", 250},
        {"twelve", 1200},
        {"four one five five", 415500},
        {"two or three", SEVERAL},
        {"none of them", NOTHING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t n = 0;
        enum spoken_result r = spoken_number(str_z(cases[i].speech), &n);
        (void)test_check_int(outcome(r, n), cases[i].hundredths, __FILE__, __LINE__,
                             cases[i].speech);
    }
}

TEST(spoken, hundredths_are_written_without_needless_decimals) {
    struct buf b = BUF_INIT(100);
    spoken_put_hundredths(&b, 2500000);
    buf_putc(&b, ' ');
    spoken_put_hundredths(&b, 450050);
    buf_putc(&b, ' ');
    spoken_put_hundredths(&b, 7);
    EXPECT_STR(b.ptr, "25000 4500.50 0.07");
    buf_release(&b);
}

struct text_case {
    const char *speech;
    const char *value; /* "" nothing found */
};

static void check_text(enum spoken_result (*read)(struct buf *b, struct str speech),
                       const struct text_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct buf b = BUF_INIT(1000);
        enum spoken_result r = read(&b, str_z(cases[i].speech));
        (void)test_check_str(b.ptr ? b.ptr : "", cases[i].value, __FILE__, __LINE__,
                             cases[i].speech);
        EXPECT_INT(r, cases[i].value[0] ? SPOKEN_FOUND : SPOKEN_NOTHING);
        buf_release(&b);
    }
}

TEST(spoken, names_lose_what_people_say_around_them) {
    static const struct text_case cases[] = {
        {"My name is John Doe.", "John Doe"},
        {"my name is john doe", "John Doe"},
        {"John Doe", "John Doe"},
        {"Yes, this is John Doe speaking.", "John Doe"},
        {"Hi, I'm Mary-Jane O'Neil", "Mary-Jane O'Neil"},
        {"mary-jane", "Mary-Jane"},
        {"Hello, yes, it's Dr. Ann Lee, how are you?", "Dr. Ann Lee"},
        {"This is J. Doe.", "J. Doe"},
        {"My name is John Doe and I need help", "John Doe"},
        {"Jürgen Müller", "Jürgen Müller"},
        {"yes speaking", ""},
        {"12345", ""},
        {"", ""},
        {"?!", ""},
    };
    check_text(spoken_put_name, cases, sizeof cases / sizeof *cases);
}

TEST(spoken, places_lose_what_people_say_around_them) {
    static const struct text_case cases[] = {
        {"I live in California.", "California"},
        {"california", "California"},
        {"CA", "CA"},
        {"I'm in the state of New York, near Albany", "New York"},
        {"It's texas", "Texas"},
        {"90210", ""},
    };
    check_text(spoken_put_place, cases, sizeof cases / sizeof *cases);
}

static enum spoken_result read_date(struct buf *b, struct str speech) {
    return spoken_put_date(b, speech, INT64_C(1767225600000)); /* Thursday, 2026-01-01 */
}

TEST(spoken, dates_are_read_in_the_usual_forms) {
    static const struct text_case cases[] = {
        {"2026-03-05", "2026-03-05"},
        {"on March 5th", "2026-03-05"},
        {"5 March 2027", "2027-03-05"},
        {"the fifth", ""},
        {"Mar 5", "2026-03-05"},
        {"Sept 1", "2026-09-01"},
        {"3/5", "2026-03-05"},
        {"3/5/2028", "2028-03-05"},
        {"today", "2026-01-01"},
        {"tomorrow at three", "2026-01-02"},
        {"next Thursday", "2026-01-08"},
        {"Friday", "2026-01-02"},
        {"January 1", "2026-01-01"},
        {"December 31", "2026-12-31"},
        {"February 29", ""},
        {"February 29 2028", "2028-02-29"},
        {"13/45", ""},
        {"April 31", ""},
        {"2026-13-01", ""},
        {"", ""},
        {"some day", ""},
    };
    check_text(read_date, cases, sizeof cases / sizeof *cases);
}
