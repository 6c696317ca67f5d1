/* Functions of the user's own that take long hold nobody up but their own calls. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/api/door.h"
#include "tests/support/test.h"

#define LOGIN "Authorization: Basic dTpw\r\n" /* u:p */

enum {
    FUNCTIONS = 10, /* more than the API has workers */
    LOOK_MS = 5,
    LOOKS_MAX = 4000,
};

/* An endpoint that takes requests and gives no answer until it is told to close them. */
struct endpoint {
    int listener;
    uint16_t port;
    int taken[4 * FUNCTIONS];
    atomic_int count;
    atomic_bool closing;
    pthread_t thread;
};

static void *take(void *arg) {
    struct endpoint *e = arg;
    for (;;) {
        int fd = accept(e->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        int at = atomic_load(&e->count);
        if (atomic_load(&e->closing) || at == (int)ARRAY_LEN(e->taken)) {
            close(fd);
            continue;
        }
        e->taken[at] = fd;
        atomic_store(&e->count, at + 1);
    }
}

static bool endpoint_open(struct endpoint *e) {
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    e->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = bind(e->listener, (const struct sockaddr *)(const void *)&at, sizeof at) == 0 &&
              listen(e->listener, 64) == 0 &&
              getsockname(e->listener, (struct sockaddr *)(void *)&at, &len) == 0;
    e->port = ntohs(at.sin_port);
    return ok && pthread_create(&e->thread, NULL, take, e) == 0;
}

static void endpoint_hang_up(struct endpoint *e) {
    atomic_store(&e->closing, true);
    for (int i = 0; i < atomic_load(&e->count); i++)
        shutdown(e->taken[i], SHUT_RDWR);
}

static void endpoint_close(struct endpoint *e) {
    shutdown(e->listener, SHUT_RDWR);
    pthread_join(e->thread, NULL);
    for (int i = 0; i < atomic_load(&e->count); i++)
        close(e->taken[i]);
    close(e->listener);
}

struct asking {
    struct door *door;
    int n;
    atomic_int *answered;
    pthread_t thread;
};

static void *ask(void *arg) {
    struct asking *a = arg;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char body[128];
    snprintf(body, sizeof body,
             "{\"function\":\"look_up\",\"call_id\":\"cid-%d\",\"argument\":{\"parsed\":[{}]}}",
             a->n);
    DOOR_ASK(a->door, &r, .path = "/swaig/desk", .headers = LOGIN, .body = body);
    EXPECT_INT(r.status, 200);
    atomic_fetch_add(a->answered, 1);
    return NULL;
}

static bool put_desk(const struct temp_dir *dir, uint16_t port) {
    char path[320];
    temp_dir_file(dir, "desk.json", path);
    FILE *f = fopen(path, "we");
    if (!f)
        return false;
    fprintf(f,
            "{\"name\":\"desk\",\"functions\":[{\"name\":\"look_up\",\"secure\":false,"
            "\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{}},"
            "\"url\":\"http://127.0.0.1:%u/\"},\"end_call\"],\"flow\":{\"states\":[{\"id\":\"e\","
            "\"end\":{\"outcome\":\"x\"}}]}}",
            port);
    return fclose(f) == 0;
}

TEST(slow_functions, do_not_keep_the_api_waiting) {
    struct temp_dir dir;
    struct door d;
    struct endpoint e = {0};
    struct asking asking[FUNCTIONS];
    atomic_int answered = 0;
    char lines[512];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    temp_dir_init(&dir);
    REQUIRE(endpoint_open(&e) && put_desk(&dir, e.port));
    snprintf(lines, sizeof lines,
             "SWML_BASIC_AUTH_USER=u\nSWML_BASIC_AUTH_PASSWORD=p\nSWML_ALLOW_PRIVATE_URLS=true\n"
             "SWITCHHOOK_ASSISTANTS_DIR=%s\n",
             dir.path);
    REQUIRE(door_open(&d, lines));
    for (int i = 0; i < FUNCTIONS; i++) {
        asking[i] = (struct asking){.door = &d, .n = i, .answered = &answered};
        REQUIRE(pthread_create(&asking[i].thread, NULL, ask, &asking[i]) == 0);
    }
    for (int i = 0; i < LOOKS_MAX && atomic_load(&e.count) < FUNCTIONS; i++)
        (void)poll(NULL, 0, LOOK_MS);
    EXPECT_INT(atomic_load(&e.count), FUNCTIONS);
    DOOR_ASK(&d, &r, .path = "/api/calls");
    EXPECT_INT(r.status, 200);
    EXPECT_INT(atomic_load(&answered), 0);
    endpoint_hang_up(&e);
    for (int i = 0; i < FUNCTIONS; i++)
        pthread_join(asking[i].thread, NULL);
    door_close(&d);
    endpoint_close(&e);
    temp_dir_release(&dir);
}
