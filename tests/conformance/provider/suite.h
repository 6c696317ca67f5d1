#ifndef TESTS_CONFORMANCE_PROVIDER_SUITE_H
#define TESTS_CONFORMANCE_PROVIDER_SUITE_H

#include "core/base/secret.h"
#include "core/domain/provider.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/test.h"

/*
 * What every provider promises, whoever the carrier is. A new carrier adds one row to carriers.c,
 * how to make it, and a file of words: how its API says what the cases need said.
 */

/** One carrier's words for the situations of the suite. */
struct suite_words {
    const char *account, *number, *base_url;
    const char *call_sid, *recording_sid;
    int created; /* status of a successful create */
    const char *placed;
    const char *call_completed;    /* one call, 15 s long */
    const char *call_unknown_word; /* a status that no table has */
    const char *list_first;        /* one call, and a next page */
    const char *list_last;         /* another call and the first one again; no next page */
    const char *list_empty;
    const char *recording;
    const char *found; /* the file of a recording, asked for first; NULL: it has the same id */
    const char *media; /* where its audio is; NULL: the audio is asked for at once */
    const char *invalid, *auth, *not_found, *limited; /* errors in the carrier's own form */
    const char *over;                                 /* NULL: said with not_found */
    const char *check_ok;                             /* accepts whatever is asked, step by step */
    unsigned list_passes;
    unsigned audio_variants;
    unsigned look_ups; /* requests of a look-up that finds nothing */
    const char *end_method, *stop_method;
    bool makes_ids;          /* of recordings: the carrier takes what we make up */
    bool stop_says_nothing;  /* about the recording that was stopped */
    enum call_status listed; /* the first call of the list */
    int64_t ringing_at_ms;   /* 0: the notice does not say */
    const char *document;    /* of a plan that says "Hello" and hangs up */
    /** A signed notice that the call is ringing; fills req (its strings are static). */
    void (*ringing)(struct webhook_request *req);
};

extern const struct suite_words twilio_suite_words, plivo_suite_words, signalwire_suite_words,
    signalwire_compat_suite_words;

/** What words files have in common. */
#define SUITE_TOKEN       "0123456789abcdef0123456789abcdef"
#define SUITE_BASE        "https://gw.example.com"
#define SUITE_RING_TARGET "/voice/x/call_1/nonce/status"

struct suite_carrier {
    const char *name;
    const struct suite_words *words;
    struct provider *(*make)(const struct suite_carrier *c, struct http_client *http);
};

extern const struct suite_carrier suite_carriers[];
extern const size_t suite_carrier_count;

/** A carrier with a script instead of a network. */
struct suite {
    const struct suite_words *words;
    struct fake_http *http;
    struct provider *p;
    struct error err;
    struct fake_exchange *script; /* suite_begin_fetch(): what was played */
    size_t before;                /* requests before the audio is asked for */
};

struct suite suite_begin(const struct suite_carrier *c, const struct fake_exchange *script,
                         size_t count);

/** For downloads: the script begins where the audio is asked for. */
struct suite suite_begin_fetch(const struct suite_carrier *c, const struct fake_exchange *script,
                               size_t count);
void suite_end(struct suite *s); /* fails the case on unused rows */

/* A script given in place: SUITE(s, carrier, {.status = 200, .body = …}, …) */
#define SUITE(s, carrier, ...)                               \
    const struct fake_exchange s##_script[] = {__VA_ARGS__}; \
    struct suite s = suite_begin((carrier), s##_script, ARRAY_LEN(s##_script))

#define SUITE_FETCH(s, carrier, ...)                         \
    const struct fake_exchange s##_script[] = {__VA_ARGS__}; \
    struct suite s = suite_begin_fetch((carrier), s##_script, ARRAY_LEN(s##_script))

/** Run the body for each carrier as `c`. */
#define FOR_EACH_CARRIER(c)                                                                        \
    for (const struct suite_carrier *c = suite_carriers; c < suite_carriers + suite_carrier_count; \
         c++)

/** What a call to place looks like; every optional part is there. */
struct provider_place suite_place(void);

#endif
