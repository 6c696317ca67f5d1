/* The wrappers of the provider port: what callers may rely on with every carrier. */
#include "core/domain/provider_impl.h"
#include "tests/support/test.h"

/** A provider that writes its outputs even when it fails, as a careless one might. */
struct careless {
    struct provider base;
    enum error_code rc;
    enum provider_outcome outcome;
    const char *sid;
    unsigned asked;
};

static struct careless *careless_from(struct provider *p) {
    return container_of(p, struct careless, base);
}

static void destroy(struct provider *p) {
    (void)p;
}

static enum provider_outcome place(struct provider *p, const struct provider_place *req,
                                   struct provider_call *out, struct error *err) {
    (void)req, (void)err;
    careless_from(p)->asked++;
    EXPECT(str_copy(str_z(careless_from(p)->sid), out->sid, sizeof out->sid));
    return careless_from(p)->outcome;
}

static enum error_code end(struct provider *p, struct str sid, struct error *err) {
    (void)sid, (void)err;
    careless_from(p)->asked++;
    return careless_from(p)->rc;
}

static enum error_code look_up(struct provider *p, struct str sid, struct provider_call *out,
                               struct error *err) {
    (void)sid, (void)err;
    out->status = CALL_BUSY;
    return careless_from(p)->rc;
}

static enum error_code read_webhook(struct provider *p, const struct webhook_request *req,
                                    struct arena *a, struct webhook_news *out, struct error *err) {
    (void)req, (void)a, (void)err;
    out->status = CALL_BUSY;
    return careless_from(p)->rc;
}

static enum error_code render(struct provider *p, const struct plan *plan, struct buf *out,
                              struct plan_loss_report *loss, struct error *err) {
    (void)p, (void)plan, (void)out, (void)loss, (void)err;
    return ERR_OK;
}

static const struct provider_ops ops = {
    .destroy = destroy,
    .place_call = place,
    .end_call = end,
    .look_up = look_up,
    .read_webhook = read_webhook,
    .render_plan = render,
};
static const struct provider_desc able = {
    .name = "careless",
    .caps = PROVIDER_CAP_PLACE | PROVIDER_CAP_END | PROVIDER_CAP_LOOKUP,
    .document_type = "text/plain",
    .base_url = "",
};
static const struct provider_desc unable = {
    .name = "unable", .document_type = "text/plain", .base_url = ""};

static const struct provider_place plain = {
    .to = STR_INIT("+12025550100"), .ring_timeout_s = 60, .time_limit_s = 60};

TEST(provider, a_capability_that_is_missing_is_answered_without_asking) {
    struct careless c = {0};
    struct provider_call call = {.sid = "before"};
    struct error err;
    char text[8];
    provider_init(&c.base, &ops, &unable);
    EXPECT_INT(provider_place_call(&c.base, &plain, &call, &err), PROVIDER_REFUSED);
    EXPECT_INT(err.code, ERR_UNSUPPORTED);
    EXPECT_INT(provider_end_call(&c.base, STR("x"), &err), ERR_UNSUPPORTED);
    EXPECT_INT(provider_redirect_call(&c.base, STR("x"), STR("y"), &err), ERR_UNSUPPORTED);
    EXPECT_INT(provider_look_up(&c.base, STR("x"), &call, &err), ERR_UNSUPPORTED);
    EXPECT_INT(provider_delete_recording(&c.base, STR("x"), STR("y"), &err), ERR_UNSUPPORTED);
    EXPECT_INT(provider_check(&c.base, text, sizeof text, &err), ERR_UNSUPPORTED);
    EXPECT_INT(c.asked, 0);
    EXPECT_STR(call.sid, "before");
}

TEST(provider, a_call_that_needs_more_than_the_carrier_can_is_not_placed) {
    struct careless c = {.outcome = PROVIDER_PLACED, .sid = "x"};
    struct provider_call call;
    struct error err;
    struct provider_place p = plain;
    provider_init(&c.base, &ops, &able);
    p.detection = CALL_DETECT_START;
    EXPECT_INT(provider_place_call(&c.base, &p, &call, &err), PROVIDER_REFUSED);
    p = plain;
    p.record = true;
    EXPECT_INT(provider_place_call(&c.base, &p, &call, &err), PROVIDER_REFUSED);
    EXPECT_INT(err.code, ERR_UNSUPPORTED);
    EXPECT_INT(c.asked, 0);
}

TEST(provider, nothing_is_written_unless_the_call_was_placed) {
    static const enum provider_outcome others[] = {PROVIDER_REFUSED, PROVIDER_THROTTLED,
                                                   PROVIDER_NOT_SENT, PROVIDER_UNCERTAIN};
    struct careless c = {.sid = "written"};
    provider_init(&c.base, &ops, &able);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct provider_call call = {.sid = "before"};
        c.outcome = others[i];
        EXPECT_INT(provider_place_call(&c.base, &plain, &call, NULL), others[i]);
        EXPECT_STR(call.sid, "before");
    }
}

TEST(provider, a_placed_call_without_an_id_is_uncertain) {
    struct careless c = {.outcome = PROVIDER_PLACED, .sid = ""};
    struct provider_call call = {.sid = "before"};
    struct error err;
    provider_init(&c.base, &ops, &able);
    EXPECT_INT(provider_place_call(&c.base, &plain, &call, &err), PROVIDER_UNCERTAIN);
    EXPECT_INT(err.code, ERR_UNCERTAIN);
    EXPECT_STR(call.sid, "before");
}

TEST(provider, outputs_stay_untouched_on_failure) {
    struct careless c = {.rc = ERR_UPSTREAM};
    struct provider_call call = {.status = CALL_RINGING};
    struct webhook_news news = {.status = CALL_RINGING};
    struct webhook_request req = {0};
    provider_init(&c.base, &ops, &able);
    EXPECT_INT(provider_look_up(&c.base, STR("x"), &call, NULL), ERR_UPSTREAM);
    EXPECT_INT(call.status, CALL_RINGING);
    EXPECT_INT(provider_read_webhook(&c.base, &req, NULL, &news, NULL), ERR_UPSTREAM);
    EXPECT_INT(news.status, CALL_RINGING);
}

TEST(provider, an_id_is_neither_empty_nor_endless) {
    static char endless[CALL_SID_SIZE];
    struct careless c = {0};
    struct error err;
    memset(endless, 'x', sizeof endless);
    provider_init(&c.base, &ops, &able);
    EXPECT_INT(provider_end_call(&c.base, STR(""), &err), ERR_INVALID);
    EXPECT_INT(provider_end_call(&c.base, str_from(endless, sizeof endless), &err), ERR_INVALID);
    EXPECT_STR(err.field, "call_sid");
    EXPECT_INT(c.asked, 0);
    EXPECT_INT(provider_end_call(&c.base, str_from(endless, sizeof endless - 1), &err), ERR_OK);
}

TEST(provider, every_capability_and_every_kind_of_webhook_has_a_name) {
    for (unsigned i = 0; i < PROVIDER_CAP_COUNT; i++)
        EXPECT(!str_eq_z(STR("unknown"), provider_cap_name((enum provider_cap)BIT(i))));
    EXPECT_STR(provider_cap_name((enum provider_cap)BIT(PROVIDER_CAP_COUNT)), "unknown");
    EXPECT_STR(provider_cap_name(PROVIDER_CAP_RECORD_PAUSE), "record_pause");
    EXPECT_STR(provider_cap_name(PROVIDER_CAP_STREAM), "stream");
    for (unsigned k = WEBHOOK_NONE + 1; k < WEBHOOK_KIND_COUNT; k++) {
        enum webhook_kind got = WEBHOOK_NONE;
        EXPECT(webhook_kind_parse(str_z(webhook_kind_name((enum webhook_kind)k)), &got));
        EXPECT_INT(got, k);
    }
    enum webhook_kind got = WEBHOOK_STATUS;
    EXPECT(!webhook_kind_parse(STR("none"), &got));
    EXPECT(!webhook_kind_parse(STR("Status"), &got));
    EXPECT_INT(got, WEBHOOK_STATUS);
}
