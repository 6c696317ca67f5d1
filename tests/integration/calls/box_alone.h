#ifndef TESTS_INTEGRATION_CALLS_BOX_ALONE_H
#define TESTS_INTEGRATION_CALLS_BOX_ALONE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"

struct carrier;
struct http_client;
struct http_server;

/** A carrier in a box that stands beside a gateway instead of inside it, reached by its address. */
struct box_alone {
    struct http_client *http;
    struct carrier *box;
    struct http_server *server;
    char url[64];
};

/** scenario: JSON, or "" for the built-in callees only. */
bool box_alone_open(struct box_alone *b, const char *dialect, const char *scenario);
void box_alone_close(struct box_alone *b);

/**
 * A port for a server that must be known before it listens; 0: none. Outside the range from which
 * the kernel gives ports to others, and claimed for the life of this process by a name that no
 * other process can bind (tests/faults/calls/rig.py uses the same one).
 */
uint16_t box_alone_find_port(void);

/** How a gateway is set up for a real carrier, on one of its wires. */
struct box_wire {
    const char *name;                                      /* as MOCK_DIALECT has it */
    const char *provider;                                  /* which is the box's dialect, too */
    const char *account, *token, *key, *number, *base_url; /* names of the settings; "": none */
    const char *more;                                      /* lines of .env */
};
enum {
    BOX_WIRE_COUNT = 4
};
extern const struct box_wire box_wires[BOX_WIRE_COUNT];

/** Lines of .env that lead a gateway to this box. url, token: NULL for the box's own. */
void box_alone_put_settings(const struct box_alone *b, const struct box_wire *w, const char *url,
                            const char *token, struct buf *out);

#endif
