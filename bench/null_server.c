/*
 * The reference, 1.0: the bare library. Reads each request to its end and answers 204.
 *
 *   bench_null pool|loop
 *
 * pool: two threads of the library's own, each with its epoll loop. loop: one thread that polls the
 * library's epoll descriptor from outside, as the gateway does. Prints its port; ends with its
 * standard input.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    POOL_THREADS = 2,
    CONNECTIONS_MAX = 2048,
    CONNECTION_MEMORY_BYTES = 8192, /* as in the gateway */
    WAIT_MS = 1000,
};

static struct MHD_Response *no_content;

static enum MHD_Result answer(void *cls, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *data_size, void **state) {
    static int begun;
    (void)cls, (void)url, (void)method, (void)version, (void)data;
    if (!*state) {
        *state = &begun;
        return MHD_YES;
    }
    if (*data_size > 0) {
        *data_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(c, MHD_HTTP_NO_CONTENT, no_content);
}

static struct MHD_Daemon *start(bool pool, struct sockaddr_in *at) {
    unsigned flags = MHD_USE_EPOLL | MHD_USE_TURBO;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_SOCK_ADDR, 0, at},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES, NULL},
        {pool ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, POOL_THREADS, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (pool)
        flags |= MHD_USE_INTERNAL_POLLING_THREAD;
    return MHD_start_daemon(flags, 0, NULL, NULL, answer, NULL, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_END);
}

static void run_loop(struct MHD_Daemon *d) {
    const union MHD_DaemonInfo *epoll = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[2] = {{.fd = epoll->epoll_fd, .events = POLLIN},
                            {.fd = STDIN_FILENO, .events = POLLIN}};
    while (!fds[1].revents) {
        MHD_UNSIGNED_LONG_LONG ms = WAIT_MS;
        if (MHD_get_timeout(d, &ms) != MHD_YES || ms > WAIT_MS)
            ms = WAIT_MS;
        poll(fds, 2, (int)ms);
        MHD_run(d);
    }
}

int main(int argc, char **argv) {
    bool pool = argc == 2 && strcmp(argv[1], "pool") == 0;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (argc != 2 || (!pool && strcmp(argv[1], "loop") != 0)) {
        fprintf(stderr, "usage: bench_null pool|loop\n");
        return 2;
    }
    no_content = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *d = start(pool, &at);
    if (!d) {
        fprintf(stderr, "bench_null: cannot listen\n");
        return 1;
    }
    printf("%u\n", MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    char c;
    if (pool)
        while (read(STDIN_FILENO, &c, 1) > 0)
            continue;
    else
        run_loop(d);
    MHD_stop_daemon(d);
    MHD_destroy_response(no_content);
    return 0;
}
