#include "core/app/carrier_facts.h"

#include <string.h>

#include "core/app/carrier_sample.h"
#include "core/app/carrier_settings.h"
#include "core/domain/provider_impl.h"
#include "providers/registry.h"

static void put_role(struct json_writer *w, const struct config *c, const char *carrier) {
    json_key(w, "role");
    if (strcmp(c->provider, carrier) == 0)
        json_put_string(w, STR("configured"));
    else if (strcmp(c->fallback, carrier) == 0)
        json_put_string(w, STR("fallback"));
    else
        json_put_null(w);
}

static void put_capabilities(struct json_writer *w, uint32_t caps) {
    json_key(w, "capabilities");
    json_begin_object(w);
    for (unsigned i = 0; i < PROVIDER_CAP_COUNT; i++)
        json_kv_bool(w, provider_cap_name((enum provider_cap)(1u << i)), caps & (1u << i));
    json_end_object(w);
}

/* null: no limit */
static void put_limit(struct json_writer *w, const char *name, uint32_t value) {
    json_key(w, name);
    if (value > 0)
        json_put_int(w, value);
    else
        json_put_null(w);
}

static void put_limits(struct json_writer *w, const struct provider_limits *l) {
    json_key(w, "limits");
    json_begin_object(w);
    put_limit(w, "calls_per_s", l->calls_per_s);
    put_limit(w, "open_calls_max", l->open_calls_max);
    put_limit(w, "requests_max", l->requests_max);
    put_limit(w, "requests_window_ms", l->requests_window_ms);
    put_limit(w, "document_bytes_max", l->document_bytes_max);
    put_limit(w, "answer_timeout_ms", l->answer_timeout_ms);
    json_end_object(w);
}

/* null: the carrier is not in use */
static void put_pace(struct json_writer *w, const struct config *c,
                     const struct provider_desc *desc) {
    struct pacer_limits pace;
    json_key(w, "pace");
    if (!carrier_settings_pace(c, str_z(desc->name), &desc->limits, &pace)) {
        json_put_null(w);
        return;
    }
    json_begin_object(w);
    json_key(w, "calls_per_s");
    if (pace.calls_per_s > 0)
        json_put_double(w, pace.calls_per_s);
    else
        json_put_null(w);
    put_limit(w, "open_calls_max", pace.open_calls_max);
    json_end_object(w);
}

static void put_settings(struct json_writer *w, const struct config *c,
                         const struct carrier_entry *entry) {
    struct provider_config cfg = {0};
    carrier_settings_fill(c, str_z(entry->desc->name), &cfg);
    json_key(w, "settings");
    json_begin_array(w);
    for (size_t i = 0; i < entry->setting_count; i++) {
        json_begin_object(w);
        json_kv_z(w, "name", entry->settings[i].name);
        json_kv_z(w, "meaning", entry->settings[i].meaning);
        json_kv_bool(w, "required", entry->settings[i].required);
        json_kv_bool(w, "set", registry_has(&cfg, entry->settings[i].field));
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "missing");
    json_begin_array(w);
    const struct carrier_setting *s;
    for (size_t n = 0; (s = registry_missing(entry, &cfg, n)) != NULL; n++)
        json_put_string(w, str_z(s->name));
    json_end_array(w);
}

static void put_steps(struct json_writer *w, struct provider *p) {
    json_key(w, "steps");
    json_begin_object(w);
    for (unsigned k = PLAN_KIND_UNKNOWN + 1; k < PLAN_KIND_COUNT; k++) {
        char remedy[240];
        enum carrier_says says = carrier_sample_step(p, (enum plan_kind)k, remedy, sizeof remedy);
        json_key(w, plan_kind_name((enum plan_kind)k));
        json_begin_object(w);
        json_kv_z(w, "how", carrier_says_name(says));
        if (remedy[0])
            json_kv_z(w, "remedy", remedy);
        json_end_object(w);
    }
    json_end_object(w);
}

static void put_carrier(struct json_writer *w, const struct config *c,
                        const struct carrier_entry *entry) {
    struct provider *sample = NULL;
    struct str wire = carrier_settings_wire(c, str_z(entry->desc->name));
    bool made = carrier_sample_new(str_z(entry->desc->name), wire, &sample, NULL) == ERR_OK;
    /* the sample's own: a carrier with several wires can do different things on each */
    const struct provider_desc *desc = made ? provider_describe(sample) : entry->desc;
    json_begin_object(w);
    json_kv_z(w, "name", desc->name);
    json_key(w, "wire");
    if (wire.len > 0)
        json_put_string(w, wire);
    else
        json_put_null(w);
    put_role(w, c, desc->name);
    json_kv_z(w, "document_type", desc->document_type);
    put_capabilities(w, desc->caps);
    put_limits(w, &desc->limits);
    put_pace(w, c, desc);
    put_settings(w, c, entry);
    if (made)
        put_steps(w, sample);
    json_end_object(w);
    provider_free(sample);
}

void carrier_facts_put(struct json_writer *w, const struct config *c) {
    size_t n = 0;
    const struct carrier_entry *const *all = registry_all(&n);
    for (size_t i = 0; i < n; i++)
        put_carrier(w, c, all[i]);
}
