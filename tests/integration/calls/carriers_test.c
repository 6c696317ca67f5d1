#include "providers/mock/carrier/carrier.h"
#include "tests/integration/calls/box_alone.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/*
 * The settings of each carrier, from .env to the end of a call: the same assistant, the carrier's
 * own dialect, its credentials and its signatures, against a box that was not started by us.
 */
static bool open_with(struct house *h, const struct box_alone *box, const struct box_wire *w) {
    struct buf b = BUF_INIT(4096);
    unsigned port = box_alone_find_port();
    box_alone_put_settings(box, w, NULL, NULL, &b);
    buf_printf(&b, "PUBLIC_BASE_URL=http://127.0.0.1:%u\nSWITCHHOOK_LISTEN=127.0.0.1:%u\n", port,
               port);
    bool ok = port != 0 && house_open(h, b.ptr);
    buf_release(&b);
    return ok;
}

TEST(carriers, the_same_assistant_talks_through_each_by_its_settings_alone) {
    for (size_t i = 0; i < BOX_WIRE_COUNT; i++) {
        struct box_alone box;
        struct house h;
        REQUIRE(box_alone_open(&box, box_wires[i].provider, ""));
        REQUIRE(open_with(&h, &box, &box_wires[i]));
        struct call c = house_wait_end(&h, house_place(&h, "+12025550100", CALL_DETECT_OFF));
        EXPECT_INT(c.status, CALL_COMPLETED);
        EXPECT_STR(c.provider, box_wires[i].provider);
        EXPECT_STR(c.outcome, "customer_qualified_transfer");
        EXPECT_INT(carrier_rings(box.box, STR("+12025550100")), 1);
        house_close(&h);
        box_alone_close(&box);
    }
}
