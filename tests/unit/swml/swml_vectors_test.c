#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "swml/swml.h"
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
    char path[1024], block[4096];
    (void)snprintf(path, sizeof path, DOCUMENTS "%s.json", name);
    FILE *f = fopen(path, "rb");
    buf_clear(to);
    if (!f)
        return (struct str){0};
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_put(to, block, n);
    (void)fclose(f);
    return buf_str(to);
}

/* ---- the same JSON, whatever the order of members -------------------------------------------- */

static bool same(const struct json *a, const struct json *b) {
    if (json_type(a) != json_type(b) || json_count(a) != json_count(b))
        return false;
    const struct json *y = json_first(b);
    for (const struct json *x = json_first(a); x; x = json_next(x), y = json_next(y)) {
        bool object = json_type(a) == JSON_OBJECT;
        if (!same(x, object ? json_get(b, json_name(x).ptr) : y))
            return false;
    }
    return json_count(a) > 0 ||
           (str_eq(json_str(a), json_str(b)) && json_double(a, 0) == json_double(b, 0) &&
            json_bool(a, false) == json_bool(b, false));
}

static bool same_text(struct str a, struct str b) {
    const struct json_limits limits = {
        .bytes_max = SWML_BYTES_MAX, .depth_max = SWML_DEPTH_MAX, .values_max = SWML_VALUES_MAX};
    CLEANUP(json_doc_freep) struct json_doc *left = NULL;
    CLEANUP(json_doc_freep) struct json_doc *right = NULL;
    return json_parse(a, &limits, &left, NULL) == ERR_OK &&
           json_parse(b, &limits, &right, NULL) == ERR_OK &&
           same(json_root(left), json_root(right));
}

/* ---------------------------------------------------------------------------------------------- */

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
        EXPECT_INT(same_text(doc, buf_str(&out)), documents[i].same_json);
        if (same_text(doc, buf_str(&out)) != documents[i].same_json || !plan_equal(&p, &back))
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
