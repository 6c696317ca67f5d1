#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/cli.h"
#include "core/app/config.h"
#include "core/base/compiler.h"
#include "core/base/secret.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

__attribute__((constructor)) static void init_secrets(void) {
    if (!secret_system_init())
        abort();
}

/* One run of the program, with what it wrote. */
struct run {
    int status;
    char *out, *err;
};

static struct run run(const char *const *words) {
    struct run r = {0};
    char *argv[16] = {(char *)"switchhook"};
    int argc = 1;
    size_t out_len, err_len;
    for (; *words; words++)
        argv[argc++] = (char *)*words;
    FILE *out = open_memstream(&r.out, &out_len), *err = open_memstream(&r.err, &err_len);
    r.status = cli_run(argc, argv, out, err);
    fclose(out);
    fclose(err);
    return r;
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

static void release(struct run *r) {
    free(r->out);
    free(r->err);
}

static size_t lines(const char *text) {
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

TEST(cli, without_a_command_it_shows_the_overview_and_fails) {
    struct run r = run((const char *const[]){NULL});
    EXPECT_INT(r.status, CLI_USAGE);
    EXPECT_STR(r.out, "");
    EXPECT(strstr(r.err, "commands:") != NULL);
    release(&r);
}

TEST(cli, an_unknown_command_is_one_line_with_the_nearest_name) {
    static const struct {
        const char *word, *line;
    } rows[] = {
        {"hepl", "switchhook: unknown command \"hepl\"; did you mean help?\n"},
        {"versoin", "switchhook: unknown command \"versoin\"; did you mean version?\n"},
        {"frobnicate", "switchhook: unknown command \"frobnicate\"; see switchhook help\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run r = RUN(rows[i].word);
        EXPECT_INT(r.status, CLI_USAGE);
        EXPECT_STR(r.err, rows[i].line);
        EXPECT_STR(r.out, "");
        release(&r);
    }
}

TEST(cli, wrong_usage_of_a_command_is_one_line) {
    static const struct {
        const char *words[4], *line;
    } rows[] = {
        {{"calls", "--sttaus", "x"},
         "switchhook: calls: unknown option \"--sttaus\"; did you mean --status?\n"},
        {{"show"}, "switchhook: show: something is missing: switchhook show ID [options]\n"},
        {{"show", "a", "b"}, "switchhook: show: \"b\" is too much; see --help\n"},
        {{"call", "+12025550100", "--plan=a", "--assistant=b"},
         "switchhook: give --assistant or --plan, not both\n"},
        {{"recordings", "--save", "rec_1"},
         "switchhook: --save needs a file as well: --save rec_1 call.wav\n"},
        {{"recordings", "call.wav"}, "switchhook: a file goes with --save only\n"},
        {{"help", "nothing"}, "switchhook: unknown command \"nothing\"; see switchhook help\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *words[5] = {0};
        memcpy(words, rows[i].words, sizeof rows[i].words);
        struct run r = run(words);
        EXPECT_INT(r.status, CLI_USAGE);
        EXPECT_STR(r.err, rows[i].line);
        EXPECT_STR(r.out, "");
        release(&r);
    }
}

TEST(cli, every_command_has_help_with_an_example) {
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        struct run r = RUN(c->name, "--help"), same = RUN("help", c->name);
        EXPECT_INT(r.status, CLI_DONE);
        EXPECT_STR(r.err, "");
        EXPECT(strstr(r.out, "usage: switchhook ") != NULL);
        EXPECT(strstr(r.out, "\nexample:\n  switchhook ") != NULL);
        EXPECT(strstr(r.out, "--help") != NULL);
        EXPECT_STR(same.out, r.out);
        release(&r);
        release(&same);
    }
}

TEST(cli, examples_name_options_that_exist) {
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        struct str rest = str_z(c->example), word;
        for (size_t i = 0; i < rest.len; i++)
            EXPECT(rest.ptr[i] == '\n' || (unsigned char)rest.ptr[i] >= ' ');
        while (str_next(&rest, ' ', &word)) {
            word.len = str_find(word, '\n'); /* an option may end a line */
            bool known = !str_starts(word, STR("--"));
            for (const struct cli_option *o = c->options; o->name; o++)
                known = known || str_eq_z(word, o->name);
            EXPECT(known);
        }
    }
}

TEST(cli, every_command_is_in_the_overview) {
    struct run r = RUN("help");
    EXPECT_INT(r.status, CLI_DONE);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        EXPECT(strstr(r.out, c->summary) != NULL);
    EXPECT(lines(r.out) < 40);
    release(&r);
}

TEST(cli, tells_its_version_in_the_usual_ways) {
    struct run a = RUN("version"), b = RUN("--version");
    EXPECT_STR(a.out, "switchhook " SWH_VERSION "\n");
    EXPECT_STR(b.out, a.out);
    EXPECT_INT(b.status, CLI_DONE);
    release(&a);
    release(&b);
}

TEST(cli, help_settings_is_a_complete_env_file) {
    struct run r = RUN("help", "settings");
    struct buf example = BUF_INIT(65536);
    config_put_example(&example);
    EXPECT_INT(r.status, CLI_DONE);
    EXPECT_STR(r.out, example.ptr);
    buf_release(&example);
    release(&r);
}

TEST(cli, an_output_that_cannot_be_written_is_a_failure) {
    char *argv[] = {(char *)"switchhook", (char *)"help", NULL};
    char *text = NULL;
    size_t len = 0;
    FILE *full = fopen("/dev/full", "w"), *err = open_memstream(&text, &len);
    REQUIRE(full != NULL);
    EXPECT_INT(cli_run(2, argv, full, err), CLI_FAILED);
    fclose(full);
    fclose(err);
    EXPECT(strstr(text, "the output could not be written") != NULL);
    free(text);
}

TEST(cli, no_gateway_is_one_clear_line) {
    /* port 1 of this machine: nothing listens there */
    struct run r = RUN("calls", "--url", "http://127.0.0.1:1");
    EXPECT_INT(r.status, CLI_FAILED);
    EXPECT_STR(r.err, "switchhook: no gateway at http://127.0.0.1:1: start one with: switchhook "
                      "serve\n");
    release(&r);
}

TEST(cli, faults_in_the_settings_are_a_line_each) {
    struct temp_dir dir;
    char path[320];
    temp_dir_init(&dir);
    temp_dir_file(&dir, "env", path);

    FILE *f = fopen(path, "w");
    fputs("MOCK_SPEED=fast\nSWITCHHOOK_LISTEN=nowhere\n", f);
    fclose(f);
    struct run r = RUN("calls", "--env", path);
    EXPECT_INT(r.status, CLI_USAGE);
    EXPECT_INT(lines(r.err), 2);
    EXPECT(strstr(r.err, "switchhook: MOCK_SPEED: \"fast\" must be a number") != NULL);
    EXPECT(strstr(r.err, "switchhook: SWITCHHOOK_LISTEN: \"nowhere\" must be host:port") != NULL);
    release(&r);
    remove(path);
    r = RUN("calls", "--env", path);
    EXPECT_INT(r.status, CLI_USAGE);
    EXPECT(strstr(r.err, "cannot be read") != NULL);
    release(&r);
    temp_dir_release(&dir);
}
