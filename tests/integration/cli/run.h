#ifndef TESTS_INTEGRATION_CLI_RUN_H
#define TESTS_INTEGRATION_CLI_RUN_H

#include <stdbool.h>

#include "tests/integration/api/door.h"

/* One run of the program in this process, with what it wrote. */
struct run {
    int status;
    char *out, *err;
};

/** words: the command line behind the program's name, ending with NULL. */
void run_words(struct run *r, const char *const *words);
void run_release(struct run *r); /* zeroed is fine; for CLEANUP */

#define RUN(r, ...) run_words((r), (const char *const[]){__VA_ARGS__, NULL})

/** Does the text have this in it? Prints the text when not. */
bool run_says(const char *text, const char *part);

/** A settings file of mode 0600 in the door's directory; its path into dst (320 bytes). */
void run_env_file(struct door *d, const char *name, const char *text, char *dst);

#define RUN_ASSISTANTS "SWITCHHOOK_ASSISTANTS_DIR=" SWH_SOURCE_DIR "/assistants\n"

/**
 * For commands that need no gateway: of the door there is only the directory (the caller releases
 * it), with these settings in a file; its path into env (320 bytes).
 */
void run_open_dir(struct door *d, const char *settings, char *env);

#endif
