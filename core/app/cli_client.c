#include "core/app/cli_client.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/app/cli_settings.h"
#include "core/app/cli_text.h"
#include "core/base/secret.h"
#include "core/io/http_client_curl.h"

enum {
    REPLY_MAX = 16 * 1024 * 1024,
    REPLY_VALUES_MAX = 200000,
    REPLY_TIMEOUT_MS = 15000,
    AUDIO_TIMEOUT_MS = 300000,
    AUDIO_MAX = 256 * 1024 * 1024,
    TOKEN_MAX = 4096,
    POST_TRIES = 3,
    AWAY_EVERY_MS = 250 /* between questions to a gateway that is away */
};

/* ---- opening ----------------------------------------------------------------------------------
 */

int cli_client_open_at(struct cli *cli, const struct config *c, const char *url,
                       struct cli_client *out) {
    struct cli_client client = {0};
    struct error err = {0};
    struct str base = str_z(url);
    while (base.len > 0 && base.ptr[base.len - 1] == '/')
        base.len--;
    bool known = str_starts(base, STR("http://")) || str_starts(base, STR("https://"));
    if (!known || !str_copy(base, client.url, sizeof client.url))
        return cli_fail(cli, CLI_USAGE, "--url must be an address such as http://127.0.0.1:8080");
    struct http_client_curl_options o = {.clock = clock_system(),
                                         .ca_file = c->ca_file[0] ? c->ca_file : NULL};
    if (http_client_curl_new(&o, &client.http, &err) != ERR_OK)
        return cli_fail_error(cli, &err);
    if (secret_is_set(&c->api_token)) {
        struct buf header = BUF_INIT(TOKEN_MAX);
        buf_puts(&header, "Bearer ");
        buf_put_str(&header, secret_reveal(&c->api_token));
        secret_set(&client.authorization, buf_str(&header));
        secret_wipe(header.ptr, header.len);
        buf_release(&header);
    }
    *out = client;
    return CLI_DONE;
}

int cli_client_open(struct cli *cli, struct cli_client *out) {
    struct config config;
    char url[CLI_URL_SIZE];
    const char *given = cli_args_value(&cli->args, "--url");
    int status = cli_settings(cli, &config);
    if (status != CLI_DONE)
        return status;
    cli_gateway_url(&config, url, sizeof url);
    if (!given && config.listen_port == 0)
        status = cli_fail(cli, CLI_USAGE,
                          "SWITCHHOOK_LISTEN has port 0, so nobody knows where the gateway listens;"
                          " say so with --url");
    else
        status = cli_client_open_at(cli, &config, given ? given : url, out);
    config_release(&config);
    return status;
}

void cli_client_close(struct cli_client *c) {
    http_client_free(c->http);
    secret_release(&c->authorization);
    *c = (struct cli_client){0};
}

void cli_reply_release(struct cli_reply *r) {
    buf_release(&r->body);
    json_doc_free(r->doc);
    *r = (struct cli_reply){0};
}

/* ---- asking -----------------------------------------------------------------------------------
 */

static bool build(struct cli_client *c, const char *method, const char *path, struct buf *url,
                  struct http_request *out) {
    buf_puts(url, c->url);
    buf_puts(url, path);
    *out = (struct http_request){.method = method,
                                 .url = buf_str(url),
                                 .timeout_ms = REPLY_TIMEOUT_MS,
                                 .body_max_bytes = REPLY_MAX};
    if (secret_is_set(&c->authorization))
        out->headers[out->header_count++] =
            (struct http_header){STR("Authorization"), secret_reveal(&c->authorization)};
    return !buf_failed(url);
}

static int fail_exchange(struct cli *cli, const struct cli_client *c, const struct error *err) {
    if (err->code == ERR_NETWORK)
        return cli_fail(cli, CLI_FAILED, "no gateway at %s: start one with: switchhook serve",
                        c->url);
    return cli_fail(cli, CLI_FAILED, "the gateway at %s did not answer: %s", c->url, err->text);
}

/* The gateway's own words, from its problem document. */
static int fail_status(struct cli *cli, const struct cli_client *c, int status,
                       const struct buf *body) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct error err = {.code = status == 400 ? ERR_INVALID : ERR_UPSTREAM};
    if (status == 401)
        return cli_fail(cli, CLI_FAILED,
                        "the gateway at %s wants its token: set SWITCHHOOK_API_TOKEN in .env to "
                        "the one it was started with",
                        c->url);
    const struct json *root =
        json_parse(buf_str(body), NULL, &doc, NULL) == ERR_OK ? json_root(doc) : NULL;
    struct str detail = json_str(json_get(root, "detail"));
    if (!detail.ptr)
        return cli_fail(cli, CLI_FAILED, "%s answered %d: is it really a Switchhook gateway?",
                        c->url, status);
    cli_clean_copy(detail, err.text, sizeof err.text);
    cli_clean_copy(json_str(json_get(root, "field")), err.field, sizeof err.field);
    return cli_fail_error(cli, &err);
}

static int take_reply(struct cli *cli, const struct cli_client *c, struct http_response *rsp,
                      struct cli_reply *out) {
    struct json_limits limits = {.bytes_max = REPLY_MAX, .values_max = REPLY_VALUES_MAX};
    struct json_doc *doc = NULL;
    if (rsp->status < 200 || rsp->status > 299)
        return fail_status(cli, c, rsp->status, &rsp->body);
    if (json_parse(buf_str(&rsp->body), &limits, &doc, NULL) != ERR_OK)
        return cli_fail(cli, CLI_FAILED, "%s did not answer in JSON: is it a Switchhook gateway?",
                        c->url);
    cli_reply_release(out);
    *out = (struct cli_reply){.body = rsp->body, .doc = doc, .root = json_root(doc)};
    rsp->body = (struct buf){0};
    return CLI_DONE;
}

/* Nobody there, or somebody who says that it will pass: as while a gateway is started again. */
static bool is_away(enum error_code rc, const struct http_response *rsp) {
    if (rc == ERR_OK)
        return rsp->status >= 502 && rsp->status <= 504;
    return rc == ERR_NETWORK || rc == ERR_UNCERTAIN;
}

static void pause_a_little(void) {
    struct timespec t = {.tv_nsec = AWAY_EVERY_MS * 1000000L};
    while (nanosleep(&t, &t) != 0)
        ;
}

/* Ask until there is an answer, or the client's patience is at its end. */
static enum error_code ask(struct cli *cli, struct cli_client *c, const struct http_request *req,
                           struct http_response *rsp, struct error *err) {
    struct clock clock = clock_system();
    int64_t give_up_ms = 0;
    for (;;) {
        enum error_code rc = http_client_send(c->http, req, rsp, err);
        int64_t now_ms = clock_mono_ms(&clock);
        if (c->patience_ms == 0 || !is_away(rc, rsp) || (give_up_ms > 0 && now_ms >= give_up_ms))
            return rc;
        if (give_up_ms == 0) {
            give_up_ms = now_ms + c->patience_ms;
            cli_fail(cli, CLI_FAILED,
                     "no answer from the gateway at %s: waiting for it, at most %u s", c->url,
                     c->patience_ms / 1000);
        }
        http_response_release(rsp);
        *rsp = (struct http_response){0};
        pause_a_little();
    }
}

int cli_get(struct cli *cli, struct cli_client *c, const char *path_and_query, unsigned wait_s,
            struct cli_reply *out) {
    struct buf url = BUF_INIT(CLI_URL_SIZE * 2);
    struct http_request req;
    struct http_response rsp = {0};
    struct error err = {0};
    int status;
    if (!build(c, "GET", path_and_query, &url, &req)) {
        status = cli_fail(cli, CLI_USAGE, "the question to the gateway is too long");
    } else {
        req.timeout_ms += wait_s * 1000;
        status = ask(cli, c, &req, &rsp, &err) == ERR_OK ? take_reply(cli, c, &rsp, out)
                                                         : fail_exchange(cli, c, &err);
    }
    http_response_release(&rsp);
    buf_release(&url);
    return status;
}

int cli_post(struct cli *cli, struct cli_client *c, const char *path, struct str body,
             const char *idempotency_key, struct cli_reply *out) {
    struct buf url = BUF_INIT(CLI_URL_SIZE * 2);
    struct http_request req;
    struct http_response rsp = {0};
    struct error err = {0};
    enum error_code rc = ERR_UNCERTAIN;
    if (!build(c, "POST", path, &url, &req)) {
        buf_release(&url);
        return cli_fail(cli, CLI_USAGE, "the address of the gateway is too long");
    }
    req.body = body;
    if (body.len > 0)
        req.headers[req.header_count++] =
            (struct http_header){STR("Content-Type"), STR("application/json")};
    if (idempotency_key)
        req.headers[req.header_count++] =
            (struct http_header){STR("Idempotency-Key"), str_z(idempotency_key)};
    /* with a key, asking again after a lost reply gives that reply and changes nothing */
    for (int tries = idempotency_key ? POST_TRIES : 1; tries > 0 && rc == ERR_UNCERTAIN; tries--) {
        http_response_release(&rsp);
        rsp = (struct http_response){0};
        rc = http_client_send(c->http, &req, &rsp, &err);
    }
    int status = rc == ERR_OK ? take_reply(cli, c, &rsp, out) : fail_exchange(cli, c, &err);
    http_response_release(&rsp);
    buf_release(&url);
    return status;
}

/* ---- saving -----------------------------------------------------------------------------------
 */

struct saving {
    int fd;
    uint64_t bytes;
    int error; /* errno of the write that failed */
};

static bool save_bytes(void *ctx, struct str bytes) {
    struct saving *s = ctx;
    while (bytes.len > 0) {
        ssize_t n = write(s->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR) {
            s->error = errno;
            return false;
        }
        if (n > 0) {
            s->bytes += (uint64_t)n;
            bytes = str_from_index(bytes, (size_t)n);
        }
    }
    return true;
}

static int fetch_into(struct cli *cli, struct cli_client *c, const char *path, struct saving *s) {
    struct buf url = BUF_INIT(CLI_URL_SIZE * 2);
    struct http_request req;
    struct http_response rsp = {0};
    struct error err = {0};
    int status = CLI_DONE;
    if (!build(c, "GET", path, &url, &req)) {
        buf_release(&url);
        return cli_fail(cli, CLI_USAGE, "the address of the gateway is too long");
    }
    req.timeout_ms = AUDIO_TIMEOUT_MS;
    req.body_max_bytes = AUDIO_MAX;
    req.sink = save_bytes;
    req.sink_ctx = s;
    enum error_code rc = http_client_send(c->http, &req, &rsp, &err);
    if (s->error)
        status =
            cli_fail(cli, CLI_FAILED, "the file cannot be written: %s", strerrordesc_np(s->error));
    else if (rc != ERR_OK)
        status = fail_exchange(cli, c, &err);
    else if (rsp.status != 200)
        status = fail_status(cli, c, rsp.status, &rsp.body);
    http_response_release(&rsp);
    buf_release(&url);
    return status;
}

int cli_save(struct cli *cli, struct cli_client *c, const char *path, const char *file,
             uint64_t *bytes) {
    struct saving s = {.fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (s.fd < 0)
        return cli_fail(cli, CLI_FAILED, "%s cannot be made: %s", file, strerrordesc_np(errno));
    int status = fetch_into(cli, c, path, &s);
    if (status == CLI_DONE && fsync(s.fd) != 0 && errno != EINVAL)
        status =
            cli_fail(cli, CLI_FAILED, "%s cannot be written: %s", file, strerrordesc_np(errno));
    close(s.fd);
    if (status != CLI_DONE)
        unlink(file);
    *bytes = s.bytes;
    return status;
}

/* ---- small things -----------------------------------------------------------------------------
 */

void cli_put_json(struct cli *cli, const struct cli_reply *r) {
    fwrite(r->body.ptr, 1, r->body.len, cli->out);
    fputc('\n', cli->out);
}

void cli_put_query(struct buf *b, const char *name, const char *value) {
    if (!value)
        return;
    buf_putc(b, b->ptr && strchr(b->ptr, '?') ? '&' : '?');
    buf_puts(b, name);
    buf_putc(b, '=');
    buf_put_percent(b, str_z(value));
}
