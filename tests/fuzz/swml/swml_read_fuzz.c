#include <assert.h>
#include <stdint.h>

#include "swml/swml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read can be written and, when nothing is lost on the way, is read back the same. */
static void expect_to_come_back(const struct plan *p) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 22);
    CLEANUP(plan_release) struct plan back = {0};
    struct plan_loss_report written = {0}, read = {0};
    struct error err = {0};
    enum error_code rc = swml_write(p, NULL, &doc, &written, &err);
    if (rc == ERR_LIMIT)
        return; /* defaults that are said aloud made it longer than a document may be */
    assert(rc == ERR_OK);
    rc = swml_read(buf_str(&doc), &back, &read, &err);
    assert(rc == ERR_OK || rc == ERR_LIMIT);
    if (rc == ERR_OK && written.count == 0)
        assert(read.count == 0 && plan_equal(p, &back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_loss_report loss = {0};
    struct error err = {0};
    enum error_code rc = swml_read(str_from(data, size), &p, &loss, &err);
    if (rc != ERR_OK) {
        assert(p.count == 0 && err.text[0] && err.code == rc); /* every failure says why */
        assert(rc == ERR_INVALID || rc == ERR_LIMIT);
        return 0;
    }
    assert(p.count <= PLAN_STEPS_MAX);
    for (size_t i = 0; i < loss.count; i++)
        assert(loss.items[i].where[0] && loss.items[i].what[0]);
    expect_to_come_back(&p);
    return 0;
}
