#ifndef CORE_IO_HTTP_REFUSE_H
#define CORE_IO_HTTP_REFUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"
#include "core/domain/http.h"

/*
 * What the server does not let through to a handler, in one table. Pure: no I/O, no library.
 * Everything that two parsers could read differently (request smuggling) is refused before
 * anything else is looked at, and every refusal closes the connection.
 */
enum http_refusal {
    HTTP_REFUSE_NONE = 0,
    HTTP_REFUSE_SYNTAX,       /* bare LF, NUL or folded line in the head */
    HTTP_REFUSE_NAME,         /* header name that is no token */
    HTTP_REFUSE_VALUE,        /* control character in a header value */
    HTTP_REFUSE_MANY_HEADERS, /* more than HTTP_HEAD_HEADERS_MAX */
    HTTP_REFUSE_CODING,       /* Transfer-Encoding other than exactly "chunked" */
    HTTP_REFUSE_FRAMING,      /* Content-Length beside Transfer-Encoding */
    HTTP_REFUSE_LENGTH,       /* Content-Length twice, or no decimal number */
    HTTP_REFUSE_HOST,         /* no Host, or more than one */
    HTTP_REFUSE_METHOD,       /* a method of HTTP that this server has no use for */
    HTTP_REFUSE_UNKNOWN_METHOD,
    HTTP_REFUSE_TARGET, /* not origin-form, or a byte that is not printable ASCII */
    HTTP_REFUSE_PATH,   /* '%', '..' or an 8-bit byte in the path: no route of ours has one */
    HTTP_REFUSE_BODY,   /* longer than the server takes */
    HTTP_REFUSE_LATE,   /* nobody answered in time */
    HTTP_REFUSE_STOPPING,
    HTTP_REFUSE_INTERNAL, /* a handler made a reply that cannot be sent */
    HTTP_REFUSE_COUNT
};

enum {
    HTTP_HEAD_HEADERS_MAX = 64,
};

/** A request head as the parser saw it. Borrows everything. */
struct http_head {
    struct str method, target;
    bool http_1_0;
    /** The lines parsed add up to the bytes received, so none was bent by the parser. */
    bool exact;
    const struct http_header *headers;
    size_t header_count; /* may say more than were kept */
    size_t body_max_bytes;
};

/** HTTP_REFUSE_NONE when the request may be handled. */
enum http_refusal http_refuse(const struct http_head *h);

/** How to answer; all strings static. status 0 for HTTP_REFUSE_NONE. */
struct http_refusal_answer {
    int status;
    const char *text;                       /* one line, without its end */
    const char *header_name, *header_value; /* NULL: none */
};
const struct http_refusal_answer *http_refusal_answer(enum http_refusal r);

#endif
