#include "core/io/http_transfer.h"

#include <assert.h>
#include <unistd.h>

#include "core/io/http_guard.h"

enum {
    CONNECT_DEFAULT_MS = 5000,
    TIMEOUT_DEFAULT_MS = 20000,
    BODY_DEFAULT_BYTES = 65536,
    HEAD_MAX_BYTES = 65536,
    STATUS_LINES_MAX = 10, /* a flood of "100 Continue" ends here */
    HEADER_MAX_BYTES = 8192,
    KEEP_BYTES = 16384,
};

/* ---- libcurl's callbacks ------------------------------------------------------------------ */

static bool address_denied(const struct http_transfer *t, bool denied, bool loopback) {
    return t->policy->foreign && denied && !(loopback && t->policy->allow_loopback);
}

/** Called for each address of the host in turn; a bad socket makes libcurl try the next. */
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a) {
    struct http_transfer *t = ctx;
    (void)purpose;
    if (address_denied(t, http_guard_denies(&a->addr), http_guard_is_loopback(&a->addr))) {
        t->addresses_denied++;
        return CURL_SOCKET_BAD;
    }
    t->addresses_tried++;
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/** Called when a connection is there, new or reused, and the request is about to leave. */
static int on_before_send(void *ctx, char *remote_ip, char *local_ip, int remote_port,
                          int local_port) {
    struct http_transfer *t = ctx;
    (void)local_ip, (void)remote_port, (void)local_port;
    /* A reused connection has not passed on_open_socket(). */
    if (address_denied(t, http_guard_denies_text(remote_ip),
                       http_guard_is_loopback_text(remote_ip))) {
        t->stop = HTTP_STOP_ADDRESS;
        return CURL_PREREQFUNC_ABORT;
    }
    /* libcurl repeats a request when a kept-alive connection dies without a byte of response. */
    if (t->sends > 0 && !t->repeatable) {
        t->stop = HTTP_STOP_RESEND;
        return CURL_PREREQFUNC_ABORT;
    }
    t->sends++;
    return CURL_PREREQFUNC_OK;
}

static void begin_head(struct http_transfer *t) {
    buf_clear(&t->rsp.head);
    t->status_lines++;
    t->length_headers = 0;
}

static size_t on_header(char *data, size_t size, size_t count, void *ctx) {
    struct http_transfer *t = ctx;
    struct str line = str_from(data, size * count);
    t->head_bytes += line.len;
    if (!t->in_body && str_starts(line, STR("HTTP/")))
        begin_head(t);
    if (t->head_bytes > HEAD_MAX_BYTES || t->status_lines > STATUS_LINES_MAX) {
        t->stop = HTTP_STOP_HEAD;
        return 0;
    }
    if (t->in_body)
        return line.len; /* trailers are not headers */
    size_t colon = str_find(line, ':');
    if (str_eq_nocase(str_from(line.ptr, colon), STR("Content-Length")))
        t->length_headers++;
    buf_put_str(&t->rsp.head, line);
    long status = 0;
    if (str_trim(line).len == 0 &&
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
        t->in_body = status >= 200;
    return line.len;
}

/** A sink takes the body of a success only; an error page must not be taken for the file. */
static bool goes_to_sink(const struct http_transfer *t) {
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return t->sink && status >= 200 && status < 300;
}

/** Keep body bytes; of an error page that came in place of a file the first 64 kB are enough. */
static void keep_body(struct http_transfer *t, const char *data, size_t n) {
    size_t room = BODY_DEFAULT_BYTES > t->rsp.body.len ? BODY_DEFAULT_BYTES - t->rsp.body.len : 0;
    buf_put(&t->rsp.body, data, t->sink && n > room ? room : n);
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx) {
    struct http_transfer *t = ctx;
    size_t n = size * count;
    t->in_body = true;
    t->rsp.body_bytes += n;
    if (t->rsp.body_bytes > t->body_max_bytes) {
        t->stop = HTTP_STOP_BODY;
        return 0;
    }
    if (!goes_to_sink(t)) {
        keep_body(t, data, n);
    } else if (n > 0 && !t->sink(t->sink_ctx, str_from(data, n))) {
        t->stop = HTTP_STOP_SINK;
        return 0;
    }
    return n;
}

/* ---- a new handle: what never changes ----------------------------------------------------- */

/** Options that are the same for every request of a lane. False: out of memory. */
static bool set_fixed_options(struct http_transfer *t) {
    CURL *e = t->easy;
    const char *protocols = t->policy->foreign && !t->policy->allow_http ? "https" : "http,https";
    bool ok = true;
#define SET(option, value) ok &= curl_easy_setopt(e, (option), (value)) == CURLE_OK
    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_ERRORBUFFER, t->curl_says);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_PROTOCOLS_STR, protocols);
    SET(CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, ""); /* http_proxy in the environment would lead past the guard */
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, t->policy->foreign ? 5L : 60L);
    SET(CURLOPT_USERAGENT, "switchhook/" SWH_VERSION);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_PREREQFUNCTION, on_before_send);
    SET(CURLOPT_PREREQDATA, t);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    SET(CURLOPT_OPENSOCKETDATA, t);
    if (t->policy->ca_file)
        SET(CURLOPT_CAINFO, t->policy->ca_file);
#undef SET
    return ok;
}

struct http_transfer *http_transfer_new(const struct http_transfer_policy *policy) {
    struct http_transfer *t = mem_zalloc(sizeof *t);
    t->policy = policy;
    t->easy = curl_easy_init();
    t->url = curl_url();
    if (!t->easy || !t->url || !set_fixed_options(t)) {
        http_transfer_free(t);
        return NULL;
    }
    http_transfer_reset(t);
    return t;
}

void http_transfer_free(struct http_transfer *t) {
    if (!t)
        return;
    curl_easy_cleanup(t->easy);
    curl_url_cleanup(t->url);
    curl_slist_free_all(t->headers);
    buf_release(&t->body);
    http_response_release(&t->rsp);
    mem_free(t);
}

/* ---- preparing a request ------------------------------------------------------------------ */

static bool is_token(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!alnum && (c == 0 || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return s.len > 0;
}

static bool is_one_line(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/** Headers that frame the message belong to libcurl alone. */
static bool is_reserved(struct str name) {
    static const char *const reserved[] = {"Host",       "Content-Length", "Transfer-Encoding",
                                           "Connection", "Expect",         "TE",
                                           "Upgrade",    "Trailer"};
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (str_eq_nocase(name, str_z(reserved[i])))
            return true;
    return false;
}

static bool append_header(struct http_transfer *t, const char *line) {
    struct curl_slist *grown = curl_slist_append(t->headers, line);
    if (grown)
        t->headers = grown;
    return grown != NULL;
}

static enum error_code set_headers(struct http_transfer *t, const struct http_request *req,
                                   struct error *err) {
    bool has_type = false, ok = append_header(t, "Expect:"); /* no waiting for 100 Continue */
    struct buf line = BUF_INIT(HEADER_MAX_BYTES);
    enum error_code rc = ERR_OK;
    for (size_t i = 0; i < req->header_count && rc == ERR_OK; i++) {
        struct http_header h = req->headers[i];
        if (!is_token(h.name) || !is_one_line(h.value) || is_reserved(h.name)) {
            rc = error_set(err, ERR_INVALID,
                           "request header %zu has a forbidden name or a control character", i + 1);
            break;
        }
        has_type |= str_eq_nocase(h.name, STR("Content-Type"));
        buf_clear(&line);
        buf_put_str(&line, h.name);
        buf_puts(&line, h.value.len > 0 ? ": " : ";"); /* "name:" would remove it */
        buf_put_str(&line, h.value);
        if (buf_failed(&line))
            rc = error_set(err, ERR_INVALID, "request header %zu is over %d bytes", i + 1,
                           HEADER_MAX_BYTES);
        else
            ok &= append_header(t, line.ptr);
    }
    buf_release(&line);
    if (rc == ERR_OK && !has_type)
        ok &= append_header(t, "Content-Type:"); /* libcurl would claim that it is a form */
    ok &= curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
    return rc != ERR_OK || ok ? rc : error_set(err, ERR_NETWORK, "out of memory");
}

static bool port_allowed(const struct http_transfer_policy *p, uint64_t port) {
    if (!p->foreign || p->allow_loopback)
        return true;
    for (size_t i = 0; i < p->port_count; i++)
        if (p->ports[i] == port)
            return true;
    return false;
}

/** Scheme, host and port of the parsed URL. Same parser for check and use. */
static enum error_code check_url(struct http_transfer *t, struct error *err) {
    char *scheme = NULL, *host = NULL, *port = NULL;
    uint64_t number = 0;
    enum error_code rc = ERR_OK;
    bool parts = curl_url_get(t->url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                 curl_url_get(t->url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                 curl_url_get(t->url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                 str_to_u64(str_z(port), UINT16_MAX, &number) && number > 0;
    if (!parts || !str_copy(str_z(host), t->host, sizeof t->host) || t->host[0] == '\0')
        rc = error_set(err, ERR_INVALID, "the URL needs a scheme, a host and a valid port");
    else if (strcmp(scheme, "https") != 0 &&
             (strcmp(scheme, "http") != 0 || (t->policy->foreign && !t->policy->allow_http)))
        rc = error_set(err, ERR_INVALID, "a URL with scheme %.20s is not allowed: use https",
                       scheme);
    else if (!port_allowed(t->policy, number))
        rc = error_set(err, ERR_INVALID, "port %u of a URL is not allowed: use the default port",
                       (unsigned)number);
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return rc;
}

static bool is_printable_ascii(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0x20 || s.ptr[i] >= 0x7f)
            return false;
    return s.len > 0;
}

static enum error_code set_url(struct http_transfer *t, struct str url, struct error *err) {
    char text[4096];
    if (!is_printable_ascii(url) || !str_copy(url, text, sizeof text))
        return error_set(err, ERR_INVALID,
                         "the URL is empty, too long, or has blanks or non-ASCII characters");
    /* libcurl takes "http:///x" as "http://x/", and others read a backslash as a slash. */
    if (strchr(text, '\\') || strstr(text, ":///"))
        return error_set(err, ERR_INVALID, "the URL has a backslash or no host");
    if (curl_url_set(t->url, CURLUPART_URL, text, CURLU_DISALLOW_USER) != CURLUE_OK)
        return error_set(err, ERR_INVALID, "the URL is malformed or holds a user name");
    (void)curl_url_set(t->url, CURLUPART_FRAGMENT, NULL, 0);
    enum error_code rc = check_url(t, err);
    if (rc != ERR_OK)
        return rc;
    char *normal = NULL;
    bool ok = curl_url_get(t->url, CURLUPART_URL, &normal, 0) == CURLUE_OK &&
              curl_easy_setopt(t->easy, CURLOPT_URL, normal) == CURLE_OK;
    curl_free(normal);
    return ok ? ERR_OK : error_set(err, ERR_INVALID, "the URL cannot be used");
}

static enum error_code set_credentials(struct http_transfer *t, const struct http_request *req,
                                       struct error *err) {
    char user[256], password[512] = "";
    if (req->basic_user.len == 0)
        return ERR_OK;
    struct str p = req->basic_password ? secret_reveal(req->basic_password) : (struct str){0};
    bool ok = is_one_line(req->basic_user) && is_one_line(p) &&
              str_find(req->basic_user, ':') == req->basic_user.len &&
              str_copy(req->basic_user, user, sizeof user) &&
              str_copy(p, password, sizeof password) &&
              curl_easy_setopt(t->easy, CURLOPT_USERNAME, user) == CURLE_OK &&
              curl_easy_setopt(t->easy, CURLOPT_PASSWORD, password) == CURLE_OK;
    secret_wipe(password, sizeof password);
    return ok ? ERR_OK
              : error_set(err, ERR_INVALID, "user name or password cannot be sent as Basic auth");
}

static bool set_method(struct http_transfer *t, const struct http_request *req) {
    CURL *e = t->easy;
    bool ok = true;
    if (strcmp(req->method, "GET") == 0 && req->body.len == 0)
        return true; /* as http_transfer_reset() left it */
    if (strcmp(req->method, "HEAD") == 0)
        return curl_easy_setopt(e, CURLOPT_NOBODY, 1L) == CURLE_OK;
    if (req->body.len > 0 || strcmp(req->method, "POST") == 0) {
        buf_put_str(&t->body, req->body);
        ok =
            curl_easy_setopt(e, CURLOPT_POST, 1L) == CURLE_OK &&
            curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body.len) == CURLE_OK &&
            curl_easy_setopt(e, CURLOPT_POSTFIELDS, t->body.ptr ? t->body.ptr : "") == CURLE_OK;
    }
    if (strcmp(req->method, "POST") != 0)
        ok &= curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, req->method) == CURLE_OK;
    return ok;
}

static bool is_repeatable(const struct http_request *req) {
    static const char *const idempotent[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
    for (size_t i = 0; i < ARRAY_LEN(idempotent); i++)
        if (strcmp(req->method, idempotent[i]) == 0)
            return !req->once;
    return false;
}

static bool set_limits(struct http_transfer *t, const struct http_request *req) {
    CURL *e = t->easy;
    long connect = req->connect_timeout_ms ? (long)req->connect_timeout_ms : CONNECT_DEFAULT_MS;
    long total = req->timeout_ms ? (long)req->timeout_ms : TIMEOUT_DEFAULT_MS;
    long once = req->once ? 1L : 0L;
    t->body_max_bytes = req->body_max_bytes ? req->body_max_bytes : BODY_DEFAULT_BYTES;
    t->rsp.body = BUF_INIT(t->body_max_bytes);
    if (req->is_secret) /* growing would leave pieces behind */
        buf_reserve(&t->rsp.body, t->body_max_bytes);
    t->repeatable = is_repeatable(req);
    return curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, connect) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, total) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, once) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_FORBID_REUSE, once) == CURLE_OK;
}

enum error_code http_transfer_prepare(struct http_transfer *t, const struct http_request *req,
                                      struct error *err) {
    t->method = req->method;
    t->sink = req->sink;
    t->sink_ctx = req->sink_ctx;
    t->is_secret = req->is_secret;
    enum error_code rc = is_token(str_z(req->method))
                             ? set_url(t, req->url, err)
                             : error_set(err, ERR_INVALID, "the request has no valid method");
    if (rc == ERR_OK)
        rc = set_headers(t, req, err);
    if (rc == ERR_OK)
        rc = set_credentials(t, req, err);
    if (rc == ERR_OK && (!set_method(t, req) || !set_limits(t, req)))
        rc = error_set(err, ERR_NETWORK, "out of memory");
    if (rc != ERR_OK)
        http_transfer_reset(t);
    return rc;
}

void http_transfer_reset(struct http_transfer *t) {
    CURL *e = t->easy;
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(e, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(e, CURLOPT_NOBODY, 0L);
    curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(e, CURLOPT_USERNAME, NULL);
    curl_easy_setopt(e, CURLOPT_PASSWORD, NULL);
    curl_slist_free_all(t->headers);
    t->headers = NULL;
    if (t->body.cap > 0)
        secret_wipe(t->body.ptr, t->body.len);
    if (t->body.cap > KEEP_BYTES)
        buf_release(&t->body);
    buf_clear(&t->body);
    t->body.max = SIZE_MAX / 2; /* our own words: their sender has bounded them */
    http_response_release(&t->rsp);
    t->rsp = (struct http_response){.head = BUF_INIT(HEAD_MAX_BYTES)};
    t->done = NULL;
    t->sink = NULL;
    t->stop = HTTP_STOP_NONE;
    t->sends = t->addresses_denied = t->addresses_tried = 0;
    t->status_lines = t->length_headers = 0;
    t->head_bytes = 0;
    t->in_body = false;
    t->curl_says[0] = '\0';
}

/* ---- the end of a transfer ---------------------------------------------------------------- */

static bool length_is_known(const struct http_transfer *t) {
    struct str coding = http_response_header(&t->rsp, STR("Transfer-Encoding"));
    if (coding.ptr)
        return str_eq_nocase(coding, STR("chunked"));
    return t->length_headers == 1 || t->rsp.status == 204 || t->rsp.status == 304 ||
           strcmp(t->method, "HEAD") == 0;
}

/** One line about a transfer that failed. */
static enum error_code failed(const struct http_transfer *t, enum error_code code, bool retry,
                              const char *why, struct error *err) {
    error_set(err, code, "%s to %.100s: %.100s", t->method, t->host, why);
    if (err)
        err->retry = retry;
    return code;
}

/** libcurl ended before the request could leave: nothing has happened at the far end. */
static enum error_code not_sent(const struct http_transfer *t, CURLcode code, const char *why,
                                struct error *err) {
    bool denied =
        t->stop == HTTP_STOP_ADDRESS || (t->addresses_denied > 0 && t->addresses_tried == 0);
    if (denied)
        return failed(t, ERR_INVALID, false,
                      "the host's address is private or reserved, use a public one", err);
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
        return failed(t, ERR_INVALID, false, why, err);
    return failed(t, ERR_NETWORK, true, why, err);
}

enum error_code http_transfer_result(struct http_transfer *t, CURLcode code, struct error *err) {
    long status = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    const char *why = t->stop == HTTP_STOP_CLOSING ? "the client is shutting down"
                      : t->curl_says[0]            ? t->curl_says
                                                   : curl_easy_strerror(code);
    if (t->sends == 0)
        return not_sent(t, code, why, err);
    t->rsp.status = (int)status;
    if (err)
        err->http_status = (int)status;
    if (code == CURLE_OK) {
        t->rsp.length_known = length_is_known(t);
        return ERR_OK;
    }
    if (t->stop == HTTP_STOP_BODY)
        return failed(t, ERR_LIMIT, false, "the response body is too long", err);
    /* 7.88 says "out of memory" when one header line is over its own limit */
    if (t->stop == HTTP_STOP_HEAD || code == CURLE_OUT_OF_MEMORY)
        return failed(t, ERR_LIMIT, false, "the response head is too long", err);
    if (t->stop == HTTP_STOP_SINK)
        why = "the receiver of the body stopped the transfer";
    if (t->stop == HTTP_STOP_RESEND)
        why = "the connection died, the request may have arrived";
    return failed(t, ERR_UNCERTAIN, t->repeatable, why, err);
}
