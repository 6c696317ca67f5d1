/* POST /payment: who may ask, what is answered, and that it is charged once. */
#include <stdio.h>
#include <string.h>

#include "core/app/payment_route.h"
#include "core/base/id.h"
#include "core/domain/call.h"
#include "core/engine/payment_link.h"
#include "tests/integration/api/door.h"
#include "tests/support/test.h"

#define GOOD         "4111111111111111"
#define DECLINED     "4000000000000002"
#define PAY_GOOD     "{\"payment_card_number\": \"" GOOD "\", \"charge_amount\": \"49.99\"}"
#define PAY_DECLINED "{\"payment_card_number\": \"" DECLINED "\", \"charge_amount\": \"49.99\"}"
#define PASSWORD     "PAYMENT_CONNECTOR_PASSWORD=a-long-password-1\n"
#define LOGIN        "Authorization: Basic YW55Ym9keTphLWxvbmctcGFzc3dvcmQtMQ==\r\n"

static void pay(struct door *d, const char *headers, const char *body, struct door_reply *r) {
    DOOR_ASK(d, r, .path = "/payment", .headers = headers, .body = body);
}

/** Exactly the three members, and no card in any of them. */
static bool has_form(const struct door_reply *r) {
    char cache[32];
    door_header(r, "Cache-Control", cache, sizeof cache);
    return json_count(r->root) == 3 && json_get(r->root, "error_code") &&
           json_get(r->root, "error_message") && strcmp(cache, "no-store") == 0 &&
           !strstr(r->body.ptr, GOOD) && !strstr(r->body.ptr, DECLINED);
}

static void expect_charged(const struct door_reply *r) {
    char id[64];
    EXPECT_INT(r->status, 200);
    EXPECT(has_form(r));
    EXPECT(str_starts(str_z(door_text(r, "charge_id", id)), STR("ch_")) && strlen(id) == 15);
    EXPECT_INT(json_type(json_get(r->root, "error_code")), JSON_NULL);
    EXPECT_INT(json_type(json_get(r->root, "error_message")), JSON_NULL);
}

static void expect_refused(const struct door_reply *r, int status, const char *code) {
    char text[64];
    EXPECT_INT(r->status, status);
    EXPECT(has_form(r));
    EXPECT_INT(json_type(json_get(r->root, "charge_id")), JSON_NULL);
    EXPECT_STR(door_text(r, "error_code", text), code);
}

TEST(payment, answers_the_two_requests_of_the_tutorial) {
    char text[64];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    pay(&d, NULL, PAY_GOOD, &r);
    expect_charged(&r);
    pay(&d, NULL, PAY_DECLINED, &r);
    expect_refused(&r, 402, "card_declined");
    EXPECT_STR(door_text(&r, "error_message", text), "Your card was declined");
    door_close(&d);
}

TEST(payment, declines_with_the_status_that_is_set) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "PAYMENT_DECLINE_STATUS=200\n"));
    pay(&d, NULL, PAY_DECLINED, &r);
    expect_refused(&r, 200, "card_declined");
    door_close(&d);
}

TEST(payment, reads_the_names_of_carriers_and_of_the_field) {
    static const char *const bodies[] = {
        "{\"cardnumber\":\"" GOOD "\",\"cvv\":\"123\",\"expiry_month\":\"12\",\"expiry_year\":"
        "\"2099\",\"postal_code\":\"90210\",\"chargeAmount\":\"49.99\",\"currency_code\":\"usd\"}",
        "{\"payment_card_number\":\"4111 1111 1111 1111\",\"security_code\":\"123\","
        "\"expiration_date\":\"1299\",\"amount\":49.99,\"currency\":\"USD\"}",
    };
    static const char *const declined[] = {
        "{\"cardnumber\":\"" DECLINED "\",\"chargeAmount\":\"49.99\"}",
        "{\"cardnumber\":\"" DECLINED "\",\"payment_card_number\":\"" DECLINED "\",\"amount\":1}",
    };
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        pay(&d, NULL, bodies[i], &r);
        expect_charged(&r);
        pay(&d, NULL, declined[i], &r);
        expect_refused(&r, 402, "card_declined");
    }
    door_close(&d);
}

TEST(payment, makes_a_token_when_nothing_is_to_be_charged) {
    char text[64];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    pay(&d, NULL, "{\"cardnumber\":\"" GOOD "\",\"chargeAmount\":\"0\"}", &r);
    EXPECT_INT(r.status, 200);
    EXPECT(has_form(&r) && !json_get(r.root, "charge_id"));
    EXPECT(str_starts(str_z(door_text(&r, "token_id", text)), STR("tok_")));
    door_close(&d);
}

/* ---- who may ask -------------------------------------------------------------------------------
 */

/* With a token of the API nobody plays any more: the password is the only way in. */
static const char guarded[] = PASSWORD "SWITCHHOOK_API_TOKEN=0123456789abcdef0123456789abcdef\n";

TEST(payment, opens_to_the_password_with_any_user) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, guarded));
    pay(&d, LOGIN, PAY_GOOD, &r);
    expect_charged(&r);
    pay(&d, "Authorization: basic OmEtbG9uZy1wYXNzd29yZC0x\r\n", PAY_GOOD, &r); /* no user */
    expect_charged(&r);
    door_close(&d);
}

TEST(payment, opens_to_nothing_else) {
    static const char *const headers[] = {
        NULL,
        "Authorization: Basic YW55Ym9keTphLWxvbmctcGFzc3dvcmQtMg==\r\n", /* another password */
        "Authorization: Basic YW55Ym9keTphLWxvbmctcGFzc3dvcmQt\r\n",     /* a prefix */
        "Authorization: Basic YS1sb25nLXBhc3N3b3JkLTE=\r\n",             /* no colon */
        "Authorization: Basic YW55Ym9keTo=\r\n",                         /* no password */
        "Authorization: Basic\r\n",
        "Authorization: Basic !!!!\r\n",
        "Authorization: Bearer a-long-password-1\r\n",
        "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n", /* the API's */
    };
    char challenge[64];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, guarded));
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        pay(&d, headers[i], PAY_GOOD, &r);
        expect_refused(&r, 401, "unauthorized");
        door_header(&r, "WWW-Authenticate", challenge, sizeof challenge);
        EXPECT_STR(challenge, "Basic realm=\"payment\"");
    }
    door_close(&d);
}

TEST(payment, that_does_not_exist_does_not_fill_the_log) {
    const int many = 60;
    const struct clock clock = clock_system();
    char id[ID_TEXT_SIZE], path[128];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, guarded));
    id_format(id, PAYMENT_ID_PREFIX, 1);
    snprintf(path, sizeof path, "/payment/%s/%0*d", id, PAYMENT_TOKEN_SIZE - 1, 0);
    int64_t began_ms = clock_mono_ms(&clock);
    for (int i = 0; i < many; i++) {
        DOOR_ASK(&d, &r, .path = path, .body = PAY_GOOD);
        expect_refused(&r, 404, "unknown_payment");
    }
    size_t whiles = 1 + (size_t)(clock_mono_ms(&clock) - began_ms) / 10000;
    size_t lines = door_logged(&d, "payment refused");
    EXPECT(lines > 0 && lines <= 20 * whiles);
    door_close(&d);
}

TEST(payment, is_no_place_to_play_from_elsewhere) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    DOOR_ASK(&d, &r, .path = "/payment", .host = "calls.example.com", .body = PAY_GOOD);
    expect_refused(&r, 401, "unauthorized");
    door_close(&d);
}

/* ---- what may be asked -------------------------------------------------------------------------
 */

TEST(payment, is_posted_only) {
    static const char *const methods[] = {"GET", "PUT", "DELETE"};
    char allow[32];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        DOOR_ASK(&d, &r, .method = methods[i], .path = "/payment");
        EXPECT_INT(r.status, 405);
        door_header(&r, "Allow", allow, sizeof allow);
        EXPECT_STR(allow, "POST");
    }
    door_close(&d);
}

TEST(payment, refuses_what_it_cannot_read) {
    static const char *const bodies[] = {
        "",
        "{",
        "[]",
        "\"" GOOD "\"",
        "{}",
        "{\"cardnumber\":\"" GOOD "\",}",
        "{\"cardnumber\":[\"" GOOD "\"],\"amount\":\"1\"}",
        "{\"cardnumber\":\"" GOOD "\",\"amount\":\"much\"}",
        "{\"cardnumber\":\"" GOOD "\",\"amount\":\"-1\"}",
        "{\"cardnumber\":\"" GOOD "\",\"amount\":\"1\",\"currency\":\"dollars\"}",
        "{\"cardnumber\":\"" GOOD "\",\"payment_card_number\":\"" DECLINED "\",\"amount\":\"1\"}",
        "{\"cardnumber\":\"" GOOD "\",\"chargeAmount\":\"1\",\"charge_amount\":\"2\"}",
        "{\"cardnumber\":\"" GOOD "\",\"amount\":\"1\",\"parameters\":{\"payment\":\"nothing\"}}",
    };
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        pay(&d, NULL, bodies[i], &r);
        expect_refused(&r, 400, "invalid_request");
    }
    door_close(&d);
}

TEST(payment, takes_json_only) {
    static const char *const types[] = {"application/x-www-form-urlencoded", "text/plain",
                                        "application/jsonp"};
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        DOOR_ASK(&d, &r, .path = "/payment", .type = types[i], .body = PAY_GOOD);
        expect_refused(&r, 415, "invalid_request");
    }
    DOOR_ASK(&d, &r, .path = "/payment", .type = "application/json; charset=utf-8",
             .body = PAY_GOOD);
    expect_charged(&r);
    door_close(&d);
}

TEST(payment, refuses_more_than_a_payment_needs) {
    CLEANUP(buf_release) struct buf body = BUF_INIT(1 << 17);
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    buf_puts(&body, "{\"cardnumber\":\"" GOOD "\",\"amount\":\"1\",\"note\":\"");
    for (size_t i = 0; i < 17000; i++)
        buf_putc(&body, 'x');
    buf_puts(&body, "\"}");
    pay(&d, NULL, body.ptr, &r);
    expect_refused(&r, 413, "invalid_request");
    door_close(&d);
}

/* ---- once --------------------------------------------------------------------------------------
 */

#define WITH_ID(card, amount) \
    "{\"transaction_id\":\"tx-1\",\"cardnumber\":\"" card "\",\"amount\":\"" amount "\"}"

TEST(payment, is_charged_once_for_a_transaction) {
    char first[64], again[64], other[64];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    pay(&d, NULL, WITH_ID(GOOD, "49.99"), &r);
    expect_charged(&r);
    door_text(&r, "charge_id", first);
    for (size_t i = 0; i < 3; i++) {
        pay(&d, NULL, WITH_ID(GOOD, "49.99"), &r);
        expect_charged(&r);
        EXPECT_STR(door_text(&r, "charge_id", again), first);
    }
    pay(&d, NULL, WITH_ID(DECLINED, "49.99"), &r); /* it is paid, whoever asks */
    EXPECT_STR(door_text(&r, "charge_id", again), first);
    pay(&d, NULL, PAY_GOOD, &r);
    EXPECT(strcmp(door_text(&r, "charge_id", other), first) != 0);
    door_close(&d);
}

TEST(payment, of_a_transaction_keeps_its_amount) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    pay(&d, NULL, WITH_ID(GOOD, "49.99"), &r);
    expect_charged(&r);
    pay(&d, NULL, WITH_ID(GOOD, "50.00"), &r);
    expect_refused(&r, 409, "not_payable");
    door_close(&d);
}

TEST(payment, of_a_transaction_is_tried_ten_times) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < 10; i++) {
        pay(&d, NULL, WITH_ID(DECLINED, "49.99"), &r);
        expect_refused(&r, 402, "card_declined");
    }
    pay(&d, NULL, WITH_ID(GOOD, "49.99"), &r);
    expect_refused(&r, 429, "too_many_attempts");
    door_close(&d);
}

/* ---- an address that was given out -------------------------------------------------------------
 */

struct given {
    struct call call;
    struct payment payment;
};

static enum error_code give_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct given *g = ctx;
    enum error_code rc = store_get_call(tx, g->call.id, &g->call, err);
    g->payment.call_id = g->call.id;
    return rc == ERR_OK ? store_insert_payment(tx, &g->payment, (struct str){0}, err) : rc;
}

/** A payment of 49.99 for this call, and the address that a pay step would get. */
static bool give(struct door *d, const char *call, char *dst, size_t size) {
    const struct engine *e = gateway_engine(d->gateway);
    struct links none = {0};
    struct given g = {.payment = {.id = id_next(e->ids),
                                  .status = PAYMENT_WAITING,
                                  .own = true,
                                  .amount = "49.99",
                                  .currency = "usd"}};
    CLEANUP(buf_release) struct buf b = BUF_INIT(256);
    if (!id_parse(str_z(call), CALL_ID_PREFIX, &g.call.id) ||
        store_write(e->store, give_tx, &g, NULL) != ERR_OK)
        return false;
    payment_link_put(&none, &b, &g.call, g.payment.id);
    return str_copy(buf_str(&b), dst, size);
}

/** A call that the carrier rings: what its addresses are made of changes no more. */
static bool place_and_ring(struct door *d, char *call) {
    char path[192], cursor[64] = "", text[64];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    enum call_status status = CALL_QUEUED;
    bool ok = door_place(d, "+12025550100", call);
    for (size_t i = 0; ok && status == CALL_QUEUED && i < 10; i++) {
        snprintf(path, sizeof path, "/api/calls/%s/events?wait_s=5%s%s", call,
                 cursor[0] ? "&cursor=" : "", cursor);
        DOOR_ASK(d, &r, .path = path);
        ok = r.status == 200 &&
             call_status_parse(str_z(door_text(&r, "call_status", text)), &status);
        door_text(&r, "next_cursor", cursor);
    }
    return ok && (status == CALL_DIALING || status == CALL_RINGING || status == CALL_ANSWERED);
}

TEST(payment, of_an_agent_is_told_how_it_ended) {
    char call[64], path[256], result[280];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=1\n"));
    REQUIRE(place_and_ring(&d, call));
    REQUIRE(give(&d, call, path, sizeof path));
    snprintf(result, sizeof result, "%s/result", path);
    DOOR_ASK(&d, &r, .path = result, .body = "{\"pay_result\":\"\"}");
    expect_refused(&r, 400, "invalid_request");
    DOOR_ASK(&d, &r, .path = result, .body = "{\"pay_result\":5");
    expect_refused(&r, 400, "invalid_request");
    DOOR_ASK(&d, &r, .path = result, .body = PAY_DECLINED);
    expect_refused(&r, 400, "invalid_request");
    for (int i = 0; i < 2; i++) {
        DOOR_ASK(&d, &r, .path = result,
                 .body = "{\"pay_result\":\"caller-interrupted-with-star\"}");
        EXPECT_INT(r.status, 200);
    }
    DOOR_ASK(&d, &r, .path = path, .body = PAY_GOOD);
    expect_refused(&r, 409, "not_payable");
    snprintf(path, sizeof path, "/api/calls/%s", call);
    DOOR_ASK(&d, &r, .path = path);
    EXPECT(strstr(r.body.ptr, "\"result\":\"caller-interrupted-with-star\"") != NULL);
    result[strlen(result) - strlen("/result") - 1] ^= 1;
    DOOR_ASK(&d, &r, .path = result, .body = "{\"pay_result\":\"success\"}");
    expect_refused(&r, 404, "unknown_payment");
    door_close(&d);
}

TEST(payment, of_a_call_opens_to_its_own_token_only) {
    char call[64], path[256], other[256], text[64];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=1\n"));
    REQUIRE(place_and_ring(&d, call));
    REQUIRE(give(&d, call, path, sizeof path) && give(&d, call, other, sizeof other));
    size_t end = strlen(path) - 1;
    char last = path[end];
    path[end] = last == '0' ? '1' : '0';
    DOOR_ASK(&d, &r, .path = path, .body = PAY_GOOD);
    expect_refused(&r, 404, "unknown_payment");
    path[end] = '\0'; /* one letter less */
    DOOR_ASK(&d, &r, .path = path, .body = PAY_GOOD);
    expect_refused(&r, 404, "unknown_payment");
    path[end] = last;
    char swapped[256]; /* the other payment's token */
    snprintf(swapped, sizeof swapped, "%.*s%s", (int)(strrchr(path, '/') - path), path,
             strrchr(other, '/'));
    DOOR_ASK(&d, &r, .path = swapped, .body = PAY_GOOD);
    expect_refused(&r, 404, "unknown_payment");
    DOOR_ASK(&d, &r, .path = path, .body = "{\"cardnumber\":\"" GOOD "\",\"amount\":\"50\"}");
    expect_refused(&r, 409, "not_payable");
    DOOR_ASK(&d, &r, .path = path,
             .body = "{\"cardnumber\":\"" GOOD "\",\"amount\":\"49.99\",\"currency\":\"eur\"}");
    expect_refused(&r, 409, "not_payable");
    DOOR_ASK(&d, &r, .path = path, .body = PAY_DECLINED);
    expect_refused(&r, 402, "card_declined");
    DOOR_ASK(&d, &r, .path = path, .body = PAY_GOOD);
    expect_charged(&r);
    char first[64];
    door_text(&r, "charge_id", first);
    DOOR_ASK(&d, &r, .path = path, .body = PAY_GOOD);
    EXPECT_STR(door_text(&r, "charge_id", text), first);
    DOOR_ASK(&d, &r, .path = path);
    EXPECT_INT(r.status, 405);
    door_close(&d);
}
