#ifndef TESTS_CONFORMANCE_STORE_SUITE_H
#define TESTS_CONFORMANCE_STORE_SUITE_H

/*
 * What every store must do. A case is written once, against store.h, and runs on each row of the
 * table in store_suite.c; a further implementation adds a row there and nothing else.
 */
#include <stdatomic.h>

#include "core/base/id.h"
#include "core/domain/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/held_tx.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

struct fixture;

/** One row: how to make a store for a test. open() may be called again after store_free(). */
struct store_kind {
    const char *name;
    /** Opens what the fixture's directory holds, or creates it. NULL ends the case. */
    struct store *(*open)(struct fixture *f);
};

struct fixture {
    const struct store_kind *kind;
    struct store *s;
    size_t queue_max;         /* for open() */
    _Atomic unsigned batches; /* for open(): counted by its batch_done */
    struct temp_dir dir;
    struct fake_clock clock;
    struct id_source ids;
    struct arena a;
};

/** STORE_TEST(sentence) { … f … } is a case for every kind of store; f->s is new and empty. */
#define STORE_TEST(sentence)                         \
    static void check_##sentence(struct fixture *f); \
    TEST(store, sentence) {                          \
        suite_run(check_##sentence);                 \
    }                                                \
    static void check_##sentence(struct fixture *f)

void suite_run(void (*check)(struct fixture *f));

/** Close and open again. False when it does not open. */
NODISCARD bool suite_reopen(struct fixture *f);

/** A plausible new call; ids rise. */
struct call suite_call(struct fixture *f);

/** Insert c in a transaction of its own. */
void suite_insert(struct fixture *f, const struct call *c);

/** The call as a reader sees it now; zeroed when there is none. */
struct call suite_get(struct fixture *f, int64_t id);

/** Copy a C string into a char array of a record. */
#define suite_set(array, z) EXPECT(str_copy(str_z(z), (array), sizeof(array)))

/** Every field is the same. */
bool suite_same_call(const struct call *a, const struct call *b);

#endif
