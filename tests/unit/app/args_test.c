#include <string.h>

#include "core/app/cli_args.h"
#include "core/base/compiler.h"
#include "tests/support/test.h"

static const struct cli_option options[] = {
    {"--name", "NAME", false, ""},
    {"--var", "K=V", true, ""},
    {"--json", NULL, false, ""},
    {"--limit", "N", false, ""},
    {0},
};

static enum error_code parse(int argc, const char *const *argv, struct cli_args *out,
                             struct error *err) {
    char *words[80];
    for (int i = 0; i < argc; i++)
        words[i] = (char *)argv[i];
    return cli_args_parse(options, argc, words, out, err);
}

#define PARSE(out, err, ...)                                                                     \
    parse((int)ARRAY_LEN(((const char *[]){__VA_ARGS__})), (const char *[]){__VA_ARGS__}, (out), \
          (err))

TEST(args, values_come_behind_a_blank_or_an_equals_sign) {
    struct cli_args a;
    REQUIRE(PARSE(&a, NULL, "--name", "ann", "--limit=5") == ERR_OK);
    EXPECT_STR(cli_args_value(&a, "--name"), "ann");
    EXPECT_STR(cli_args_value(&a, "--limit"), "5");
    EXPECT(cli_args_value(&a, "--json") == NULL);
}

TEST(args, options_and_arguments_mix) {
    struct cli_args a;
    REQUIRE(PARSE(&a, NULL, "one", "--json", "two", "--name", "x", "three") == ERR_OK);
    EXPECT_INT(a.arg_count, 3);
    EXPECT_STR(a.args[1], "two");
    EXPECT(cli_args_flag(&a, "--json"));
}

TEST(args, two_dashes_end_the_options) {
    struct cli_args a;
    REQUIRE(PARSE(&a, NULL, "--json", "--", "--name", "-x") == ERR_OK);
    EXPECT_INT(a.arg_count, 2);
    EXPECT_STR(a.args[0], "--name");
    EXPECT(cli_args_value(&a, "--name") == NULL);
}

TEST(args, a_dash_alone_is_an_argument) {
    struct cli_args a;
    REQUIRE(PARSE(&a, NULL, "-") == ERR_OK);
    EXPECT_INT(a.arg_count, 1);
}

TEST(args, a_value_may_be_empty_or_hold_equals_signs) {
    struct cli_args a;
    REQUIRE(PARSE(&a, NULL, "--name=", "--var=a=b=c", "--var", "d=") == ERR_OK);
    EXPECT_STR(cli_args_value(&a, "--name"), "");
    EXPECT_STR(cli_args_nth(&a, "--var", 0), "a=b=c");
    EXPECT_STR(cli_args_nth(&a, "--var", 1), "d=");
    EXPECT(cli_args_nth(&a, "--var", 2) == NULL);
}

TEST(args, help_wins_over_everything) {
    struct cli_args a;
    REQUIRE(PARSE(&a, NULL, "--bogus", "--help") == ERR_OK);
    EXPECT(a.help);
    REQUIRE(PARSE(&a, NULL, "-h") == ERR_OK);
    EXPECT(a.help);
    REQUIRE(PARSE(&a, NULL, "--", "--help") == ERR_OK);
    EXPECT(!a.help);
}

TEST(args, wrong_lines_are_refused_with_advice) {
    static const struct {
        const char *argv[3];
        int argc;
        const char *text;
    } rows[] = {
        {{"--nmae"}, 1, "unknown option \"--nmae\"; did you mean --name?"},
        {{"--nmae=x"}, 1, "unknown option \"--nmae\"; did you mean --name?"},
        {{"--hlep"}, 1, "unknown option \"--hlep\"; did you mean --help?"},
        {{"--zebra"}, 1, "unknown option \"--zebra\"; see --help"},
        {{"-j"}, 1, "unknown option \"-j\"; see --help"},
        {{"--name"}, 1, "--name needs a value: --name NAME"},
        {{"--name", "--json"}, 2, "--name needs a value: --name NAME"},
        {{"--json=yes"}, 1, "--json takes no value"},
        {{"--name=a", "--name=b"}, 2, "--name is given twice"},
        {{"--json", "--json"}, 2, "--json is given twice"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cli_args a = {0};
        struct error err = {0};
        EXPECT_INT(parse(rows[i].argc, rows[i].argv, &a, &err), ERR_INVALID);
        EXPECT_STR(err.text, rows[i].text);
        EXPECT_INT(a.value_count, 0);
    }
}

TEST(args, there_is_a_limit_to_everything) {
    const char *many[70];
    struct cli_args a = {0};
    struct error err = {0};
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i] = "--var=a=b";
    EXPECT_INT(parse(70, many, &a, &err), ERR_INVALID);
    EXPECT_STR(err.text, "more than 64 options");
    EXPECT_INT(PARSE(&a, &err, "1", "2", "3", "4", "5"), ERR_INVALID);
    EXPECT_STR(err.text, "more than 4 arguments");
}

TEST(args, arguments_are_counted) {
    struct cli_args a;
    struct error err = {0};
    REQUIRE(PARSE(&a, NULL, "one", "two") == ERR_OK);
    EXPECT_INT(cli_args_count(&a, 0, 2, "x", &err), ERR_OK);
    EXPECT_INT(cli_args_count(&a, 3, 4, "switchhook x A B C", &err), ERR_INVALID);
    EXPECT_STR(err.text, "something is missing: switchhook x A B C");
    EXPECT_INT(cli_args_count(&a, 0, 1, "x", &err), ERR_INVALID);
    EXPECT_STR(err.text, "\"two\" is too much; see --help");
}

TEST(args, numbers_are_whole_and_in_bounds) {
    static const char *const wrong[] = {"--limit=0", "--limit=11", "--limit=1.5", "--limit=-1",
                                        "--limit=",  "--limit= 5", "--limit=0x5"};
    struct cli_args a;
    uint64_t n = 7;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct error err = {0};
        REQUIRE(parse(1, &wrong[i], &a, NULL) == ERR_OK);
        EXPECT_INT(cli_args_number(&a, "--limit", 1, 10, &n, &err), ERR_INVALID);
        EXPECT_STR(err.text, "--limit must be a whole number from 1 to 10");
        EXPECT_INT(n, 7);
    }
    REQUIRE(PARSE(&a, NULL, "--json") == ERR_OK);
    EXPECT_INT(cli_args_number(&a, "--limit", 1, 10, &n, NULL), ERR_OK);
    EXPECT_INT(n, 7);
    REQUIRE(PARSE(&a, NULL, "--limit", "10") == ERR_OK);
    EXPECT_INT(cli_args_number(&a, "--limit", 1, 10, &n, NULL), ERR_OK);
    EXPECT_INT(n, 10);
}

TEST(args, the_nearest_name_is_found_or_none) {
    static const char *const names[] = {"call",   "calls", "carrier", "check",
                                        "hangup", "help",  NULL};
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {"hepl", "help"},     {"hlp", "help"},
        {"hangpu", "hangup"}, {"carr", "carrier"},
        {"ch", "check"},      {"chekc", "check"},
        {"callss", "calls"},  {"frobnicate", NULL},
        {"", NULL},           {"zz", NULL},
        {"x", NULL},          {"a-word-that-is-much-longer-than-any-command", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT_STR(cli_nearest(rows[i].word, names), rows[i].nearest);
}
