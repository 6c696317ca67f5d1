#include "core/app/api.h"
#include "core/base/id.h"
#include "core/domain/card_mask.h"
#include "core/engine/information.h"

/* What callers said and shared: the captured data of calls. */

/* ---- GET /api/summary -------------------------------------------------------------------------
 */

struct summary {
    struct arena *arena;
    int64_t counters[COUNTER_COUNT];
    struct category_count *categories;
    size_t category_count;
};

static enum error_code summary_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct summary *s = ctx;
    enum error_code rc = store_get_counters(tx, s->counters, err);
    return rc == ERR_OK
               ? store_count_categories(tx, s->arena, &s->categories, &s->category_count, err)
               : rc;
}

static void put_calls_summary(struct json_writer *w, const int64_t *counters) {
    int64_t ended = 0;
    json_key(w, "calls");
    json_begin_object(w);
    json_kv_int(w, "total", counters[COUNTER_CALLS]);
    for (int s = CALL_COMPLETED; s < CALL_STATUS_COUNT; s++) {
        int64_t n = counters[COUNTER_CALLS_ENDED_FIRST + (s - CALL_COMPLETED)];
        ended += n;
        json_kv_int(w, call_status_name((enum call_status)s), n);
    }
    json_kv_int(w, "open", counters[COUNTER_CALLS] - ended);
    json_kv_int(w, "duration_s", counters[COUNTER_CALL_SECONDS]);
    json_end_object(w);
}

void api_summary(struct api_request *r) {
    struct summary s = {.arena = &r->arena};
    if (!api_read(r, summary_tx, &s))
        return;
    struct json_writer w;
    json_write_init(&w, api_body(r));
    json_begin_object(&w);
    put_calls_summary(&w, s.counters);
    json_kv_int(&w, "sessions", s.counters[COUNTER_SESSIONS]);
    json_kv_int(&w, "information", s.counters[COUNTER_INFO]);
    json_kv_int(&w, "recordings", s.counters[COUNTER_RECORDINGS]);
    json_key(&w, "categories");
    json_begin_object(&w);
    for (size_t i = 0; i < s.category_count; i++) {
        json_key_str(&w, s.categories[i].category);
        json_put_int(&w, s.categories[i].count);
    }
    json_end_object(&w);
    json_end_object(&w);
    api_reply(r, 200);
}

/* ---- GET /api/sessions ------------------------------------------------------------------------
 */

/* What a session's informations say besides their number. */
struct session_facts {
    uint32_t info_count;
    struct str qualification; /* the newest one; "" none */
    enum qualification qualified;
};

struct session_list {
    struct arena *arena;
    int64_t before_id;
    uint32_t limit;
    struct session *items;
    struct session_facts *facts;
    size_t count;
};

static enum error_code read_facts(struct store_tx *tx, const struct session *s, struct arena *a,
                                  struct session_facts *out, struct error *err) {
    const struct info_filter f = {
        .session_id = s->session_id, .category = STR(QUALIFICATION_CATEGORY), .limit = 1};
    struct info *found = NULL;
    size_t n = 0;
    enum error_code rc = store_list_info(tx, &f, a, &found, &n, err);
    *out = (struct session_facts){.info_count = s->info_count};
    if (n > 0) {
        out->qualification = found[0].information;
        out->qualified = qualification_read(found[0].information);
    }
    if (out->qualified == QUALIFICATION_UNKNOWN)
        out->qualified = qualification_read(str_z(s->call.outcome));
    return rc;
}

static enum error_code sessions_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct session_list *l = ctx;
    enum error_code rc =
        store_list_sessions(tx, l->before_id, l->limit, l->arena, &l->items, &l->count, err);
    l->facts = arena_alloc(l->arena, (l->count + 1) * sizeof *l->facts);
    for (size_t i = 0; rc == ERR_OK && i < l->count; i++)
        rc = read_facts(tx, &l->items[i], l->arena, &l->facts[i], err);
    return rc;
}

static void put_facts(struct json_writer *w, const struct session_facts *f) {
    json_kv_int(w, "information_count", f->info_count);
    json_kv_z(w, "qualification_status", qualification_name(f->qualified));
}

static void put_session(struct json_writer *w, const struct session *s,
                        const struct session_facts *f) {
    bool open = s->call_id && !call_status_is_final(s->call.status);
    json_begin_object(w);
    json_kv_string(w, "session_id", s->session_id);
    json_kv_string(w, "caller_id", s->caller_id);
    json_kv_z(w, "status", open ? "active" : "ended");
    put_facts(w, f);
    json_key(w, "qualification");
    if (f->qualification.len > 0)
        json_put_string(w, f->qualification);
    else
        json_put_null(w);
    json_kv_time(w, "first_at", s->first_ms);
    json_kv_time(w, "last_at", s->last_ms);
    json_key(w, "call");
    if (s->call_id)
        api_put_call(w, &s->call);
    else
        json_put_null(w);
    json_end_object(w);
}

/* ---- the same of calls ------------------------------------------------------------------------
 */

static enum error_code call_facts(struct store_tx *tx, const struct call *c, struct arena *a,
                                  struct session_facts *out, struct error *err) {
    char id[ID_TEXT_SIZE];
    struct session s = {.call = *c};
    id_format(id, CALL_ID_PREFIX, c->id);
    s.session_id = arena_copy(a, str_z(id));
    enum error_code rc = store_get_session(tx, s.session_id, a, &s, err);
    if (rc == ERR_OK)
        return read_facts(tx, &s, a, out, err);
    *out = (struct session_facts){.qualified = qualification_read(str_z(c->outcome))};
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum error_code api_read_outcomes(struct store_tx *tx, const struct call *calls, size_t count,
                                  struct arena *a, struct api_outcome **out, struct error *err) {
    struct api_outcome *o = arena_alloc(a, (count + 1) * sizeof *o);
    enum error_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        struct session_facts f;
        rc = call_facts(tx, &calls[i], a, &f, err);
        if (rc == ERR_OK)
            o[i] = (struct api_outcome){f.info_count, f.qualified};
    }
    *out = o;
    return rc;
}

void api_put_outcome(struct json_writer *w, const struct api_outcome *o) {
    put_facts(w, &(struct session_facts){.info_count = o->info_count, .qualified = o->qualified});
}

void api_list_sessions(struct api_request *r) {
    struct session_list l = {.arena = &r->arena};
    if (!api_limit(r, &l.limit) || !api_cursor(r, INFO_ID_PREFIX, &l.before_id)) {
        api_fail(r, ERR_INVALID);
        return;
    }
    if (!api_read(r, sessions_tx, &l))
        return;
    struct json_writer w;
    api_begin_items(r, &w);
    for (size_t i = 0; i < l.count; i++)
        put_session(&w, &l.items[i], &l.facts[i]);
    api_reply_items(r, &w, INFO_ID_PREFIX,
                    l.count == l.limit ? l.items[l.count - 1].last_info_id : 0);
}

/* ---- GET /api/information ---------------------------------------------------------------------
 */

struct info_list {
    struct info_filter filter;
    struct arena *arena;
    struct info *items;
    size_t count;
};

static enum error_code info_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct info_list *l = ctx;
    return store_list_info(tx, &l->filter, l->arena, &l->items, &l->count, err);
}

static void put_info(struct json_writer *w, const struct info *i) {
    json_begin_object(w);
    api_put_id(w, "id", INFO_ID_PREFIX, i->id);
    json_kv_string(w, "session_id", i->session_id);
    api_put_id(w, "call_id", CALL_ID_PREFIX, i->call_id);
    json_kv_string(w, "caller_id", i->caller_id);
    json_kv_string(w, "category", i->category);
    json_kv_string(w, "information", i->information);
    json_kv_time(w, "timestamp", i->at_ms);
    json_kv_z(w, "status", "received");
    json_end_object(w);
}

void api_list_information(struct api_request *r) {
    struct info_list l = {.arena = &r->arena};
    l.filter.category = api_query(r, "category");
    l.filter.caller_id = api_query(r, "caller_id");
    l.filter.session_id = api_query(r, "session_id");
    if (!api_limit(r, &l.filter.limit) || !api_cursor(r, INFO_ID_PREFIX, &l.filter.before_id)) {
        api_fail(r, ERR_INVALID);
        return;
    }
    if (!api_read(r, info_tx, &l))
        return;
    struct json_writer w;
    api_begin_items(r, &w);
    for (size_t i = 0; i < l.count; i++)
        put_info(&w, &l.items[i]);
    api_reply_items(r, &w, INFO_ID_PREFIX, l.count == l.filter.limit ? l.items[l.count - 1].id : 0);
}

/* ---- POST /api/information --------------------------------------------------------------------
 */

/* A text that must be there, as it is kept: no longer than max, no card number in it. */
static enum error_code read_member(struct api_request *r, const char *name, size_t max,
                                   struct str *out) {
    enum error_code rc = api_text_member(r, name, out);
    *out = str_trim(*out);
    if (rc == ERR_OK && out->len > max)
        rc = error_field(&r->error, ERR_INVALID, name, "%s has at most %zu bytes", name, max);
    struct buf masked = BUF_INIT(2 * INFO_TEXT_MAX);
    card_mask_put(&masked, *out);
    *out = arena_copy(&r->arena, buf_str(&masked));
    buf_release(&masked);
    return rc;
}

static enum error_code read_info(struct api_request *r, struct info *i) {
    static const char *const known[] = {"information", "category", "caller_id", "session_id", NULL};
    enum error_code rc = api_only_members(
        r, known, "{\"information\":\"Customer name: John Doe\",\"category\":\"contact_details\"}");
    if (rc == ERR_OK)
        rc = read_member(r, "information", INFO_TEXT_MAX, &i->information);
    if (rc == ERR_OK && i->information.len == 0)
        rc = error_field(&r->error, ERR_INVALID, "information", "information is missing or empty");
    if (rc == ERR_OK)
        rc = read_member(r, "category", INFO_CATEGORY_MAX, &i->category);
    if (rc == ERR_OK && i->category.len == 0)
        rc = error_field(&r->error, ERR_INVALID, "category",
                         "category is missing: contact_details, debt_info, or any other word");
    if (rc == ERR_OK)
        rc = read_member(r, "caller_id", CALL_PARTY_SIZE - 1, &i->caller_id);
    if (rc == ERR_OK)
        rc = read_member(r, "session_id", INFO_SESSION_MAX, &i->session_id);
    if (rc == ERR_OK && i->session_id.len == 0)
        i->session_id = STR("api");
    return rc;
}

void api_add_information(struct api_request *r) {
    struct info i = {0};
    enum error_code rc = read_info(r, &i);
    if (rc == ERR_OK)
        rc = information_add(gateway_engine(r->gateway), &i, &r->arena, &r->error);
    if (rc != ERR_OK) {
        api_fail(r, rc);
        return;
    }
    struct json_writer w;
    json_write_init(&w, api_body(r));
    put_info(&w, &i);
    api_reply(r, 201);
}
