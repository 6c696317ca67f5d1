/* The providers that the suite runs over. */
#include <stdatomic.h>
#include <stdio.h>

#include "providers/mock/mock.h"
#include "providers/plivo/plivo.h"
#include "providers/signalwire/signalwire.h"
#include "providers/traced/traced.h"
#include "providers/twilio/twilio.h"
#include "tests/conformance/provider/suite.h"

static struct secret token; /* wiped when the program ends, like every locked page */
static struct fake_clock clock_of_suite;

static void no_wait(void *ctx, uint32_t ms) {
    (void)ctx;
    fake_clock_advance_ms(&clock_of_suite, ms);
}

static struct provider_config config_of(const struct suite_words *w, struct http_client *http) {
    return (struct provider_config){
        .account = str_z(w->account),
        .token = &token,
        .signing_key = &token,
        .number = str_z(w->number),
        .base_url = str_z(w->base_url),
        .public_base_url = STR(SUITE_BASE),
        .http = http,
        .clock = fake_clock_of(&clock_of_suite),
    };
}

static struct provider *make_rest(const struct suite_carrier *c, struct http_client *http,
                                  const struct rest_dialect *d, const struct provider_desc *desc) {
    static const struct rest_options options = {.wait = no_wait};
    struct provider_config cfg = config_of(c->words, http);
    struct provider *p = NULL;
    struct error err = {0};
    if (rest_provider_new(d, desc, &cfg, &options, &p, &err) != ERR_OK)
        mem_panic("%s", err.text);
    return p;
}

static struct provider *make_twilio(const struct suite_carrier *c, struct http_client *http) {
    return make_rest(c, http, &twilio_dialect, NULL);
}

static struct provider *make_plivo(const struct suite_carrier *c, struct http_client *http) {
    return make_rest(c, http, &plivo_dialect, NULL);
}

static struct provider *make_signalwire(const struct suite_carrier *c, struct http_client *http) {
    return make_rest(c, http, &signalwire_dialect, NULL);
}

static struct provider *make_signalwire_compat(const struct suite_carrier *c,
                                               struct http_client *http) {
    return make_rest(c, http, &signalwire_compat_dialect, NULL);
}

static struct provider *make_box(const struct suite_carrier *c, struct http_client *http,
                                 struct str name) {
    const struct mock_wire *wire = mock_wire_find(name);
    return make_rest(c, http, wire->dialect, wire->desc);
}

static struct provider *make_twilio_box(const struct suite_carrier *c, struct http_client *http) {
    return make_box(c, http, STR("twilio"));
}

static struct provider *make_plivo_box(const struct suite_carrier *c, struct http_client *http) {
    return make_box(c, http, STR("plivo"));
}

static struct provider *make_signalwire_box(const struct suite_carrier *c,
                                            struct http_client *http) {
    return make_box(c, http, STR("signalwire"));
}

static struct provider *make_signalwire_compat_box(const struct suite_carrier *c,
                                                   struct http_client *http) {
    return make_box(c, http, STR("signalwire-compat"));
}

static struct provider *make_traced(const struct suite_carrier *c, struct http_client *http) {
    return traced_provider_new(make_twilio(c, http), fake_clock_of(&clock_of_suite), NULL);
}

const struct suite_carrier suite_carriers[] = {
    {"twilio", &twilio_suite_words, make_twilio},
    {"mock", &twilio_suite_words, make_twilio_box},
    {"twilio", &twilio_suite_words, make_traced},
    {"plivo", &plivo_suite_words, make_plivo},
    {"mock", &plivo_suite_words, make_plivo_box},
    {"signalwire", &signalwire_suite_words, make_signalwire},
    {"mock", &signalwire_suite_words, make_signalwire_box},
    {"signalwire", &signalwire_compat_suite_words, make_signalwire_compat},
    {"mock", &signalwire_compat_suite_words, make_signalwire_compat_box},
};
const size_t suite_carrier_count = ARRAY_LEN(suite_carriers);

/* ---- the frame of a case ------------------------------------------------------------------- */

struct suite suite_begin(const struct suite_carrier *c, const struct fake_exchange *script,
                         size_t count) {
    if (!secret_system_init())
        mem_panic("libsodium does not start");
    secret_set(&token, STR(SUITE_TOKEN));
    fake_clock_init(&clock_of_suite);
    struct suite s = {.words = c->words, .http = fake_http_new(script, count)};
    s.p = c->make(c, fake_http_client(s.http));
    EXPECT_STR(provider_name(s.p), c->name);
    return s;
}

struct suite suite_begin_fetch(const struct suite_carrier *c, const struct fake_exchange *script,
                               size_t count) {
    const char *const questions[] = {c->words->found, c->words->media};
    struct fake_exchange *all = mem_array(count + ARRAY_LEN(questions), sizeof *all);
    size_t before = 0;
    for (size_t i = 0; i < ARRAY_LEN(questions); i++)
        if (questions[i])
            all[before++] =
                (struct fake_exchange){.method = "GET", .status = 200, .body = questions[i]};
    memcpy(all + before, script, count * sizeof *all);
    struct suite s = suite_begin(c, all, count + before);
    s.script = all;
    s.before = before;
    return s;
}

void suite_end(struct suite *s) {
    provider_free(s->p);
    fake_http_free(s->http);
    mem_free(s->script);
    secret_release(&token);
}

struct provider_place suite_place(void) {
    return (struct provider_place){
        .to = STR("+12025550100"),
        .answer_url = STR(SUITE_BASE "/voice/x/call_1/nonce/answer"),
        .fallback_url = STR(SUITE_BASE "/voice/x/call_1/nonce/fallback"),
        .status_url = STR(SUITE_BASE "/voice/x/call_1/nonce/status"),
        .recording_url = STR(SUITE_BASE "/voice/x/call_1/nonce/recording"),
        .detection_url = STR(SUITE_BASE "/voice/x/call_1/nonce/amd"),
        .ring_timeout_s = 60,
        .time_limit_s = 3600,
        .record = true,
        .record_dual = true,
        .detection = CALL_DETECT_START,
    };
}
