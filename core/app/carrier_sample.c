#include "core/app/carrier_sample.h"

#include <stdio.h>

#include "core/app/carrier_settings.h"
#include "core/domain/provider_impl.h"
#include "providers/registry.h"

enum {
    DOCUMENT_MAX = 65536
};

#define HERE "https://gateway.example.com"

/* ---- the provider ------------------------------------------------------------------------------
 */

/* Account ids of each carrier's own shape. */
static struct str account_like(enum config_carrier c) {
    switch (c) {
    case CONFIG_TWILIO:
        return STR("AC00000000000000000000000000000000");
    case CONFIG_PLIVO:
        return STR("MA000000000000000000");
    case CONFIG_SIGNALWIRE:
        return STR("00000000-0000-4000-8000-000000000000");
    case CONFIG_CARRIER_NONE:
    case CONFIG_CARRIER_COUNT:
        break;
    }
    return STR("sample");
}

enum error_code carrier_sample_new(struct str carrier, struct str wire, struct provider **out,
                                   struct error *err) {
    const struct carrier_entry *entry = registry_find(carrier);
    if (!entry)
        return error_set(err, ERR_UNSUPPORTED, "this build does not know the carrier " STR_FMT,
                         STR_ARG(carrier));
    bool mock = str_eq_z(carrier, "mock");
    struct secret token = {0};
    secret_set(&token, STR("sample"));
    struct provider_config cfg = {
        .account = account_like(carrier_settings_of_dialect(mock ? wire : carrier)),
        .token = &token,
        .signing_key = &token,
        .space = STR("example"),
        .number = STR("+12025550199"),
        .base_url = mock ? STR("http://127.0.0.1:9") : (struct str){0},
        .public_base_url = STR(HERE),
        .clock = clock_system(),
    };
    enum error_code rc = registry_create(entry, &cfg, wire, out, err);
    secret_release(&token);
    return rc;
}

/* ---- languages ---------------------------------------------------------------------------------
 */

static const struct carrier_language languages[] = {
    {"twiml", "twilio", ""},
    {"plivo", "plivo", ""},
    {"swml", "signalwire", "native"},
};

const struct carrier_language *carrier_languages(size_t *count) {
    *count = ARRAY_LEN(languages);
    return languages;
}

const struct carrier_language *carrier_language_find(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(languages); i++)
        if (str_eq_z(name, languages[i].format) || str_eq_z(name, languages[i].carrier))
            return &languages[i];
    return NULL;
}

/* ---- steps -------------------------------------------------------------------------------------
 */

/* One of each kind, with no more than it takes to be of use. */
static const char *const samples[] = {
    [PLAN_SAY] = "{\"say\":{\"text\":\"Hello\"}}",
    [PLAN_PLAY] = "{\"play\":{\"url\":\"" HERE "/a.mp3\"}}",
    [PLAN_PAUSE] = "{\"pause\":{\"seconds\":1}}",
    [PLAN_GATHER] = "{\"gather\":{\"input\":[\"keys\",\"speech\"],\"action\":\"" HERE
                    "/next\",\"prompts\":[{\"say\":{\"text\":\"Hello\"}}]}}",
    [PLAN_RECORD] = "{\"record\":{\"action\":\"" HERE "/next\"}}",
    [PLAN_DIAL] = "{\"dial\":{\"nouns\":[{\"kind\":\"number\",\"target\":\"+12025550100\"}]}}",
    [PLAN_ENQUEUE] = "{\"enqueue\":{\"queue\":\"support\",\"action\":\"" HERE "/next\"}}",
    [PLAN_LEAVE] = "{\"leave\":{}}",
    [PLAN_SEND_DIGITS] = "{\"send_digits\":{\"digits\":\"1\"}}",
    [PLAN_REDIRECT] = "{\"redirect\":{\"url\":\"" HERE "/next\"}}",
    [PLAN_HANGUP] = "{\"hangup\":{}}",
    [PLAN_REJECT] = "{\"reject\":{\"busy\":true}}",
    [PLAN_START_RECORDING] = "{\"start_recording\":{\"dual\":true,\"status\":\"" HERE "/rec\"}}",
    [PLAN_STOP_RECORDING] = "{\"stop_recording\":{}}",
    [PLAN_STREAM] = "{\"stream\":{\"name\":\"s\",\"url\":\"wss://gateway.example.com/media\"}}",
    [PLAN_STOP_STREAM] = "{\"stop_stream\":{\"name\":\"s\"}}",
    [PLAN_RELAY] = "{\"relay\":{\"url\":\"wss://gateway.example.com/relay\"}}",
    [PLAN_AI] = "{\"ai\":{\"document\":{\"prompt\":{\"text\":\"Hello\"}}}}",
    [PLAN_PAY] = "{\"pay\":{\"connector\":\"" HERE "/payment\",\"amount\":\"1.00\"}}",
    [PLAN_REFER] = "{\"refer\":{\"uri\":\"sip:agent@example.com\"}}",
    [PLAN_TRANSCRIBE] = "{\"transcribe\":{\"status\":\"" HERE "/words\"}}",
    [PLAN_STOP_TRANSCRIBE] = "{\"stop_transcribe\":{}}",
    [PLAN_RAW] = "{\"raw\":{\"dialect\":\"swml\",\"document\":{\"set\":{\"a\":\"1\"}}}}",
};
_Static_assert(ARRAY_LEN(samples) == PLAN_KIND_COUNT, "there is a sample of every kind");

static enum error_code sample_plan(enum plan_kind kind, struct plan *out, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct buf text = BUF_INIT(1024);
    buf_printf(&text, "{\"steps\":[%s]}", samples[kind]);
    enum error_code rc = json_parse(buf_str(&text), NULL, &doc, err);
    buf_release(&text);
    if (rc == ERR_OK)
        rc = plan_from_json(json_root(doc), out, err);
    return rc == ERR_OK ? plan_check(out, err) : rc;
}

static const struct plan_loss *worst(const struct plan_loss_report *r) {
    const struct plan_loss *worst = NULL;
    static const int weight[] = {[PLAN_LOSS_NONE] = 0,
                                 [PLAN_LOSS_DROPPED] = 1,
                                 [PLAN_LOSS_REPLACED] = 2,
                                 [PLAN_LOSS_REFUSED] = 3};
    for (size_t i = 0; i < r->count; i++)
        if (!worst || weight[r->items[i].kind] > weight[worst->kind])
            worst = &r->items[i];
    return worst;
}

static enum carrier_says by_loss(enum plan_loss_kind kind) {
    switch (kind) {
    case PLAN_LOSS_REPLACED:
        return CARRIER_SAYS_ANOTHER;
    case PLAN_LOSS_DROPPED:
        return CARRIER_SAYS_LESS;
    case PLAN_LOSS_REFUSED:
        return CARRIER_REFUSES;
    case PLAN_LOSS_NONE:
        break;
    }
    return CARRIER_SAYS_IT;
}

const char *carrier_says_name(enum carrier_says s) {
    static const char *const names[] = {
        [CARRIER_SAYS_NOTHING] = "unknown",  [CARRIER_SAYS_IT] = "yes",
        [CARRIER_SAYS_ANOTHER] = "replaced", [CARRIER_SAYS_LESS] = "partly",
        [CARRIER_REFUSES] = "refused",
    };
    _Static_assert(ARRAY_LEN(names) == CARRIER_SAYS_COUNT, "every way has its name");
    return (unsigned)s < CARRIER_SAYS_COUNT ? names[s] : names[0];
}

enum carrier_says carrier_sample_step(struct provider *p, enum plan_kind kind, char *remedy,
                                      size_t remedy_size) {
    struct plan plan = {0};
    struct plan_loss_report report = {0};
    struct buf document = BUF_INIT(DOCUMENT_MAX);
    struct error err = {0};
    enum error_code rc = sample_plan(kind, &plan, &err);
    bool sample_is_good = rc == ERR_OK;
    if (sample_is_good)
        rc = provider_render_plan(p, &plan, &document, &report, &err);
    plan_release(&plan);
    buf_release(&document);
    const struct plan_loss *loss = worst(&report);
    snprintf(remedy, remedy_size, "%s", loss ? loss->remedy : rc == ERR_OK ? "" : err.text);
    if (!sample_is_good)
        return CARRIER_SAYS_NOTHING;
    if (rc != ERR_OK)
        return CARRIER_REFUSES;
    return loss ? by_loss(loss->kind) : CARRIER_SAYS_IT;
}
