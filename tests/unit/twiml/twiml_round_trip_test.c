#include <stdio.h>
#include <string.h>

#include "tests/support/plan_random.h"
#include "tests/support/test.h"
#include "tests/unit/twiml/xml_pair.h"
#include "twiml/twiml.h"

enum {
    PLANS = 10000
};

/* Members that TwiML has no words for, so that the rest has to come back unharmed. */
static void leave_out_the_unsayable(struct plan *p) {
    for (size_t i = 0; i < p->count; i++) {
        struct plan_step *s = &p->steps[i];
        if (s->kind == PLAN_START_RECORDING) {
            s->u.start_recording.format = (struct str){0};
            s->u.start_recording.beep = false;
        } else if (s->kind == PLAN_PAY) {
            s->u.pay.voice = (struct str){0};
            s->u.pay.action.method = PLAN_METHOD_DEFAULT;
        } else if (s->kind == PLAN_RECORD) {
            s->u.record.transcribe_to.method = PLAN_METHOD_DEFAULT;
        }
    }
}

static const struct xml_pair language = {twiml_write, twiml_read, twiml_check, 65536};

TEST(twiml_round_trip, a_written_plan_is_read_back_the_same) {
    struct plan_random r = plan_random_from(20261121);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    size_t same = 0, seen = 0;
    for (size_t i = 0; i < PLANS; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_random_make(&r, &p);
        leave_out_the_unsayable(&p);
        seen += p.count;
        bool ok = xml_pair_comes_back(&language, &p, &doc);
        EXPECT(ok);
        if (!ok)
            return;
        same++;
    }
    EXPECT_INT(same, PLANS);
    EXPECT(seen > 3 * PLANS);
}

TEST(twiml_round_trip, a_written_document_has_no_findings) {
    struct plan_random r = plan_random_from(7);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    for (size_t i = 0; i < 2000; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_random_make(&r, &p);
        bool clean = xml_pair_is_clean(&language, &p, &doc);
        EXPECT(clean);
        if (!clean)
            return;
    }
}
