#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

enum {
    TRANSCRIPT_MAX = 65536
};

/*
 * Each simulated callee through the whole stack, on every wire: how the call with it ends, what was
 * agreed to and kept, and what was said, which is the same on every wire to the word. 12 is below.
 * One exception: 04 is recognised at the start of the greeting where the carrier cannot wait for
 * its end.
 */

struct callee {
    unsigned number; /* last two digits */
    enum call_status status;
    const char *reason, *outcome;
    uint64_t rings;
    const char *consent; /* event; "": nobody was asked, or nobody answered */
    unsigned recordings; /* in the vault */
    const char *said;    /* part of the transcript; NULL: nothing was said */
};

#define TRANSFERRED "A specialist takes over from here. Goodbye."

// clang-format off
static const struct callee callees[] = {
    {0, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1, "consent.given", 1, TRANSFERRED},
    {1, CALL_BUSY, "", "", 1, "", 0, NULL},
    {2, CALL_NO_ANSWER, "", "", 1, "", 0, NULL},
    {3, CALL_FAILED, "", "", 1, "", 0, NULL},
    {4, CALL_COMPLETED, "assistant_ended", "voicemail_left", 1, "", 0, "will try again later. Goodbye."},
    {5, CALL_COMPLETED, "", "", 1, "", 0, "May I record this call"}, /* before he answers */
    {6, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1, "consent.refused", 0, TRANSFERRED},
    {7, CALL_COMPLETED, "assistant_ended", "human_requested", 1, "", 0, "I would like to speak to a human being"},
    {8, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1, "consent.given", 1, TRANSFERRED},
    {9, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1, "consent.given", 1, TRANSFERRED},
    {10, CALL_COMPLETED, "assistant_ended", "opt_out", 1, "", 0, "You will not be called again."},
    {11, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1, "consent.given", 1, TRANSFERRED},
    {13, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1, "consent.given", 1, TRANSFERRED},
    {14, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1, "consent.given", 1, TRANSFERRED},
    {15, CALL_COMPLETED, "assistant_ended", "no_answer_from_customer", 1, "consent.refused", 0, "May I record this call"}, /* silence is no consent */
};
// clang-format on

static void number_of(unsigned callee, char dst[16]) {
    snprintf(dst, 16, "+120255501%02u", callee);
}

enum {
    WIRES = 4
};
static const char *const dialects[WIRES] = {"twilio", "plivo", "signalwire", "signalwire-compat"};

/* A gateway for each wire, side by side. So fast that a day is short, so slow that a busy machine
 * has seconds to begin a recording before its call is over. */
static bool open_all(struct house h[WIRES]) {
    bool ok = true;
    for (size_t k = 0; k < WIRES; k++) {
        char settings[128];
        snprintf(settings, sizeof settings, "MOCK_SPEED=10\nMOCK_SEED=1\nMOCK_DIALECT=%s\n",
                 dialects[k]);
        ok = house_open(&h[k], settings) && ok;
    }
    return ok;
}

static void close_all(struct house h[WIRES]) {
    for (size_t k = 0; k < WIRES; k++)
        house_close(&h[k]);
}

/* The voicemail is told of by a carrier that can; where it can, at the end of its greeting. */
static enum call_detection detection_for(struct house *h, unsigned callee) {
    const struct provider *p = gateway_engine(h->gateway)->providers[0];
    if (callee != 4)
        return CALL_DETECT_OFF;
    return provider_can(p, PROVIDER_CAP_MACHINE_END) ? CALL_DETECT_MESSAGE_END : CALL_DETECT_START;
}

/* "consent.given", "consent.refused", both with a blank between, or "". */
static void consent_of(struct house *h, int64_t id, char *dst, size_t size) {
    static const char *const words[] = {"consent.given", "consent.refused"};
    struct buf events = BUF_INIT(HOUSE_EVENTS_MAX);
    house_events(h, id, &events);
    dst[0] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strstr(events.ptr, words[i]))
            snprintf(dst + strlen(dst), size - strlen(dst), "%s%s", dst[0] ? " " : "", words[i]);
    buf_release(&events);
}

static void expect_end(struct house *h, const char *dialect, const struct callee *want, int64_t id,
                       struct buf *transcript) {
    char to[16], consent[48];
    struct call c = house_wait_end(h, id);
    struct house_recordings r = house_wait_recordings(h, id);
    number_of(want->number, to);
    consent_of(h, id, consent, sizeof consent);
    house_transcript(h, id, transcript);
    bool said = want->said ? strstr(transcript->ptr, want->said) != NULL : transcript->len == 0;
    bool as_wanted = c.status == want->status && str_eq_z(str_z(c.outcome), want->outcome) &&
                     str_eq_z(str_z(call_reason_name(c.reason)), want->reason) &&
                     house_rings(h, to) == want->rings && strcmp(consent, want->consent) == 0 &&
                     r.stored == want->recordings && r.lost == 0 && r.open == 0 && said;
    test_check(as_wanted, __FILE__, __LINE__, to);
    if (!as_wanted)
        fprintf(stderr,
                "    %s: got %s, reason \"%s\", outcome \"%s\", rung %llu times, consent \"%s\", "
                "recordings %u stored %u lost %u open, transcript:\n" STR_FMT,
                dialect, call_status_name(c.status), call_reason_name(c.reason), c.outcome,
                (unsigned long long)house_rings(h, to), consent, r.stored, r.lost, r.open,
                STR_ARG(buf_str(transcript)));
}

TEST(callees, each_ends_as_its_day_goes_on_every_wire) {
    struct buf first = BUF_INIT(TRANSCRIPT_MAX), other = BUF_INIT(TRANSCRIPT_MAX);
    struct house h[WIRES];
    int64_t ids[WIRES][ARRAY_LEN(callees)];
    char to[16];
    REQUIRE(open_all(h));
    for (size_t i = 0; i < ARRAY_LEN(callees); i++) {
        number_of(callees[i].number, to);
        for (size_t k = 0; k < WIRES; k++)
            ids[k][i] = house_place(&h[k], to, detection_for(&h[k], callees[i].number));
    }
    for (size_t i = 0; i < ARRAY_LEN(callees); i++) {
        expect_end(&h[0], dialects[0], &callees[i], ids[0][i], &first);
        for (size_t k = 1; k < WIRES; k++) {
            expect_end(&h[k], dialects[k], &callees[i], ids[k][i], &other);
            /* the same words were said on every wire, in the same order */
            EXPECT_STR(other.ptr ? other.ptr : "", first.ptr ? first.ptr : "");
        }
    }
    close_all(h);
    buf_release(&first);
    buf_release(&other);
}

TEST(callees, callbacks_in_disorder_leave_the_same_call_and_events) {
    struct house h;
    struct buf orderly = BUF_INIT(HOUSE_EVENTS_MAX), disorderly = BUF_INIT(HOUSE_EVENTS_MAX);
    REQUIRE(house_open(&h, "MOCK_SPEED=0\n"));
    int64_t good = house_place(&h, "+12025550100", CALL_DETECT_OFF);
    int64_t chaos = house_place(&h, "+12025550111", CALL_DETECT_OFF);
    struct call a = house_wait_end(&h, good), b = house_wait_end(&h, chaos);
    house_events(&h, good, &orderly);
    house_events(&h, chaos, &disorderly);
    EXPECT(a.status == CALL_COMPLETED && b.status == CALL_COMPLETED);
    EXPECT(a.reason == b.reason && a.answered_by == b.answered_by);
    EXPECT_STR(b.outcome, a.outcome);
    EXPECT_STR(disorderly.ptr, orderly.ptr);
    buf_release(&orderly);
    buf_release(&disorderly);
    house_close(&h);
}

TEST(callees, a_create_that_gets_503_is_settled_and_never_repeated_on_any_wire) {
    struct house h[WIRES];
    int64_t ids[WIRES];
    REQUIRE(open_all(h));
    for (size_t k = 0; k < WIRES; k++)
        ids[k] = house_place(&h[k], "+12025550112", CALL_DETECT_OFF);
    for (size_t k = 0; k < WIRES; k++) {
        struct call c = house_call(&h[k], ids[k]);
        for (int i = 0; i < 500 && !call_status_is_final(c.status); i++) {
            house_pass(&h[k], 5000);
            house_wait_idle(&h[k]);
            c = house_call(&h[k], ids[k]);
        }
        EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_NOT_PLACED);
        EXPECT_INT(c.attempt, 1);
        EXPECT_INT(house_rings(&h[k], "+12025550112"), 0);
    }
    close_all(h);
}
