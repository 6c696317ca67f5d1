#include "core/base/compiler.h"
#include "core/domain/event.h"
#include "core/domain/record.h"
#include "tests/support/test.h"

TEST(event, every_type_has_a_name_that_is_read_back) {
    for (int t = EVENT_NONE + 1; t < EVENT_TYPE_COUNT; t++) {
        enum event_type got = EVENT_NONE;
        EXPECT(event_type_parse(str_z(event_type_name((enum event_type)t)), &got));
        EXPECT_INT(got, t);
    }
    EXPECT_STR(event_type_name(EVENT_CALL_NO_ANSWER), "call.no_answer");
    EXPECT_STR(event_type_name(EVENT_TYPE_COUNT), "none");
}

TEST(event, a_word_that_is_no_type_is_refused) {
    enum event_type got = EVENT_CALL_BUSY;
    EXPECT(!event_type_parse(STR("none"), &got));
    EXPECT(!event_type_parse(STR("call."), &got));
    EXPECT(!event_type_parse(STR("CALL.QUEUED"), &got));
    EXPECT_INT(got, EVENT_CALL_BUSY);
}

TEST(event, every_status_is_announced_by_the_event_of_its_name) {
    for (int s = CALL_QUEUED; s < CALL_STATUS_COUNT; s++) {
        const char *name = event_type_name(event_for_status((enum call_status)s));
        EXPECT(str_starts(str_z(name), STR("call.")));
        EXPECT_STR(name + sizeof "call." - 1, call_status_name((enum call_status)s));
    }
    EXPECT_INT(event_for_status(CALL_STATUS_NONE), EVENT_NONE);
    EXPECT_INT(event_for_status(CALL_STATUS_COUNT), EVENT_NONE);
}

TEST(record, names_of_roles_recordings_and_jobs_are_read_back_or_told) {
    for (int s = RECORDING_NONE + 1; s < RECORDING_STATUS_COUNT; s++) {
        enum recording_status got = RECORDING_NONE;
        EXPECT(
            recording_status_parse(str_z(recording_status_name((enum recording_status)s)), &got));
        EXPECT_INT(got, s);
    }
    enum recording_status got = RECORDING_FAILED;
    EXPECT(!recording_status_parse(STR("none"), &got));
    EXPECT_STR(recording_status_name(RECORDING_STATUS_COUNT), "none");
    EXPECT_STR(turn_role_name(TURN_CALLER), "caller");
    EXPECT_STR(turn_role_name(TURN_ROLE_COUNT), "none");
    EXPECT_STR(job_kind_name(JOB_CANCEL_SID), "cancel_sid");
    EXPECT_STR(job_kind_name(JOB_KIND_COUNT), "none");
}
