#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/app/cli.h"
#include "core/base/secret.h"
#include "twiml/twiml.h"

enum {
    FILES_MAX = 65536,
    HEAPS_MAX = 4
};

/* Secrets must not get into core files, nor be read by another program of the same user. Leak
 * checkers read their own process and would fail, so their builds leave that out. */
static void keep_secrets_inside(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifndef SWH_SANITIZED
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* Each call under way may hold a connection or two. */
static void allow_many_files(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    rlim_t most = files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
    if (files.rlim_cur < most) {
        files.rlim_cur = most;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

/* By default each thread gets a heap of its own, and most of ours only wait. */
static void share_heaps(void) {
    mallopt(M_ARENA_MAX, HEAPS_MAX);
}

int main(int argc, char **argv) {
    share_heaps();
    keep_secrets_inside();
    allow_many_files();
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    if (!secret_system_init()) {
        fputs("switchhook: the system has no random numbers to give; see getrandom(2)\n", stderr);
        return CLI_FAILED;
    }
    twiml_init();
    return cli_run(argc, argv, stdout, stderr);
}
