#include "core/base/lanes.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "tests/support/test.h"

struct visit {
    struct lanes *lanes;
    sem_t *entered;
    uint64_t key;
    bool waited;
};

static void *visit(void *arg) {
    struct visit *v = arg;
    struct lane mine;
    v->waited = lanes_enter(v->lanes, &mine, v->key);
    sem_post(v->entered);
    lanes_leave(v->lanes, &mine);
    return NULL;
}

TEST(lanes, let_in_whoever_comes_when_the_lane_is_free) {
    struct lanes l;
    struct lane a, b;
    lanes_init(&l);
    EXPECT(!lanes_enter(&l, &a, 1));
    EXPECT(!lanes_enter(&l, &b, 2));
    lanes_leave(&l, &a);
    EXPECT(!lanes_enter(&l, &a, 1));
    lanes_leave(&l, &b);
    lanes_leave(&l, &a);
    lanes_release(&l);
}

TEST(lanes, have_the_second_wait_until_the_first_has_left) {
    struct lanes l;
    struct lane mine;
    pthread_t same, other;
    sem_t same_entered, other_entered;
    sem_init(&same_entered, 0, 0);
    sem_init(&other_entered, 0, 0);
    struct visit v = {&l, &same_entered, 7, false}, w = {&l, &other_entered, 8, false};
    lanes_init(&l);
    EXPECT(!lanes_enter(&l, &mine, 7));
    REQUIRE(pthread_create(&same, NULL, visit, &v) == 0);
    REQUIRE(pthread_create(&other, NULL, visit, &w) == 0);
    sem_wait(&other_entered); /* is held up by nobody */
    EXPECT(sem_trywait(&same_entered) != 0);
    lanes_leave(&l, &mine);
    sem_wait(&same_entered);
    pthread_join(same, NULL);
    pthread_join(other, NULL);
    EXPECT(!w.waited);
    lanes_release(&l);
}
