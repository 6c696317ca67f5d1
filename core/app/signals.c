#include "core/app/signals.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/base/mem.h"

enum {
    EXIT_INTERRUPTED = 130
};

struct signals {
    sigset_t set, old_mask;
    int fd;   /* signals come in here */
    int quit; /* signals_free() speaks here */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t came;
    bool asked;
};

static void ask(struct signals *s) {
    pthread_mutex_lock(&s->lock);
    if (s->asked)
        _exit(EXIT_INTERRUPTED);
    s->asked = true;
    pthread_cond_broadcast(&s->came);
    pthread_mutex_unlock(&s->lock);
}

static void *listen_for_signals(void *arg) {
    struct signals *s = arg;
    struct pollfd fds[] = {{.fd = s->fd, .events = POLLIN}, {.fd = s->quit, .events = POLLIN}};
    for (;;) {
        struct signalfd_siginfo info;
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[1].revents)
            return NULL;
        if (fds[0].revents && read(s->fd, &info, sizeof info) == (ssize_t)sizeof info)
            ask(s);
    }
}

struct signals *signals_start(void) {
    struct signals *s = mem_zalloc(sizeof *s);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&s->set);
    sigaddset(&s->set, SIGTERM);
    sigaddset(&s->set, SIGINT);
    sigaddset(&s->set, SIGHUP);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->came, NULL);
    s->fd = s->quit = -1;
    if (pthread_sigmask(SIG_BLOCK, &s->set, &s->old_mask) == 0) {
        s->fd = signalfd(-1, &s->set, SFD_CLOEXEC);
        s->quit = eventfd(0, EFD_CLOEXEC);
    }
    if (s->fd < 0 || s->quit < 0 || pthread_create(&s->thread, NULL, listen_for_signals, s) != 0)
        mem_panic("signals cannot be listened for: %s", strerrordesc_np(errno));
    return s;
}

bool signals_asked_to_stop(struct signals *s) {
    pthread_mutex_lock(&s->lock);
    bool asked = s->asked;
    pthread_mutex_unlock(&s->lock);
    return asked;
}

void signals_wait(struct signals *s) {
    pthread_mutex_lock(&s->lock);
    while (!s->asked)
        pthread_cond_wait(&s->came, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

void signals_free(struct signals *s) {
    if (!s)
        return;
    uint64_t one = 1;
    if (write(s->quit, &one, sizeof one) != (ssize_t)sizeof one)
        mem_panic("the signal thread cannot be stopped: %s", strerrordesc_np(errno));
    pthread_join(s->thread, NULL);
    close(s->fd);
    close(s->quit);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->came);
    pthread_sigmask(SIG_SETMASK, &s->old_mask, NULL);
    mem_free(s);
}
