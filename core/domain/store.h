#ifndef CORE_DOMAIN_STORE_H
#define CORE_DOMAIN_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/domain/call.h"
#include "core/domain/consent.h"
#include "core/domain/event.h"
#include "core/domain/payment.h"
#include "core/domain/record.h"

/*
 * The ledger. Everything that changes does so in a transaction, as a function that runs on the
 * store's writer thread; many of them share one commit (group commit). Readers run on the calling
 * thread over read-only connections and see the last commit.
 */
struct store;
struct store_tx; /* a running transaction, or a read-only view */

/**
 * The body of a transaction. Runs on the writer thread, possibly more than once (when a neighbour
 * in the same commit fails, the batch is rolled back and run again without it): it may change
 * nothing but the store, through tx, and its own ctx, and must start over each time. Must not
 * block. A result other than ERR_OK undoes its writes.
 */
typedef enum error_code store_tx_fn(struct store_tx *tx, void *ctx, struct error *err);

/** A transaction that is handed over without waiting. Embed it; it must live until done. */
struct store_work {
    struct store_work *next; /* the store's */
    store_tx_fn *fn;
    void *ctx;
    /**
     * Called on the writer thread once the outcome is known: ERR_OK means durable on disk. Must not
     * block; may free the work. A batch's done calls come one after the other, then
     * store_options.batch_done.
     */
    void (*done)(struct store_work *w, enum error_code rc, const struct error *err);
};

/** Queue w. ERR_BUSY when the queue is full or the store is stopping; then done is not called. */
NODISCARD enum error_code store_submit(struct store *s, struct store_work *w, struct error *err);

/** Run fn in a transaction and wait until it is durable. Not on the writer thread. */
NODISCARD enum error_code store_write(struct store *s, store_tx_fn *fn, void *ctx,
                                      struct error *err);

/** Run fn over a read-only view on this thread; fn must not call a writing operation. */
NODISCARD enum error_code store_read(struct store *s, store_tx_fn *fn, void *ctx,
                                     struct error *err);

/** ERR_OK when writes can be made durable now; otherwise says what is wrong and what to do. */
NODISCARD enum error_code store_health(struct store *s, struct error *err);

/** Finish queued work, then close. NULL is fine. */
void store_free(struct store *s);

/* ---- calls. All look-ups: ERR_NOT_FOUND when there is none. ---------------------------------- */

/** request_json: the immutable parts that are rarely read (plan, variables, metadata). */
NODISCARD enum error_code store_insert_call(struct store_tx *tx, const struct call *c,
                                            struct str request_json, struct error *err);
NODISCARD enum error_code store_get_call(struct store_tx *tx, int64_t id, struct call *out,
                                         struct error *err);
NODISCARD enum error_code store_get_call_by_sid(struct store_tx *tx, struct str provider,
                                                struct str sid, struct call *out,
                                                struct error *err);
NODISCARD enum error_code store_get_call_request(struct store_tx *tx, int64_t id, struct arena *a,
                                                 struct str *out, struct error *err);

/** Write every mutable field of c back. The row must exist. */
NODISCARD enum error_code store_update_call(struct store_tx *tx, const struct call *c,
                                            struct error *err);

struct call_filter {
    enum call_status status;                  /* CALL_STATUS_NONE: any */
    struct str to, from, assistant, provider; /* "": any */
    int64_t since_ms, until_ms;               /* creation, until excluded; 0: open */
    int64_t before_id;                        /* cursor; 0: from the newest */
    uint32_t limit;
};

/**
 * Newest first. *out is an arena array. ids must be TSIDs: the time bounds are turned into bounds
 * of ids. ERR_LIMIT when the filters match so few calls that finding them would take too long.
 */
NODISCARD enum error_code store_list_calls(struct store_tx *tx, const struct call_filter *f,
                                           struct arena *a, struct call **out, size_t *count,
                                           struct error *err);

/** Open calls whose check_ms has come, oldest check first: the reconciler's work list. */
NODISCARD enum error_code store_list_due_calls(struct store_tx *tx, int64_t now_ms, uint32_t limit,
                                               struct arena *a, int64_t **ids, size_t *count,
                                               struct error *err);

/**
 * Is an open call to this number, other than but_call_id, being handed over to a carrier, or its
 * hand-over not settled yet (CALL_PLACE_SUBMITTING, CALL_PLACE_UNKNOWN)? Costs the same however
 * many calls the number had.
 */
NODISCARD enum error_code store_number_is_attempted(struct store_tx *tx, struct str to,
                                                    int64_t but_call_id, bool *out,
                                                    struct error *err);

/**
 * How many calls of that carrier are open there: being handed over, ambiguous, or known to it, and
 * not over. Counts no further than limit.
 */
NODISCARD enum error_code store_count_open_calls(struct store_tx *tx, struct str provider,
                                                 uint32_t *out, struct error *err);

/* ---- events --------------------------------------------------------------------------------- */

/**
 * Append an event; fills ev->seq. With a call (may be NULL): ev->call_id and ev->prev are taken
 * from it and c->last_event is set to the new seq; the caller updates the call in the same
 * transaction.
 */
NODISCARD enum error_code store_append_event(struct store_tx *tx, struct call *c, struct event *ev,
                                             struct error *err);

/** Events after seq in order, at most limit. data lives in the arena. */
NODISCARD enum error_code store_list_events(struct store_tx *tx, int64_t after_seq, uint32_t limit,
                                            struct arena *a, struct event **out, size_t *count,
                                            struct error *err);

/** A call's events after seq, oldest first. */
NODISCARD enum error_code store_list_call_events(struct store_tx *tx, const struct call *c,
                                                 int64_t after_seq, struct arena *a,
                                                 struct event **out, size_t *count,
                                                 struct error *err);

/** The newest seq; 0 when there are none. */
NODISCARD enum error_code store_last_event(struct store_tx *tx, int64_t *seq, struct error *err);

/* ---- jobs ------------------------------------------------------------------------------------ */

/** Add a job; kind, call_id, ref_*, run_at_ms are taken from j, id too unless it is 0. */
NODISCARD enum error_code store_add_job(struct store_tx *tx, const struct job *j,
                                        struct error *err);

/**
 * Claim up to limit jobs that are due (run_at_ms reached and no live lease): attempt + 1, lease
 * set. *next_ms is when the next job will be due (0: none), so that the caller can wait.
 */
NODISCARD enum error_code store_claim_jobs(struct store_tx *tx, int64_t now_ms,
                                           int64_t lease_until_ms, uint32_t limit, struct job *out,
                                           size_t *count, int64_t *next_ms, struct error *err);

/** Done: remove it. ERR_CONFLICT when the lease was lost (other attempt). */
NODISCARD enum error_code store_finish_job(struct store_tx *tx, const struct job *j,
                                           struct error *err);

/** Give it back to run again at run_at_ms. ERR_CONFLICT when the lease was lost. */
NODISCARD enum error_code store_retry_job(struct store_tx *tx, const struct job *j,
                                          int64_t run_at_ms, struct error *err);

/**
 * The process that worked here before is gone, whether it ended or was killed: the jobs it had
 * claimed are due at once, and so is a look at every open call that a carrier has, as nobody was
 * there to hear of it. At the start, before jobs are claimed. What others hold who live stays.
 */
NODISCARD enum error_code store_take_over(struct store_tx *tx, int64_t now_ms, struct error *err);

/**
 * The clock was set back by by_ms and shows now_ms: jobs and looks at calls come as much earlier,
 * but not before now, so that nothing waits for the clock to be there again. Leases last for
 * lease_ms at most.
 */
NODISCARD enum error_code store_turn_back(struct store_tx *tx, int64_t now_ms, int64_t by_ms,
                                          int64_t lease_ms, struct error *err);

/** Hold it until lease_until_ms. ERR_CONFLICT when the lease was lost. */
NODISCARD enum error_code store_renew_job(struct store_tx *tx, const struct job *j,
                                          int64_t lease_until_ms, struct error *err);

/* ---- conversation ---------------------------------------------------------------------------- */

NODISCARD enum error_code store_get_conversation(struct store_tx *tx, int64_t call_id,
                                                 struct arena *a, struct conversation_state *out,
                                                 struct error *err);
/** Insert or replace. */
NODISCARD enum error_code
store_put_conversation(struct store_tx *tx, const struct conversation_state *c, struct error *err);
NODISCARD enum error_code store_add_turn(struct store_tx *tx, const struct turn *t,
                                         struct error *err);
NODISCARD enum error_code store_list_turns(struct store_tx *tx, int64_t call_id, struct arena *a,
                                           struct turn **out, size_t *count, struct error *err);

/* ---- captured information -------------------------------------------------------------------- */

NODISCARD enum error_code store_add_info(struct store_tx *tx, const struct info *i,
                                         struct error *err);
/** Newest first. */
NODISCARD enum error_code store_list_info(struct store_tx *tx, const struct info_filter *f,
                                          struct arena *a, struct info **out, size_t *count,
                                          struct error *err);
/** A session that nothing was shared in is ERR_NOT_FOUND. */
NODISCARD enum error_code store_get_session(struct store_tx *tx, struct str session_id,
                                            struct arena *a, struct session *out,
                                            struct error *err);
/** Newest session first; before_id is a cursor over the session's newest information id. */
NODISCARD enum error_code store_list_sessions(struct store_tx *tx, int64_t before_id,
                                              uint32_t limit, struct arena *a, struct session **out,
                                              size_t *count, struct error *err);

/* ---- consents: a ledger, so there is no change and no removal of a single one ------------------
 */

NODISCARD enum error_code store_add_consent(struct store_tx *tx, const struct consent *c,
                                            struct error *err);
NODISCARD enum error_code store_get_consent(struct store_tx *tx, int64_t id, struct arena *a,
                                            struct consent *out, struct error *err);
/** Newest first. ERR_LIMIT as with store_list_calls(). */
NODISCARD enum error_code store_list_consents(struct store_tx *tx, const struct consent_filter *f,
                                              struct arena *a, struct consent **out, size_t *count,
                                              struct error *err);

/* ---- recordings ------------------------------------------------------------------------------ */

NODISCARD enum error_code store_insert_recording(struct store_tx *tx, const struct recording *r,
                                                 struct error *err);
NODISCARD enum error_code store_update_recording(struct store_tx *tx, const struct recording *r,
                                                 struct error *err);
NODISCARD enum error_code store_get_recording(struct store_tx *tx, int64_t id,
                                              struct recording *out, struct error *err);
NODISCARD enum error_code store_get_recording_by_sid(struct store_tx *tx, struct str provider,
                                                     struct str sid, struct recording *out,
                                                     struct error *err);
/** call_id 0: of all calls. Newest first; before_id: cursor. */
NODISCARD enum error_code store_list_recordings(struct store_tx *tx, int64_t call_id,
                                                int64_t before_id, uint32_t limit, struct arena *a,
                                                struct recording **out, size_t *count,
                                                struct error *err);

/** The wrapped data key of a call's recordings; ERR_NOT_FOUND when none was made yet. */
NODISCARD enum error_code store_get_call_key(struct store_tx *tx, int64_t call_id, struct arena *a,
                                             struct str *wrapped, struct error *err);
/** ERR_CONFLICT when the call has a key: the first one seals, a second would lose what it sealed.
 */
NODISCARD enum error_code store_put_call_key(struct store_tx *tx, int64_t call_id,
                                             struct str wrapped, struct error *err);

/* ---- payments -------------------------------------------------------------------------------- */

/** plan_json: the steps that take it, in plan JSON; "" when somebody else takes it. */
NODISCARD enum error_code store_insert_payment(struct store_tx *tx, const struct payment *p,
                                               struct str plan_json, struct error *err);
NODISCARD enum error_code store_update_payment(struct store_tx *tx, const struct payment *p,
                                               struct error *err);
NODISCARD enum error_code store_get_payment(struct store_tx *tx, int64_t id, struct payment *out,
                                            struct error *err);
NODISCARD enum error_code store_get_payment_plan(struct store_tx *tx, int64_t id, struct arena *a,
                                                 struct str *plan_json, struct error *err);
/** The one of no call with that transaction. */
NODISCARD enum error_code store_find_payment(struct store_tx *tx, struct str transaction_id,
                                             struct payment *out, struct error *err);
/** A call's, newest first. */
NODISCARD enum error_code store_list_payments(struct store_tx *tx, int64_t call_id, uint32_t limit,
                                              struct arena *a, struct payment **out, size_t *count,
                                              struct error *err);
/** Those whose charge is on its way, of any call or none, oldest first. */
NODISCARD enum error_code store_list_charging_payments(struct store_tx *tx, uint32_t limit,
                                                       struct arena *a, struct payment **out,
                                                       size_t *count, struct error *err);

/* ---- idempotency, counters ------------------------------------------------------------------- */

enum {
    IDEMPOTENCY_KEY_MAX = 255
};

/**
 * Remember that `key` made call_id with a request whose digest is request_digest. When the key is
 * known already: ERR_CONFLICT, and *known_call_id, known_digest tell with what.
 */
NODISCARD enum error_code store_claim_idempotency(struct store_tx *tx, struct str key,
                                                  const uint8_t request_digest[32], int64_t call_id,
                                                  int64_t now_ms, int64_t *known_call_id,
                                                  uint8_t known_digest[32], struct error *err);

/** Running totals, so that a summary costs the same with ten calls and with ten million. */
enum counter {
    COUNTER_CALLS = 0,         /* + enum call_status of final states below */
    COUNTER_CALLS_ENDED_FIRST, /* COUNTER_CALLS_ENDED_FIRST + (status - CALL_COMPLETED) */
    COUNTER_CALL_SECONDS = COUNTER_CALLS_ENDED_FIRST + (CALL_STATUS_COUNT - CALL_COMPLETED),
    COUNTER_INFO,
    COUNTER_SESSIONS,
    COUNTER_RECORDINGS,
    COUNTER_COUNT
};
/**
 * Whoever makes a change counts it in the same transaction. COUNTER_INFO and COUNTER_SESSIONS are
 * the exception: store_add_info() counts them itself, as only it knows what is new.
 */
NODISCARD enum error_code store_add_counter(struct store_tx *tx, enum counter c, int64_t delta,
                                            struct error *err);
NODISCARD enum error_code store_get_counters(struct store_tx *tx, int64_t out[COUNTER_COUNT],
                                             struct error *err);

/** Number of informations per category, largest first. */
struct category_count {
    struct str category;
    int64_t count;
};
NODISCARD enum error_code store_count_categories(struct store_tx *tx, struct arena *a,
                                                 struct category_count **out, size_t *count,
                                                 struct error *err);

#endif
