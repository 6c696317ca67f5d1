#ifndef TESTS_SUPPORT_ENGINE_BOX_H
#define TESTS_SUPPORT_ENGINE_BOX_H

#include "core/domain/http.h"
#include "core/engine/engine.h"
#include "core/engine/webhook_service.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temp_dir.h"

/*
 * The engine on a real SQLite store and a real vault in a directory of the test's own, with a
 * carrier and a clock in the test's hand. Jobs run when the test says so, on its thread.
 */
struct engine_box {
    struct temp_dir dir;
    struct fake_clock time;
    struct id_source ids;
    struct fake_provider carrier, second; /* the second one is there when the test adds it */
    struct provider *providers[2];
    struct engine engine;
    struct webhook_service *webhooks;
    char db_path[320];
};

void engine_box_init(struct engine_box *b);
void engine_box_release(struct engine_box *b); /* frees engine.pacer, too */

/** Make `second` the fallback, named "spare". */
void engine_box_add_second(struct engine_box *b);

/** Close the store and open it again, as a restart does. */
void engine_box_restart(struct engine_box *b);

/** Submit a call with a plan that says "Hello" to +12025550100; returns it. */
struct call engine_box_submit(struct engine_box *b);
struct call engine_box_submit_to(struct engine_box *b, const char *to);
struct call engine_box_submit_request(struct engine_box *b, const struct call_request *req);

/** The call as stored. */
struct call engine_box_call(struct engine_box *b, int64_t id);

/** Claim what is due now and run it, until nothing is due. Returns how many jobs ran. */
unsigned engine_box_run_due(struct engine_box *b);

/** Claim one job that is due now, as a worker does, and leave it at that; kind JOB_NONE: none. */
struct job engine_box_claim(struct engine_box *b);

/** Kinds of all jobs that are in the store, as a set of BIT(kind). */
uint32_t engine_box_jobs(struct engine_box *b);

/** Types of the call's events in order, space separated, in dst (1 KiB). */
void engine_box_events(struct engine_box *b, int64_t id, char *dst);

struct engine_reply {
    int status;
    char body[4096];
};

/** Send a webhook (form body) to an address that place_call was given, and wait for the reply. */
struct engine_reply engine_box_webhook(struct engine_box *b, const char *url, const char *body);

#endif
