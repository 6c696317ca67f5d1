#include "tests/integration/cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/app/cli.h"
#include "core/base/secret.h"
#include "tests/support/test.h"

enum {
    WORDS_MAX = 24
};

void run_words(struct run *r, const char *const *words) {
    char *argv[WORDS_MAX] = {(char *)"switchhook"};
    size_t out_len, err_len;
    int argc = 1;
    run_release(r);
    for (; *words && argc < WORDS_MAX; words++)
        argv[argc++] = (char *)*words;
    FILE *out = open_memstream(&r->out, &out_len), *err = open_memstream(&r->err, &err_len);
    r->status = cli_run(argc, argv, out, err);
    fclose(out);
    fclose(err);
}

void run_release(struct run *r) {
    free(r->out);
    free(r->err);
    *r = (struct run){0};
}

bool run_says(const char *text, const char *part) {
    if (strstr(text, part))
        return true;
    fprintf(stderr, "    \"%s\" is not in:\n%s\n", part, text);
    return false;
}

void run_env_file(struct door *d, const char *name, const char *text, char *dst) {
    temp_dir_file(&d->dir, name, dst);
    FILE *f = fopen(dst, "w");
    if (!f)
        return;
    fputs(text, f);
    fclose(f);
    chmod(dst, 0600);
}

void run_open_dir(struct door *d, const char *settings, char *env) {
    *d = (struct door){0};
    EXPECT(secret_system_init());
    temp_dir_init(&d->dir);
    run_env_file(d, "env", settings, env);
}
