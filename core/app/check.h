#ifndef CORE_APP_CHECK_H
#define CORE_APP_CHECK_H

#include "core/app/cli.h"
#include "core/app/config.h"
#include "core/base/clock.h"
#include "core/base/log.h"

struct http_client;

/* `switchhook check`: what would go wrong later, found now, each with what to do about it. */

/** One run. */
struct check {
    struct cli *cli;
    const struct config *config;
    struct clock clock;
    struct log log; /* nowhere */
    struct http_client *http;
    bool gateway_runs; /* one answers at the configured address */
    unsigned failures;
};

/** One line of the report: what was looked at, and what was found. */
void check_ok(struct check *c, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);
void check_fail(struct check *c, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);

/** What to do about the failure before: one line, indented. May be called several times. */
void check_advise(struct check *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** Can carriers reach this gateway? Answers for a gateway that does not run, and asks itself. */
void check_public_url(struct check *c);

/** Does the model server answer? is_needed: an assistant cannot talk without one. */
void check_model(struct check *c, bool is_needed);

/** Does a gateway answer at the configured address? */
bool check_gateway_runs(struct check *c);

/* ---- one advice per cause, for texts of failures ----------------------------------------------
 */

struct check_cause {
    const char *sign; /* what the failure's text has in it, in any case; NULL: the last row */
    const char *advice;
};

/** The advice of the first row that fits. */
const char *check_advice_for(const struct check_cause *causes, struct str text);

#endif
