#include "core/app/carrier_settings.h"

#include "core/domain/provider_impl.h"

static const struct secret *if_set(const struct secret *s) {
    return secret_is_set(s) ? s : NULL;
}

void carrier_settings_fill(const struct config *c, struct str carrier,
                           struct provider_config *cfg) {
    enum config_carrier which = config_carrier_find(carrier);
    if (which == CONFIG_CARRIER_NONE)
        return;
    const struct config_account *a = &c->accounts[which];
    cfg->account = str_z(a->account);
    cfg->token = if_set(&a->token);
    cfg->key_id = str_z(a->key_id);
    cfg->key_secret = if_set(&a->key_secret);
    cfg->signing_key = if_set(&a->signing_key);
    cfg->space = str_z(a->space);
    cfg->number = str_z(a->number);
    cfg->base_url = str_z(a->base_url);
}

struct str carrier_settings_wire(const struct config *c, struct str carrier) {
    if (str_eq_z(carrier, "mock"))
        return str_z(c->mock_dialect);
    return str_z(c->accounts[config_carrier_find(carrier)].wire);
}

bool carrier_settings_pace(const struct config *c, struct str carrier,
                           const struct provider_limits *own, struct pacer_limits *out) {
    bool first = str_eq_z(carrier, c->provider);
    if (!first && !str_eq_z(carrier, c->fallback))
        return false;
    const struct config_pace *set = first ? &c->pace : &c->fallback_pace;
    *out = (struct pacer_limits){
        .calls_per_s = set->calls_per_s >= 0 ? set->calls_per_s : own->calls_per_s,
        .open_calls_max =
            set->open_calls_max >= 0 ? (uint32_t)set->open_calls_max : own->open_calls_max,
    };
    return true;
}

/* Two wires of one carrier lead to the same account, and to the same box. */
static struct str carrier_of_wire(struct str wire) {
    return str_from(wire.ptr, str_find(wire, '-'));
}

enum config_carrier carrier_settings_of_dialect(struct str dialect) {
    return config_carrier_find(carrier_of_wire(dialect));
}

struct str carrier_settings_box_dialect(struct str dialect) {
    return carrier_of_wire(dialect);
}
