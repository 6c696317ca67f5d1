#include <string.h>

#include "core/base/compiler.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/*
 * What a caller told in one call the assistant reads back in the next, on every wire, and does not
 * ask again: the second origin document's "prevents redundant questions during calls".
 */
enum {
    TRANSCRIPT_MAX = 65536
};

static const char *const dialects[] = {"twilio", "plivo", "signalwire", "signalwire-compat"};

static void talk(struct house *h, const char *to, struct buf *transcript) {
    int64_t id = house_place(h, to, CALL_DETECT_OFF);
    struct call c = house_wait_end(h, id);
    EXPECT_INT(c.status, CALL_COMPLETED);
    EXPECT_STR(c.outcome, "customer_qualified_transfer");
    house_transcript(h, id, transcript);
}

static bool was_said(const struct buf *transcript, const char *words) {
    return transcript->ptr && strstr(transcript->ptr, words);
}

#define ASKS_NAME    "May I have your full name"
#define ASKS_DEBT    "How much debt do you have"
#define RECALLS_NAME "I have your name as John Doe. Is that right?"
#define RECALLS_DEBT "Last time you told me of $40,000 of debt in total. Is that right?"

TEST(memory, a_second_call_reads_back_what_the_first_one_heard) {
    struct buf transcript = BUF_INIT(TRANSCRIPT_MAX);
    for (size_t k = 0; k < ARRAY_LEN(dialects); k++) {
        struct buf settings = BUF_INIT(128);
        struct house h;
        buf_printf(&settings, "MOCK_SPEED=0\nMOCK_SEED=1\nMOCK_DIALECT=%s\n", dialects[k]);
        REQUIRE(house_open(&h, settings.ptr));
        talk(&h, "+12025550100", &transcript);
        EXPECT(was_said(&transcript, ASKS_NAME) && was_said(&transcript, ASKS_DEBT));
        EXPECT(!was_said(&transcript, RECALLS_NAME));
        talk(&h, "+12025550100", &transcript);
        EXPECT(was_said(&transcript, RECALLS_NAME) && was_said(&transcript, RECALLS_DEBT));
        EXPECT(!was_said(&transcript, ASKS_NAME) && !was_said(&transcript, ASKS_DEBT));
        EXPECT(was_said(&transcript, "Which state do you live in?"));
        house_close(&h);
        buf_release(&settings);
    }
    buf_release(&transcript);
}

TEST(memory, nobody_else_is_told) {
    struct buf transcript = BUF_INIT(TRANSCRIPT_MAX);
    struct house h;
    REQUIRE(house_open(&h, "MOCK_SPEED=0\nMOCK_SEED=1\n"));
    talk(&h, "+12025550100", &transcript);
    talk(&h, "+13105550100", &transcript);
    EXPECT(was_said(&transcript, ASKS_NAME) && !was_said(&transcript, "I have your name"));
    house_close(&h);
    buf_release(&transcript);
}
