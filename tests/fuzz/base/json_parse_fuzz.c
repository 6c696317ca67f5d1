/* JSON: what is accepted is written so that it reads as the same; any bytes make a string. */
#include <assert.h>

#include "core/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Rewriting may lengthen a document: 1e9 becomes 1000000000. */
static const struct json_limits wide = {.bytes_max = 4000000};

static void check_tree(const struct json *v, size_t depth) {
    assert(json_type(v) != JSON_NONE && depth <= 16);
    assert(str_is_utf8(json_str(v)) && str_is_utf8(json_name(v)));
    size_t count = 0;
    for (const struct json *c = json_first(v); c; c = json_next(c), count++)
        check_tree(c, depth + 1);
    assert(count == json_count(v));
    int64_t n;
    if (json_int(v, -1000, 1000, &n))
        assert(json_type(v) == JSON_NUMBER && n >= -1000 && n <= 1000);
}

static void check_document(const struct json_doc *doc) {
    CLEANUP(buf_release) struct buf once = BUF_INIT(4000000), twice = BUF_INIT(4000000);
    check_tree(json_root(doc), 0);
    json_put_value(&once, json_root(doc));
    CLEANUP(json_doc_freep) struct json_doc *again = NULL;
    enum error_code rc = json_parse(buf_str(&once), &wide, &again, NULL);
    assert(rc == ERR_OK);
    json_put_value(&twice, json_root(again));
    assert(str_eq(buf_str(&once), buf_str(&twice)));
}

static void check_string(struct str bytes) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(4000000);
    buf_put_json(&text, bytes);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = json_parse(buf_str(&text), &wide, &doc, NULL);
    assert(rc == ERR_OK);
    assert(!str_is_utf8(bytes) || str_eq(json_str(json_root(doc)), bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = str_from(data, size);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct error err = {0};
    enum error_code rc = json_parse(text, NULL, &doc, &err);
    if (rc == ERR_OK) {
        check_document(doc);
    } else {
        assert((rc == ERR_INVALID || rc == ERR_LIMIT) && doc == NULL && err.code == rc);
        assert(str_starts(str_z(err.text), STR("line ")));
    }
    check_string(text);
    return 0;
}
