#include <string.h>

#include "core/app/assistant_files.h"
#include "core/app/carrier_sample.h"
#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_files.h"
#include "core/app/cli_settings.h"
#include "core/app/cli_text.h"
#include "core/app/render.h"
#include "core/domain/provider.h"
#include "core/engine/links.h"
#include "twiml/twiml.h"

/* switchhook render: the document that a carrier would get, without any call. */

enum {
    DOCUMENT_MAX = 262144
};

static const char *loss_word(enum plan_loss_kind kind) {
    switch (kind) {
    case PLAN_LOSS_REPLACED:
        return "replaced";
    case PLAN_LOSS_DROPPED:
        return "dropped";
    case PLAN_LOSS_REFUSED:
        return "refused";
    case PLAN_LOSS_NONE:
        break;
    }
    return "lost";
}

static void put_losses(struct cli *cli, FILE *f, const struct plan_loss_report *r) {
    fflush(cli->out);
    for (size_t i = 0; i < r->count; i++)
        fprintf(f, "%s: %s: %s; %s\n", r->items[i].where, loss_word(r->items[i].kind),
                r->items[i].what, r->items[i].remedy);
    if (r->more > 0)
        fprintf(f, "and %zu more\n", r->more);
    if (r->count == 0)
        fputs("nothing is lost\n", f);
}

static bool wants_all(struct cli *cli) {
    const char *to = cli_args_value(&cli->args, "--to");
    return to && strcmp(to, "all") == 0;
}

/* Among several: which one follows. Not before it is known that there is something to render. */
static void put_heading(struct cli *cli, const struct carrier_language *language) {
    size_t n = 0;
    if (wants_all(cli))
        fprintf(cli->out, "%s%s, for %s:\n", language == carrier_languages(&n) ? "" : "\n",
                language->format, language->carrier);
}

/* One language: the document, and what it cannot say when that is wanted. */
static int put_document(struct cli *cli, const struct plan *plan,
                        const struct carrier_language *language) {
    struct plan_loss_report report = {0};
    struct buf document = BUF_INIT(DOCUMENT_MAX);
    struct provider *p = NULL;
    struct error err = {0};
    enum error_code rc =
        carrier_sample_new(str_z(language->carrier), str_z(language->wire), &p, &err);
    if (rc == ERR_OK)
        rc = provider_render_plan(p, plan, &document, &report, &err);
    if (rc == ERR_OK) {
        fwrite(document.ptr, 1, document.len, cli->out);
        if (document.len > 0 && document.ptr[document.len - 1] != '\n')
            fputc('\n', cli->out);
    }
    if (p && wants_all(cli))
        put_losses(cli, cli->out, &report);
    else if (p && cli_args_flag(&cli->args, "--loss"))
        put_losses(cli, cli->err, &report);
    provider_free(p);
    buf_release(&document);
    return rc == ERR_OK ? CLI_DONE : cli_fail_error(cli, &err);
}

/* ---- from a plan ------------------------------------------------------------------------------
 */

static int render_plan(struct cli *cli, const char *file, const struct carrier_language *language) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct plan plan = {0};
    struct error err = {0};
    int status = cli_read_json(cli, file, &doc);
    if (status != CLI_DONE)
        return status;
    enum error_code rc = plan_from_json(json_root(doc), &plan, &err);
    if (rc == ERR_OK)
        rc = plan_check(&plan, &err);
    if (rc == ERR_OK)
        put_heading(cli, language);
    status = rc == ERR_OK ? put_document(cli, &plan, language) : cli_fail_error(cli, &err);
    plan_release(&plan);
    return status;
}

/* ---- from an assistant ------------------------------------------------------------------------
 */

static void add_name(void *ctx, const struct assistant *a) {
    struct buf *names = ctx;
    buf_printf(names, "%s" STR_FMT, names->len > 0 ? ", " : "", STR_ARG(a->name));
}

static int unknown_assistant(struct cli *cli, const struct config *config, const char *name,
                             struct assistant_files *files) {
    struct buf names = BUF_INIT(2048);
    buf_puts(&names, "");
    assistant_files_each(files, add_name, &names);
    int status = cli_fail(cli, CLI_USAGE, "%s has no assistant \"%.60s\"; there is: %s",
                          config->assistants_dir, name, names.len > 0 ? names.ptr : "none");
    buf_release(&names);
    return status;
}

/* Where the carrier would send what the caller says. */
static void put_next_url(struct buf *b, const struct config *config, const char *carrier) {
    char url[CLI_URL_SIZE];
    struct call call = {.id = 1};
    if (!str_copy(str_z(carrier), call.provider, sizeof call.provider) ||
        !str_copy(STR("00000000000000000000000000000000"), call.nonce, sizeof call.nonce))
        return;
    cli_gateway_url(config, url, sizeof url);
    struct links links = {.public_base_url =
                              str_z(config->public_base_url[0] ? config->public_base_url : url)};
    links_put(&links, b, &call, WEBHOOK_GATHER, 1);
}

/* What the carrier's own agent gets. What does not do what it seems to is always told. */
static int put_agent(struct cli *cli, const struct config *config, const struct assistant *a,
                     const struct json *variables) {
    struct plan_loss_report report = {0};
    struct buf document = BUF_INIT(DOCUMENT_MAX);
    struct error err = {0};
    char url[CLI_URL_SIZE];
    cli_gateway_url(config, url, sizeof url);
    enum error_code rc = render_agent(
        a, variables, config, str_z(config->public_base_url[0] ? config->public_base_url : url),
        &document, &report, &err);
    if (rc == ERR_OK && cli_args_flag(&cli->args, "--raw"))
        fprintf(cli->out, STR_FMT "\n", STR_ARG(buf_str(&document)));
    else if (rc == ERR_OK)
        cli_put_pretty(cli->out, buf_str(&document));
    if (rc == ERR_OK && (report.count > 0 || cli_args_flag(&cli->args, "--loss")))
        put_losses(cli, cli->err, &report);
    buf_release(&document);
    return rc == ERR_OK ? CLI_DONE : cli_fail_error(cli, &err);
}

static bool is_agents(const struct assistant *a, const struct carrier_language *language) {
    return a->brain == ASSISTANT_BRAIN_CARRIER && strcmp(language->format, "swml") == 0;
}

static int render_found(struct cli *cli, const struct config *config, const struct assistant *a,
                        const struct carrier_language *language) {
    CLEANUP(json_doc_freep) struct json_doc *variables = NULL;
    struct buf text = BUF_INIT(CALL_JSON_MAX), next = BUF_INIT(CLI_URL_SIZE);
    struct plan plan = {0};
    struct error err = {0};
    int status = cli_put_variables(cli, &text);
    if (status == CLI_DONE && text.len > 0 &&
        json_parse(buf_str(&text), NULL, &variables, &err) != ERR_OK)
        status = cli_fail_error(cli, &err);
    put_next_url(&next, config, language->carrier);
    if (status == CLI_DONE)
        put_heading(cli, language);
    if (status == CLI_DONE && is_agents(a, language)) {
        status = put_agent(cli, config, a, variables ? json_root(variables) : NULL);
        buf_release(&text);
        buf_release(&next);
        return status;
    }
    if (status == CLI_DONE && render_answer(a, variables ? json_root(variables) : NULL,
                                            buf_str(&next), &plan, &err) != ERR_OK)
        status = cli_fail_error(cli, &err);
    if (status == CLI_DONE)
        status = put_document(cli, &plan, language);
    plan_release(&plan);
    buf_release(&text);
    buf_release(&next);
    return status;
}

static int render_assistant(struct cli *cli, const char *name,
                            const struct carrier_language *language) {
    struct config config;
    struct assistant_files *files = NULL;
    struct error err = {0};
    int status = cli_settings(cli, &config);
    if (status != CLI_DONE)
        return status;
    if (assistant_files_load(config.assistants_dir, &files, &err) != ERR_OK) {
        status = cli_fail_error(cli, &err);
    } else {
        CLEANUP(assistant_unrefp)
        const struct assistant *a = assistant_files_find(files, str_z(name));
        status = a ? render_found(cli, &config, a, language)
                   : unknown_assistant(cli, &config, name, files);
    }
    assistant_files_free(files);
    config_release(&config);
    return status;
}

/* ---- which languages --------------------------------------------------------------------------
 */

static int render_in(struct cli *cli, const struct carrier_language *language) {
    const char *plan = cli_args_value(&cli->args, "--plan");
    return plan ? render_plan(cli, plan, language)
                : render_assistant(cli, cli_args_value(&cli->args, "--assistant"), language);
}

/* Every language, also when one before could not say it. What is wrong with the request itself is
   said once. */
static int render_in_all(struct cli *cli) {
    size_t n = 0;
    const struct carrier_language *all = carrier_languages(&n);
    int worst = CLI_DONE;
    for (size_t i = 0; i < n && worst != CLI_USAGE; i++) {
        int status = render_in(cli, &all[i]);
        worst = status > worst ? status : worst;
    }
    return worst;
}

int cli_render(struct cli *cli) {
    const char *assistant = cli_args_value(&cli->args, "--assistant");
    const char *plan = cli_args_value(&cli->args, "--plan");
    const char *format = cli_args_value(&cli->args, "--format");
    const char *to = cli_args_value(&cli->args, "--to");
    if (!assistant == !plan)
        return cli_fail(cli, CLI_USAGE, "give one of --assistant NAME and --plan FILE");
    if (format && to)
        return cli_fail(cli, CLI_USAGE, "give one of --format and --to");
    if (plan && cli_args_flag(&cli->args, "--var"))
        return cli_fail(cli, CLI_USAGE, "--var goes with --assistant only");
    if (wants_all(cli) && plan && strcmp(plan, "-") == 0)
        return cli_fail(cli, CLI_USAGE, "--to all reads the plan more than once: give a file");
    twiml_init();
    if (wants_all(cli))
        return render_in_all(cli);
    const struct carrier_language *language = carrier_language_find(str_z(to       ? to
                                                                          : format ? format
                                                                                   : "twiml"));
    if (!language || (format && strcmp(format, language->format) != 0) ||
        (to && strcmp(to, language->carrier) != 0))
        return to ? cli_fail(cli, CLI_USAGE, "--to must be twilio, plivo, signalwire or all")
                  : cli_fail(cli, CLI_USAGE, "--format must be twiml, plivo or swml");
    return render_in(cli, language);
}
