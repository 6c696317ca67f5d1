#ifndef CORE_APP_CLI_ARGS_H
#define CORE_APP_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

/*
 * The command line of one command, read strictly by a table: `--name VALUE` or `--name=VALUE`,
 * options and arguments in any order, `--` before arguments that begin with a dash. What is not in
 * the table is refused with the nearest name that is.
 */
enum {
    CLI_ARGS_MAX = 4,
    CLI_VALUES_MAX = 64
};

/**
 * An entry of this name stands for every option that is not in the table, and takes a value or is
 * "true" without one.
 */
#define CLI_OPTION_ANY "--NAME"

struct cli_option {
    const char *name;  /* "--assistant" */
    const char *value; /* what help calls its value: "NAME"; NULL: a flag */
    bool repeats;
    const char *help;
};

struct cli_args {
    const char *args[CLI_ARGS_MAX]; /* those that are no options, in order */
    size_t arg_count;
    struct {
        const struct cli_option *option;
        const char *word;  /* as it was given: "--amount", "--amount=5" */
        const char *value; /* "" for a flag */
    } values[CLI_VALUES_MAX];
    size_t value_count;
    bool help; /* --help or -h; nothing else was checked */
};

/**
 * argv are the words behind the command's name. Ends of the table: an option without name. Borrows
 * argv and options. ERR_INVALID: the text is a line for the user.
 */
NODISCARD enum error_code cli_args_parse(const struct cli_option *options, int argc,
                                         char *const *argv, struct cli_args *out,
                                         struct error *err);

/** Between min and max arguments, or ERR_INVALID. usage: what help calls them. */
NODISCARD enum error_code cli_args_count(const struct cli_args *a, size_t min, size_t max,
                                         const char *usage, struct error *err);

bool cli_option_is_any(const struct cli_option *o);

/** Value of an option, NULL when it was not given. */
const char *cli_args_value(const struct cli_args *a, const char *name);
bool cli_args_flag(const struct cli_args *a, const char *name);

/** The n-th value of an option that repeats, NULL behind the last. */
const char *cli_args_nth(const struct cli_args *a, const char *name, size_t n);

/** A whole number in [min, max]; *out keeps its value when the option was not given. */
NODISCARD enum error_code cli_args_number(const struct cli_args *a, const char *name, uint64_t min,
                                          uint64_t max, uint64_t *out, struct error *err);

/**
 * The name in names (ending with NULL) that the word was probably meant to be, or NULL. At most
 * two slips of the finger, or the beginning of exactly one name.
 */
const char *cli_nearest(const char *word, const char *const *names);

#endif
