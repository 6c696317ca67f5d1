#include "tests/support/test.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test *first;
static struct test **last = &first;
static atomic_uint failures; /* expectations of the running case that did not hold */

void test_register(struct test *t) {
    *last = t;
    last = &t->next;
}

bool test_check(bool ok, const char *file, int line, const char *what) {
    if (!ok) {
        atomic_fetch_add(&failures, 1);
        fprintf(stderr, "%s:%d: expected %s\n", file, line, what);
    }
    return ok;
}

bool test_check_str(const char *got, const char *want, const char *file, int line,
                    const char *what) {
    bool ok = got == want || (got && want && strcmp(got, want) == 0);
    if (!test_check(ok, file, line, what))
        fprintf(stderr, "    got  %s\n    want %s\n", got ? got : "(null)", want ? want : "(null)");
    return ok;
}

bool test_check_int(long long got, long long want, const char *file, int line, const char *what) {
    if (!test_check(got == want, file, line, what))
        fprintf(stderr, "    got  %lld\n    want %lld\n", got, want);
    return got == want;
}

int main(int argc, char **argv) {
    const char *prefix = argc > 1 ? argv[1] : "";
    unsigned passed = 0, failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a crash must not lose the lines before it */
    for (struct test *t = first; t; t = t->next) {
        if (strncmp(t->name, prefix, strlen(prefix)) != 0)
            continue;
        atomic_store(&failures, 0);
        printf("run    %s\n", t->name);
        t->run();
        bool ok = atomic_load(&failures) == 0;
        printf("%s %s\n", ok ? "ok    " : "FAILED", t->name);
        passed += ok;
        failed += !ok;
    }
    if (passed + failed == 0)
        fprintf(stderr, "no case starts with \"%s\"\n", prefix);
    printf("%u passed, %u failed\n", passed, failed);
    return failed || !passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
