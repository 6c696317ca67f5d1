#ifndef TESTS_UNIT_CARRIER_SIGNALWIRE_BOX_H
#define TESTS_UNIT_CARRIER_SIGNALWIRE_BOX_H

#include "tests/unit/carrier/swml_box.h"

/* A box that is SignalWire, and short ways to its two APIs. */

/** All five events of a call. */
#define ALL_EVENTS "\"status_events\":[\"created\",\"ringing\",\"answered\",\"ending\",\"ended\"]"

bool signalwire_init(struct box *b, const struct box_page *pages, const char *scenario);

/** POST /api/calling/calls. */
struct box_reply signalwire_post(struct box *b, const char *body);

/** A command on a live call; expects this status and, when it is 422, this code of the first fault.
 */
void signalwire_command(struct box *b, const char *id, const char *command, const char *params,
                        int status, const char *code);

/** Dial with all events to /status; more: members of params before them (`"url":"…"`), or "" for
 * the URL /answer. False (and a failed case) when it is refused. */
bool signalwire_dial(struct box *b, const char *to, const char *more, char id[37]);

/** Method and path behind the account of the Compatibility API ("/Calls"). */
struct box_reply signalwire_laml_ask(struct box *b, const char *method, const char *path,
                                     const char *form);

/** The call_states of all events at /status, in order of arrival: "created ringing …". */
const char *signalwire_states(struct arena *a, struct box *b);

/** Header of a request, "" when it has none. In the arena. */
const char *header_of(struct arena *a, const struct box_request *r, const char *name);

#endif
