#ifndef PROVIDERS_MOCK_CARRIER_CARRIER_H
#define PROVIDERS_MOCK_CARRIER_CARRIER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/domain/http.h"

/*
 * The carrier in a box: a telephone exchange that speaks a carrier's REST API, fetches and carries
 * out answer documents against simulated callees, and sends the carrier's signed webhooks. It
 * listens through whatever server its handler is given to, and calls out through the HTTP port.
 */
struct carrier;

struct carrier_options {
    const char *dialect;    /* "twilio", "plivo", … (face.h) */
    struct str account;     /* "": made up from the seed */
    struct str token;       /* "": made up from the seed */
    struct str signing_key; /* the same, for a dialect that signs with a key of its own */
    struct str number;      /* "": +12025550199 */
    double speed;           /* factor of virtual time; 0: as fast as possible */
    uint64_t seed; /* everything random comes from it: same seed, same scenario, same calls */
    struct str scenario_json; /* "": the built-in callees 00–15 only */
    struct http_client *http;
    struct clock clock;
    struct log *log;    /* may be NULL */
    uint32_t calls_max; /* ended calls beyond it are forgotten, oldest first; 0: 20000 */
};

NODISCARD enum error_code carrier_new(const struct carrier_options *o, struct carrier **out,
                                      struct error *err);

/** Where the REST face is reached: "http://127.0.0.1:4010". Set once, before the first request. */
void carrier_set_base_url(struct carrier *c, struct str base_url);

/** http_handler_fn for the server that fronts it; ctx is the struct carrier. */
void carrier_handle(void *ctx, struct http_exchange *x);

/** What a client needs to use it. Borrowed for the carrier's life. */
struct carrier_account {
    struct str account, token, number;
    struct str signing_key; /* "": the dialect has none */
};
struct carrier_account carrier_account(const struct carrier *c);

/** Somebody calls a number of the account. Texts are copied. */
struct carrier_inbound {
    struct str from; /* the simulated caller: lives as the callee of that number; "" hides it */
    struct str to;   /* "": the account's number */
    struct str url;  /* what the number is pointed at */
    struct str status_url; /* told of the end; "": nobody */
    bool compat;           /* signalwire: the number speaks the Compatibility API */
};
enum {
    CARRIER_SID_SIZE = 37 /* a UUID and a NUL */
};
/**
 * Let it ring now. sid gets the call's id. ERR_INVALID: no address. Over HTTP the same is
 * POST /box/inbound with these members as JSON and the account's credentials: 201 {"sid"}.
 */
NODISCARD enum error_code carrier_call_in(struct carrier *c, const struct carrier_inbound *in,
                                          char sid[CARRIER_SID_SIZE], struct error *err);

/** Ground truth for tests: how often this number was really dialled, whether it picked up or not.
 */
uint64_t carrier_rings(struct carrier *c, struct str to);

struct carrier_totals {
    uint64_t created, open, ended, webhooks_sent, webhooks_failed;
    uint64_t recordings; /* begun, whoever wanted them */
    uint64_t settled;    /* of the ended ones: nothing is due any more, every webhook is through */
};
struct carrier_totals carrier_totals(struct carrier *c);

/** Hang up everything without further webhooks, stop the clock thread, free. NULL is fine. */
void carrier_free(struct carrier *c);

#endif
