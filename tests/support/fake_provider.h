#ifndef TESTS_SUPPORT_FAKE_PROVIDER_H
#define TESTS_SUPPORT_FAKE_PROVIDER_H

#include "core/domain/provider_impl.h"

/*
 * A carrier in a test's hand: answers what the test tells it to, and counts. Named "fake". Its
 * webhooks are forms (sid, status, at_ms, duration, recording, recording_status, digits, speech)
 * that count as signed when they hold sign=yes. Documents are plan JSON.
 */
enum {
    FAKE_PROVIDER_CALLS_MAX = 8
};

struct fake_provider {
    struct provider base;
    struct provider_desc desc; /* the test's to change: name, capabilities */
    /* what place_call gives */
    enum provider_outcome outcome;
    struct error error;
    struct provider_call placed;
    void (*while_placing)(void *ctx); /* called before it returns; may be NULL */
    void *while_placing_ctx;
    /* what look_up and list_calls give */
    enum error_code look_up_rc;
    struct provider_call seen;
    void (*while_looking)(void *ctx); /* called before look_up returns; may be NULL */
    void *while_looking_ctx;
    enum error_code list_rc;
    struct provider_call listed[FAKE_PROVIDER_CALLS_MAX];
    size_t listed_count;
    int64_t list_since_ms; /* what was asked for last */
    enum error_code end_rc;
    bool speechless; /* cannot write a plan that says something */
    /* audio of fetch_recording */
    enum error_code fetch_rc;
    struct str audio;
    const char *audio_format;          /* NULL: wav */
    void (*while_fetching)(void *ctx); /* called before the first byte; may be NULL */
    void *while_fetching_ctx;
    /* counts, and the last of each */
    unsigned places, ends, look_ups, lists, fetches, deletes, controls;
    char controlled_sid[CALL_SID_SIZE]; /* the recording that the last control named */
    char from[CALL_PARTY_SIZE];
    bool record;
    char answer_url[512], status_url[512], recording_url[512];
    char ended_sid[CALL_SID_SIZE];
    enum provider_recording_action controlled;
    bool controlled_dual, controlled_mp3, fetched_mp3;
};

/** Places "SID1" by default. Released with nothing: it is the test's own memory. */
void fake_provider_init(struct fake_provider *f);

#endif
