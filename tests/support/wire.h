#ifndef TESTS_SUPPORT_WIRE_H
#define TESTS_SUPPORT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

/*
 * Bytes on a loopback socket, for tests that say what no well-behaved library would. Every wait has
 * a bound of WIRE_WAIT_MS and ends as soon as what it waits for is there.
 */
enum {
    WIRE_WAIT_MS = 60000
};

/** The stream has bytes to read, or has ended. */
bool wire_has_news(int fd, int within_ms);

/** Connected to 127.0.0.1; -1 when refused. Close with close(2). */
int wire_connect(uint16_t port);

/** Listening on a port of the kernel's choice. */
int wire_listen(uint16_t *port);

/** All n bytes; false when the far end does not take them. Never raises SIGPIPE. */
bool wire_send(int fd, const void *bytes, size_t n);
bool wire_puts(int fd, const char *z);

/** Append what arrives until `until` has occurred in it; false at the end of the stream. */
bool wire_read_until(int fd, struct buf *in, const char *until);

/** Append what arrives until the far end closes or resets; false when it does neither in time. */
bool wire_read_to_end(int fd, struct buf *in);

/**
 * One response with a Content-Length or without a body: its status, and its body in *body (may be
 * NULL). 0 when the stream ends first. *in keeps what was read ahead, for the next call.
 */
int wire_read_response(int fd, struct buf *in, struct buf *body);

/** Close with a reset instead of a FIN. */
void wire_reset(int fd);

#endif
