#include "core/base/pool.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/unit/base/dies.h"

/** A task that reports that it runs and waits until it may end. */
struct gated {
    struct pool_task task;
    sem_t entered, leave;
};

static void gated_run(struct pool_task *t) {
    struct gated *g = container_of(t, struct gated, task);
    sem_post(&g->entered);
    sem_wait(&g->leave);
}

static void gated_init(struct gated *g) {
    g->task = (struct pool_task){.run = gated_run};
    sem_init(&g->entered, 0, 0);
    sem_init(&g->leave, 0, 0);
}

struct counted {
    struct pool_task task;
    atomic_int *next; /* the order in which tasks ran */
    int ran_as;
};

static void counted_run(struct pool_task *t) {
    struct counted *c = container_of(t, struct counted, task);
    c->ran_as = atomic_fetch_add(c->next, 1) + 1;
}

TEST(pool, one_thread_runs_tasks_in_their_order) {
    atomic_int next = 0;
    struct counted tasks[50];
    struct pool *p = pool_new("order", 1, 50);
    for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
        tasks[i] = (struct counted){.task.run = counted_run, .next = &next};
        EXPECT(pool_submit(p, &tasks[i].task));
    }
    pool_stop(p); /* runs what is queued */
    for (size_t i = 0; i < ARRAY_LEN(tasks); i++)
        EXPECT_INT(tasks[i].ran_as, i + 1);
    EXPECT_INT(pool_pending(p), 0);
    pool_free(p);
}

TEST(pool, tasks_run_side_by_side) {
    struct gated a, b;
    gated_init(&a);
    gated_init(&b);
    struct pool *p = pool_new("pair", 2, 2);
    EXPECT(pool_submit(p, &a.task));
    EXPECT(pool_submit(p, &b.task));
    sem_wait(&a.entered);
    sem_wait(&b.entered); /* while a still runs */
    EXPECT_INT(pool_pending(p), 2);
    sem_post(&a.leave);
    sem_post(&b.leave);
    pool_free(p);
}

TEST(pool, a_full_queue_takes_nothing) {
    struct gated busy;
    gated_init(&busy);
    atomic_int next = 0;
    struct counted tasks[3];
    for (size_t i = 0; i < ARRAY_LEN(tasks); i++)
        tasks[i] = (struct counted){.task.run = counted_run, .next = &next};
    struct pool *p = pool_new("full", 1, 2);
    EXPECT(pool_submit(p, &busy.task));
    sem_wait(&busy.entered); /* runs, so it no longer waits in the queue */
    EXPECT(pool_submit(p, &tasks[0].task));
    EXPECT(pool_submit(p, &tasks[1].task));
    EXPECT(!pool_submit(p, &tasks[2].task));
    EXPECT_INT(pool_pending(p), 3);
    sem_post(&busy.leave);
    pool_stop(p);
    EXPECT(tasks[0].ran_as == 1 && tasks[1].ran_as == 2 && tasks[2].ran_as == 0);
    pool_free(p);
}

TEST(pool, a_stopped_pool_takes_nothing) {
    atomic_int next = 0;
    struct counted task = {.task.run = counted_run, .next = &next};
    struct pool *p = pool_new("stopped", 2, 2);
    pool_stop(p);
    pool_stop(p);
    EXPECT(!pool_submit(p, &task.task));
    pool_free(p);
    EXPECT_INT(next, 0);
    pool_free(NULL);
}

static void *stop_too(void *ctx) {
    pool_stop(ctx);
    return NULL;
}

TEST(pool, two_threads_may_stop_it) {
    struct gated busy;
    gated_init(&busy);
    struct pool *p = pool_new("twice", 1, 1);
    EXPECT(pool_submit(p, &busy.task));
    sem_wait(&busy.entered);
    pthread_t other;
    REQUIRE(pthread_create(&other, NULL, stop_too, p) == 0);
    sem_post(&busy.leave);
    pool_stop(p);
    EXPECT_INT(pool_pending(p), 0);
    pthread_join(other, NULL);
    pool_free(p);
}

/** A task that submits itself until it has run often enough. */
struct again {
    struct pool_task task;
    struct pool *pool;
    int left;
    sem_t done;
};

static void again_run(struct pool_task *t) {
    struct again *a = container_of(t, struct again, task);
    if (--a->left == 0 || !pool_submit(a->pool, t))
        sem_post(&a->done);
}

TEST(pool, a_task_may_submit_itself_again) {
    struct again a = {.task.run = again_run, .left = 1000};
    sem_init(&a.done, 0, 0);
    a.pool = pool_new("again", 2, 1);
    EXPECT(pool_submit(a.pool, &a.task));
    sem_wait(&a.done);
    EXPECT_INT(a.left, 0);
    pool_free(a.pool);
}

struct looked {
    struct pool_task task;
    char name[16];
    sigset_t blocked;
};

static void looked_run(struct pool_task *t) {
    struct looked *l = container_of(t, struct looked, task);
    pthread_getname_np(pthread_self(), l->name, sizeof l->name);
    pthread_sigmask(SIG_SETMASK, NULL, &l->blocked);
}

TEST(pool, threads_have_their_name_and_leave_signals_alone) {
    struct looked l = {.task.run = looked_run};
    struct pool *p = pool_new("fifteen_letters", 1, 1);
    EXPECT(pool_submit(p, &l.task));
    pool_free(p);
    EXPECT_STR(l.name, "fifteen_letters");
    EXPECT_INT(sigismember(&l.blocked, SIGTERM), 1);
    sigset_t mine;
    pthread_sigmask(SIG_SETMASK, NULL, &mine);
    EXPECT_INT(sigismember(&mine, SIGTERM), 0);
}

static void long_name(void) {
    pool_free(pool_new("sixteen__letters", 1, 1));
}

TEST(pool, a_name_that_does_not_fit_is_a_mistake) {
    EXPECT(dies(long_name));
}
