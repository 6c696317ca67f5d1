#include "tests/integration/http/server_rig.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "tests/support/wire.h"

enum {
    LOOK_MS = 10,
    PASS_MS = 50
};

static void hold(struct rig *r, struct http_exchange *x) {
    pthread_mutex_lock(&r->lock);
    if (r->waiting_count < RIG_WAITING_MAX)
        r->waiting[r->waiting_count++] = x;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

static void handle(void *ctx, struct http_exchange *x) {
    struct rig *r = ctx;
    atomic_fetch_add(&r->handled, 1);
    if (str_eq_z(x->path, "/wait")) {
        hold(r, x);
        return;
    }
    x->status = 200;
    x->content_type = "text/plain";
    if (str_eq_z(x->path, "/big")) {
        for (int i = 0; i < 10000; i++)
            buf_puts(&x->reply_body, "0123456789");
    } else {
        buf_put_str(&x->reply_body, x->method);
        buf_putc(&x->reply_body, ' ');
        buf_put_str(&x->reply_body, x->target);
        buf_putc(&x->reply_body, ' ');
        buf_put_u64(&x->reply_body, x->body.len);
    }
    http_exchange_reply(x);
}

void rig_start(struct rig *r, const struct http_server_options *opts) {
    struct http_server_options o = opts ? *opts : (struct http_server_options){0};
    struct error err = {0};
    *r = (struct rig){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    fake_clock_init(&r->time);
    if (!o.clock.mono_ms)
        o.clock = fake_clock_of(&r->time);
    o.handler = handle;
    o.handler_ctx = r;
    if (http_server_start(&o, &r->server, &err) != ERR_OK)
        mem_panic("rig: %s", err.text);
    r->port = http_server_port(r->server);
}

void rig_end(struct rig *r) {
    http_server_free(r->server);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
}

size_t rig_take_waiting(struct rig *r, size_t n, struct http_exchange **out) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WIRE_WAIT_MS / 1000;
    pthread_mutex_lock(&r->lock);
    int rc = 0;
    while (r->waiting_count < n && rc == 0)
        rc = pthread_cond_timedwait(&r->changed, &r->lock, &until);
    size_t got = r->waiting_count;
    memcpy(out, r->waiting, got * sizeof out[0]);
    r->waiting_count = 0;
    pthread_mutex_unlock(&r->lock);
    EXPECT(got >= n);
    return got;
}

bool rig_pass_until_news(struct rig *r, int fd) {
    for (int i = 0; i < WIRE_WAIT_MS / LOOK_MS; i++) {
        if (wire_has_news(fd, LOOK_MS))
            return true;
        fake_clock_advance_ms(&r->time, PASS_MS);
    }
    return false;
}

bool rig_pass_to_end(struct rig *r, int fd, struct buf *in) {
    char bytes[16384];
    while (rig_pass_until_news(r, fd)) {
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n <= 0)
            return true;
        buf_put(in, bytes, (size_t)n);
    }
    return false;
}

int rig_get(struct rig *r, const char *target) {
    struct buf in = BUF_INIT(1 << 20);
    int fd = wire_connect(r->port), status = 0;
    buf_printf(&in, "GET %s HTTP/1.1\r\nHost: gw.test\r\n\r\n", target);
    if (fd >= 0 && wire_send(fd, in.ptr, in.len)) {
        buf_clear(&in);
        status = wire_read_response(fd, &in, NULL);
    }
    if (fd >= 0)
        close(fd);
    buf_release(&in);
    return status;
}

int rig_say(struct rig *r, const void *bytes, size_t n, struct buf *in) {
    int fd = wire_connect(r->port);
    uint64_t status = 0;
    if (fd < 0)
        return 0;
    (void)wire_send(fd, bytes, n); /* a refusal may cut it short */
    EXPECT(wire_read_to_end(fd, in));
    close(fd);
    if (in->len < 12 || !str_to_u64(str_from(in->ptr + 9, 3), 999, &status))
        return 0;
    return (int)status;
}
