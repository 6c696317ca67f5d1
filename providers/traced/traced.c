#include "providers/traced/traced.h"

#include <assert.h>
#include <stdatomic.h>

enum {
    SID_SHOWN = 8, /* characters of an id in a log line */
};

struct counter {
    _Atomic uint64_t by_code[ERR_CODE_COUNT];
    _Atomic uint64_t total_ms;
};

struct traced {
    struct provider base;
    struct provider *inner;
    struct clock clock;
    struct log *log;
    struct counter counters[TRACED_OP_COUNT];
};

static const struct provider_ops traced_ops;

static struct traced *traced_from(struct provider *p) {
    assert(p->ops == &traced_ops);
    return container_of(p, struct traced, base);
}

static const char *const op_names[] = {
    [TRACED_PLACE] = "place",
    [TRACED_END] = "end",
    [TRACED_REDIRECT] = "redirect",
    [TRACED_LOOK_UP] = "look_up",
    [TRACED_LIST] = "list",
    [TRACED_CONTROL_RECORDING] = "control_recording",
    [TRACED_FETCH_RECORDING] = "fetch_recording",
    [TRACED_DELETE_RECORDING] = "delete_recording",
    [TRACED_CHECK] = "check",
    [TRACED_WEBHOOK] = "webhook",
    [TRACED_RENDER] = "render",
};
_Static_assert(ARRAY_LEN(op_names) == TRACED_OP_COUNT, "each operation has a name");

const char *traced_op_name(enum traced_op op) {
    return (unsigned)op < TRACED_OP_COUNT ? op_names[op] : "unknown";
}

/** One operation under way. */
struct span {
    struct traced *t;
    enum traced_op op;
    int64_t start_ms;
    struct error err; /* kept here, because callers may pass none */
};

static struct span begin(struct provider *p, enum traced_op op) {
    struct traced *t = traced_from(p);
    return (struct span){.t = t, .op = op, .start_ms = clock_mono_ms(&t->clock)};
}

static void write_line(const struct span *s, enum error_code rc, struct str sid, int64_t ms) {
    bool often = s->op == TRACED_WEBHOOK || s->op == TRACED_RENDER;
    enum log_level level = rc != ERR_OK ? LOG_WARN : often ? LOG_DEBUG : LOG_INFO;
    log_event(s->t->log, level, "carrier", LOG_Z("op", op_names[s->op]),
              LOG_Z("provider", s->t->base.desc->name), LOG_Z("result", error_name(rc)),
              LOG_STR("sid", str_from(sid.ptr, sid.len < SID_SHOWN ? sid.len : SID_SHOWN)),
              LOG_INT("http", s->err.http_status), LOG_INT("carrier_code", s->err.carrier_code),
              LOG_INT("ms", ms));
}

/** Count and log; hands the error on. Returns rc. */
static enum error_code finish(const struct span *s, enum error_code rc, struct str sid,
                              struct error *err) {
    int64_t ms = clock_mono_ms(&s->t->clock) - s->start_ms;
    struct counter *c = &s->t->counters[s->op];
    unsigned code = (unsigned)rc < ERR_CODE_COUNT ? (unsigned)rc : ERR_INVALID;
    atomic_fetch_add_explicit(&c->by_code[code], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->total_ms, (uint64_t)(ms > 0 ? ms : 0), memory_order_relaxed);
    write_line(s, rc, sid, ms);
    if (rc != ERR_OK && err)
        *err = s->err;
    return rc;
}

static void traced_destroy(struct provider *p) {
    struct traced *t = traced_from(p);
    provider_free(t->inner);
    mem_free(t);
}

static enum provider_outcome traced_place(struct provider *p, const struct provider_place *req,
                                          struct provider_call *out, struct error *err) {
    struct span s = begin(p, TRACED_PLACE);
    enum provider_outcome outcome = provider_place_call(s.t->inner, req, out, &s.err);
    bool placed = outcome == PROVIDER_PLACED;
    (void)finish(&s, placed ? ERR_OK : s.err.code, placed ? str_z(out->sid) : STR(""), err);
    return outcome;
}

static enum error_code traced_end(struct provider *p, struct str sid, struct error *err) {
    struct span s = begin(p, TRACED_END);
    return finish(&s, provider_end_call(s.t->inner, sid, &s.err), sid, err);
}

static enum error_code traced_redirect(struct provider *p, struct str sid, struct str url,
                                       struct error *err) {
    struct span s = begin(p, TRACED_REDIRECT);
    return finish(&s, provider_redirect_call(s.t->inner, sid, url, &s.err), sid, err);
}

static enum error_code traced_look_up(struct provider *p, struct str sid, struct provider_call *out,
                                      struct error *err) {
    struct span s = begin(p, TRACED_LOOK_UP);
    return finish(&s, provider_look_up(s.t->inner, sid, out, &s.err), sid, err);
}

static enum error_code traced_list(struct provider *p, const struct provider_list_filter *f,
                                   struct arena *a, struct provider_call **out, size_t *count,
                                   struct error *err) {
    struct span s = begin(p, TRACED_LIST);
    return finish(&s, provider_list_calls(s.t->inner, f, a, out, count, &s.err), STR(""), err);
}

static enum error_code traced_control(struct provider *p,
                                      const struct provider_recording_control *c, char *out_sid,
                                      struct error *err) {
    struct span s = begin(p, TRACED_CONTROL_RECORDING);
    return finish(&s, provider_control_recording(s.t->inner, c, out_sid, &s.err), c->call_sid, err);
}

static enum error_code traced_fetch(struct provider *p, struct str call_sid, struct str sid,
                                    bool mp3, http_sink_fn *sink, void *ctx,
                                    struct provider_audio *out, struct error *err) {
    struct span s = begin(p, TRACED_FETCH_RECORDING);
    enum error_code rc =
        provider_fetch_recording(s.t->inner, call_sid, sid, mp3, sink, ctx, out, &s.err);
    return finish(&s, rc, sid, err);
}

static enum error_code traced_delete(struct provider *p, struct str call_sid, struct str sid,
                                     struct error *err) {
    struct span s = begin(p, TRACED_DELETE_RECORDING);
    return finish(&s, provider_delete_recording(s.t->inner, call_sid, sid, &s.err), sid, err);
}

static enum error_code traced_check(struct provider *p, char *text, size_t text_size,
                                    struct error *err) {
    struct span s = begin(p, TRACED_CHECK);
    return finish(&s, provider_check(s.t->inner, text, text_size, &s.err), STR(""), err);
}

static enum error_code traced_read_webhook(struct provider *p, const struct webhook_request *req,
                                           struct arena *a, struct webhook_news *out,
                                           struct error *err) {
    struct span s = begin(p, TRACED_WEBHOOK);
    enum error_code rc = provider_read_webhook(s.t->inner, req, a, out, &s.err);
    return finish(&s, rc, rc == ERR_OK ? str_z(out->sid) : STR(""), err);
}

static enum error_code traced_render(struct provider *p, const struct plan *plan, struct buf *out,
                                     struct plan_loss_report *loss, struct error *err) {
    struct span s = begin(p, TRACED_RENDER);
    return finish(&s, provider_render_plan(s.t->inner, plan, out, loss, &s.err), STR(""), err);
}

static const struct provider_ops traced_ops = {
    .destroy = traced_destroy,
    .place_call = traced_place,
    .end_call = traced_end,
    .redirect_call = traced_redirect,
    .look_up = traced_look_up,
    .list_calls = traced_list,
    .control_recording = traced_control,
    .fetch_recording = traced_fetch,
    .delete_recording = traced_delete,
    .check = traced_check,
    .read_webhook = traced_read_webhook,
    .render_plan = traced_render,
};

struct provider *traced_provider_new(struct provider *inner, struct clock clock, struct log *log) {
    struct traced *t = mem_zalloc(sizeof *t);
    provider_init(&t->base, &traced_ops, provider_describe(inner));
    t->inner = inner;
    t->clock = clock;
    t->log = log;
    return &t->base;
}

bool traced_provider_counts(const struct provider *p, enum traced_op op,
                            struct traced_counts *out) {
    if (p->ops != &traced_ops || (unsigned)op >= TRACED_OP_COUNT)
        return false;
    const struct traced *t = container_of((struct provider *)p, struct traced, base);
    for (unsigned i = 0; i < ERR_CODE_COUNT; i++)
        out->by_code[i] = atomic_load(&t->counters[op].by_code[i]);
    out->total_ms = atomic_load(&t->counters[op].total_ms);
    return true;
}
