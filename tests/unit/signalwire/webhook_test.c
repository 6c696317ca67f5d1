/* What SignalWire's own webhooks say, in our words. Their origin has been checked before. */
#include "providers/signalwire/webhook.h"

#include "tests/support/signalwire_sign.h"
#include "tests/support/test.h"

#define CALL    SIGNALWIRE_TEST_CALL
#define PROJECT SIGNALWIRE_TEST_PROJECT

static const struct rest_account account = {.id = STR_INIT(PROJECT)};

struct reading {
    struct arena arena;
    struct webhook_news news;
    struct error err;
    enum error_code rc;
};

static struct reading read_body(enum webhook_kind kind, const char *body) {
    struct reading r = {0};
    const struct form none = {0};
    const struct webhook_request req = {.kind = kind, .method = STR("POST"), .body = str_z(body)};
    r.rc = signalwire_parse_webhook(&account, &req, &none, &r.arena, &r.news, &r.err);
    return r;
}

static void drop(struct reading *r) {
    arena_release(&r->arena);
}

static void expect_text(struct str got, const char *want) {
    char text[200];
    EXPECT(str_copy(got, text, sizeof text));
    EXPECT_STR(text, want);
}

/* ---- the call's life ------------------------------------------------------------------------ */

#define STATE(params)                                                                    \
    "{\"event_type\":\"calling.call.state\",\"event_channel\":\"swml:x\",\"timestamp\":" \
    "1743707517.12,\"project_id\":\"" PROJECT "\",\"space_id\":\"s\",\"params\":" params "}"

TEST(signalwire_webhook, a_call_that_ended_has_time_and_duration) {
    struct reading r = read_body(
        WEBHOOK_STATUS,
        STATE("{\"call_id\":\"" CALL "\",\"node_id\":\"n\",\"call_state\":\"ended\",\"device\":{"
              "\"type\":\"phone\",\"params\":{\"to_number\":\"+12025550100\"}},\"start_time\":"
              "1743707400000,\"answer_time\":1743707405000,\"end_time\":1743707517000,"
              "\"end_reason\":\"hangup\"}"));
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_STR(r.news.sid, CALL);
    EXPECT_INT(r.news.status, CALL_COMPLETED);
    EXPECT_INT(r.news.at_ms, 1743707517120);
    EXPECT(r.news.has_duration);
    EXPECT_INT(r.news.duration_s, 112);
    EXPECT_INT(r.news.carrier_text.len, 0);
    EXPECT(r.news.confidence == -1);
    drop(&r);
}

TEST(signalwire_webhook, every_shape_of_an_event_is_understood) {
    static const char *const bodies[] = {
        STATE("{\"call_id\":\"" CALL "\",\"call_state\":\"ringing\"}"),
        STATE("{\"call_id\":\"" CALL "\",\"state\":\"ringing\"}"),
        STATE("\"{\\\"call_id\\\":\\\"" CALL "\\\",\\\"call_state\\\":\\\"ringing\\\"}\""),
        STATE("\"{'call_id': '" CALL "', 'call_state': 'ringing', 'peer': None, 'dial_winner': "
              "True, 'tag': \\\"it's\\\", 'note': 'it\\\\'s'}\""),
        "{\"event\":\"call.state\",\"timestamp\":1743707517.12,\"call_id\":\"" CALL
        "\",\"state\":\"ringing\"}",
        "{\"timestamp\":\"1743707517.12\",\"call_id\":\"" CALL "\",\"call_state\":\"ringing\"}",
        "{\"timestamp\":1743707517120,\"call_state\":\"ringing\",\"params\":{\"call_id\":\"" CALL
        "\"}}",
        "{\"timestamp\":1743707517120000,\"call_id\":\"" CALL
        "\",\"params\":\"{'call_state': 'ringing'}\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct reading r = read_body(WEBHOOK_STATUS, bodies[i]);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_STR(r.news.sid, CALL);
        EXPECT_INT(r.news.status, CALL_RINGING);
        EXPECT_INT(r.news.at_ms, 1743707517120);
        drop(&r);
    }
}

TEST(signalwire_webhook, how_a_call_ended_is_told_by_its_reason) {
    static const struct {
        const char *params;
        enum call_status want;
        const char *text;
    } rows[] = {
        {"\"end_reason\":\"busy\"", CALL_BUSY, "the call ended: busy"},
        {"\"end_reason\":\"noAnswer\"", CALL_NO_ANSWER, "the call ended: noAnswer"},
        {"\"end_reason\":\"timeout\"", CALL_NO_ANSWER, "the call ended: timeout"},
        {"\"end_reason\":\"cancel\"", CALL_CANCELED, "the call ended: cancel"},
        {"\"end_reason\":\"declined\"", CALL_FAILED, "the call ended: declined"},
        {"\"end_reason\":\"error\"", CALL_FAILED,
         "The number could not be reached, or a document could not be had or used: see the call in "
         "the voice logs."},
        {"\"end_reason\":\"hangup\"", CALL_COMPLETED, ""},
        {"\"x\":1", CALL_COMPLETED, ""},
        {"\"end_reason\":\"new_word\"", CALL_FAILED, "the call ended: new_word"},
        {"\"end_reason\":\"new_word\",\"answer_time\":1743707405000", CALL_COMPLETED, ""},
        /* hung up while it rang: nobody had answered */
        {"\"end_reason\":\"hangup\",\"start_time\":1743707400000,\"end_time\":1743707405000",
         CALL_CANCELED, "the call ended: hangup"},
        {"\"end_reason\":\"hangup\",\"start_time\":1743707400000,\"answer_time\":null,"
         "\"end_time\":1743707405000",
         CALL_CANCELED, "the call ended: hangup"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = BUF_INIT(1024);
        buf_printf(&b, "{\"params\":{\"call_id\":\"" CALL "\",\"call_state\":\"ended\",%s}}",
                   rows[i].params);
        struct reading r = read_body(WEBHOOK_STATUS, b.ptr);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_INT(r.news.status, rows[i].want);
        expect_text(r.news.carrier_text, rows[i].text);
        drop(&r);
        buf_release(&b);
    }
}

TEST(signalwire_webhook, what_says_nothing_about_the_status_changes_nothing) {
    static const char *const bodies[] = {
        STATE("{\"call_id\":\"" CALL "\",\"call_state\":\"ending\",\"end_reason\":\"hangup\"}"),
        STATE("{\"call_id\":\"" CALL "\",\"call_state\":\"teleported\"}"),
        "{\"event_type\":\"calling.call.play\",\"params\":{\"call_id\":\"" CALL
        "\",\"state\":\"finished\"}}",
        "{\"params\":\"{'call_id': broken\",\"call_id\":\"" CALL "\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct reading r = read_body(WEBHOOK_STATUS, bodies[i]);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_STR(r.news.sid, CALL);
        EXPECT_INT(r.news.status, CALL_STATUS_NONE);
        drop(&r);
    }
}

TEST(signalwire_webhook, news_of_a_leg_that_the_call_dialled_are_not_the_calls) {
    struct reading r = read_body(
        WEBHOOK_STATUS, STATE("{\"call_id\":\"" CALL "\",\"call_state\":\"ended\",\"end_reason\":"
                              "\"busy\",\"parent\":{\"call_id\":\"" PROJECT "\"}}"));
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_STR(r.news.sid, "");
    EXPECT_INT(r.news.status, CALL_STATUS_NONE);
    drop(&r);
}

TEST(signalwire_webhook, what_is_no_news_or_malformed_is_refused) {
    static const struct {
        enum webhook_kind kind;
        const char *body;
        enum error_code want;
    } rows[] = {
        {WEBHOOK_STATUS, "", ERR_INVALID},
        {WEBHOOK_STATUS, "[]", ERR_INVALID},
        {WEBHOOK_STATUS, "CallSid=1", ERR_INVALID},
        {WEBHOOK_STATUS, "{\"call_id\":\"../x\",\"call_state\":\"ringing\"}", ERR_INVALID},
        {WEBHOOK_STATUS, "{\"project_id\":\"other\",\"call_id\":\"" CALL "\"}", ERR_AUTH},
        {WEBHOOK_STATUS, "{\"call_state\":\"ended\",\"call_state\":\"ringing\"}", ERR_INVALID},
        {WEBHOOK_ANSWER, "{\"vars\":{}}", ERR_INVALID},
        {WEBHOOK_ANSWER, "{\"call\":{\"call_id\":7.5,\"project_id\":\"other\"}}", ERR_AUTH},
        {WEBHOOK_RECORDING, "{\"params\":{\"call_id\":\"" CALL "\",\"state\":\"finished\"}}",
         ERR_INVALID},
        {WEBHOOK_RECORDING,
         "{\"event_type\":\"calling.call.play\",\"params\":{\"call_id\":\"" CALL
         "\",\"control_id\":\"main\",\"state\":\"finished\"}}",
         ERR_INVALID},
        {WEBHOOK_RECORDING, "{\"params\":{\"control_id\":\"main\",\"state\":\"finished\"}}",
         ERR_INVALID}, /* of which call? */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct reading r = read_body(rows[i].kind, rows[i].body);
        EXPECT_INT(r.rc, rows[i].want);
        EXPECT_INT(r.err.code, rows[i].want);
        EXPECT_STR(r.news.sid, "");
        drop(&r);
    }
}

/* ---- recordings ------------------------------------------------------------------------------ */

TEST(signalwire_webhook, a_recordings_facts_are_read_in_both_places) {
    static const char *const bodies[] = {
        "{\"event_type\":\"calling.call.record\",\"params\":{\"call_id\":\"" CALL "\",\"node_id\":"
        "\"n\",\"control_id\":\"main\",\"state\":\"finished\",\"record\":{\"url\":"
        "\"https://x/a.wav\",\"duration\":9.6,\"size\":100,\"format\":\"wav\",\"stereo\":true}}}",
        "{\"event_type\":\"calling.call.record\",\"params\":{\"call_id\":\"" CALL
        "\",\"control_id\""
        ":\"main\",\"state\":\"finished\",\"url\":\"https://x/a.wav\",\"duration\":\"9\",\"size\":"
        "100,\"recording_id\":\"0c7ba5ee-1b2c-4d3e-8f90-a1b2c3d4e5f6\",\"record\":{\"audio\":{"
        "\"format\":\"wav\",\"direction\":\"both\",\"stereo\":true}}}}",
        "{\"params\":\"{'call_id': '" CALL "', 'control_id': 'main', 'state': 'finished', "
        "'duration': 9, 'record': {'audio': {'stereo': True}}}\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct reading r = read_body(WEBHOOK_RECORDING, bodies[i]);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_STR(r.news.sid, CALL);
        EXPECT_STR(r.news.recording_sid, CALL ":main");
        EXPECT_INT(r.news.recording_status, RECORDING_AVAILABLE);
        EXPECT_INT(r.news.recording_duration_s, 9);
        EXPECT_INT(r.news.recording_channels, 2);
        drop(&r);
    }
}

TEST(signalwire_webhook, a_recordings_states_are_ours) {
    static const struct {
        const char *state;
        enum recording_status want;
    } rows[] = {
        {"recording", RECORDING_RUNNING},  {"paused", RECORDING_PAUSED},
        {"finished", RECORDING_AVAILABLE}, {"no_input", RECORDING_ABSENT},
        {"error", RECORDING_ABSENT},       {"new", RECORDING_NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = BUF_INIT(1024);
        buf_printf(&b,
                   "{\"params\":{\"call_id\":\"" CALL "\",\"control_id\":"
                   "\"0123456789abcdef0123456789abcdef\",\"state\":\"%s\"}}",
                   rows[i].state);
        struct reading r = read_body(WEBHOOK_RECORDING, b.ptr);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_STR(r.news.recording_sid, "0123456789abcdef0123456789abcdef");
        EXPECT_INT(r.news.recording_status, rows[i].want);
        EXPECT_INT(r.news.recording_channels, 0);
        drop(&r);
        buf_release(&b);
    }
}

/* ---- requests for a document ----------------------------------------------------------------- */

#define FETCH(rest)                                                                          \
    "{\"call\":{\"call_id\":\"" CALL "\",\"node_id\":\"n@us-west\",\"segment_id\":\"" CALL   \
    "\",\"call_state\":\"answered\",\"direction\":\"outbound\",\"type\":\"phone\",\"from\":" \
    "\"+12025550199\",\"to\":\"+12025550100\",\"headers\":[],\"project_id\":\"" PROJECT      \
    "\",\"space_id\":\"s\"},\"envs\":{}" rest "}"

TEST(signalwire_webhook, a_request_for_a_document_names_call_and_state) {
    static const enum webhook_kind kinds[] = {WEBHOOK_ANSWER, WEBHOOK_GATHER, WEBHOOK_FALLBACK};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct reading r = read_body(kinds[i], FETCH(",\"params\":{}"));
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_STR(r.news.sid, CALL);
        EXPECT_INT(r.news.status, CALL_ANSWERED);
        EXPECT_INT(r.news.answered_by, CALL_BY_UNASKED);
        EXPECT_INT(r.news.digits.len + r.news.speech.len, 0);
        drop(&r);
    }
}

TEST(signalwire_webhook, who_answered_comes_with_the_request_for_the_document) {
    static const struct {
        const char *rest;
        enum call_answered_by want;
    } rows[] = {
        {",\"vars\":{\"detect_result\":\"human\"}", CALL_BY_HUMAN},
        {",\"vars\":{\"detect_result\":\"machine\"}", CALL_BY_MACHINE},
        {",\"vars\":{\"detect_result\":\"machine\"},\"params\":{\"message_end\":true}",
         CALL_BY_MACHINE_END},
        {",\"vars\":{\"detect_result\":\"machine\"},\"params\":{\"message_end\":\"true\"}",
         CALL_BY_MACHINE_END},
        {",\"vars\":{\"detect_result\":\"human\"},\"params\":{\"message_end\":true}",
         CALL_BY_HUMAN},
        {",\"vars\":{\"detect_result\":\"fax\"}", CALL_BY_FAX},
        {",\"vars\":{\"detect_result\":\"unknown\"}", CALL_BY_UNKNOWN},
        {",\"vars\":{\"detect_result\":\"error\"}", CALL_BY_UNKNOWN},
        {",\"vars\":{\"detect_result\":\"\"}", CALL_BY_UNASKED},
        {",\"vars\":{}", CALL_BY_UNASKED},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = BUF_INIT(2048);
        buf_puts(&b, FETCH("@"));
        struct buf whole = BUF_INIT(2048);
        size_t at = str_find(buf_str(&b), '@');
        at += 1 + str_find(str_from_index(buf_str(&b), at + 1), '@'); /* behind the node's */
        buf_put_str(&whole, str_from(b.ptr, at));
        buf_puts(&whole, rows[i].rest);
        buf_put_str(&whole, str_from_index(buf_str(&b), at + 1));
        struct reading r = read_body(WEBHOOK_ANSWER, whole.ptr);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_INT(r.news.answered_by, rows[i].want);
        drop(&r);
        buf_release(&b);
        buf_release(&whole);
    }
}

TEST(signalwire_webhook, keys_and_speech_come_in_the_variables) {
    struct reading r = read_body(
        WEBHOOK_GATHER, FETCH(",\"vars\":{\"prompt_result\":\"match_digits\",\"prompt_value\":"
                              "\"12#\",\"prompt_digit_terminator\":\"#\"}"));
    EXPECT_INT(r.rc, ERR_OK);
    expect_text(r.news.digits, "12#");
    expect_text(r.news.speech, "");
    drop(&r);
    r = read_body(WEBHOOK_GATHER,
                  FETCH(",\"vars\":{\"prompt_result\":\"match_speech\",\"prompt_value\":\"yes "
                        "please\",\"prompt_speech_confidence\":91.5}"));
    EXPECT_INT(r.rc, ERR_OK);
    expect_text(r.news.speech, "yes please");
    expect_text(r.news.digits, "");
    EXPECT(r.news.confidence > 0.914 && r.news.confidence < 0.916);
    drop(&r);
    r = read_body(WEBHOOK_GATHER, FETCH(",\"vars\":{\"prompt_result\":\"match_speech\","
                                        "\"prompt_value\":\"no\",\"prompt_speech_confidence\":"
                                        "\"0.5\"}"));
    EXPECT(r.news.confidence == 0.5);
    drop(&r);
}

TEST(signalwire_webhook, keys_that_became_a_number_are_keys) {
    struct reading r =
        read_body(WEBHOOK_GATHER,
                  FETCH(",\"vars\":{\"prompt_result\":\"match_digits\",\"prompt_value\":94105}"));
    EXPECT_INT(r.rc, ERR_OK);
    expect_text(r.news.digits, "94105");
    drop(&r);
}

/* SignalWire docs: request: 64 kB of a reply are kept, as text and as values. */
TEST(signalwire_webhook, large_variables_of_a_document_are_in_nobodys_way) {
    struct buf body = BUF_INIT(1 << 17);
    buf_puts(&body, "{\"call\":{\"call_id\":\"" CALL "\"},\"vars\":{\"prompt_result\":"
                    "\"match_speech\",\"prompt_value\":\"yes\",\"request_response\":[0");
    while (body.len < 65536)
        buf_puts(&body, ",0");
    buf_puts(&body, "]}}");
    struct reading r = read_body(WEBHOOK_GATHER, body.ptr);
    EXPECT_INT(r.rc, ERR_OK);
    expect_text(r.news.speech, "yes");
    drop(&r);
    buf_release(&body);
}

TEST(signalwire_webhook, the_end_of_a_payment_comes_in_the_variables) {
    static const struct {
        const char *word;
        enum payment_result want;
    } rows[] = {{"success", PAYMENT_SUCCESS},
                {"too-many-failed-attempts", PAYMENT_TOO_MANY_ATTEMPTS},
                {"payment-connector-error", PAYMENT_CONNECTOR_ERROR},
                {"caller-interrupted-with-star", PAYMENT_STAR},
                {"relay-pay-stop", PAYMENT_STOPPED},
                {"caller-hung-up", PAYMENT_HUNG_UP},
                {"validation-error", PAYMENT_INVALID},
                {"internal-error", PAYMENT_INTERNAL},
                {"a-new-word", PAYMENT_INTERNAL}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = BUF_INIT(4096);
        buf_printf(&b,
                   "{\"call\":{\"call_id\":\"" CALL "\",\"call_state\":\"answered\"},\"vars\":{"
                   "\"pay_result\":\"%s\",\"pay_payment_results\":{\"payment_confirmation_code\":"
                   "\"ch_1\",\"payment_card_number\":\"************1111\",\"payment_card_type\":"
                   "\"visa\",\"payment_card_postal_code\":\"90210\",\"payment_error_code\":"
                   "\"card_declined\",\"payment_error\":\"no\"}}}",
                   rows[i].word);
        struct reading r = read_body(WEBHOOK_GATHER, b.ptr);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_INT(r.news.payment.result, rows[i].want);
        expect_text(r.news.payment.charge_id, "ch_1");
        expect_text(r.news.payment.last4, "1111");
        expect_text(r.news.payment.card_type, "visa");
        expect_text(r.news.payment.error_code, "card_declined");
        drop(&r);
        buf_release(&b);
    }
}

TEST(signalwire_webhook, no_input_is_no_digits_and_no_speech) {
    static const char *const results[] = {"no_input", "failed", "no_match"};
    for (size_t i = 0; i < ARRAY_LEN(results); i++) {
        struct buf b = BUF_INIT(2048);
        buf_printf(&b,
                   "{\"call\":{\"call_id\":\"" CALL "\",\"call_state\":\"answered\"},\"vars\":{"
                   "\"prompt_result\":\"%s\",\"prompt_value\":\"stale\"}}",
                   results[i]);
        struct reading r = read_body(WEBHOOK_GATHER, b.ptr);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_INT(r.news.digits.len + r.news.speech.len, 0);
        EXPECT(r.news.confidence == -1);
        drop(&r);
        buf_release(&b);
    }
    struct reading r =
        read_body(WEBHOOK_GATHER, FETCH(",\"vars\":{\"prompt_result\":"
                                        "\"match_digits\",\"prompt_value\":\"12x\"}"));
    EXPECT_INT(r.rc, ERR_INVALID);
    EXPECT_STR(r.err.field, "prompt_value");
    drop(&r);
}

TEST(signalwire_webhook, a_verdict_of_its_own_is_read) {
    static const struct {
        const char *event;
        enum call_answered_by want;
    } rows[] = {{"HUMAN", CALL_BY_HUMAN},       {"MACHINE", CALL_BY_MACHINE},
                {"READY", CALL_BY_MACHINE_END}, {"CED", CALL_BY_FAX},
                {"UNKNOWN", CALL_BY_UNKNOWN},   {"finished", CALL_BY_UNASKED}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = BUF_INIT(1024);
        buf_printf(&b,
                   "{\"event_type\":\"calling.call.detect\",\"params\":{\"call_id\":\"" CALL
                   "\",\"detect\":{\"type\":\"machine\",\"params\":{\"event\":\"%s\"}}}}",
                   rows[i].event);
        struct reading r = read_body(WEBHOOK_DETECTION, b.ptr);
        EXPECT_INT(r.rc, ERR_OK);
        EXPECT_INT(r.news.answered_by, rows[i].want);
        drop(&r);
        buf_release(&b);
    }
}

TEST(signalwire_webhook, an_inbound_call_tells_who_calls_whom) {
    struct reading r = read_body(
        WEBHOOK_INBOUND, "{\"call\":{\"call_id\":\"" CALL "\",\"project_id\":\"" PROJECT "\","
                         "\"call_state\":\"ringing\",\"direction\":\"inbound\",\"type\":\"phone\","
                         "\"from\":\"+12025550100\",\"to\":\"+12025550199\"}}");
    EXPECT_INT(r.rc, ERR_OK);
    EXPECT_STR(r.news.sid, CALL);
    EXPECT_STR(r.news.from, "+12025550100");
    EXPECT_STR(r.news.to, "+12025550199");
    drop(&r);
}
