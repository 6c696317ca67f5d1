#include "core/app/config.h"

#include <string.h>

#include "core/app/config_table.h"

/* The settings for people: the file to copy, and what is in force. */

#define AT(member) offsetof(struct config, member)

void config_put_example(struct buf *b) {
    buf_puts(b,
             "# Settings of Switchhook. Copy to .env and change what you need; the environment "
             "wins over\n# the file. Made from the table in core/app/config_table.c by: switchhook "
             "help settings\n");
    for (size_t i = 0; i < config_table_size; i++) {
        const struct config_setting *s = &config_table[i];
        if (s->group)
            buf_printf(b, "\n# ---- %s ----\n", s->group);
        buf_printf(b, "\n# %s\n", s->help);
        if (s->choices)
            buf_printf(b, "# One of: %s\n", s->choices);
        for (size_t k = 0; k < CONFIG_ALIASES_MAX && s->aliases[k]; k++)
            buf_printf(b, "# Also accepted: %s\n", s->aliases[k]);
        buf_printf(b, "%s%s=%s\n", s->preset[0] ? "" : "#", s->name, s->preset);
    }
}

static void put_value(struct buf *b, const struct config *c, const struct config_setting *s) {
    const void *at = (const char *)c + s->offset;
    switch (s->kind) {
    case CONFIG_KIND_SECRET:
        buf_puts(b, secret_is_set(at) ? "set" : "not set");
        return;
    case CONFIG_KIND_BOOL:
        buf_puts(b, *(const bool *)at ? "true" : "false");
        return;
    case CONFIG_KIND_NUMBER:
        buf_printf(b, "%g", *(const double *)at);
        return;
    case CONFIG_KIND_RATE:
    case CONFIG_KIND_COUNT:
        if (*(const double *)at < 0)
            buf_puts(b, "(the carrier's own)");
        else
            buf_printf(b, "%g", *(const double *)at);
        return;
    case CONFIG_KIND_SEED:
        buf_put_u64(b, *(const uint64_t *)at);
        return;
    case CONFIG_KIND_LISTEN:
        buf_printf(b, strchr(c->listen_host, ':') ? "[%s]:%u" : "%s:%u", c->listen_host,
                   (unsigned)c->listen_port);
        return;
    case CONFIG_KIND_CHOICE:
        if (s->offset == AT(log_level) || s->offset == AT(log_format)) {
            struct str rest = str_z(s->choices), word = {0};
            unsigned index =
                s->offset == AT(log_level) ? (unsigned)c->log_level : (unsigned)c->log_format;
            for (unsigned i = 0; i <= index && str_next(&rest, ' ', &word); i++)
                continue;
            buf_put_str(b, word);
            return;
        }
        break;
    case CONFIG_KIND_TEXT:
    case CONFIG_KIND_URL:
    case CONFIG_KIND_PHONE:
    case CONFIG_KIND_SPACE:
        break;
    }
    const char *text = at;
    buf_puts(b, text[0] ? text : "(empty)");
}

/* An account that nobody uses: its settings would hide those that matter. */
static bool is_of_unused_carrier(const struct config *c, const struct config_setting *s) {
    size_t first = offsetof(struct config, accounts);
    if (s->offset < first || s->offset >= first + sizeof c->accounts)
        return false;
    size_t carrier = (s->offset - first) / sizeof(struct config_account);
    return !config_uses(c, config_carrier_name((enum config_carrier)carrier));
}

void config_put_summary(struct buf *b, const struct config *c) {
    for (size_t i = 0; i < config_table_size; i++) {
        if (is_of_unused_carrier(c, &config_table[i]))
            continue;
        buf_printf(b, "%-39s ", config_table[i].name);
        put_value(b, c, &config_table[i]);
        buf_putc(b, '\n');
    }
}
