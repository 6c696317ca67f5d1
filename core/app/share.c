#include "core/app/share.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/str.h"

enum {
    PROGRAM_PATH_MAX = 1024
};

static bool is_directory(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* "…/bin/switchhook" gives "…/share/switchhook/assistants". */
static bool beside_program(char *dst, size_t size) {
    char program[PROGRAM_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program);
    if (n <= 0 || n == (ssize_t)sizeof program)
        return false;
    struct str dir = str_from(program, (size_t)n);
    for (int up = 0; up < 2; up++) {
        while (dir.len > 0 && dir.ptr[dir.len - 1] != '/')
            dir.len--;
        dir.len -= dir.len > 0;
    }
    int need = snprintf(dst, size, STR_FMT "/share/switchhook/assistants", STR_ARG(dir));
    return need > 0 && (size_t)need < size && is_directory(dst);
}

bool share_find_assistants(char *dst, size_t size) {
    static const char *const fixed[] = {"./assistants", SWH_SHARE_DIR "/assistants"};
    if (str_copy(str_z(fixed[0]), dst, size) && is_directory(dst))
        return true;
    if (beside_program(dst, size))
        return true;
    return str_copy(str_z(fixed[1]), dst, size) && is_directory(dst);
}
