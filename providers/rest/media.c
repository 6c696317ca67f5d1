#include <stdio.h>

#include "core/base/compiler.h"
#include "providers/rest/flow.h"

enum {
    HOPS_MAX = 3,
    MEDIA_BYTES_MAX = 1 << 30, /* four hours of two channels are 460 MB */
    MEDIA_TIMEOUT_MS = 300000,
};

static bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/**
 * Turn r to where a Location leads: an absolute URL, or a path on the same host. Never to user
 * info, another scheme than http(s), or from TLS to clear text. Another host gets no credentials.
 */
static enum error_code turn(const struct rest_provider *p, struct rest_request *r,
                            struct str location, struct error *err) {
    CLEANUP(buf_release) struct buf next = BUF_INIT(r->url.max);
    struct rest_url from, to;
    bool ok = rest_url_parse(buf_str(&r->url), &from);
    if (ok && str_starts(location, STR("/")) && !str_starts(location, STR("//")))
        buf_put_str(&next, from.origin);
    buf_put_str(&next, location);
    ok = ok && !buf_failed(&next) && rest_url_parse(buf_str(&next), &to) && to.userinfo.len == 0 &&
         str_starts(to.scheme, STR("http")) && (rest_url_is_tls(&to) || !rest_url_is_tls(&from));
    if (!ok)
        return error_set(err, ERR_UPSTREAM,
                         "the carrier sends us to a recording address that is not safe to follow");
    r->ours = r->ours && rest_url_same_origin(&to, &from);
    r->foreign = !r->ours && !rest_url_same_origin(&to, &p->api);
    buf_clear(&r->url);
    buf_put_str(&r->url, buf_str(&next));
    return ERR_OK;
}

/** GET r, following redirects by hand, each hop checked again. ERR_OK: *out is no redirect. */
static enum error_code get(const struct rest_provider *p, struct rest_request *r, int64_t deadline,
                           struct rest_sink *sink, struct http_response *out, struct error *err) {
    for (int hop = 0; hop <= HOPS_MAX; hop++) {
        CLEANUP(http_response_release) struct http_response got = {0};
        enum error_code rc = rest_send(p, r, REST_READ, deadline, sink, &got, err);
        if (rc != ERR_OK)
            return rc;
        if (!is_redirect(got.status)) {
            *out = got;
            got = (struct http_response){0};
            return ERR_OK;
        }
        rc = turn(p, r, http_response_header(&got, STR("Location")), err);
        if (rc != ERR_OK)
            return rc;
    }
    return error_set(err, ERR_UPSTREAM, "the carrier redirects the recording more than %d times",
                     HOPS_MAX);
}

/** Is that all of it? A cut download without a length looks complete to every HTTP client. */
static enum error_code judge(const struct rest_provider *p, const struct http_response *r,
                             const struct rest_sink *sink, struct error *err) {
    if (r->status == 404) /* audio has no error body of a known form: the status alone tells */
        return error_set(err, ERR_NOT_FOUND, "the carrier has no such recording (yet)");
    if (!rest_is_success(r))
        return rest_failure(p, r, NULL, err);
    if (r->status == 200 && r->length_known && sink->bytes > 0 && r->body_bytes == sink->bytes)
        return ERR_OK;
    error_set(err, ERR_UPSTREAM, "the recording came incomplete (%llu bytes); fetch it again",
              (unsigned long long)sink->bytes);
    if (err)
        err->retry = true;
    return ERR_UPSTREAM;
}

enum error_code rest_find_file(const struct rest_provider *p, struct str call_sid, struct str sid,
                               int64_t deadline, char *out, struct error *err) {
    enum error_code rc = ERR_NOT_FOUND;
    if (!p->dialect->encode_find)
        return str_copy(sid, out, CALL_SID_SIZE) ? ERR_OK
                                                 : error_field(err, ERR_INVALID, "recording_sid",
                                                               "the recording id is malformed");
    for (unsigned pass = 0; rc == ERR_NOT_FOUND && pass < p->dialect->find_passes; pass++) {
        CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
        CLEANUP(http_response_release) struct http_response rsp = {0};
        rc = p->dialect->encode_find(&p->account, call_sid, sid, pass, &r, err);
        if (rc != ERR_OK)
            return rc;
        rc = rest_ask(p, &r, REST_READ, deadline, &rsp, err);
        if (rc == ERR_OK)
            rc = p->dialect->decode_find(&r, buf_str(&rsp.body), out, err);
    }
    return rc;
}

/** Turn r, which asks for a description of the recording, into the request for its audio. */
static enum error_code find_audio(const struct rest_provider *p, struct rest_request *r,
                                  int64_t deadline, struct error *err) {
    CLEANUP(rest_request_release) struct rest_request audio = rest_request_init();
    CLEANUP(http_response_release) struct http_response rsp = {0};
    struct rest_url url;
    enum error_code rc = rest_ask(p, r, REST_READ, deadline, &rsp, err);
    if (rc == ERR_OK)
        rc = p->dialect->decode_media(&p->account, buf_str(&rsp.body), &audio, err);
    if (rc == ERR_OK)
        rc = rest_request_check(&audio, err);
    if (rc != ERR_OK)
        return rc;
    if (!rest_url_parse(buf_str(&audio.url), &url) || url.userinfo.len ||
        !str_starts(url.scheme, STR("http")) ||
        (rest_url_is_tls(&p->api) && !rest_url_is_tls(&url)))
        return error_set(err, ERR_UPSTREAM,
                         "the carrier names a recording address that is not safe to follow");
    audio.foreign = !audio.ours && !rest_url_same_origin(&url, &p->api);
    struct rest_request description = *r;
    *r = audio;
    audio = description; /* released here */
    return ERR_OK;
}

enum error_code rest_fetch(struct rest_provider *p, struct str call_sid, struct str sid, bool mp3,
                           http_sink_fn *sink_fn, void *ctx, struct provider_audio *out,
                           struct error *err) {
    struct rest_sink sink = {.fn = sink_fn, .ctx = ctx};
    int64_t deadline = clock_mono_ms(&p->clock) + MEDIA_TIMEOUT_MS;
    char file[CALL_SID_SIZE];
    enum error_code rc = rest_find_file(p, call_sid, sid, deadline, file, err);
    bool next = rc == ERR_OK;
    for (unsigned variant = 0; next; variant++) {
        CLEANUP(rest_request_release) struct rest_request r = rest_request_init();
        CLEANUP(http_response_release) struct http_response rsp = {0};
        snprintf(r.format, sizeof r.format, "%s", mp3 ? "mp3" : "");
        rc = p->dialect->encode_fetch(&p->account, call_sid, str_z(file), variant, &r, err);
        if (rc == ERR_OK && p->dialect->decode_media)
            rc = find_audio(p, &r, deadline, err);
        if (rc != ERR_OK)
            return rc;
        r.reply_bytes_max = MEDIA_BYTES_MAX;
        rc = get(p, &r, deadline, &sink, &rsp, err);
        if (sink.refused)
            rc = error_set(err, ERR_IO, "the recording could not be written; check the disk");
        /* 400: the carrier has no audio in this form */
        next = rc == ERR_OK && rsp.status == 400 && variant + 1 < p->dialect->audio_variants;
        if (rc == ERR_OK && !next)
            rc = judge(p, &rsp, &sink, err);
        if (rc == ERR_OK && !next)
            snprintf(out->format, sizeof out->format, "%s",
                     r.format[0] ? r.format : p->dialect->audio_format);
    }
    if (rc != ERR_OK)
        return rc;
    out->bytes = sink.bytes;
    return ERR_OK;
}
