#include "core/engine/turn_effects.h"

#include "core/base/json.h"
#include "core/engine/call_service.h"
#include "core/engine/consents.h"
#include "core/engine/jobs.h"
#include "core/engine/recording_change.h"

enum {
    DATA_MAX = 16384
};

static enum error_code keep_line(struct store_tx *tx, const struct turn_keeping *k,
                                 enum turn_role role, struct str text, struct error *err) {
    struct turn t = {
        .call_id = k->call->id, .n = *k->lines, .role = role, .at_ms = k->now_ms, .text = text};
    enum error_code rc = store_add_turn(tx, &t, err);
    if (rc == ERR_OK)
        (*k->lines)++;
    return rc;
}

/* Append an event whose data was built in b. Releases b. */
static enum error_code tell(struct store_tx *tx, const struct turn_keeping *k, enum event_type type,
                            struct buf *b, struct error *err) {
    enum error_code rc =
        buf_failed(b) ? error_set(err, ERR_LIMIT, "an event's data is over %d bytes", DATA_MAX)
                      : call_append_event(tx, k->call, type, k->now_ms, buf_str(b), err);
    buf_release(b);
    return rc;
}

static enum error_code keep_speech(struct store_tx *tx, const struct turn_keeping *k,
                                   const struct conversation_effect *e, struct error *err) {
    struct buf b = BUF_INIT(DATA_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_int(&w, "n", *k->lines);
    json_kv_z(&w, "role", turn_role_name(e->role));
    json_kv_string(&w, "text", e->text);
    if (e->usage_json.len > 0) {
        json_key(&w, "usage");
        json_put_raw(&w, e->usage_json);
    }
    json_end_object(&w);
    enum error_code rc = keep_line(tx, k, e->role, e->text, err);
    if (rc != ERR_OK) {
        buf_release(&b);
        return rc;
    }
    return tell(tx, k, EVENT_TRANSCRIPT_UPDATED, &b, err);
}

static enum error_code keep_info(struct store_tx *tx, const struct turn_keeping *k,
                                 const struct conversation_effect *e, struct error *err) {
    char session[ID_TEXT_SIZE], id_text[ID_TEXT_SIZE];
    struct info i = {.id = id_next(k->engine->ids),
                     .call_id = k->call->id,
                     .caller_id = e->caller_id.len > 0 ? e->caller_id : call_caller(k->call),
                     .category = e->category,
                     .information = e->text,
                     .at_ms = k->now_ms};
    id_format(session, CALL_ID_PREFIX, k->call->id);
    id_format(id_text, INFO_ID_PREFIX, i.id);
    i.session_id = str_z(session);
    enum error_code rc = store_add_info(tx, &i, err);
    if (rc != ERR_OK)
        return rc;
    struct buf b = BUF_INIT(DATA_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_z(&w, "id", id_text);
    json_kv_string(&w, "category", e->category);
    json_kv_string(&w, "information", e->text);
    json_end_object(&w);
    return tell(tx, k, EVENT_INFORMATION_SHARED, &b, err);
}

static enum error_code keep_function(struct store_tx *tx, const struct turn_keeping *k,
                                     const struct conversation_effect *e, struct error *err) {
    enum error_code rc = keep_line(tx, k, TURN_FUNCTION, e->text, err);
    return rc == ERR_OK
               ? call_append_event(tx, k->call, EVENT_FUNCTION_CALLED, k->now_ms, e->text, err)
               : rc;
}

static enum error_code keep_consent(struct store_tx *tx, const struct turn_keeping *k,
                                    const struct conversation_effect *e, struct error *err) {
    struct consent c = {.id = id_next(k->engine->ids),
                        .call_id = k->call->id,
                        .caller = consents_caller(k->call),
                        .purpose = STR(CONSENT_RECORDING),
                        .answer = e->yes ? CONSENT_GIVEN : CONSENT_REFUSED,
                        .basis = STR(CONSENT_BASIS_CALL),
                        .words = e->text,
                        .assistant = str_z(k->call->assistant),
                        .at_ms = k->now_ms};
    if (k->assistant) {
        c.question = k->assistant->recording.question;
        c.version = str_z(k->assistant->version);
    }
    enum error_code rc = store_add_consent(tx, &c, err);
    if (rc != ERR_OK)
        return rc;
    char id_text[ID_TEXT_SIZE];
    id_format(id_text, CONSENT_ID_PREFIX, c.id);
    struct buf b = BUF_INIT(DATA_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_z(&w, "consent_id", id_text);
    json_kv_z(&w, "purpose", CONSENT_RECORDING);
    json_kv_string(&w, "words", e->text);
    json_end_object(&w);
    return tell(tx, k, e->yes ? EVENT_CONSENT_GIVEN : EVENT_CONSENT_REFUSED, &b, err);
}

static enum error_code keep_outcome(const struct turn_keeping *k,
                                    const struct conversation_effect *e, struct error *err) {
    if (!str_copy(e->text, k->call->outcome, sizeof k->call->outcome))
        return error_set(err, ERR_LIMIT, "an outcome has at most %d bytes", CALL_NAME_SIZE - 1);
    if (k->call->reason == CALL_REASON_NONE)
        k->call->reason = CALL_REASON_ASSISTANT_ENDED;
    return ERR_OK;
}

/* This turn's answer counts, wherever it stands among the effects; else the ledger's. */
static enum error_code recording_is_allowed(struct store_tx *tx, const struct turn_keeping *k,
                                            const struct conversation_effect *effects, size_t count,
                                            bool *allowed, struct error *err) {
    struct consent_standing s;
    enum error_code rc = consents_standing(tx, k->call, &s, err);
    for (size_t i = 0; i < count; i++)
        if (effects[i].kind == CONVERSATION_CONSENT)
            s = (struct consent_standing){effects[i].yes ? CONSENT_GIVEN : CONSENT_REFUSED, true};
    *allowed = rc == ERR_OK && consents_allow_recording(k->rule, &s);
    return rc;
}

static enum error_code control_recording(struct store_tx *tx, const struct turn_keeping *k,
                                         struct str action, struct error *err) {
    struct job j = {.kind = JOB_RECORDING_CONTROL, .call_id = k->call->id, .run_at_ms = k->now_ms};
    if (!str_copy(action, j.ref_text, sizeof j.ref_text))
        return error_set(err, ERR_LIMIT, "the action's name is too long");
    *k->work_added = true;
    return store_add_job(tx, &j, err);
}

/* A no stops what runs already: under the rule "on", or after a yes. */
static enum error_code take_no(struct store_tx *tx, const struct turn_keeping *k,
                               struct error *err) {
    char sid[CALL_SID_SIZE];
    enum error_code rc = recording_running(tx, k->call->id, sid, err);
    return rc == ERR_OK && sid[0] ? control_recording(tx, k, STR("stop"), err) : rc;
}

static enum error_code plan_summary(struct store_tx *tx, const struct turn_keeping *k,
                                    struct error *err) {
    struct job j = {
        .kind = JOB_SUM_UP, .call_id = k->call->id, .run_at_ms = k->now_ms + JOB_SUM_UP_LOOK_MS};
    *k->work_added = true;
    return store_add_job(tx, &j, err);
}

enum error_code turn_effects_keep(struct store_tx *tx, const struct turn_keeping *k,
                                  const struct conversation_effect *effects, size_t count,
                                  struct error *err) {
    enum error_code rc = ERR_OK;
    bool allowed = false;
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        const struct conversation_effect *e = &effects[i];
        switch (e->kind) {
        case CONVERSATION_LINE:
            rc = keep_speech(tx, k, e, err);
            break;
        case CONVERSATION_INFO:
            rc = keep_info(tx, k, e, err);
            break;
        case CONVERSATION_FUNCTION:
            rc = keep_function(tx, k, e, err);
            break;
        case CONVERSATION_CONSENT:
            rc = keep_consent(tx, k, e, err);
            if (rc == ERR_OK && !e->yes)
                rc = take_no(tx, k, err);
            break;
        case CONVERSATION_OUTCOME:
            rc = keep_outcome(k, e, err);
            break;
        case CONVERSATION_PAYMENT: /* the webhook service's */
            break;
        case CONVERSATION_RECORDING:
            if (e->yes)
                rc = recording_is_allowed(tx, k, effects, count, &allowed, err);
            if (rc == ERR_OK && (!e->yes || allowed))
                rc = control_recording(tx, k, e->yes ? STR("start") : STR("stop"), err);
            else if (rc == ERR_OK)
                log_warn(k->engine->log, "recording refused",
                         LOG_ID("call", CALL_ID_PREFIX, k->call->id));
            break;
        case CONVERSATION_SUM_UP:
            rc = plan_summary(tx, k, err);
            break;
        case CONVERSATION_RECORDING_PAUSE:
            if (!e->yes)
                rc = recording_is_allowed(tx, k, effects, count, &allowed, err);
            if (rc == ERR_OK && (e->yes || allowed))
                rc = control_recording(tx, k, e->yes ? STR("pause") : STR("resume"), err);
            break;
        }
    }
    return rc;
}
