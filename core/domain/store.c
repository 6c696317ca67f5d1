#include "core/domain/store_impl.h"

#include <assert.h>

/* Writes need a transaction; a read-only view is refused here, once for every implementation. */
static const struct store_ops *writing(const struct store_tx *tx) {
    assert(tx->writable);
    return tx->ops;
}

enum error_code store_submit(struct store *s, struct store_work *w, struct error *err) {
    assert(w->fn && w->done);
    return s->ops->submit(s, w, err);
}

enum error_code store_write(struct store *s, store_tx_fn *fn, void *ctx, struct error *err) {
    return s->ops->write(s, fn, ctx, err);
}

enum error_code store_read(struct store *s, store_tx_fn *fn, void *ctx, struct error *err) {
    return s->ops->read(s, fn, ctx, err);
}

enum error_code store_health(struct store *s, struct error *err) {
    return s->ops->health(s, err);
}

void store_free(struct store *s) {
    if (s)
        s->ops->destroy(s);
}

enum error_code store_insert_call(struct store_tx *tx, const struct call *c,
                                  struct str request_json, struct error *err) {
    assert(c->id > 0 && c->status != CALL_STATUS_NONE);
    return writing(tx)->insert_call(tx, c, request_json, err);
}

enum error_code store_get_call(struct store_tx *tx, int64_t id, struct call *out,
                               struct error *err) {
    return tx->ops->get_call(tx, id, out, err);
}

enum error_code store_get_call_by_sid(struct store_tx *tx, struct str provider, struct str sid,
                                      struct call *out, struct error *err) {
    return tx->ops->get_call_by_sid(tx, provider, sid, out, err);
}

enum error_code store_get_call_request(struct store_tx *tx, int64_t id, struct arena *a,
                                       struct str *out, struct error *err) {
    return tx->ops->get_call_request(tx, id, a, out, err);
}

enum error_code store_update_call(struct store_tx *tx, const struct call *c, struct error *err) {
    assert(c->id > 0);
    return writing(tx)->update_call(tx, c, err);
}

enum error_code store_list_calls(struct store_tx *tx, const struct call_filter *f, struct arena *a,
                                 struct call **out, size_t *count, struct error *err) {
    return tx->ops->list_calls(tx, f, a, out, count, err);
}

enum error_code store_list_due_calls(struct store_tx *tx, int64_t now_ms, uint32_t limit,
                                     struct arena *a, int64_t **ids, size_t *count,
                                     struct error *err) {
    return tx->ops->list_due_calls(tx, now_ms, limit, a, ids, count, err);
}

enum error_code store_append_event(struct store_tx *tx, struct call *c, struct event *ev,
                                   struct error *err) {
    assert(ev->type != EVENT_NONE);
    if (c)
        ev->call_id = c->id;
    return writing(tx)->append_event(tx, c, ev, err);
}

enum error_code store_list_events(struct store_tx *tx, int64_t after_seq, uint32_t limit,
                                  struct arena *a, struct event **out, size_t *count,
                                  struct error *err) {
    return tx->ops->list_events(tx, after_seq, limit, a, out, count, err);
}

enum error_code store_list_call_events(struct store_tx *tx, const struct call *c, int64_t after_seq,
                                       struct arena *a, struct event **out, size_t *count,
                                       struct error *err) {
    return tx->ops->list_call_events(tx, c, after_seq, a, out, count, err);
}

enum error_code store_last_event(struct store_tx *tx, int64_t *seq, struct error *err) {
    return tx->ops->last_event(tx, seq, err);
}

enum error_code store_add_job(struct store_tx *tx, const struct job *j, struct error *err) {
    assert(j->id >= 0 && j->kind != JOB_NONE);
    return writing(tx)->add_job(tx, j, err);
}

enum error_code store_claim_jobs(struct store_tx *tx, int64_t now_ms, int64_t lease_until_ms,
                                 uint32_t limit, struct job *out, size_t *count, int64_t *next_ms,
                                 struct error *err) {
    assert(lease_until_ms > now_ms);
    return writing(tx)->claim_jobs(tx, now_ms, lease_until_ms, limit, out, count, next_ms, err);
}

enum error_code store_finish_job(struct store_tx *tx, const struct job *j, struct error *err) {
    return writing(tx)->finish_job(tx, j, err);
}

enum error_code store_retry_job(struct store_tx *tx, const struct job *j, int64_t run_at_ms,
                                struct error *err) {
    return writing(tx)->retry_job(tx, j, run_at_ms, err);
}

enum error_code store_take_over(struct store_tx *tx, int64_t now_ms, struct error *err) {
    return writing(tx)->take_over(tx, now_ms, err);
}

enum error_code store_turn_back(struct store_tx *tx, int64_t now_ms, int64_t by_ms,
                                int64_t lease_ms, struct error *err) {
    return writing(tx)->turn_back(tx, now_ms, by_ms, lease_ms, err);
}

enum error_code store_renew_job(struct store_tx *tx, const struct job *j, int64_t lease_until_ms,
                                struct error *err) {
    return writing(tx)->renew_job(tx, j, lease_until_ms, err);
}

enum error_code store_number_is_attempted(struct store_tx *tx, struct str to, int64_t but_call_id,
                                          bool *out, struct error *err) {
    return tx->ops->number_is_attempted(tx, to, but_call_id, out, err);
}

enum error_code store_count_open_calls(struct store_tx *tx, struct str provider, uint32_t *out,
                                       struct error *err) {
    return tx->ops->count_open_calls(tx, provider, out, err);
}

enum error_code store_get_conversation(struct store_tx *tx, int64_t call_id, struct arena *a,
                                       struct conversation_state *out, struct error *err) {
    return tx->ops->get_conversation(tx, call_id, a, out, err);
}

enum error_code store_put_conversation(struct store_tx *tx, const struct conversation_state *c,
                                       struct error *err) {
    assert(c->call_id > 0);
    return writing(tx)->put_conversation(tx, c, err);
}

enum error_code store_add_turn(struct store_tx *tx, const struct turn *t, struct error *err) {
    assert(t->call_id > 0 && t->role != TURN_NONE);
    return writing(tx)->add_turn(tx, t, err);
}

enum error_code store_list_turns(struct store_tx *tx, int64_t call_id, struct arena *a,
                                 struct turn **out, size_t *count, struct error *err) {
    return tx->ops->list_turns(tx, call_id, a, out, count, err);
}

enum error_code store_add_info(struct store_tx *tx, const struct info *i, struct error *err) {
    assert(i->id > 0);
    return writing(tx)->add_info(tx, i, err);
}

enum error_code store_list_info(struct store_tx *tx, const struct info_filter *f, struct arena *a,
                                struct info **out, size_t *count, struct error *err) {
    return tx->ops->list_info(tx, f, a, out, count, err);
}

enum error_code store_get_session(struct store_tx *tx, struct str session_id, struct arena *a,
                                  struct session *out, struct error *err) {
    return tx->ops->get_session(tx, session_id, a, out, err);
}

enum error_code store_list_sessions(struct store_tx *tx, int64_t before_id, uint32_t limit,
                                    struct arena *a, struct session **out, size_t *count,
                                    struct error *err) {
    return tx->ops->list_sessions(tx, before_id, limit, a, out, count, err);
}

enum error_code store_add_consent(struct store_tx *tx, const struct consent *c, struct error *err) {
    assert(c->id > 0 && c->answer != CONSENT_NONE);
    return writing(tx)->add_consent(tx, c, err);
}

enum error_code store_get_consent(struct store_tx *tx, int64_t id, struct arena *a,
                                  struct consent *out, struct error *err) {
    return tx->ops->get_consent(tx, id, a, out, err);
}

enum error_code store_list_consents(struct store_tx *tx, const struct consent_filter *f,
                                    struct arena *a, struct consent **out, size_t *count,
                                    struct error *err) {
    return tx->ops->list_consents(tx, f, a, out, count, err);
}

enum error_code store_insert_recording(struct store_tx *tx, const struct recording *r,
                                       struct error *err) {
    assert(r->id > 0 && r->status != RECORDING_NONE);
    return writing(tx)->insert_recording(tx, r, err);
}

enum error_code store_update_recording(struct store_tx *tx, const struct recording *r,
                                       struct error *err) {
    return writing(tx)->update_recording(tx, r, err);
}

enum error_code store_get_recording(struct store_tx *tx, int64_t id, struct recording *out,
                                    struct error *err) {
    return tx->ops->get_recording(tx, id, out, err);
}

enum error_code store_get_recording_by_sid(struct store_tx *tx, struct str provider, struct str sid,
                                           struct recording *out, struct error *err) {
    return tx->ops->get_recording_by_sid(tx, provider, sid, out, err);
}

enum error_code store_list_recordings(struct store_tx *tx, int64_t call_id, int64_t before_id,
                                      uint32_t limit, struct arena *a, struct recording **out,
                                      size_t *count, struct error *err) {
    return tx->ops->list_recordings(tx, call_id, before_id, limit, a, out, count, err);
}

enum error_code store_insert_payment(struct store_tx *tx, const struct payment *p,
                                     struct str plan_json, struct error *err) {
    assert(p->id > 0 && p->status != PAYMENT_STATUS_NONE);
    return writing(tx)->insert_payment(tx, p, plan_json, err);
}

enum error_code store_update_payment(struct store_tx *tx, const struct payment *p,
                                     struct error *err) {
    return writing(tx)->update_payment(tx, p, err);
}

enum error_code store_get_payment(struct store_tx *tx, int64_t id, struct payment *out,
                                  struct error *err) {
    return tx->ops->get_payment(tx, id, out, err);
}

enum error_code store_get_payment_plan(struct store_tx *tx, int64_t id, struct arena *a,
                                       struct str *plan_json, struct error *err) {
    return tx->ops->get_payment_plan(tx, id, a, plan_json, err);
}

enum error_code store_find_payment(struct store_tx *tx, struct str transaction_id,
                                   struct payment *out, struct error *err) {
    return tx->ops->find_payment(tx, transaction_id, out, err);
}

enum error_code store_list_payments(struct store_tx *tx, int64_t call_id, uint32_t limit,
                                    struct arena *a, struct payment **out, size_t *count,
                                    struct error *err) {
    return tx->ops->list_payments(tx, call_id, limit, a, out, count, err);
}

enum error_code store_list_charging_payments(struct store_tx *tx, uint32_t limit, struct arena *a,
                                             struct payment **out, size_t *count,
                                             struct error *err) {
    return tx->ops->list_charging_payments(tx, limit, a, out, count, err);
}

enum error_code store_get_call_key(struct store_tx *tx, int64_t call_id, struct arena *a,
                                   struct str *wrapped, struct error *err) {
    return tx->ops->get_call_key(tx, call_id, a, wrapped, err);
}

enum error_code store_put_call_key(struct store_tx *tx, int64_t call_id, struct str wrapped,
                                   struct error *err) {
    return writing(tx)->put_call_key(tx, call_id, wrapped, err);
}

enum error_code store_claim_idempotency(struct store_tx *tx, struct str key,
                                        const uint8_t request_digest[32], int64_t call_id,
                                        int64_t now_ms, int64_t *known_call_id,
                                        uint8_t known_digest[32], struct error *err) {
    if (key.len == 0 || key.len > IDEMPOTENCY_KEY_MAX)
        return error_field(err, ERR_INVALID, "Idempotency-Key", "must be 1 to %d characters",
                           IDEMPOTENCY_KEY_MAX);
    return writing(tx)->claim_idempotency(tx, key, request_digest, call_id, now_ms, known_call_id,
                                          known_digest, err);
}

enum error_code store_add_counter(struct store_tx *tx, enum counter c, int64_t delta,
                                  struct error *err) {
    assert((unsigned)c < COUNTER_COUNT);
    return writing(tx)->add_counter(tx, c, delta, err);
}

enum error_code store_get_counters(struct store_tx *tx, int64_t out[COUNTER_COUNT],
                                   struct error *err) {
    return tx->ops->get_counters(tx, out, err);
}

enum error_code store_count_categories(struct store_tx *tx, struct arena *a,
                                       struct category_count **out, size_t *count,
                                       struct error *err) {
    return tx->ops->count_categories(tx, a, out, count, err);
}
