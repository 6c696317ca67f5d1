#include <dirent.h>
#include <stdio.h>

#include "tests/support/read_file.h"
#include "tests/unit/carrier/swml_box.h"

/* What SignalWire's own builders make (tests/vectors/swml): each call comes to its end, whoever
 * answers, and nothing in the documents is unknown to the box. */
#define FOLDER SWH_SOURCE_DIR "/tests/vectors/swml/documents/"

#define RESULTS SWH_SOURCE_DIR "/tests/vectors/swaig/function-results.json"
#define AGENT                                                                                      \
    SWML("{\"ai\":{\"prompt\":{\"text\":\"Hello.\"},\"SWAIG\":{\"functions\":[{\"function\":\"do_" \
         "it\","                                                                                   \
         "\"description\":\"Do it\",\"web_hook_url\":\"" BOX_APP "/swaig\"}]}}}")

static void expect_to_end(const char *name, const char *to) {
    struct buf document = BUF_INIT(1 << 20);
    struct box b;
    char path[1024];
    (void)snprintf(path, sizeof path, FOLDER "%s", name);
    REQUIRE(read_file(path, &document));
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

/** A call whose agent's function gets this reply. */
static void expect_reply_to_end(const char *id, const char *reply) {
    const struct box_page pages[] = {{.path = "/answer", .body = AGENT, .type = "application/json"},
                                     {.path = "/swaig", .body = reply, .type = "application/json"},
                                     {.path = NULL}};
    const struct box_options o = {.pages = pages, .seed = 7};
    struct box b;
    bool ok = swml_live_to(&b, &o, "+12025550108", "");
    test_check(ok && box_count(&b, "/swaig") == 1, __FILE__, __LINE__, id);
    box_release(&b);
}

TEST(swml_vectors, every_function_result_is_carried_out) {
    const struct json_limits limits = {.bytes_max = 1 << 20, .depth_max = 31, .values_max = 50000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    struct arena a = {0};
    REQUIRE(read_file(RESULTS, &text));
    REQUIRE(json_parse(buf_str(&text), &limits, &doc, NULL) == ERR_OK);
    const struct json *vectors = json_get(json_root(doc), "vectors");
    for (const struct json *v = json_first(vectors); v; v = json_next(v)) {
        const char *const names[] = {"emitted", "emitted_v3"};
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
            struct buf reply = BUF_INIT(1 << 16);
            if (json_type(json_get(v, names[i])) == JSON_OBJECT) {
                json_put_value(&reply, json_get(v, names[i]));
                expect_reply_to_end(arena_copy(&a, json_str(json_get(v, "id"))).ptr, reply.ptr);
            }
            buf_release(&reply);
        }
    }
    EXPECT(json_count(vectors) >= 70);
    arena_release(&a);
}
