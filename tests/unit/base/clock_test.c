#include "core/base/clock.h"
#include "tests/support/test.h"

/* From `date -u -d @N`. */
static const struct {
    int64_t ms;
    const char *rfc3339, *rfc2822;
} moments[] = {
    {0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000"},
    {-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000"},
    {951782400000, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 +0000"},
    {1571418000000, "2019-10-18T17:00:00.000Z", "Fri, 18 Oct 2019 17:00:00 +0000"},
    {1582934400123, "2020-02-29T00:00:00.123Z", "Sat, 29 Feb 2020 00:00:00 +0000"},
    {1795262400123, "2026-11-21T12:00:00.123Z", "Sat, 21 Nov 2026 12:00:00 +0000"},
    {4107542399999, "2100-02-28T23:59:59.999Z", "Sun, 28 Feb 2100 23:59:59 +0000"},
    {4107542400000, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 +0000"},
};

TEST(clock, dates_are_written_in_both_forms) {
    for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
        CLEANUP(buf_release) struct buf b = BUF_INIT(40);
        clock_put_rfc3339(&b, moments[i].ms);
        EXPECT_STR(b.ptr, moments[i].rfc3339);
        buf_clear(&b);
        clock_put_rfc2822(&b, moments[i].ms);
        EXPECT_STR(b.ptr, moments[i].rfc2822);
    }
}

TEST(clock, written_dates_are_read_back) {
    for (size_t i = 3; i < ARRAY_LEN(moments); i++) { /* the parsers start at 2010 */
        int64_t ms = 0;
        EXPECT(clock_parse_rfc3339(str_z(moments[i].rfc3339), &ms) && ms == moments[i].ms);
        EXPECT(clock_parse_rfc2822(str_z(moments[i].rfc2822), &ms));
        EXPECT_INT(ms, moments[i].ms / 1000 * 1000);
    }
}

TEST(clock, every_day_of_a_long_time_survives_the_round_trip) {
    int day = 0, weekday = 5; /* 2010-01-01 was a Friday */
    for (int64_t ms = 1262304000000; ms < 4133980800000; ms += 86400000) {
        struct clock_date d = clock_utc(ms + 86399999);
        day = d.day == 1 ? 1 : day + 1;
        REQUIRE(d.day == day && d.weekday == weekday);
        REQUIRE(d.hour == 23 && d.minute == 59 && d.second == 59);
        weekday = (weekday + 1) % 7;
        CLEANUP(buf_release) struct buf b = BUF_INIT(40);
        clock_put_rfc3339(&b, ms);
        int64_t back = 0;
        REQUIRE(clock_parse_rfc3339(buf_str(&b), &back) && back == ms);
    }
}

TEST(clock, times_beyond_four_digit_years_are_clamped) {
    EXPECT_INT(clock_utc(INT64_MAX).year, 9999);
    EXPECT_INT(clock_utc(INT64_MIN).year, 0);
}

TEST(clock, rfc3339_may_have_any_fraction) {
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        {"2026-11-21T12:00:00Z", 1795262400000},
        {"2026-11-21T12:00:00.1Z", 1795262400100},
        {"2026-11-21T12:00:00.12Z", 1795262400120},
        {"2026-11-21T12:00:00.123456Z", 1795262400123},
        {"2026-11-21T12:00:00.123456789Z", 1795262400123},
        {"2010-01-01T00:00:00Z", 1262304000000},
        {"2100-12-31T23:59:59.999Z", 4133980799999},
        {"2024-02-29T00:00:00Z", 1709164800000},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t ms = 0;
        EXPECT(clock_parse_rfc3339(str_z(rows[i].text), &ms));
        EXPECT_INT(ms, rows[i].ms);
    }
}

TEST(clock, rfc3339_refuses_everything_else) {
    static const char *const rows[] = {
        "",
        "2026-11-21",
        "2026-11-21T12:00:00",
        "2026-11-21 12:00:00Z",
        "2026-11-21t12:00:00Z",
        "2026-11-21T12:00:00z",
        "2026-11-21T12:00Z",
        "2026-11-21T12:00:00.Z",
        "2026-11-21T12:00:00,1Z",
        "2026-11-21T12:00:00.1234567890Z",
        "2026-11-21T12:00:00+00:00",
        "2026-11-21T12:00:00Z ",
        " 2026-11-21T12:00:00Z",
        "2026-1-21T12:00:00Z",
        "+026-11-21T12:00:00Z",
        "2026-00-21T12:00:00Z",
        "2026-13-21T12:00:00Z",
        "2026-11-00T12:00:00Z",
        "2026-11-31T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2100-02-29T12:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T12:60:00Z",
        "2026-11-21T12:00:60Z",
        "2009-12-31T23:59:59Z",
        "2101-01-01T00:00:00Z",
        "٢026-11-21T12:00:00Z",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t ms = 77;
        EXPECT(!clock_parse_rfc3339(str_z(rows[i]), &ms));
        EXPECT_INT(ms, 77);
    }
}

TEST(clock, rfc2822_refuses_everything_else) {
    static const char *const rows[] = {
        "",
        "Fri, 18 Oct 2019 17:00:00",
        "Fri, 18 Oct 2019 17:00:00 GMT",
        "Fri, 18 Oct 2019 17:00:00 -0000",
        "Fri, 18 Oct 2019 17:00:00 +0100",
        "Fri, 18 Oct 2019 17:00:00 +0000 ",
        "18 Oct 2019 17:00:00 +0000",
        "Sat, 18 Oct 2019 17:00:00 +0000", /* it was a Friday */
        "fri, 18 Oct 2019 17:00:00 +0000",
        "Fri, 8 Oct 2019 17:00:00 +0000",
        "Fri, 18 oct 2019 17:00:00 +0000",
        "Fri, 18 Foo 2019 17:00:00 +0000",
        "Fri,18 Oct 2019 17:00:00 +0000",
        "Fri, 32 Oct 2019 17:00:00 +0000",
        "Fri, 18 Oct 19 17:00:00 +0000",
        "Fri, 18 Oct 2019 25:00:00 +0000",
        "Thu, 31 Dec 2009 23:59:59 +0000",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t ms = 77;
        EXPECT(!clock_parse_rfc2822(str_z(rows[i]), &ms));
        EXPECT_INT(ms, 77);
    }
}

TEST(clock, the_system_clocks_run) {
    struct clock c = clock_system();
    int64_t before = clock_mono_ms(&c);
    EXPECT(before > 0 && clock_mono_ms(&c) >= before);
    EXPECT(clock_utc(clock_wall_ms(&c)).year >= 2020);
}
