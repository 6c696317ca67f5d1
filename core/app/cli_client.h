#ifndef CORE_APP_CLI_CLIENT_H
#define CORE_APP_CLI_CLIENT_H

#include "core/app/cli.h"
#include "core/app/config.h"
#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/domain/http.h"

/* The API of a running gateway, for commands. Whatever goes wrong is told to the user here. */

enum {
    CLI_URL_SIZE = 1024
};

struct cli_client {
    struct http_client *http;
    char url[CLI_URL_SIZE];      /* without a trailing slash */
    struct secret authorization; /* "Bearer …"; none without a token */
    uint32_t patience_ms; /* how long a question is asked again while nobody can answer; 0: not */
};

/** By --url, else the settings. Not CLI_DONE: told to the user, nothing to close. */
NODISCARD int cli_client_open(struct cli *cli, struct cli_client *out);

/** To this address, with these settings' token. */
NODISCARD int cli_client_open_at(struct cli *cli, const struct config *c, const char *url,
                                 struct cli_client *out);
void cli_client_close(struct cli_client *c); /* zeroed is fine */

/** What came back. Zeroed before, released after. */
struct cli_reply {
    struct buf body;
    struct json_doc *doc;
    const struct json *root;
};
void cli_reply_release(struct cli_reply *r); /* zeroed is fine; for CLEANUP as well */

/**
 * Ask the gateway. path_and_query: "/api/calls?limit=5". A 2xx gives CLI_DONE and its JSON. All
 * else is printed as one line that says what to do: usage for a request the gateway calls invalid,
 * failed for the rest. wait_s: how long the gateway may take on purpose.
 */
NODISCARD int cli_get(struct cli *cli, struct cli_client *c, const char *path_and_query,
                      unsigned wait_s, struct cli_reply *out);
NODISCARD int cli_post(struct cli *cli, struct cli_client *c, const char *path, struct str body,
                       const char *idempotency_key, struct cli_reply *out);

/** Save what path gives to a file, which must not exist; nothing is left behind on failure. */
NODISCARD int cli_save(struct cli *cli, struct cli_client *c, const char *path, const char *file,
                       uint64_t *bytes);

/** Print the reply's JSON and a line feed: the answer to --json. */
void cli_put_json(struct cli *cli, const struct cli_reply *r);

/** Append "?name=value" or "&name=value", percent-encoded; nothing for a NULL value. */
void cli_put_query(struct buf *b, const char *name, const char *value);

#endif
