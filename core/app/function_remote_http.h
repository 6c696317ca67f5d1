#ifndef CORE_APP_FUNCTION_REMOTE_HTTP_H
#define CORE_APP_FUNCTION_REMOTE_HTTP_H

#include "core/base/clock.h"
#include "core/domain/function_remote.h"
#include "core/domain/http.h"

/*
 * Functions of the user's own program, asked as a carrier's agent asks them (SWAIG over HTTP). The
 * address comes from a definition: the guard decides on it like on any foreign one, unless the
 * operator opened private addresses to functions. One more try when nothing reached the far end or
 * it answered 5xx; never when it may have run already.
 */
enum {
    FUNCTION_REMOTE_REPLY_MAX = 65536 /* bytes of an answer */
};

struct function_remote_http {
    struct http_client *http; /* borrowed, like what the clock is of */
    struct clock clock;
    enum http_trust trust;
};

/** The port; h must outlive it. */
struct function_remote function_remote_http(struct function_remote_http *h);

#endif
