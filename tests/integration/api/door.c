#include "tests/integration/api/door.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/secret.h"
#include "tests/support/test.h"

enum {
    REPLY_MAX = 16 * 1024 * 1024,
    WAIT_LIMIT_S = 60,
    GRACE_MS = 100, /* at the end of a case nobody asks any more */
    TEXT_SIZE = 64
};

static const char *no_environment(void *ctx, const char *name) {
    (void)ctx, (void)name;
    return NULL;
}

bool door_open(struct door *d, const char *settings) {
    static const char own_assistants[] =
        "SWITCHHOOK_ASSISTANTS_DIR=" SWH_SOURCE_DIR "/assistants\n";
    struct buf text = BUF_INIT(8192);
    struct config_faults faults;
    struct error err = {0};
    *d = (struct door){0};
    if (!secret_system_init())
        return false;
    temp_dir_init(&d->dir);
    buf_printf(&text,
               "SWITCHHOOK_LISTEN=127.0.0.1:0\nSWITCHHOOK_DATA_DIR=%s/data\nMOCK_SEED=7\n%s%s",
               d->dir.path, strstr(settings, "SWITCHHOOK_ASSISTANTS_DIR=") ? "" : own_assistants,
               settings);
    bool good = config_parse(buf_str(&text), no_environment, NULL, &d->config, &faults) == ERR_OK;
    buf_release(&text);
    if (!good) {
        EXPECT_STR(faults.items[0].text, "no fault");
        return false;
    }
    d->log = tmpfile();
    /* it is read while others write */
    if (!d->log || fcntl(fileno(d->log), F_SETFL, O_APPEND) != 0)
        return false;
    struct gateway_options o = {
        .config = &d->config, .clock = clock_system(), .log_fd = fileno(d->log)};
    if (gateway_start(&o, &d->gateway, &err) == ERR_OK)
        return true;
    EXPECT_STR(err.text, "started");
    return false;
}

void door_close(struct door *d) {
    if (d->gateway)
        gateway_drain(d->gateway, GRACE_MS);
    gateway_free(d->gateway);
    if (d->log)
        fclose(d->log);
    config_release(&d->config);
    temp_dir_release(&d->dir);
    *d = (struct door){0};
}

size_t door_logged(struct door *d, const char *words) {
    char line[4096];
    size_t lines = 0;
    rewind(d->log);
    while (fgets(line, sizeof line, d->log))
        lines += strstr(line, words) != NULL;
    return lines;
}

void door_reply_release(struct door_reply *r) {
    buf_release(&r->head);
    buf_release(&r->body);
    json_doc_free(r->doc);
    *r = (struct door_reply){0};
}

/* ---- bytes ------------------------------------------------------------------------------------
 */

static int connect_to(struct door *d) {
    struct sockaddr_in at = {.sin_family = AF_INET};
    struct str url = str_z(gateway_url(d->gateway));
    size_t colon = url.len;
    uint64_t port = 0;
    while (colon > 0 && url.ptr[colon - 1] != ':')
        colon--;
    if (!str_to_u64(str_from_index(url, colon), 65535, &port))
        return -1;
    at.sin_port = htons((uint16_t)port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {.tv_sec = WAIT_LIMIT_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

static void send_all(int fd, struct str bytes) {
    while (bytes.len > 0) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* it may answer and close before it has read all */
        bytes = str_from_index(bytes, (size_t)n);
    }
}

/* "HTTP/1.1 200 OK" and headers, an empty line, the body. */
static void take_apart(struct str all, struct door_reply *out) {
    size_t end = str_find_str(all, STR("\r\n\r\n"));
    uint64_t status = 0;
    if (end == all.len || !str_starts(all, STR("HTTP/1.1 ")) ||
        !str_to_u64(str_from(all.ptr + 9, 3), 599, &status))
        return;
    out->status = (int)status;
    out->head = BUF_INIT(65536);
    out->body = BUF_INIT(REPLY_MAX);
    buf_put(&out->head, all.ptr, end + 2);
    buf_put_str(&out->body, str_from_index(all, end + 4));
    struct json_limits limits = {.bytes_max = REPLY_MAX, .values_max = 100000};
    if (json_parse(buf_str(&out->body), &limits, &out->doc, NULL) == ERR_OK)
        out->root = json_root(out->doc);
}

void door_send(struct door *d, struct str bytes, struct door_reply *out) {
    struct buf all = BUF_INIT(REPLY_MAX);
    char chunk[16384];
    ssize_t n;
    int fd = connect_to(d);
    door_reply_release(out);
    if (fd < 0)
        return;
    send_all(fd, bytes);
    while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0)
        buf_put(&all, chunk, (size_t)n);
    close(fd);
    take_apart(buf_str(&all), out);
    buf_release(&all);
}

void door_ask(struct door *d, const struct door_request *q, struct door_reply *out) {
    struct buf b = BUF_INIT(REPLY_MAX);
    struct str body = q->body_len ? str_from(q->body, q->body_len) : str_z(q->body);
    const char *method = q->method ? q->method : q->body ? "POST" : "GET";
    buf_printf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, q->path,
               q->host ? q->host : "127.0.0.1");
    if (q->token)
        buf_printf(&b, "Authorization: Bearer %s\r\n", q->token);
    if (q->headers)
        buf_puts(&b, q->headers);
    if (q->body)
        buf_printf(&b, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                   q->type ? q->type : "application/json", body.len);
    else if (strcmp(method, "POST") == 0)
        buf_puts(&b, "Content-Length: 0\r\n");
    buf_puts(&b, "\r\n");
    buf_put_str(&b, body);
    door_send(d, buf_str(&b), out);
    buf_release(&b);
}

/* ---- replies ----------------------------------------------------------------------------------
 */

void door_header(const struct door_reply *r, const char *name, char *dst, size_t size) {
    struct str rest = buf_str(&r->head), line;
    dst[0] = '\0';
    while (str_next(&rest, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (str_eq_nocase(str_from(line.ptr, colon), str_z(name)))
            if (!str_copy(str_trim(str_from_index(line, colon + 1)), dst, size))
                dst[0] = '\0';
    }
}

const char *door_text(const struct door_reply *r, const char *member, char *dst) {
    if (!str_copy(json_str(json_get(r->root, member)), dst, TEXT_SIZE))
        dst[0] = '\0';
    return dst;
}

bool door_is_problem(const struct door_reply *r, int status, const char *code, const char *field) {
    static const char *const members[] = {"type", "title", "status", "detail", "code"};
    char type[64], text[TEXT_SIZE];
    int64_t said = 0;
    bool whole = r->status == status;
    door_header(r, "Content-Type", type, sizeof type);
    whole = whole && strcmp(type, "application/problem+json") == 0;
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        whole = whole && json_get(r->root, members[i]) != NULL;
    whole = whole && json_int(json_get(r->root, "status"), status, status, &said) &&
            json_str(json_get(r->root, "detail")).len > 0 &&
            strcmp(door_text(r, "code", text), code) == 0 &&
            (json_get(r->root, "field") != NULL) == (field != NULL) &&
            (!field || strcmp(door_text(r, "field", text), field) == 0);
    if (!whole)
        fprintf(stderr, "    got %d %s: " STR_FMT "\n", r->status, type,
                STR_ARG(buf_str(&r->body)));
    return whole;
}

/* ---- calls ------------------------------------------------------------------------------------
 */

bool door_place(struct door *d, const char *to, char *dst) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char body[128];
    snprintf(body, sizeof body, "{\"to\":\"%s\",\"assistant\":\"debt-intake\"}", to);
    DOOR_ASK(d, &r, .path = "/api/calls", .body = body);
    door_text(&r, "id", dst);
    return r.status == 202;
}

bool door_wait_end(struct door *d, const char *id, char *dst) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char path[160], cursor[64] = "";
    struct clock clock = clock_system();
    int64_t limit = clock_mono_ms(&clock) + WAIT_LIMIT_S * 1000;
    enum call_status status = CALL_STATUS_NONE;
    while (!call_status_is_final(status) && clock_mono_ms(&clock) < limit) {
        snprintf(path, sizeof path, "/api/calls/%s/events?wait_s=5%s%s", id,
                 cursor[0] ? "&cursor=" : "", cursor);
        DOOR_ASK(d, &r, .path = path);
        if (r.status != 200 ||
            !call_status_parse(str_z(door_text(&r, "call_status", dst)), &status))
            return false;
        door_text(&r, "next_cursor", cursor);
    }
    return call_status_is_final(status);
}
