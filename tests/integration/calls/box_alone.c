#include "tests/integration/calls/box_alone.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/secret.h"
#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "providers/mock/carrier/carrier.h"

enum {
    PORT_FIRST = 20000,
    PORT_STARTS = 9000,
    PORT_TRIES = 2000
};

bool box_alone_open(struct box_alone *b, const char *dialect, const char *scenario) {
    *b = (struct box_alone){0};
    struct http_client_curl_options ho = {.clock = clock_system()};
    if (!secret_system_init() || http_client_curl_new(&ho, &b->http, NULL) != ERR_OK)
        return false;
    struct carrier_options co = {.dialect = dialect,
                                 .seed = 5,
                                 .scenario_json = str_z(scenario),
                                 .http = b->http,
                                 .clock = clock_system()};
    if (carrier_new(&co, &b->box, NULL) != ERR_OK)
        return false;
    struct http_server_options so = {
        .clock = clock_system(), .handler = carrier_handle, .handler_ctx = b->box};
    if (http_server_start(&so, &b->server, NULL) != ERR_OK)
        return false;
    snprintf(b->url, sizeof b->url, "http://127.0.0.1:%u", http_server_port(b->server));
    carrier_set_base_url(b->box, str_z(b->url));
    return true;
}

void box_alone_close(struct box_alone *b) {
    if (b->server)
        (void)http_server_drain(b->server, 100);
    carrier_free(b->box);
    http_server_free(b->server);
    http_client_free(b->http);
}

/* The name of the claim is kept by an open file, which is closed when the process ends. */
static bool claim(uint16_t port) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int n = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "switchhook-test-port-%u", port);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&name, len) == 0)
        return true;
    if (fd >= 0)
        close(fd);
    return false;
}

static bool is_free(uint16_t port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

uint16_t box_alone_find_port(void) {
    unsigned first = PORT_FIRST + (unsigned)getpid() * 7 % PORT_STARTS;
    for (unsigned port = first; port < first + PORT_TRIES; port++)
        if (claim((uint16_t)port) && is_free((uint16_t)port))
            return (uint16_t)port;
    return 0;
}

/* ---- settings ---------------------------------------------------------------------------------
 */

const struct box_wire box_wires[BOX_WIRE_COUNT] = {
    {"twilio", "twilio", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "", "TWILIO_PHONE_NUMBER",
     "TWILIO_API_BASE_URL", ""},
    {"plivo", "plivo", "PLIVO_AUTH_ID", "PLIVO_AUTH_TOKEN", "", "PLIVO_PHONE_NUMBER",
     "PLIVO_API_BASE_URL", ""},
    {"signalwire", "signalwire", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN",
     "SIGNALWIRE_SIGNING_KEY", "SIGNALWIRE_PHONE_NUMBER", "SIGNALWIRE_API_BASE_URL",
     "SIGNALWIRE_SPACE=example\n"},
    {"signalwire-compat", "signalwire", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN",
     "SIGNALWIRE_SIGNING_KEY", "SIGNALWIRE_PHONE_NUMBER", "SIGNALWIRE_API_BASE_URL",
     "SIGNALWIRE_SPACE=example\nSIGNALWIRE_MODE=compat\n"},
};

static void put_setting(struct buf *b, const char *name, struct str value) {
    if (name[0])
        buf_printf(b, "%s=" STR_FMT "\n", name, STR_ARG(value));
}

void box_alone_put_settings(const struct box_alone *b, const struct box_wire *w, const char *url,
                            const char *token, struct buf *out) {
    struct carrier_account a = carrier_account(b->box);
    buf_printf(out, "TELEPHONY_PROVIDER=%s\n", w->provider);
    put_setting(out, w->account, a.account);
    put_setting(out, w->token, token ? str_z(token) : a.token);
    put_setting(out, w->key, a.signing_key);
    put_setting(out, w->number, a.number);
    put_setting(out, w->base_url, str_z(url ? url : b->url));
    buf_puts(out, w->more);
}
