#include <stdio.h>

#include "core/base/compiler.h"
#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "providers/mock/carrier/carrier.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/* An assistant whose functions want to record at every turn, in every way: on each wire the carrier
 * begins a recording only when the caller said yes. */

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
    "{\"id\":\"last\",\"call\":[{\"function\":\"%s\"}],\"say\":\"Goodbye.\","
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

/* How many recordings the carrier began in a call with this callee. */
static uint64_t recordings(const struct temp_dir *dir, const char *dialect, const char *to,
                           enum call_record record) {
    struct house h;
    char settings[512];
    snprintf(settings, sizeof settings,
             "MOCK_SPEED=50\nMOCK_DIALECT=%s\nSWITCHHOOK_ASSISTANTS_DIR=%s\n", dialect, dir->path);
    if (!house_open(&h, settings))
        return UINT64_MAX;
    struct call c = house_wait_end(&h, place(&h, to, record));
    test_check(c.status == CALL_COMPLETED, __FILE__, __LINE__, dialect);
    (void)house_wait_recordings(&h, c.id);
    uint64_t n = carrier_totals(gateway_carrier(h.gateway)).recordings;
    house_close(&h);
    return n;
}

static void expect_consent_to_rule(const char *last) {
    struct temp_dir dir;
    temp_dir_init(&dir);
    write_assistant(&dir, last);
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        uint64_t refused = recordings(&dir, dialects[i], "+12025550106", CALL_RECORD_ON);
        uint64_t silent = recordings(&dir, dialects[i], "+12025550115", CALL_RECORD_ON);
        uint64_t agreed = recordings(&dir, dialects[i], "+12025550100", CALL_RECORD_DEFAULT);
        test_check(refused == 0, __FILE__, __LINE__, dialects[i]);
        test_check(silent == 0, __FILE__, __LINE__, dialects[i]);
        test_check(agreed > 0, __FILE__, __LINE__, dialects[i]);
    }
    temp_dir_release(&dir);
}

TEST(consent, a_functions_wish_to_record_needs_the_callers_yes_on_every_wire) {
    expect_consent_to_rule("tape");
}

TEST(consent, a_functions_plan_that_records_needs_it_too) {
    expect_consent_to_rule("tape_by_plan");
}
