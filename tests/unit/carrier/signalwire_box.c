#include "tests/unit/carrier/signalwire_box.h"

#include "core/base/json.h"
#include "tests/support/test.h"

bool signalwire_init(struct box *b, const struct box_page *pages, const char *scenario) {
    const struct box_options o = {.dialect = "signalwire", .pages = pages, .scenario = scenario};
    return box_init(b, &o);
}

struct box_reply signalwire_post(struct box *b, const char *body) {
    return box_ask(b, "POST", "/api/calling/calls", body);
}

void signalwire_command(struct box *b, const char *id, const char *command, const char *params,
                        int status, const char *code) {
    struct arena a = {0};
    struct str body =
        arena_printf(&a, "{\"command\":\"%s\",\"id\":\"%s\",\"params\":%s}", command, id, params);
    struct box_reply r = signalwire_post(b, body.ptr);
    EXPECT_INT(r.status, status);
    if (status == 422)
        EXPECT_STR(at(&a, r.body, "errors.0.code"), code);
    else if (status == 200)
        EXPECT_STR(at(&a, r.body, "id"), id);
    box_reply_release(&r);
    arena_release(&a);
}

bool signalwire_dial(struct box *b, const char *to, const char *more, char id[37]) {
    struct arena a = {0};
    struct str body =
        arena_printf(&a,
                     "{\"command\":\"dial\",\"params\":{\"from\":\"" BOX_FROM "\",\"to\":\"%s\",%s,"
                     "\"status_url\":\"" BOX_APP "/status\"," ALL_EVENTS "}}",
                     to, more[0] ? more : "\"url\":\"" BOX_APP "/answer\"");
    struct box_reply r = signalwire_post(b, body.ptr);
    EXPECT_INT(r.status, 200);
    bool ok = str_copy(str_z(at(&a, r.body, "id")), id, 37) && r.status == 200;
    box_reply_release(&r);
    arena_release(&a);
    return ok;
}

struct box_reply signalwire_laml(struct box *b, const char *method, const char *path,
                                 const char *form) {
    struct buf target = BUF_INIT(4096);
    buf_printf(&target, "/api/laml/2010-04-01/Accounts/" STR_FMT "%s",
               STR_ARG(carrier_account(b->carrier).account), path);
    struct box_reply r = box_ask(b, method, target.ptr, form);
    buf_release(&target);
    return r;
}

static const struct json *child(const struct json *v, struct str name) {
    uint64_t index;
    if (json_type(v) == JSON_ARRAY && str_to_u64(name, 1000, &index)) {
        const struct json *i = json_first(v);
        while (i && index-- > 0)
            i = json_next(i);
        return i;
    }
    for (const struct json *m = json_first(v); m; m = json_next(m))
        if (str_eq(json_name(m), name))
            return m;
    return NULL;
}

const char *at(struct arena *a, const char *body, const char *path) {
    const struct json_limits limits = {.bytes_max = 8 << 20, .values_max = 100000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct str rest = str_z(path), name;
    if (json_parse(str_z(body), &limits, &doc, NULL) != ERR_OK)
        return "";
    const struct json *v = json_root(doc);
    while (v && rest.len > 0 && str_next(&rest, '.', &name))
        v = child(v, name);
    if (json_type(v) == JSON_STRING)
        return arena_copy(a, json_str(v)).ptr;
    struct buf text = BUF_INIT(1 << 20);
    if (v)
        json_put_value(&text, v);
    const char *out = arena_copy(a, buf_str(&text)).ptr;
    buf_release(&text);
    return out;
}

const char *signalwire_states(struct arena *a, struct box *b) {
    struct buf out = BUF_INIT(4096);
    size_t count = box_count(b, "/status");
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s", i > 0 ? " " : "",
                   at(a, box_wait(b, "/status", i)->body, "params.call_state"));
    const char *states = arena_copy(a, buf_str(&out)).ptr;
    buf_release(&out);
    return states;
}

const char *header_of(struct arena *a, const struct box_request *r, const char *name) {
    struct str rest = str_z(r ? r->headers : ""), line;
    while (rest.len > 0 && str_next(&rest, '\n', &line))
        if (str_starts(line, str_z(name)) && line.ptr[strlen(name)] == ':')
            return arena_copy(a, str_from_index(line, strlen(name) + 2)).ptr;
    return "";
}
