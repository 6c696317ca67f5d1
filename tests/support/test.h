#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <stdbool.h>

/*
 * A small test harness. TEST(call, late_ringing_is_ignored) { … } defines a case and registers it;
 * main() is in test.c. `./call_test` runs all cases of the program, `./call_test call.late` those
 * whose name starts so. A failed expectation is printed and the case goes on; the last line is
 * "N passed, N failed". Expectations may be used from any thread that ends before its case does.
 */
struct test {
    const char *name; /* "module.sentence_about_behaviour" */
    void (*run)(void);
    struct test *next;
};

void test_register(struct test *t);

/* Each returns `ok`, so that REQUIRE can leave. Operands are evaluated once. */
bool test_check(bool ok, const char *file, int line, const char *what);
bool test_check_str(const char *got, const char *want, const char *file, int line,
                    const char *what);
bool test_check_int(long long got, long long want, const char *file, int line, const char *what);

#define TEST(module, sentence)                                                      \
    static void module##_##sentence(void);                                          \
    __attribute__((constructor)) static void register_##module##_##sentence(void) { \
        static struct test t = {#module "." #sentence, module##_##sentence, 0};     \
        test_register(&t);                                                          \
    }                                                                               \
    static void module##_##sentence(void)

#define EXPECT(cond) ((void)test_check((cond) ? true : false, __FILE__, __LINE__, #cond))

/** C strings; NULL equals only NULL. */
#define EXPECT_STR(got, want) \
    ((void)test_check_str((got), (want), __FILE__, __LINE__, #got " is " #want))

/** Any integers or enums that fit a long long. */
#define EXPECT_INT(got, want)                                                      \
    ((void)test_check_int((long long)(got), (long long)(want), __FILE__, __LINE__, \
                          #got " is " #want))

/** Leaves the case when it fails: for what the rest of the case cannot do without. */
#define REQUIRE(cond)                                                      \
    do {                                                                   \
        if (!test_check((cond) ? true : false, __FILE__, __LINE__, #cond)) \
            return;                                                        \
    } while (0)

#endif
