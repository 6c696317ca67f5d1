#include <stdio.h>

#include "core/base/compiler.h"
#include "core/base/mem.h"
#include "providers/mock/carrier/carrier.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

enum {
    WAIT_LIMIT_MS = 60000
};

/* Somebody calls: each wire from the number's address to the end of the call. */

static const struct wire {
    const char *dialect;
    bool tells_end; /* the number's status address is asked for, and needs no credentials */
} wires[] = {{"twilio", true}, {"plivo", true}, {"signalwire", false}, {"signalwire-compat", true}};

static bool open_with(struct house *h, const struct wire *w) {
    char settings[160];
    snprintf(settings, sizeof settings,
             "MOCK_SPEED=0\nMOCK_DIALECT=%s\nSWITCHHOOK_INBOUND_ASSISTANT=debt-intake\n",
             w->dialect);
    return house_open(h, settings);
}

/* The call's sid at the carrier. */
static void call_in(struct house *h, const struct wire *w, const char *from,
                    char sid[CARRIER_SID_SIZE]) {
    char url[256], status_url[256];
    snprintf(url, sizeof url, "%s/voice/mock/inbound", gateway_url(h->gateway));
    snprintf(status_url, sizeof status_url, "%s/voice/mock/status", gateway_url(h->gateway));
    const struct carrier_inbound in = {.from = str_z(from),
                                       .url = str_z(url),
                                       .status_url = str_z(w->tells_end ? status_url : ""),
                                       .compat = strcmp(w->dialect, "signalwire-compat") == 0};
    EXPECT_INT(carrier_call_in(gateway_carrier(h->gateway), &in, sid, NULL), ERR_OK);
}

struct look {
    const char *sid;
    struct arena arena;
    struct call call;
    struct info *infos;
    size_t info_count;
    struct consent *consents;
    size_t consent_count;
};

static enum error_code look_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct look *l = ctx;
    enum error_code rc = store_get_call_by_sid(tx, STR("mock"), str_z(l->sid), &l->call, err);
    if (rc != ERR_OK)
        return rc == ERR_NOT_FOUND ? ERR_OK : rc;
    rc = store_list_info(tx, &(struct info_filter){.limit = 100}, &l->arena, &l->infos,
                         &l->info_count, err);
    return rc == ERR_OK ? store_list_consents(tx, &(struct consent_filter){.limit = 100}, &l->arena,
                                              &l->consents, &l->consent_count, err)
                        : rc;
}

static void look(struct house *h, struct look *l) {
    arena_release(&l->arena);
    EXPECT_INT(store_read(gateway_engine(h->gateway)->store, look_tx, l, NULL), ERR_OK);
}

/* The box tells nothing of some ends: then the carrier is asked every ten seconds. */
static void wait_end(struct house *h, struct look *l) {
    int64_t end = clock_mono_ms(&h->system) + WAIT_LIMIT_MS;
    while (l->call.id == 0 && clock_mono_ms(&h->system) < end) {
        struct timespec ms = {.tv_nsec = 1000000};
        look(h, l);
        nanosleep(&ms, NULL);
    }
    while (l->call.id && !call_status_is_final(l->call.status) && clock_mono_ms(&h->system) < end) {
        (void)house_wait_news(h, l->call.id);
        if (l->call.outcome[0])
            house_pass(h, 11000);
        look(h, l);
    }
}

TEST(inbound, a_caller_is_answered_by_the_assistant_on_every_wire) {
    for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
        struct house h;
        char sid[CARRIER_SID_SIZE];
        REQUIRE(open_with(&h, &wires[i]));
        call_in(&h, &wires[i], "+12025550100", sid);
        struct look l = {.sid = sid};
        wait_end(&h, &l);
        test_check(l.call.status == CALL_COMPLETED, __FILE__, __LINE__, wires[i].dialect);
        EXPECT_STR(l.call.outcome, "customer_qualified_transfer");
        EXPECT(l.call.inbound && l.call.answered_ms > 0);
        EXPECT_STR(l.call.from, "+12025550100");
        EXPECT_STR(l.call.to, "+12025550199");
        EXPECT_STR(l.call.assistant, "debt-intake");
        EXPECT(l.info_count > 3);
        for (size_t k = 0; k < l.info_count; k++)
            EXPECT(str_eq_z(l.infos[k].caller_id, "+12025550100"));
        REQUIRE(l.consent_count == 1);
        EXPECT(str_eq_z(l.consents[0].caller, "+12025550100"));
        EXPECT_INT(l.consents[0].answer, CONSENT_GIVEN);
        arena_release(&l.arena);
        house_close(&h);
    }
}

TEST(inbound, without_an_assistant_for_the_number_the_caller_is_rejected_on_every_wire) {
    for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
        struct house h;
        char sid[CARRIER_SID_SIZE], settings[96];
        snprintf(settings, sizeof settings, "MOCK_SPEED=0\nMOCK_DIALECT=%s\n", wires[i].dialect);
        REQUIRE(house_open(&h, settings));
        call_in(&h, &wires[i], "+12025550100", sid);
        struct carrier *box = gateway_carrier(h.gateway);
        for (int k = 0; k < WAIT_LIMIT_MS && carrier_totals(box).settled == 0; k++) {
            struct timespec ms = {.tv_nsec = 1000000};
            nanosleep(&ms, NULL);
        }
        EXPECT_INT(carrier_totals(box).ended, 1);
        struct look l = {.sid = sid};
        look(&h, &l);
        EXPECT_INT(l.call.id, 0);
        arena_release(&l.arena);
        house_close(&h);
    }
}
