#ifndef CORE_IO_STORE_SQLITE_OPS_H
#define CORE_IO_STORE_SQLITE_OPS_H

/* The operations of the SQLite store, one file each for what belongs together; see store.h. */
#include "core/domain/store_impl.h"

/* store_sqlite_calls.c */
enum error_code sqlite_insert_call(struct store_tx *base, const struct call *c,
                                   struct str request_json, struct error *err);
enum error_code sqlite_get_call(struct store_tx *base, int64_t id, struct call *out,
                                struct error *err);
enum error_code sqlite_get_call_by_sid(struct store_tx *base, struct str provider, struct str sid,
                                       struct call *out, struct error *err);
enum error_code sqlite_get_call_request(struct store_tx *base, int64_t id, struct arena *a,
                                        struct str *out, struct error *err);
enum error_code sqlite_update_call(struct store_tx *base, const struct call *c, struct error *err);
enum error_code sqlite_list_calls(struct store_tx *base, const struct call_filter *f,
                                  struct arena *a, struct call **out, size_t *count,
                                  struct error *err);
enum error_code sqlite_list_due_calls(struct store_tx *base, int64_t now_ms, uint32_t limit,
                                      struct arena *a, int64_t **ids, size_t *count,
                                      struct error *err);

/* store_sqlite_feed.c */
enum error_code sqlite_append_event(struct store_tx *base, struct call *c, struct event *ev,
                                    struct error *err);
enum error_code sqlite_list_events(struct store_tx *base, int64_t after_seq, uint32_t limit,
                                   struct arena *a, struct event **out, size_t *count,
                                   struct error *err);
enum error_code sqlite_list_call_events(struct store_tx *base, const struct call *c,
                                        int64_t after_seq, struct arena *a, struct event **out,
                                        size_t *count, struct error *err);
enum error_code sqlite_last_event(struct store_tx *base, int64_t *seq, struct error *err);
enum error_code sqlite_add_job(struct store_tx *base, const struct job *j, struct error *err);
enum error_code sqlite_claim_jobs(struct store_tx *base, int64_t now_ms, int64_t lease_until_ms,
                                  uint32_t limit, struct job *out, size_t *count, int64_t *next_ms,
                                  struct error *err);
enum error_code sqlite_finish_job(struct store_tx *base, const struct job *j, struct error *err);
enum error_code sqlite_retry_job(struct store_tx *base, const struct job *j, int64_t run_at_ms,
                                 struct error *err);
enum error_code sqlite_renew_job(struct store_tx *base, const struct job *j, int64_t lease_until_ms,
                                 struct error *err);
enum error_code sqlite_number_is_attempted(struct store_tx *base, struct str to,
                                           int64_t but_call_id, bool *out, struct error *err);
enum error_code sqlite_count_open_calls(struct store_tx *base, struct str provider, uint32_t *out,
                                        struct error *err);
enum error_code sqlite_take_over(struct store_tx *base, int64_t now_ms, struct error *err);
enum error_code sqlite_turn_back(struct store_tx *base, int64_t now_ms, int64_t by_ms,
                                 int64_t lease_ms, struct error *err);

/* store_sqlite_talk.c */
enum error_code sqlite_get_conversation(struct store_tx *base, int64_t call_id, struct arena *a,
                                        struct conversation_state *out, struct error *err);
enum error_code sqlite_put_conversation(struct store_tx *base, const struct conversation_state *c,
                                        struct error *err);
enum error_code sqlite_add_turn(struct store_tx *base, const struct turn *t, struct error *err);
enum error_code sqlite_list_turns(struct store_tx *base, int64_t call_id, struct arena *a,
                                  struct turn **out, size_t *count, struct error *err);
enum error_code sqlite_add_info(struct store_tx *base, const struct info *i, struct error *err);
enum error_code sqlite_list_info(struct store_tx *base, const struct info_filter *f,
                                 struct arena *a, struct info **out, size_t *count,
                                 struct error *err);
enum error_code sqlite_get_session(struct store_tx *base, struct str session_id, struct arena *a,
                                   struct session *out, struct error *err);
enum error_code sqlite_list_sessions(struct store_tx *base, int64_t before_id, uint32_t limit,
                                     struct arena *a, struct session **out, size_t *count,
                                     struct error *err);
enum error_code sqlite_count_categories(struct store_tx *base, struct arena *a,
                                        struct category_count **out, size_t *count,
                                        struct error *err);

/* store_sqlite_consent.c */
enum error_code sqlite_add_consent(struct store_tx *base, const struct consent *c,
                                   struct error *err);
enum error_code sqlite_get_consent(struct store_tx *base, int64_t id, struct arena *a,
                                   struct consent *out, struct error *err);
enum error_code sqlite_list_consents(struct store_tx *base, const struct consent_filter *f,
                                     struct arena *a, struct consent **out, size_t *count,
                                     struct error *err);

/* store_sqlite_rest.c */
enum error_code sqlite_insert_recording(struct store_tx *base, const struct recording *r,
                                        struct error *err);
enum error_code sqlite_update_recording(struct store_tx *base, const struct recording *r,
                                        struct error *err);
enum error_code sqlite_get_recording(struct store_tx *base, int64_t id, struct recording *out,
                                     struct error *err);
enum error_code sqlite_get_recording_by_sid(struct store_tx *base, struct str provider,
                                            struct str sid, struct recording *out,
                                            struct error *err);
enum error_code sqlite_list_recordings(struct store_tx *base, int64_t call_id, int64_t before_id,
                                       uint32_t limit, struct arena *a, struct recording **out,
                                       size_t *count, struct error *err);
enum error_code sqlite_get_call_key(struct store_tx *base, int64_t call_id, struct arena *a,
                                    struct str *wrapped, struct error *err);
enum error_code sqlite_put_call_key(struct store_tx *base, int64_t call_id, struct str wrapped,
                                    struct error *err);
enum error_code sqlite_insert_payment(struct store_tx *base, const struct payment *p,
                                      struct str plan_json, struct error *err);
enum error_code sqlite_update_payment(struct store_tx *base, const struct payment *p,
                                      struct error *err);
enum error_code sqlite_get_payment(struct store_tx *base, int64_t id, struct payment *out,
                                   struct error *err);
enum error_code sqlite_get_payment_plan(struct store_tx *base, int64_t id, struct arena *a,
                                        struct str *plan_json, struct error *err);
enum error_code sqlite_find_payment(struct store_tx *base, struct str transaction_id,
                                    struct payment *out, struct error *err);
enum error_code sqlite_list_payments(struct store_tx *base, int64_t call_id, uint32_t limit,
                                     struct arena *a, struct payment **out, size_t *count,
                                     struct error *err);
enum error_code sqlite_list_charging_payments(struct store_tx *base, uint32_t limit,
                                              struct arena *a, struct payment **out, size_t *count,
                                              struct error *err);
enum error_code sqlite_claim_idempotency(struct store_tx *base, struct str key,
                                         const uint8_t request_digest[32], int64_t call_id,
                                         int64_t now_ms, int64_t *known_call_id,
                                         uint8_t known_digest[32], struct error *err);
enum error_code sqlite_add_counter(struct store_tx *base, enum counter c, int64_t delta,
                                   struct error *err);
enum error_code sqlite_get_counters(struct store_tx *base, int64_t out[COUNTER_COUNT],
                                    struct error *err);

#endif
