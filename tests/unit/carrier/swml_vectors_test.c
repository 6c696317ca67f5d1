#include <dirent.h>
#include <stdio.h>

#include "tests/unit/carrier/swml_box.h"

/* What SignalWire's own builders make (tests/vectors/swml): each call comes to its end, whoever
 * answers, and nothing in the documents is unknown to the box. */
#define FOLDER SWH_SOURCE_DIR "/tests/vectors/swml/documents/"

static bool read_file(const char *name, struct buf *out) {
    char path[1024], bytes[4096];
    (void)snprintf(path, sizeof path, FOLDER "%s", name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, f)) > 0;)
        buf_put(out, bytes, n);
    (void)fclose(f);
    return !buf_failed(out);
}

static void expect_to_end(const char *name, const char *to) {
    struct buf document = BUF_INIT(1 << 20);
    struct box b;
    REQUIRE(read_file(name, &document));
    const struct box_page pages[] = {
        {.path = "/answer", .body = document.ptr, .type = "application/json"}, {.path = NULL}};
    const struct box_options o = {.pages = pages, .seed = 7};
    bool ok = swml_live_to(&b, &o, to, "");
    test_check(ok && box_count(&b, "/status") == 2, __FILE__, __LINE__, name);
    box_release(&b);
    buf_release(&document);
}

TEST(swml_vectors, every_document_comes_to_its_end) {
    static const char *const callees[] = {"+12025550100", "+12025550104", "+12025550105",
                                          "+12025550108", "+12025550110", "+12025550115"};
    DIR *d = opendir(FOLDER);
    size_t documents = 0;
    REQUIRE(d);
    for (const struct dirent *e; (e = readdir(d));) {
        if (!strstr(e->d_name, ".json"))
            continue;
        documents++;
        for (size_t i = 0; i < ARRAY_LEN(callees); i++)
            expect_to_end(e->d_name, callees[i]);
    }
    (void)closedir(d);
    EXPECT(documents >= 10);
}
