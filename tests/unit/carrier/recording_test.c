#include "tests/support/test.h"

#include "tests/unit/carrier/box.h"

/* Recordings: what is kept, what is announced, and the files made of it. */

static const struct box_page pages[] = {
    {.path = "/answer",
     .body = "<Response><Start><Recording channels=\"dual\" recordingStatusCallback=\"/tape\" "
             "recordingStatusCallbackEvent=\"in-progress completed\"/></Start>"
             "<Say>One two three.</Say><Pause length=\"4\"/>"
             "<Stop><Recording/></Stop><Pause length=\"30\"/></Response>"},
    {.path = "/keys",
     .body = "<Response><Gather action=\"/after\" numDigits=\"4\">"
             "<Say>Your income?</Say></Gather></Response>"},
    {0},
};

static uint32_t le32(const char *p) {
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static struct box_reply fetch(struct box *b, const char *sid, const char *more) {
    struct buf path = BUF_INIT(256);
    buf_printf(&path, "/Recordings/%s%s", sid, more);
    struct box_reply r = box_rest(b, "GET", path.ptr, NULL);
    buf_release(&path);
    return r;
}

/** Sizes in the head of the file agree with its length. */
static void expect_wav(const struct box_reply *r, unsigned channels) {
    EXPECT_INT(r->status, 200);
    EXPECT(strstr(r->headers, "Content-Type: audio/x-wav\n") != NULL);
    REQUIRE(r->length > 44);
    EXPECT(memcmp(r->body, "RIFF", 4) == 0 && memcmp(r->body + 8, "WAVEfmt ", 8) == 0);
    EXPECT_INT(le32(r->body + 4), r->length - 8);
    EXPECT_INT(r->body[22], channels);
    EXPECT_INT(le32(r->body + 24), 8000);
    EXPECT_INT(le32(r->body + 28), 16000 * channels);
    EXPECT_INT(le32(r->body + 40), r->length - 44);
}

TEST(recording, a_document_starts_and_stops_it) {
    struct arena a = {0};
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    REQUIRE(box_call(&b, "+12025550100", "", sid));
    const struct box_request *started = box_wait(&b, "/tape", 0), *done = box_wait(&b, "/tape", 1);
    EXPECT_STR(box_param(&a, started, "RecordingStatus"), "in-progress");
    EXPECT_STR(box_param(&a, started, "RecordingDuration"), "");
    EXPECT_STR(box_param(&a, done, "RecordingStatus"), "completed");
    EXPECT_STR(box_param(&a, done, "RecordingChannels"), "2");
    EXPECT_STR(box_param(&a, done, "RecordingSource"), "StartCallRecordingAPI");
    EXPECT_STR(box_param(&a, done, "CallSid"), sid);
    const char *tape = box_param(&a, done, "RecordingSid");
    struct box_reply dual = fetch(&b, tape, ".wav"), mono = fetch(&b, tape, "?RequestedChannels=1");
    expect_wav(&dual, 2);
    expect_wav(&mono, 1);
    EXPECT_INT(dual.length - 44, (mono.length - 44) * 2);
    box_reply_release(&dual);
    box_reply_release(&mono);
    box_release(&b);
    arena_release(&a);
}

TEST(recording, the_same_file_comes_at_every_request) {
    struct arena a = {0};
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    REQUIRE(box_call(&b, "+12025550100", "", sid));
    const char *tape = box_param(&a, box_wait(&b, "/tape", 1), "RecordingSid");
    struct box_reply one = fetch(&b, tape, ""), two = fetch(&b, tape, "");
    EXPECT_INT(one.length, two.length);
    EXPECT(one.length == two.length && memcmp(one.body, two.body, one.length) == 0);
    box_reply_release(&one);
    box_reply_release(&two);
    box_release(&b);
    arena_release(&a);
}

/** Whole seconds of the trimmed and of the whole recording of the same call. */
TEST(recording, trimming_cuts_the_silence_at_both_ends) {
    struct arena a = {0};
    double seconds[2];
    for (size_t i = 0; i < 2; i++) {
        static const char *const trim[] = {"&Trim=trim-silence", "&Trim=do-not-trim"};
        struct box b;
        char sid[35];
        struct buf more = BUF_INIT(512);
        buf_printf(&more,
                   "&Record=true&RecordingStatusCallback=" BOX_APP "/whole&Twiml="
                   "%%3CResponse%%3E%%3CPause+length%%3D%%2220%%22%%2F%%3E%%3C%%2FResponse%%3E%s",
                   trim[i]);
        REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
        REQUIRE(box_call(&b, "+12025550100", more.ptr, sid));
        const char *text = box_param(&a, box_wait(&b, "/whole", 0), "RecordingDuration");
        uint64_t n = 0;
        EXPECT(str_to_u64(str_z(text), 1000, &n));
        seconds[i] = (double)n;
        box_release(&b);
        buf_release(&more);
    }
    EXPECT(seconds[0] < 2); /* "Hello?" */
    EXPECT(seconds[1] == 20);
    arena_release(&a);
}

TEST(recording, silence_all_through_is_absent) {
    static const char more[] = "&Record=true&RecordingStatusCallback=" BOX_APP "/whole"
                               "&RecordingStatusCallbackEvent=completed+absent&Twiml="
                               "%3CResponse%3E%3CPause+length%3D%225%22%2F%3E%3C%2FResponse%3E";
    struct arena a = {0};
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    REQUIRE(box_call(&b, "+12025550115", more, sid));
    const struct box_request *r = box_wait(&b, "/whole", 0);
    EXPECT_STR(box_param(&a, r, "RecordingStatus"), "absent");
    EXPECT_STR(box_param(&a, r, "ErrorCode"), "16102");
    struct box_reply media = fetch(&b, box_param(&a, r, "RecordingSid"), ".wav");
    EXPECT_INT(media.status, 404);
    box_reply_release(&media);
    box_release(&b);
    arena_release(&a);
}

TEST(recording, each_speaker_has_a_channel) {
    static const char more[] = "&Record=true&RecordingChannels=dual&Trim=do-not-trim"
                               "&RecordingStatusCallback=" BOX_APP "/whole&Url=" BOX_APP "/keys";
    struct arena a = {0};
    struct box b;
    char sid[35];
    uint64_t energy[2] = {0};
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    REQUIRE(box_call(&b, "+12025550100", more, sid));
    const char *tape = box_param(&a, box_wait(&b, "/whole", 0), "RecordingSid");
    struct box_reply r = fetch(&b, tape, ".wav");
    expect_wav(&r, 2);
    for (size_t i = 44; i + 1 < r.length; i += 2) {
        int16_t v = (int16_t)((unsigned char)r.body[i] | (unsigned char)r.body[i + 1] << 8);
        energy[(i - 44) / 2 % 2] += (uint64_t)(v < 0 ? -v : v);
    }
    EXPECT(energy[0] > 1000000); /* "Hello?" and four keys */
    EXPECT(energy[1] > 1000000); /* the question */
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(recording, ranges_of_the_file_can_be_asked_for) {
    static const struct {
        const char *range;
        int status;
        size_t length;
    } cases[] = {{"bytes=0-43", 206, 44},   {"bytes=-10", 206, 10}, {"bytes=999999999-", 416, 0},
                 {"bytes=10-5", 200, 0},    {"lines=1-2", 200, 0},  {"bytes=-0", 416, 0},
                 {"bytes=0-1,5-6", 200, 0}, {"bytes=44-", 206, 0}};
    struct arena a = {0};
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    REQUIRE(box_call(&b, "+12025550100", "", sid));
    struct str target = arena_printf(&a, "/2010-04-01/Accounts/" BOX_ACCOUNT "/Recordings/%s",
                                     box_param(&a, box_wait(&b, "/tape", 1), "RecordingSid"));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct http_header range = {STR("Range"), str_z(cases[i].range)};
        struct box_reply r = box_raw(&b, "GET", target.ptr, "", &range, 1);
        EXPECT_INT(r.status, cases[i].status);
        if (cases[i].length > 0)
            EXPECT_INT(r.length, cases[i].length);
        if (r.status == 206)
            EXPECT(strstr(r.headers, "Content-Range: bytes ") != NULL);
        box_reply_release(&r);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(recording, a_scenario_can_keep_the_file_from_coming) {
    struct arena a = {0};
    struct box b;
    char sid[35];
    REQUIRE(box_init(
        &b, &(struct box_options){.pages = pages,
                                  .scenario = "{\"callees\":[{\"suffix\":\"00\",\"like\":\"00\","
                                              "\"recording\":{\"status\":404,\"times\":2}}]}"}));
    REQUIRE(box_call(&b, "+12025550100", "", sid));
    const char *tape = box_param(&a, box_wait(&b, "/tape", 1), "RecordingSid");
    for (int i = 0; i < 3; i++) {
        struct box_reply r = fetch(&b, tape, ".wav");
        EXPECT_INT(r.status, i < 2 ? 404 : 200);
        box_reply_release(&r);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(recording, of_a_dialled_leg_runs_from_its_answer) {
    static const struct box_page dials[] = {
        {.path = "/answer",
         .body = "<Response><Dial record=\"record-from-answer-dual\" timeLimit=\"10\" "
                 "action=\"/dialled\" recordingStatusCallback=\"/tape\">"
                 "<Number>+12025550100</Number></Dial></Response>"},
        {.path = "/dialled", .body = "<Response/>"},
        {0},
    };
    struct arena a = {0};
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = dials}));
    REQUIRE(box_call(&b, "+12025550107", "", sid));
    const struct box_request *r = box_wait(&b, "/tape", 0);
    EXPECT_STR(box_param(&a, r, "RecordingSource"), "DialVerb");
    EXPECT_STR(box_param(&a, r, "RecordingDuration"), "10");
    EXPECT_STR(box_param(&a, r, "RecordingChannels"), "2");
    EXPECT_STR(box_param(&a, box_wait(&b, "/dialled", 0), "RecordingSid"),
               box_param(&a, r, "RecordingSid"));
    box_release(&b);
    arena_release(&a);
}
