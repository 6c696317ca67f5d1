#ifndef CORE_APP_SUMMARY_HTTP_H
#define CORE_APP_SUMMARY_HTTP_H

#include "core/domain/http.h"
#include "core/domain/summary_receiver.h"

/*
 * Receivers of summaries, told as a carrier's agent tells them, so that one program serves both.
 * The address comes from a definition: see function_remote_http.h.
 */
struct summary_http {
    struct http_client *http; /* borrowed */
    enum http_trust trust;
};

/** The port; h must outlive it. */
struct summary_receiver summary_http(struct summary_http *h);

#endif
