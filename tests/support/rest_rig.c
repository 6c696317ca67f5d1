#include "tests/support/rest_rig.h"

#include "tests/support/test.h"

struct rest_request rig_request(void) {
    return (struct rest_request){.url = BUF_INIT(8192), .body = BUF_INIT(8192)};
}

void rig_drop_request(struct rest_request *r) {
    buf_release(&r->url);
    buf_release(&r->body);
    *r = rig_request();
}

void rig_expect_request(struct rest_request *r, enum error_code rc, const char *method,
                        const char *url, const char *body_type, const char *body) {
    EXPECT_INT(rc, ERR_OK);
    EXPECT_STR(r->method, method);
    EXPECT_STR(r->url.ptr, url);
    EXPECT_STR(r->body.ptr, body);
    EXPECT_STR(r->body_type, body ? body_type : NULL);
    rig_drop_request(r);
}

struct provider_place rig_place(void) {
    return (struct provider_place){
        .to = STR("+12025550100"),
        .answer_url = STR("https://gw.example.com/a"),
        .ring_timeout_s = 60,
        .time_limit_s = 3600,
    };
}

struct reading rig_read(const struct rest_dialect *d, const struct rest_account *a,
                        enum webhook_kind kind, const char *form) {
    struct reading r = {.news = {.status = CALL_UNKNOWN}};
    struct form f = {0};
    const struct webhook_request req = {.kind = kind};
    r.rc = form_parse(&r.arena, str_z(form), &f, &r.err);
    if (r.rc == ERR_OK)
        r.rc = d->parse_webhook(a, &req, &f, &r.arena, &r.news, &r.err);
    return r;
}

void rig_drop_reading(struct reading *r) {
    arena_release(&r->arena);
}
