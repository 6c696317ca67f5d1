#include "core/app/api.h"
#include "core/base/id.h"
#include "core/domain/vault.h"

enum {
    AUDIO_MAX = 64 * 1024 * 1024
};

static void put_recording(struct json_writer *w, const struct recording *rec) {
    char id[ID_TEXT_SIZE];
    id_format(id, RECORDING_ID_PREFIX, rec->id);
    json_begin_object(w);
    json_kv_z(w, "id", id);
    api_put_id(w, "call_id", CALL_ID_PREFIX, rec->call_id);
    json_kv_z(w, "status", recording_status_name(rec->status));
    json_kv_z(w, "provider", rec->provider);
    json_kv_z(w, "provider_recording_id", rec->sid);
    json_kv_int(w, "channels", rec->channels);
    json_kv_int(w, "duration_s", rec->duration_s);
    json_kv_int(w, "bytes", (int64_t)rec->bytes);
    json_kv_z(w, "format", rec->format);
    json_kv_z(w, "blake2b", rec->digest);
    json_kv_bool(w, "carrier_copy_deleted", rec->carrier_copy_deleted);
    json_key(w, "error");
    if (rec->error_text[0])
        json_put_string(w, str_z(rec->error_text));
    else
        json_put_null(w);
    json_kv_time(w, "created_at", rec->created_ms);
    json_kv_time(w, "updated_at", rec->updated_ms);
    json_end_object(w);
}

/* ---- GET /api/recordings ----------------------------------------------------------------------
 */

struct recording_list {
    int64_t call_id, before_id;
    uint32_t limit;
    struct arena *arena;
    struct recording *items;
    size_t count;
};

static enum error_code list_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct recording_list *l = ctx;
    return store_list_recordings(tx, l->call_id, l->before_id, l->limit, l->arena, &l->items,
                                 &l->count, err);
}

void api_list_recordings(struct api_request *r) {
    struct recording_list l = {.arena = &r->arena};
    if (!api_query_id(r, "call_id", CALL_ID_PREFIX, &l.call_id) || !api_limit(r, &l.limit) ||
        !api_cursor(r, RECORDING_ID_PREFIX, &l.before_id)) {
        api_fail(r, ERR_INVALID);
        return;
    }
    if (!api_read(r, list_tx, &l))
        return;
    struct json_writer w;
    api_begin_items(r, &w);
    for (size_t i = 0; i < l.count; i++)
        put_recording(&w, &l.items[i]);
    api_reply_items(r, &w, RECORDING_ID_PREFIX, l.count == l.limit ? l.items[l.count - 1].id : 0);
}

/* ---- GET /api/recordings/{id} and its audio ---------------------------------------------------
 */

struct recording_one {
    int64_t id;
    struct arena *arena;
    struct recording rec;
    struct str wrapped;
};

static enum error_code get_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct recording_one *o = ctx;
    return store_get_recording(tx, o->id, &o->rec, err);
}

static enum error_code audio_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct recording_one *o = ctx;
    enum error_code rc = store_get_recording(tx, o->id, &o->rec, err);
    if (rc == ERR_OK && o->rec.status != RECORDING_STORED)
        return error_set(err, ERR_CONFLICT, "the audio is not here: the recording is %s",
                         recording_status_name(o->rec.status));
    return rc == ERR_OK ? store_get_call_key(tx, o->rec.call_id, o->arena, &o->wrapped, err) : rc;
}

void api_get_recording(struct api_request *r) {
    struct recording_one o = {.arena = &r->arena};
    if (!api_read_named(r, RECORDING_ID_PREFIX, &o.id, get_tx, &o))
        return;
    struct json_writer w;
    json_write_init(&w, api_body(r));
    put_recording(&w, &o.rec);
    api_reply(r, 200);
}

enum range_result {
    RANGE_NONE = 1,
    RANGE_OK,
    RANGE_UNSATISFIABLE
};

/*
 * One byte range (RFC 9110 §14). A header that is not one of these forms is ignored, as the RFC
 * asks; several ranges are answered with the whole.
 */
static enum range_result read_range(struct str header, uint64_t total, uint64_t *first,
                                    uint64_t *last) {
    if (!str_starts(header, STR("bytes=")) || str_find(header, ',') < header.len)
        return RANGE_NONE;
    struct str rest = str_from_index(header, 6), from = {0}, to = {0};
    uint64_t a = 0, b = 0;
    if (!str_next(&rest, '-', &from) || !str_next(&rest, '-', &to) || rest.ptr)
        return RANGE_NONE;
    bool has_a = from.len > 0, has_b = to.len > 0;
    if ((has_a && !str_to_u64(from, UINT64_MAX, &a)) ||
        (has_b && !str_to_u64(to, UINT64_MAX, &b)) || (!has_a && !has_b))
        return RANGE_NONE;
    if (!has_a) { /* the last b bytes */
        if (b == 0 || total == 0)
            return RANGE_UNSATISFIABLE;
        a = b < total ? total - b : 0;
        b = total - 1;
    } else if (!has_b || b >= total) {
        b = total - 1;
    }
    if (total == 0 || a >= total || a > b)
        return RANGE_UNSATISFIABLE;
    *first = a;
    *last = b;
    return RANGE_OK;
}

static void reply_unsatisfiable(struct api_request *r, uint64_t total) {
    char text[64];
    if (str_copy(arena_printf(&r->arena, "bytes */%llu", (unsigned long long)total), text,
                 sizeof text))
        http_exchange_add_header(r->exchange, "Content-Range", str_z(text));
    api_problem(r->exchange, 416, "range", NULL, "the recording has no such bytes");
    api_request_free(r);
}

static void reply_audio(struct api_request *r, const struct recording_one *o, uint64_t first,
                        uint64_t last, bool part) {
    struct http_exchange *x = r->exchange;
    bool mp3 = str_eq_z(str_z(o->rec.format), "mp3");
    x->reply_body.max = AUDIO_MAX;
    enum error_code rc =
        vault_read(gateway_engine(r->gateway)->vault, o->rec.call_id, o->wrapped, o->rec.id, first,
                   part ? last - first + 1 : UINT64_MAX, &x->reply_body, &r->error);
    if (rc != ERR_OK) {
        api_fail(r, rc == ERR_AUTH ? ERR_IO : rc);
        return;
    }
    x->content_type = mp3 ? "audio/mpeg" : "audio/wav";
    http_exchange_add_header(x, "Accept-Ranges", STR("bytes"));
    http_exchange_add_header(x, "Cache-Control", STR("private, no-store"));
    if (part)
        http_exchange_add_header(x, "Content-Range",
                                 arena_printf(&r->arena, "bytes %llu-%llu/%llu",
                                              (unsigned long long)first, (unsigned long long)last,
                                              (unsigned long long)o->rec.bytes));
    api_reply(r, part ? 206 : 200);
}

void api_recording_audio(struct api_request *r) {
    struct recording_one o = {.arena = &r->arena};
    if (!api_read_named(r, RECORDING_ID_PREFIX, &o.id, audio_tx, &o))
        return;
    uint64_t first = 0, last = 0;
    struct str range = http_exchange_header(r->exchange, STR("Range"));
    enum range_result wants =
        range.ptr ? read_range(range, o.rec.bytes, &first, &last) : RANGE_NONE;
    if (wants == RANGE_UNSATISFIABLE)
        reply_unsatisfiable(r, o.rec.bytes);
    else
        reply_audio(r, &o, first, last, wants == RANGE_OK);
}
