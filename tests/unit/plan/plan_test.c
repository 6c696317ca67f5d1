#include "core/domain/plan.h"

#include "tests/support/plan_random.h"
#include "tests/support/test.h"

TEST(plan_random, makes_plans_that_pass_the_check) {
    struct plan_random r = plan_random_from(1);
    for (int i = 0; i < 2000; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        struct error err = {0};
        plan_random_make(&r, &p);
        EXPECT_INT(plan_check(&p, &err), ERR_OK);
        EXPECT_STR(err.text, "");
        if (err.text[0])
            return;
    }
}
