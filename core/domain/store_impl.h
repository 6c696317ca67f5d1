#ifndef CORE_DOMAIN_STORE_IMPL_H
#define CORE_DOMAIN_STORE_IMPL_H

/*
 * For code that implements a store. Code that uses one includes store.h only; tests/arch keeps it
 * that way. An implementation passes the suite in tests/conformance/store.
 */
#include "core/domain/store.h"

/** See the functions of the same name in store.h for each contract. Every op is required. */
struct store_ops {
    enum error_code (*submit)(struct store *s, struct store_work *w, struct error *err);
    enum error_code (*write)(struct store *s, store_tx_fn *fn, void *ctx, struct error *err);
    enum error_code (*read)(struct store *s, store_tx_fn *fn, void *ctx, struct error *err);
    enum error_code (*health)(struct store *s, struct error *err);
    void (*destroy)(struct store *s); /* finishes queued work, frees s itself */

    enum error_code (*insert_call)(struct store_tx *tx, const struct call *c,
                                   struct str request_json, struct error *err);
    enum error_code (*get_call)(struct store_tx *tx, int64_t id, struct call *out,
                                struct error *err);
    enum error_code (*get_call_by_sid)(struct store_tx *tx, struct str provider, struct str sid,
                                       struct call *out, struct error *err);
    enum error_code (*get_call_request)(struct store_tx *tx, int64_t id, struct arena *a,
                                        struct str *out, struct error *err);
    enum error_code (*update_call)(struct store_tx *tx, const struct call *c, struct error *err);
    enum error_code (*list_calls)(struct store_tx *tx, const struct call_filter *f, struct arena *a,
                                  struct call **out, size_t *count, struct error *err);
    enum error_code (*list_due_calls)(struct store_tx *tx, int64_t now_ms, uint32_t limit,
                                      struct arena *a, int64_t **ids, size_t *count,
                                      struct error *err);
    enum error_code (*append_event)(struct store_tx *tx, struct call *c, struct event *ev,
                                    struct error *err);
    enum error_code (*list_events)(struct store_tx *tx, int64_t after_seq, uint32_t limit,
                                   struct arena *a, struct event **out, size_t *count,
                                   struct error *err);
    enum error_code (*list_call_events)(struct store_tx *tx, const struct call *c,
                                        int64_t after_seq, struct arena *a, struct event **out,
                                        size_t *count, struct error *err);
    enum error_code (*last_event)(struct store_tx *tx, int64_t *seq, struct error *err);
    enum error_code (*add_job)(struct store_tx *tx, const struct job *j, struct error *err);
    enum error_code (*claim_jobs)(struct store_tx *tx, int64_t now_ms, int64_t lease_until_ms,
                                  uint32_t limit, struct job *out, size_t *count, int64_t *next_ms,
                                  struct error *err);
    enum error_code (*finish_job)(struct store_tx *tx, const struct job *j, struct error *err);
    enum error_code (*retry_job)(struct store_tx *tx, const struct job *j, int64_t run_at_ms,
                                 struct error *err);
    enum error_code (*take_over)(struct store_tx *tx, int64_t now_ms, struct error *err);
    enum error_code (*turn_back)(struct store_tx *tx, int64_t now_ms, int64_t by_ms,
                                 int64_t lease_ms, struct error *err);
    enum error_code (*renew_job)(struct store_tx *tx, const struct job *j, int64_t lease_until_ms,
                                 struct error *err);
    enum error_code (*number_is_attempted)(struct store_tx *tx, struct str to, int64_t but_call_id,
                                           bool *out, struct error *err);
    enum error_code (*count_open_calls)(struct store_tx *tx, struct str provider, uint32_t *out,
                                        struct error *err);
    enum error_code (*get_conversation)(struct store_tx *tx, int64_t call_id, struct arena *a,
                                        struct conversation_state *out, struct error *err);
    enum error_code (*put_conversation)(struct store_tx *tx, const struct conversation_state *c,
                                        struct error *err);
    enum error_code (*add_turn)(struct store_tx *tx, const struct turn *t, struct error *err);
    enum error_code (*list_turns)(struct store_tx *tx, int64_t call_id, struct arena *a,
                                  struct turn **out, size_t *count, struct error *err);
    enum error_code (*add_info)(struct store_tx *tx, const struct info *i, struct error *err);
    enum error_code (*list_info)(struct store_tx *tx, const struct info_filter *f, struct arena *a,
                                 struct info **out, size_t *count, struct error *err);
    enum error_code (*get_session)(struct store_tx *tx, struct str session_id, struct arena *a,
                                   struct session *out, struct error *err);
    enum error_code (*list_sessions)(struct store_tx *tx, int64_t before_id, uint32_t limit,
                                     struct arena *a, struct session **out, size_t *count,
                                     struct error *err);
    enum error_code (*add_consent)(struct store_tx *tx, const struct consent *c, struct error *err);
    enum error_code (*get_consent)(struct store_tx *tx, int64_t id, struct arena *a,
                                   struct consent *out, struct error *err);
    enum error_code (*list_consents)(struct store_tx *tx, const struct consent_filter *f,
                                     struct arena *a, struct consent **out, size_t *count,
                                     struct error *err);
    enum error_code (*insert_recording)(struct store_tx *tx, const struct recording *r,
                                        struct error *err);
    enum error_code (*update_recording)(struct store_tx *tx, const struct recording *r,
                                        struct error *err);
    enum error_code (*get_recording)(struct store_tx *tx, int64_t id, struct recording *out,
                                     struct error *err);
    enum error_code (*get_recording_by_sid)(struct store_tx *tx, struct str provider,
                                            struct str sid, struct recording *out,
                                            struct error *err);
    enum error_code (*list_recordings)(struct store_tx *tx, int64_t call_id, int64_t before_id,
                                       uint32_t limit, struct arena *a, struct recording **out,
                                       size_t *count, struct error *err);
    enum error_code (*get_call_key)(struct store_tx *tx, int64_t call_id, struct arena *a,
                                    struct str *wrapped, struct error *err);
    enum error_code (*put_call_key)(struct store_tx *tx, int64_t call_id, struct str wrapped,
                                    struct error *err);
    enum error_code (*insert_payment)(struct store_tx *tx, const struct payment *p,
                                      struct str plan_json, struct error *err);
    enum error_code (*update_payment)(struct store_tx *tx, const struct payment *p,
                                      struct error *err);
    enum error_code (*get_payment)(struct store_tx *tx, int64_t id, struct payment *out,
                                   struct error *err);
    enum error_code (*get_payment_plan)(struct store_tx *tx, int64_t id, struct arena *a,
                                        struct str *plan_json, struct error *err);
    enum error_code (*find_payment)(struct store_tx *tx, struct str transaction_id,
                                    struct payment *out, struct error *err);
    enum error_code (*list_payments)(struct store_tx *tx, int64_t call_id, uint32_t limit,
                                     struct arena *a, struct payment **out, size_t *count,
                                     struct error *err);
    enum error_code (*list_charging_payments)(struct store_tx *tx, uint32_t limit, struct arena *a,
                                              struct payment **out, size_t *count,
                                              struct error *err);
    enum error_code (*claim_idempotency)(struct store_tx *tx, struct str key,
                                         const uint8_t request_digest[32], int64_t call_id,
                                         int64_t now_ms, int64_t *known_call_id,
                                         uint8_t known_digest[32], struct error *err);
    enum error_code (*add_counter)(struct store_tx *tx, enum counter c, int64_t delta,
                                   struct error *err);
    enum error_code (*get_counters)(struct store_tx *tx, int64_t out[COUNTER_COUNT],
                                    struct error *err);
    enum error_code (*count_categories)(struct store_tx *tx, struct arena *a,
                                        struct category_count **out, size_t *count,
                                        struct error *err);
};

/** What every implementation embeds. */
struct store {
    const struct store_ops *ops;
};

struct store_tx {
    const struct store_ops *ops;
    bool writable; /* false: a read-only view */
};

#endif
