#include <stdio.h>

#include "core/base/digest.h"
#include "core/domain/vault.h"
#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

enum {
    AUDIO_BYTES = 150000
};

/* A WAV of the right length; its samples are a pattern that can be searched for. */
static struct str wav(char *space) {
    memset(space, 'Z', AUDIO_BYTES);
    memcpy(space, "RIFF", 4);
    uint32_t n = AUDIO_BYTES - 8;
    for (int i = 0; i < 4; i++)
        space[4 + i] = (char)(n >> (8 * i));
    memcpy(space + 8, "WAVEfmt ", 8);
    return str_from(space, AUDIO_BYTES);
}

static struct call recorded(struct engine_box *b, char *space) {
    engine_box_init(b);
    b->carrier.audio = wav(space);
    struct call c = engine_box_submit(b);
    engine_box_run_due(b);
    return engine_box_call(b, c.id);
}

static int notice(struct engine_box *b, const char *news) {
    char body[256];
    snprintf(body, sizeof body, "sign=yes&sid=SID1&recording=REC1&%s", news);
    return engine_box_webhook(b, b->carrier.recording_url, body).status;
}

struct found {
    int64_t call_id;
    struct recording rec;
    size_t count;
    struct arena arena;
    struct str wrapped;
};

static enum error_code find_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct found *f = ctx;
    struct recording *list = NULL;
    enum error_code rc =
        store_list_recordings(tx, f->call_id, 0, 10, &f->arena, &list, &f->count, err);
    if (rc == ERR_OK && f->count > 0)
        f->rec = list[0];
    if (rc == ERR_OK && store_get_call_key(tx, f->call_id, &f->arena, &f->wrapped, NULL) != ERR_OK)
        f->wrapped = (struct str){0};
    return rc;
}

static struct found find(struct engine_box *b, int64_t call_id) {
    struct found f = {.call_id = call_id};
    EXPECT(store_read(b->engine.store, find_tx, &f, NULL) == ERR_OK);
    return f;
}

TEST(recording, a_finished_one_is_fetched_sealed_and_deleted_at_the_carrier) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    char events[1024];
    struct call c = recorded(&b, space);
    EXPECT_INT(notice(&b, "recording_status=running"), 204);
    EXPECT_INT(notice(&b, "recording_status=available&recording_duration=9"), 204);
    engine_box_run_due(&b);
    struct found f = find(&b, c.id);
    EXPECT_INT(f.count, 1);
    EXPECT(f.rec.status == RECORDING_STORED && f.rec.carrier_copy_deleted);
    EXPECT_INT(f.rec.bytes, AUDIO_BYTES);
    EXPECT_INT(f.rec.duration_s, 9);
    EXPECT_INT(b.carrier.deletes, 1);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing recording.started recording.completed");
    struct buf audio = BUF_INIT(AUDIO_BYTES);
    EXPECT(vault_read(b.engine.vault, c.id, f.wrapped, f.rec.id, 0, UINT64_MAX, &audio, NULL) ==
           ERR_OK);
    EXPECT(str_eq(buf_str(&audio), b.carrier.audio));
    buf_release(&audio);
    arena_release(&f.arena);
    engine_box_release(&b);
}

TEST(recording, what_no_notice_tells_is_read_from_the_head_of_a_wav_file) {
    static const struct {
        const char *format;
        uint32_t duration_s, channels;
    } rows[] = {{"wav", AUDIO_BYTES / 32000, 2}, {"mp3", 0, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        static char space[AUDIO_BYTES];
        struct engine_box b;
        struct call c = recorded(&b, space);
        memcpy(space + 22, "\x02\x00", 2);
        memcpy(space + 28, "\x00\x7D\x00\x00", 4); /* 32 000 bytes a second */
        b.carrier.audio_format = rows[i].format;
        EXPECT_INT(notice(&b, "recording_status=available"), 204);
        engine_box_run_due(&b);
        struct found f = find(&b, c.id);
        EXPECT(f.rec.status == RECORDING_STORED);
        EXPECT_STR(f.rec.format, rows[i].format);
        EXPECT_INT(f.rec.duration_s, rows[i].duration_s);
        EXPECT_INT(f.rec.channels, rows[i].channels);
        arena_release(&f.arena);
        engine_box_release(&b);
    }
}

TEST(recording, notices_in_any_order_and_number_fetch_it_once) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    struct call c = recorded(&b, space);
    notice(&b, "recording_status=available&recording_duration=9");
    notice(&b, "recording_status=running");
    notice(&b, "recording_status=available&recording_duration=9");
    engine_box_run_due(&b);
    notice(&b, "recording_status=available&recording_duration=9");
    engine_box_run_due(&b);
    struct found f = find(&b, c.id);
    EXPECT_INT(f.count, 1);
    EXPECT_INT(b.carrier.fetches, 1);
    arena_release(&f.arena);
    engine_box_release(&b);
}

TEST(recording, one_whose_end_nobody_told_is_fetched_after_the_call) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    struct call c = recorded(&b, space);
    EXPECT_INT(notice(&b, "recording_status=running"), 204);
    fake_clock_advance_ms(&b.time, 3600000);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.fetches, 0); /* the call goes on, and so does the recording */
    EXPECT_INT(
        engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SID1&status=completed").status,
        204);
    fake_clock_advance_ms(&b.time, 61000);
    engine_box_run_due(&b);
    struct found f = find(&b, c.id);
    EXPECT(f.rec.status == RECORDING_STORED);
    EXPECT_INT(b.carrier.deletes, 1);
    /* its notice, if it comes after all, is old news */
    EXPECT_INT(notice(&b, "recording_status=available&recording_duration=9"), 204);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.fetches, 1);
    arena_release(&f.arena);
    engine_box_release(&b);
}

static enum error_code start_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const struct call *c = ctx;
    struct job j = {.kind = JOB_RECORDING_CONTROL,
                    .call_id = c->id,
                    .ref_text = "start",
                    .run_at_ms = c->created_ms};
    return store_add_job(tx, &j, err);
}

TEST(recording, one_that_we_started_is_known_before_any_notice) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    char events[1024];
    struct call c = recorded(&b, space);
    EXPECT(store_write(b.engine.store, start_tx, &c, NULL) == ERR_OK);
    engine_box_run_due(&b);
    struct found f = find(&b, c.id);
    EXPECT_INT(f.count, 1);
    EXPECT(f.rec.status == RECORDING_RUNNING);
    EXPECT_STR(f.rec.sid, "REC1");
    EXPECT_INT(notice(&b, "recording_status=running"), 204);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing recording.started");
    arena_release(&f.arena);
    engine_box_release(&b);
}

static enum error_code pause_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const struct call *c = ctx;
    struct job j = {.kind = JOB_RECORDING_CONTROL,
                    .call_id = c->id,
                    .ref_text = "pause",
                    .run_at_ms = c->created_ms};
    return store_add_job(tx, &j, err);
}

TEST(recording, the_one_that_runs_is_named_when_it_is_paused) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    struct call c = recorded(&b, space);
    EXPECT(store_write(b.engine.store, pause_tx, &c, NULL) == ERR_OK);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.controlled, PROVIDER_RECORDING_PAUSE);
    EXPECT_STR(b.carrier.controlled_sid, ""); /* none is known */
    EXPECT_INT(notice(&b, "recording_status=running"), 204);
    EXPECT(store_write(b.engine.store, pause_tx, &c, NULL) == ERR_OK);
    engine_box_run_due(&b);
    EXPECT_STR(b.carrier.controlled_sid, "REC1");
    EXPECT_INT(notice(&b, "recording_status=available&recording_duration=9"), 204);
    EXPECT(store_write(b.engine.store, pause_tx, &c, NULL) == ERR_OK);
    engine_box_run_due(&b);
    EXPECT_STR(b.carrier.controlled_sid, ""); /* it is complete */
    engine_box_release(&b);
}

TEST(recording, a_cut_one_is_not_stored_but_fetched_again) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    struct call c = recorded(&b, space);
    struct str whole = b.carrier.audio;
    b.carrier.audio = str_from(whole.ptr, whole.len - 1000);
    notice(&b, "recording_status=available&recording_duration=9");
    engine_box_run_due(&b);
    struct found f = find(&b, c.id);
    EXPECT(f.rec.status == RECORDING_AVAILABLE);
    EXPECT_INT(b.carrier.deletes, 0);
    arena_release(&f.arena);
    b.carrier.audio = whole;
    fake_clock_advance_ms(&b.time, 10000);
    engine_box_run_due(&b);
    f = find(&b, c.id);
    EXPECT(f.rec.status == RECORDING_STORED);
    EXPECT_INT(b.carrier.fetches, 2);
    arena_release(&f.arena);
    engine_box_release(&b);
}

TEST(recording, one_that_never_comes_fails_visibly) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    char events[1024];
    struct call c = recorded(&b, space);
    b.carrier.fetch_rc = ERR_NOT_FOUND;
    notice(&b, "recording_status=available&recording_duration=9");
    for (int i = 0; i < 20; i++) {
        engine_box_run_due(&b);
        fake_clock_advance_ms(&b.time, 3600000);
    }
    struct found f = find(&b, c.id);
    EXPECT(f.rec.status == RECORDING_FAILED && f.rec.error_text[0]);
    engine_box_events(&b, c.id, events);
    EXPECT(strstr(events, "recording.failed") != NULL);
    EXPECT(engine_box_jobs(&b) == 0);
    arena_release(&f.arena);
    engine_box_release(&b);
}

/* A download that outlasts its lease: another worker claims the job and brings the recording. */
struct slow_fetch {
    struct engine_box *box;
    unsigned left;         /* further workers to come */
    enum error_code later; /* how the slow download itself ends */
};

static void outlast_the_lease(void *ctx) {
    struct slow_fetch *s = ctx;
    if (s->left == 0)
        return;
    s->left--;
    fake_clock_advance_ms(&s->box->time, 61000);
    engine_box_run_due(s->box);
    s->box->carrier.fetch_rc = s->later;
}

static enum error_code counters_tx(struct store_tx *tx, void *ctx, struct error *err) {
    return store_get_counters(tx, ctx, err);
}

TEST(recording, one_that_two_workers_bring_is_announced_and_counted_once) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    char events[1024];
    int64_t counters[COUNTER_COUNT];
    struct call c = recorded(&b, space);
    struct slow_fetch slow = {.box = &b, .left = 1};
    b.carrier.while_fetching = outlast_the_lease;
    b.carrier.while_fetching_ctx = &slow;
    notice(&b, "recording_status=available&recording_duration=9");
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.fetches, 2);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing recording.started recording.completed");
    EXPECT(store_read(b.engine.store, counters_tx, counters, NULL) == ERR_OK);
    EXPECT_INT(counters[COUNTER_RECORDINGS], 1);
    EXPECT_INT(b.carrier.deletes, 1);
    engine_box_release(&b);
}

TEST(recording, a_worker_that_comes_too_late_does_not_fail_what_is_stored) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    struct call c = recorded(&b, space);
    /* so many that the slow one would give up */
    struct slow_fetch slow = {.box = &b, .left = 0, .later = ERR_NOT_FOUND};
    b.carrier.while_fetching = outlast_the_lease;
    b.carrier.while_fetching_ctx = &slow;
    b.carrier.fetch_rc = ERR_NETWORK;
    notice(&b, "recording_status=available&recording_duration=9");
    for (int i = 0; i < 11; i++) {
        engine_box_run_due(&b);
        fake_clock_advance_ms(&b.time, 3600000);
    }
    struct job last = engine_box_claim(&b);
    b.carrier.fetch_rc = ERR_OK;
    slow.left = 1;
    dispatcher_run_job(&b.engine, &last);
    struct found f = find(&b, c.id);
    EXPECT(f.rec.status == RECORDING_STORED);
    EXPECT_STR(f.rec.error_text, "");
    arena_release(&f.arena);
    engine_box_release(&b);
}

TEST(recording, a_job_that_deletes_leaves_what_is_not_stored_here) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    struct call c = recorded(&b, space);
    b.carrier.fetch_rc = ERR_NOT_FOUND;
    notice(&b, "recording_status=available&recording_duration=9");
    struct found f = find(&b, c.id);
    struct job remove = {.kind = JOB_DELETE_RECORDING, .call_id = c.id, .ref_id = f.rec.id};
    dispatcher_run_job(&b.engine, &remove);
    EXPECT_INT(b.carrier.deletes, 0);
    arena_release(&f.arena);
    engine_box_release(&b);
}

/* ---- the vault
 * ------------------------------------------------------------------------------------ */

static void sealed_path(struct engine_box *b, int64_t id, char *dst) {
    char name[64];
    snprintf(name, sizeof name, "recordings/%016llx.rec", (unsigned long long)id);
    temp_dir_file(&b->dir, name, dst);
}

static size_t read_all(const char *path, char *dst, size_t size) {
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(dst, 1, size, f) : 0;
    if (f)
        fclose(f);
    return n;
}

static void write_all(const char *path, const char *p, size_t n) {
    FILE *f = fopen(path, "we");
    EXPECT(f && fwrite(p, 1, n, f) == n);
    if (f)
        fclose(f);
}

static struct call stored(struct engine_box *b, char *space) {
    struct call c = recorded(b, space);
    notice(b, "recording_status=available&recording_duration=9");
    engine_box_run_due(b);
    return c;
}

TEST(vault, nothing_of_the_audio_is_in_the_file) {
    static char space[AUDIO_BYTES], file[2 * AUDIO_BYTES];
    struct engine_box b;
    char path[320];
    struct call c = stored(&b, space);
    struct found f = find(&b, c.id);
    sealed_path(&b, f.rec.id, path);
    size_t n = read_all(path, file, sizeof file);
    EXPECT(n > AUDIO_BYTES);
    EXPECT(str_find_str(str_from(file, n), STR("ZZZZZZZZ")) == n);
    EXPECT(str_find_str(str_from(file, n), STR("RIFF")) == n);
    arena_release(&f.arena);
    engine_box_release(&b);
}

TEST(vault, a_changed_cut_or_lengthened_file_gives_nothing) {
    static char space[AUDIO_BYTES], file[2 * AUDIO_BYTES], bad[2 * AUDIO_BYTES];
    struct engine_box b;
    char path[320];
    struct call c = stored(&b, space);
    struct found f = find(&b, c.id);
    sealed_path(&b, f.rec.id, path);
    size_t n = read_all(path, file, sizeof file - 1);
    enum {
        HEAD = 24 + 24,
        CHUNK = 65536 + 17
    };
    const size_t flips[] = {0, 8, 16, 24, HEAD, HEAD + 100, HEAD + CHUNK, n - 1};
    for (size_t i = 0; i < ARRAY_LEN(flips) + 4; i++) {
        size_t len = n;
        memcpy(bad, file, n);
        if (i < ARRAY_LEN(flips))
            bad[flips[i]] ^= 1;
        else if (i == ARRAY_LEN(flips))
            len = HEAD + CHUNK; /* cut exactly behind the first chunk */
        else if (i == ARRAY_LEN(flips) + 1)
            len = n - 1;
        else if (i == ARRAY_LEN(flips) + 2)
            bad[len++] = 'x';
        else { /* the first two chunks in each other's place */
            memcpy(bad + HEAD, file + HEAD + CHUNK, CHUNK);
            memcpy(bad + HEAD + CHUNK, file + HEAD, CHUNK);
        }
        write_all(path, bad, len);
        struct buf out = BUF_INIT(AUDIO_BYTES);
        EXPECT(vault_read(b.engine.vault, c.id, f.wrapped, f.rec.id, 0, UINT64_MAX, &out, NULL) ==
               ERR_AUTH);
        EXPECT_INT(out.len, 0);
        buf_release(&out);
    }
    arena_release(&f.arena);
    engine_box_release(&b);
}

TEST(vault, another_calls_key_or_recording_does_not_open_it) {
    static char space[AUDIO_BYTES];
    struct engine_box b;
    struct call c = stored(&b, space);
    struct found f = find(&b, c.id);
    struct buf other = BUF_INIT(VAULT_WRAPPED_KEY_MAX), out = BUF_INIT(AUDIO_BYTES);
    EXPECT(vault_make_key(b.engine.vault, c.id, &other, NULL) == ERR_OK);
    EXPECT(vault_read(b.engine.vault, c.id, buf_str(&other), f.rec.id, 0, 10, &out, NULL) ==
           ERR_AUTH);
    EXPECT(vault_read(b.engine.vault, c.id + 1, f.wrapped, f.rec.id, 0, 10, &out, NULL) ==
           ERR_AUTH);
    EXPECT(vault_read(b.engine.vault, c.id, f.wrapped, f.rec.id + 1, 0, 10, &out, NULL) ==
           ERR_NOT_FOUND);
    buf_release(&other);
    buf_release(&out);
    arena_release(&f.arena);
    engine_box_release(&b);
}

TEST(vault, any_range_reads_as_written) {
    static char space[AUDIO_BYTES];
    static const struct {
        uint64_t offset, length;
    } rows[] = {{0, 1},        {0, 65536},      {65535, 2},     {65536, 1},
                {1000, 70000}, {131072, 18928}, {149999, 1},    {149999, 500},
                {150000, 5},   {999999, 5},     {0, UINT64_MAX}};
    struct engine_box b;
    struct call c = stored(&b, space);
    struct found f = find(&b, c.id);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = BUF_INIT(AUDIO_BYTES);
        EXPECT(vault_read(b.engine.vault, c.id, f.wrapped, f.rec.id, rows[i].offset, rows[i].length,
                          &out, NULL) == ERR_OK);
        struct str want = str_from_index(str_from(space, AUDIO_BYTES), (size_t)rows[i].offset);
        if (want.len > rows[i].length)
            want.len = (size_t)rows[i].length;
        EXPECT(str_eq(buf_str(&out), want));
        buf_release(&out);
    }
    arena_release(&f.arena);
    engine_box_release(&b);
}
