#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "twiml/twiml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read can be written, without a loss, and is read back the same. */
static void expect_to_come_back(const struct plan *p) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 22);
    CLEANUP(plan_release) struct plan back = {0};
    struct plan_loss_report loss = {0};
    struct error err = {0};
    enum error_code rc = twiml_write(p, &doc, &loss, &err);
    if (rc == ERR_LIMIT)
        return; /* escaping made it longer than a document may be */
    assert(rc == ERR_OK && loss.count == 0);
    rc = twiml_read(buf_str(&doc), &back, &loss, &err);
    assert(rc == ERR_OK && loss.count == 0);
    assert(plan_equal(p, &back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct plan p = {0};
    struct plan_loss_report loss = {0};
    static struct xml_report report;
    struct error err = {0}, again = {0};
    struct str text = str_from(data, size);
    enum error_code rc = twiml_read(text, &p, &loss, &err);
    enum error_code checked = twiml_check(text, &report, &again);
    if (rc != ERR_OK) {
        assert(p.count == 0 && err.text[0] && err.code == rc); /* every failure says why */
        assert(rc == ERR_INVALID || rc == ERR_LIMIT);
    } else {
        assert(checked == ERR_OK && p.count <= PLAN_STEPS_MAX);
        for (size_t i = 0; i < loss.count; i++)
            assert(loss.items[i].where[0] && loss.items[i].what[0]);
        expect_to_come_back(&p);
    }
    assert(checked == ERR_OK || again.text[0]);
    plan_release(&p);
    return 0;
}
