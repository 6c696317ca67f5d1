/* What Plivo's webhooks say, in our words. The signature has been checked before. */
#include "providers/plivo/plivo.h"

#include <stdio.h>

#include "tests/support/plivo_sign.h"
#include "tests/support/rest_rig.h"
#include "tests/support/test.h"

#define REC "0f1e2d3c-4b5a-4968-8776-655443322110"
#define IDS                                                                                      \
    "ALegRequestUUID=" PLIVO_TEST_CALL "&ALegUUID=" PLIVO_TEST_CALL "&CallUUID=" PLIVO_TEST_CALL \
    "&RequestUUID=" PLIVO_TEST_CALL "&Direction=outbound"                                        \
    "&From=12025550199&To=12025550100"

static const struct rest_account account = {.id = STR_INIT(PLIVO_TEST_ACCOUNT)};

static struct reading read_body(enum webhook_kind kind, const char *body) {
    return rig_read(&plivo_dialect, &account, kind, body);
}

TEST(plivo_webhook, ringing_and_answering_are_told_with_the_calls_id) {
    struct reading r =
        read_body(WEBHOOK_STATUS, IDS "&CallStatus=ringing&Event=Ring"
                                      "&SessionStart=2026-01-01+00%3A00%3A00.123456");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_STR(r.news.sid, PLIVO_TEST_CALL);
    EXPECT_INT(r.news.status, CALL_RINGING);
    EXPECT_INT(r.news.at_ms, 0); /* when the session began is not when it rang */
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_ANSWER, IDS "&CallStatus=in-progress&Event=StartApp&BillRate=0.005");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.status, CALL_ANSWERED);
    EXPECT_INT(r.news.answered_by, CALL_BY_UNASKED);
    EXPECT(r.news.confidence == -1);
    rig_drop_reading(&r);
}

TEST(plivo_webhook, a_machine_is_told_with_the_answer_or_afterwards) {
    static const struct {
        enum webhook_kind kind;
        const char *body;
        enum call_answered_by by;
    } rows[] = {
        {WEBHOOK_ANSWER, IDS "&CallStatus=in-progress&Machine=true", CALL_BY_MACHINE},
        {WEBHOOK_ANSWER, IDS "&CallStatus=in-progress&Machine=false", CALL_BY_HUMAN},
        {WEBHOOK_DETECTION,
         IDS "&CallStatus=in-progress&Event=MachineDetection&Machine=true&IfMachine=continue",
         CALL_BY_MACHINE},
        {WEBHOOK_STATUS, IDS "&CallStatus=completed&HangupCauseCode=9100", CALL_BY_MACHINE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct reading r = read_body(rows[i].kind, rows[i].body);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_INT(r.news.answered_by, rows[i].by);
        rig_drop_reading(&r);
    }
}

TEST(plivo_webhook, the_end_has_duration_and_a_time_that_is_moved_from_the_accounts_zone) {
    struct reading r =
        read_body(WEBHOOK_STATUS,
                  IDS "&CallStatus=completed&Event=Hangup&HangupCause=NORMAL_CLEARING"
                      "&HangupCauseName=Normal+Hangup&HangupCauseCode=4000&HangupSource=Callee"
                      "&Duration=66&BillDuration=120&TotalCost=0.01000"
                      "&SessionStart=2026-01-01+00%3A00%3A00.123456"
                      "&StartTime=2026-01-01+05%3A30%3A01&AnswerTime=2026-01-01+05%3A30%3A10"
                      "&EndTime=2026-01-01+05%3A31%3A16");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.status, CALL_COMPLETED);
    EXPECT(r.news.has_duration);
    EXPECT_INT(r.news.duration_s, 66);
    EXPECT_INT(r.news.at_ms, 1767225600000 + 76000);
    EXPECT_INT(r.news.carrier_code, 0);
    EXPECT_INT(r.news.carrier_text.len, 0);
    rig_drop_reading(&r);
}

TEST(plivo_webhook, an_end_in_any_zone_is_dated_right_or_not_at_all) {
    static const struct {
        const char *start, *end;
        int64_t at_ms;
    } rows[] = {
        {"2025-12-31+16%3A00%3A02", "2025-12-31+16%3A00%3A09", 1767225609000},
        {"2026-01-01+00%3A00%3A00", "2026-01-01+00%3A00%3A00", 1767225600000},
        {"2026-01-01+05%3A45%3A00", "2026-01-01+06%3A45%3A00", 1767225600000 + 3600000},
        {"2026-01-01+12%3A45%3A00", "2026-01-01+12%3A45%3A01", 1767225601000},
        {"2026-01-05+00%3A00%3A00", "2026-01-05+00%3A00%3A01", 0},
        {"2026-01-01+00%3A00%3A05", "2026-01-01+00%3A00%3A00", 0},
        {"", "2026-01-01+00%3A00%3A00", 0},
        {"2026-01-01+00%3A00%3A00", "", 0},
        {"soon", "later", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char body[512];
        snprintf(body, sizeof body,
                 IDS "&CallStatus=completed&HangupCauseCode=4000&SessionStart="
                     "2026-01-01+00%%3A00%%3A00.5&StartTime=%s&EndTime=%s",
                 rows[i].start, rows[i].end);
        struct reading r = read_body(WEBHOOK_STATUS, body);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_INT(r.news.at_ms, rows[i].at_ms);
        rig_drop_reading(&r);
    }
}

TEST(plivo_webhook, the_cause_code_says_how_it_ended) {
    static const struct {
        const char *fields;
        enum call_status status;
        int32_t code;
        const char *text;
    } rows[] = {
        {"&CallStatus=busy&HangupCauseCode=3010&HangupCause=USER_BUSY", CALL_BUSY, 3010,
         "USER_BUSY"},
        {"&CallStatus=completed&HangupCauseCode=3010", CALL_BUSY, 3010, ""},
        {"&CallStatus=no-answer&HangupCauseCode=3000&HangupCause=NO_ANSWER", CALL_NO_ANSWER, 3000,
         "NO_ANSWER"},
        {"&CallStatus=timeout&HangupCauseCode=6010", CALL_NO_ANSWER, 6010, ""},
        {"&CallStatus=timeout", CALL_NO_ANSWER, 0, ""},
        {"&CallStatus=cancel&HangupCauseCode=1000&AnswerTime=", CALL_CANCELED, 1000, ""},
        {"&CallStatus=completed&HangupCauseCode=1000", CALL_CANCELED, 1000, ""},
        {"&CallStatus=completed&HangupCauseCode=6000&AnswerTime=x", CALL_COMPLETED, 0, ""},
        {"&CallStatus=failed&HangupCauseCode=3050&HangupCause=UNALLOCATED_NUMBER", CALL_FAILED,
         3050, "The number is not allocated: check it."},
        {"&CallStatus=completed&HangupCauseCode=8011", CALL_FAILED, 8011,
         "The answer document is no Plivo XML: see what the proxy answers."},
        {"&CallStatus=failed&HangupCauseCode=0&HangupCause=NEW", CALL_FAILED, 0, "NEW"},
        {"&CallStatus=odd&HangupCauseCode=4321&HangupCause=NEW", CALL_FAILED, 4321, "NEW"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char body[512];
        snprintf(body, sizeof body, IDS "&Event=Hangup%s", rows[i].fields);
        struct reading r = read_body(WEBHOOK_STATUS, body);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_INT(r.news.status, rows[i].status);
        EXPECT_INT(r.news.carrier_code, rows[i].code);
        EXPECT(str_eq_z(r.news.carrier_text, rows[i].text));
        rig_drop_reading(&r);
    }
}

TEST(plivo_webhook, keys_and_speech_are_read) {
    struct reading r = read_body(WEBHOOK_GATHER, IDS "&CallStatus=in-progress&InputType=dtmf"
                                                     "&Digits=12*%23&Event=GetInput");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT(str_eq(r.news.digits, STR("12*#")));
    EXPECT(r.news.confidence == -1);
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_GATHER, IDS "&InputType=speech&Digits=&Speech=J%C3%BCrgen%2C+yes"
                                      "&SpeechConfidenceScore=0.91&BilledAmount=0.02");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT(str_eq(r.news.speech, STR("J\xC3\xBCrgen, yes")));
    EXPECT(r.news.confidence > 0.9 && r.news.confidence < 0.92);
    EXPECT_INT(r.news.digits.len, 0);
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_GATHER, IDS "&Digits=abc");
    EXPECT_INT(r.rc, ERR_OK); /* a to d are keys */
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_GATHER, IDS "&Digits=12x");
    EXPECT_INT(r.rc, ERR_INVALID);
    EXPECT_STR(r.err.field, "Digits");
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_GATHER, IDS "&RecordingID=" REC "&Digits=hangup");
    EXPECT_INT(r.rc, ERR_OK); /* how a recording ended, not what was pressed */
    EXPECT_INT(r.news.digits.len, 0);
    rig_drop_reading(&r);
}

TEST(plivo_webhook, a_recording_is_told_in_three_spellings) {
    static const struct {
        const char *body;
        enum recording_status status;
        uint32_t seconds;
        const char *sid;
    } rows[] = {
        {IDS "&RecordUrl=https%3A%2F%2Fx&RecordingID=" REC "&RecordingDuration=7"
             "&RecordingDurationMs=7400&RecordingStartMs=1&RecordingEndMs=2",
         RECORDING_AVAILABLE, 7, PLIVO_TEST_CALL},
        {IDS "&RecordingID=" REC "&RecordingDuration=-1&RecordingDurationMs=-1", RECORDING_RUNNING,
         0, PLIVO_TEST_CALL},
        {"api_id=x&record_url=u&call_uuid=" PLIVO_TEST_CALL "&recording_id=" REC
         "&recording_duration=8&recording_duration_ms=7600.00000",
         RECORDING_AVAILABLE, 8, ""},
        {"response=%7B%22call_uuid%22%3A%22" PLIVO_TEST_CALL "%22%2C%22recording_id%22%3A%22" REC
         "%22%2C%22recording_duration%22%3A9%2C%22record_url%22%3Anull%7D",
         RECORDING_AVAILABLE, 9, ""},
        {"call_uuid=" PLIVO_TEST_CALL "&recording_id=" REC, RECORDING_AVAILABLE, 0, ""},
        {"call_uuid=" PLIVO_TEST_CALL "&recording_id=" REC "&recording_duration_ms=345100.00000",
         RECORDING_AVAILABLE, 345, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct reading r = read_body(WEBHOOK_RECORDING, rows[i].body);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_STR(r.news.sid, rows[i].sid); /* of the leg alone: the address says whose it is */
        EXPECT_STR(r.news.recording_sid, REC);
        EXPECT_INT(r.news.recording_status, rows[i].status);
        EXPECT_INT(r.news.recording_duration_s, rows[i].seconds);
        rig_drop_reading(&r);
    }
}

TEST(plivo_webhook, what_contradicts_itself_or_is_malformed_is_refused) {
    static const struct {
        enum webhook_kind kind;
        const char *body, *field;
    } rows[] = {
        {WEBHOOK_STATUS, IDS "&CallStatus=busy&CallStatus=completed", "CallStatus"},
        {WEBHOOK_STATUS, IDS "&CallUUID=" REC, "CallUUID"},
        {WEBHOOK_STATUS, "CallUUID=..%2Fx", "CallUUID"},
        {WEBHOOK_STATUS, "RequestUUID=x&CallUUID=" PLIVO_TEST_CALL, "RequestUUID"},
        {WEBHOOK_STATUS, IDS "&CallStatus=completed&Duration=long", "Duration"},
        {WEBHOOK_STATUS, IDS "&CallStatus=completed&Duration=-1", "Duration"},
        {WEBHOOK_STATUS, IDS "&HangupCauseCode=4e3", "HangupCauseCode"},
        {WEBHOOK_RECORDING, IDS, "RecordingID"},
        {WEBHOOK_RECORDING, IDS "&RecordingID=x", "RecordingID"},
        {WEBHOOK_RECORDING, "RecordingID=" REC "&RecordingDuration=x", "RecordingDuration"},
        {WEBHOOK_RECORDING, "RecordingID=" REC "&recording_id=" PLIVO_TEST_CALL, "recording_id"},
        {WEBHOOK_RECORDING, "response=%7B", "response"},
        {WEBHOOK_RECORDING, "response=7", "response"},
        {WEBHOOK_RECORDING,
         "recording_id=" REC "&response=%7B%22recording_id%22%3A%22" PLIVO_TEST_CALL "%22%7D",
         "recording_id"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct reading r = read_body(rows[i].kind, rows[i].body);
        EXPECT_INT(r.rc, ERR_INVALID);
        EXPECT_STR(r.err.field, rows[i].field);
        EXPECT_INT(r.news.status, CALL_UNKNOWN);
        rig_drop_reading(&r);
    }
    struct reading r = read_body(WEBHOOK_STATUS, "");
    EXPECT_INT(r.rc, ERR_INVALID);
    rig_drop_reading(&r);
}

TEST(plivo_webhook, the_same_twice_is_no_contradiction) {
    struct reading r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=busy&CallStatus=busy");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.status, CALL_BUSY);
    rig_drop_reading(&r);
}

TEST(plivo_webhook, the_id_of_the_request_is_kept_where_the_calls_own_differs) {
    struct reading r = read_body(WEBHOOK_STATUS, "CallUUID=" REC "&RequestUUID=" PLIVO_TEST_CALL
                                                 "&CallStatus=ringing");
    EXPECT_STR(r.news.sid, PLIVO_TEST_CALL);
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_STATUS, "CallUUID=" REC "&CallStatus=ringing");
    EXPECT_STR(r.news.sid, REC);
    rig_drop_reading(&r);
}

TEST(plivo_webhook, an_inbound_calls_numbers_get_their_plus) {
    struct reading r =
        read_body(WEBHOOK_INBOUND, "CallUUID=" PLIVO_TEST_CALL
                                   "&CallStatus=ringing&Direction=inbound&From=12025550100"
                                   "&To=12025550199");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_STR(r.news.sid, PLIVO_TEST_CALL);
    EXPECT_STR(r.news.from, "+12025550100");
    EXPECT_STR(r.news.to, "+12025550199");
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_INBOUND, "CallUUID=" PLIVO_TEST_CALL "&From=anonymous&To=sip%3Aa%40b");
    EXPECT_STR(r.news.from, "anonymous");
    EXPECT_STR(r.news.to, "sip:a@b");
    rig_drop_reading(&r);
}
