#include "core/app/check.h"
#include "core/base/json.h"
#include "core/domain/http.h"
#include "core/engine/brain_openai_fault.h"

/*
 * Does the model server answer, take the key and know the model? GET /models is what every server
 * that speaks OpenAI's chat completions has; it costs nothing.
 */

enum {
    TIMEOUT_MS = 15000,
    BODY_MAX = 1 << 20,
    MODELS_MAX = 20000,
    NAMES_SHOWN = 5
};

static const struct check_cause network_causes[] = {
    {"resolve", "its name is not found: look at OPENAI_BASE_URL and this machine's DNS"},
    {"certificate", "its certificate is not accepted: set SWITCHHOOK_CA_FILE, and check this "
                    "machine's clock"},
    {"connect to", "nothing listens there: start the model server, or correct OPENAI_BASE_URL"},
    {"timed out", "no answer in time: is the model server up, and may this machine reach it?"},
    {NULL, "look at OPENAI_BASE_URL, and whether the server is up"},
};

static enum error_code get_models(struct check *c, struct http_response *out, struct error *err) {
    struct buf url = BUF_INIT(2048), authorization = BUF_INIT(4096);
    buf_printf(&url, "%s/models", c->config->openai_base_url);
    struct http_request req = {.method = "GET",
                               .url = buf_str(&url),
                               .timeout_ms = TIMEOUT_MS,
                               .body_max_bytes = BODY_MAX};
    if (secret_is_set(&c->config->openai_key)) {
        buf_puts(&authorization, "Bearer ");
        buf_put_str(&authorization, secret_reveal(&c->config->openai_key));
        req.headers[req.header_count++] =
            (struct http_header){STR("Authorization"), buf_str(&authorization)};
    }
    enum error_code rc = http_client_send(c->http, &req, out, err);
    if (authorization.ptr)
        secret_wipe(authorization.ptr, authorization.len);
    buf_release(&authorization);
    buf_release(&url);
    return rc;
}

/** Servers name models with and without a folder ("models/…" at Gemini) and a tag (":latest"). */
static bool is_model(struct str listed, struct str wanted) {
    size_t slash = str_find_str(listed, STR("models/"));
    if (slash == 0)
        listed = str_from_index(listed, STR("models/").len);
    if (str_find(wanted, ':') == wanted.len && listed.len > wanted.len &&
        str_eq(str_from_index(listed, wanted.len), STR(":latest")))
        listed.len = wanted.len;
    return str_eq(listed, wanted);
}

static bool find_model(const struct json *data, struct str wanted, struct buf *names) {
    size_t shown = 0;
    for (const struct json *m = json_first(data); m; m = json_next(m)) {
        struct str id = json_str(json_get(m, "id"));
        if (is_model(id, wanted))
            return true;
        if (id.len > 0 && shown++ < NAMES_SHOWN)
            buf_printf(names, "%s" STR_FMT, shown > 1 ? ", " : "", STR_ARG(id));
    }
    return false;
}

static void judge_list(struct check *c, struct str body) {
    static const struct json_limits limits = {.bytes_max = BODY_MAX, .values_max = MODELS_MAX * 10};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    const struct config *config = c->config;
    struct buf names = BUF_INIT(1024);
    const struct json *data = NULL;
    if (json_parse(body, &limits, &doc, NULL) == ERR_OK)
        data = json_get(json_root(doc), "data");
    if (json_type(data) != JSON_ARRAY)
        check_ok(c, "model", "%s answers; it does not tell its models", config->openai_base_url);
    else if (find_model(data, str_z(config->openai_model), &names))
        check_ok(c, "model", "%s at %s", config->openai_model, config->openai_base_url);
    else {
        check_fail(c, "model", "%s has no model %s", config->openai_base_url, config->openai_model);
        check_advise(c, "set OPENAI_MODEL to one that it has%s%s", names.len ? ": " : "",
                     names.len ? names.ptr : "");
    }
    buf_release(&names);
}

static void judge_refusal(struct check *c, int status, struct str body) {
    struct openai_fault fault;
    struct error err = {0};
    openai_fault_read(status, body, &fault);
    if (status == 404) { /* some servers have no list */
        check_ok(c, "model", "%s answers; it has no list of models", c->config->openai_base_url);
        return;
    }
    enum error_code rc = openai_fault_error(&fault, &err);
    check_fail(c, "model", "HTTP %d: %s", status, err.text);
    if (rc == ERR_AUTH)
        check_advise(c, "copy OPENAI_API_KEY again from where the server gives keys out");
    else
        check_advise(c, "try again in a minute; look at the model server's own log");
}

static void ask(struct check *c) {
    struct http_response rsp = {0};
    struct error err = {0};
    if (get_models(c, &rsp, &err) != ERR_OK) {
        check_fail(c, "model", "%s", err.text);
        check_advise(c, "%s", check_advice_for(network_causes, str_z(err.text)));
    } else if (rsp.status >= 200 && rsp.status < 300) {
        judge_list(c, buf_str(&rsp.body));
    } else {
        judge_refusal(c, rsp.status, buf_str(&rsp.body));
    }
    http_response_release(&rsp);
}

void check_model(struct check *c, bool is_needed) {
    if (c->config->openai_model[0]) {
        ask(c);
    } else if (is_needed) {
        check_fail(c, "model", "an assistant talks by a model server, and none is configured");
        check_advise(c, "set OPENAI_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL");
    }
}
