/* Twilio's replies as our values. */
#include "providers/rest/encode.h"
#include "providers/twilio/replies.h"
#include "providers/twilio/requests.h"
#include "tests/support/test.h"
#include "tests/support/twilio_sign.h"

static const struct rest_account account = {
    .id = STR_INIT(TWILIO_TEST_ACCOUNT),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT("https://api.example.com"),
};

#define CALL(status)                                                                          \
    "{\"sid\":\"" TWILIO_TEST_CALL "\",\"to\":\"+12025550100\",\"from\":\"+12025550199\","    \
    "\"status\":\"" status "\",\"date_created\":null,\"duration\":null,\"answered_by\":null," \
    "\"subresource_uris\":{\"recordings\":\"/x\"}}"

TEST(twilio_replies, a_new_call_is_read_though_it_has_no_date_yet) {
    struct provider_call c;
    REQUIRE(twilio_decode_call(STR(CALL("queued")), &c, NULL) == ERR_OK);
    EXPECT_STR(c.sid, TWILIO_TEST_CALL);
    EXPECT_INT(c.status, CALL_DIALING);
    EXPECT_STR(c.to, "+12025550100");
    EXPECT_STR(c.from, "+12025550199");
    EXPECT_INT(c.created_ms, 0);
    EXPECT_INT(c.answered_by, CALL_BY_UNASKED);
}

TEST(twilio_replies, a_finished_call_has_date_duration_and_verdict) {
    struct provider_call c;
    REQUIRE(twilio_decode_call(STR("{\"sid\":\"" TWILIO_TEST_CALL "\",\"status\":\"completed\","
                                   "\"date_created\":\"Fri, 18 Oct 2019 17:00:00 +0000\","
                                   "\"duration\":\"15\",\"answered_by\":\"machine_start\"}"),
                               &c, NULL) == ERR_OK);
    EXPECT_INT(c.status, CALL_COMPLETED);
    EXPECT_INT(c.created_ms, 1571418000000);
    EXPECT_INT(c.duration_s, 15);
    EXPECT_INT(c.answered_by, CALL_BY_MACHINE);
}

TEST(twilio_replies, what_is_no_call_is_refused_and_writes_nothing) {
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "<Response/>",
        "{\"sid\":null}",
        "{\"sid\":7}",
        "{\"sid\":\"CA1\"}",
        "{\"sid\":\"RE00000000000000000000000000000001\"}",
        "{\"sid\":\"" TWILIO_TEST_CALL "\",\"sid\":\"" TWILIO_TEST_CALL "\"}",
        CALL("queued") "x",
        "\xef\xbb\xbf" CALL("queued"),
        "{\"sid\":\"CA\\u0000\"}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct provider_call c = {.sid = "before"};
        struct error err = {0};
        EXPECT_INT(twilio_decode_call(str_z(bad[i]), &c, &err), ERR_UPSTREAM);
        EXPECT_STR(c.sid, "before");
        EXPECT(err.text[0] != '\0');
    }
}

TEST(twilio_replies, an_unknown_status_word_leaves_the_status_open) {
    struct provider_call c;
    REQUIRE(twilio_decode_call(STR(CALL("teleported")), &c, NULL) == ERR_OK);
    EXPECT_INT(c.status, CALL_STATUS_NONE);
}

static enum error_code decode_list(const char *body, struct rest_page *page) {
    *page = (struct rest_page){.next_url = BUF_INIT(4096)};
    return twilio_decode_list(&account, str_z(body), page, NULL);
}

static void page_release(struct rest_page *page) {
    mem_free(page->calls);
    buf_release(&page->next_url);
}

TEST(twilio_replies, a_list_leads_to_its_next_page_on_the_same_host) {
    struct rest_page page;
    EXPECT_INT(
        decode_list("{\"calls\":[" CALL("busy") "],\"next_page_uri\":\"/2010?Page=1\"}", &page),
        ERR_OK);
    EXPECT_INT(page.count, 1);
    EXPECT_INT(page.calls[0].status, CALL_BUSY);
    EXPECT_STR(page.next_url.ptr, "https://api.example.com/2010?Page=1");
    page_release(&page);
    EXPECT_INT(decode_list("{\"calls\":[],\"next_page_uri\":null}", &page), ERR_OK);
    EXPECT_INT(page.count, 0);
    EXPECT_INT(page.next_url.len, 0);
    page_release(&page);
}

TEST(twilio_replies, a_list_that_leads_elsewhere_is_refused) {
    static const char *const uris[] = {
        "@evil.example/x", ".evil.example/x", "https://evil.example/", ":1/x", "x", "/a b"};
    for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
        struct rest_page page;
        struct buf b = BUF_INIT(512);
        buf_printf(&b, "{\"calls\":[],\"next_page_uri\":\"%s\"}", uris[i]);
        EXPECT_INT(decode_list(b.ptr, &page), ERR_UPSTREAM);
        page_release(&page);
        buf_release(&b);
    }
}

TEST(twilio_replies, a_list_without_calls_is_refused) {
    static const char *const bad[] = {"{}", "{\"calls\":{}}", "{\"calls\":[{}]}",
                                      "{\"calls\":[1]}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct rest_page page;
        EXPECT_INT(decode_list(bad[i], &page), ERR_UPSTREAM);
        page_release(&page);
    }
}

TEST(twilio_replies, a_recording_is_known_by_its_id) {
    char sid[CALL_SID_SIZE] = "before";
    EXPECT_INT(twilio_decode_control(NULL, STR("{\"sid\":\"RE0123456789abcdef0123456789abcdef\"}"),
                                     sid, NULL),
               ERR_OK);
    EXPECT_STR(sid, "RE0123456789abcdef0123456789abcdef");
    EXPECT_INT(twilio_decode_control(NULL, STR("{\"sid\":\"../x\"}"), sid, NULL), ERR_UPSTREAM);
}

TEST(twilio_replies, an_error_has_its_number_the_carriers_words_and_advice) {
    struct error err = {0};
    EXPECT_INT(twilio_decode_error(400,
                                   STR("{\"code\":21211,\"message\":\"The phone number is not "
                                       "valid.\",\"more_info\":\"x\",\"status\":400}"),
                                   &err),
               ERR_INVALID);
    EXPECT_INT(err.carrier_code, 21211);
    EXPECT(!err.retry);
    EXPECT_STR(err.text, "carrier error 21211: The phone number is not valid. Check the number to "
                         "call: E.164, and not your own.");
}

TEST(rest_replies, the_carriers_words_become_a_sentence_of_their_own) {
    static const char *const rows[][2] = {
        {"Authenticate", "Authenticate."},           {"Not valid.", "Not valid."},
        {" call\nnot found \t", "call not found."},  {"Really?", "Really?"},
        {"more words than fit", "more words than."}, {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char got[17];
        rest_copy_sentence(got, sizeof got - 2, str_z(rows[i][0]));
        EXPECT_STR(got, rows[i][1]);
    }
}

TEST(twilio_replies, an_error_number_that_is_new_is_judged_by_the_status) {
    static const struct {
        int status;
        enum error_code code;
        bool retry;
    } rows[] = {
        {400, ERR_INVALID, false},   {401, ERR_AUTH, false},      {403, ERR_AUTH, false},
        {404, ERR_NOT_FOUND, false}, {429, ERR_RATE_LIMIT, true}, {500, ERR_UPSTREAM, true},
        {503, ERR_UPSTREAM, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        EXPECT_INT(twilio_decode_error(rows[i].status, STR("{\"code\":29999}"), &err),
                   rows[i].code);
        EXPECT_INT(err.retry, rows[i].retry);
        EXPECT_INT(err.carrier_code, 29999);
    }
}

TEST(twilio_replies, a_body_without_a_number_is_not_the_carriers_word) {
    static const char *const bodies[] = {
        "",
        "<html>502</html>",
        "{}",
        "{\"code\":\"21211\"}",
        "{\"code\":null}",
        "{\"code\":0}",
        "{\"code\":1.5}",
        "[21211]",
        "{\"code\":99999999999}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct error err = {0};
        EXPECT_INT(twilio_decode_error(400, str_z(bodies[i]), &err), ERR_OK);
        EXPECT_INT(err.code, ERR_OK);
    }
}

TEST(twilio_replies, the_credential_check_never_repeats_the_accounts_token) {
    struct rest_check c = {0};
    const struct str body = STR("{\"friendly_name\":\"Mine\",\"status\":\"active\","
                                "\"auth_token\":\"" TWILIO_TEST_TOKEN "\"}");
    EXPECT_INT(twilio_decode_check(&account, 200, body, &c, NULL), ERR_OK);
    EXPECT_INT(c.step, TWILIO_CHECK_OWNED);
    EXPECT(!c.done);
    EXPECT_INT(
        twilio_decode_check(&account, 200, STR("{\"incoming_phone_numbers\":[{}]}"), &c, NULL),
        ERR_OK);
    EXPECT(c.done);
    EXPECT_STR(c.text, "account \"Mine\" is active; the caller id is a number of the account");
}

TEST(twilio_replies, a_restricted_key_is_checked_by_listing_calls) {
    struct rest_account by_key = account;
    struct rest_check c = {0};
    by_key.by_key = true;
    EXPECT_INT(twilio_decode_check(&by_key, 401, STR(""), &c, NULL), ERR_OK);
    EXPECT_INT(c.step, TWILIO_CHECK_CALLS);
    EXPECT_INT(twilio_decode_check(&by_key, 200, STR("{\"calls\":[]}"), &c, NULL), ERR_OK);
    EXPECT_INT(c.step, TWILIO_CHECK_OWNED);
    EXPECT_INT(twilio_decode_check(&by_key, 404, STR(""), &c, NULL), ERR_OK);
    EXPECT_INT(c.step, TWILIO_CHECK_VERIFIED);
    EXPECT_INT(twilio_decode_check(&by_key, 404, STR(""), &c, NULL), ERR_OK);
    EXPECT(c.done);
    EXPECT_STR(c.text,
               "the API key is accepted; whether the caller id may be used could not be asked");
}

TEST(twilio_replies, a_failed_check_says_what_to_do) {
    struct rest_check c = {0};
    struct error err = {0};
    EXPECT_INT(
        twilio_decode_check(&account, 401, STR("{\"code\":20003,\"message\":\"Auth\"}"), &c, &err),
        ERR_AUTH);
    EXPECT_INT(err.carrier_code, 20003);
    EXPECT_INT(twilio_decode_check(&account, 403, STR("<html>"), &c, &err), ERR_AUTH);
    EXPECT_INT(twilio_decode_check(&account, 200, STR("{\"status\":\"suspended\"}"), &c, &err),
               ERR_AUTH);
    c.step = TWILIO_CHECK_VERIFIED;
    EXPECT_INT(twilio_decode_check(&account, 200, STR("{\"outgoing_caller_ids\":[]}"), &c, &err),
               ERR_INVALID);
    EXPECT_STR(err.field, "number");
    EXPECT(!c.done);
}
