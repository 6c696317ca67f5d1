/*
 * The process that the crash sweep kills.
 *   store_crash_child write FILE COUNT   writes COUNT rows, one line "acked N" or "failed N" each
 *   store_crash_child read FILE          one line "has N" per row, then "end"
 *   store_crash_child hold FILE          "ready", then keeps the store until its input ends
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/compiler.h"
#include "core/io/store_sqlite.h"

enum {
    AHEAD = 3, /* works under way at a time, so that commits hold more than one */
    TURN_CALL = 1
};

struct row {
    struct store_work work;
    uint32_t n;
};

/* A line is one write: a kill leaves it whole or not at all. */
static void say(const char *word, uint32_t n) {
    char line[64];
    int len = snprintf(line, sizeof line, "%s %u\n", word, n);
    if (write(STDOUT_FILENO, line, (size_t)len) != len)
        _exit(3);
}

static enum error_code put_row(struct store_tx *tx, void *ctx, struct error *err) {
    struct row *r = ctx;
    struct turn t = {.call_id = TURN_CALL, .n = r->n, .role = TURN_CALLER, .text = STR("said")};
    struct event ev = {.type = EVENT_TRANSCRIPT_UPDATED, .at_ms = r->n, .data = STR("{}")};
    enum error_code rc = store_append_event(tx, NULL, &ev, err);
    return rc == ERR_OK ? store_add_turn(tx, &t, err) : rc;
}

static void row_done(struct store_work *w, enum error_code rc, const struct error *err) {
    struct row *r = container_of(w, struct row, work);
    say(rc == ERR_OK ? "acked" : "failed", r->n);
    if (rc != ERR_OK)
        fprintf(stderr, "%s\n", err->text);
}

static enum error_code nothing(struct store_tx *tx, void *ctx, struct error *err) {
    (void)tx;
    (void)ctx;
    (void)err;
    return ERR_OK;
}

static int write_rows(struct store *s, uint32_t count) {
    struct row *rows = mem_array(count, sizeof *rows);
    struct error err = {0};
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = (struct row){.work = {.fn = put_row, .ctx = &rows[i], .done = row_done}, .n = i};
        if (store_submit(s, &rows[i].work, &err) != ERR_OK)
            return EXIT_FAILURE;
        if (i % AHEAD == AHEAD - 1) {
            if (store_write(s, nothing, NULL, &err) != ERR_OK)
                fprintf(stderr, "%s\n", err.text);
        }
    }
    store_free(s);
    mem_free(rows);
    return EXIT_SUCCESS;
}

/* Each row is a turn and an event of the same number: half of one would be a torn commit. */
static enum error_code list_rows(struct store_tx *tx, void *ctx, struct error *err) {
    struct arena *a = ctx;
    struct turn *turns;
    struct event *events;
    size_t n, m;
    enum error_code rc = store_list_turns(tx, TURN_CALL, a, &turns, &n, err);
    if (rc == ERR_OK)
        rc = store_list_events(tx, 0, UINT32_MAX, a, &events, &m, err);
    if (rc != ERR_OK)
        return rc;
    if (n != m)
        return error_set(err, ERR_STORE, "%zu turns but %zu events", n, m);
    for (size_t i = 0; i < n; i++) {
        if (events[i].at_ms != turns[i].n)
            return error_set(err, ERR_STORE, "turn %u has no event", turns[i].n);
        say("has", turns[i].n);
    }
    return ERR_OK;
}

static int read_rows(struct store *s) {
    struct arena a = {0};
    struct error err = {0};
    enum error_code rc = store_read(s, list_rows, &a, &err);
    arena_release(&a);
    store_free(s);
    if (rc != ERR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    puts("end");
    return EXIT_SUCCESS;
}

static int hold(struct store *s) {
    char byte;
    say("ready", 0);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    store_free(s);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    struct store *s;
    struct error err = {0};
    const struct store_sqlite_options opts = {.path = argv[2], .clock = clock_system()};
    if (store_sqlite_open(&opts, &s, &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    if (strcmp(argv[1], "write") == 0 && argc > 3)
        return write_rows(s, (uint32_t)strtoul(argv[3], NULL, 10));
    return strcmp(argv[1], "hold") == 0 ? hold(s) : read_rows(s);
}
