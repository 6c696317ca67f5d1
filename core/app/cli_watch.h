#ifndef CORE_APP_CLI_WATCH_H
#define CORE_APP_CLI_WATCH_H

#include "core/app/cli_client.h"

/* Follow one call to its end, printing each sign of life as it happens. */

struct cli_watch {
    const char *id;
    double time_factor;      /* of the times shown, for a simulated world; 0: 1 */
    uint32_t wait_s;         /* how long one question may wait for news, at most 20 */
    uint32_t recording_ms;   /* how long after the end to wait for a running recording */
    bool as_json;            /* each event as one line of JSON */
    bool (*stopped)(void *); /* asked between questions; NULL: never */
    void *stopped_ctx;
};

/** What was seen. */
struct cli_watched {
    bool ended, completed, recording_stored, recording_refused;
    unsigned lines, functions, information;
};

/** CLI_DONE: the call is over, however it ended. Else told to the user. */
NODISCARD int cli_watch(struct cli *cli, struct cli_client *client, const struct cli_watch *w,
                        struct cli_watched *out);

/** One line: how the call ended, from what /api/calls/{id} says of it. */
void cli_put_end(struct cli *cli, const struct json *call);

/** GET /api/calls/{id}[suffix]. */
NODISCARD int cli_get_call(struct cli *cli, struct cli_client *client, const char *id,
                           const char *suffix, struct cli_reply *out);

#endif
