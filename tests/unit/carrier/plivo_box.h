#ifndef TESTS_UNIT_CARRIER_PLIVO_BOX_H
#define TESTS_UNIT_CARRIER_PLIVO_BOX_H

#include "tests/unit/carrier/box.h"

/* The box of box.h speaking Plivo. */

#define PLIVO_HANGUP "<Response><Hangup/></Response>"
/** Keeps the call open for an hour of its own time. */
#define PLIVO_WAIT "<Response><Wait length=\"3600\"/></Response>"

enum {
    PLIVO_BRISK = 200, /* speed at which a PLIVO_WAIT leaves time for a test's requests */
};

/** One request behind the account: "/Call/". */
struct box_reply plivo_rest(struct box *b, const char *method, const char *path, const char *json);

/** "/v1/Account/MA…" and what comes behind it. In the arena. */
const char *plivo_path(struct arena *a, struct box *b, const char *behind);

bool plivo_box_init(struct box *b, const struct box_page *pages, const char *scenario,
                    double speed);

/** POST /Call/ to this number with answer, ring and hangup URL; `more` is more JSON, ",…" or "".
 * The request_uuid goes to sid. */
bool plivo_call(struct box *b, const char *to, const char *more, char sid[37]);

/** A whole call: start, make it, wait for its end. */
bool plivo_live(struct box *b, const struct box_page *pages, const char *to, const char *more);

/** Wait until the call is answered (its answer document was asked for and has come). */
bool plivo_wait_live(struct box *b, const char *sid);

/** One request with a JSON body; expects this status and, in the body, this text. */
void plivo_expect(struct box *b, const char *method, const char *path, const char *json, int status,
                  const char *text);

/** The same, and the whole body, in the arena. */
const char *plivo_ask(struct arena *a, struct box *b, const char *method, const char *path,
                      const char *json, int status);

/** Header of a webhook, "" when absent. In the arena. */
const char *plivo_header(struct arena *a, const struct box_request *r, const char *name);

#endif
