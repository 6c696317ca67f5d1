#include "tests/support/test.h"
#include "tests/unit/carrier/box.h"

/** Live one call through these pages; the arena is for box_param(). */
static bool live(struct box *b, const struct box_page *pages, const char *more) {
    char sid[35];
    return box_init(b, &(struct box_options){.pages = pages}) &&
           box_call(b, "+12025550100", more, sid) && box_wait_ended(b, 1);
}

#define FALLBACK "&FallbackUrl=" BOX_APP "/fallback"

/** A document that fails so makes the carrier ask the fallback with this error code. */
static void expect_fallback(const struct box_page *page, const char *code) {
    const struct box_page pages[] = {*page, {.path = "/fallback", .body = "<Response/>"}, {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, pages, FALLBACK));
    const struct box_request *r = box_wait(&b, "/fallback", 0);
    EXPECT_STR(box_param(&a, r, "ErrorCode"), code);
    EXPECT_STR(box_param(&a, r, "ErrorUrl"), BOX_APP "/answer");
    EXPECT_STR(box_param(&a, r, "CallStatus"), "in-progress");
    EXPECT_INT(box_count(&b, "/fallback"), 1);
    box_release(&b);
    arena_release(&a);
}

TEST(document, faults_lead_to_the_fallback_with_their_code) {
    expect_fallback(&(struct box_page){.path = "/answer", .status = 500}, "11200");
    expect_fallback(&(struct box_page){.path = "/answer", .status = 404}, "11200");
    expect_fallback(&(struct box_page){.path = "/answer", .fail = ERR_NETWORK}, "11210");
    expect_fallback(&(struct box_page){.path = "/answer", .fail = ERR_UNCERTAIN}, "11205");
    expect_fallback(&(struct box_page){.path = "/answer", .fail = ERR_LIMIT}, "11750");
    expect_fallback(&(struct box_page){.path = "/answer", .body = "<Response><Say>"}, "12100");
    expect_fallback(&(struct box_page){.path = "/answer", .body = "<Answer/>"}, "12102");
    expect_fallback(&(struct box_page){.path = "/answer", .body = "{}", .type = "application/json"},
                    "12300");
    expect_fallback(&(struct box_page){.path = "/answer", .body = "x", .type = ""}, "12300");
}

TEST(document, a_fault_without_fallback_ends_the_call_as_completed) {
    static const struct box_page pages[] = {{.path = "/answer", .status = 500}, {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, pages, ""));
    EXPECT_STR(box_param(&a, box_wait(&b, "/status", 3), "CallStatus"), "completed");
    box_release(&b);
    arena_release(&a);
}

TEST(document, a_fallback_that_fails_too_ends_the_call) {
    static const struct box_page pages[] = {
        {.path = "/answer", .status = 500}, {.path = "/fallback", .status = 500}, {0}};
    struct box b;
    REQUIRE(live(&b, pages, FALLBACK));
    EXPECT_INT(box_count(&b, "/fallback"), 1);
    box_release(&b);
}

TEST(document, the_fallback_also_covers_later_documents) {
    static const struct box_page pages[] = {
        {.path = "/answer", .body = "<Response><Redirect>/next</Redirect></Response>"},
        {.path = "/next", .status = 503},
        {.path = "/fallback", .body = "<Response><Redirect>/next</Redirect></Response>"},
        {.path = "/fallback", .body = "<Response/>"},
        {0}};
    struct box b;
    REQUIRE(live(&b, pages, FALLBACK));
    EXPECT_INT(box_count(&b, "/fallback"), 2);
    box_release(&b);
}

TEST(document, an_unknown_verb_is_skipped) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = "<Response><Dance/><Say>Hi</Say><Redirect>/after</Redirect></Response>"},
        {0}};
    struct box b;
    REQUIRE(live(&b, pages, ""));
    EXPECT_INT(box_count(&b, "/after"), 1);
    box_release(&b);
}

TEST(document, plain_text_is_spoken_and_sound_is_played) {
    static const struct box_page text[] = {
        {.path = "/answer", .body = "Hello there", .type = "text/plain; charset=utf-8"}, {0}};
    static const struct box_page sound[] = {
        {.path = "/answer", .body = "bytes", .type = "audio/mpeg"}, {0}};
    struct box b;
    REQUIRE(live(&b, text, FALLBACK));
    EXPECT_INT(box_count(&b, "/fallback"), 0);
    box_release(&b);
    REQUIRE(live(&b, sound, FALLBACK));
    EXPECT_INT(box_count(&b, "/answer"), 2); /* the document, then the sound */
    EXPECT_INT(box_count(&b, "/fallback"), 0);
    box_release(&b);
}

TEST(document, an_endless_redirect_ends_after_1000_documents) {
    static const struct box_page pages[] = {
        {.path = "/answer", .body = "<Response><Redirect>/answer</Redirect></Response>"}, {0}};
    struct box b;
    REQUIRE(live(&b, pages, ""));
    EXPECT_INT(box_count(&b, "/answer"), 1000);
    box_release(&b);
}

TEST(document, http_redirects_are_followed_without_their_parameters) {
    static const struct box_page pages[] = {
        {.path = "/answer", .status = 302, .location = "/moved"},
        {.path = "/moved", .status = 307, .location = BOX_APP "/there?x=1"},
        {.path = "/there", .body = "<Response/>"},
        {0}};
    struct box b;
    REQUIRE(live(&b, pages, ""));
    const struct box_request *r = box_wait(&b, "/there", 0);
    EXPECT_STR(r->method, "GET");
    EXPECT_STR(r->url, BOX_APP "/there?x=1");
    EXPECT_STR(r->body, "");
    box_release(&b);
}

TEST(document, an_eleventh_http_redirect_is_too_many) {
    expect_fallback(&(struct box_page){.path = "/answer", .status = 301, .location = "/answer"},
                    "11215");
}

TEST(document, relative_urls_follow_the_document) {
    static const struct box_page pages[] = {
        {.path = "/a/b/answer", .body = "<Response><Redirect>../c?d=1</Redirect></Response>"},
        {.path = "/a/c", .body = "<Response><Redirect>?e=2</Redirect></Response>"},
        {.path = "/a/c", .body = "<Response/>"},
        {0}};
    struct box b;
    REQUIRE(live(&b, pages, "&Url=" BOX_APP "/a/b/answer"));
    EXPECT_INT(box_count(&b, "/a/c"), 2);
    EXPECT_STR(box_wait(&b, "/a/c", 0)->url, BOX_APP "/a/c?d=1");
    EXPECT_STR(box_wait(&b, "/a/c", 1)->url, BOX_APP "/a/c?e=2");
    box_release(&b);
}

TEST(document, a_request_document_needs_absolute_urls) {
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, NULL,
                 "&Twiml=%3CResponse%3E%3CRedirect%3E%2Fx%3C%2FRedirect%3E%3C%2FResponse%3E"));
    EXPECT_INT(box_count(&b, "/x"), 0);
    EXPECT_STR(box_param(&a, box_wait(&b, "/status", 3), "CallStatus"), "completed");
    box_release(&b);
    arena_release(&a);
}

TEST(document, a_call_ends_at_its_time_limit) {
    static const struct box_page pages[] = {
        {.path = "/answer", .body = "<Response><Say loop=\"0\">For ever.</Say></Response>"}, {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, pages, "&TimeLimit=90"));
    EXPECT_STR(box_param(&a, box_wait(&b, "/status", 3), "CallDuration"), "90");
    EXPECT_STR(box_param(&a, box_wait(&b, "/status", 3), "Duration"), "2");
    box_release(&b);
    arena_release(&a);
}
