#include "tests/support/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(uint16_t port) {
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sa;
}

int wire_connect(uint16_t port) {
    struct sockaddr_in sa = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&sa, sizeof sa) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int wire_listen(uint16_t *port) {
    struct sockaddr_in sa = loopback(0);
    socklen_t len = sizeof sa;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&sa, sizeof sa) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&sa, &len) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *port = ntohs(sa.sin_port);
    return fd;
}

static bool wait_for(int fd, short events, int within_ms) {
    struct pollfd p = {.fd = fd, .events = events};
    return poll(&p, 1, within_ms) > 0;
}

bool wire_has_news(int fd, int within_ms) {
    return wait_for(fd, POLLIN, within_ms);
}

bool wire_send(int fd, const void *bytes, size_t n) {
    const char *p = bytes;
    while (n > 0) {
        ssize_t sent =
            wait_for(fd, POLLOUT, WIRE_WAIT_MS) ? send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT) : -1;
        if (sent <= 0)
            return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

bool wire_puts(int fd, const char *z) {
    return wire_send(fd, z, strlen(z));
}

/** 1: something came; 0: the stream has ended; -1: nothing came in time. */
static int read_some(int fd, struct buf *in) {
    char bytes[16384];
    if (!wait_for(fd, POLLIN, WIRE_WAIT_MS))
        return -1;
    ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n <= 0)
        return 0;
    buf_put(in, bytes, (size_t)n);
    return 1;
}

bool wire_read_until(int fd, struct buf *in, const char *until) {
    while (str_find_str(buf_str(in), str_z(until)) == in->len)
        if (buf_failed(in) || read_some(fd, in) != 1)
            return false;
    return true;
}

bool wire_read_to_end(int fd, struct buf *in) {
    int got;
    while ((got = read_some(fd, in)) == 1) {
    }
    return got == 0;
}

static size_t content_length(struct str head) {
    struct str line;
    uint64_t n = 0;
    while (str_next(&head, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (str_eq_nocase(str_from(line.ptr, colon), STR("Content-Length")) &&
            !str_to_u64(str_trim(str_from_index(line, colon + 1)), SIZE_MAX, &n))
            return 0;
    }
    return (size_t)n;
}

static void drop_front(struct buf *in, size_t n) {
    memmove(in->ptr, in->ptr + n, in->len - n);
    in->len -= n;
}

int wire_read_response(int fd, struct buf *in, struct buf *body) {
    uint64_t status = 0;
    if (!wire_read_until(fd, in, "\r\n\r\n"))
        return 0;
    size_t head = str_find_str(buf_str(in), STR("\r\n\r\n")) + 4;
    if (head < 12 || !str_to_u64(str_from(in->ptr + 9, 3), 999, &status))
        return 0;
    size_t length = content_length(str_from(in->ptr, head));
    while (in->len < head + length)
        if (read_some(fd, in) != 1)
            return 0;
    if (body) {
        buf_clear(body);
        buf_put(body, in->ptr + head, length);
    }
    drop_front(in, head + length);
    return (int)status;
}

void wire_reset(int fd) {
    struct linger none = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(fd);
}
