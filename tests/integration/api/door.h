#ifndef TESTS_INTEGRATION_API_DOOR_H
#define TESTS_INTEGRATION_API_DOOR_H

#include <stdbool.h>
#include <stdio.h>

#include "core/app/config.h"
#include "core/app/gateway.h"
#include "core/base/buf.h"
#include "core/base/json.h"
#include "tests/support/temp_dir.h"

/*
 * A whole gateway in this process: data in a directory of its own, the carrier in a box inside, a
 * free port. Asked with requests that are written byte by byte, so anything can be sent.
 */
struct door {
    struct temp_dir dir;
    struct config config;
    struct gateway *gateway;
    FILE *log; /* what it logged */
};

/** settings: more lines of .env; may be "". False (and the case failed) when it does not start. */
bool door_open(struct door *d, const char *settings);
void door_close(struct door *d);

/** Lines of the log so far that hold these words. */
size_t door_logged(struct door *d, const char *words);

struct door_request {
    const char *method;  /* NULL: GET, or POST when there is a body */
    const char *path;    /* with its query */
    const char *token;   /* NULL: none */
    const char *host;    /* NULL: 127.0.0.1 */
    const char *headers; /* more of them, each ending with CRLF; NULL: none */
    const char *type;    /* of the body; NULL: application/json */
    const char *body;    /* NULL: none */
    size_t body_len;     /* 0: strlen(body) */
};

struct door_reply {
    int status; /* 0: no answer */
    struct buf head, body;
    struct json_doc *doc; /* of a JSON body; NULL for anything else */
    const struct json *root;
};

/** Ask; a reply that was used before is released first. */
void door_ask(struct door *d, const struct door_request *q, struct door_reply *out);

/** Send these very bytes and read until the end. */
void door_send(struct door *d, struct str bytes, struct door_reply *out);
void door_reply_release(struct door_reply *r); /* zeroed is fine; for CLEANUP */

/** Value of a reply header into dst; "" when absent. */
void door_header(const struct door_reply *r, const char *name, char *dst, size_t size);

/** A text member of the reply into dst (63 bytes and a NUL); "" when absent. */
const char *door_text(const struct door_reply *r, const char *member, char *dst);

/** Is it this problem document, complete and well-formed? field: NULL for none. */
bool door_is_problem(const struct door_reply *r, int status, const char *code, const char *field);

/** Place a call to this number with the assistant debt-intake; its id into dst (64 bytes). */
bool door_place(struct door *d, const char *to, char *dst);

/** Wait, at most 20 s, until the call is over; its last status into dst (64 bytes). */
bool door_wait_end(struct door *d, const char *id, char *dst);

#define DOOR_ASK(d, reply, ...) door_ask((d), &(struct door_request){__VA_ARGS__}, (reply))

#endif
