#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/config.h"
#include "tests/integration/cli/run.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "twiml/twiml.h"

/* Slow enough to begin a recording before the call is over, on a busy machine too. */
#define RECORDED "20"

/* Temporary files go to a directory of the case's own: other demos may run at the same time. */
static void open_place(struct temp_dir *place) {
    temp_dir_init(place);
    EXPECT_INT(setenv("TMPDIR", place->path, 1), 0);
    EXPECT_STR(config_temp_dir(), place->path);
}

static size_t close_place(struct temp_dir *place) {
    size_t left = 0;
    DIR *dir = opendir(place->path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        left += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (dir)
        closedir(dir);
    unsetenv("TMPDIR");
    temp_dir_release(place);
    return left;
}

TEST(demo, places_a_call_shows_it_and_leaves_nothing_behind) {
    static const char *const signs[] = {"  ringing\n",        "  answered\n",
                                        "  caller: ",         "function share_information(",
                                        "  completed",        "\ncaptured information\n",
                                        "\nrecording: wav, ", "transcript: "};
    CLEANUP(run_release) struct run r = {0};
    REQUIRE(secret_system_init());
    struct temp_dir place;
    open_place(&place);
    RUN(&r, "demo", "--speed", RECORDED);
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.err, "");
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        EXPECT(run_says(r.out, signs[i]));
    EXPECT_INT(close_place(&place), 0);
}

TEST(demo, of_a_caller_who_refuses_recording_says_so) {
    CLEANUP(run_release) struct run r = {0};
    REQUIRE(secret_system_init());
    struct temp_dir place;
    open_place(&place);
    RUN(&r, "demo", "--to", "+12025550106", "--speed", "200");
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.err, "");
    EXPECT(run_says(r.out, "\nno recording: the caller did not agree to one\n"));
    EXPECT(!run_says(r.out, "sealed in the vault"));
    EXPECT_INT(close_place(&place), 0);
}

TEST(demo, of_a_call_that_is_not_completed_fails) {
    CLEANUP(run_release) struct run r = {0};
    REQUIRE(secret_system_init());
    struct temp_dir place;
    open_place(&place);
    RUN(&r, "demo", "--speed", "200", "--to", "+12025550101");
    EXPECT_INT(r.status, 1);
    EXPECT_STR(r.err, "switchhook: the call was not completed\n");
    RUN(&r, "demo", "--assistant", "nobody");
    EXPECT_INT(r.status, 2);
    RUN(&r, "demo", "--speed", "0");
    EXPECT_INT(r.status, 2);
    EXPECT_INT(close_place(&place), 0);
}

struct telling {
    const char *wire;
    pthread_t thread;
};

static void *tell(void *arg) {
    const struct telling *t = arg;
    CLEANUP(run_release) struct run r = {0};
    RUN(&r, "demo", "--speed", RECORDED, "--dialect", t->wire);
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.out, t->wire) && run_says(r.out, "customer_qualified_transfer"));
    return NULL;
}

TEST(demo, tells_the_same_story_on_every_wire) {
    struct telling tellings[] = {
        {.wire = "plivo"}, {.wire = "signalwire"}, {.wire = "signalwire-compat"}};
    struct temp_dir place;
    REQUIRE(secret_system_init());
    twiml_init();
    open_place(&place);
    for (size_t i = 0; i < ARRAY_LEN(tellings); i++)
        REQUIRE(pthread_create(&tellings[i].thread, NULL, tell, &tellings[i]) == 0);
    for (size_t i = 0; i < ARRAY_LEN(tellings); i++)
        pthread_join(tellings[i].thread, NULL);
    EXPECT_INT(close_place(&place), 0);
    CLEANUP(run_release) struct run r = {0};
    RUN(&r, "demo", "--dialect", "morse");
    EXPECT_INT(r.status, 2);
    EXPECT(run_says(r.err, "plivo"));
}
