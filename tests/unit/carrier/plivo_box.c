#include "tests/unit/carrier/plivo_box.h"

#include <sched.h>

#include "tests/support/test.h"

enum {
    LOOKS_MAX = 200000,
};

const char *plivo_path(struct arena *a, struct box *b, const char *behind) {
    struct str account = carrier_account(b->carrier).account;
    return arena_printf(a, "/v1/Account/" STR_FMT "%s", STR_ARG(account), behind).ptr;
}

struct box_reply plivo_rest(struct box *b, const char *method, const char *path, const char *json) {
    struct arena a = {0};
    struct box_reply r = box_ask(b, method, plivo_path(&a, b, path), json);
    arena_release(&a);
    return r;
}

bool plivo_box_init(struct box *b, const struct box_page *pages, const char *scenario,
                    double speed) {
    return box_init(b,
                    &(struct box_options){
                        .dialect = "plivo", .pages = pages, .scenario = scenario, .speed = speed});
}

bool plivo_call(struct box *b, const char *to, const char *more, char sid[37]) {
    struct arena a = {0};
    struct buf json = BUF_INIT(16384);
    buf_printf(&json,
               "{\"from\":\"12025550199\",\"to\":\"%s\",\"answer_url\":\"" BOX_APP "/answer\","
               "\"ring_url\":\"" BOX_APP "/ring\",\"hangup_url\":\"" BOX_APP "/hangup\"%s}",
               to, more);
    struct box_reply r = plivo_rest(b, "POST", "/Call/", json.ptr);
    EXPECT_INT(r.status, 201);
    bool ok = r.status == 201 && str_copy(str_z(box_json(&a, r.body, "request_uuid")), sid, 37);
    box_reply_release(&r);
    buf_release(&json);
    arena_release(&a);
    return ok;
}

bool plivo_live(struct box *b, const struct box_page *pages, const char *to, const char *more) {
    char sid[37];
    return plivo_box_init(b, pages, NULL, 0) && plivo_call(b, to, more, sid) &&
           box_wait_ended(b, 1);
}

bool plivo_wait_live(struct box *b, const char *sid) {
    struct arena a = {0};
    const char *path = arena_printf(&a, "/Call/%s/?status=live", sid).ptr;
    bool live = box_wait(b, "/answer", 0) != NULL;
    for (int i = 0; live && i < LOOKS_MAX; i++) {
        struct box_reply r = plivo_rest(b, "GET", path, NULL);
        bool there = r.status == 200 && strstr(r.body, "in-progress");
        box_reply_release(&r);
        if (there)
            break;
        sched_yield();
        live = i + 1 < LOOKS_MAX;
    }
    arena_release(&a);
    EXPECT(live);
    return live;
}

const char *plivo_ask(struct arena *a, struct box *b, const char *method, const char *path,
                      const char *json, int status) {
    struct box_reply r = plivo_rest(b, method, path, json);
    if (r.status != status)
        test_check_int(r.status, status, __FILE__, __LINE__, path);
    const char *body = arena_copy(a, str_z(r.body)).ptr;
    box_reply_release(&r);
    return body;
}

void plivo_expect(struct box *b, const char *method, const char *path, const char *json, int status,
                  const char *text) {
    struct arena a = {0};
    const char *body = plivo_ask(&a, b, method, path, json, status);
    if (!strstr(body, text))
        test_check_str(body, text, __FILE__, __LINE__, path);
    arena_release(&a);
}

const char *plivo_header(struct arena *a, const struct box_request *r, const char *name) {
    struct str rest = str_z(r ? r->headers : ""), line;
    while (rest.len > 0 && str_next(&rest, '\n', &line))
        if (str_starts(line, str_z(name)) && line.ptr[strlen(name)] == ':')
            return arena_copy(a, str_from_index(line, strlen(name) + 2)).ptr;
    return "";
}
