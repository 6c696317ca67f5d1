#include "core/engine/brain_openai_server.h"

#include <time.h>

#include "core/base/compiler.h"
#include "core/engine/brain_openai_text.h"

enum {
    CONNECT_MS = 2500,
    REQUEST_LEAST_MS = 300, /* less is not worth a request */
    RETRY_AFTER_MS = 300,
    RETRY_LEAST_MS = 1000, /* what must be left for the second try */
    RETRY_NAMED_MAX_S = 1, /* a caller does not wait for longer */
    FIXES_MAX = 5,
    HEADER_MAX = 4096,
    URL_MAX = 2048,
    REPLY_BYTES_MAX = 1 << 20
};

void openai_server_init(struct openai_server *s, const struct brain_openai_options *o) {
    s->options = *o;
    s->options.base_url.ptr = mem_copy_str(o->base_url);
    s->options.model.ptr = mem_copy_str(o->model);
    s->is_openai = str_find_str(o->base_url, STR("api.openai.com")) < o->base_url.len ||
                   str_find_str(o->base_url, STR(".openai.azure.com")) < o->base_url.len;
    atomic_init(&s->refused, 0);
    atomic_init(&s->history_max, OPENAI_HISTORY_MAX);
}

static void free_str(struct str *s) {
    union {
        const char *ours;
        void *ptr;
    } u = {.ours = s->ptr};
    mem_free(u.ptr);
    *s = (struct str){0};
}

void openai_server_release(struct openai_server *s) {
    free_str(&s->options.base_url);
    free_str(&s->options.model);
}

static int64_t left_ms(const struct openai_asking *a) {
    return a->deadline_ms - clock_mono_ms(&a->server->options.clock);
}

static void wait_ms(const struct openai_server *s, uint32_t ms) {
    if (s->options.wait) {
        s->options.wait(s->options.wait_ctx, ms);
        return;
    }
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&t, &t) != 0)
        continue;
}

/* ---- one request ------------------------------------------------------------------------------
 */

/** What came back, besides the reply that is read on the way. */
struct outcome {
    uint32_t sent; /* optional fields that were in the request */
    struct openai_fault fault;
    bool has_fault;
    bool used_up; /* all tokens went into thoughts */
};

static bool feed(void *ctx, struct str bytes) {
    return openai_reply_feed(ctx, bytes);
}

static bool has_words(const struct openai_reply *r) {
    struct buf b = BUF_INIT(OPENAI_SPOKEN_MAX);
    openai_put_spoken(&b, buf_str(&r->text), OPENAI_SPOKEN_MAX);
    bool any = b.len > 0;
    buf_release(&b);
    return any;
}

/** An answer that was cut is good as far as its sentences are whole; a function call is not. */
static bool is_usable(struct openai_reply *r) {
    bool cut = !r->complete || str_eq_z(STR("length"), r->finish);
    if (r->call_count > 0)
        return r->complete && !r->malformed;
    size_t whole = cut ? openai_whole_sentences(buf_str(&r->text)) : r->text.len;
    if (whole == 0 && r->complete && !r->malformed)
        whole = r->text.len; /* one long sentence is better than none */
    r->text.len = whole;
    return has_words(r);
}

static enum error_code judge(struct openai_reply *r, struct outcome *o, struct error *err) {
    if (r->has_fault) {
        o->fault = r->fault;
        o->has_fault = true;
        return openai_fault_error(&o->fault, err);
    }
    if (is_usable(r))
        return ERR_OK;
    o->used_up = r->complete && str_eq_z(STR("length"), r->finish);
    bool filtered = str_eq_z(STR("content_filter"), r->finish);
    error_set(err, ERR_UPSTREAM, "the model server's answer %s",
              filtered       ? "was withheld by its content filter"
              : r->malformed ? "cannot be understood"
              : r->complete  ? "says nothing"
                             : "was cut");
    err->retry = !filtered;
    return ERR_UPSTREAM;
}

static uint32_t retry_after_s(const struct http_response *r) {
    uint64_t n = 0;
    struct str named = http_response_header(r, STR("Retry-After"));
    return named.len > 0 && !str_to_u64(named, 3600, &n) ? 3600 : (uint32_t)n;
}

static void add_header(struct http_request *q, struct str name, struct str value) {
    q->headers[q->header_count++] = (struct http_header){name, value};
}

static void fill_request(struct http_request *q, const struct openai_asking *a,
                         struct openai_reply *reply, struct buf *url, struct buf *authorization) {
    const struct openai_server *s = a->server;
    uint32_t left = (uint32_t)left_ms(a);
    buf_put_str(url, s->options.base_url);
    buf_puts(url, "/chat/completions");
    *q = (struct http_request){.method = "POST",
                               .url = buf_str(url),
                               .connect_timeout_ms = left < CONNECT_MS ? left : CONNECT_MS,
                               .timeout_ms = left,
                               .body_max_bytes = REPLY_BYTES_MAX,
                               .trust = HTTP_TRUST_CONFIGURED,
                               .sink = feed,
                               .sink_ctx = reply};
    add_header(q, STR("Content-Type"), STR("application/json"));
    add_header(q, STR("Accept"), STR("text/event-stream, application/json"));
    if (s->options.key && secret_is_set(s->options.key)) {
        buf_puts(authorization, "Bearer ");
        buf_put_str(authorization, secret_reveal(s->options.key));
        add_header(q, STR("Authorization"), buf_str(authorization));
    }
}

static enum error_code exchange(struct openai_asking *a, struct str body,
                                struct openai_reply *reply, struct outcome *o, struct error *err) {
    struct buf url = BUF_INIT(URL_MAX), authorization = BUF_INIT(HEADER_MAX);
    CLEANUP(http_response_release) struct http_response rsp = {0};
    struct http_request q;
    fill_request(&q, a, reply, &url, &authorization);
    q.body = body;
    a->requests++;
    enum error_code rc = http_client_send(a->server->options.http, &q, &rsp, err);
    if (authorization.ptr)
        secret_wipe(authorization.ptr, authorization.len);
    buf_release(&authorization);
    buf_release(&url);
    openai_reply_end(reply);
    if (rc != ERR_OK) { /* what came before the end may do */
        struct error why = {0};
        bool begun = reply->shape != OPENAI_SHAPE_UNKNOWN;
        if (begun && (judge(reply, o, &why) == ERR_OK || o->has_fault)) {
            if (o->has_fault)
                *err = why;
            return o->has_fault ? why.code : ERR_OK;
        }
        err->retry = rc == ERR_NETWORK || rc == ERR_UNCERTAIN;
        return rc;
    }
    if (rsp.status >= 200 && rsp.status < 300)
        return judge(reply, o, err);
    openai_fault_read(rsp.status, buf_str(&rsp.body), &o->fault);
    o->has_fault = true;
    rc = openai_fault_error(&o->fault, err);
    err->retry_after_s = retry_after_s(&rsp);
    return rc;
}

static enum error_code ask_once(struct openai_asking *a, uint32_t without,
                                struct openai_reply *reply, struct outcome *o, struct error *err) {
    struct openai_server *s = a->server;
    struct buf body = BUF_INIT(OPENAI_BODY_MAX);
    *o = (struct outcome){0};
    if (left_ms(a) < REQUEST_LEAST_MS) {
        error_set(err, ERR_UNCERTAIN, "no time is left to ask the model server");
        err->retry = true; /* in the next turn */
        return ERR_UNCERTAIN;
    }
    a->request.refused = atomic_load(&s->refused) | without;
    a->request.is_openai = s->is_openai;
    a->request.history_max = atomic_load(&s->history_max);
    openai_put_request(&body, &a->request, &o->sent);
    enum error_code rc =
        buf_failed(&body)
            ? error_set(err, ERR_LIMIT, "the prompt and the functions have more than %d bytes",
                        OPENAI_BODY_MAX)
            : exchange(a, buf_str(&body), reply, o, err);
    buf_release(&body);
    return rc;
}

/* ---- what a server does not take --------------------------------------------------------------
 */

static bool refuse(struct openai_server *s, uint32_t fields, struct str call_id) {
    uint32_t before = atomic_fetch_or(&s->refused, fields);
    for (unsigned f = 0; f < OPENAI_FIELD_COUNT; f++)
        if (fields & ~before & BIT(f))
            log_info(s->options.log, "model server does without a field",
                     LOG_Z("field", openai_field_name((enum openai_field)f)),
                     LOG_STR("call", call_id));
    return true;
}

static bool shorten_history(struct openai_server *s) {
    size_t max = atomic_load(&s->history_max);
    if (max <= OPENAI_HISTORY_LEAST)
        return false;
    atomic_store(&s->history_max, max / 2);
    return true;
}

/**
 * Is there something to do better at once? *without: fields to leave out this time, to see whether
 * it was one of them.
 */
static bool learn(struct openai_asking *a, const struct outcome *o, uint32_t *without) {
    static const uint32_t limits =
        BIT(OPENAI_FIELD_MAX_TOKENS) | BIT(OPENAI_FIELD_MAX_COMPLETION_TOKENS);
    struct openai_server *s = a->server;
    if (o->used_up && (o->sent & limits))
        return refuse(s, limits, a->call_id);
    if (!o->has_fault || (o->fault.status != 400 && o->fault.status != 422))
        return false;
    if (openai_fault_is_too_long(&o->fault))
        return shorten_history(s);
    for (unsigned f = OPENAI_FIELD_COUNT; f-- > 0;)
        if ((o->sent & BIT(f)) &&
            openai_fault_names(&o->fault, openai_field_name((enum openai_field)f)))
            return refuse(s, BIT(f), a->call_id);
    if (*without || !o->sent)
        return false;
    *without = o->sent | (o->sent & limits ? limits : 0);
    return true;
}

/* ---- asking -----------------------------------------------------------------------------------
 */

static bool may_retry(const struct openai_asking *a, const struct error *why, uint32_t *pause_ms) {
    *pause_ms = why->retry_after_s ? why->retry_after_s * 1000 : RETRY_AFTER_MS;
    return !a->retried && why->retry && why->retry_after_s <= RETRY_NAMED_MAX_S &&
           left_ms(a) >= (int64_t)*pause_ms + RETRY_LEAST_MS;
}

enum error_code openai_ask(struct openai_asking *a, struct openai_reply *reply, struct error *err) {
    uint32_t without = 0, pause_ms = 0;
    for (unsigned fixes = 0;;) {
        struct outcome o;
        struct error why = {0};
        openai_reply_init(reply);
        enum error_code rc = ask_once(a, without, reply, &o, &why);
        if (rc == ERR_OK) {
            if (without)
                refuse(a->server, without, a->call_id);
            return ERR_OK;
        }
        openai_reply_release(reply);
        if (fixes++ < FIXES_MAX && learn(a, &o, &without))
            continue;
        log_warn(a->server->options.log, "model server did not answer", LOG_STR("call", a->call_id),
                 LOG_INT("http", why.http_status), LOG_WORDS("error", why.text));
        if (!may_retry(a, &why, &pause_ms)) {
            *err = why;
            return rc;
        }
        a->retried = true;
        wait_ms(a->server, pause_ms);
    }
}
