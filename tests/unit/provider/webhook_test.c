/* What Twilio's webhooks say, in our words. The signature has been checked before. */
#include "providers/twilio/twilio.h"
#include "tests/support/rest_rig.h"
#include "tests/support/test.h"
#include "tests/support/twilio_sign.h"

#define REC "RE0123456789abcdef0123456789abcdef"
#define IDS "AccountSid=" TWILIO_TEST_ACCOUNT "&CallSid=" TWILIO_TEST_CALL

static const struct rest_account account = {.id = STR_INIT(TWILIO_TEST_ACCOUNT)};

static struct reading read_body(enum webhook_kind kind, const char *body) {
    return rig_read(&twilio_dialect, &account, kind, body);
}

TEST(twilio_webhook, a_completed_call_has_time_duration_and_verdict) {
    struct reading r =
        read_body(WEBHOOK_STATUS,
                  IDS "&CallStatus=completed&Timestamp=Fri%2C+18+Oct+2019+17%3A00%3A00+%2B0000"
                      "&CallDuration=15&Duration=1&AnsweredBy=human&SequenceNumber=3");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_STR(r.news.sid, TWILIO_TEST_CALL);
    EXPECT_INT(r.news.status, CALL_COMPLETED);
    EXPECT_INT(r.news.at_ms, 1571418000000);
    EXPECT(r.news.has_duration);
    EXPECT_INT(r.news.duration_s, 15);
    EXPECT_INT(r.news.answered_by, CALL_BY_HUMAN);
    EXPECT_INT(r.news.carrier_text.len, 0);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, a_first_notice_has_neither_time_nor_duration) {
    struct reading r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=initiated&CallDuration=");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.status, CALL_DIALING);
    EXPECT_INT(r.news.at_ms, 0);
    EXPECT(!r.news.has_duration);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, why_a_call_failed_is_told_by_the_carrier_by_us_or_by_the_network) {
    struct reading r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=failed&ErrorCode=13224&"
                                                     "ErrorMessage=No+such+number");
    EXPECT_INT(r.news.carrier_code, 13224);
    EXPECT(str_eq(r.news.carrier_text, STR("No such number")));
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=failed&ErrorCode=13224");
    EXPECT(str_eq(r.news.carrier_text, STR("The number to dial does not exist: correct it.")));
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=busy&SipResponseCode=486");
    EXPECT(str_eq(r.news.carrier_text, STR("SIP response 486")));
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=completed&SipResponseCode=200");
    EXPECT_INT(r.news.carrier_text.len, 0);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, a_fallback_says_what_was_wrong_with_the_document) {
    struct reading r = read_body(WEBHOOK_FALLBACK, IDS "&CallStatus=in-progress&ErrorCode=12100");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.status, CALL_ANSWERED);
    EXPECT_INT(r.news.carrier_code, 12100);
    EXPECT(r.news.carrier_text.len > 0);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, a_gather_brings_keys_speech_and_confidence) {
    static const struct {
        const char *text;
        double value;
    } rows[] = {
        {"0.91", 0.91}, {"0", 0},     {"1", 1},
        {"1.0", 1},     {"0.0", 0},   {"0.9", 0.9},
        {"", -1},       {"1.01", -1}, {"2", -1},
        {"-1", -1},     {".5", -1},   {"0.", -1},
        {"1e-1", -1},   {"0.5x", -1}, {"nan", -1},
        {"0,9", -1},    {" 1", -1},   {"0.1234567890123456789", -1},
    };
    struct reading r = read_body(WEBHOOK_GATHER, IDS "&CallStatus=in-progress&Digits=12*%23&"
                                                     "SpeechResult=Gr%C3%BC%C3%9F+Gott");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT(str_eq(r.news.digits, STR("12*#")));
    EXPECT(str_eq(r.news.speech, STR("Grüß Gott")));
    EXPECT(r.news.confidence == -1);
    rig_drop_reading(&r);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = BUF_INIT(512);
        buf_puts(&b, IDS "&Confidence=");
        buf_put_form(&b, str_z(rows[i].text));
        r = read_body(WEBHOOK_GATHER, b.ptr);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT(r.news.confidence > rows[i].value - 1e-9 &&
               r.news.confidence < rows[i].value + 1e-9);
        buf_release(&b);
        rig_drop_reading(&r);
    }
    r = read_body(WEBHOOK_GATHER, IDS "&Digits=1;2");
    EXPECT_INT(r.rc, ERR_INVALID);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, a_payment_is_told_without_its_card) {
    struct reading r =
        read_body(WEBHOOK_GATHER, IDS "&Result=success&PaymentMethod=credit-card&PaymentCardNumber="
                                      "xxxx-xxxxxx-x4001&PaymentCardType=amex&ExpirationDate=1230&"
                                      "SecurityCode=***&PaymentCardPostalCode=90210&"
                                      "PaymentConfirmationCode=ch_1");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.payment.result, PAYMENT_SUCCESS);
    EXPECT(str_eq(r.news.payment.charge_id, STR("ch_1")));
    EXPECT(str_eq(r.news.payment.last4, STR("4001")));
    EXPECT(str_eq(r.news.payment.card_type, STR("amex")));
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_GATHER, IDS "&Result=payment-connector-error&PayErrorCode=64011&"
                                      "ConnectorError=declined");
    EXPECT_INT(r.news.payment.result, PAYMENT_CONNECTOR_ERROR);
    EXPECT(str_eq(r.news.payment.error_code, STR("64011")));
    EXPECT(str_eq(r.news.payment.error_text, STR("declined")));
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_GATHER, IDS "&Digits=1");
    EXPECT_INT(r.news.payment.result, PAYMENT_RESULT_NONE);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, a_recording_is_named_by_its_id_and_never_by_an_address) {
    struct reading r = read_body(
        WEBHOOK_RECORDING, IDS "&RecordingSid=" REC "&RecordingStatus=completed&RecordingDuration=9"
                               "&RecordingChannels=2&RecordingUrl=file%3A%2F%2F%2Fetc%2Fpasswd");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_STR(r.news.recording_sid, REC);
    EXPECT_INT(r.news.recording_status, RECORDING_AVAILABLE);
    EXPECT_INT(r.news.recording_duration_s, 9);
    EXPECT_INT(r.news.recording_channels, 2);
    EXPECT_INT(r.news.status, CALL_STATUS_NONE);
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_RECORDING, IDS "&RecordingSid=" REC "&RecordingStatus=absent&ErrorCode="
                                         "16101");
    EXPECT_INT(r.news.recording_status, RECORDING_ABSENT);
    EXPECT_INT(r.news.carrier_code, 16101);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, a_recording_id_that_could_leave_its_path_is_refused) {
    static const char *const bad[] = {
        "",
        "&RecordingSid=",
        "&RecordingSid=..%2F..%2Fx",
        "&RecordingSid=RE0123456789ABCDEF0123456789ABCDEF",
        "&RecordingSid=RE0123456789abcdef0123456789abcdef0",
        "&RecordingSid=CA0123456789abcdef0123456789abcdef",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf b = BUF_INIT(512);
        buf_printf(&b, "%s&RecordingStatus=completed%s", IDS, bad[i]);
        struct reading r = read_body(WEBHOOK_RECORDING, b.ptr);
        EXPECT_INT(r.rc, ERR_INVALID);
        EXPECT_INT(r.news.recording_status, RECORDING_NONE);
        buf_release(&b);
        rig_drop_reading(&r);
    }
}

TEST(twilio_webhook, a_verdict_of_the_detection_comes_alone) {
    struct reading r = read_body(WEBHOOK_DETECTION, IDS "&AnsweredBy=machine_end_beep&"
                                                        "MachineDetectionDuration=2400");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.answered_by, CALL_BY_MACHINE_END);
    EXPECT_INT(r.news.status, CALL_STATUS_NONE);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, numbers_are_read_strictly) {
    static const char *const names[] = {"CallDuration", "ErrorCode"};
    static const char *const bad[] = {
        "-1", "+5", " 5", "5 ", "1e3", "0x5", "1.5", "2147483648", "99999999999999999999", "٥"};
    for (size_t n = 0; n < ARRAY_LEN(names); n++)
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
            struct buf b = BUF_INIT(512);
            buf_printf(&b, "%s&CallStatus=completed&%s=", IDS, names[n]);
            buf_put_form(&b, str_z(bad[i]));
            struct reading r = read_body(WEBHOOK_STATUS, b.ptr);
            EXPECT_INT(r.rc, ERR_INVALID);
            EXPECT_STR(r.err.field, names[n]);
            EXPECT_INT(r.news.status, CALL_UNKNOWN);
            buf_release(&b);
            rig_drop_reading(&r);
        }
}

TEST(twilio_webhook, a_known_field_may_repeat_itself_but_not_contradict_itself) {
    struct reading r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=busy&CallStatus=busy");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.status, CALL_BUSY);
    rig_drop_reading(&r);
    static const char *const bad[] = {
        IDS "&CallStatus=busy&CallStatus=completed",
        IDS "&CallStatus=busy&CallStatus=",
        IDS "&CallStatus=&CallStatus=busy",
        IDS "&CallStatus=busy&CallSid=CA00000000000000000000000000000002",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        r = read_body(WEBHOOK_STATUS, bad[i]);
        EXPECT_INT(r.rc, ERR_INVALID);
        rig_drop_reading(&r);
    }
    r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=busy&New=1&New=2"); /* not ours to judge */
    EXPECT_INT(r.rc, ERR_OK);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, news_of_another_account_is_refused) {
    struct reading r = read_body(WEBHOOK_STATUS, "AccountSid=AC00000000000000000000000000000002&"
                                                 "CallSid=" TWILIO_TEST_CALL "&CallStatus=busy");
    EXPECT_INT(r.rc, ERR_AUTH);
    EXPECT_STR(r.news.sid, "");
    rig_drop_reading(&r);
}

TEST(twilio_webhook, a_malformed_call_id_is_refused) {
    struct reading r = read_body(WEBHOOK_STATUS, "CallSid=CA%2F..&CallStatus=busy");
    EXPECT_INT(r.rc, ERR_INVALID);
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_STATUS, "");
    EXPECT_INT(r.rc, ERR_INVALID);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, an_unreadable_time_is_no_time) {
    struct reading r = read_body(WEBHOOK_STATUS, IDS "&CallStatus=busy&Timestamp=yesterday");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_INT(r.news.at_ms, 0);
    rig_drop_reading(&r);
}

TEST(twilio_webhook, an_inbound_call_tells_who_calls_whom) {
    static const char body[] = "CallSid=" TWILIO_TEST_CALL "&CallStatus=ringing&Direction=inbound"
                               "&From=%2B12025550100&To=%2B12025550199&Caller=x&Called=y";
    struct reading r = read_body(WEBHOOK_INBOUND, body);
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_STR(r.news.from, "+12025550100");
    EXPECT_STR(r.news.to, "+12025550199");
    EXPECT_INT(r.news.status, CALL_RINGING);
    rig_drop_reading(&r);
    r = read_body(WEBHOOK_STATUS, body); /* of other webhooks nobody asks for them */
    EXPECT(r.rc == ERR_OK && r.news.from[0] == '\0' && r.news.to[0] == '\0');
    rig_drop_reading(&r);
}

TEST(twilio_webhook, how_a_dial_ended_is_read) {
    static const struct {
        const char *word;
        enum call_status dialled;
    } rows[] = {{"completed", CALL_COMPLETED}, {"answered", CALL_COMPLETED},
                {"busy", CALL_BUSY},           {"no-answer", CALL_NO_ANSWER},
                {"failed", CALL_FAILED},       {"canceled", CALL_CANCELED}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = BUF_INIT(1000);
        buf_printf(&b, IDS "&CallStatus=in-progress&DialCallStatus=%s", rows[i].word);
        struct reading r = read_body(WEBHOOK_GATHER, b.ptr);
        EXPECT_INT(r.news.dialled, rows[i].dialled);
        buf_release(&b);
        rig_drop_reading(&r);
    }
}
