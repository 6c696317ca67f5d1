#include "core/engine/consents.h"

#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/engine/call_service.h"
#include "core/engine/recording_change.h"

enum {
    DATA_MAX = 8192,
    OPEN_CALLS_MAX = 100 /* newest calls of one number that are looked through */
};

/* ---- what counts ------------------------------------------------------------------------------
 */

struct str consents_caller(const struct call *c) {
    struct str caller = call_caller(c);
    return caller.len > 0 ? caller : STR("anonymous");
}

enum error_code consents_standing(struct store_tx *tx, const struct call *c,
                                  struct consent_standing *out, struct error *err) {
    struct consent_filter f = {.purpose = STR(CONSENT_RECORDING), .limit = 1};
    struct arena a = {0};
    struct consent *found = NULL;
    size_t n = 0;
    if (call_caller(c).len > 0)
        f.caller = consents_caller(c);
    else
        f.call_id = c->id; /* any of them: only this call's lines are theirs */
    *out = (struct consent_standing){0};
    enum error_code rc = store_list_consents(tx, &f, &a, &found, &n, err);
    if (rc == ERR_OK && n > 0)
        *out = (struct consent_standing){found[0].answer, found[0].call_id == c->id};
    arena_release(&a);
    return rc;
}

bool consents_forbid_recording(const struct consent_standing *s) {
    return s->newest == CONSENT_WITHDRAWN || (s->newest == CONSENT_REFUSED && s->on_this_call);
}

bool consents_allow_recording(enum call_record rule, const struct consent_standing *s) {
    if (consents_forbid_recording(s))
        return false;
    return rule == CALL_RECORD_ON ||
           (rule == CALL_RECORD_ASK && s->newest == CONSENT_GIVEN && s->on_this_call);
}

/* ---- plans ------------------------------------------------------------------------------------
 */

static bool strip_dial(struct plan_dial *d) {
    bool found = d->record.len > 0;
    d->record = (struct str){0};
    for (size_t i = 0; i < d->noun_count; i++) {
        found = found || d->nouns[i].record;
        d->nouns[i].record = false;
    }
    return found;
}

bool consents_may_record(struct str document) {
    static const struct str word = STR_INIT("record"), escape = STR_INIT("\\u00");
    for (size_t i = 0; i + word.len <= document.len; i++)
        if (str_eq_nocase(str_from(document.ptr + i, word.len), word))
            return true;
    return str_find_str(document, escape) < document.len;
}

static bool step_records(const struct plan_step *s) {
    return s->kind == PLAN_START_RECORDING || s->kind == PLAN_RECORD ||
           (s->kind == PLAN_RAW && consents_may_record(s->u.raw.document));
}

bool consents_strip_recording(struct plan *p) {
    bool found = false;
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct plan_step *s = &p->steps[i];
        if (s->kind == PLAN_DIAL && strip_dial(&s->u.dial))
            found = true;
        if (!step_records(s))
            p->steps[kept++] = *s;
    }
    found = found || kept < p->count;
    p->count = kept;
    return found;
}

/* ---- writing ----------------------------------------------------------------------------------
 */

struct recording_of_consent {
    const struct engine *engine;
    struct consent *consent;
    struct arena *arena;
    struct call call; /* that it was got in; id 0: outside a call */
    bool work_added;
};

static void put_data(struct buf *b, const struct consent *c) {
    char id_text[ID_TEXT_SIZE];
    struct json_writer w;
    id_format(id_text, CONSENT_ID_PREFIX, c->id);
    json_write_init(&w, b);
    json_begin_object(&w);
    json_kv_z(&w, "consent_id", id_text);
    json_kv_string(&w, "purpose", c->purpose);
    json_kv_string(&w, "caller", c->caller);
    json_kv_string(&w, "basis", c->basis);
    json_kv_string(&w, "words", c->words);
    json_end_object(&w);
}

static enum event_type event_of(enum consent_answer a) {
    switch (a) {
    case CONSENT_GIVEN:
        return EVENT_CONSENT_GIVEN;
    case CONSENT_REFUSED:
        return EVENT_CONSENT_REFUSED;
    case CONSENT_WITHDRAWN:
        return EVENT_CONSENT_WITHDRAWN;
    case CONSENT_NONE:
    case CONSENT_ANSWER_COUNT:
        break;
    }
    return EVENT_NONE;
}

static enum error_code announce(struct store_tx *tx, struct recording_of_consent *r,
                                struct error *err) {
    CLEANUP(buf_release) struct buf data = BUF_INIT(DATA_MAX);
    const struct consent *c = r->consent;
    put_data(&data, c);
    if (c->call_id == 0) {
        struct event ev = {.type = event_of(c->answer), .at_ms = c->at_ms, .data = buf_str(&data)};
        return store_append_event(tx, NULL, &ev, err);
    }
    enum error_code rc =
        call_append_event(tx, &r->call, event_of(c->answer), c->at_ms, buf_str(&data), err);
    return rc == ERR_OK ? store_update_call(tx, &r->call, err) : rc;
}

/* Whose consent it is: the other party of its call, who may have hidden the number. */
static enum error_code find_caller(struct store_tx *tx, struct recording_of_consent *r,
                                   struct error *err) {
    struct consent *c = r->consent;
    if (c->call_id == 0)
        return ERR_OK;
    enum error_code rc = store_get_call(tx, c->call_id, &r->call, err);
    if (rc == ERR_OK && c->caller.len == 0)
        c->caller = arena_copy(r->arena, consents_caller(&r->call));
    if (rc == ERR_OK && !str_eq(consents_caller(&r->call), c->caller))
        return error_field(err, ERR_CONFLICT, "caller", "this is not the caller of that call");
    return rc;
}

static enum error_code stop_call(struct store_tx *tx, struct recording_of_consent *r,
                                 const struct call *c, struct error *err) {
    char sid[CALL_SID_SIZE];
    bool concerned = !call_status_is_final(c->status) &&
                     (c->id == r->call.id || str_eq(call_caller(c), r->consent->caller));
    enum error_code rc = concerned ? recording_running(tx, c->id, sid, err) : ERR_OK;
    if (!concerned || rc != ERR_OK || sid[0] == '\0')
        return rc;
    struct job stop = {
        .kind = JOB_RECORDING_CONTROL, .call_id = c->id, .run_at_ms = r->consent->at_ms};
    memcpy(stop.ref_text, "stop", sizeof "stop");
    r->work_added = true;
    return store_add_job(tx, &stop, err);
}

static enum error_code stop_calls(struct store_tx *tx, struct recording_of_consent *r,
                                  const struct call_filter *f, struct error *err) {
    struct arena a = {0};
    struct call *calls = NULL;
    size_t n = 0;
    enum error_code rc = store_list_calls(tx, f, &a, &calls, &n, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        if (calls[i].id != r->call.id)
            rc = stop_call(tx, r, &calls[i], err);
    arena_release(&a);
    return rc;
}

static enum error_code record_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct recording_of_consent *r = ctx;
    const struct consent *c = r->consent;
    r->work_added = false;
    enum error_code rc = find_caller(tx, r, err);
    if (rc == ERR_OK)
        rc = store_add_consent(tx, c, err);
    if (rc == ERR_OK)
        rc = announce(tx, r, err);
    if (rc != ERR_OK || c->answer == CONSENT_GIVEN || !str_eq_z(c->purpose, CONSENT_RECORDING))
        return rc;
    const struct call_filter calls[] = {{.to = c->caller, .limit = OPEN_CALLS_MAX},
                                        {.from = c->caller, .limit = OPEN_CALLS_MAX}};
    if (c->call_id)
        rc = stop_call(tx, r, &r->call, err);
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(calls); i++)
        rc = stop_calls(tx, r, &calls[i], err);
    return rc;
}

enum error_code consents_record(const struct engine *e, struct consent *c, struct arena *a,
                                bool *work_added, struct error *err) {
    struct recording_of_consent r = {.engine = e, .consent = c, .arena = a};
    c->id = id_next(e->ids);
    if (c->at_ms == 0)
        c->at_ms = engine_now_ms(e);
    enum error_code rc = store_write(e->store, record_tx, &r, err);
    *work_added = rc == ERR_OK && r.work_added;
    return rc;
}
