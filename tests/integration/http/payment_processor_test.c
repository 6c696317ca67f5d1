/* A payment processor on the wire, on its bad days: what may have been charged is uncertain. */
#include "core/base/compiler.h"
#include "core/io/payment_http.h"
#include "tests/integration/http/client_rig.h"
#include "tests/support/test.h"
#include "tests/support/wire.h"

/* timeout_ms 0: all the time that a busy machine may need. */
static enum error_code charge(struct client_rig *r, uint32_t timeout_ms, struct payment_reply *out,
                              struct error *err) {
    struct payment_card card = {0};
    EXPECT(secret_system_init());
    secret_set(&card.number, STR("4111111111111111"));
    struct payment_http_options o = {.http = r->client,
                                     .url = str_z(r->url),
                                     .timeout_ms = timeout_ms > 0 ? timeout_ms : WIRE_WAIT_MS};
    struct payment_gateway *g = payment_http_new(&o);
    struct payment_request req = {
        .card = &card, .amount = "49.99", .currency = "usd", .idempotency_key = STR("pay_1-1")};
    enum error_code rc = payment_charge(g, &req, out, err);
    payment_gateway_free(g);
    payment_card_release(&card);
    return rc;
}

TEST(payment_processor, that_breaks_off_leaves_it_uncertain_and_is_asked_once) {
    static const struct peer_step scripts[][1][PEER_STEPS_MAX] = {
        {{{PEER_READ, NULL}, {PEER_END, NULL}}},
        {{{PEER_READ, NULL}, {PEER_RESET, NULL}}},
        {{{PEER_READ, NULL},
          {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"charge_id\":\"ch_1\"}"},
          {PEER_END, NULL}}},
        {{{PEER_READ, NULL},
          {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"},
          {PEER_FLOOD, "{\"charge_id\":\"ch_1\"}         "}}},
    };
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        struct client_rig r;
        struct payment_reply reply = {0};
        struct error err = {0};
        client_rig_start(&r, scripts[i], 1);
        EXPECT_INT(charge(&r, 0, &reply, &err), ERR_UNCERTAIN);
        EXPECT(!reply.charge_id[0] && err.text[0]);
        EXPECT_INT(r.peer.requests, 1);
        client_rig_end(&r);
        peer_release(&r.peer);
    }
}

TEST(payment_processor, that_does_not_answer_in_time_leaves_it_uncertain_too) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL}, {PEER_HOLD, NULL}}};
    unsigned requests = 0;
    /* on a busy machine the time may be up before the request has left: then nothing is in doubt */
    for (uint32_t ms = 200; requests == 0 && ms < WIRE_WAIT_MS; ms *= 2) {
        struct client_rig r;
        struct payment_reply reply = {0};
        struct error err = {0};
        client_rig_start(&r, script, 1);
        enum error_code rc = charge(&r, ms, &reply, &err);
        client_rig_end(&r);
        requests = r.peer.requests;
        if (requests > 0)
            EXPECT_INT(rc, ERR_UNCERTAIN);
        EXPECT(!reply.charge_id[0] && err.text[0]);
        peer_release(&r.peer);
    }
    EXPECT_INT(requests, 1);
}

TEST(payment_processor, that_answers_in_time_charges) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL},
         {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"charge_id\":\"ch_1\"}"}}};
    struct client_rig r;
    struct payment_reply reply = {0};
    client_rig_start(&r, script, 1);
    EXPECT_INT(charge(&r, 0, &reply, NULL), ERR_OK);
    EXPECT_STR(reply.charge_id, "ch_1");
    client_rig_end(&r);
    EXPECT(str_find_str(buf_str(&r.peer.seen), STR("Idempotency-Key: pay_1-1\r\n")) <
           r.peer.seen.len);
    peer_release(&r.peer);
}
