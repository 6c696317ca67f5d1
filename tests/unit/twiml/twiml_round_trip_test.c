#include <stdio.h>
#include <string.h>

#include "tests/support/plan_random.h"
#include "tests/support/test.h"
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

static bool comes_back(const struct plan *p, struct buf *doc) {
    struct plan_loss_report loss = {0};
    struct error err = {0};
    CLEANUP(plan_release) struct plan back = {0};
    buf_clear(doc);
    if (twiml_write(p, doc, &loss, &err) != ERR_OK || loss.count > 0) {
        printf("not written: %s%s %s\n", err.text, loss.items[0].where, loss.items[0].what);
        return false;
    }
    if (twiml_read(buf_str(doc), &back, &loss, &err) != ERR_OK || loss.count > 0) {
        printf("not read: %s%s %s\n%s\n", err.text, loss.items[0].where, loss.items[0].what,
               doc->ptr);
        return false;
    }
    if (plan_equal(p, &back))
        return true;
    printf("came back changed:\n%s\n", doc->ptr);
    return false;
}

TEST(twiml_round_trip, a_written_plan_is_read_back_the_same) {
    struct plan_random r = plan_random_from(20261121);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    size_t same = 0, seen = 0;
    for (size_t i = 0; i < PLANS; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_random_make(&r, &p);
        leave_out_the_unsayable(&p);
        seen += p.count;
        bool ok = comes_back(&p, &doc);
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
        struct xml_report report = {0};
        struct error err = {0};
        plan_random_make(&r, &p);
        buf_clear(&doc);
        REQUIRE(twiml_write(&p, &doc, NULL, &err) == ERR_OK);
        REQUIRE(twiml_check(buf_str(&doc), &report, &err) == ERR_OK);
        size_t warnings = 0;
        for (size_t f = 0; f < report.count; f++)
            warnings += report.items[f].severity != XML_NOTE;
        EXPECT_INT(warnings, 0);
        if (warnings > 0) {
            printf("%s.%s: %s\n%s\n", report.items[0].element, report.items[0].attribute,
                   report.items[0].text, doc.ptr);
            return;
        }
    }
}
