/* SignalWire's replies as our values. */
#include "providers/signalwire/replies.h"

#include "providers/rest/encode.h"
#include "tests/support/signalwire_sign.h"
#include "tests/support/test.h"

#define CALL   SIGNALWIRE_TEST_CALL
#define CALL_2 "b5d63b2e-f75b-4dc8-b6d4-269b635f96c1"
#define FILE_1 "0c7ba5ee-1b2c-4d3e-8f90-a1b2c3d4e5f6"
#define FILE_2 "0c7ba5ee-1b2c-4d3e-8f90-a1b2c3d4e5f7"

static const struct rest_account account = {
    .id = STR_INIT(SIGNALWIRE_TEST_PROJECT),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT("https://example.signalwire.com"),
};

/* SignalWire docs: Calling API, "dial". */
static const char dialled[] =
    "{\"id\":\"" CALL "\",\"from\":\"+12069708643\",\"to\":\"+15550198765\",\"direction\":"
    "\"outbound-api\",\"status\":\"queued\",\"source\":\"realtime_api\",\"type\":"
    "\"relay_pstn_call\",\"url\":null,\"parent_id\":null,\"duration\":null,\"duration_ms\":null,"
    "\"billing_ms\":null,\"charge\":0,\"charge_details\":[{\"description\":\"Outbound Voice\","
    "\"charge\":0.004}],\"created_at\":\"2024-05-06T12:20:00Z\"}";

TEST(signalwire_replies, a_call_that_was_just_placed_is_being_dialled) {
    struct provider_call c;
    EXPECT_INT(signalwire_decode_call(STR(dialled), &c, NULL), ERR_OK);
    EXPECT_STR(c.sid, CALL);
    EXPECT_INT(c.status, CALL_DIALING);
    EXPECT_STR(c.to, "+15550198765");
    EXPECT_STR(c.from, "+12069708643");
    EXPECT_INT(c.duration_s, 0);
    EXPECT_INT(c.created_ms, 1714998000000);
}

TEST(signalwire_replies, a_call_without_a_status_leaves_it_open) {
    struct provider_call c;
    EXPECT_INT(signalwire_decode_call(STR("{\"id\":\"" CALL "\",\"status\":null}"), &c, NULL),
               ERR_OK);
    EXPECT_INT(c.status, CALL_STATUS_NONE);
    EXPECT_INT(c.created_ms, 0);
}

TEST(signalwire_replies, a_reply_that_names_no_call_is_the_carriers_fault) {
    static const char *const bad[] = {"", "[]", "{}", "{\"id\":7}", "{\"id\":\"x\"}", "<html>"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct provider_call c = {.sid = "before"};
        EXPECT_INT(signalwire_decode_call(str_z(bad[i]), &c, NULL), ERR_UPSTREAM);
        EXPECT_STR(c.sid, "before");
    }
}

/* ---- lists --------------------------------------------------------------------------------- */

#define LOG(id, to, created)                                                               \
    "{\"id\":\"" id "\",\"to\":\"" to "\",\"from\":\"+12025550199\",\"status\":\"ended\"," \
    "\"created_at\":\"" created "\"}"
#define NEXT "\"links\":{\"next\":\"https://example.signalwire.com/api/voice/logs?page_token=P2\"}"

struct listed {
    struct rest_page page;
    enum error_code rc;
};

static struct listed list(const char *body, const struct provider_list_filter *f) {
    struct listed l = {.page = {.next_url = BUF_INIT(1024), .filter = f}};
    l.rc = signalwire_decode_list(&account, str_z(body), &l.page, NULL);
    return l;
}

static void drop(struct listed *l) {
    mem_free(l->page.calls);
    buf_release(&l->page.next_url);
}

TEST(signalwire_replies, a_list_of_everybodys_calls_is_filtered_here) {
    const struct provider_list_filter f = {.to = STR("+12025550100"), .from = STR("+12025550199")};
    struct listed l = list("{\"data\":[" LOG(CALL, "+12025550100", "2026-01-01T00:00:09Z") "," LOG(
                               CALL_2, "+12025550101", "2026-01-01T00:00:08Z") "]," NEXT "}",
                           &f);
    EXPECT_INT(l.rc, ERR_OK);
    EXPECT_INT(l.page.count, 1);
    EXPECT_STR(l.page.calls ? l.page.calls[0].sid : "", CALL);
    EXPECT_STR(l.page.next_url.ptr, "https://example.signalwire.com/api/voice/logs?page_token=P2");
    drop(&l);
}

TEST(signalwire_replies, a_leg_that_another_call_dialled_says_so) {
    struct listed l =
        list("{\"data\":[{\"id\":\"" CALL "\",\"direction\":\"outbound\",\"parent_id\":"
             "\"" CALL_2 "\"},{\"id\":\"" CALL_2 "\",\"direction\":\"outbound\","
             "\"parent_id\":null}]," NEXT "}",
             NULL);
    EXPECT_INT(l.rc, ERR_OK);
    REQUIRE(l.page.count == 2);
    EXPECT(l.page.calls[0].other_leg && !l.page.calls[1].other_leg);
    drop(&l);
}

TEST(signalwire_replies, what_is_older_than_asked_for_is_not_paged_through) {
    const int64_t noon_ms = 1767225600000 + 12 * 3600000; /* of the first of January 2026 */
    const struct provider_list_filter f = {.to = STR("+12025550100"), .since_ms = noon_ms};
    static const struct {
        const char *first, *second;
        bool goes_on;
    } rows[] = {
        {"2026-01-01T12:00:01Z", "2026-01-01T10:59:00Z", false},
        {"2026-01-01T12:00:01Z", "2026-01-01T11:30:00Z", true}, /* within the slack */
        {"2026-01-01T10:00:00Z", "2026-01-01T10:30:00Z", true}, /* oldest first: it may come yet */
        {"2026-01-01T12:00:01Z", "", true},                     /* no time: no order */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf body = BUF_INIT(2048);
        buf_printf(&body,
                   "{\"data\":[{\"id\":\"" CALL "\",\"created_at\":\"%s\"},{\"id\":\"" CALL_2
                   "\",\"created_at\":\"%s\"}]," NEXT "}",
                   rows[i].first, rows[i].second);
        struct listed l = list(body.ptr, &f);
        EXPECT_INT(l.rc, ERR_OK);
        EXPECT_INT(l.page.next_url.len > 0, rows[i].goes_on);
        drop(&l);
        buf_release(&body);
    }
}

TEST(signalwire_replies, the_next_page_is_never_on_another_host) {
    static const struct {
        const char *next;
        enum error_code want;
    } rows[] = {
        {"/api/voice/logs?page_token=P2", ERR_OK},
        {"https://example.signalwire.com:443/api/voice/logs?p=2", ERR_OK},
        {"https://evil.example.net/api/voice/logs", ERR_UPSTREAM},
        {"http://example.signalwire.com/api/voice/logs", ERR_UPSTREAM},
        {"https://u:p@example.signalwire.com/x", ERR_UPSTREAM},
        {"//evil.example.net/x", ERR_OK}, /* a path like any other */
        {"file:///etc/passwd", ERR_UPSTREAM},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf body = BUF_INIT(1024);
        buf_printf(&body, "{\"data\":[],\"links\":{\"next\":\"%s\"}}", rows[i].next);
        struct listed l = list(body.ptr, NULL);
        EXPECT_INT(l.rc, rows[i].want);
        EXPECT(rows[i].want != ERR_OK ||
               str_starts(buf_str(&l.page.next_url), STR("https://example.signalwire.com/")));
        drop(&l);
        buf_release(&body);
    }
}

/* ---- recordings ------------------------------------------------------------------------------ */

static enum error_code find(const char *tag, const char *body, char *sid) {
    struct rest_request sent = {0};
    EXPECT(str_copy(str_z(tag), sent.tag, sizeof sent.tag));
    return signalwire_decode_find(&sent, str_z(body), sid, NULL);
}

#define EVENT(details) "{\"name\":\"calling_call_record\",\"details\":" details "}"

TEST(signalwire_replies, a_calls_events_name_the_file_of_a_recording) {
    static const char *const bodies[] = {
        "{\"data\":[{\"name\":\"calling_call_state\",\"details\":{}}," EVENT(
            "{\"control_id\":\"main\",\"state\":\"finished\",\"recording_id\":\"" FILE_1
            "\"}") "," EVENT("{\"control_id\":\"other\",\"recording_id\":\"" FILE_2 "\"}") "]}",
        "{\"data\":[" EVENT("{\"params\":{\"control_id\":\"main\",\"recording_id\":\"" FILE_1
                            "\"}}") "]}",
        "{\"data\":[" EVENT("\"{\\\"control_id\\\":\\\"main\\\",\\\"recording_id\\\":\\\"" FILE_1
                            "\\\"}\"") "]}",
        "{\"data\":[" EVENT("\"{'control_id': 'main', 'recording_id': '" FILE_1
                            "', 'peer': None, 'ok': True}\"") "]}",
        /* the control id is not told, but there is only one */
        "{\"data\":[" EVENT("{\"recording_id\":\"" FILE_1
                            "\"}") "," EVENT("{\"recording_id\":\"" FILE_1 "\"}") "]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        char sid[CALL_SID_SIZE] = "";
        EXPECT_INT(find("main", bodies[i], sid), ERR_OK);
        EXPECT_STR(sid, FILE_1);
    }
}

TEST(signalwire_replies, the_list_of_files_names_the_call_of_each) {
    char sid[CALL_SID_SIZE] = "";
    EXPECT_INT(find(CALL,
                    "{\"data\":[{\"id\":\"" FILE_2 "\",\"relay_pstn_leg_id\":\"" CALL_2 "\"},"
                    "{\"id\":\"" FILE_1 "\",\"relay_sip_leg_id\":\"" CALL "\"}]}",
                    sid),
               ERR_OK);
    EXPECT_STR(sid, FILE_1);
}

TEST(signalwire_replies, a_file_is_never_guessed) {
    static const char *const bodies[] = {
        "{\"data\":[]}",
        "{\"data\":[{\"id\":\"" FILE_1 "\",\"relay_pstn_leg_id\":\"" CALL_2 "\"}]}",
        "{\"data\":[{\"id\":\"" FILE_1 "\",\"relay_pstn_leg_id\":\"" CALL "\"},"
        "{\"id\":\"" FILE_2 "\",\"relay_pstn_leg_id\":\"" CALL "\"}]}",
        "{\"data\":[" EVENT("{\"control_id\":\"a\",\"recording_id\":\"" FILE_1 "\"}") "," EVENT(
            "{\"control_id\":\"b\",\"recording_id\":\"" FILE_2 "\"}") "]}",
        "{\"data\":[" EVENT("{\"control_id\":\"" CALL "\",\"recording_id\":\"../x\"}") "]}",
        "{\"data\":[" EVENT("\"{'control_id': 'x\"") "]}",
        "{\"data\":[" EVENT("{\"control_id\":\"a\",\"recording_id\":\"" FILE_1 "\"}") "]}",
        "{\"data\":[" EVENT("{\"control_id\":\"a\"}") "," EVENT("{\"recording_id\":\"" FILE_1
                                                                "\"}") "]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        char sid[CALL_SID_SIZE] = "before";
        EXPECT_INT(find(CALL, bodies[i], sid), ERR_NOT_FOUND);
        EXPECT_STR(sid, "before");
    }
    char sid[CALL_SID_SIZE] = "before";
    EXPECT_INT(find(CALL, "{}", sid), ERR_UPSTREAM);
}

TEST(signalwire_replies, the_audio_is_where_its_description_says) {
    static const struct {
        const char *body, *url, *format;
        enum error_code want;
    } rows[] = {
        {"{\"url\":\"https://files.signalwire.com/a/b.wav\"}",
         "https://files.signalwire.com/a/b.wav", "", ERR_OK},
        {"{\"url\":\"https://files.signalwire.com/b.mp3?sig=1\"}",
         "https://files.signalwire.com/b.mp3?sig=1", "mp3", ERR_OK},
        {"{\"url\":\"/api/files/b.wav\"}", "https://example.signalwire.com/api/files/b.wav", "",
         ERR_OK},
        {"{\"url\":null}", NULL, "", ERR_NOT_FOUND},
        {"{}", NULL, "", ERR_NOT_FOUND},
        {"[]", NULL, "", ERR_UPSTREAM},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rest_request r = {.url = BUF_INIT(1024)};
        EXPECT_INT(signalwire_decode_media(&account, str_z(rows[i].body), &r, NULL), rows[i].want);
        EXPECT_STR(r.url.ptr, rows[i].url);
        EXPECT_STR(r.format, rows[i].format);
        buf_release(&r.url);
    }
}

/* ---- errors ---------------------------------------------------------------------------------- */

#define CODE(code)                                                                   \
    "{\"errors\":[{\"type\":\"validation_error\",\"code\":\"" code "\",\"message\":" \
    "\"It went wrong\",\"attribute\":null,\"url\":\"https://x\"}]}"

TEST(signalwire_replies, an_error_is_named_by_its_code) {
    static const struct {
        int status;
        const char *body;
        enum error_code want;
        bool retry;
    } rows[] = {
        {422, CODE("url_is_unsafe"), ERR_INVALID, false},
        {422, CODE("invalid_state"), ERR_CONFLICT, false},
        {422, CODE("cannot_redirect_not_in_progress"), ERR_CONFLICT, false},
        {422, CODE("cannot_update_completed"), ERR_CONFLICT, false},
        {422, CODE("max_queued_calls_exceeded"), ERR_RATE_LIMIT, true},
        {422, CODE("insufficient_balance"), ERR_AUTH, false},
        {422, CODE("does_not_exist"), ERR_NOT_FOUND, false},
        {422, CODE("something_new"), ERR_INVALID, false},
        {404, CODE("something_new"), ERR_NOT_FOUND, false},
        {409, CODE("something_new"), ERR_CONFLICT, false},
        {429, CODE("invalid_parameter"), ERR_RATE_LIMIT, true},
        {503, CODE("something_new"), ERR_UPSTREAM, true},
        {422,
         "{\"errors\":[{\"detail\":\"no\",\"status\":\"422\",\"title\":\"Invalid Attribute\","
         "\"code\":\"422\"}]}",
         ERR_INVALID, false},
        {400, "{\"error\":\"Bad Request\"}", ERR_INVALID, false},
        {401, "{\"error\":\"Unauthorized\"}", ERR_AUTH, false},
        {403, "{\"error\":\"Forbidden\"}", ERR_AUTH, false},
        {404, "{\"error\":\"Not Found\"}", ERR_NOT_FOUND, false},
        {500, "{\"error\":\"Internal Server Error\"}", ERR_UPSTREAM, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        EXPECT_INT(signalwire_decode_error(rows[i].status, str_z(rows[i].body), &err),
                   rows[i].want);
        EXPECT_INT(err.code, rows[i].want);
        EXPECT_INT(err.retry, rows[i].retry);
        EXPECT(err.text[0] != '\0');
    }
}

TEST(signalwire_replies, of_several_errors_the_one_we_know_is_told) {
    struct error err = {0};
    EXPECT_INT(signalwire_decode_error(
                   422,
                   STR("{\"errors\":[{\"code\":\"something_new\",\"message\":\"first\"},"
                       "{\"code\":\"not_purchased_or_verified\",\"message\":\"second\"}]}"),
                   &err),
               ERR_INVALID);
    EXPECT_STR(err.text,
               "carrier error not_purchased_or_verified: second. Buy or verify the caller "
               "id, or set one that is yours.");
}

TEST(signalwire_replies, another_ones_page_is_no_error_of_the_carrier) {
    static const char *const bodies[] = {"",
                                         "<html>",
                                         "{}",
                                         "{\"error\":\"waf\"}",
                                         "{\"error\":\"Not Found\"}", /* of another status */
                                         "{\"errors\":[]}",
                                         "{\"errors\":\"no\"}",
                                         "{\"errors\":[{\"message\":\"no code\"}]}",
                                         "{\"errors\":[7,null]}"};
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct error err = {0};
        EXPECT_INT(signalwire_decode_error(403, str_z(bodies[i]), &err), ERR_OK);
        EXPECT_INT(err.code, ERR_OK);
    }
}

/* ---- credentials ----------------------------------------------------------------------------- */

static const char active[] = "{\"status\":\"active\",\"friendly_name\":\"Mine\",\"type\":\"Full\","
                             "\"auth_token\":\"redacted\"}";

TEST(signalwire_replies, a_project_is_checked_and_then_the_scope_of_its_token) {
    struct rest_check check = {0};
    EXPECT_INT(signalwire_decode_check(&account, 200, STR(active), &check, NULL), ERR_OK);
    EXPECT(!check.done && check.step == 1);
    EXPECT_INT(signalwire_decode_check(&account, 200, STR("{\"data\":[]}"), &check, NULL), ERR_OK);
    EXPECT(check.done);
    EXPECT_STR(check.text, "project \"Mine\" is active");
    check = (struct rest_check){0};
    EXPECT_INT(signalwire_decode_account(&account, 200, STR(active), &check, NULL), ERR_OK);
    EXPECT(check.done);
}

TEST(signalwire_replies, a_refused_or_closed_project_is_told) {
    struct rest_check check = {0};
    struct error err = {0};
    EXPECT_INT(
        signalwire_decode_check(&account, 401, STR("{\"error\":\"Unauthorized\"}"), &check, &err),
        ERR_AUTH);
    EXPECT(strstr(err.text, "scopes"));
    EXPECT_INT(signalwire_decode_check(&account, 401, STR("{\"code\":20003,\"message\":\"no\"}"),
                                       &check, &err),
               ERR_AUTH);
    EXPECT_INT(signalwire_decode_check(&account, 404, STR("<html>"), &check, &err), ERR_UPSTREAM);
    EXPECT_INT(signalwire_decode_check(&account, 200, STR("{\"status\":\"closed\"}"), &check, &err),
               ERR_AUTH);
    EXPECT(!check.done);
}
