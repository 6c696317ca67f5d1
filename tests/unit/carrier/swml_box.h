#ifndef TESTS_UNIT_CARRIER_SWML_BOX_H
#define TESTS_UNIT_CARRIER_SWML_BOX_H

#include "core/base/json.h"
#include "tests/support/test.h"
#include "tests/unit/carrier/box.h"

/* The box of box.h speaking SignalWire, for calls that live through SWML. */

/** A document with this section "main" (a list of verbs). */
#define SWML(verbs) "{\"version\":\"1.0.0\",\"sections\":{\"main\":[" verbs "]}}"

/** A verb that tells the application what this text has become: POST /vars. */
#define TELL(text) \
    "{\"request\":{\"url\":\"" BOX_APP "/vars\",\"method\":\"POST\",\"body\":\"" text "\"}}"

/** A whole call to this number whose first document is the page "/answer": start, dial, wait for
 * its end. `more` is more JSON of the dial's params, ",…" or "". */
bool swml_live_to(struct box *b, const struct box_options *o, const char *to, const char *more);

/** The same with one document and the callee 00. */
bool swml_live(struct box *b, const char *document);

/** Body of the nth request for a path; "" when there is none (a failed case). */
const char *swml_told(struct box *b, const char *path, size_t n);

/** Text of the member at "a.b.0.c" in a JSON text; JSON of what is no string; "" when absent. In
 * the arena. */
const char *swml_at(struct arena *a, const char *json, const char *path);

/** Live one call and compare what TELL told. */
void swml_expect_told(const char *document, const char *expected);

#endif
