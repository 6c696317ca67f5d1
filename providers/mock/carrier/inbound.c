#include "providers/mock/carrier/inbound.h"

#include "core/base/json.h"
#include "core/base/mem.h"
#include "providers/mock/carrier/progress.h"
#include "providers/mock/carrier/rest_face.h"

/* Calls to the account's numbers: somebody has to be told to call. */

enum {
    TIME_LIMIT_S = 14400,
    RING_LIMIT_S = 60,
};
_Static_assert((int)CARRIER_SID_SIZE == (int)SID_SIZE, "the same ids");

static char *copy(struct str s) {
    return s.len > 0 ? mem_copy_str(s) : NULL;
}

static struct leg *begin(struct carrier *c, const struct carrier_inbound *in) {
    struct str to = in->to.len > 0 ? in->to : str_z(c->number);
    struct str from = in->from.len > 0 ? in->from : STR("anonymous");
    const struct carrier_face *face = in->compat && c->face->compat ? c->face->compat : c->face;
    struct leg *l = leg_new_inbound(c, face, to, from);
    l->req = (struct leg_request){.answer = {.url = copy(in->url)},
                                  .status = {.url = copy(in->status_url)},
                                  .status_events = BIT(CALL_COMPLETED),
                                  .ring_timeout_s = RING_LIMIT_S,
                                  .time_limit_s = TIME_LIMIT_S};
    progress_start_inbound(c, l);
    return l;
}

/* ---- from another thread ----------------------------------------------------------------------
 */

struct call_in {
    struct hub_item item;
    const struct carrier_inbound *in;
    char *sid;
    pthread_mutex_t lock;
    pthread_cond_t came;
    bool done;
};

static void call_in_end(struct call_in *k) {
    pthread_mutex_lock(&k->lock);
    k->done = true;
    pthread_cond_signal(&k->came);
    pthread_mutex_unlock(&k->lock);
}

static void call_in_run(struct carrier *c, struct hub_item *i) {
    struct call_in *k = container_of(i, struct call_in, item);
    memcpy(k->sid, begin(c, k->in)->sid, CARRIER_SID_SIZE);
    call_in_end(k);
}

static void call_in_drop(struct hub_item *i) {
    call_in_end(container_of(i, struct call_in, item));
}

static enum error_code check(const struct carrier_inbound *in, struct error *err) {
    return face_is_url(in->url) ? ERR_OK
                                : error_field(err, ERR_INVALID, "url",
                                              "url must be the http(s) address that the number is "
                                              "pointed at");
}

enum error_code carrier_call_in(struct carrier *c, const struct carrier_inbound *in,
                                char sid[CARRIER_SID_SIZE], struct error *err) {
    enum error_code rc = check(in, err);
    if (rc != ERR_OK)
        return rc;
    struct call_in k = {.item = {.run = call_in_run, .drop = call_in_drop},
                        .in = in,
                        .sid = sid,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .came = PTHREAD_COND_INITIALIZER};
    sid[0] = '\0';
    hub_post(c->hub, &k.item);
    pthread_mutex_lock(&k.lock);
    while (!k.done)
        pthread_cond_wait(&k.came, &k.lock);
    pthread_mutex_unlock(&k.lock);
    pthread_cond_destroy(&k.came);
    pthread_mutex_destroy(&k.lock);
    return sid[0] ? ERR_OK : error_set(err, ERR_BUSY, "the carrier is closing");
}

/* ---- over HTTP --------------------------------------------------------------------------------
 */

bool inbound_is_asked(const struct http_exchange *x) {
    return str_eq_z(x->path, "/box/inbound");
}

static void refuse(struct face_request *r, enum face_refusal why, int status, struct str text) {
    struct buf out = BUF_INIT(1024);
    struct json_writer w;
    (void)why;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_kv_string(&w, "error", text.len > 0 ? text : STR("send the account's credentials"));
    json_end_object(&w);
    face_reply(r, status, &out);
}

static void post(struct face_request *r) {
    const struct json *compat = r->json ? json_get(json_root(r->json), "compat") : NULL;
    const struct carrier_inbound in = {.from = face_param(r, "from"),
                                       .to = face_param(r, "to"),
                                       .url = face_param(r, "url"),
                                       .status_url = face_param(r, "status_url"),
                                       .compat = json_bool(compat, false)};
    struct error err = {0};
    if (check(&in, &err) != ERR_OK) {
        refuse(r, FACE_UNREADABLE, 400, str_z(err.text));
        return;
    }
    struct leg *l = begin(r->c, &in);
    struct buf out = BUF_INIT(1024);
    struct json_writer w;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_kv_z(&w, "sid", l->sid);
    json_end_object(&w);
    face_reply(r, 201, &out);
}

void inbound_rest(struct carrier *c, struct http_exchange *x) {
    static const struct face_route routes[] = {{"POST", "/box/inbound", post}};
    static const struct face_rest rest = {.routes = routes, .route_count = 1, .refuse = refuse};
    struct face_request r = {.c = c, .x = x, .rest = &rest};
    if (face_authorized(&r, str_z(c->account), str_z(c->token), false) && face_read_json(&r))
        face_route(&r, x->path);
    face_request_release(&r);
}
