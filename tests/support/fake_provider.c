#include "tests/support/fake_provider.h"

#include "core/base/form.h"
#include "core/base/json.h"

static const struct provider_ops fake_ops;

static struct fake_provider *from(struct provider *p) {
    return container_of(p, struct fake_provider, base);
}

static void keep(struct str s, char *dst, size_t size) {
    if (!str_copy(s, dst, size))
        dst[0] = '\0';
}

static void destroy(struct provider *p) {
    (void)p;
}

static enum provider_outcome place_call(struct provider *p, const struct provider_place *req,
                                        struct provider_call *out, struct error *err) {
    struct fake_provider *f = from(p);
    f->places++;
    f->record = req->record;
    keep(req->from, f->from, sizeof f->from);
    keep(req->answer_url, f->answer_url, sizeof f->answer_url);
    keep(req->status_url, f->status_url, sizeof f->status_url);
    keep(req->recording_url, f->recording_url, sizeof f->recording_url);
    if (f->while_placing)
        f->while_placing(f->while_placing_ctx);
    if (f->outcome == PROVIDER_PLACED)
        *out = f->placed;
    else if (err)
        *err = f->error;
    return f->outcome;
}

static enum error_code end_call(struct provider *p, struct str sid, struct error *err) {
    struct fake_provider *f = from(p);
    f->ends++;
    keep(sid, f->ended_sid, sizeof f->ended_sid);
    return f->end_rc == ERR_OK ? ERR_OK : error_set(err, f->end_rc, "the test says no");
}

static enum error_code look_up(struct provider *p, struct str sid, struct provider_call *out,
                               struct error *err) {
    struct fake_provider *f = from(p);
    f->look_ups++;
    (void)sid;
    if (f->while_looking)
        f->while_looking(f->while_looking_ctx);
    if (f->look_up_rc != ERR_OK)
        return error_set(err, f->look_up_rc, "the test says no");
    *out = f->seen;
    return ERR_OK;
}

static enum error_code list_calls(struct provider *p, const struct provider_list_filter *filter,
                                  struct arena *a, struct provider_call **out, size_t *count,
                                  struct error *err) {
    struct fake_provider *f = from(p);
    f->list_since_ms = filter->since_ms;
    f->lists++;
    if (f->list_rc != ERR_OK)
        return error_set(err, f->list_rc, "the test says no");
    *out = arena_alloc(a, sizeof f->listed);
    memcpy(*out, f->listed, sizeof f->listed);
    *count = f->listed_count;
    return ERR_OK;
}

static enum error_code control_recording(struct provider *p,
                                         const struct provider_recording_control *c, char *out_sid,
                                         struct error *err) {
    struct fake_provider *f = from(p);
    (void)err;
    f->controls++;
    f->controlled = c->action;
    f->controlled_dual = c->dual;
    f->controlled_mp3 = c->mp3;
    keep(c->recording_sid, f->controlled_sid, sizeof f->controlled_sid);
    if (out_sid)
        keep(STR("REC1"), out_sid, CALL_SID_SIZE);
    return ERR_OK;
}

static enum error_code fetch_recording(struct provider *p, struct str call_sid, struct str sid,
                                       bool mp3, http_sink_fn *sink, void *ctx,
                                       struct provider_audio *out, struct error *err) {
    struct fake_provider *f = from(p);
    f->fetched_mp3 = mp3;
    (void)call_sid;
    (void)sid;
    f->fetches++;
    if (f->while_fetching)
        f->while_fetching(f->while_fetching_ctx);
    if (f->fetch_rc != ERR_OK)
        return error_set(err, f->fetch_rc, "the test says no");
    /* in two pieces, as the network would */
    size_t half = f->audio.len / 2;
    if (!sink(ctx, str_from(f->audio.ptr, half)) || !sink(ctx, str_from_index(f->audio, half)))
        return error_set(err, ERR_IO, "the sink took no more");
    *out = (struct provider_audio){.bytes = f->audio.len};
    if (!str_copy(str_z(f->audio_format ? f->audio_format : "wav"), out->format,
                  sizeof out->format))
        return error_set(err, ERR_LIMIT, "the format's name is too long");
    return ERR_OK;
}

static enum error_code delete_recording(struct provider *p, struct str call_sid, struct str sid,
                                        struct error *err) {
    (void)call_sid;
    (void)sid;
    (void)err;
    from(p)->deletes++;
    return ERR_OK;
}

static int64_t number(const struct form *f, const char *name) {
    uint64_t n = 0;
    return str_to_u64(form_get(f, str_z(name)), INT64_MAX, &n) ? (int64_t)n : 0;
}

static enum error_code read_webhook(struct provider *p, const struct webhook_request *req,
                                    struct arena *a, struct webhook_news *out, struct error *err) {
    struct form f = {0};
    (void)p;
    enum error_code rc = form_parse(a, req->body, &f, err);
    if (rc != ERR_OK)
        return rc;
    if (!str_eq_z(form_get(&f, STR("sign")), "yes"))
        return error_set(err, ERR_AUTH, "not signed");
    *out = (struct webhook_news){.at_ms = number(&f, "at_ms"), .confidence = -1};
    keep(form_get(&f, STR("sid")), out->sid, sizeof out->sid);
    if (!call_status_parse(form_get(&f, STR("status")), &out->status))
        out->status = CALL_STATUS_NONE;
    out->has_duration = form_get(&f, STR("duration")).len > 0;
    out->duration_s = (uint32_t)number(&f, "duration");
    out->carrier_text = form_get(&f, STR("text"));
    out->digits = form_get(&f, STR("digits"));
    out->speech = form_get(&f, STR("speech"));
    keep(form_get(&f, STR("to")), out->to, sizeof out->to);
    keep(form_get(&f, STR("from")), out->from, sizeof out->from);
    keep(form_get(&f, STR("recording")), out->recording_sid, sizeof out->recording_sid);
    if (!recording_status_parse(form_get(&f, STR("recording_status")), &out->recording_status))
        out->recording_status = RECORDING_NONE;
    out->recording_duration_s = (uint32_t)number(&f, "recording_duration");
    return ERR_OK;
}

static enum error_code render_plan(struct provider *p, const struct plan *plan, struct buf *out,
                                   struct plan_loss_report *loss, struct error *err) {
    struct json_writer w;
    (void)loss;
    for (size_t i = 0; from(p)->speechless && i < plan->count; i++)
        if (plan->steps[i].kind == PLAN_SAY)
            return error_set(err, ERR_UNSUPPORTED, "the test says no");
    json_write_init(&w, out);
    plan_to_json(plan, &w);
    return buf_failed(out) ? error_set(err, ERR_LIMIT, "too long") : ERR_OK;
}

static const struct provider_ops fake_ops = {
    .destroy = destroy,
    .place_call = place_call,
    .end_call = end_call,
    .look_up = look_up,
    .list_calls = list_calls,
    .control_recording = control_recording,
    .fetch_recording = fetch_recording,
    .delete_recording = delete_recording,
    .read_webhook = read_webhook,
    .render_plan = render_plan,
};

static const struct provider_desc fake_desc = {
    .name = "fake",
    .caps = PROVIDER_CAP_PLACE | PROVIDER_CAP_END | PROVIDER_CAP_LOOKUP | PROVIDER_CAP_LIST |
            PROVIDER_CAP_RECORD | PROVIDER_CAP_RECORD_PAUSE | PROVIDER_CAP_RECORDINGS |
            PROVIDER_CAP_PLACE_RECORDED,
    .document_type = "application/json",
    .base_url = "https://fake.example",
};

void fake_provider_init(struct fake_provider *f) {
    *f = (struct fake_provider){.outcome = PROVIDER_PLACED,
                                .placed = {.sid = "SID1", .status = CALL_QUEUED},
                                .look_up_rc = ERR_NOT_FOUND,
                                .desc = fake_desc};
    provider_init(&f->base, &fake_ops, &f->desc);
}
