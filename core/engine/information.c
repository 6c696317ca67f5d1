#include "core/engine/information.h"

#include "core/base/json.h"
#include "core/engine/call_service.h"

enum {
    DATA_MAX = 16384
};

struct adding {
    struct info info; /* as it will be */
    struct arena *arena;
    bool of_call;
};

static void put_data(struct buf *b, const struct info *i) {
    struct json_writer w;
    char id_text[ID_TEXT_SIZE];
    id_format(id_text, INFO_ID_PREFIX, i->id);
    json_write_init(&w, b);
    json_begin_object(&w);
    json_kv_z(&w, "id", id_text);
    json_kv_string(&w, "category", i->category);
    json_kv_string(&w, "information", i->information);
    json_end_object(&w);
}

static enum error_code announce(struct store_tx *tx, const struct info *i, struct call *c,
                                struct error *err) {
    CLEANUP(buf_release) struct buf data = BUF_INIT(DATA_MAX);
    put_data(&data, i);
    if (buf_failed(&data))
        return error_set(err, ERR_LIMIT, "an event's data is over %d bytes", DATA_MAX);
    if (!c) {
        struct event ev = {
            .type = EVENT_INFORMATION_SHARED, .at_ms = i->at_ms, .data = buf_str(&data)};
        return store_append_event(tx, NULL, &ev, err);
    }
    enum error_code rc =
        call_append_event(tx, c, EVENT_INFORMATION_SHARED, i->at_ms, buf_str(&data), err);
    return rc == ERR_OK ? store_update_call(tx, c, err) : rc;
}

static enum error_code add_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct adding *add = ctx;
    struct call c;
    enum error_code rc = ERR_OK;
    if (add->of_call) {
        rc = store_get_call(tx, add->info.call_id, &c, err);
        if (rc == ERR_OK && add->info.caller_id.len == 0)
            add->info.caller_id = arena_copy(add->arena, call_caller(&c));
    }
    if (rc == ERR_OK)
        rc = store_add_info(tx, &add->info, err);
    return rc == ERR_OK ? announce(tx, &add->info, add->of_call ? &c : NULL, err) : rc;
}

enum error_code information_add(const struct engine *e, struct info *i, struct arena *a,
                                struct error *err) {
    struct adding add = {.info = *i, .arena = a};
    add.info.id = id_next(e->ids);
    add.info.at_ms = engine_now_ms(e);
    add.of_call = id_parse(i->session_id, CALL_ID_PREFIX, &add.info.call_id);
    enum error_code rc = store_write(e->store, add_tx, &add, err);
    if (rc == ERR_OK)
        *i = add.info;
    return rc;
}
