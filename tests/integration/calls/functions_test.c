#include <stdio.h>

#include "core/base/compiler.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/*
 * What functions want done, carried out through each carrier's wire: words and keys before the
 * conversation, a hold, a transfer to somebody who is busy, and the way back from each.
 */
static const char definition[] =
    "{\"name\":\"debt-intake\",\"disclosure\":\"Hello.\",\"global_data\":{\"tries\":1},"
    "\"functions\":[\"end_call\",\"share_information\","
    "{\"name\":\"begin\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"},\"actions\":["
    "{\"say\":\"Try ${global_data.tries}.\"},{\"send_digits\":\"1\"},{\"set_data\":{\"tries\":2}},"
    "\"start_recording\"]},"
    "{\"name\":\"wait\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"},\"actions\":["
    "{\"hold\":{\"seconds\":3,\"say\":\"One moment.\"}}]},"
    "{\"name\":\"connect\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"},\"actions\":["
    "{\"transfer\":{\"to\":\"+12025550101\",\"final\":false,\"timeout_s\":10}}]}],"
    "\"flow\":{\"states\":["
    "{\"id\":\"a\",\"call\":[{\"function\":\"begin\"}],\"say\":\"Please wait.\",\"next\":\"b\"},"
    "{\"id\":\"b\",\"call\":[{\"function\":\"wait\",\"save\":\"held\"}],\"next\":\"c\"},"
    "{\"id\":\"c\",\"call\":[{\"function\":\"connect\",\"save\":\"how\"}],\"say\":\"I connect "
    "you.\",\"branch\":[{\"value\":\"how\",\"equals\":\"busy\",\"next\":\"back\"},"
    "{\"value\":\"how\",\"equals\":\"no_answer\",\"next\":\"back\"}],\"next\":\"lost\"},"
    "{\"id\":\"back\",\"call\":[{\"function\":\"share_information\",\"arguments\":{\"category\":"
    "\"test\",\"information\":\"${held} ${how} ${global_data.tries}\"}}],\"say\":\"Nobody is "
    "there.\",\"end\":{\"outcome\":\"came_back\"}},"
    "{\"id\":\"lost\",\"say\":\"Lost.\",\"end\":{\"outcome\":\"lost\"}}]}}";

static bool put_assistant(const struct temp_dir *dir) {
    char path[512];
    snprintf(path, sizeof path, "%s/a.json", dir->path);
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fputs(definition, f);
    return fclose(f) == 0;
}

TEST(functions, are_carried_out_on_every_wire) {
    static const char *const wires[] = {"twilio", "plivo", "signalwire", "signalwire-compat"};
    struct house houses[ARRAY_LEN(wires)];
    int64_t calls[ARRAY_LEN(wires)];
    struct temp_dir dir;
    struct buf said = BUF_INIT(65536);
    temp_dir_init(&dir);
    REQUIRE(put_assistant(&dir));
    for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
        char settings[1024];
        snprintf(settings, sizeof settings,
                 "MOCK_SPEED=10\nMOCK_DIALECT=%s\nSWITCHHOOK_ASSISTANTS_DIR=%s\n", wires[i],
                 dir.path);
        REQUIRE(house_open(&houses[i], settings));
        calls[i] = house_place(&houses[i], "+12025550100", CALL_DETECT_OFF);
    }
    for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
        struct call c = house_wait_end(&houses[i], calls[i]);
        (void)test_check_str(c.outcome, "came_back", __FILE__, __LINE__, wires[i]);
        EXPECT_INT(c.status, CALL_COMPLETED);
        house_transcript(&houses[i], c.id, &said);
        EXPECT(str_find_str(buf_str(&said), STR("Hello. Try 1. Please wait.")) < said.len);
        EXPECT(str_find_str(buf_str(&said), STR("Nobody is there.")) < said.len);
        house_close(&houses[i]);
    }
    buf_release(&said);
    temp_dir_release(&dir);
}
