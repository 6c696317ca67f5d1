#include <stdio.h>

#include "core/base/compiler.h"
#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "providers/mock/carrier/carrier.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/* An assistant whose functions want to record at every turn, in every way: on each wire the carrier
 * begins a recording only when the caller said yes. */

/* So long a farewell that a busy machine begins a recording before it is over. */
#define WORDS                                                                                      \
    "Before you hang up, let me tell you once more what we have talked about, slowly and word by " \
    "word, so that you can write it down if you like: you gave me your name, and that is all "     \
    "that I wanted to know from you today. "

static const char taper[] =
    "{\"name\":\"taper\",\"greeting\":\"Hello.\","
    "\"recording\":{\"rule\":\"ask\",\"question\":\"May I record this call? Please say yes or "
    "no.\",\"accepted\":\"Thank you.\",\"refused\":\"All right.\"},"
    "\"functions\":[\"end_call\","
    "{\"name\":\"tape\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"},"
    "\"actions\":[{\"start_recording\":{}}]},"
    "{\"name\":\"tape_by_plan\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"},"
    "\"actions\":[{\"plan\":{\"steps\":[{\"start_recording\":{}},"
    "{\"say\":{\"text\":\"Just so.\"}}]}}]}],"
    "\"flow\":{\"states\":["
    "{\"id\":\"first\",\"call\":[{\"function\":\"tape\"}],\"say\":\"May I have your full name, "
    "please?\",\"ask\":{},\"capture\":{\"slot\":\"name\"},\"next\":\"last\"},"
    "{\"id\":\"last\",\"call\":[{\"function\":\"%s\"}],\"say\":\"Goodbye. " WORDS WORDS "\","
    "\"end\":{\"outcome\":\"done\"}}]}}";

static const char *const dialects[] = {"twilio", "plivo", "signalwire", "signalwire-compat"};

static void write_assistant(const struct temp_dir *dir, const char *last) {
    char path[320];
    temp_dir_file(dir, "taper.json", path);
    FILE *f = fopen(path, "w");
    REQUIRE(f != NULL);
    fprintf(f, taper, last);
    fclose(f);
}

static int64_t place(struct house *h, const char *to, enum call_record record) {
    const struct call_request q = {.to = str_z(to), .assistant = STR("taper"), .record = record};
    struct call c = {0};
    struct error err = {0};
    bool replayed = false;
    EXPECT_INT(
        call_service_submit(gateway_engine(h->gateway), &q, (struct str){0}, &c, &replayed, &err),
        ERR_OK);
    EXPECT_STR(err.text, "");
    dispatcher_wake(gateway_dispatcher(h->gateway));
    return c.id;
}

/* A gateway of its own for each kind of answer on each wire: what its carrier recorded is theirs.
 */
struct line {
    const char *dialect;
    bool agrees;
    struct house house;
    int64_t calls[2];
};

static bool open_line(struct line *l, const struct temp_dir *dir) {
    char settings[512];
    /* silence takes its time; to begin a recording takes some on a busy machine */
    snprintf(settings, sizeof settings,
             "MOCK_SPEED=%d\nMOCK_DIALECT=%s\nSWITCHHOOK_ASSISTANTS_DIR=%s\n", l->agrees ? 10 : 100,
             l->dialect, dir->path);
    if (!house_open(&l->house, settings))
        return false;
    if (l->agrees) {
        l->calls[0] = place(&l->house, "+12025550100", CALL_RECORD_DEFAULT);
    } else {
        l->calls[0] = place(&l->house, "+12025550106", CALL_RECORD_ON); /* refuses */
        l->calls[1] = place(&l->house, "+12025550115", CALL_RECORD_ON); /* says nothing */
    }
    return true;
}

static void expect_line(struct line *l) {
    for (size_t i = 0; i < ARRAY_LEN(l->calls) && l->calls[i]; i++) {
        struct call c = house_wait_end(&l->house, l->calls[i]);
        test_check(c.status == CALL_COMPLETED, __FILE__, __LINE__, l->dialect);
    }
    house_wait_idle(&l->house); /* nothing is begun any more */
    uint64_t began = carrier_totals(gateway_carrier(l->house.gateway)).recordings;
    test_check(l->agrees ? began > 0 : began == 0, __FILE__, __LINE__, l->dialect);
    house_close(&l->house);
}

static void expect_consent_to_rule(const char *last) {
    struct line lines[2 * ARRAY_LEN(dialects)];
    struct temp_dir dir;
    temp_dir_init(&dir);
    write_assistant(&dir, last);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        lines[i] = (struct line){.dialect = dialects[i / 2], .agrees = i % 2 == 1};
        REQUIRE(open_line(&lines[i], &dir));
    }
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        expect_line(&lines[i]);
    temp_dir_release(&dir);
}

TEST(consent, a_functions_wish_to_record_needs_the_callers_yes_on_every_wire) {
    expect_consent_to_rule("tape");
}

TEST(consent, a_functions_plan_that_records_needs_it_too) {
    expect_consent_to_rule("tape_by_plan");
}
