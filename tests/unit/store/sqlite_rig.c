#include "tests/unit/store/sqlite_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/compiler.h"

void rig_init(struct rig *r) {
    *r = (struct rig){0};
    temp_dir_init(&r->dir);
    fake_clock_init(&r->clock);
    temp_dir_file(&r->dir, "calls.db", r->path);
}

enum error_code rig_open(struct rig *r) {
    const struct store_sqlite_options opts = {
        .path = r->path, .clock = fake_clock_of(&r->clock), .readers = r->readers};
    r->err = (struct error){0};
    return store_sqlite_open(&opts, &r->s, &r->err);
}

void rig_close(struct rig *r) {
    store_free(r->s);
    r->s = NULL;
}

void rig_release(struct rig *r) {
    rig_close(r);
    temp_dir_release(&r->dir);
}

void rig_file(const struct rig *r, const char *suffix, char *dst) {
    char name[64];
    snprintf(name, sizeof name, "calls.db%s", suffix);
    temp_dir_file(&r->dir, name, dst);
}

int64_t rig_size(const struct rig *r, const char *suffix) {
    char file[320];
    struct stat st;
    rig_file(r, suffix, file);
    return stat(file, &st) == 0 ? st.st_size : -1;
}

bool rig_exists(const struct rig *r, const char *suffix) {
    return rig_size(r, suffix) >= 0;
}

static void copy_file(const char *from, const char *to) {
    char bytes[65536];
    size_t n;
    FILE *in = fopen(from, "rb");
    FILE *out = in ? fopen(to, "wb") : NULL;
    while (out && (n = fread(bytes, 1, sizeof bytes, in)) > 0) {
        if (fwrite(bytes, 1, n, out) != n)
            abort();
    }
    if (in)
        fclose(in);
    if (out)
        fclose(out);
}

void rig_copy(const struct rig *from, struct rig *to) {
    static const char *const suffixes[] = {"", "-wal", ".lock"};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        char a[320], b[320];
        rig_file(from, suffixes[i], a);
        rig_file(to, suffixes[i], b);
        copy_file(a, b);
    }
}

bool rig_raw(const struct rig *r, const char *sql) {
    sqlite3 *db = NULL;
    bool ok = sqlite3_open(r->path, &db) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    return ok;
}

static enum error_code append(struct store_tx *tx, void *ctx, struct error *err) {
    struct event ev = {.type = EVENT_TASK_UPDATED, .at_ms = 1, .data = STR("{}")};
    (void)ctx;
    return store_append_event(tx, NULL, &ev, err);
}

enum error_code rig_write_event(struct rig *r, struct error *err) {
    return store_write(r->s, append, NULL, err);
}

static enum error_code newest(struct store_tx *tx, void *ctx, struct error *err) {
    return store_last_event(tx, ctx, err);
}

int64_t rig_last_event(struct rig *r) {
    int64_t seq = -1;
    EXPECT_INT(store_read(r->s, newest, &seq, NULL), ERR_OK);
    return seq;
}

sqlite3 *rig_db(struct held *h) {
    return sql_tx_from(h->tx)->conn->db;
}

int64_t rig_number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *stmt = NULL;
    int64_t n = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}
