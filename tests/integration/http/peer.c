#include "tests/integration/http/peer.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/wire.h"

static size_t declared_length(struct str request) {
    size_t at = str_find_str(request, STR("Content-Length: "));
    struct str rest = str_from_index(request, at + 16);
    uint64_t n = 0;
    rest.len = str_find(rest, '\r');
    return str_to_u64(rest, 1 << 20, &n) ? (size_t)n : 0;
}

static bool read_request(struct peer *p, int fd) {
    struct buf in = BUF_INIT(1 << 20);
    bool ok = wire_read_until(fd, &in, "\r\n\r\n");
    size_t head = str_find_str(buf_str(&in), STR("\r\n\r\n")) + 4;
    while (ok && in.len < head + declared_length(buf_str(&in))) {
        char bytes[4096];
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        ok = n > 0;
        if (ok)
            buf_put(&in, bytes, (size_t)n);
    }
    buf_put(&p->seen, in.ptr, in.len);
    buf_release(&in);
    if (ok)
        atomic_fetch_add(&p->requests, 1);
    return ok;
}

static void flood(int fd, const char *bytes) {
    struct buf block = BUF_INIT(65536);
    while (block.len + strlen(bytes) <= block.max)
        buf_puts(&block, bytes);
    while (wire_send(fd, block.ptr, block.len)) {
    }
    buf_release(&block);
}

/** False when the connection has been closed already. */
static bool do_step(struct peer *p, int fd, const struct peer_step *step) {
    char byte;
    switch (step->act) {
    case PEER_END:
        return true;
    case PEER_READ:
        (void)read_request(p, fd);
        return true;
    case PEER_SEND:
        (void)wire_puts(fd, step->bytes);
        return true;
    case PEER_FLOOD:
        flood(fd, step->bytes);
        return true;
    case PEER_RESET:
        wire_reset(fd);
        return false;
    case PEER_HOLD:
        while (recv(fd, &byte, 1, 0) > 0) {
        }
        return true;
    }
    return true;
}

static void serve(struct peer *p, int fd, const struct peer_step *steps) {
    for (size_t i = 0; i < PEER_STEPS_MAX && steps[i].act != PEER_END; i++)
        if (!do_step(p, fd, &steps[i]))
            return;
    close(fd);
}

static void *peer_main(void *arg) {
    struct peer *p = arg;
    struct pollfd fds[2] = {{.fd = p->listen_fd, .events = POLLIN},
                            {.fd = p->stop_fd[0], .events = POLLIN}};
    for (size_t i = 0; poll(fds, 2, -1) > 0 && !fds[1].revents; i++) {
        int fd = accept(p->listen_fd, NULL, NULL);
        if (fd < 0)
            continue;
        atomic_fetch_add(&p->connections, 1);
        if (i < p->script_count)
            serve(p, fd, p->script[i]);
        else
            close(fd);
    }
    return NULL;
}

void peer_start(struct peer *p, const struct peer_step (*script)[PEER_STEPS_MAX], size_t count) {
    *p = (struct peer){.script = script, .script_count = count, .seen = BUF_INIT(1 << 20)};
    p->listen_fd = wire_listen(&p->port);
    if (p->listen_fd < 0 || pipe(p->stop_fd) != 0 ||
        pthread_create(&p->thread, NULL, peer_main, p) != 0)
        mem_panic("peer: cannot start");
}

void peer_end(struct peer *p) {
    close(p->stop_fd[1]); /* the other end becomes readable */
    pthread_join(p->thread, NULL);
    close(p->stop_fd[0]);
    close(p->listen_fd);
}

void peer_release(struct peer *p) {
    buf_release(&p->seen);
}
