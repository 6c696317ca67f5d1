#ifndef CORE_IO_HTTP_GUARD_H
#define CORE_IO_HTTP_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * The SSRF guard: where requests to user-given URLs must not go. It judges the address that is
 * about to be connected to, never the text of a URL: decimal, octal and short IPv4 forms, names
 * that resolve to private addresses and rebinding all arrive here as the same few bytes.
 */

/** True for loopback, private, link-local, shared, reserved, multicast, translated (NAT64, 6to4,
 * Teredo) and documentation addresses, and for every family but IPv4 and IPv6. */
bool http_guard_denies(const struct sockaddr *sa);

/** The same for an address in text, as libcurl reports it; true when it is no address. */
bool http_guard_denies_text(const char *address);

/** 127/8, ::1 and the mapped forms: what tests may be allowed to reach. */
bool http_guard_is_loopback(const struct sockaddr *sa);
bool http_guard_is_loopback_text(const char *address);

#endif
