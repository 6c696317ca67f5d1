#include <string.h>
#include <time.h>

#include "providers/rest/flow.h"

enum {
    URL_BYTES_MAX = 8192,
    BODY_BYTES_MAX = 32768,
    RETRY_WAIT_MS = 250,
    RETRY_LEFT_MS = 1000, /* a second try needs at least this long */
    RETRY_AFTER_MAX_S = 86400,
};

struct rest_request rest_request_init(void) {
    return (struct rest_request){.url = BUF_INIT(URL_BYTES_MAX), .body = BUF_INIT(BODY_BYTES_MAX)};
}

void rest_request_release(struct rest_request *r) {
    buf_release(&r->url);
    buf_release(&r->body);
}

enum error_code rest_request_check(const struct rest_request *r, struct error *err) {
    if (!buf_failed(&r->url) && !buf_failed(&r->body))
        return ERR_OK;
    return error_set(err, ERR_LIMIT, "the request to the carrier is too long; shorten its URLs");
}

int64_t rest_deadline(const struct rest_provider *p) {
    return clock_mono_ms(&p->clock) + p->base.desc->limits.request_timeout_ms;
}

static bool count_and_pass(void *ctx, struct str bytes) {
    struct rest_sink *s = ctx;
    s->bytes += bytes.len;
    s->refused = s->refused || !s->fn(s->ctx, bytes);
    return !s->refused;
}

/*
 * Keep within what the carrier's API takes. Waits for as long as half of the time that is left; a
 * request that begins when its time is nearly over ends in doubt.
 */
static enum error_code wait_for_room(const struct rest_provider *p, const struct rest_request *r,
                                     int64_t deadline, struct error *err) {
    if (r->foreign)
        return ERR_OK;
    uint32_t wait_ms;
    while ((wait_ms = rest_limit_take(p->limit, clock_mono_ms(&p->clock))) > 0) {
        if (wait_ms > (deadline - clock_mono_ms(&p->clock)) / 2) {
            enum error_code rc = error_set(err, ERR_RATE_LIMIT,
                                           "the carrier takes no more than %u requests in %u ms; "
                                           "try again later",
                                           (unsigned)p->base.desc->limits.requests_max,
                                           (unsigned)p->base.desc->limits.requests_window_ms);
            if (err)
                err->retry_after_s = wait_ms / 1000 + 1;
            return rc;
        }
        rest_wait_ms(p, wait_ms);
    }
    return ERR_OK;
}

static enum error_code send_now(const struct rest_provider *p, const struct rest_request *r,
                                enum rest_mode mode, int64_t deadline, struct rest_sink *sink,
                                struct http_response *out, struct error *err) {
    enum error_code rc = wait_for_room(p, r, deadline, err);
    if (rc != ERR_OK)
        return rc;
    int64_t left = deadline - clock_mono_ms(&p->clock);
    if (left <= 0)
        return error_set(err, ERR_NETWORK, "the carrier is too slow: gave up after %u ms",
                         (unsigned)p->base.desc->limits.request_timeout_ms);
    struct http_request h = {
        .method = r->method,
        .url = buf_str(&r->url),
        .headers = {{STR("Accept"), sink ? STR("*/*") : STR("application/json")}},
        .header_count = 1,
        .body = buf_str(&r->body),
        .basic_user = r->foreign ? STR("") : p->auth_user,
        .basic_password = r->foreign ? NULL : &p->auth_password,
        .timeout_ms = (uint32_t)left,
        .body_max_bytes = r->reply_bytes_max,
        .trust = r->foreign ? HTTP_TRUST_FOREIGN : HTTP_TRUST_CONFIGURED,
        .once = mode == REST_CREATE,
    };
    if (r->body_type)
        h.headers[h.header_count++] =
            (struct http_header){STR("Content-Type"), str_z(r->body_type)};
    if (sink) {
        h.sink = count_and_pass;
        h.sink_ctx = sink;
    }
    return http_client_send(p->http, &h, out, err);
}

static bool is_number(struct str s) {
    size_t digits = 0;
    while (digits < s.len && s.ptr[digits] >= '0' && s.ptr[digits] <= '9')
        digits++;
    return digits > 0 && digits == s.len;
}

/** RFC 9110: "Fri, 31 Dec 1999 23:59:59 GMT". */
static bool read_http_date(struct str s, int64_t *wall_ms) {
    struct str gmt = STR(" GMT");
    CLEANUP(buf_release) struct buf b = BUF_INIT(64);
    if (s.len < gmt.len || !str_eq(str_from_index(s, s.len - gmt.len), gmt))
        return false;
    buf_put_str(&b, str_from(s.ptr, s.len - gmt.len));
    buf_puts(&b, " +0000");
    return clock_parse_rfc2822(buf_str(&b), wall_ms);
}

/**
 * Seconds that a Retry-After header names, as a number or as a date, RETRY_AFTER_MAX_S at most; 0
 * when there is none, when it is neither, or when the date is past. The date is the carrier's, so
 * it is compared with the carrier's own clock where the answer tells it.
 */
static uint32_t retry_after_s(const struct rest_provider *p, const struct http_response *r) {
    struct str v = http_response_header(r, STR("Retry-After"));
    int64_t at_ms, now_ms;
    uint64_t s;
    if (is_number(v))
        return str_to_u64(v, RETRY_AFTER_MAX_S, &s) ? (uint32_t)s : RETRY_AFTER_MAX_S;
    if (!read_http_date(v, &at_ms))
        return 0;
    if (!read_http_date(http_response_header(r, STR("Date")), &now_ms))
        now_ms = clock_wall_ms(&p->clock);
    int64_t wait_s = (at_ms - now_ms + 999) / 1000;
    return wait_s <= 0 ? 0 : wait_s < RETRY_AFTER_MAX_S ? (uint32_t)wait_s : RETRY_AFTER_MAX_S;
}

bool rest_is_passing(int status) {
    return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}

/** Milliseconds to wait before a GET is tried again; 0: its result stands. */
static uint32_t repeat_after_ms(const struct rest_provider *p, enum error_code rc,
                                const struct http_response *r) {
    if (rc == ERR_NETWORK || rc == ERR_UNCERTAIN)
        return RETRY_WAIT_MS;
    if (rc != ERR_OK || !rest_is_passing(r->status))
        return 0;
    uint32_t named_s = retry_after_s(p, r);
    return named_s ? named_s * 1000 : RETRY_WAIT_MS;
}

void rest_wait_ms(const struct rest_provider *p, uint32_t ms) {
    if (p->options.wait) {
        p->options.wait(p->options.ctx, ms);
        return;
    }
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&t, &t) != 0)
        continue;
}

enum error_code rest_send(const struct rest_provider *p, const struct rest_request *r,
                          enum rest_mode mode, int64_t deadline, struct rest_sink *sink,
                          struct http_response *out, struct error *err) {
    struct http_response got = {0};
    struct error why = {0};
    enum error_code rc = rest_request_check(r, err);
    if (rc != ERR_OK)
        return rc;
    rc = send_now(p, r, mode, deadline, sink, &got, &why);
    uint32_t pause =
        mode == REST_READ && (!sink || !sink->bytes) ? repeat_after_ms(p, rc, &got) : 0;
    if (pause && clock_mono_ms(&p->clock) + pause + RETRY_LEFT_MS <= deadline) {
        if (rc == ERR_OK)
            http_response_release(&got);
        got = (struct http_response){0};
        rest_wait_ms(p, pause);
        rc = send_now(p, r, mode, deadline, sink, &got, &why);
    }
    if (rc == ERR_OK) {
        *out = got;
        return ERR_OK;
    }
    if (mode == REST_READ && rc == ERR_UNCERTAIN) {
        rc = why.code = ERR_NETWORK; /* reading changes nothing: repeating is always safe */
        why.retry = true;
    }
    if (err)
        *err = why;
    return rc;
}

/** What a status means when the body is not the carrier's. Not 404: a proxy's page does not say
 * that there is no such call. */
static enum error_code by_status(int status) {
    static const struct {
        int status;
        enum error_code code;
    } rows[] = {
        {400, ERR_INVALID}, {401, ERR_AUTH},     {402, ERR_AUTH},    {403, ERR_AUTH},
        {405, ERR_INVALID}, {409, ERR_CONFLICT}, {422, ERR_INVALID}, {429, ERR_RATE_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].status == status)
            return rows[i].code;
    return ERR_UPSTREAM;
}

/*
 * An error may repeat what was wrong in the request: our own addresses, with their credentials.
 * They are nobody's business who reads logs, events or the API.
 */
static void hide_credentials(const struct rest_account *a, struct str body) {
    struct str password = str_from_index(a->webhook_auth, str_find(a->webhook_auth, ':') + 1);
    if (a->webhook_auth.len == 0 || password.len == 0)
        return;
    for (size_t at; (at = str_find_str(body, password)) < body.len;) {
        memset((char *)body.ptr + at, '*', password.len);
        body = str_from_index(body, at + password.len);
    }
}

/** Of an address of ours only the host stays: its path lets in whoever can sign. */
static void hide_paths(const struct rest_account *a, char *text) {
    struct rest_url own;
    if (!rest_url_parse(a->public_base_url, &own))
        return;
    struct str host = str_from_index(own.origin, own.scheme.len + strlen("://"));
    for (size_t at; (at = str_find_str(str_z(text), host)) < strlen(text);) {
        text += at + host.len;
        size_t path = strcspn(text, " ");
        memmove(text, text + path, strlen(text + path) + 1);
    }
}

struct str rest_without_addresses(const struct rest_account *a, struct arena *arena,
                                  struct str text) {
    struct str copy = arena_copy(arena, text);
    if (copy.len == 0)
        return copy;
    hide_credentials(a, copy);
    hide_paths(a, (char *)(uintptr_t)copy.ptr);
    return str_z(copy.ptr);
}

enum error_code rest_failure(const struct rest_provider *p, const struct http_response *r,
                             bool *known, struct error *err) {
    struct error e = {0};
    hide_credentials(&p->account, buf_str(&r->body));
    enum error_code rc =
        r->status >= 400 ? p->dialect->decode_error(r->status, buf_str(&r->body), &e) : ERR_OK;
    bool carriers_word = rc != ERR_OK;
    if (known)
        *known = carriers_word;
    if (rc == ERR_OK)
        rc = error_set(&e, by_status(r->status),
                       "the carrier's API answered HTTP %d without a reason; check its base URL "
                       "and status page",
                       r->status);
    hide_paths(&p->account, e.text);
    e.http_status = r->status;
    e.retry = e.retry || rest_is_passing(r->status) || (!carriers_word && r->status == 409);
    e.retry_after_s = rest_is_passing(r->status) ? retry_after_s(p, r) : 0;
    if (err)
        *err = e;
    return rc;
}

enum error_code rest_ask(const struct rest_provider *p, const struct rest_request *r,
                         enum rest_mode mode, int64_t deadline, struct http_response *out,
                         struct error *err) {
    struct http_response got = {0};
    enum error_code rc = rest_send(p, r, mode, deadline, NULL, &got, err);
    if (rc == ERR_OK && !rest_is_success(&got)) {
        rc = rest_failure(p, &got, NULL, err);
        http_response_release(&got);
    }
    if (rc == ERR_OK)
        *out = got;
    return rc;
}
