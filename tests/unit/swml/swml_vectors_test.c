#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "swml/swml.h"
#include "tests/support/json_same.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

/* Documents that the carrier's own builders make; tests/vectors/swml says how. */
#define DOCUMENTS SWH_SOURCE_DIR "/tests/vectors/swml/documents/"

static const struct {
    const char *name;
    bool same_json; /* reading and writing gives the same JSON, not only the same plan */
} documents[] = {
    {"payment-agent", true},
    {"agent", true},
    {"builder-ai", true},
    {"builder-say-hangup", true},
    {"service-flow", true},
    {"service-sections", true},
    {"service-record-connect", false},   /* a leg's own timeout has no place in a plan */
    {"service-voicemail", false},        /* a message's format has none either */
    {"service-menu", false},             /* waits that are the carrier's defaults */
    {"service-specialities", false},     /* sleep is written as silence */
    {"function-pay", false},             /* strings become numbers */
    {"function-record-call", false},     /* defaults that were said aloud */
    {"function-join-conference", false}, /* the short form becomes the long one */
    {"function-connect", false},         /* answered first */
    {"function-tap", false},
    {"function-sip-refer", false},
    {"function-rpc", true},
};

static struct str load(const char *name, struct buf *to) {
    char path[1024];
    (void)snprintf(path, sizeof path, DOCUMENTS "%s.json", name);
    buf_clear(to);
    return read_file(path, to) ? buf_str(to) : (struct str){0};
}

TEST(swml_vectors, read_and_written_a_document_means_the_same) {
    CLEANUP(buf_release) struct buf file = BUF_INIT(1 << 20);
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        CLEANUP(plan_release) struct plan back = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        struct str doc = load(documents[i].name, &file);
        REQUIRE(doc.len > 0);
        EXPECT_INT(swml_read(doc, &p, &loss, &err), ERR_OK);
        for (size_t k = 0; k < loss.count; k++)
            EXPECT(loss.items[k].kind != PLAN_LOSS_REFUSED);
        buf_clear(&out);
        EXPECT_INT(swml_write(&p, NULL, &out, NULL, &err), ERR_OK);
        EXPECT_INT(swml_read(buf_str(&out), &back, NULL, &err), ERR_OK);
        EXPECT(plan_equal(&p, &back));
        EXPECT_INT(json_same_text(doc, buf_str(&out)), documents[i].same_json);
        if (json_same_text(doc, buf_str(&out)) != documents[i].same_json || !plan_equal(&p, &back))
            printf("%s: %s\n", documents[i].name, out.ptr);
    }
}

TEST(swml_vectors, as_a_raw_step_a_document_goes_out_as_it_came) {
    CLEANUP(buf_release) struct buf file = BUF_INIT(1 << 20);
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        struct str doc = load(documents[i].name, &file);
        REQUIRE(doc.len > 0);
        plan_add(&p, PLAN_RAW)->u.raw = (struct plan_raw){STR("swml"), doc};
        buf_clear(&out);
        EXPECT_INT(swml_write(&p, NULL, &out, &loss, &err), ERR_OK);
        EXPECT(str_eq(doc, buf_str(&out)));
        EXPECT_INT(loss.count, 0);
    }
}
