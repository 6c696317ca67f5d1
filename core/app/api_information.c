#include "core/app/api.h"
#include "core/base/id.h"

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

struct session_list {
    struct arena *arena;
    int64_t before_id;
    uint32_t limit;
    struct session *items;
    size_t count;
};

static enum error_code sessions_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct session_list *l = ctx;
    return store_list_sessions(tx, l->before_id, l->limit, l->arena, &l->items, &l->count, err);
}

static void put_session(struct json_writer *w, const struct session *s) {
    json_begin_object(w);
    json_kv_string(w, "session_id", s->session_id);
    json_kv_string(w, "caller_id", s->caller_id);
    json_kv_int(w, "information_count", s->info_count);
    json_kv_time(w, "first_at", s->first_ms);
    json_kv_time(w, "last_at", s->last_ms);
    json_key(w, "call");
    if (s->call_id)
        api_put_call(w, &s->call);
    else
        json_put_null(w);
    json_end_object(w);
}

void api_list_sessions(struct api_request *r) {
    static const char *const known[] = {"limit", "cursor", NULL};
    struct session_list l = {.arena = &r->arena};
    if (!api_only_query(r, known) || !api_limit(r, &l.limit) ||
        !api_cursor(r, INFO_ID_PREFIX, &l.before_id)) {
        api_fail(r, ERR_INVALID);
        return;
    }
    if (!api_read(r, sessions_tx, &l))
        return;
    struct json_writer w;
    api_begin_items(r, &w);
    for (size_t i = 0; i < l.count; i++)
        put_session(&w, &l.items[i]);
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
    static const char *const known[] = {"category", "caller_id", "session_id",
                                        "limit",    "cursor",    NULL};
    struct info_list l = {.arena = &r->arena};
    l.filter.category = api_query(r, "category");
    l.filter.caller_id = api_query(r, "caller_id");
    l.filter.session_id = api_query(r, "session_id");
    if (!api_only_query(r, known) || !api_limit(r, &l.filter.limit) ||
        !api_cursor(r, INFO_ID_PREFIX, &l.filter.before_id)) {
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
