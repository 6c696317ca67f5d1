#include "tests/support/temp_dir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void temp_dir_init(struct temp_dir *d) {
    const char *base = getenv("TMPDIR");
    snprintf(d->path, sizeof d->path, "%s/switchhook-test-XXXXXX", base && *base ? base : P_tmpdir);
    if (!mkdtemp(d->path)) {
        perror(d->path);
        abort();
    }
}

void temp_dir_file(const struct temp_dir *d, const char *name, char *dst) {
    snprintf(dst, 320, "%s/%s", d->path, name);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where) {
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

void temp_dir_release(struct temp_dir *d) {
    nftw(d->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
