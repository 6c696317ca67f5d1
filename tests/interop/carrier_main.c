#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/json.h"
#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "providers/mock/carrier/carrier.h"
#include "twiml/twiml.h"

/*
 * The carrier in a box as a program of its own, for tests of other languages:
 * carrier_box [--speed N] [--seed N] [--scenario FILE]. Prints one JSON line when it listens;
 * SIGTERM ends it.
 */
struct arguments {
    double speed;
    uint64_t seed;
    struct buf scenario;
};

static bool read_file(const char *path, struct buf *out) {
    FILE *f = fopen(path, "rb");
    char part[4096];
    size_t n;
    if (!f)
        return false;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_put(out, part, n);
    fclose(f);
    return !buf_failed(out);
}

static bool read_arguments(int argc, char **argv, struct arguments *a) {
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--speed") == 0)
            a->speed = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--seed") == 0)
            a->seed = (uint64_t)strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--scenario") == 0 && read_file(argv[i + 1], &a->scenario))
            continue;
        else
            return false;
    }
    return argc % 2 == 1;
}

static void print_line(struct carrier *c, uint16_t port) {
    struct carrier_account account = carrier_account(c);
    char base_url[64];
    struct buf out = BUF_INIT(4096);
    struct json_writer w;
    snprintf(base_url, sizeof base_url, "http://127.0.0.1:%u", port);
    carrier_set_base_url(c, str_z(base_url));
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_kv_z(&w, "dialect", "twilio");
    json_kv_z(&w, "base_url", base_url);
    json_kv_string(&w, "account", account.account);
    json_kv_string(&w, "token", account.token);
    json_kv_string(&w, "number", account.number);
    json_end_object(&w);
    printf("%s\n", out.ptr);
    fflush(stdout);
    buf_release(&out);
}

static bool serve(const struct arguments *a, struct error *err) {
    struct http_client *client = NULL;
    struct http_server *server = NULL;
    struct carrier *carrier = NULL;
    struct log log;
    log_init(&log, clock_system(), LOG_WARN, LOG_TEXT, STDERR_FILENO);
    const struct http_client_curl_options client_options = {.clock = clock_system(), .log = &log};
    bool ok = http_client_curl_new(&client_options, &client, err) == ERR_OK;
    const struct carrier_options options = {.dialect = "twilio",
                                            .speed = a->speed,
                                            .seed = a->seed,
                                            .scenario_json = buf_str(&a->scenario),
                                            .http = client,
                                            .clock = clock_system(),
                                            .log = &log};
    ok = ok && carrier_new(&options, &carrier, err) == ERR_OK;
    const struct http_server_options server_options = {
        .clock = clock_system(), .log = &log, .handler = carrier_handle, .handler_ctx = carrier};
    ok = ok && http_server_start(&server_options, &server, err) == ERR_OK;
    if (ok) {
        sigset_t set;
        int signal;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        print_line(carrier, http_server_port(server));
        sigwait(&set, &signal);
    }
    http_server_free(server);
    carrier_free(carrier);
    http_client_free(client);
    return ok;
}

int main(int argc, char **argv) {
    struct arguments a = {.speed = 1, .scenario = BUF_INIT(1 << 20)};
    struct error err = {0};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (!read_arguments(argc, argv, &a)) {
        fprintf(stderr, "usage: carrier_box [--speed N] [--seed N] [--scenario FILE]\n");
        return 2;
    }
    twiml_init();
    bool ok = secret_system_init() && serve(&a, &err);
    if (!ok)
        fprintf(stderr, "carrier_box: %s\n", err.text);
    buf_release(&a.scenario);
    return ok ? 0 : 1;
}
