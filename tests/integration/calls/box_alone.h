#ifndef TESTS_INTEGRATION_CALLS_BOX_ALONE_H
#define TESTS_INTEGRATION_CALLS_BOX_ALONE_H

#include <stdbool.h>
#include <stdint.h>

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

bool box_alone_open(struct box_alone *b, const char *dialect);
void box_alone_close(struct box_alone *b);

/** A port that was free a moment ago; 0: none. */
uint16_t box_alone_find_port(void);

#endif
