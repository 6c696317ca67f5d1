#include <stdio.h>
#include <unistd.h>

#include "core/base/compiler.h"
#include "tests/unit/store/sqlite_rig.h"

enum {
    EVENTS = 400,
    PAGE_BYTES = 4096
};

static enum error_code fill(struct store_tx *tx, void *ctx, struct error *err) {
    (void)ctx;
    enum error_code rc = ERR_OK;
    for (int i = 1; rc == ERR_OK && i <= EVENTS; i++) {
        struct call c = {.id = i, .status = CALL_QUEUED, .to = "+12025550100", .check_ms = i};
        struct event ev = {.type = EVENT_CALL_QUEUED, .data = STR("{\"some\":\"text\"}")};
        struct info inf = {.id = i, .session_id = STR("s"), .category = STR("c")};
        rc = store_append_event(tx, &c, &ev, err);
        if (rc == ERR_OK)
            rc = store_insert_call(tx, &c, STR("{}"), err);
        if (rc == ERR_OK)
            rc = store_add_info(tx, &inf, err);
    }
    return rc;
}

/* Uses every kind of table; the worst result of all. */
static enum error_code use(struct store_tx *tx, void *ctx, struct error *err) {
    struct arena a = {0};
    size_t n = 0;
    struct call *calls;
    struct event *events;
    struct info *infos;
    int64_t *ids;
    enum error_code rc =
        store_list_calls(tx, &(struct call_filter){.limit = EVENTS}, &a, &calls, &n, err);
    if (rc == ERR_OK)
        rc = store_list_events(tx, 0, EVENTS, &a, &events, &n, err);
    if (rc == ERR_OK)
        rc = store_list_info(tx, &(struct info_filter){.limit = EVENTS}, &a, &infos, &n, err);
    if (rc == ERR_OK)
        rc = store_list_due_calls(tx, EVENTS, EVENTS, &a, &ids, &n, err);
    if (rc == ERR_OK && tx->writable) {
        struct event ev = {.type = EVENT_TASK_UPDATED, .data = STR("{}")};
        rc = store_append_event(tx, ctx, &ev, err);
    }
    arena_release(&a);
    return rc;
}

static void make(struct rig *r) {
    rig_init(r);
    EXPECT_INT(rig_open(r), ERR_OK);
    EXPECT_INT(store_write(r->s, fill, NULL, NULL), ERR_OK);
    rig_close(r);
}

static void flip(struct rig *r, long at, size_t n) {
    unsigned char bytes[PAGE_BYTES];
    FILE *f = fopen(r->path, "r+b");
    if (!f)
        return;
    fseek(f, at, SEEK_SET);
    n = fread(bytes, 1, n, f);
    for (size_t i = 0; i < n; i++)
        bytes[i] ^= 0xff;
    fseek(f, at, SEEK_SET);
    EXPECT_INT(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void expect_damage_told(const struct error *err) {
    EXPECT_INT(err->code, ERR_STORE);
    EXPECT(strstr(err->text, "damaged"));
    EXPECT(strstr(err->text, "restore"));
}

TEST(damaged, a_broken_header_stops_the_start) {
    struct rig r;
    make(&r);
    flip(&r, 0, 16);
    EXPECT_INT(rig_open(&r), ERR_STORE);
    expect_damage_told(&r.err);
    EXPECT(strstr(r.err.text, r.path));
    rig_release(&r);
}

TEST(damaged, a_broken_list_of_tables_stops_the_start) {
    struct rig r;
    make(&r);
    flip(&r, 100, 8); /* the header of the first page's tree, behind that of the file */
    EXPECT_INT(rig_open(&r), ERR_STORE);
    expect_damage_told(&r.err);
    rig_release(&r);
}

TEST(damaged, a_truncated_file_is_told) {
    struct rig r;
    make(&r);
    EXPECT_INT(truncate(r.path, 3 * PAGE_BYTES), 0);
    struct error err = {0};
    enum error_code rc = rig_open(&r);
    if (rc == ERR_OK)
        rc = store_read(r.s, use, NULL, &err);
    else
        err = r.err;
    EXPECT_INT(rc, ERR_STORE);
    EXPECT(strstr(err.text, "damaged"));
    rig_release(&r);
}

/* Page by page: the store tells it, or the page was none that these tables need. */
TEST(damaged, a_broken_page_is_told_when_it_is_met_and_never_crashes) {
    struct rig sound;
    make(&sound);
    long pages = (long)(rig_size(&sound, "") / PAGE_BYTES);
    int told = 0;
    EXPECT(pages > 20);
    for (long page = 1; page < pages; page++) {
        struct rig r;
        struct error err = {0};
        rig_init(&r);
        rig_copy(&sound, &r);
        flip(&r, page * PAGE_BYTES, 512);
        if (rig_open(&r) == ERR_OK && store_read(r.s, use, NULL, &err) != ERR_OK) {
            struct error health = {0};
            expect_damage_told(&err);
            told++;
            /* and from now on nothing is written over it */
            EXPECT_INT(store_health(r.s, &health), ERR_STORE);
            EXPECT_INT(store_write(r.s, use, NULL, &err), ERR_STORE);
            expect_damage_told(&err);
        }
        rig_release(&r);
    }
    EXPECT(told > 10);
    rig_release(&sound);
}

TEST(damaged, a_missing_index_of_the_log_is_made_anew) {
    struct rig r, after;
    char file[320];
    rig_init(&r);
    rig_init(&after);
    REQUIRE(rig_open(&r) == ERR_OK);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    rig_copy(&r, &after); /* without -shm */
    rig_file(&after, "-shm", file);
    EXPECT(!rig_exists(&after, "-shm"));
    EXPECT_INT(rig_open(&after), ERR_OK);
    EXPECT_INT(rig_last_event(&after), 1);
    rig_release(&after);
    rig_release(&r);
}
