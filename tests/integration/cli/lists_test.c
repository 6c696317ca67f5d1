#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/integration/cli/run.h"
#include "tests/support/test.h"

/* A gateway with one whole call in it. */
static bool open_with_call(struct door *d, char *id) {
    char status[64];
    CLEANUP(run_release) struct run r = {0};
    if (!door_open(d, "MOCK_SPEED=20\n")) /* slow enough to begin a recording in time */
        return false;
    RUN(&r, "call", "+12025550100", "--assistant=debt-intake", "--wait", "--url",
        gateway_url(d->gateway));
    if (r.status != 0)
        return false;
    snprintf(id, 64, "%.*s", (int)strcspn(r.out, " "), r.out);
    return door_wait_end(d, id, status);
}

TEST(lists, are_tables_for_people) {
    static const struct {
        const char *command, *heading, *cell;
    } rows[] = {
        {"calls", "ID                  STATUS     TO            ASSISTANT", "+12025550100"},
        {"recordings", "ID                 CALL                STATUS", "stored"},
        {"information", "WHEN (UTC)           CALLER", "debt_info"},
        {"consents", "WHEN (UTC)           CALLER        PURPOSE    ANSWER", "given"},
        {"sessions", "SESSION             CALLER",
         "completed  qualified      customer_qualified_transfer"},
        {"summary", "WHAT ", "calls completed               1"},
    };
    char id[64];
    struct door d;
    REQUIRE(open_with_call(&d, id));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(run_release) struct run r = {0};
        RUN(&r, rows[i].command, "--url", gateway_url(d.gateway));
        EXPECT_INT(r.status, 0);
        EXPECT(run_says(r.out, rows[i].heading));
        EXPECT(run_says(r.out, rows[i].cell));
        EXPECT_STR(r.err, "");
        RUN(&r, rows[i].command, "--json", "--url", gateway_url(d.gateway));
        EXPECT_INT(r.status, 0);
        EXPECT_INT(r.out[0], '{');
        EXPECT_INT(r.out[strlen(r.out) - 1], '\n');
    }
    door_close(&d);
}

TEST(lists, a_longer_list_tells_how_to_go_on) {
    CLEANUP(run_release) struct run r = {0};
    char id[64];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    REQUIRE(door_place(&d, "+12025550101", id) && door_place(&d, "+12025550101", id));
    RUN(&r, "calls", "--limit", "1", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.err, "there are more: --cursor call_"));
    RUN(&r, "calls", "--limit", "1", "--cursor", id, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    RUN(&r, "calls", "--limit", "0", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 2);
    EXPECT(run_says(r.err, "switchhook: limit must be 1 to 200"));
    RUN(&r, "calls", "--status", "bogus", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 2);
    EXPECT(run_says(r.err, "switchhook: status must be one of"));
    door_close(&d);
}

TEST(show, tells_everything_of_one_call) {
    static const char *const parts[] = {"\ntranscript\n",
                                        "  assistant: Hello",
                                        "  function: {\"name\":",
                                        "\nevents\n",
                                        "  ringing\n",
                                        "\nrecordings\n  rec_",
                                        "\ninformation\n",
                                        "  debt_info Total debt",
                                        "  outcome       customer_qualified_transfer"};
    CLEANUP(run_release) struct run r = {0};
    char id[64];
    struct door d;
    REQUIRE(open_with_call(&d, id));
    RUN(&r, "show", id, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        EXPECT(run_says(r.out, parts[i]));
    RUN(&r, "show", id, "--json", "--url", gateway_url(d.gateway));
    struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = 1000000, .values_max = 50000};
    EXPECT_INT(json_parse(str_z(r.out), &limits, &doc, NULL), ERR_OK);
    static const char *const members[] = {"call", "transcript", "events", "recordings",
                                          "information"};
    for (size_t i = 0; doc && i < ARRAY_LEN(members); i++)
        EXPECT(json_count(json_get(json_root(doc), members[i])) > 0);
    json_doc_free(doc);
    RUN(&r, "show", "call_0000000000001", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 1);
    door_close(&d);
}

TEST(recordings, are_saved_as_they_are_and_never_over_a_file) {
    CLEANUP(run_release) struct run r = {0};
    CLEANUP(door_reply_release) struct door_reply list = {0};
    char id[64], recording[64], file[320], said[512];
    struct stat st;
    int64_t bytes = 0;
    struct door d;
    REQUIRE(open_with_call(&d, id));
    DOOR_ASK(&d, &list, .path = "/api/recordings");
    const struct json *rec = json_first(json_get(list.root, "items"));
    REQUIRE(str_copy(json_str(json_get(rec, "id")), recording, sizeof recording));
    REQUIRE(json_int(json_get(rec, "bytes"), 1, INT32_MAX, &bytes));
    temp_dir_file(&d.dir, "call.wav", file);
    RUN(&r, "recordings", "--save", recording, file, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    snprintf(said, sizeof said, "%s: %lld bytes\n", file, (long long)bytes);
    EXPECT_STR(r.out, said);
    EXPECT(stat(file, &st) == 0 && st.st_size == bytes && (st.st_mode & 0777) == 0600);
    RUN(&r, "recordings", "--save", recording, file, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.err, "cannot be made: File exists"));
    temp_dir_file(&d.dir, "none.wav", file);
    RUN(&r, "recordings", "--save", "rec_0000000000001", file, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 1);
    EXPECT(stat(file, &st) != 0);
    door_close(&d);
}
