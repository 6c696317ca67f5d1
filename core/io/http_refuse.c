#include "core/io/http_refuse.h"

#include "core/base/compiler.h"

static const struct http_refusal_answer answers[] = {
    [HTTP_REFUSE_NONE] = {0},
    [HTTP_REFUSE_SYNTAX] = {400, "bare LF, NUL or folded line in the request head", NULL, NULL},
    [HTTP_REFUSE_NAME] = {400, "malformed header name", NULL, NULL},
    [HTTP_REFUSE_VALUE] = {400, "control character in a header", NULL, NULL},
    [HTTP_REFUSE_MANY_HEADERS] = {431, "too many headers", NULL, NULL},
    [HTTP_REFUSE_CODING] = {400, "Transfer-Encoding must be exactly: chunked", NULL, NULL},
    [HTTP_REFUSE_FRAMING] = {400, "Content-Length beside Transfer-Encoding", NULL, NULL},
    [HTTP_REFUSE_LENGTH] = {400, "malformed or repeated Content-Length", NULL, NULL},
    [HTTP_REFUSE_HOST] = {400, "exactly one Host header is needed", NULL, NULL},
    [HTTP_REFUSE_METHOD] = {405, "method not allowed", "Allow",
                            "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"},
    [HTTP_REFUSE_UNKNOWN_METHOD] = {501, "unknown method", NULL, NULL},
    [HTTP_REFUSE_TARGET] = {400, "malformed request target", NULL, NULL},
    [HTTP_REFUSE_PATH] = {404,
                          "no address here has a '%', a '..' or a byte beyond ASCII in its path",
                          NULL, NULL},
    [HTTP_REFUSE_BODY] = {413, "request body too large", NULL, NULL},
    [HTTP_REFUSE_LATE] = {503, "no answer in time", "Retry-After", "5"},
    [HTTP_REFUSE_STOPPING] = {503, "shutting down", "Retry-After", "5"},
    [HTTP_REFUSE_INTERNAL] = {500, "internal error", NULL, NULL},
};
_Static_assert(ARRAY_LEN(answers) == HTTP_REFUSE_COUNT, "one answer for each refusal");

const struct http_refusal_answer *http_refusal_answer(enum http_refusal r) {
    return &answers[(unsigned)r < HTTP_REFUSE_COUNT ? r : HTTP_REFUSE_INTERNAL];
}

/* RFC 9110, 5.6.2: token */
static bool is_tchar(unsigned char c) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
        return true;
    return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_tchar((unsigned char)s.ptr[i]))
            return false;
    return s.len > 0;
}

static bool has_control(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static size_t count_header(const struct http_head *h, struct str name, struct str *value) {
    size_t n = 0;
    for (size_t i = 0; i < h->header_count; i++) {
        if (!str_eq_nocase(h->headers[i].name, name))
            continue;
        n++;
        *value = h->headers[i].value;
    }
    return n;
}

static enum http_refusal check_lines(const struct http_head *h) {
    if (h->header_count > HTTP_HEAD_HEADERS_MAX)
        return HTTP_REFUSE_MANY_HEADERS;
    for (size_t i = 0; i < h->header_count; i++) {
        if (!is_token(h->headers[i].name))
            return HTTP_REFUSE_NAME;
        if (has_control(h->headers[i].value))
            return HTTP_REFUSE_VALUE;
    }
    return h->exact ? HTTP_REFUSE_NONE : HTTP_REFUSE_SYNTAX;
}

static enum http_refusal check_framing(const struct http_head *h) {
    struct str coding = {0}, length = {0};
    size_t codings = count_header(h, STR("Transfer-Encoding"), &coding);
    size_t lengths = count_header(h, STR("Content-Length"), &length);
    if (codings > 0 && lengths > 0)
        return HTTP_REFUSE_FRAMING;
    if (codings > 1 || (codings == 1 && (h->http_1_0 || !str_eq_nocase(coding, STR("chunked")))))
        return HTTP_REFUSE_CODING;
    if (lengths > 1)
        return HTTP_REFUSE_LENGTH;
    uint64_t bytes = 0;
    if (lengths == 1 && !str_to_u64(length, UINT64_MAX, &bytes))
        return HTTP_REFUSE_LENGTH;
    return bytes > h->body_max_bytes ? HTTP_REFUSE_BODY : HTTP_REFUSE_NONE;
}

static enum http_refusal check_host(const struct http_head *h) {
    struct str host = {0};
    size_t hosts = count_header(h, STR("Host"), &host);
    bool fine = hosts == 1 || (hosts == 0 && h->http_1_0);
    return fine ? HTTP_REFUSE_NONE : HTTP_REFUSE_HOST;
}

static enum http_refusal check_method(const struct http_head *h) {
    static const struct {
        const char *name;
        enum http_refusal verdict;
    } methods[] = {
        {"POST", HTTP_REFUSE_NONE},    {"GET", HTTP_REFUSE_NONE},
        {"PUT", HTTP_REFUSE_NONE},     {"DELETE", HTTP_REFUSE_NONE},
        {"PATCH", HTTP_REFUSE_NONE},   {"HEAD", HTTP_REFUSE_NONE},
        {"OPTIONS", HTTP_REFUSE_NONE}, {"CONNECT", HTTP_REFUSE_METHOD},
        {"TRACE", HTTP_REFUSE_METHOD},
    };
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (str_eq_z(h->method, methods[i].name))
            return methods[i].verdict;
    return HTTP_REFUSE_UNKNOWN_METHOD;
}

static bool has_dot_segment(struct str path) {
    struct str rest = path, segment;
    while (str_next(&rest, '/', &segment))
        if (str_eq_z(segment, "..") || str_eq_z(segment, "."))
            return true;
    return false;
}

static enum http_refusal check_target(const struct http_head *h) {
    if (h->target.len == 0 || h->target.ptr[0] != '/')
        return HTTP_REFUSE_TARGET;
    size_t path_len = str_find(h->target, '?');
    bool bad_path = false;
    for (size_t i = 0; i < h->target.len; i++) {
        unsigned char c = (unsigned char)h->target.ptr[i];
        bool in_path = i < path_len;
        if (c <= 0x20 || c == 0x7f || c == '#' || (c >= 0x80 && !in_path))
            return HTTP_REFUSE_TARGET;
        bad_path |= in_path && (c == '%' || c >= 0x80);
    }
    bad_path |= has_dot_segment(str_from(h->target.ptr, path_len));
    return bad_path ? HTTP_REFUSE_PATH : HTTP_REFUSE_NONE;
}

enum http_refusal http_refuse(const struct http_head *h) {
    /* In this order: a request that is ambiguous must not be answered as if it were a known one. */
    static enum http_refusal (*const checks[])(const struct http_head *) = {
        check_lines, check_framing, check_host, check_method, check_target,
    };
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        enum http_refusal r = checks[i](h);
        if (r != HTTP_REFUSE_NONE)
            return r;
    }
    return HTTP_REFUSE_NONE;
}
