#include "providers/rest/rest.h"

#include <assert.h>
#include <stdio.h>

#include "providers/rest/encode.h"
#include "providers/rest/flow.h"

enum {
    NONCES = 32768, /* of webhooks, kept at a time: 1.3 MB */
};

static const struct provider_ops rest_ops;

static struct rest_provider *rest_from(struct provider *p) {
    assert(p->ops == &rest_ops);
    return container_of(p, struct rest_provider, base);
}

static void rest_destroy(struct provider *base) {
    struct rest_provider *p = rest_from(base);
    rest_signer_release(&p->signer);
    rest_limit_free(p->limit);
    secret_release(&p->auth_password);
    arena_release(&p->memory);
    mem_free(p);
}

/* ---- calls ------------------------------------------------------------------------------- */

static enum provider_outcome uncertain(struct error *err, const char *what, int status) {
    error_set(err, ERR_UNCERTAIN,
              "the carrier may have placed the call (%s); it is being settled, do not repeat it",
              what);
    if (err)
        err->http_status = status;
    return PROVIDER_UNCERTAIN;
}

/** Statuses that, with the carrier's own words, say for certain that there is no call. */
static bool is_refusal(int status) {
    return status == 400 || status == 401 || status == 403 || status == 404 || status == 422;
}

/** What an answer to a create says. Whatever is not certain is uncertain. */
static enum provider_outcome judge_place(const struct rest_provider *p,
                                         const struct http_response *r, struct provider_call *out,
                                         struct error *err) {
    char what[48];
    snprintf(what, sizeof what, "HTTP %d", r->status);
    if (rest_is_success(r)) {
        if (p->dialect->decode_place(buf_str(&r->body), out, NULL) != ERR_OK)
            return uncertain(err, "its answer could not be read", r->status);
        if (out->status == CALL_STATUS_NONE)
            out->status = CALL_DIALING; /* a word we do not know, but the carrier has the call */
        return PROVIDER_PLACED;
    }
    bool known;
    struct error e;
    enum error_code rc = rest_failure(p, r, &known, &e);
    bool limited = r->status == 429 || (known && rc == ERR_RATE_LIMIT && is_refusal(r->status));
    if (!limited && !(known && is_refusal(r->status)))
        return uncertain(err, what, r->status);
    if (err)
        *err = e;
    return limited ? PROVIDER_THROTTLED : PROVIDER_REFUSED;
}

static enum provider_outcome rest_place(struct provider *base, const struct provider_place *req,
                                        struct provider_call *out, struct error *err) {
    struct rest_provider *p = rest_from(base);
    CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
    CLEANUP(http_response_release) struct http_response rsp = {0};
    if (p->dialect->encode_place(&p->account, req, &r, err) != ERR_OK ||
        rest_request_check(&r, err) != ERR_OK)
        return PROVIDER_REFUSED;
    enum error_code rc = rest_send(p, &r, REST_CREATE, rest_deadline(p), NULL, &rsp, err);
    if (rc == ERR_OK) {
        enum provider_outcome outcome = judge_place(p, &rsp, out, err);
        if (outcome == PROVIDER_PLACED && out->from[0] == '\0') /* a reply may be the id alone */
            rest_copy_party(req->from.len ? req->from : p->account.number, out->from);
        return outcome;
    }
    if (rc == ERR_NETWORK)
        return PROVIDER_NOT_SENT;
    if (rc == ERR_RATE_LIMIT)
        return PROVIDER_THROTTLED; /* by ourselves: the carrier's limit is used up */
    if (rc == ERR_INVALID)
        return PROVIDER_REFUSED; /* the client would not send it, and never will */
    return uncertain(err, "its answer never came", 0);
}

/** Ask every place where the call may be; ERR_NOT_FOUND: none knows it now. */
static enum error_code look_everywhere(const struct rest_provider *p, struct str sid,
                                       int64_t deadline, struct provider_call *out,
                                       struct error *err) {
    enum error_code rc = ERR_NOT_FOUND;
    for (unsigned pass = 0; rc == ERR_NOT_FOUND && pass < p->dialect->look_up_passes; pass++) {
        CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
        CLEANUP(http_response_release) struct http_response rsp = {0};
        rc = p->dialect->encode_look_up(&p->account, sid, pass, &r, err);
        if (rc != ERR_OK)
            return rc;
        rc = rest_ask(p, &r, REST_READ, deadline, &rsp, err);
        if (rc == ERR_OK)
            return p->dialect->decode_call(buf_str(&rsp.body), out, err);
    }
    return rc;
}

static enum error_code look_up(const struct rest_provider *p, struct str sid, int64_t deadline,
                               struct provider_call *out, struct error *err) {
    enum error_code rc = look_everywhere(p, sid, deadline, out, err);
    if (rc != ERR_NOT_FOUND || p->dialect->doubt_ms == 0)
        return rc;
    rest_wait_ms(p, p->dialect->doubt_ms);
    return look_everywhere(p, sid, deadline, out, err);
}

/** The carrier did not find what was to be ended. Over, never there, or alive after all? */
static enum error_code judge_missing(const struct rest_provider *p, struct str sid,
                                     int64_t deadline, struct error *err) {
    struct provider_call call = {0};
    enum error_code rc = look_up(p, sid, deadline, &call, err);
    if (rc != ERR_OK || call_status_is_final(call.status))
        return rc;
    error_set(err, ERR_CONFLICT, "the carrier did not find the call, but it is alive; try again");
    if (err)
        err->retry = true;
    return ERR_CONFLICT;
}

static enum error_code rest_end(struct provider *base, struct str sid, struct error *err) {
    struct rest_provider *p = rest_from(base);
    CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
    CLEANUP(http_response_release) struct http_response rsp = {0};
    enum error_code rc = p->dialect->encode_end(&p->account, sid, &r, err);
    if (rc != ERR_OK)
        return rc;
    struct error e = {0};
    int64_t deadline = rest_deadline(p);
    rc = rest_ask(p, &r, REST_CHANGE, deadline, &rsp, &e);
    if (rc == ERR_CONFLICT && !e.retry)
        return ERR_OK; /* over already: what was wanted */
    if (rc == ERR_NOT_FOUND && p->dialect->doubt_ms)
        rc = judge_missing(p, sid, deadline, &e);
    if (rc != ERR_OK && err)
        *err = e;
    return rc;
}

/** What 404 means for a change to a live call, where the carrier says it of all others as well. */
static enum error_code judge_change(const struct rest_provider *p, enum error_code rc,
                                    struct error *err) {
    if (rc != ERR_NOT_FOUND || p->dialect->doubt_ms == 0)
        return rc;
    if (err)
        err->code = ERR_CONFLICT;
    return ERR_CONFLICT;
}

static enum error_code rest_redirect(struct provider *base, struct str sid, struct str url,
                                     struct error *err) {
    struct rest_provider *p = rest_from(base);
    CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
    CLEANUP(http_response_release) struct http_response rsp = {0};
    enum error_code rc = p->dialect->encode_redirect(&p->account, sid, url, &r, err);
    if (rc != ERR_OK)
        return rc;
    rc = rest_ask(p, &r, REST_CHANGE, rest_deadline(p), &rsp, err);
    return judge_change(p, rc, err);
}

static enum error_code rest_look_up(struct provider *base, struct str sid,
                                    struct provider_call *out, struct error *err) {
    struct rest_provider *p = rest_from(base);
    return look_up(p, sid, rest_deadline(p), out, err);
}

/* ---- lists ------------------------------------------------------------------------------- */

struct provider_call *rest_page_add(struct rest_page *page) {
    if (page->count == REST_CALLS_MAX)
        return NULL;
    if (page->count == page->cap) {
        page->cap = page->cap ? page->cap * 2 : 16;
        page->calls = mem_resize(page->calls, page->cap * sizeof *page->calls);
    }
    struct provider_call *c = &page->calls[page->count++];
    *c = (struct provider_call){0};
    return c;
}

/** Is that party the one asked for? One that the carrier does not name may be. */
static bool is_party(const char *party, struct str wanted) {
    return wanted.len == 0 || party[0] == '\0' || str_eq_z(wanted, party);
}

bool rest_call_is_between(const struct provider_call *c, const struct provider_list_filter *f) {
    return !f || (is_party(c->to, f->to) && is_party(c->from, f->from));
}

static void page_release(struct rest_page *page) {
    mem_free(page->calls);
    buf_release(&page->next_url);
}

/** All pages of one pass. A list that is cut short would settle calls wrongly: ERR_LIMIT. */
static enum error_code list_pass(const struct rest_provider *p, struct rest_request *r,
                                 int64_t deadline, struct rest_page *page, struct error *err) {
    for (int n = 0; n < REST_PAGES_MAX; n++) {
        CLEANUP(http_response_release) struct http_response rsp = {0};
        enum error_code rc = rest_ask(p, r, REST_READ, deadline, &rsp, err);
        if (rc != ERR_OK)
            return rc;
        buf_clear(&page->next_url);
        page->asked = buf_str(&r->url);
        rc = p->dialect->decode_list(&p->account, buf_str(&rsp.body), page, err);
        if (rc != ERR_OK || page->next_url.len == 0)
            return rc;
        buf_clear(&r->url);
        buf_put_str(&r->url, buf_str(&page->next_url));
    }
    return error_set(err, ERR_LIMIT, "the carrier lists more than %d pages of calls; ask for less",
                     REST_PAGES_MAX);
}

static bool is_listed(const struct provider_call *calls, size_t n, const char *sid) {
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(str_z(calls[i].sid), sid))
            return true;
    return false;
}

/** The calls of the time asked for, each once; carriers filter by whole days only. */
static size_t keep_wanted(struct provider_call *calls, size_t n,
                          const struct provider_list_filter *f) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        /* carriers' times are cut to seconds; a call without one is new */
        bool recent = calls[i].created_ms == 0 || calls[i].created_ms + 999 >= f->since_ms;
        if (recent && !is_listed(calls, kept, calls[i].sid))
            calls[kept++] = calls[i];
    }
    return kept;
}

/** A call that is listed without parties, and nowhere else with them. */
static bool is_nameless(const struct rest_page *page, size_t at) {
    const struct provider_call *c = &page->calls[at];
    if (c->to[0] || is_listed(page->calls, at, c->sid))
        return false;
    for (size_t i = at + 1; i < page->count; i++)
        if (page->calls[i].to[0] && str_eq_z(str_z(c->sid), page->calls[i].sid))
            return false;
    return true;
}

/**
 * Ask who the parties of calls are that a list names by their ids only. One that cannot be found
 * out may be the one that is looked for: then the list as a whole is an error, never a short list.
 */
static enum error_code name_parties(const struct rest_provider *p, struct rest_page *page,
                                    int64_t deadline, struct error *err) {
    size_t asked = 0;
    for (size_t i = 0; i < page->count; i++) {
        struct provider_call *c = &page->calls[i];
        if (!is_nameless(page, i))
            continue;
        if (asked++ == REST_NAMELESS_MAX)
            return error_set(err, ERR_LIMIT, "the carrier has over %d calls at a time; ask later",
                             REST_NAMELESS_MAX);
        enum error_code rc = look_up(p, str_z(c->sid), deadline, c, err);
        if (rc == ERR_NOT_FOUND)
            rc = error_set(err, ERR_CONFLICT, "a call came to its end while it was looked at");
        if (rc != ERR_OK) {
            if (err)
                err->retry = true;
            return rc;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < page->count; i++)
        if (page->calls[i].to[0] && rest_call_is_between(&page->calls[i], page->filter))
            page->calls[kept++] = page->calls[i];
    page->count = kept;
    return ERR_OK;
}

static enum error_code rest_list(struct provider *base, const struct provider_list_filter *asked,
                                 struct arena *a, struct provider_call **out, size_t *count,
                                 struct error *err) {
    struct rest_provider *p = rest_from(base);
    struct provider_list_filter wanted = *asked, *f = &wanted;
    CLEANUP(page_release) struct rest_page page = {.next_url = BUF_INIT(8192), .filter = f};
    if (wanted.from.len == 0)
        wanted.from = p->account.number; /* which rest_place() named */
    int64_t deadline = rest_deadline(p);
    for (unsigned pass = 0; pass < p->dialect->list_passes; pass++) {
        CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
        enum error_code rc = p->dialect->encode_list(&p->account, f, pass, &r, err);
        if (rc == ERR_OK)
            rc = list_pass(p, &r, deadline, &page, err);
        if (rc != ERR_OK)
            return rc;
    }
    if (p->dialect->doubt_ms) {
        enum error_code rc = name_parties(p, &page, deadline, err);
        if (rc != ERR_OK)
            return rc;
    }
    *count = keep_wanted(page.calls, page.count, f);
    *out = arena_alloc(a, *count * sizeof **out);
    if (*count)
        memcpy(*out, page.calls, *count * sizeof **out);
    return ERR_OK;
}

/* ---- recordings and credentials ------------------------------------------------------------ */

static enum error_code rest_control(struct provider *base,
                                    const struct provider_recording_control *c, char *out_sid,
                                    struct error *err) {
    struct rest_provider *p = rest_from(base);
    CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
    CLEANUP(http_response_release) struct http_response rsp = {0};
    enum rest_mode mode = c->action == PROVIDER_RECORDING_START ? REST_CREATE : REST_CHANGE;
    enum error_code rc = p->dialect->encode_control(&p->account, c, &r, err);
    if (rc == ERR_OK)
        rc = judge_change(p, rest_ask(p, &r, mode, rest_deadline(p), &rsp, err), err);
    if (rc != ERR_OK)
        return rc;
    return p->dialect->decode_control(&r, buf_str(&rsp.body), out_sid, err);
}

static enum error_code rest_fetch_recording(struct provider *base, struct str call_sid,
                                            struct str sid, bool mp3, http_sink_fn *sink, void *ctx,
                                            struct provider_audio *out, struct error *err) {
    return rest_fetch(rest_from(base), call_sid, sid, mp3, sink, ctx, out, err);
}

static enum error_code rest_delete(struct provider *base, struct str call_sid, struct str sid,
                                   struct error *err) {
    struct rest_provider *p = rest_from(base);
    CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
    CLEANUP(http_response_release) struct http_response rsp = {0};
    int64_t deadline = rest_deadline(p);
    char file[CALL_SID_SIZE];
    enum error_code rc = rest_find_file(p, call_sid, sid, deadline, file, err);
    if (rc == ERR_OK)
        rc = p->dialect->encode_delete(&p->account, call_sid, str_z(file), &r, err);
    if (rc == ERR_OK)
        rc = rest_ask(p, &r, REST_CHANGE, deadline, &rsp, err);
    return rc == ERR_NOT_FOUND ? ERR_OK : rc; /* gone already: what was wanted */
}

static enum error_code rest_check_account(struct provider *base, char *text, size_t text_size,
                                          struct error *err) {
    struct rest_provider *p = rest_from(base);
    struct rest_check check = {0};
    int64_t deadline = rest_deadline(p);
    while (!check.done) {
        CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
        CLEANUP(http_response_release) struct http_response rsp = {0};
        enum error_code rc = p->dialect->encode_check(&p->account, check.step, &r, err);
        if (rc == ERR_OK)
            rc = rest_send(p, &r, REST_READ, deadline, NULL, &rsp, err);
        bool says_nothing = rsp.status / 100 != 2 && rsp.status / 100 != 4;
        if (rc == ERR_OK && (says_nothing || rest_is_passing(rsp.status)))
            rc = rest_failure(p, &rsp, NULL, err);
        if (rc == ERR_OK)
            rc = p->dialect->decode_check(&p->account, rsp.status, buf_str(&rsp.body), &check, err);
        if (rc != ERR_OK)
            return rc;
    }
    snprintf(text, text_size, "%s", check.text);
    return ERR_OK;
}

/* ---- webhooks and documents ---------------------------------------------------------------- */

static enum error_code rest_read_webhook(struct provider *base, const struct webhook_request *req,
                                         struct arena *a, struct webhook_news *out,
                                         struct error *err) {
    struct rest_provider *p = rest_from(base);
    struct form fields = {0};
    enum error_code rc = p->dialect->verify_webhook(&p->signer, req, a, &fields, err);
    if (rc != ERR_OK)
        return rc;
    rc = p->dialect->parse_webhook(&p->account, req, &fields, a, out, err);
    if (rc == ERR_OK)
        out->carrier_text = rest_without_addresses(&p->account, a, out->carrier_text);
    return rc;
}

static enum error_code rest_render(struct provider *base, const struct plan *plan, struct buf *out,
                                   struct plan_loss_report *loss, struct error *err) {
    struct rest_provider *p = rest_from(base);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(p->base.desc->limits.document_bytes_max);
    enum error_code rc = p->dialect->render(&p->account, plan, &doc, loss, err);
    if (rc != ERR_OK)
        return rc;
    if (!buf_failed(&doc))
        buf_put_str(out, buf_str(&doc));
    if (buf_failed(&doc) || buf_failed(out))
        return error_set(err, ERR_LIMIT, "the document is over %u bytes; say less in one turn",
                         (unsigned)p->base.desc->limits.document_bytes_max);
    return ERR_OK;
}

static const struct provider_ops rest_ops = {
    .destroy = rest_destroy,
    .place_call = rest_place,
    .end_call = rest_end,
    .redirect_call = rest_redirect,
    .look_up = rest_look_up,
    .list_calls = rest_list,
    .control_recording = rest_control,
    .fetch_recording = rest_fetch_recording,
    .delete_recording = rest_delete,
    .check = rest_check_account,
    .read_webhook = rest_read_webhook,
    .render_plan = rest_render,
};

/* ---- making one ------------------------------------------------------------------------------
 */

static enum error_code check_base_url(struct str base, struct rest_url *url, struct error *err) {
    if (!rest_url_parse(base, url) || url->userinfo.len || !str_starts(url->scheme, STR("http")) ||
        str_find(url->rest, '?') < url->rest.len)
        return error_field(err, ERR_INVALID, "base_url",
                           "the API base URL must look like https://api.example.com");
    if (!rest_url_is_tls(url) && !rest_url_is_loopback(url))
        return error_field(err, ERR_INVALID, "base_url",
                           "the API base URL must be https: credentials would travel in clear");
    return ERR_OK;
}

static enum error_code check_config(const struct provider_config *cfg, struct error *err) {
    if (cfg->account.len == 0)
        return error_field(err, ERR_INVALID, "account", "the carrier's account id is missing");
    if (!cfg->token || !secret_is_set(cfg->token))
        return error_field(err, ERR_INVALID, "token", "the carrier's auth token is missing");
    bool has_secret = cfg->key_secret && secret_is_set(cfg->key_secret);
    if ((cfg->key_id.len > 0) != has_secret)
        return error_field(err, ERR_INVALID, has_secret ? "key_id" : "key_secret",
                           "an API key needs both its id and its secret");
    if (cfg->number.len && !phone_is_e164(cfg->number))
        return error_field(err, ERR_INVALID, "number",
                           "the caller id must be E.164, like +12025550100");
    return ERR_OK;
}

static struct str without_slash(struct str s) {
    while (s.len && s.ptr[s.len - 1] == '/')
        s.len--;
    return s;
}

static bool has_signing_key(const struct provider_config *cfg) {
    return cfg->signing_key && secret_is_set(cfg->signing_key);
}

/** What webhooks are checked with: signatures, and credentials where the dialect wants them. */
static enum error_code make_signer(struct rest_provider *p, const struct provider_config *cfg,
                                   struct error *err) {
    const struct secret *key = has_signing_key(cfg) ? cfg->signing_key : cfg->token;
    if (p->dialect->own_key && !has_signing_key(cfg))
        return error_field(err, ERR_INVALID, "signing_key",
                           "the key that webhooks are signed with is missing");
    enum error_code rc =
        rest_signer_init(&p->signer, p->dialect->mac, key, p->account.public_base_url, err);
    if (rc == ERR_OK && p->dialect->nonce_window_ms)
        p->signer.nonces = nonce_cache_new(NONCES, p->dialect->nonce_window_ms, &p->clock);
    if (rc == ERR_OK && p->dialect->webhook_auth) {
        rest_signer_add_auth(&p->signer, key, &p->memory);
        p->account.webhook_auth = p->signer.webhook_auth;
    }
    return rc;
}

enum error_code rest_provider_new(const struct rest_dialect *d, const struct provider_desc *desc,
                                  const struct provider_config *cfg, const struct rest_options *o,
                                  struct provider **out, struct error *err) {
    struct rest_url api;
    desc = desc ? desc : d->desc;
    struct str base_url = without_slash(cfg->base_url.len ? cfg->base_url : str_z(desc->base_url));
    enum error_code rc = check_config(cfg, err);
    if (rc == ERR_OK)
        rc = check_base_url(base_url, &api, err);
    if (rc != ERR_OK)
        return rc;

    struct rest_provider *p = mem_zalloc(sizeof *p);
    provider_init(&p->base, &rest_ops, desc);
    p->dialect = d;
    p->http = cfg->http;
    p->clock = cfg->clock;
    if (o)
        p->options = *o;
    p->limit = rest_limit_new(desc->limits.requests_max, desc->limits.requests_window_ms);
    bool by_key = cfg->key_id.len > 0;
    p->account = (struct rest_account){
        .id = arena_copy(&p->memory, cfg->account),
        .number = arena_copy(&p->memory, cfg->number),
        .base_url = arena_copy(&p->memory, base_url),
        .by_key = by_key,
        .public_base_url = arena_copy(&p->memory, without_slash(cfg->public_base_url)),
    };
    p->auth_user = by_key ? arena_copy(&p->memory, cfg->key_id) : p->account.id;
    secret_copy(&p->auth_password, by_key ? cfg->key_secret : cfg->token);
    rc = check_base_url(p->account.base_url, &p->api, err); /* again: it points into our copy */
    if (rc == ERR_OK)
        rc = make_signer(p, cfg, err);
    if (rc != ERR_OK) {
        rest_destroy(&p->base);
        return rc;
    }
    *out = &p->base;
    return ERR_OK;
}
