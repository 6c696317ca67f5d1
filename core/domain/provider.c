#include <assert.h>

#include "core/domain/provider_impl.h"

static const char *const cap_names[PROVIDER_CAP_COUNT] = {
    "place",      "end",          "redirect",      "lookup",         "list",
    "record",     "record_pause", "recordings",    "detection",      "speech",
    "pay",        "ai",           "stream",        "place_recorded", "machine_end",
    "conference", "queue",        "pay_connector", "record_mp3",
};

const char *provider_cap_name(enum provider_cap c) {
    for (unsigned i = 0; i < ARRAY_LEN(cap_names); i++)
        if ((unsigned)c == BIT(i))
            return cap_names[i];
    return "unknown";
}

/* Path segments of webhook addresses: a promise to every carrier that holds one. */
static const char *const kind_names[] = {
    [WEBHOOK_NONE] = "none",     [WEBHOOK_ANSWER] = "answer",
    [WEBHOOK_GATHER] = "gather", [WEBHOOK_FALLBACK] = "fallback",
    [WEBHOOK_STATUS] = "status", [WEBHOOK_RECORDING] = "recording",
    [WEBHOOK_DETECTION] = "amd", [WEBHOOK_INBOUND] = "inbound",
};
_Static_assert(ARRAY_LEN(kind_names) == WEBHOOK_KIND_COUNT, "each kind of webhook has a name");

const char *webhook_kind_name(enum webhook_kind k) {
    return (unsigned)k < WEBHOOK_KIND_COUNT ? kind_names[k] : kind_names[WEBHOOK_NONE];
}

bool webhook_kind_parse(struct str s, enum webhook_kind *out) {
    for (unsigned k = WEBHOOK_NONE + 1; k < WEBHOOK_KIND_COUNT; k++)
        if (str_eq_z(s, kind_names[k])) {
            *out = (enum webhook_kind)k;
            return true;
        }
    return false;
}

void provider_init(struct provider *p, const struct provider_ops *ops,
                   const struct provider_desc *desc) {
    assert(ops->destroy && ops->read_webhook && ops->render_plan);
    assert(desc->name && desc->document_type && desc->base_url);
    assert(!(desc->caps & PROVIDER_CAP_PLACE) || ops->place_call);
    assert(!(desc->caps & PROVIDER_CAP_END) || ops->end_call);
    assert(!(desc->caps & PROVIDER_CAP_REDIRECT) || ops->redirect_call);
    assert(!(desc->caps & PROVIDER_CAP_LOOKUP) || ops->look_up);
    assert(!(desc->caps & PROVIDER_CAP_LIST) || ops->list_calls);
    assert(!(desc->caps & (PROVIDER_CAP_RECORD | PROVIDER_CAP_RECORD_PAUSE)) ||
           ops->control_recording);
    assert(!(desc->caps & PROVIDER_CAP_RECORDINGS) ||
           (ops->fetch_recording && ops->delete_recording));
    p->ops = ops;
    p->desc = desc;
}

const struct provider_desc *provider_describe(const struct provider *p) {
    return p->desc;
}

const char *provider_name(const struct provider *p) {
    return p->desc->name;
}

void provider_free(struct provider *p) {
    if (p)
        p->ops->destroy(p);
}

void provider_freep(struct provider **p) {
    provider_free(*p);
    *p = NULL;
}

/** ERR_OK when the carrier has the capability. */
static enum error_code need(const struct provider *p, enum provider_cap c, struct error *err) {
    if (provider_can(p, c))
        return ERR_OK;
    return error_set(err, ERR_UNSUPPORTED,
                     "carrier %s cannot do \"%s\"; use another carrier for it", p->desc->name,
                     provider_cap_name(c));
}

static enum error_code need_id(struct str sid, const char *field, struct error *err) {
    if (sid.len > 0 && sid.len < CALL_SID_SIZE)
        return ERR_OK;
    return error_field(err, ERR_INVALID, field, "%s is no carrier id", field);
}

enum provider_outcome provider_place_call(struct provider *p, const struct provider_place *req,
                                          struct provider_call *out, struct error *err) {
    assert(req->ring_timeout_s > 0 && req->time_limit_s > 0);
    if (need(p, PROVIDER_CAP_PLACE, err) != ERR_OK ||
        (req->detection != CALL_DETECT_OFF && need(p, PROVIDER_CAP_DETECTION, err) != ERR_OK) ||
        (req->record && need(p, PROVIDER_CAP_RECORD, err) != ERR_OK))
        return PROVIDER_REFUSED;
    struct provider_call got = {0};
    enum provider_outcome outcome = p->ops->place_call(p, req, &got, err);
    if (outcome != PROVIDER_PLACED)
        return outcome;
    if (!got.sid[0]) {
        error_set(err, ERR_UNCERTAIN, "carrier %s accepted the call without naming it",
                  p->desc->name);
        return PROVIDER_UNCERTAIN;
    }
    *out = got;
    return PROVIDER_PLACED;
}

enum error_code provider_end_call(struct provider *p, struct str sid, struct error *err) {
    enum error_code rc = need(p, PROVIDER_CAP_END, err);
    if (rc == ERR_OK)
        rc = need_id(sid, "call_sid", err);
    return rc == ERR_OK ? p->ops->end_call(p, sid, err) : rc;
}

enum error_code provider_redirect_call(struct provider *p, struct str sid, struct str url,
                                       struct error *err) {
    enum error_code rc = need(p, PROVIDER_CAP_REDIRECT, err);
    if (rc == ERR_OK)
        rc = need_id(sid, "call_sid", err);
    if (rc == ERR_OK && url.len == 0)
        rc = error_field(err, ERR_INVALID, "url", "a redirect needs the URL of the next document");
    return rc == ERR_OK ? p->ops->redirect_call(p, sid, url, err) : rc;
}

enum error_code provider_look_up(struct provider *p, struct str sid, struct provider_call *out,
                                 struct error *err) {
    enum error_code rc = need(p, PROVIDER_CAP_LOOKUP, err);
    if (rc == ERR_OK)
        rc = need_id(sid, "call_sid", err);
    if (rc != ERR_OK)
        return rc;
    struct provider_call got = {0};
    rc = p->ops->look_up(p, sid, &got, err);
    if (rc == ERR_OK)
        *out = got;
    return rc;
}

enum error_code provider_list_calls(struct provider *p, const struct provider_list_filter *f,
                                    struct arena *a, struct provider_call **out, size_t *count,
                                    struct error *err) {
    enum error_code rc = need(p, PROVIDER_CAP_LIST, err);
    if (rc != ERR_OK)
        return rc;
    struct provider_call *calls = NULL;
    size_t n = 0;
    rc = p->ops->list_calls(p, f, a, &calls, &n, err);
    if (rc != ERR_OK)
        return rc;
    *out = calls;
    *count = n;
    return ERR_OK;
}

enum error_code provider_control_recording(struct provider *p,
                                           const struct provider_recording_control *c,
                                           char *out_sid, struct error *err) {
    bool pauses = c->action == PROVIDER_RECORDING_PAUSE || c->action == PROVIDER_RECORDING_RESUME;
    enum error_code rc = need(p, pauses ? PROVIDER_CAP_RECORD_PAUSE : PROVIDER_CAP_RECORD, err);
    if (rc == ERR_OK && c->mp3)
        rc = need(p, PROVIDER_CAP_RECORD_MP3, err);
    if (rc == ERR_OK)
        rc = need_id(c->call_sid, "call_sid", err);
    if (rc == ERR_OK && c->action == PROVIDER_RECORDING_NONE)
        rc = error_field(err, ERR_INVALID, "action", "say start, pause, resume or stop");
    if (rc != ERR_OK)
        return rc;
    char sid[CALL_SID_SIZE] = "";
    rc = p->ops->control_recording(p, c, sid, err);
    if (rc == ERR_OK && out_sid)
        memcpy(out_sid, sid, sizeof sid);
    return rc;
}

enum error_code provider_fetch_recording(struct provider *p, struct str call_sid, struct str sid,
                                         bool mp3, http_sink_fn *sink, void *ctx,
                                         struct provider_audio *out, struct error *err) {
    assert(sink);
    enum error_code rc = need(p, PROVIDER_CAP_RECORDINGS, err);
    if (rc == ERR_OK && mp3)
        rc = need(p, PROVIDER_CAP_RECORD_MP3, err);
    if (rc == ERR_OK)
        rc = need_id(sid, "recording_sid", err);
    if (rc != ERR_OK)
        return rc;
    struct provider_audio got = {0};
    rc = p->ops->fetch_recording(p, call_sid, sid, mp3, sink, ctx, &got, err);
    if (rc == ERR_OK)
        *out = got;
    return rc;
}

enum error_code provider_delete_recording(struct provider *p, struct str call_sid, struct str sid,
                                          struct error *err) {
    enum error_code rc = need(p, PROVIDER_CAP_RECORDINGS, err);
    if (rc == ERR_OK)
        rc = need_id(sid, "recording_sid", err);
    return rc == ERR_OK ? p->ops->delete_recording(p, call_sid, sid, err) : rc;
}

enum error_code provider_check(struct provider *p, char *text, size_t text_size,
                               struct error *err) {
    assert(text_size > 0);
    if (!p->ops->check)
        return error_set(err, ERR_UNSUPPORTED, "carrier %s has no credential check", p->desc->name);
    return p->ops->check(p, text, text_size, err);
}

enum error_code provider_read_webhook(struct provider *p, const struct webhook_request *req,
                                      struct arena *a, struct webhook_news *out,
                                      struct error *err) {
    struct webhook_news news = {.confidence = -1};
    enum error_code rc = p->ops->read_webhook(p, req, a, &news, err);
    if (rc == ERR_OK)
        *out = news;
    return rc;
}

enum error_code provider_render_plan(struct provider *p, const struct plan *plan, struct buf *out,
                                     struct plan_loss_report *loss, struct error *err) {
    return p->ops->render_plan(p, plan, out, loss, err);
}
