#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "twiml/plivoxml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * What was read can be written, as a document that the carrier takes. Only what other elements
 * could hold (a hundred keys, a minute between two) is said another way; else it comes back the
 * same.
 */
static void expect_to_come_back(const struct plan *p) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 22);
    CLEANUP(plan_release) struct plan back = {0};
    struct plan_loss_report said = {0}, loss = {0};
    struct error err = {0};
    enum error_code rc = plivoxml_write(p, &doc, &said, &err);
    if (rc == ERR_LIMIT)
        return; /* escaping, or saying defaults aloud, made it longer than a document may be */
    assert(rc == ERR_OK);
    for (size_t i = 0; i < said.count; i++)
        assert(said.items[i].kind == PLAN_LOSS_REPLACED);
    rc = plivoxml_read(buf_str(&doc), &back, &loss, &err);
    assert(rc == ERR_OK);
    assert(said.count > 0 || (loss.count == 0 && plan_equal(p, &back)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct plan p = {0};
    struct plan_loss_report loss = {0};
    static struct xml_report report;
    struct error err = {0}, again = {0};
    struct str text = str_from(data, size);
    enum error_code rc = plivoxml_read(text, &p, &loss, &err);
    enum error_code checked = plivoxml_check(text, &report, &again);
    if (rc != ERR_OK) {
        assert(p.count == 0 && err.text[0] && err.code == rc); /* every failure says why */
        assert(rc == ERR_INVALID || rc == ERR_LIMIT);
    } else {
        assert(checked == ERR_OK && p.count <= PLAN_STEPS_MAX);
        for (size_t i = 0; i < report.count; i++)
            assert(report.items[i].severity != XML_ERROR);
        for (size_t i = 0; i < loss.count; i++)
            assert(loss.items[i].where[0] && loss.items[i].what[0]);
        expect_to_come_back(&p);
    }
    assert(checked == ERR_OK || again.text[0]);
    plan_release(&p);
    return 0;
}
