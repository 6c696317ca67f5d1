#include "core/base/tzif.h"

#include "tests/support/test.h"

TEST(tzif, follows_rules) {
    static const struct {
        const char *rule;
        int64_t unix_s;
        int32_t offset_s;
        bool is_dst;
        const char *name;
    } cases[] = {
        {"UTC0", 0, 0, false, "UTC"},
        {"<+0530>-5:30", 0, 19800, false, "+0530"},
        {"EST5EDT,M3.2.0,M11.1.0", 1772953199, -18000, false, "EST"}, /* 2026-03-08 06:59:59Z */
        {"EST5EDT,M3.2.0,M11.1.0", 1772953200, -14400, true, "EDT"},
        {"EST5EDT,M3.2.0,M11.1.0", 1793512799, -14400, true, "EDT"}, /* 2026-11-01 05:59:59Z */
        {"EST5EDT,M3.2.0,M11.1.0", 1793512800, -18000, false, "EST"},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1767225600, 39600, true, "+11"}, /* the south */
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1783000000, 37800, false, "+1030"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 1767225600, 0, true, "GMT"}, /* winter is the exception */
        {"AAA3BBB,J60/0,J300/0", 1709262000, -7200, true, "BBB"},   /* 1 March of a leap year */
        {"AAA3BBB,J60/0,J300/0", 1709261999 - 86400, -10800, false, "AAA"},
        {"AAA3BBB,59/0,300/0", 1709175600, -7200, true, "BBB"}, /* 29 February */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774745999, -7200, false, "-02"},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774746000, -3600, true, "-01"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct tzif_time t = {0};
        EXPECT(tzif_rule_at(str_z(cases[i].rule), cases[i].unix_s, &t));
        (void)test_check_int(t.offset_s, cases[i].offset_s, __FILE__, __LINE__, cases[i].rule);
        EXPECT(t.is_dst == cases[i].is_dst);
        (void)test_check_str(t.name, cases[i].name, __FILE__, __LINE__, cases[i].rule);
    }
}

TEST(tzif, refuses_what_is_no_rule_and_no_table) {
    static const char *const rules[] = {
        "",
        "5",
        "ES5",
        "EST",
        "EST5EDT",
        "EST5EDT,",
        "EST5EDT,M3",
        "EST168",
        "EST5EDT,M13.1.0,M1.1.0",
        "EST5EDT,M3.2.0,M11.1.0,",
        "EST5EDT,J0,J9",
        "<+05",
        "EST5x",
    };
    struct tzif_time t;
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        EXPECT(!tzif_rule_at(str_z(rules[i]), 0, &t));
    EXPECT(!tzif_rule_at(STR("UTC0"), INT64_MAX, &t));
    EXPECT(!tzif_at(STR(""), 0, &t));
    EXPECT(!tzif_at(STR("TZif2"), 0, &t));
    char zeros[200] = "TZif2"; /* headers that promise nothing: no type */
    EXPECT(!tzif_at(str_from(zeros, sizeof zeros), 0, &t));
    for (int i = 20; i < 44; i++)
        zeros[i] = (char)0xFF; /* more than there is */
    EXPECT(!tzif_at(str_from(zeros, sizeof zeros), 0, &t));
}
