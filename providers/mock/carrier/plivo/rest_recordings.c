#include "core/base/mem.h"
#include "providers/mock/carrier/plivo/rest.h"

/** A recording is shown as soon as its file is there. */
static struct tape *find(struct face_request *r, struct str sid) {
    struct tape *t = sidmap_get(&r->c->tapes, sid);
    return t && t->status == TAPE_COMPLETED ? t : NULL;
}

static void put_ms(struct face_request *r, struct json_writer *w, const char *name, int64_t ms) {
    json_kv_string(w, name, arena_printf(&r->arena, "%lld.00000", (long long)ms));
}

static void put_tape(struct face_request *r, const struct tape *t, struct json_writer *w) {
    static const char *const nulls[] = {"conference_name", "conference_uuid", "mpc_name",
                                        "mpc_uuid"};
    int64_t length_ms = tape_length_ms(t);
    struct buf url = BUF_INIT(1024);
    plivo_put_tape_url(r->c, t, &url);
    plivo_put_date(r, w, "add_time", t->completed_ms, true);
    json_kv_z(w, "call_uuid", t->leg->sid);
    for (size_t i = 0; i < ARRAY_LEN(nulls); i++)
        plivo_put_null(w, nulls[i]);
    json_kv_z(w, "from_number", t->leg->from);
    json_kv_string(w, "to_number", plivo_digits(t->leg->to));
    put_ms(r, w, "recording_duration_ms", length_ms);
    put_ms(r, w, "recording_start_ms", t->started_ms);
    put_ms(r, w, "recording_end_ms", t->started_ms + length_ms);
    json_kv_z(w, "recording_format", "wav");
    json_kv_z(w, "recording_id", t->sid);
    json_kv_z(w, "recording_type", "normal");
    json_kv_string(w, "recording_url", buf_str(&url));
    json_kv_string(w, "resource_uri",
                   arena_printf(&r->arena, "/v1/Account/%s/Recording/%s/", r->c->account, t->sid));
    json_kv_int(w, "rounded_recording_duration", (t->duration_s + 59) / 60 * 60);
    json_kv_int(w, "recording_storage_duration", 0);
    json_kv_int(w, "recording_storage_rate", 0);
    json_kv_int(w, "monthly_recording_storage_amount", 0);
    buf_release(&url);
}

void plivo_recording_fetch(struct face_request *r) {
    const struct tape *t = find(r, r->ids[0]);
    struct buf out;
    struct json_writer w;
    if (!t) {
        plivo_error(r, 404, "recording not found");
        return;
    }
    plivo_begin(r, &out, &w);
    put_tape(r, t, &w);
    plivo_send(r, 200, &out, &w);
}

void plivo_recording_delete(struct face_request *r) {
    struct tape *t = find(r, r->ids[0]);
    if (!t) {
        plivo_error(r, 404, "recording not found");
        return;
    }
    tape_delete(r->c, t);
    face_empty(r, 204);
}

void plivo_recordings_list(struct face_request *r) {
    struct plivo_page p;
    struct plivo_range added;
    struct buf out;
    struct json_writer w;
    size_t total = 0;
    if (!plivo_page_read(r, &p) || !plivo_times_read(r, "add_time", &added))
        return;
    struct str call = face_query(r, "call_uuid"), subaccount = face_query(r, "subaccount");
    plivo_begin(r, &out, &w);
    json_key(&w, "objects");
    json_begin_array(&w);
    const struct tape *t = NULL;
    while ((t = face_older_tape(r->c, t, NULL))) {
        if (t->status != TAPE_COMPLETED || subaccount.len > 0 || t->completed_ms < added.low ||
            t->completed_ms > added.high || (call.len > 0 && !str_eq_z(call, t->leg->sid)) ||
            !plivo_number_holds(face_query(r, "from_number"), t->leg->from) ||
            !plivo_number_holds(face_query(r, "to_number"), t->leg->to))
            continue;
        if (total >= p.offset && total < (size_t)p.offset + p.limit) {
            json_begin_object(&w);
            put_tape(r, t, &w);
            json_end_object(&w);
        }
        total++;
    }
    json_end_array(&w);
    plivo_page_put(r, &w, &p, total);
    plivo_send(r, 200, &out, &w);
}

/** "{id}.wav"; the other format would need an encoder. */
void plivo_recording_media(struct face_request *r) {
    struct str name = r->ids[0];
    size_t dot = str_find(name, '.');
    struct tape *t = find(r, str_from(name.ptr, dot));
    struct str extension = str_from_index(name, dot);
    if (t && str_eq_z(extension, ".mp3"))
        plivo_error(r, 404, "mp3 is not simulated: fetch the recording as .wav");
    else if (t && str_eq_z(extension, ".wav"))
        face_send_tape(r, t, t->dual ? 2 : 1);
    else
        plivo_error(r, 404, "not found");
}
