#include <string.h>

#include "core/app/check.h"
#include "core/app/cli_settings.h"
#include "core/base/id.h"
#include "core/domain/http.h"
#include "core/io/http_server_mhd.h"

/*
 * Can carriers reach us? The public address is asked for /healthz, as a carrier would ask. When no
 * gateway runs, a small server answers in its place with a word that nobody else knows: so an
 * answer from another machine is told from ours.
 */

enum {
    TIMEOUT_MS = 15000,
    BODY_MAX = 16384,
    URL_SIZE = 1024
};

struct stand_in {
    char word[ID_TEXT_SIZE];
    struct http_server *server;
};

static void answer(void *ctx, struct http_exchange *x) {
    const struct stand_in *s = ctx;
    bool health = str_eq_z(x->path, "/healthz");
    http_exchange_reply_text(x, health ? 200 : 404, "text/plain",
                             health ? str_z(s->word) : STR("not found"));
}

static enum error_code get_health(struct check *c, const char *base, struct http_response *out,
                                  struct error *err) {
    struct buf url = BUF_INIT(URL_SIZE * 2);
    buf_printf(&url, "%s/healthz", base);
    struct http_request req = {.method = "GET",
                               .url = buf_str(&url),
                               .timeout_ms = TIMEOUT_MS,
                               .body_max_bytes = BODY_MAX};
    enum error_code rc = http_client_send(c->http, &req, out, err);
    buf_release(&url);
    return rc;
}

static bool is_healthy_gateway(const struct http_response *rsp) {
    return rsp->status == 200 && str_eq_z(buf_str(&rsp->body), "{\"status\":\"ok\"}");
}

bool check_gateway_runs(struct check *c) {
    char url[URL_SIZE];
    struct http_response rsp = {0};
    if (c->config->listen_port == 0)
        return false;
    cli_gateway_url(c->config, url, sizeof url);
    bool runs = get_health(c, url, &rsp, NULL) == ERR_OK && is_healthy_gateway(&rsp);
    http_response_release(&rsp);
    return runs;
}

/* ---- what came back ---------------------------------------------------------------------------
 */

static const struct check_cause exchange_causes[] = {
    {"resolve", "its name is not found: make a DNS record for it, or correct PUBLIC_BASE_URL; a "
                "tunnel gets a new name at each start"},
    {"certificate",
     "carriers accept certificates of public authorities only, valid, with the whole "
     "chain and this host name"},
    {"ssl", "TLS fails: carriers need https with a certificate of a public authority"},
    {"tls", "TLS fails: carriers need https with a certificate of a public authority"},
    {"connect to", "nothing listens at that address: start the proxy or the tunnel"},
    {"timed out", "no answer in time: a firewall drops it; open the port to the internet"},
    {NULL, "it must be reachable from the internet: check firewall, proxy and tunnel"},
};

static void advise_on_tunnel(struct check *c) {
    check_advise(c,
                 "for development, a tunnel will do: ngrok http %u, then put its https address "
                 "into PUBLIC_BASE_URL",
                 c->config->listen_port);
}

static void judge_status(struct check *c, const char *url, int status) {
    check_fail(c, "public URL", "%s/healthz answered %d", url, status);
    if (status == 401 || status == 403)
        check_advise(c, "something in front asks for a login; carriers have none: let /voice/ and "
                        "/healthz through");
    else if (status >= 300 && status < 400)
        check_advise(c, "something in front redirects, which loses what carriers send: set "
                        "PUBLIC_BASE_URL to the final address");
    else if (status == 404)
        check_advise(c, "something answers, but does not pass it on unchanged: check the proxy's "
                        "routes and path prefix");
    else if (status >= 500)
        check_advise(c,
                     "the proxy or tunnel is there but does not reach %s:%u: check where it "
                     "sends to",
                     c->config->listen_host, c->config->listen_port);
    else
        check_advise(c, "check what is in front of the gateway");
}

static void judge(struct check *c, const char *url, const char *word) {
    struct http_response rsp = {0};
    struct error err = {0};
    enum error_code rc = get_health(c, url, &rsp, &err);
    bool ours = word ? str_eq_z(buf_str(&rsp.body), word) : is_healthy_gateway(&rsp);
    if (rc != ERR_OK) {
        check_fail(c, "public URL", "carriers could not fetch documents from %s: %s", url,
                   err.text);
        check_advise(c, "%s", check_advice_for(exchange_causes, str_z(err.text)));
        advise_on_tunnel(c);
    } else if (rsp.status != 200) {
        judge_status(c, url, rsp.status);
        advise_on_tunnel(c);
    } else if (!ours) {
        check_fail(c, "public URL", "%s answers, but it is not this gateway", url);
        check_advise(c, "it leads to another program, another machine, or a tunnel's warning page");
        advise_on_tunnel(c);
    } else {
        check_ok(c, "public URL", "%s leads here", url);
    }
    http_response_release(&rsp);
}

static void judge_with_stand_in(struct check *c, const char *url) {
    struct stand_in s = {0};
    struct id_source ids;
    struct error err = {0};
    id_source_init(&ids, c->clock);
    id_format(s.word, "probe", id_next(&ids));
    struct http_server_options o = {.address = c->config->listen_host,
                                    .port = c->config->listen_port,
                                    .clock = c->clock,
                                    .log = &c->log,
                                    .handler = answer,
                                    .handler_ctx = &s};
    if (strcmp(o.address, "localhost") == 0)
        o.address = "127.0.0.1";
    if (http_server_start(&o, &s.server, &err) != ERR_OK) {
        check_fail(c, "listen", "%s", err.text);
        check_advise(c, "stop what listens there, or set SWITCHHOOK_LISTEN to another port");
        return;
    }
    judge(c, url, s.word);
    http_server_free(s.server);
}

void check_public_url(struct check *c) {
    const char *url = c->config->public_base_url;
    if (url[0] == '\0')
        check_ok(c, "public URL", "not needed: the %s carrier is on this machine",
                 c->config->provider);
    else if (c->gateway_runs)
        judge(c, url, NULL);
    else if (c->config->listen_port == 0)
        check_ok(c, "public URL",
                 "not checked: SWITCHHOOK_LISTEN takes another port at each start");
    else
        judge_with_stand_in(c, url);
}
