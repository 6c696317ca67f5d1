#include "core/app/providers_setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/app/carrier_settings.h"
#include "core/base/digest.h"
#include "core/base/mem.h"
#include "core/domain/provider_impl.h"
#include "core/io/http_server_mhd.h"
#include "providers/mock/carrier/carrier.h"
#include "providers/registry.h"

enum {
    SCENARIO_MAX = 1024 * 1024,
    BOX_GRACE_MS = 100,
};

static enum error_code read_scenario(const char *path, struct buf *out, struct error *err) {
    if (path[0] == '\0')
        return ERR_OK;
    FILE *f = fopen(path, "re");
    if (!f)
        return error_set(err, ERR_INVALID, "MOCK_SCENARIO %.120s cannot be read: %s", path,
                         strerrordesc_np(errno));
    char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(out, chunk, n);
    bool bad = ferror(f) || buf_failed(out) || out->len == 0;
    fclose(f);
    return bad ? error_set(
                     err, ERR_INVALID,
                     "MOCK_SCENARIO %.120s cannot be read: give a JSON file of at most %d bytes",
                     path, SCENARIO_MAX)
               : ERR_OK;
}

static void put_box_url(const struct providers_setup *s, char *dst, size_t size) {
    snprintf(dst, size, "http://127.0.0.1:%u", http_server_port(s->box_server));
}

static enum error_code start_box(const struct providers_setup_options *o, struct providers_setup *s,
                                 struct error *err) {
    const struct config *c = o->config;
    struct buf scenario = BUF_INIT(SCENARIO_MAX);
    enum error_code rc = read_scenario(c->mock_scenario, &scenario, err);
    uint64_t seed = c->mock_seed;
    if (seed == 0) /* ids of an earlier run must not come again over the same data */
        digest_random(&seed, sizeof seed);
    char dialect[CONFIG_TEXT_SIZE] = "";
    if (!str_copy(carrier_settings_box_dialect(str_z(c->mock_dialect)), dialect, sizeof dialect))
        return error_set(err, ERR_INVALID, "MOCK_DIALECT is too long");
    struct carrier_options co = {.dialect = dialect,
                                 .speed = c->mock_speed,
                                 .seed = seed,
                                 .scenario_json = buf_str(&scenario),
                                 .http = o->http,
                                 .clock = o->clock,
                                 .log = o->log};
    if (rc == ERR_OK) {
        rc = carrier_new(&co, &s->box, err);
        if (rc == ERR_INVALID && scenario.len > 0 && err) /* it is what is read there */
            error_set(err, rc, "MOCK_SCENARIO %.100s: %s", c->mock_scenario, err->text);
    }
    buf_release(&scenario);
    if (rc != ERR_OK)
        return rc;
    struct http_server_options so = {
        .clock = o->clock, .log = o->log, .handler = carrier_handle, .handler_ctx = s->box};
    rc = http_server_start(&so, &s->box_server, err);
    if (rc != ERR_OK)
        return rc;
    char url[64];
    put_box_url(s, url, sizeof url);
    carrier_set_base_url(s->box, str_z(url));
    return ERR_OK;
}

/* The account of the mock is the one that its box made up. */
static enum error_code fill_mock(const struct providers_setup_options *o, struct providers_setup *s,
                                 struct provider_config *pc, struct error *err) {
    enum error_code rc = start_box(o, s, err);
    if (rc != ERR_OK)
        return rc;
    struct carrier_account account = carrier_account(s->box);
    secret_set(&s->box_token, account.token);
    pc->account = account.account;
    pc->token = &s->box_token;
    pc->number = account.number;
    if (account.signing_key.len > 0) {
        secret_set(&s->box_signing_key, account.signing_key);
        pc->signing_key = &s->box_signing_key;
    }
    put_box_url(s, s->box_url, sizeof s->box_url);
    pc->base_url = str_z(s->box_url);
    return ERR_OK;
}

static enum error_code add_provider(const struct providers_setup_options *o,
                                    struct providers_setup *s, const char *name,
                                    struct error *err) {
    struct provider_config pc = {
        .public_base_url = o->public_base_url, .http = o->http, .clock = o->clock, .log = o->log};
    const struct carrier_entry *carrier = registry_find(str_z(name));
    if (!carrier)
        return error_field(err, ERR_UNSUPPORTED, "TELEPHONY_PROVIDER",
                           "this build does not know the carrier \"%.40s\"", name);
    carrier_settings_fill(o->config, str_z(name), &pc);
    enum error_code rc = str_eq_z(str_z(name), "mock") ? fill_mock(o, s, &pc, err) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    rc = registry_create(carrier, &pc, carrier_settings_wire(o->config, str_z(name)),
                         &s->providers[s->count], err);
    if (rc == ERR_OK)
        s->count++;
    else if (err) /* which of the two, and whose words these are */
        error_set(err, rc, "%s: %s", name, err->text);
    return rc;
}

enum error_code providers_setup_start(const struct providers_setup_options *o,
                                      struct providers_setup *out, struct error *err) {
    const struct config *c = o->config;
    *out = (struct providers_setup){0};
    enum error_code rc = add_provider(o, out, c->provider, err);
    if (rc == ERR_OK && c->fallback[0])
        rc = add_provider(o, out, c->fallback, err);
    return rc;
}

void providers_setup_stop(struct providers_setup *s) {
    /* its server first: a request must not come in while the box goes */
    if (s->box_server)
        (void)http_server_drain(s->box_server, BOX_GRACE_MS);
    carrier_free(s->box);
    http_server_free(s->box_server);
    s->box = NULL;
    s->box_server = NULL;
}

void providers_setup_release(struct providers_setup *s) {
    providers_setup_stop(s);
    for (size_t i = 0; i < s->count; i++)
        provider_free(s->providers[i]);
    secret_release(&s->box_token);
    secret_release(&s->box_signing_key);
    *s = (struct providers_setup){0};
}
