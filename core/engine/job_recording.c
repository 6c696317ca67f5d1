#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/engine/call_service.h"
#include "core/engine/consents.h"
#include "core/engine/jobs.h"
#include "core/engine/payment_change.h"
#include "core/engine/payment_desk.h"
#include "core/engine/recording_change.h"

/*
 * Recordings: from the carrier into the vault, then off the carrier. The carrier's copy is deleted
 * only after ours is complete, sealed and durable.
 */
enum {
    WAV_HEADER_BYTES = 44,
    RECORDING_BYTES_MAX = 512 * 1024 * 1024,
    PAYMENT_POLL_MS = 2000, /* between looks whether a payment is over */
};

/* ---- start, pause, resume, stop ---------------------------------------------------------------
 */

struct started {
    struct consent_standing consent;
    const struct engine *engine;
    const struct job *job;
    enum provider_recording_action action;
    char sid[CALL_SID_SIZE];
    char running[CALL_SID_SIZE]; /* what was paused, resumed or stopped */
    enum payment_guard guard;    /* for the payment that asked for it */
    bool forbidden;              /* a payment is being made */
    struct error error;
};

static enum error_code running_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct started *s = ctx;
    return recording_running(tx, s->job->call_id, s->sid, err);
}

/** What is paused, resumed or stopped: the recording that runs, as far as we know. */
static struct str controlled(struct started *s) {
    if (store_read(s->engine->store, running_tx, s, NULL) != ERR_OK)
        s->sid[0] = '\0';
    memcpy(s->running, s->sid, CALL_SID_SIZE);
    s->sid[0] = '\0';
    return str_z(s->running);
}

/* ---- no key of a card on a recording -------------------------------------------------------- */

/* What begins to record now waits while a card is typed; what was to guard it is late when the
   payment is over. */
static enum error_code forbidden_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct started *s = ctx;
    struct payment p;
    enum error_code rc = payment_forbids_recording(tx, s->job->call_id, &p, &s->forbidden, err);
    if (rc == ERR_OK && s->job->ref_id)
        s->forbidden = s->forbidden && p.id == s->job->ref_id;
    return rc;
}

static enum error_code postpone_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const struct started *s = ctx;
    return store_retry_job(tx, s->job, engine_now_ms(s->engine) + PAYMENT_POLL_MS, err);
}

static bool put_off(struct started *s) {
    struct error err = {0};
    if (store_write(s->engine->store, postpone_tx, s, &err) != ERR_OK)
        log_warn(s->engine->log, "job not given back", LOG_WORDS("error", err.text));
    return true;
}

/** True when the job is not to be run now, and has been dealt with. */
static bool is_put_off(struct started *s) {
    bool begins = s->action == PROVIDER_RECORDING_START || s->action == PROVIDER_RECORDING_RESUME;
    if (!begins && !s->job->ref_id)
        return false;
    if (store_read(s->engine->store, forbidden_tx, s, NULL) != ERR_OK)
        return true; /* the lease runs out and the job comes back */
    if (begins && s->forbidden)
        return put_off(s);
    if (!begins && !s->forbidden)
        job_finish(s->engine, s->job);
    return !begins && !s->forbidden;
}

/* A recording began while a card is about to be typed. */
static enum error_code guard_started(struct store_tx *tx, struct started *s, const struct call *c,
                                     struct error *err) {
    struct payment p;
    bool forbidden = false;
    enum error_code rc = payment_forbids_recording(tx, c->id, &p, &forbidden, err);
    if (rc != ERR_OK || !forbidden)
        return rc;
    rc = payment_ask_guard(tx, s->engine, c, &p, err);
    return rc == ERR_OK ? store_update_payment(tx, &p, err) : rc;
}

/* The carrier's notice of a pause may be lost; the next payment has to know. */
static enum error_code note_pause(struct store_tx *tx, struct started *s, struct error *err) {
    struct call c;
    struct recording r;
    enum recording_status next = s->action == PROVIDER_RECORDING_PAUSE    ? RECORDING_PAUSED
                                 : s->action == PROVIDER_RECORDING_RESUME ? RECORDING_RUNNING
                                                                          : RECORDING_NONE;
    if (next == RECORDING_NONE || !s->running[0] || s->error.code != ERR_OK)
        return ERR_OK;
    enum error_code rc = store_get_call(tx, s->job->call_id, &c, err);
    if (rc == ERR_OK)
        rc = store_get_recording_by_sid(tx, str_z(c.provider), str_z(s->running), &r, err);
    if (rc != ERR_OK || recording_is_settled(r.status))
        return rc == ERR_NOT_FOUND ? ERR_OK : rc;
    r.status = next;
    r.updated_ms = engine_now_ms(s->engine);
    return store_update_recording(tx, &r, err);
}

static enum error_code controlled_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct started *s = ctx;
    enum error_code rc = note_pause(tx, s, err);
    if (rc == ERR_OK && s->job->ref_id)
        rc = payment_guarded(tx, s->engine, s->job->ref_id, s->guard, err);
    return rc == ERR_OK ? job_finish_in(tx, s->job, err) : rc;
}

/* Done, or nothing is being recorded, or it cannot be done: whoever waits to be paid is told. */
static enum error_code control_settled(struct started *s, enum error_code rc, struct error *err) {
    s->error.code = rc;
    s->guard = rc == ERR_NOT_FOUND                    ? PAYMENT_GUARD_NONE
               : rc != ERR_OK                         ? PAYMENT_GUARD_FAILED
               : s->action == PROVIDER_RECORDING_STOP ? PAYMENT_GUARD_STOPPED
                                                      : PAYMENT_GUARD_PAUSED;
    enum error_code kept = store_write(s->engine->store, controlled_tx, s, err);
    payment_desk_tell(s->engine->payments);
    return kept == ERR_OK ? rc : kept;
}

static enum error_code standing_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct started *s = ctx;
    struct call c;
    enum error_code rc = store_get_call(tx, s->job->call_id, &c, err);
    return rc == ERR_OK ? consents_standing(tx, &c, &s->consent, err) : rc;
}

/* What the caller said after the wish was written counts, too. Without knowing it: no recording. */
static bool is_forbidden(struct started *s) {
    return store_read(s->engine->store, standing_tx, s, NULL) != ERR_OK ||
           consents_forbid_recording(&s->consent);
}

/* A withdrawal that came while the carrier was asked found nothing to stop. */
static enum error_code stop_if_forbidden(struct store_tx *tx, const struct started *s,
                                         const struct call *c, struct error *err) {
    struct consent_standing now;
    struct job stop = {
        .kind = JOB_RECORDING_CONTROL, .call_id = c->id, .run_at_ms = engine_now_ms(s->engine)};
    memcpy(stop.ref_text, "stop", sizeof "stop");
    enum error_code rc = consents_standing(tx, c, &now, err);
    return rc == ERR_OK && consents_forbid_recording(&now) ? store_add_job(tx, &stop, err) : rc;
}

/* The carrier's own notice of the start may be lost; what it just told us is not. */
static enum error_code started_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct started *s = ctx;
    struct call c;
    struct recording r;
    enum error_code rc = store_get_call(tx, s->job->call_id, &c, err);
    if (rc == ERR_OK)
        rc = recording_take(tx, s->engine, &c, str_z(s->sid), engine_now_ms(s->engine), &r, err);
    if (rc == ERR_OK)
        rc = stop_if_forbidden(tx, s, &c, err);
    if (rc == ERR_OK)
        rc = guard_started(tx, s, &c, err);
    /* over already: nobody else will look after it */
    if (rc == ERR_OK && call_status_is_final(c.status))
        rc = recordings_follow_up(tx, &c, engine_now_ms(s->engine), err);
    return rc == ERR_OK || rc == ERR_NOT_FOUND ? job_finish_in(tx, s->job, err) : rc;
}

/* What the carrier cannot do is told: a caller who wants no recording may still be recorded. */
static enum error_code cannot_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct started *s = ctx;
    struct call c;
    struct buf data = BUF_INIT(512);
    struct json_writer w;
    enum error_code rc = store_get_call(tx, s->job->call_id, &c, err);
    json_write_init(&w, &data);
    json_begin_object(&w);
    json_kv_z(&w, "action", s->job->ref_text);
    json_kv_z(&w, "error", s->error.text);
    json_end_object(&w);
    if (rc == ERR_OK)
        rc = call_append_event(tx, &c, EVENT_RECORDING_FAILED, engine_now_ms(s->engine),
                               buf_str(&data), err);
    if (rc == ERR_OK)
        rc = store_update_call(tx, &c, err);
    buf_release(&data);
    return rc == ERR_OK || rc == ERR_NOT_FOUND ? job_finish_in(tx, s->job, err) : rc;
}

struct wanted {
    bool dual, mp3;
};

/* Each side on a channel of its own, and WAV, unless the assistant wants something else that the
 * carrier can do. */
static struct wanted wanted_of(const struct engine *e, const struct provider *p,
                               const struct call *c) {
    CLEANUP(assistant_unrefp)
    const struct assistant *a = c->assistant[0] ? engine_assistant_of(e, c) : NULL;
    return (struct wanted){.dual = !a || a->recording.channels != 1,
                           .mp3 = a && str_eq_z(a->recording.format, "mp3") &&
                                  provider_can(p, PROVIDER_CAP_RECORD_MP3)};
}

void job_recording_control_run(const struct engine *e, const struct job *j) {
    struct call c;
    struct started started = {.engine = e, .job = j};
    if (!job_load_call(e, j, &c))
        return;
    struct provider *p = engine_provider(e, str_z(c.provider));
    const struct wanted w = p ? wanted_of(e, p, &c) : (struct wanted){0};
    struct provider_recording_control rc_req = {
        .call_sid = str_z(c.sid), .dual = w.dual, .mp3 = w.mp3};
    if (!p || call_status_is_final(c.status) || c.sid[0] == '\0' ||
        !recording_action_parse(str_z(j->ref_text), &rc_req.action) ||
        ((rc_req.action == PROVIDER_RECORDING_START ||
          rc_req.action == PROVIDER_RECORDING_RESUME) &&
         is_forbidden(&started))) {
        job_finish(e, j);
        return;
    }
    started.action = rc_req.action;
    if (is_put_off(&started))
        return;
    struct buf url = BUF_INIT(1024);
    links_put(&e->links, &url, &c, WEBHOOK_RECORDING, 0);
    rc_req.status_url = buf_str(&url);
    if (rc_req.action != PROVIDER_RECORDING_START)
        rc_req.recording_sid = controlled(&started);
    struct error err = {0};
    enum error_code rc = provider_control_recording(p, &rc_req, started.sid, &err);
    started.error = err;
    if (rc == ERR_OK && started.sid[0] && rc_req.action == PROVIDER_RECORDING_START)
        rc = store_write(e->store, started_tx, &started, &err); /* finishes the job, too */
    /* a call that is not quite in progress yet is refused for a moment: ask again */
    else if (rc == ERR_UNSUPPORTED && !j->ref_id)
        rc = store_write(e->store, cannot_tx, &started, &err) == ERR_OK ? rc : ERR_STORE;
    else if (rc == ERR_OK || rc == ERR_NOT_FOUND || rc == ERR_UNSUPPORTED ||
             !job_retry(e, j, &RETRY_CONTROL, &err))
        rc = control_settled(&started, rc, &err);
    log_info(e->log, "recording control", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
             LOG_Z("action", j->ref_text), LOG_Z("result", error_name(rc)),
             LOG_WORDS("error", err.text));
    buf_release(&url);
}

/* ---- fetching ---------------------------------------------------------------------------------
 */

struct fetching {
    const struct engine *engine;
    const struct job *job;
    struct recording rec;
    struct call call;
    struct buf wrapped; /* the call's key; made when there is none */
    bool key_is_new;
    struct vault_writer *writer;
    uint8_t head[WAV_HEADER_BYTES];
    uint64_t bytes;
    struct error error;
};

static enum error_code load_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct fetching *f = ctx;
    struct arena a = {0};
    struct str wrapped = {0};
    enum error_code rc = store_get_recording(tx, f->job->ref_id, &f->rec, err);
    if (rc == ERR_OK)
        rc = store_get_call(tx, f->rec.call_id, &f->call, err);
    if (rc == ERR_OK) {
        rc = store_get_call_key(tx, f->rec.call_id, &a, &wrapped, err);
        f->key_is_new = rc == ERR_NOT_FOUND;
        if (f->key_is_new)
            rc = ERR_OK;
        buf_clear(&f->wrapped);
        buf_put_str(&f->wrapped, wrapped);
    }
    arena_release(&a);
    return rc;
}

static enum error_code keep_key_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct fetching *f = ctx;
    struct arena a = {0};
    struct str known = {0};
    /* two recordings of one call may race for the first key: the stored one wins */
    enum error_code rc = store_get_call_key(tx, f->rec.call_id, &a, &known, NULL);
    if (rc == ERR_OK) {
        buf_clear(&f->wrapped);
        buf_put_str(&f->wrapped, known);
    } else {
        rc = store_put_call_key(tx, f->rec.call_id, buf_str(&f->wrapped), err);
    }
    arena_release(&a);
    return rc;
}

static enum error_code ready_key(struct fetching *f) {
    if (!f->key_is_new)
        return ERR_OK;
    buf_clear(&f->wrapped);
    enum error_code rc = vault_make_key(f->engine->vault, f->rec.call_id, &f->wrapped, &f->error);
    return rc == ERR_OK ? store_write(f->engine->store, keep_key_tx, f, &f->error) : rc;
}

static bool take_bytes(void *ctx, struct str bytes) {
    struct fetching *f = ctx;
    for (size_t i = 0; i < bytes.len && f->bytes + i < sizeof f->head; i++)
        f->head[f->bytes + i] = (uint8_t)bytes.ptr[i];
    f->bytes += bytes.len;
    return f->bytes <= RECORDING_BYTES_MAX && vault_append(f->writer, bytes, &f->error) == ERR_OK;
}

static uint32_t little32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The container must say the length that came, or the copy is not complete. */
static enum error_code check_container(const struct fetching *f, const struct provider_audio *got,
                                       struct error *err) {
    if (got->bytes != f->bytes)
        return error_set(err, ERR_UPSTREAM, "the recording's length changed on the way");
    if (!str_eq_z(str_z(got->format), "wav"))
        return ERR_OK;
    if (f->bytes < WAV_HEADER_BYTES || memcmp(f->head, "RIFF", 4) != 0 ||
        memcmp(f->head + 8, "WAVE", 4) != 0)
        return error_set(err, ERR_UPSTREAM, "the recording is not a WAV file");
    if ((uint64_t)little32(f->head + 4) + 8 != f->bytes)
        return error_set(err, ERR_UPSTREAM, "the recording is cut off: its header names %u bytes",
                         little32(f->head + 4) + 8);
    return ERR_OK;
}

/* What nobody told, the file does: not every carrier speaks of length and channels. */
static void read_head(struct fetching *f) {
    uint32_t channels = f->head[22] | (uint32_t)f->head[23] << 8;
    uint32_t bytes_per_s = little32(f->head + 28);
    if (!str_eq_z(STR("wav"), f->rec.format))
        return;
    if (f->rec.duration_s == 0 && bytes_per_s > 0)
        f->rec.duration_s = (uint32_t)(f->bytes / bytes_per_s);
    if (f->rec.channels == 0 && channels <= 2)
        f->rec.channels = channels;
}

static enum error_code copy_audio(struct fetching *f, struct provider *p) {
    struct provider_audio got = {0};
    enum error_code rc = vault_begin(f->engine->vault, f->rec.call_id, buf_str(&f->wrapped),
                                     f->rec.id, &f->writer, &f->error);
    if (rc != ERR_OK)
        return rc;
    rc = provider_fetch_recording(p, str_z(f->call.sid), str_z(f->rec.sid),
                                  wanted_of(f->engine, p, &f->call).mp3, take_bytes, f, &got,
                                  &f->error);
    if (rc == ERR_OK)
        rc = check_container(f, &got, &f->error);
    if (rc != ERR_OK) {
        vault_abort(steal_ptr(f->writer));
        return rc;
    }
    if (!str_copy(str_z(got.format), f->rec.format, sizeof f->rec.format))
        f->rec.format[0] = '\0';
    read_head(f);
    return vault_finish(steal_ptr(f->writer), &f->rec.bytes, f->rec.digest, &f->error);
}

static void put_recording_data(struct buf *b, const struct recording *r) {
    struct json_writer w;
    char id[ID_TEXT_SIZE];
    id_format(id, RECORDING_ID_PREFIX, r->id);
    json_write_init(&w, b);
    json_begin_object(&w);
    json_kv_z(&w, "recording_id", id);
    json_kv_z(&w, "status", recording_status_name(r->status));
    json_kv_int(&w, "duration_s", r->duration_s);
    json_kv_int(&w, "channels", r->channels);
    json_kv_int(&w, "bytes", (int64_t)r->bytes);
    if (r->error_text[0])
        json_kv_z(&w, "error", r->error_text);
    json_end_object(&w);
}

static enum error_code announce(struct store_tx *tx, struct fetching *f, enum event_type type,
                                int64_t now, struct error *err) {
    struct call c;
    struct buf data = BUF_INIT(1024);
    put_recording_data(&data, &f->rec);
    enum error_code rc = store_get_call(tx, f->rec.call_id, &c, err);
    if (rc == ERR_OK)
        rc = call_append_event(tx, &c, type, now, buf_str(&data), err);
    if (rc == ERR_OK)
        rc = store_update_call(tx, &c, err);
    buf_release(&data);
    return rc;
}

/* Complete by the carrier's word, or not settled though the call is over: its word may be lost. */
static bool may_be_fetched(const struct recording *r, const struct call *c) {
    return r->status == RECORDING_AVAILABLE ||
           (!recording_is_settled(r->status) && call_status_is_final(c->status));
}

/* A download may outlast its lease, and then two workers bring the same recording: what the first
   one noted stands, and the second only finishes the job. */
static enum error_code is_still_wanted(struct store_tx *tx, const struct fetching *f, bool *wanted,
                                       struct error *err) {
    struct recording r;
    enum error_code rc = store_get_recording(tx, f->rec.id, &r, err);
    *wanted = rc == ERR_OK && may_be_fetched(&r, &f->call);
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

static enum error_code stored_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct fetching *f = ctx;
    int64_t now = engine_now_ms(f->engine);
    bool wanted = false;
    struct job remove = {.kind = JOB_DELETE_RECORDING,
                         .call_id = f->rec.call_id,
                         .ref_id = f->rec.id,
                         .run_at_ms = now};
    enum error_code rc = is_still_wanted(tx, f, &wanted, err);
    if (rc != ERR_OK || !wanted)
        return rc == ERR_OK ? job_finish_in(tx, f->job, err) : rc;
    f->rec.status = RECORDING_STORED;
    f->rec.updated_ms = now;
    rc = store_update_recording(tx, &f->rec, err);
    if (rc == ERR_OK)
        rc = announce(tx, f, EVENT_RECORDING_COMPLETED, now, err);
    if (rc == ERR_OK)
        rc = store_add_counter(tx, COUNTER_RECORDINGS, 1, err);
    if (rc == ERR_OK)
        rc = store_add_job(tx, &remove, err);
    return rc == ERR_OK ? job_finish_in(tx, f->job, err) : rc;
}

static enum error_code failed_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct fetching *f = ctx;
    int64_t now = engine_now_ms(f->engine);
    bool wanted = false;
    enum error_code rc = is_still_wanted(tx, f, &wanted, err);
    if (rc != ERR_OK || !wanted)
        return rc == ERR_OK ? job_finish_in(tx, f->job, err) : rc;
    f->rec.status = RECORDING_FAILED;
    f->rec.updated_ms = now;
    call_copy_text(f->error.text, f->rec.error_text, sizeof f->rec.error_text);
    rc = store_update_recording(tx, &f->rec, err);
    if (rc == ERR_OK)
        rc = announce(tx, f, EVENT_RECORDING_FAILED, now, err);
    return rc == ERR_OK ? job_finish_in(tx, f->job, err) : rc;
}

void job_fetch_recording_run(const struct engine *e, const struct job *j) {
    struct fetching f = {.engine = e, .job = j, .wrapped = BUF_INIT(VAULT_WRAPPED_KEY_MAX)};
    enum error_code rc = store_read(e->store, load_tx, &f, &f.error);
    struct provider *p = rc == ERR_OK ? engine_provider(e, str_z(f.rec.provider)) : NULL;
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && (!may_be_fetched(&f.rec, &f.call) || !p))) {
        job_finish(e, j);
        buf_release(&f.wrapped);
        return;
    }
    if (rc == ERR_OK)
        rc = ready_key(&f);
    if (rc == ERR_OK)
        rc = copy_audio(&f, p);
    if (rc == ERR_OK)
        rc = store_write(e->store, stored_tx, &f, &f.error);
    else if (!job_retry(e, j, &RETRY_RECORDING, &f.error) &&
             store_write(e->store, failed_tx, &f, &f.error) != ERR_OK)
        rc = ERR_STORE; /* not noted: the lease runs out and the job comes back */
    log_info(e->log, "fetch recording", LOG_ID("recording", RECORDING_ID_PREFIX, j->ref_id),
             LOG_INT("bytes", f.bytes), LOG_Z("result", error_name(rc)),
             LOG_WORDS("error", rc == ERR_OK ? "" : f.error.text));
    buf_release(&f.wrapped);
}

/* ---- deleting the carrier's copy --------------------------------------------------------------
 */

static enum error_code deleted_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct fetching *f = ctx;
    struct recording r;
    enum error_code rc = store_get_recording(tx, f->job->ref_id, &r, err);
    if (rc == ERR_OK) {
        r.carrier_copy_deleted = true;
        r.updated_ms = engine_now_ms(f->engine);
        rc = store_update_recording(tx, &r, err);
    }
    return rc == ERR_OK || rc == ERR_NOT_FOUND ? job_finish_in(tx, f->job, err) : rc;
}

void job_delete_recording_run(const struct engine *e, const struct job *j) {
    struct fetching f = {.engine = e, .job = j, .wrapped = BUF_INIT(VAULT_WRAPPED_KEY_MAX)};
    enum error_code rc = store_read(e->store, load_tx, &f, &f.error);
    struct provider *p = rc == ERR_OK ? engine_provider(e, str_z(f.rec.provider)) : NULL;
    bool ours = rc == ERR_OK && p && f.rec.status == RECORDING_STORED;
    if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !ours)) {
        job_finish(e, j); /* the carrier's copy goes only when ours is there */
    } else if (rc == ERR_OK) {
        rc = provider_delete_recording(p, str_z(f.call.sid), str_z(f.rec.sid), &f.error);
        if (rc == ERR_OK || rc == ERR_NOT_FOUND)
            rc = store_write(e->store, deleted_tx, &f, &f.error);
        else if (!job_retry(e, j, &RETRY_RECORDING, &f.error))
            job_finish(e, j);
    }
    if (rc != ERR_OK)
        log_warn(e->log, "carrier's recording not deleted",
                 LOG_ID("recording", RECORDING_ID_PREFIX, j->ref_id),
                 LOG_WORDS("error", f.error.text));
    buf_release(&f.wrapped);
}
