/* The settings and the carriers speak of the same names: each is said in two tables, once for those
 * who set them (config_table.c) and once by the carrier that needs them (its carrier_entry). */
#include "core/app/carrier_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/config_table.h"
#include "core/base/compiler.h"
#include "core/domain/provider_impl.h"
#include "providers/registry.h"
#include "tests/support/test.h"

__attribute__((constructor)) static void init_secrets(void) {
    if (!secret_system_init())
        abort();
}

static const char *no_environment(void *ctx, const char *name) {
    (void)ctx;
    (void)name;
    return NULL;
}

/* Values that every kind of setting takes. */
static const char *value_for(enum carrier_field field) {
    switch (field) {
    case CARRIER_NUMBER:
        return "+12025550199";
    case CARRIER_BASE_URL:
        return "http://127.0.0.1:9";
    case CARRIER_ACCOUNT:
    case CARRIER_TOKEN:
    case CARRIER_KEY_ID:
    case CARRIER_KEY_SECRET:
    case CARRIER_SIGNING_KEY:
    case CARRIER_SPACE:
    case CARRIER_FIELD_NONE:
    case CARRIER_FIELD_COUNT:
        break;
    }
    return "example";
}

static bool fault_names(const struct config_faults *f, const char *name) {
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].name, name) == 0 && strstr(f->items[i].text, "is missing"))
            return true;
    return false;
}

static bool carrier_knows(const struct carrier_entry *c, const char *name) {
    for (size_t i = 0; i < c->setting_count; i++)
        if (strcmp(c->settings[i].name, name) == 0)
            return true;
    return false;
}

TEST(carrier_settings, what_a_carrier_wants_to_be_told_can_be_set_and_reaches_it) {
    size_t n = 0, looked_at = 0;
    const struct carrier_entry *const *all = registry_all(&n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < all[i]->setting_count; k++) {
            const struct carrier_setting *s = &all[i]->settings[k];
            struct config c;
            struct config_faults f;
            struct provider_config got = {0};
            char line[256];
            snprintf(line, sizeof line, "%s=%s\n", s->name, value_for(s->field));
            EXPECT(config_parse(str_z(line), no_environment, NULL, &c, &f) == ERR_OK);
            carrier_settings_fill(&c, str_z(all[i]->desc->name), &got);
            EXPECT(registry_has(&got, s->field));
            config_release(&c);
            looked_at++;
        }
    EXPECT(looked_at >= 6);
}

TEST(carrier_settings, what_a_carrier_cannot_do_without_stops_the_start) {
    size_t n = 0;
    const struct carrier_entry *const *all = registry_all(&n);
    for (size_t i = 0; i < n; i++) {
        struct config c;
        struct config_faults f;
        char line[128];
        snprintf(line, sizeof line, "TELEPHONY_PROVIDER=%s\n", all[i]->desc->name);
        enum error_code rc = config_parse(str_z(line), no_environment, NULL, &c, &f);
        EXPECT((rc == ERR_OK) == (all[i]->setting_count == 0));
        for (size_t k = 0; k < all[i]->setting_count; k++)
            EXPECT(fault_names(&f, all[i]->settings[k].name) == all[i]->settings[k].required);
        config_release(&c);
    }
}

TEST(carrier_settings, no_account_setting_is_one_that_its_carrier_does_not_know) {
    for (size_t i = 0; i < config_table_size; i++) {
        const struct config_setting *s = &config_table[i];
        size_t at = s->offset - offsetof(struct config, accounts);
        const struct carrier_entry *c = NULL;
        if (s->offset >= offsetof(struct config, accounts) &&
            at < sizeof((struct config *)NULL)->accounts)
            c = registry_find(str_z(
                config_carrier_name((enum config_carrier)(at / sizeof(struct config_account)))));
        if (c && at % sizeof(struct config_account) != offsetof(struct config_account, wire))
            EXPECT(carrier_knows(c, s->name));
    }
}

TEST(carrier_settings, both_wires_of_signalwire_lead_to_one_account_and_one_box) {
    static const struct {
        const char *dialect, *box;
        enum config_carrier carrier;
    } rows[] = {
        {"twilio", "twilio", CONFIG_TWILIO},
        {"plivo", "plivo", CONFIG_PLIVO},
        {"signalwire", "signalwire", CONFIG_SIGNALWIRE},
        {"signalwire-compat", "signalwire", CONFIG_SIGNALWIRE},
        {"vonage", "vonage", CONFIG_CARRIER_NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(carrier_settings_of_dialect(str_z(rows[i].dialect)) == rows[i].carrier);
        EXPECT(str_eq_z(carrier_settings_box_dialect(str_z(rows[i].dialect)), rows[i].box));
    }
}
