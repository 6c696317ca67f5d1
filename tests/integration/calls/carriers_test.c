#include <stdio.h>
#include <string.h>

#include "providers/mock/carrier/carrier.h"
#include "tests/integration/calls/box_alone.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/*
 * The settings of each carrier, from .env to the end of a call: the same assistant, the carrier's
 * own dialect, its credentials and its signatures, against a box that was not started by us.
 */
static const struct way {
    const char *dialect;
    const char *account, *token, *key, *number, *base_url; /* names of the settings; "": none */
    const char *more;
} ways[] = {
    {"twilio", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "", "TWILIO_PHONE_NUMBER",
     "TWILIO_API_BASE_URL", "TELEPHONY_PROVIDER=twilio\n"},
    {"plivo", "PLIVO_AUTH_ID", "PLIVO_AUTH_TOKEN", "", "PLIVO_PHONE_NUMBER", "PLIVO_API_BASE_URL",
     "TELEPHONY_PROVIDER=plivo\n"},
    {"signalwire", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "SIGNALWIRE_SIGNING_KEY",
     "SIGNALWIRE_PHONE_NUMBER", "SIGNALWIRE_API_BASE_URL",
     "TELEPHONY_PROVIDER=signalwire\nSIGNALWIRE_SPACE=example\n"},
    {"signalwire", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "SIGNALWIRE_SIGNING_KEY",
     "SIGNALWIRE_PHONE_NUMBER", "SIGNALWIRE_API_BASE_URL",
     "TELEPHONY_PROVIDER=signalwire\nSIGNALWIRE_SPACE=example\nSIGNALWIRE_MODE=compat\n"},
};

static void put_setting(struct buf *b, const char *name, struct str value) {
    if (name[0])
        buf_printf(b, "%s=" STR_FMT "\n", name, STR_ARG(value));
}

static bool open_with(struct house *h, const struct box_alone *box, const struct way *w) {
    struct carrier_account a = carrier_account(box->box);
    struct buf b = BUF_INIT(4096);
    unsigned port = box_alone_find_port();
    put_setting(&b, w->account, a.account);
    put_setting(&b, w->token, a.token);
    put_setting(&b, w->key, a.signing_key);
    put_setting(&b, w->number, a.number);
    put_setting(&b, w->base_url, str_z(box->url));
    buf_printf(&b, "%sPUBLIC_BASE_URL=http://127.0.0.1:%u\nSWITCHHOOK_LISTEN=127.0.0.1:%u\n",
               w->more, port, port);
    bool ok = port != 0 && house_open(h, b.ptr);
    buf_release(&b);
    return ok;
}

TEST(carriers, the_same_assistant_talks_through_each_by_its_settings_alone) {
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct box_alone box;
        struct house h;
        REQUIRE(box_alone_open(&box, ways[i].dialect));
        REQUIRE(open_with(&h, &box, &ways[i]));
        struct call c = house_wait_end(&h, house_place(&h, "+12025550100", CALL_DETECT_OFF));
        EXPECT_INT(c.status, CALL_COMPLETED);
        EXPECT_STR(c.provider, ways[i].dialect);
        EXPECT_STR(c.outcome, "customer_qualified_transfer");
        EXPECT_INT(carrier_rings(box.box, STR("+12025550100")), 1);
        house_close(&h);
        box_alone_close(&box);
    }
}
