#include "core/io/zone_files.h"

#include "core/base/compiler.h"
#include "tests/support/test.h"

/* Made with Python's zoneinfo: summer, winter, both sides of a change, and far beyond the tables.
 */
static const struct {
    const char *zone;
    int64_t unix_s;
    int32_t offset_s;
    const char *name;
} cases[] = {
    {"UTC", 0, 0, "UTC"},
    {"UTC", 1767225600, 0, "UTC"},
    {"UTC", 1774745999, 0, "UTC"},
    {"UTC", 1774746000, 0, "UTC"},
    {"UTC", 1772953199, 0, "UTC"},
    {"UTC", 1772953200, 0, "UTC"},
    {"UTC", 1783000000, 0, "UTC"},
    {"UTC", 1793494799, 0, "UTC"},
    {"UTC", 1793494800, 0, "UTC"},
    {"UTC", 2500000000, 0, "UTC"},
    {"UTC", 4102444800, 0, "UTC"},
    {"UTC", 4118000000, 0, "UTC"},
    {"Europe/Berlin", 0, 3600, "CET"},
    {"Europe/Berlin", 1767225600, 3600, "CET"},
    {"Europe/Berlin", 1774745999, 3600, "CET"},
    {"Europe/Berlin", 1774746000, 7200, "CEST"},
    {"Europe/Berlin", 1772953199, 3600, "CET"},
    {"Europe/Berlin", 1772953200, 3600, "CET"},
    {"Europe/Berlin", 1783000000, 7200, "CEST"},
    {"Europe/Berlin", 1793494799, 3600, "CET"},
    {"Europe/Berlin", 1793494800, 3600, "CET"},
    {"Europe/Berlin", 2500000000, 3600, "CET"},
    {"Europe/Berlin", 4102444800, 3600, "CET"},
    {"Europe/Berlin", 4118000000, 7200, "CEST"},
    {"America/New_York", 0, -18000, "EST"},
    {"America/New_York", 1767225600, -18000, "EST"},
    {"America/New_York", 1774745999, -14400, "EDT"},
    {"America/New_York", 1774746000, -14400, "EDT"},
    {"America/New_York", 1772953199, -18000, "EST"},
    {"America/New_York", 1772953200, -14400, "EDT"},
    {"America/New_York", 1783000000, -14400, "EDT"},
    {"America/New_York", 1793494799, -14400, "EDT"},
    {"America/New_York", 1793494800, -14400, "EDT"},
    {"America/New_York", 2500000000, -14400, "EDT"},
    {"America/New_York", 4102444800, -18000, "EST"},
    {"America/New_York", 4118000000, -14400, "EDT"},
    {"America/Los_Angeles", 0, -28800, "PST"},
    {"America/Los_Angeles", 1767225600, -28800, "PST"},
    {"America/Los_Angeles", 1774745999, -25200, "PDT"},
    {"America/Los_Angeles", 1774746000, -25200, "PDT"},
    {"America/Los_Angeles", 1772953199, -28800, "PST"},
    {"America/Los_Angeles", 1772953200, -28800, "PST"},
    {"America/Los_Angeles", 1783000000, -25200, "PDT"},
    {"America/Los_Angeles", 1793494799, -25200, "PDT"},
    {"America/Los_Angeles", 1793494800, -25200, "PDT"},
    {"America/Los_Angeles", 2500000000, -25200, "PDT"},
    {"America/Los_Angeles", 4102444800, -28800, "PST"},
    {"America/Los_Angeles", 4118000000, -25200, "PDT"},
    {"Asia/Kolkata", 0, 19800, "IST"},
    {"Asia/Kolkata", 1767225600, 19800, "IST"},
    {"Asia/Kolkata", 1774745999, 19800, "IST"},
    {"Asia/Kolkata", 1774746000, 19800, "IST"},
    {"Asia/Kolkata", 1772953199, 19800, "IST"},
    {"Asia/Kolkata", 1772953200, 19800, "IST"},
    {"Asia/Kolkata", 1783000000, 19800, "IST"},
    {"Asia/Kolkata", 1793494799, 19800, "IST"},
    {"Asia/Kolkata", 1793494800, 19800, "IST"},
    {"Asia/Kolkata", 2500000000, 19800, "IST"},
    {"Asia/Kolkata", 4102444800, 19800, "IST"},
    {"Asia/Kolkata", 4118000000, 19800, "IST"},
    {"Asia/Kathmandu", 0, 19800, "+0530"},
    {"Asia/Kathmandu", 1767225600, 20700, "+0545"},
    {"Asia/Kathmandu", 1774745999, 20700, "+0545"},
    {"Asia/Kathmandu", 1774746000, 20700, "+0545"},
    {"Asia/Kathmandu", 1772953199, 20700, "+0545"},
    {"Asia/Kathmandu", 1772953200, 20700, "+0545"},
    {"Asia/Kathmandu", 1783000000, 20700, "+0545"},
    {"Asia/Kathmandu", 1793494799, 20700, "+0545"},
    {"Asia/Kathmandu", 1793494800, 20700, "+0545"},
    {"Asia/Kathmandu", 2500000000, 20700, "+0545"},
    {"Asia/Kathmandu", 4102444800, 20700, "+0545"},
    {"Asia/Kathmandu", 4118000000, 20700, "+0545"},
    {"Australia/Lord_Howe", 0, 36000, "AEST"},
    {"Australia/Lord_Howe", 1767225600, 39600, "+11"},
    {"Australia/Lord_Howe", 1774745999, 39600, "+11"},
    {"Australia/Lord_Howe", 1774746000, 39600, "+11"},
    {"Australia/Lord_Howe", 1772953199, 39600, "+11"},
    {"Australia/Lord_Howe", 1772953200, 39600, "+11"},
    {"Australia/Lord_Howe", 1783000000, 37800, "+1030"},
    {"Australia/Lord_Howe", 1793494799, 39600, "+11"},
    {"Australia/Lord_Howe", 1793494800, 39600, "+11"},
    {"Australia/Lord_Howe", 2500000000, 39600, "+11"},
    {"Australia/Lord_Howe", 4102444800, 39600, "+11"},
    {"Australia/Lord_Howe", 4118000000, 37800, "+1030"},
    {"Europe/Dublin", 0, 3600, "IST"},
    {"Europe/Dublin", 1767225600, 0, "GMT"},
    {"Europe/Dublin", 1774745999, 0, "GMT"},
    {"Europe/Dublin", 1774746000, 3600, "IST"},
    {"Europe/Dublin", 1772953199, 0, "GMT"},
    {"Europe/Dublin", 1772953200, 0, "GMT"},
    {"Europe/Dublin", 1783000000, 3600, "IST"},
    {"Europe/Dublin", 1793494799, 0, "GMT"},
    {"Europe/Dublin", 1793494800, 0, "GMT"},
    {"Europe/Dublin", 2500000000, 0, "GMT"},
    {"Europe/Dublin", 4102444800, 0, "GMT"},
    {"Europe/Dublin", 4118000000, 3600, "IST"},
    {"America/Sao_Paulo", 0, -10800, "-03"},
    {"America/Sao_Paulo", 1767225600, -10800, "-03"},
    {"America/Sao_Paulo", 1774745999, -10800, "-03"},
    {"America/Sao_Paulo", 1774746000, -10800, "-03"},
    {"America/Sao_Paulo", 1772953199, -10800, "-03"},
    {"America/Sao_Paulo", 1772953200, -10800, "-03"},
    {"America/Sao_Paulo", 1783000000, -10800, "-03"},
    {"America/Sao_Paulo", 1793494799, -10800, "-03"},
    {"America/Sao_Paulo", 1793494800, -10800, "-03"},
    {"America/Sao_Paulo", 2500000000, -10800, "-03"},
    {"America/Sao_Paulo", 4102444800, -10800, "-03"},
    {"America/Sao_Paulo", 4118000000, -10800, "-03"},
    {"Pacific/Apia", 0, -39600, "-11"},
    {"Pacific/Apia", 1767225600, 46800, "+13"},
    {"Pacific/Apia", 1774745999, 46800, "+13"},
    {"Pacific/Apia", 1774746000, 46800, "+13"},
    {"Pacific/Apia", 1772953199, 46800, "+13"},
    {"Pacific/Apia", 1772953200, 46800, "+13"},
    {"Pacific/Apia", 1783000000, 46800, "+13"},
    {"Pacific/Apia", 1793494799, 46800, "+13"},
    {"Pacific/Apia", 1793494800, 46800, "+13"},
    {"Pacific/Apia", 2500000000, 46800, "+13"},
    {"Pacific/Apia", 4102444800, 46800, "+13"},
    {"Pacific/Apia", 4118000000, 46800, "+13"},
    {"Africa/Casablanca", 0, 0, "+00"},
    {"Africa/Casablanca", 1767225600, 3600, "+01"},
    {"Africa/Casablanca", 1774745999, 3600, "+01"},
    {"Africa/Casablanca", 1774746000, 3600, "+01"},
    {"Africa/Casablanca", 1772953199, 0, "+00"},
    {"Africa/Casablanca", 1772953200, 0, "+00"},
    {"Africa/Casablanca", 1783000000, 3600, "+01"},
    {"Africa/Casablanca", 1793494799, 3600, "+01"},
    {"Africa/Casablanca", 1793494800, 3600, "+01"},
    {"Africa/Casablanca", 2500000000, 3600, "+01"},
    {"Africa/Casablanca", 4102444800, 3600, "+01"},
    {"Africa/Casablanca", 4118000000, 3600, "+01"},
    {"Asia/Tehran", 0, 12600, "+0330"},
    {"Asia/Tehran", 1767225600, 12600, "+0330"},
    {"Asia/Tehran", 1774745999, 12600, "+0330"},
    {"Asia/Tehran", 1774746000, 12600, "+0330"},
    {"Asia/Tehran", 1772953199, 12600, "+0330"},
    {"Asia/Tehran", 1772953200, 12600, "+0330"},
    {"Asia/Tehran", 1783000000, 12600, "+0330"},
    {"Asia/Tehran", 1793494799, 12600, "+0330"},
    {"Asia/Tehran", 1793494800, 12600, "+0330"},
    {"Asia/Tehran", 2500000000, 12600, "+0330"},
    {"Asia/Tehran", 4102444800, 12600, "+0330"},
    {"Asia/Tehran", 4118000000, 12600, "+0330"},
    {"Antarctica/Troll", 0, 0, "-00"},
    {"Antarctica/Troll", 1767225600, 0, "+00"},
    {"Antarctica/Troll", 1774745999, 0, "+00"},
    {"Antarctica/Troll", 1774746000, 7200, "+02"},
    {"Antarctica/Troll", 1772953199, 0, "+00"},
    {"Antarctica/Troll", 1772953200, 0, "+00"},
    {"Antarctica/Troll", 1783000000, 7200, "+02"},
    {"Antarctica/Troll", 1793494799, 0, "+00"},
    {"Antarctica/Troll", 1793494800, 0, "+00"},
    {"Antarctica/Troll", 2500000000, 0, "+00"},
    {"Antarctica/Troll", 4102444800, 0, "+00"},
    {"Antarctica/Troll", 4118000000, 7200, "+02"},
    {"Etc/GMT+5", 0, -18000, "-05"},
    {"Etc/GMT+5", 1767225600, -18000, "-05"},
    {"Etc/GMT+5", 1774745999, -18000, "-05"},
    {"Etc/GMT+5", 1774746000, -18000, "-05"},
    {"Etc/GMT+5", 1772953199, -18000, "-05"},
    {"Etc/GMT+5", 1772953200, -18000, "-05"},
    {"Etc/GMT+5", 1783000000, -18000, "-05"},
    {"Etc/GMT+5", 1793494799, -18000, "-05"},
    {"Etc/GMT+5", 1793494800, -18000, "-05"},
    {"Etc/GMT+5", 2500000000, -18000, "-05"},
    {"Etc/GMT+5", 4102444800, -18000, "-05"},
    {"Etc/GMT+5", 4118000000, -18000, "-05"},
};

TEST(zones, agree_with_what_others_read) {
    struct zones z = zone_files(NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct tzif_time t = {0};
        struct error err = {0};
        EXPECT_INT(z.at(z.ctx, str_z(cases[i].zone), cases[i].unix_s, &t, &err), ERR_OK);
        (void)test_check_int(t.offset_s, cases[i].offset_s, __FILE__, __LINE__, cases[i].zone);
        (void)test_check_str(t.name, cases[i].name, __FILE__, __LINE__, cases[i].zone);
    }
}

TEST(zones, refuse_what_is_no_zone) {
    static const char *const names[] = {"",
                                        "Mars/Base",
                                        "../../../etc/passwd",
                                        "/etc/passwd",
                                        "Europe",
                                        "Europe/../Europe",
                                        "zone.tab",
                                        "Europe/Berlin ",
                                        "tzdata.zi",
                                        "posixrules\n",
                                        "Etc/GMT+99"};
    struct zones z = zone_files(NULL);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct tzif_time t = {.offset_s = 7};
        struct error err = {0};
        (void)test_check_int(z.at(z.ctx, str_z(names[i]), 0, &t, &err), ERR_INVALID, __FILE__,
                             __LINE__, names[i]);
        EXPECT_INT(t.offset_s, 7);
    }
}

TEST(zones, tell_when_the_system_has_none) {
    struct zones z = zone_files("/nonexistent");
    struct tzif_time t;
    struct error err = {0};
    EXPECT_INT(z.at(z.ctx, STR("Europe/Berlin"), 0, &t, &err), ERR_IO);
    EXPECT_STR(err.text, "the system has no time zones, install tzdata");
}
