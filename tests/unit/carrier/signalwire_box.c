#include "tests/unit/carrier/signalwire_box.h"

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
        EXPECT_STR(swml_at(&a, r.body, "errors.0.code"), code);
    else if (status == 200)
        EXPECT_STR(swml_at(&a, r.body, "id"), id);
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
    bool ok = str_copy(str_z(swml_at(&a, r.body, "id")), id, 37) && r.status == 200;
    box_reply_release(&r);
    arena_release(&a);
    return ok;
}

struct box_reply signalwire_laml_ask(struct box *b, const char *method, const char *path,
                                     const char *form) {
    struct buf target = BUF_INIT(4096);
    buf_printf(&target, "/api/laml/2010-04-01/Accounts/" STR_FMT "%s",
               STR_ARG(carrier_account(b->carrier).account), path);
    struct box_reply r = box_ask(b, method, target.ptr, form);
    buf_release(&target);
    return r;
}

const char *signalwire_states(struct arena *a, struct box *b) {
    struct buf out = BUF_INIT(4096);
    size_t count = box_count(b, "/status");
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s", i > 0 ? " " : "",
                   swml_at(a, box_wait(b, "/status", i)->body, "params.call_state"));
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
