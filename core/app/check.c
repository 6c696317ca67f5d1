#include "core/app/check.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/app/assistant_files.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_settings.h"
#include "core/app/cli_text.h"
#include "core/app/providers_setup.h"
#include "core/app/render.h"
#include "core/domain/provider.h"
#include "core/engine/agent.h"
#include "core/engine/conversation.h"
#include "core/io/http_client_curl.h"
#include "core/io/store_sqlite.h"
#include "core/io/vault_file.h"
#include "twiml/twiml.h"

enum {
    WHAT_WIDTH = 11,
    SUMMARY_MAX = 65536,
    DOCUMENT_MAX = 262144,
    PATH_SIZE = 640,
    DISK_LEAST_MB = 200
};

/* ---- the report -------------------------------------------------------------------------------
 */

PRINTF_LIKE(2, 0) static void put_text(struct check *c, const char *fmt, va_list ap) {
    struct buf text = BUF_INIT(4096);
    buf_vprintf(&text, fmt, ap);
    cli_put_clean(c->cli->out, buf_str(&text));
    fputc('\n', c->cli->out);
    fflush(c->cli->out);
    buf_release(&text);
}

void check_ok(struct check *c, const char *what, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fprintf(c->cli->out, "ok    %-*s ", WHAT_WIDTH, what);
    put_text(c, fmt, ap);
    va_end(ap);
}

void check_fail(struct check *c, const char *what, const char *fmt, ...) {
    va_list ap;
    c->failures++;
    va_start(ap, fmt);
    fprintf(c->cli->out, "FAIL  %-*s ", WHAT_WIDTH, what);
    put_text(c, fmt, ap);
    va_end(ap);
}

void check_advise(struct check *c, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fputs("      -> ", c->cli->out);
    put_text(c, fmt, ap);
    va_end(ap);
}

static bool holds(struct str text, struct str sign) {
    for (size_t i = 0; i + sign.len <= text.len; i++)
        if (str_eq_nocase(str_from(text.ptr + i, sign.len), sign))
            return true;
    return false;
}

const char *check_advice_for(const struct check_cause *causes, struct str text) {
    while (causes->sign && !holds(text, str_z(causes->sign)))
        causes++;
    return causes->advice;
}

/* ---- data -------------------------------------------------------------------------------------
 */

/* Where the first start will make the data directory. */
static void check_parent(struct check *c) {
    struct str dir = str_z(c->config->data_dir);
    char parent[PATH_SIZE] = ".";
    size_t end = dir.len;
    while (end > 0 && dir.ptr[end - 1] != '/')
        end--;
    if (end > 0 && !str_copy(str_from(dir.ptr, end), parent, sizeof parent))
        return;
    if (access(parent, W_OK | X_OK) == 0) {
        check_ok(c, "data", "%s will be made at the first start", c->config->data_dir);
        return;
    }
    check_fail(c, "data", "%s cannot be made in %s: %s", c->config->data_dir, parent,
               strerrordesc_np(errno));
    check_advise(c, "set SWITCHHOOK_DATA_DIR to a place where you may write");
}

static void fail_data(struct check *c, int number, const char *advice) {
    check_fail(c, "data", "%s: %s", c->config->data_dir, strerrordesc_np(number));
    check_advise(c, "%s", advice);
}

static bool check_data_dir(struct check *c) {
    const char *dir = c->config->data_dir;
    struct stat st;
    struct statvfs fs;
    if (stat(dir, &st) != 0) {
        if (errno == ENOENT)
            check_parent(c);
        else
            fail_data(c, errno, "set SWITCHHOOK_DATA_DIR to a place where you may write");
        return false;
    }
    if (!S_ISDIR(st.st_mode)) {
        check_fail(c, "data", "%s is not a directory", dir);
        check_advise(c, "set SWITCHHOOK_DATA_DIR to a directory");
    } else if (st.st_mode & (S_IRWXG | S_IRWXO)) {
        check_fail(c, "data", "others can look into %s", dir);
        check_advise(c, "run: chmod 700 %s", dir);
    } else if (access(dir, R_OK | W_OK | X_OK) != 0) {
        check_fail(c, "data", "%s cannot be written: %s", dir, strerrordesc_np(errno));
        check_advise(c, "run as its owner, or set SWITCHHOOK_DATA_DIR to a place of your own");
    } else if (statvfs(dir, &fs) == 0 && fs.f_bavail * fs.f_frsize / 1000000 < DISK_LEAST_MB) {
        check_fail(c, "data", "%s has less than %d MB left", dir, DISK_LEAST_MB);
        check_advise(c, "free some space: without it webhooks are refused and recordings lost");
    } else {
        check_ok(c, "data", "%s is writable, and nobody else can look into it", dir);
        return true;
    }
    return S_ISDIR(st.st_mode);
}

static void check_vault(struct check *c) {
    char dir[PATH_SIZE], key[PATH_SIZE];
    struct vault *vault = NULL;
    struct error err = {0};
    snprintf(dir, sizeof dir, "%s/recordings", c->config->data_dir);
    snprintf(key, sizeof key, "%s/recording.key", c->config->data_dir);
    struct vault_file_options o = {.dir = dir, .key_path = key};
    if (vault_file_open(&o, &vault, &err) == ERR_OK)
        check_ok(c, "recordings", "the key is there");
    else
        check_fail(c, "recordings", "%s", err.text);
    vault_free(vault);
}

static void check_database(struct check *c) {
    struct store_sqlite_options o = {.path = c->config->database, .clock = c->clock};
    struct store *store = NULL;
    struct error err = {0};
    struct stat st;
    if (stat(c->config->database, &st) != 0 && errno == ENOENT) {
        check_ok(c, "database", "%s will be made at the first start", c->config->database);
        return;
    }
    enum error_code rc = store_sqlite_open(&o, &store, &err);
    if (rc == ERR_CONFLICT)
        check_ok(c, "database", "%s is in use: a gateway is running", c->config->database);
    else if (rc != ERR_OK)
        check_fail(c, "database", "%s", err.text);
    else
        check_ok(c, "database", "%s opens", c->config->database);
    store_free(store);
    if (rc == ERR_OK)
        check_vault(c);
}

/* ---- assistants and what callees would hear ---------------------------------------------------
 */

struct documents {
    struct check *check;
    struct provider *provider; /* NULL: not to be had */
    unsigned count;
    bool needs_model; /* one talks by a model server, and none is configured */
    struct buf names;
};

static bool is_heard(const struct plan *plan) {
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *s = &plan->steps[i];
        if (s->kind == PLAN_SAY || s->kind == PLAN_PLAY ||
            (s->kind == PLAN_GATHER && s->u.gather.prompt_count > 0))
            return true;
    }
    return false;
}

/* The carrier's own agent leads: it needs a document, and what it ignores should be known. */
static void check_agent(struct documents *d, const struct assistant *a) {
    struct check *c = d->check;
    struct plan_loss_report loss = {0};
    struct buf document = BUF_INIT(DOCUMENT_MAX);
    struct error err = {0};
    buf_printf(&d->names, "%s" STR_FMT, d->count++ > 0 ? ", " : "", STR_ARG(a->name));
    if (render_agent(a, NULL, c->config, STR("https://gateway.invalid"), &document, &loss, &err) !=
        ERR_OK) {
        check_fail(c, "agent", STR_FMT ": no document: %s", STR_ARG(a->name), err.text);
        check_advise(c, "see: switchhook render --format swml --assistant " STR_FMT,
                     STR_ARG(a->name));
    }
    for (size_t i = 0; i < loss.count; i++)
        check_ok(c, "agent", STR_FMT ": %s: %s; %s", STR_ARG(a->name), loss.items[i].where,
                 loss.items[i].what, loss.items[i].remedy);
    buf_release(&document);
}

static void note_brain(struct documents *d, const struct assistant *a) {
    enum assistant_brain brain;
    bool has_agent = d->provider && provider_can(d->provider, PROVIDER_CAP_AI);
    if (conversation_brain(NULL, a, has_agent, &brain, NULL) != ERR_OK)
        d->needs_model = true;
}

static void check_document(void *ctx, const struct assistant *a) {
    struct documents *d = ctx;
    struct check *c = d->check;
    if (d->provider && agent_is_wanted(NULL, a, d->provider)) {
        check_agent(d, a);
        return;
    }
    struct plan plan = {0};
    struct plan_loss_report loss = {0};
    struct buf document = BUF_INIT(DOCUMENT_MAX);
    struct error err = {0};
    enum error_code rc =
        render_answer(a, NULL, STR("https://gateway.invalid/voice/next"), &plan, &err);
    if (rc == ERR_OK && d->provider)
        rc = provider_render_plan(d->provider, &plan, &document, &loss, &err);
    note_brain(d, a);
    buf_printf(&d->names, "%s" STR_FMT, d->count++ > 0 ? ", " : "", STR_ARG(a->name));
    if (rc != ERR_OK) {
        check_fail(c, "audio", STR_FMT ": the carrier cannot be told what to say: %s",
                   STR_ARG(a->name), err.text);
        check_advise(c, "see: switchhook render --assistant " STR_FMT " --loss", STR_ARG(a->name));
    } else if (!is_heard(&plan)) {
        check_fail(c, "audio", STR_FMT ": no audio on the call: it answers with silence",
                   STR_ARG(a->name));
        check_advise(c, "give the assistant a greeting or a first question in its file");
    }
    for (size_t i = 0; i < loss.count; i++) {
        if (loss.items[i].kind == PLAN_LOSS_REPLACED)
            continue; /* said in another way: it is heard */
        check_fail(c, "audio", STR_FMT ": %s: %s", STR_ARG(a->name), loss.items[i].where,
                   loss.items[i].what);
        check_advise(c, "%s", loss.items[i].remedy);
    }
    plan_release(&plan);
    buf_release(&document);
}

static void check_assistants(struct check *c, struct provider *provider) {
    struct documents d = {.check = c, .provider = provider, .names = BUF_INIT(2048)};
    struct assistant_files *files = NULL;
    struct error err = {0};
    unsigned before = c->failures;
    if (assistant_files_load(c->config->assistants_dir, &files, &err) != ERR_OK) {
        check_fail(c, "assistants", "%s", err.text);
        return;
    }
    assistant_files_each(files, check_document, &d);
    if (d.count == 0)
        check_ok(c, "assistants", "%s has none; calls can be placed with a plan only",
                 c->config->assistants_dir);
    else if (c->failures == before)
        check_ok(c, "assistants", "%s, and each can be heard", d.names.ptr);
    check_model(c, d.needs_model);
    assistant_files_free(files);
    buf_release(&d.names);
}

/* ---- the carrier ------------------------------------------------------------------------------
 */

static const struct check_cause network_causes[] = {
    {"resolve", "its name is not found: check this machine's DNS, and the base URL if one is set"},
    {"certificate", "its certificate is not accepted: set SWITCHHOOK_CA_FILE behind a proxy that "
                    "opens TLS, and check this machine's clock"},
    {"connect to", "nothing listens there: check the base URL; start the simulator if it is one"},
    {"timed out", "no answer in time: a firewall may drop outgoing https"},
    {NULL, "check that this machine may send https to the carrier"},
};

/* The settings that say who we are at a carrier. */
static const struct account_settings {
    const char *credentials, *number;
} account_settings[] = {
    [CONFIG_CARRIER_NONE] = {"the account's settings", "the number"},
    [CONFIG_TWILIO] = {"TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER"},
    [CONFIG_PLIVO] = {"PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN", "PLIVO_PHONE_NUMBER"},
    [CONFIG_SIGNALWIRE] = {"SIGNALWIRE_SPACE, SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN",
                           "SIGNALWIRE_PHONE_NUMBER"},
};
_Static_assert(ARRAY_LEN(account_settings) == CONFIG_CARRIER_COUNT, "of every carrier");

static const struct account_settings *settings_of(const char *carrier) {
    return &account_settings[config_carrier_find(str_z(carrier))];
}

static void advise_on_carrier(struct check *c, const char *carrier, enum error_code rc,
                              const struct error *err) {
    switch (rc) {
    case ERR_AUTH:
        check_advise(c, "authentication error: copy %s again from the carrier's console",
                     settings_of(carrier)->credentials);
        check_advise(c, "look for typing errors and blanks; all must be of the same account, and "
                        "not the test credentials");
        return;
    case ERR_NETWORK:
    case ERR_UNCERTAIN:
    case ERR_UPSTREAM:
        check_advise(c, "%s", check_advice_for(network_causes, str_z(err->text)));
        return;
    case ERR_INVALID:
    case ERR_NOT_FOUND:
        check_advise(c,
                     "%s must be a number that you bought, or verified as caller id, in this "
                     "account",
                     settings_of(carrier)->number);
        return;
    case ERR_RATE_LIMIT:
    case ERR_BUSY:
        check_advise(c, "try again in a minute");
        return;
    case ERR_OK:
    case ERR_UNSUPPORTED:
    case ERR_CONFLICT:
    case ERR_LIMIT:
    case ERR_STORE:
    case ERR_IO:
    case ERR_CODE_COUNT:
        return;
    }
}

static void check_carrier(struct check *c, struct provider *provider) {
    char text[240] = "";
    struct error err = {0};
    enum error_code rc = provider_check(provider, text, sizeof text, &err);
    if (rc == ERR_OK) {
        check_ok(c, "carrier", "%s: %s", provider_name(provider), text);
        if (holds(str_z(text), STR("trial")))
            check_advise(c, "phone number not verified: a trial account calls verified numbers "
                            "only; verify the callee's in the console, or upgrade the account");
        return;
    }
    check_fail(c, "carrier", "%s: %s", provider_name(provider), err.text);
    advise_on_carrier(c, provider_name(provider), rc, &err);
}

/* ---- all of it --------------------------------------------------------------------------------
 */

static void put_settings(struct check *c) {
    struct buf summary = BUF_INIT(SUMMARY_MAX);
    config_put_summary(&summary, c->config);
    fputs("settings\n", c->cli->out);
    struct str rest = str_from(summary.ptr, summary.len - (summary.len > 0)), line;
    while (str_next(&rest, '\n', &line)) {
        fputs("  ", c->cli->out);
        cli_put_clean(c->cli->out, line);
        fputc('\n', c->cli->out);
    }
    fputc('\n', c->cli->out);
    buf_release(&summary);
}

static void check_all(struct check *c) {
    struct providers_setup setup = {0};
    struct error err = {0};
    const char *public_url = c->config->public_base_url;
    struct providers_setup_options o = {.config = c->config,
                                        .public_base_url = public_url[0] ? str_z(public_url)
                                                                         : STR("http://127.0.0.1"),
                                        .http = c->http,
                                        .clock = c->clock,
                                        .log = &c->log};
    check_ok(c, "settings", "no faults");
    c->gateway_runs = check_gateway_runs(c);
    if (check_data_dir(c))
        check_database(c);
    if (providers_setup_start(&o, &setup, &err) != ERR_OK) {
        const char *which = setup.count == 0 ? c->config->provider : c->config->fallback;
        check_fail(c, "carrier", "%s", err.text);
        if (config_carrier_find(str_z(which)))
            check_advise(c, "correct %s", settings_of(which)->credentials);
    }
    check_assistants(c, setup.providers[0]);
    for (size_t i = 0; i < setup.count; i++)
        check_carrier(c, setup.providers[i]);
    providers_setup_release(&setup);
    check_public_url(c);
}

static int verdict(struct check *c) {
    if (c->failures == 0) {
        fputs("\neverything is fine\n", c->cli->out);
        return CLI_DONE;
    }
    fprintf(c->cli->out, "\n%u to put right\n", c->failures);
    fputs(
        "more detail: SWITCHHOOK_LOG_LEVEL=debug switchhook serve; of a call: switchhook show ID, "
        "and the\ncarrier's own log in its console (Monitor, Logs)\n",
        c->cli->out);
    return CLI_FAILED;
}

int cli_check(struct cli *cli) {
    struct config config;
    struct error err = {0};
    int status = cli_settings(cli, &config);
    if (status != CLI_DONE)
        return status;
    struct check c = {.cli = cli, .config = &config, .clock = clock_system()};
    struct http_client_curl_options o = {.clock = c.clock,
                                         .ca_file = config.ca_file[0] ? config.ca_file : NULL};
    log_init(&c.log, c.clock, LOG_ERROR, LOG_TEXT, -1);
    twiml_init();
    put_settings(&c);
    if (http_client_curl_new(&o, &c.http, &err) == ERR_OK) {
        check_all(&c);
        status = verdict(&c);
    } else {
        status = cli_fail_error(cli, &err);
    }
    http_client_free(c.http);
    config_release(&config);
    return status;
}
