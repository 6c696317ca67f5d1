#ifndef CORE_DOMAIN_SUMMARY_RECEIVER_H
#define CORE_DOMAIN_SUMMARY_RECEIVER_H

#include "core/base/error.h"
#include "core/base/str.h"

/* The port to whom a definition wants the answer to its post-prompt to be told. */

/** Everything borrowed for the length of the call. Absent texts have len 0. */
struct summary_told {
    struct str url;            /* http(s), without user and password */
    struct str user, password; /* basic authentication */
    struct str assistant;      /* its name */
    struct str call_id;        /* "call_…" */
    struct str caller_number;  /* the other party */
    struct str summary;
    struct str transcript_json;  /* array of {"role","content"} */
    struct str global_data_json; /* object; "" is {} */
};

struct summary_receiver {
    /**
     * Tell it and wait for the answer. Told twice where an answer got lost, with the same call_id.
     * ERR_NETWORK, ERR_UNCERTAIN; ERR_UPSTREAM: a status other than 2xx. err->retry: it may work
     * later. Any thread.
     */
    enum error_code (*tell)(void *ctx, const struct summary_told *told, struct error *err);
    void *ctx;
};

#endif
