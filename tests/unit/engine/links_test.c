#include "core/base/id.h"
#include "core/engine/links.h"
#include "core/engine/retry.h"
#include "tests/support/test.h"

static struct call some_call(void) {
    return (struct call){
        .id = 123456789, .provider = "twilio", .nonce = "0123456789abcdef0123456789abcdef"};
}

TEST(links, an_address_reads_back) {
    struct links l = {.public_base_url = STR("https://gw.example.com/base")};
    struct call c = some_call();
    for (int k = WEBHOOK_NONE + 1; k < WEBHOOK_INBOUND; k++) {
        struct buf b = BUF_INIT(512);
        links_put(&l, &b, &c, (enum webhook_kind)k, 7);
        struct str target = str_from_index(buf_str(&b), l.public_base_url.len);
        size_t mark = str_find(target, '?');
        struct links_target t = {0};
        EXPECT(links_parse(str_from(target.ptr, mark), str_from_index(target, mark + 1), &t));
        EXPECT(t.call_id == c.id && t.kind == (enum webhook_kind)k);
        EXPECT(str_eq_z(t.provider, "twilio"));
        EXPECT_STR(t.nonce, c.nonce);
        EXPECT_INT(t.turn, k == WEBHOOK_GATHER ? 7 : 0);
        buf_release(&b);
    }
}

TEST(links, anything_else_is_no_address) {
#define NONCE "0123456789abcdef0123456789abcdef"
    static const struct {
        const char *path, *query;
    } rows[] = {
        {"/voice/twilio/call_0000000000001/" NONCE, ""},
        {"/voice/twilio/call_0000000000001/" NONCE "/status/more", ""},
        {"/voice/twilio/call_0000000000001/" NONCE "/nothing", ""},
        {"/voice/twilio/call_0000000000001/" NONCE "x/status", ""},
        {"/voice/twilio/call_0000000000001/0123456789ABCDEF0123456789ABCDEF/status", ""},
        {"/voice/twilio/call_000000000000u/" NONCE "/status", ""},
        {"/voice/twilio/rec_0000000000001/" NONCE "/status", ""},
        {"/voice//call_0000000000001/" NONCE "/status", ""},
        {"/Voice/twilio/call_0000000000001/" NONCE "/status", ""},
        {"voice/twilio/call_0000000000001/" NONCE "/status", ""},
        {"/voice/twilio/call_0000000000001/" NONCE "/gather", ""},
        {"/voice/twilio/call_0000000000001/" NONCE "/gather", "turn=-1"},
        {"/voice/twilio/call_0000000000001/" NONCE "/gather", "turn=99999999999"},
        {"", ""},
        {"/", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct links_target t;
        EXPECT(!links_parse(str_z(rows[i].path), str_z(rows[i].query), &t));
    }
}

TEST(retry, delays_grow_are_capped_and_end) {
    struct retry_policy p = {.attempts_max = 5, .first_ms = 1000, .longest_ms = 3000};
    EXPECT_INT(retry_delay_ms(&p, 1, NULL, 20), 1000);
    EXPECT_INT(retry_delay_ms(&p, 2, NULL, 20), 2000);
    EXPECT_INT(retry_delay_ms(&p, 3, NULL, 20), 3000);
    EXPECT_INT(retry_delay_ms(&p, 4, NULL, 20), 3000);
    EXPECT_INT(retry_delay_ms(&p, 5, NULL, 20), -1);
    EXPECT_INT(retry_delay_ms(&p, 1, NULL, 0), 800);
    EXPECT_INT(retry_delay_ms(&p, 1, NULL, 40), 1200);
}

TEST(retry, a_longer_wish_of_the_far_end_is_obeyed) {
    struct retry_policy p = {.attempts_max = 5, .first_ms = 1000, .longest_ms = 3000};
    struct error err = {.retry_after_s = 60};
    EXPECT_INT(retry_delay_ms(&p, 1, &err, 20), 60000);
    err.retry_after_s = 0;
    EXPECT_INT(retry_delay_ms(&p, 1, &err, 20), 1000);
}
