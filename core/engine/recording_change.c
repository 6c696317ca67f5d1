#include "core/engine/recording_change.h"

#include "core/base/json.h"
#include "core/engine/call_service.h"

enum {
    FOLLOW_UP_MS = 60000, /* a carrier's own notice comes within seconds */
    RECORDINGS_MAX = 16,  /* of one call that are followed up */
};

bool recording_is_settled(enum recording_status s) {
    return s == RECORDING_AVAILABLE || s == RECORDING_STORED || s == RECORDING_ABSENT ||
           s == RECORDING_FAILED;
}

static enum error_code announce_started(struct store_tx *tx, struct call *c,
                                        const struct recording *r, int64_t now_ms,
                                        struct error *err) {
    struct buf data = BUF_INIT(256);
    struct json_writer w;
    char id[ID_TEXT_SIZE];
    id_format(id, RECORDING_ID_PREFIX, r->id);
    json_write_init(&w, &data);
    json_begin_object(&w);
    json_kv_z(&w, "recording_id", id);
    json_end_object(&w);
    enum error_code rc =
        call_append_event(tx, c, EVENT_RECORDING_STARTED, now_ms, buf_str(&data), err);
    buf_release(&data);
    return rc == ERR_OK ? store_update_call(tx, c, err) : rc;
}

enum error_code recording_take(struct store_tx *tx, const struct engine *e, struct call *c,
                               struct str sid, int64_t now_ms, struct recording *out,
                               struct error *err) {
    enum error_code rc = store_get_recording_by_sid(tx, str_z(c->provider), sid, out, err);
    if (rc == ERR_OK && out->call_id != c->id)
        return error_set(err, ERR_NOT_FOUND, "this recording is another call's");
    if (rc != ERR_NOT_FOUND)
        return rc;
    *out = (struct recording){.id = id_next(e->ids),
                              .call_id = c->id,
                              .status = RECORDING_RUNNING,
                              .created_ms = now_ms,
                              .updated_ms = now_ms};
    memcpy(out->provider, c->provider, sizeof out->provider);
    if (!str_copy(sid, out->sid, sizeof out->sid))
        return error_set(err, ERR_INVALID, "the carrier's recording id is longer than %d bytes",
                         CALL_SID_SIZE - 1);
    rc = store_insert_recording(tx, out, err);
    return rc == ERR_OK ? announce_started(tx, c, out, now_ms, err) : rc;
}

enum error_code recording_running(struct store_tx *tx, int64_t call_id, char *sid,
                                  struct error *err) {
    struct arena a = {0};
    struct recording *list = NULL;
    size_t n = 0, i = 0;
    enum error_code rc = store_list_recordings(tx, call_id, 0, RECORDINGS_MAX, &a, &list, &n, err);
    while (rc == ERR_OK && i < n && recording_is_settled(list[i].status))
        i++;
    if (rc == ERR_OK)
        memcpy(sid, i < n ? list[i].sid : "", i < n ? CALL_SID_SIZE : 1);
    arena_release(&a);
    return rc;
}

enum error_code recordings_follow_up(struct store_tx *tx, const struct call *c, int64_t now_ms,
                                     struct error *err) {
    struct arena a = {0};
    struct recording *list = NULL;
    size_t n = 0;
    enum error_code rc = store_list_recordings(tx, c->id, 0, RECORDINGS_MAX, &a, &list, &n, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        struct job fetch = {.kind = JOB_FETCH_RECORDING,
                            .call_id = c->id,
                            .ref_id = list[i].id,
                            .run_at_ms = now_ms + FOLLOW_UP_MS};
        if (!recording_is_settled(list[i].status))
            rc = store_add_job(tx, &fetch, err);
    }
    arena_release(&a);
    return rc;
}
