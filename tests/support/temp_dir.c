#include "tests/support/temp_dir.h"

#include <dirent.h>
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

void temp_dir_release(struct temp_dir *d) {
    DIR *dir = opendir(d->path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        char file[320 + sizeof entry->d_name];
        snprintf(file, sizeof file, "%s/%s", d->path, entry->d_name);
        unlink(file); /* "." and ".." refuse */
    }
    if (dir)
        closedir(dir);
    rmdir(d->path);
}
