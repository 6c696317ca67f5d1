/* Which carriers there are, what each must be told, and what is said when something is missing. */
#include "providers/registry.h"

#include "providers/mock/mock.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/plivo_sign.h"
#include "tests/support/test.h"
#include "tests/support/twilio_sign.h"

/** A configuration that every carrier can live with. */
struct setup {
    struct fake_clock clock;
    struct fake_http *http;
    struct secret token, key;
    struct provider_config cfg;
};

static void set_up(struct setup *s) {
    *s = (struct setup){0};
    EXPECT(secret_system_init());
    fake_clock_init(&s->clock);
    s->http = fake_http_new(NULL, 0);
    secret_set(&s->token, STR(TWILIO_TEST_TOKEN));
    secret_set(&s->key, STR("key secret"));
    s->cfg = (struct provider_config){
        .account = STR(TWILIO_TEST_ACCOUNT),
        .token = &s->token,
        .number = STR("+12025550199"),
        .base_url = STR("http://127.0.0.1:9"),
        .public_base_url = STR(TWILIO_TEST_BASE),
        .http = fake_http_client(s->http),
        .clock = fake_clock_of(&s->clock),
    };
}

static void tear_down(struct setup *s) {
    fake_http_free(s->http);
    secret_release(&s->token);
    secret_release(&s->key);
}

static enum error_code create(const char *name, const struct provider_config *cfg, const char *wire,
                              struct error *err) {
    struct provider *p = NULL;
    const struct carrier_entry *c = registry_find(str_z(name));
    *err = (struct error){0};
    if (!c)
        return ERR_NOT_FOUND;
    enum error_code rc = registry_create(c, cfg, str_z(wire), &p, err);
    EXPECT((rc == ERR_OK) == (p != NULL));
    EXPECT(!p || str_eq_z(str_z(name), provider_name(p)));
    provider_free(p);
    return rc;
}

TEST(registry, finds_each_carrier_by_its_name_and_no_other) {
    size_t n = 0;
    const struct carrier_entry *const *all = registry_all(&n);
    EXPECT(n >= 2);
    for (size_t i = 0; i < n; i++) {
        EXPECT(registry_find(str_z(all[i]->desc->name)) == all[i]);
        for (size_t k = 0; k < all[i]->setting_count; k++) {
            const struct carrier_setting *s = &all[i]->settings[k];
            EXPECT(registry_setting(all[i], s->field) == s); /* one setting a member */
            EXPECT(s->name[0] && s->meaning[0]);
        }
    }
    EXPECT(!registry_find(STR("")));
    EXPECT(!registry_find(STR("Twilio")));
}

TEST(registry, makes_a_provider_when_all_is_set) {
    struct setup s;
    struct error err;
    set_up(&s);
    EXPECT_INT(create("twilio", &s.cfg, "", &err), ERR_OK);
    EXPECT_INT(create("mock", &s.cfg, "", &err), ERR_OK);
    EXPECT_INT(create("mock", &s.cfg, "twilio", &err), ERR_OK);
    s.cfg.account = STR(PLIVO_TEST_ACCOUNT);
    EXPECT_INT(create("plivo", &s.cfg, "", &err), ERR_OK);
    EXPECT_INT(create("mock", &s.cfg, "plivo", &err), ERR_OK);
    tear_down(&s);
}

TEST(registry, a_box_can_do_what_the_carrier_it_plays_can_do_except_streams_and_mp3) {
    const uint32_t lacks = PROVIDER_CAP_STREAM | PROVIDER_CAP_RECORD_MP3;
    size_t n = 0;
    const struct mock_wire *wires = mock_wires(&n);
    EXPECT(n >= 1);
    for (size_t i = 0; i < n; i++) {
        const struct provider_desc *carrier = wires[i].dialect->desc, *box = wires[i].desc;
        EXPECT(mock_wire_find(str_z(wires[i].name)) == &wires[i]);
        EXPECT_STR(box->name, "mock");
        EXPECT_INT(box->caps, carrier->caps & ~lacks);
        EXPECT_STR(box->document_type, carrier->document_type);
        EXPECT_INT(box->limits.document_bytes_max, carrier->limits.document_bytes_max);
        EXPECT_INT(box->limits.calls_per_s, 0);
        EXPECT_INT(box->limits.requests_max, 0);
    }
    EXPECT(!mock_wire_find(STR("morse")));
}

TEST(registry, names_every_setting_that_is_missing) {
    struct setup s;
    struct error err;
    const struct carrier_entry *c = registry_find(STR("twilio"));
    set_up(&s);
    REQUIRE(c);
    EXPECT(!registry_missing(c, &s.cfg, 0));
    s.cfg.account = STR("");
    s.cfg.token = NULL;
    s.cfg.number = STR("");
    static const char *const names[] = {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
                                        "TWILIO_PHONE_NUMBER"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct carrier_setting *missing = registry_missing(c, &s.cfg, i);
        REQUIRE(missing);
        EXPECT_STR(missing->name, names[i]);
    }
    EXPECT(!registry_missing(c, &s.cfg, ARRAY_LEN(names)));
    EXPECT_INT(create("twilio", &s.cfg, "", &err), ERR_INVALID);
    EXPECT_STR(err.field, "TWILIO_ACCOUNT_SID");
    tear_down(&s);
}

TEST(registry, a_malformed_setting_is_named_as_the_user_knows_it) {
    struct setup s;
    struct error err;
    set_up(&s);
    struct provider_config cfg = s.cfg;
    cfg.account = STR("AC123");
    EXPECT_INT(create("twilio", &cfg, "", &err), ERR_INVALID);
    EXPECT_STR(err.field, "TWILIO_ACCOUNT_SID");
    cfg = s.cfg;
    cfg.number = STR("02025550199");
    EXPECT_INT(create("twilio", &cfg, "", &err), ERR_INVALID);
    EXPECT_STR(err.field, "TWILIO_PHONE_NUMBER");
    cfg = s.cfg;
    cfg.key_id = STR("SK0123456789abcdef0123456789abcdef");
    EXPECT_INT(create("twilio", &cfg, "", &err), ERR_INVALID);
    EXPECT_STR(err.field, "TWILIO_API_KEY_SECRET");
    cfg.key_secret = &s.key;
    EXPECT_INT(create("twilio", &cfg, "", &err), ERR_OK);
    cfg.key_id = STR("");
    EXPECT_INT(create("twilio", &cfg, "", &err), ERR_INVALID);
    EXPECT_STR(err.field, "TWILIO_API_KEY_SID");
    cfg = s.cfg;
    cfg.public_base_url = STR("gw.example.com");
    EXPECT_INT(create("twilio", &cfg, "", &err), ERR_INVALID);
    EXPECT_STR(err.field, "public_base_url");
    static const char *const accounts[] = {"MA123", "XX0123456789ABCDEFGH", "MA0123456789abcdefgh",
                                           "MA0123456789ABCDEFGHI"};
    for (size_t i = 0; i < ARRAY_LEN(accounts); i++) {
        cfg.account = str_z(accounts[i]);
        EXPECT_INT(create("plivo", &cfg, "", &err), ERR_INVALID);
        EXPECT_STR(err.field, "PLIVO_AUTH_ID");
    }
    EXPECT_INT(create("mock", &s.cfg, "morse", &err), ERR_INVALID);
    EXPECT_STR(err.field, "MOCK_DIALECT");
    tear_down(&s);
}

TEST(registry, credentials_are_never_sent_in_clear_to_another_machine) {
    static const struct {
        const char *url;
        enum error_code want;
    } rows[] = {
        {"https://api.example.com", ERR_OK},
        {"http://localhost:8400", ERR_OK},
        {"http://[::1]:8400/", ERR_OK},
        {"http://api.example.com", ERR_INVALID},
        {"https://u:p@api.example.com", ERR_INVALID},
        {"wss://api.example.com", ERR_INVALID},
        {"https://api.example.com/?a=1", ERR_INVALID},
        {"http://127.0.0.1.example.com", ERR_INVALID},
    };
    struct setup s;
    struct error err;
    set_up(&s);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        s.cfg.base_url = str_z(rows[i].url);
        EXPECT_INT(create("twilio", &s.cfg, "", &err), rows[i].want);
        EXPECT_STR(err.field, rows[i].want == ERR_OK ? "" : "TWILIO_API_BASE_URL");
    }
    s.cfg.base_url = STR("");
    EXPECT_INT(create("twilio", &s.cfg, "", &err), ERR_OK);    /* the carrier's own */
    EXPECT_INT(create("mock", &s.cfg, "", &err), ERR_INVALID); /* a box has no fixed address */
    tear_down(&s);
}
