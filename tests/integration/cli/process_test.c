#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/compiler.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

/* The program as a process of its own: start, signals, exit status. */

extern char **environ;

enum {
    LIMIT_MS = 60000
};

struct process {
    pid_t pid;
    int out, err; /* ends to read from */
    char line[1024];
};

static bool start(struct process *p, const char *const *words) {
    int out[2], err[2];
    char *argv[16] = {(char *)SWH_BINARY};
    for (size_t i = 0; words[i]; i++)
        argv[i + 1] = (char *)words[i];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    bool ok = posix_spawn(&p->pid, SWH_BINARY, &actions, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    p->out = out[0];
    p->err = err[0];
    return ok;
}

/* One line, without its line feed; empty at the end or when time is up. */
static const char *read_line(struct process *p, int fd) {
    size_t n = 0;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (n + 1 < sizeof p->line && poll(&ready, 1, LIMIT_MS) > 0 &&
           read(fd, p->line + n, 1) == 1 && p->line[n] != '\n')
        n++;
    p->line[n] = '\0';
    return p->line;
}

/* Its exit status; -1 when it died of a signal or had to be killed. */
static int wait_end(struct process *p) {
    int status = 0;
    struct pollfd gone = {.fd = p->out, .events = 0};
    char rest[256];
    while (poll(&(struct pollfd){.fd = p->out, .events = POLLIN}, 1, LIMIT_MS) > 0 &&
           read(p->out, rest, sizeof rest) > 0)
        continue;
    if (poll(&gone, 1, 0) <= 0 || !(gone.revents & POLLHUP))
        kill(p->pid, SIGKILL);
    waitpid(p->pid, &status, 0);
    close(p->out);
    close(p->err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define START(p, ...) start((p), (const char *const[]){__VA_ARGS__, NULL})

static void write_env(const struct temp_dir *dir, const char *more, char *path) {
    temp_dir_file(dir, "env", path);
    FILE *f = fopen(path, "w");
    if (!f)
        return;
    fprintf(f,
            "SWITCHHOOK_LISTEN=127.0.0.1:0\nSWITCHHOOK_DATA_DIR=%s/data\nMOCK_SPEED=0\n"
            "SWITCHHOOK_ASSISTANTS_DIR=" SWH_SOURCE_DIR "/assistants\n%s",
            dir->path, more);
    fclose(f);
    chmod(path, 0600);
}

/* "… http://127.0.0.1:NNNN …" */
static int port_of(const char *line) {
    const char *at = strstr(line, "http://127.0.0.1:");
    return at ? (int)strtol(at + 17, NULL, 10) : 0;
}

static int connect_to(int port) {
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return connect(fd, (struct sockaddr *)&at, sizeof at) == 0 ? fd : -1;
}

TEST(serve, tells_where_it_listens_and_ends_cleanly_on_each_signal) {
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct temp_dir dir;
    char env[320];
    temp_dir_init(&dir);
    write_env(&dir, "", env);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
        struct process p;
        REQUIRE(START(&p, "serve", "--env", env));
        const char *line = read_line(&p, p.out);
        EXPECT(strstr(line, "switchhook listens on http://127.0.0.1:") == line);
        EXPECT(strstr(line, ", provider mock, API http://127.0.0.1:") != NULL);
        int fd = connect_to(port_of(line));
        EXPECT(fd >= 0);
        close(fd);
        kill(p.pid, signals[i]);
        EXPECT_INT(wait_end(&p), 0);
    }
    temp_dir_release(&dir);
}

TEST(serve, ends_at_once_on_a_second_signal) {
    static const char half[] = "POST /api/calls HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    struct temp_dir dir;
    struct process p;
    char env[320];
    temp_dir_init(&dir);
    write_env(&dir, "", env);
    REQUIRE(START(&p, "serve", "--env", env));
    int fd = connect_to(port_of(read_line(&p, p.out)));
    REQUIRE(fd >= 0);
    /* a request that does not end holds the first, graceful end up */
    EXPECT_INT(write(fd, half, sizeof half - 1), sizeof half - 1);
    kill(p.pid, SIGTERM);
    bool draining = false;
    for (int i = 0; i < 50 && !draining; i++)
        draining = strstr(read_line(&p, p.err), "draining") != NULL;
    EXPECT(draining);
    kill(p.pid, SIGTERM);
    EXPECT_INT(wait_end(&p), 130);
    close(fd);
    temp_dir_release(&dir);
}

TEST(serve, does_not_start_with_faults_or_a_port_that_is_taken) {
    struct temp_dir dir;
    struct process p, q;
    char env[320], listen[64];
    temp_dir_init(&dir);
    write_env(&dir, "TELEPHONY_PROVIDER=nobody\n", env);
    REQUIRE(START(&p, "serve", "--env", env));
    EXPECT(strstr(read_line(&p, p.err), "switchhook: TELEPHONY_PROVIDER: \"nobody\"") != NULL);
    EXPECT_INT(wait_end(&p), 2);
    write_env(&dir, "", env);
    REQUIRE(START(&p, "serve", "--env", env));
    snprintf(listen, sizeof listen, "SWITCHHOOK_LISTEN=127.0.0.1:%d",
             port_of(read_line(&p, p.out)));
    putenv(listen); /* wins over the file */
    REQUIRE(START(&q, "serve", "--env", env));
    EXPECT(strstr(read_line(&q, q.err), "switchhook: ") != NULL);
    EXPECT(wait_end(&q) != 0);
    unsetenv("SWITCHHOOK_LISTEN");
    kill(p.pid, SIGTERM);
    EXPECT_INT(wait_end(&p), 0);
    temp_dir_release(&dir);
}

TEST(carrier, prints_one_line_of_json_and_ends_cleanly) {
    static const char *const members[] = {"{\"dialect\":\"twilio\",", "\"base_url\":\"http://127.",
                                          "\"account\":\"AC", "\"token\":\"", "\"number\":\"+1"};
    struct temp_dir dir;
    struct process p;
    char env[320];
    temp_dir_init(&dir);
    write_env(&dir, "", env);
    REQUIRE(START(&p, "carrier", "--dialect", "twilio", "--seed", "5", "--env", env));
    const char *line = read_line(&p, p.out);
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        EXPECT(strstr(line, members[i]) != NULL);
    kill(p.pid, SIGTERM);
    EXPECT_INT(wait_end(&p), 0);
    REQUIRE(START(&p, "carrier", "--dialect", "nobody", "--env", env));
    EXPECT(strstr(read_line(&p, p.err), "nobody") != NULL);
    EXPECT_INT(wait_end(&p), 2);
    temp_dir_release(&dir);
}

TEST(demo, interrupted_leaves_nothing_behind) {
    struct temp_dir dir;
    struct process p;
    char tmp[320], marker[320];
    temp_dir_init(&dir);
    snprintf(tmp, sizeof tmp, "TMPDIR=%s", dir.path);
    putenv(tmp);
    REQUIRE(START(&p, "demo", "--speed", "1"));
    EXPECT(strstr(read_line(&p, p.out), "debt-intake calls +12025550100") != NULL);
    kill(p.pid, SIGINT);
    EXPECT_INT(wait_end(&p), 1);
    unsetenv("TMPDIR");
    temp_dir_file(&dir, "x", marker);
    EXPECT(rmdir(dir.path) == 0); /* it is empty */
    mkdir(dir.path, 0700);
    temp_dir_release(&dir);
}
