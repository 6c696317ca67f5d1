#include "tests/unit/carrier/swml_box.h"

#include <stdio.h>

bool swml_live_to(struct box *b, const struct box_options *o, const char *to, const char *more) {
    struct box_options options = *o;
    struct buf body = BUF_INIT(65536);
    options.dialect = "signalwire";
    if (!box_init(b, &options)) {
        box_release(b);
        return false;
    }
    buf_printf(&body,
               "{\"command\":\"dial\",\"params\":{\"from\":\"" BOX_FROM "\",\"to\":\"%s\","
               "\"url\":\"" BOX_APP "/answer\",\"status_url\":\"" BOX_APP "/status\","
               "\"status_events\":[\"answered\",\"ended\"]%s}}",
               to, more);
    struct box_reply r = box_ask(b, "POST", "/api/calling/calls", body.ptr);
    EXPECT_INT(r.status, 200);
    if (r.status != 200)
        EXPECT_STR(r.body, "");
    /* answered, then ended; far ends that the call has dialled have an end of their own before */
    bool ok = r.status == 200 && box_wait(b, "/status", 1) &&
              box_wait_ended(b, carrier_totals(b->carrier).created);
    box_reply_release(&r);
    buf_release(&body);
    return ok;
}

bool swml_live(struct box *b, const char *document) {
    const struct box_page pages[] = {
        {.path = "/answer", .body = document, .type = "application/json"}, {.path = NULL}};
    const struct box_options o = {.pages = pages, .seed = 7};
    bool ok = swml_live_to(b, &o, "+12025550100", "");
    b->pages = NULL; /* the table ends with this function */
    return ok;
}

const char *swml_told(struct box *b, const char *path, size_t n) {
    if (box_count(b, path) <= n) {
        test_check(false, __FILE__, __LINE__, path);
        return "";
    }
    return box_wait(b, path, n)->body;
}

const char *swml_at(struct arena *a, const char *json, const char *path) {
    const struct json_limits limits = {.bytes_max = 8 << 20, .depth_max = 31, .values_max = 100000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct str rest = str_z(path), name;
    if (json_parse(str_z(json), &limits, &doc, NULL) != ERR_OK)
        return "";
    const struct json *v = json_root(doc);
    while (v && str_next(&rest, '.', &name)) {
        uint64_t i;
        if (json_type(v) == JSON_ARRAY && str_to_u64(name, 1000, &i))
            for (v = json_first(v); v && i > 0; i--)
                v = json_next(v);
        else
            v = json_get(v, arena_copy(a, name).ptr);
    }
    if (json_type(v) == JSON_STRING)
        return arena_copy(a, json_str(v)).ptr;
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    if (v)
        json_put_value(&text, v);
    return arena_copy(a, buf_str(&text)).ptr;
}

void swml_expect_told(const char *document, const char *expected) {
    struct box b;
    if (swml_live(&b, document))
        EXPECT_STR(swml_told(&b, "/vars", 0), expected);
    box_release(&b);
}
