#include <dirent.h>
#include <string.h>

#include "core/app/config.h"
#include "tests/integration/cli/run.h"
#include "tests/support/test.h"

static size_t places_left(void) {
    size_t n = 0;
    DIR *dir = opendir(config_temp_dir());
    for (struct dirent *e; dir && (e = readdir(dir));)
        n += strncmp(e->d_name, "switchhook-demo-", 16) == 0;
    if (dir)
        closedir(dir);
    return n;
}

TEST(demo, places_a_call_shows_it_and_leaves_nothing_behind) {
    static const char *const signs[] = {"  ringing\n",        "  answered\n",
                                        "  caller: ",         "function share_information(",
                                        "  completed",        "\ncaptured information\n",
                                        "\nrecording: wav, ", "transcript: "};
    CLEANUP(run_release) struct run r = {0};
    REQUIRE(secret_system_init());
    size_t before = places_left();
    RUN(&r, "demo", "--speed", "200");
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.err, "");
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        EXPECT(run_says(r.out, signs[i]));
    EXPECT_INT(places_left(), before);
}

TEST(demo, of_a_call_that_is_not_completed_fails) {
    CLEANUP(run_release) struct run r = {0};
    REQUIRE(secret_system_init());
    size_t before = places_left();
    RUN(&r, "demo", "--speed", "200", "--to", "+12025550101");
    EXPECT_INT(r.status, 1);
    EXPECT_STR(r.err, "switchhook: the call was not completed\n");
    RUN(&r, "demo", "--to", "+12025550106", "--speed", "200");
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.err, "no recording was stored"));
    RUN(&r, "demo", "--assistant", "nobody");
    EXPECT_INT(r.status, 2);
    RUN(&r, "demo", "--speed", "0");
    EXPECT_INT(r.status, 2);
    EXPECT_INT(places_left(), before);
}
