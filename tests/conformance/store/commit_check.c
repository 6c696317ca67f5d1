#include "core/base/compiler.h"
#include "tests/conformance/store/store_suite.h"

enum {
    WORKS = 8
};

/* What done calls are checked by: who was told, in which order, with what. */
struct score {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    unsigned told;
    unsigned order[WORKS];
};

/* A work that counts a counter up, and then may fail. */
struct step {
    struct store_work work;
    struct score *score;
    unsigned number;
    unsigned runs; /* of fn */
    bool writes;
    enum error_code want;
    enum error_code rc;
    struct error err;
};

static enum error_code step_body(struct store_tx *tx, void *ctx, struct error *err) {
    struct step *s = ctx;
    s->runs++;
    if (s->writes) {
        enum error_code rc = store_add_counter(tx, COUNTER_CALLS, 1 << s->number, err);
        if (rc != ERR_OK)
            return rc;
    }
    return s->want == ERR_OK ? ERR_OK : error_set(err, s->want, "step %u fails", s->number);
}

static void step_done(struct store_work *w, enum error_code rc, const struct error *err) {
    struct step *s = container_of(w, struct step, work);
    pthread_mutex_lock(&s->score->mutex);
    s->rc = rc;
    s->err = *err;
    s->score->order[s->score->told++] = s->number;
    pthread_cond_signal(&s->score->cond);
    pthread_mutex_unlock(&s->score->mutex);
}

static void steps_init(struct step *steps, unsigned n, struct score *score) {
    *score = (struct score){.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    for (unsigned i = 0; i < n; i++)
        steps[i] = (struct step){.work = {.fn = step_body, .ctx = &steps[i], .done = step_done},
                                 .score = score,
                                 .number = i,
                                 .writes = true};
}

/* All in one batch: they are queued while a transaction keeps the writer busy. */
static void run_together(struct fixture *f, struct step *steps, unsigned n) {
    struct held h;
    hold_write(&h, f->s);
    for (unsigned i = 0; i < n; i++)
        EXPECT_INT(store_submit(f->s, &steps[i].work, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    pthread_mutex_lock(&steps->score->mutex);
    while (steps->score->told < n)
        pthread_cond_wait(&steps->score->cond, &steps->score->mutex);
    pthread_mutex_unlock(&steps->score->mutex);
}

static int64_t counted(struct fixture *f) {
    int64_t got[COUNTER_COUNT] = {0};
    struct held h;
    hold_read(&h, f->s);
    EXPECT_INT(store_get_counters(h.tx, got, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return got[COUNTER_CALLS];
}

STORE_TEST(works_are_told_in_the_order_in_which_they_came) {
    struct score score;
    struct step steps[WORKS];
    steps_init(steps, WORKS, &score);
    run_together(f, steps, WORKS);
    for (unsigned i = 0; i < WORKS; i++) {
        EXPECT_INT(score.order[i], i);
        EXPECT_INT(steps[i].rc, ERR_OK);
        EXPECT_INT(steps[i].runs, 1);
    }
    EXPECT_INT(counted(f), (1 << WORKS) - 1);
}

STORE_TEST(a_work_that_fails_before_it_writes_disturbs_nobody) {
    struct score score;
    struct step steps[4];
    steps_init(steps, 4, &score);
    steps[1].writes = false;
    steps[1].want = ERR_NOT_FOUND;
    run_together(f, steps, 4);
    EXPECT_INT(steps[1].rc, ERR_NOT_FOUND);
    EXPECT_STR(steps[1].err.text, "step 1 fails");
    for (unsigned i = 0; i < 4; i++)
        EXPECT_INT(steps[i].runs, 1);
    EXPECT_INT(counted(f), 1 + 4 + 8);
}

STORE_TEST(a_work_that_fails_after_it_wrote_is_undone_alone) {
    struct score score;
    struct step steps[WORKS];
    steps_init(steps, WORKS, &score);
    steps[2].want = ERR_CONFLICT;
    steps[5].want = ERR_INVALID;
    run_together(f, steps, WORKS);
    for (unsigned i = 0; i < WORKS; i++) {
        EXPECT_INT(score.order[i], i);
        EXPECT_INT(steps[i].rc, steps[i].want);
    }
    EXPECT_STR(steps[2].err.text, "step 2 fails");
    EXPECT_STR(steps[5].err.text, "step 5 fails");
    EXPECT_INT(steps[2].runs, 1); /* not again: its result is known */
    EXPECT_INT(counted(f), 255 - 4 - 32);
}

STORE_TEST(when_all_of_a_batch_fail_nothing_is_written) {
    struct score score;
    struct step steps[WORKS];
    steps_init(steps, WORKS, &score);
    for (unsigned i = 0; i < WORKS; i++)
        steps[i].want = ERR_CONFLICT;
    run_together(f, steps, WORKS);
    for (unsigned i = 0; i < WORKS; i++)
        EXPECT_INT(steps[i].rc, ERR_CONFLICT);
    EXPECT_INT(counted(f), 0);
    EXPECT_INT(store_health(f->s, NULL), ERR_OK);
}

STORE_TEST(a_failed_write_leaves_no_trace_and_says_why) {
    struct call c = suite_call(f);
    struct held h;
    struct event ev = {.type = EVENT_CALL_QUEUED, .data = STR("{}")};
    hold_write(&h, f->s);
    EXPECT_INT(store_insert_call(h.tx, &c, STR("{}"), NULL), ERR_OK);
    EXPECT_INT(store_append_event(h.tx, &c, &ev, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_CONFLICT), ERR_CONFLICT);
    EXPECT_STR(h.err.text, "the test wants it so");
    EXPECT_INT(suite_get(f, c.id).id, 0);
    c.last_event = 0;
    suite_insert(f, &c); /* and the id is free again */
    EXPECT_INT(suite_get(f, c.id).id, c.id);
}

STORE_TEST(an_update_after_an_undone_one_writes_all_it_should) {
    struct call c = suite_call(f);
    c.check_ms = 1000;
    suite_insert(f, &c);
    struct held h;
    hold_write(&h, f->s);
    struct call undone = c;
    undone.check_ms = 2000;
    EXPECT_INT(store_update_call(h.tx, &undone, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_CONFLICT), ERR_CONFLICT);
    hold_write(&h, f->s);
    EXPECT_INT(store_update_call(h.tx, &undone, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(suite_get(f, c.id).check_ms, 2000);
}

STORE_TEST(readers_see_what_is_committed_and_nothing_else) {
    struct call c = suite_call(f);
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_insert_call(h.tx, &c, STR("{}"), NULL), ERR_OK);
    EXPECT_INT(suite_get(f, c.id).id, 0);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(suite_get(f, c.id).id, c.id);
}

STORE_TEST(a_reader_sees_one_moment_while_others_write) {
    struct call a = suite_call(f);
    struct call b = suite_call(f);
    suite_insert(f, &a);
    struct held view;
    struct call got = {0};
    hold_read(&view, f->s);
    EXPECT_INT(store_get_call(view.tx, a.id, &got, NULL), ERR_OK);
    suite_insert(f, &b);
    EXPECT_INT(store_get_call(view.tx, b.id, &got, NULL), ERR_NOT_FOUND);
    EXPECT_INT(hold_end(&view, ERR_OK), ERR_OK);
    EXPECT_INT(suite_get(f, b.id).id, b.id);
}

static enum error_code read_nothing(struct store_tx *tx, void *ctx, struct error *err) {
    (void)tx;
    (void)ctx;
    return error_set(err, ERR_NOT_FOUND, "as the reader says");
}

STORE_TEST(a_reads_result_is_handed_on) {
    struct error err = {0};
    EXPECT_INT(store_read(f->s, read_nothing, NULL, &err), ERR_NOT_FOUND);
    EXPECT_STR(err.text, "as the reader says");
}

STORE_TEST(a_full_queue_refuses_and_goes_on_afterwards) {
    f->queue_max = 2;
    REQUIRE(suite_reopen(f));
    struct score score;
    struct step steps[4];
    struct error err = {0};
    steps_init(steps, 4, &score);
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_submit(f->s, &steps[0].work, NULL), ERR_OK);
    EXPECT_INT(store_submit(f->s, &steps[1].work, NULL), ERR_OK);
    EXPECT_INT(store_submit(f->s, &steps[2].work, &err), ERR_BUSY);
    EXPECT(err.retry);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    REQUIRE(suite_reopen(f)); /* which waits for what was queued */
    EXPECT_INT(score.told, 2);
    EXPECT_INT(steps[2].runs, 0);
    EXPECT_INT(counted(f), 3);
}

STORE_TEST(closing_finishes_queued_work_and_what_was_written_stays) {
    struct score score;
    struct step steps[WORKS];
    struct call c = suite_call(f);
    suite_insert(f, &c);
    steps_init(steps, WORKS, &score);
    for (unsigned i = 0; i < WORKS; i++)
        EXPECT_INT(store_submit(f->s, &steps[i].work, NULL), ERR_OK);
    REQUIRE(suite_reopen(f));
    EXPECT_INT(score.told, WORKS);
    EXPECT_INT(counted(f), (1 << WORKS) - 1);
    struct call got = suite_get(f, c.id);
    EXPECT(suite_same_call(&got, &c));
}

STORE_TEST(a_batch_ends_with_one_call_to_its_owner) {
    struct score score;
    struct step steps[WORKS];
    steps_init(steps, WORKS, &score);
    unsigned before = f->batches;
    run_together(f, steps, WORKS);
    REQUIRE(suite_reopen(f));           /* the last batch_done comes after the last done */
    EXPECT_INT(f->batches - before, 2); /* the one that kept the writer busy, and this one */
}

/* ---- from many threads -------------------------------------------------------------------------
 */

enum {
    THREADS = 4,
    ROUNDS = 100
};

static enum error_code count_up(struct store_tx *tx, void *ctx, struct error *err) {
    (void)ctx;
    return store_add_counter(tx, COUNTER_CALLS, 1, err);
}

static enum error_code read_counter(struct store_tx *tx, void *ctx, struct error *err) {
    int64_t got[COUNTER_COUNT];
    enum error_code rc = store_get_counters(tx, got, err);
    if (rc == ERR_OK)
        *(int64_t *)ctx = got[COUNTER_CALLS];
    return rc;
}

static void *write_and_read(void *arg) {
    struct fixture *f = arg;
    int64_t last = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t now = 0;
        EXPECT_INT(store_write(f->s, count_up, NULL, NULL), ERR_OK);
        EXPECT_INT(store_read(f->s, read_counter, &now, NULL), ERR_OK);
        EXPECT(now > last); /* each sees at least its own write */
        last = now;
    }
    return NULL;
}

STORE_TEST(many_threads_write_and_each_reads_its_own_writes) {
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        REQUIRE(pthread_create(&threads[i], NULL, write_and_read, f) == 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    EXPECT_INT(counted(f), THREADS * ROUNDS);
}
