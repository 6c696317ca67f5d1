#include "core/base/compiler.h"
#include "tests/conformance/store/store_suite.h"

/* ---- recordings --------------------------------------------------------------------------------
 */

static struct recording new_recording(struct fixture *f, int64_t call_id, const char *sid) {
    struct recording r = {.id = id_next(&f->ids),
                          .call_id = call_id,
                          .provider = "mock",
                          .status = RECORDING_RUNNING,
                          .channels = 1,
                          .format = "wav",
                          .created_ms = 100,
                          .updated_ms = 100};
    EXPECT(str_copy(str_z(sid), r.sid, sizeof r.sid));
    return r;
}

static void insert_recording(struct fixture *f, const struct recording *r) {
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_insert_recording(h.tx, r, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

static bool same(const struct recording *a, const struct recording *b) {
    return a->id == b->id && a->call_id == b->call_id && strcmp(a->provider, b->provider) == 0 &&
           strcmp(a->sid, b->sid) == 0 && a->status == b->status && a->channels == b->channels &&
           a->duration_s == b->duration_s && a->bytes == b->bytes &&
           strcmp(a->format, b->format) == 0 && strcmp(a->digest, b->digest) == 0 &&
           a->carrier_copy_deleted == b->carrier_copy_deleted &&
           strcmp(a->error_text, b->error_text) == 0 && a->created_ms == b->created_ms &&
           a->updated_ms == b->updated_ms;
}

STORE_TEST(a_recording_comes_back_as_it_was_written_and_changed) {
    struct recording r = new_recording(f, 5, "RE1");
    insert_recording(f, &r);
    struct held h;
    struct recording got = {0};
    hold_write(&h, f->s);
    EXPECT_INT(store_get_recording(h.tx, r.id, &got, NULL), ERR_OK);
    EXPECT(same(&got, &r));
    r.status = RECORDING_STORED;
    r.channels = 2;
    r.duration_s = 180;
    r.bytes = 5ull << 32;
    memset(r.digest, 'd', sizeof r.digest - 1);
    r.carrier_copy_deleted = true;
    suite_set(r.error_text, "why");
    r.updated_ms = 200;
    EXPECT_INT(store_update_recording(h.tx, &r, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    hold_read(&h, f->s);
    EXPECT_INT(store_get_recording_by_sid(h.tx, STR("mock"), STR("RE1"), &got, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT(same(&got, &r));
}

STORE_TEST(an_unknown_recording_is_not_found) {
    struct held h;
    struct recording r = new_recording(f, 5, "RE1");
    hold_write(&h, f->s);
    EXPECT_INT(store_get_recording(h.tx, r.id, &r, NULL), ERR_NOT_FOUND);
    EXPECT_INT(store_update_recording(h.tx, &r, NULL), ERR_NOT_FOUND);
    EXPECT_INT(store_get_recording_by_sid(h.tx, STR("mock"), STR("RE1"), &r, NULL), ERR_NOT_FOUND);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(a_carriers_recording_is_kept_once) {
    struct recording first = new_recording(f, 5, "RE1");
    struct recording again = new_recording(f, 5, "RE1");
    struct recording elsewhere = new_recording(f, 5, "RE1");
    struct recording nameless = new_recording(f, 5, "");
    struct recording nameless_too = new_recording(f, 5, "");
    suite_set(elsewhere.provider, "other");
    insert_recording(f, &first);
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_insert_recording(h.tx, &again, NULL), ERR_CONFLICT);
    EXPECT_INT(store_insert_recording(h.tx, &elsewhere, NULL), ERR_OK);
    EXPECT_INT(store_insert_recording(h.tx, &nameless, NULL), ERR_OK);
    EXPECT_INT(store_insert_recording(h.tx, &nameless_too, NULL), ERR_OK);
    suite_set(nameless.sid, "RE1");
    EXPECT_INT(store_update_recording(h.tx, &nameless, NULL), ERR_CONFLICT);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(recordings_are_listed_newest_first_of_all_calls_or_one) {
    struct recording a = new_recording(f, 5, "RE1");
    struct recording b = new_recording(f, 6, "RE2");
    struct recording c = new_recording(f, 5, "RE3");
    insert_recording(f, &a);
    insert_recording(f, &b);
    insert_recording(f, &c);
    struct held h;
    struct recording *out = NULL;
    size_t n = 0;
    hold_read(&h, f->s);
    EXPECT_INT(store_list_recordings(h.tx, 0, 0, 10, &f->a, &out, &n, NULL), ERR_OK);
    REQUIRE(n == 3);
    EXPECT(same(&out[0], &c));
    EXPECT_INT(store_list_recordings(h.tx, 0, c.id, 1, &f->a, &out, &n, NULL), ERR_OK);
    REQUIRE(n == 1);
    EXPECT_INT(out[0].id, b.id);
    EXPECT_INT(store_list_recordings(h.tx, 5, 0, 10, &f->a, &out, &n, NULL), ERR_OK);
    REQUIRE(n == 2);
    EXPECT_INT(out[0].id, c.id);
    EXPECT_INT(store_list_recordings(h.tx, 5, c.id, 10, &f->a, &out, &n, NULL), ERR_OK);
    REQUIRE(n == 1);
    EXPECT_INT(out[0].id, a.id);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(a_call_keeps_its_first_key_byte_for_byte) {
    static const char bytes[] = "\x00\xff key \x00";
    struct str key = str_from(bytes, sizeof bytes);
    struct str got = {0};
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_get_call_key(h.tx, 5, &f->a, &got, NULL), ERR_NOT_FOUND);
    EXPECT_INT(store_put_call_key(h.tx, 5, key, NULL), ERR_OK);
    EXPECT_INT(store_put_call_key(h.tx, 5, STR("other"), NULL), ERR_CONFLICT);
    EXPECT_INT(store_get_call_key(h.tx, 5, &f->a, &got, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT(str_eq(got, key));
}

/* ---- idempotency, counters ---------------------------------------------------------------------
 */

STORE_TEST(an_idempotency_key_remembers_its_call_and_request) {
    uint8_t mine[32], yours[32], known[32] = {0};
    int64_t call_id = 0;
    memset(mine, 0xa5, sizeof mine);
    memset(yours, 0x5a, sizeof yours);
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_claim_idempotency(h.tx, STR("k1"), mine, 7, 100, &call_id, known, NULL),
               ERR_OK);
    EXPECT_INT(call_id, 0);
    EXPECT_INT(store_claim_idempotency(h.tx, STR("k2"), mine, 8, 100, &call_id, known, NULL),
               ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    hold_write(&h, f->s);
    EXPECT_INT(store_claim_idempotency(h.tx, STR("k1"), yours, 9, 200, &call_id, known, NULL),
               ERR_CONFLICT);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(call_id, 7);
    EXPECT(memcmp(known, mine, sizeof known) == 0);
}

STORE_TEST(an_idempotency_key_has_a_length) {
    uint8_t digest[32] = {0};
    int64_t call_id = 0;
    char key[IDEMPOTENCY_KEY_MAX + 1];
    memset(key, 'k', sizeof key);
    struct held h;
    struct error err = {0};
    hold_write(&h, f->s);
    EXPECT_INT(store_claim_idempotency(h.tx, str_from(key, IDEMPOTENCY_KEY_MAX), digest, 7, 100,
                                       &call_id, digest, NULL),
               ERR_OK);
    EXPECT_INT(store_claim_idempotency(h.tx, str_from(key, sizeof key), digest, 7, 100, &call_id,
                                       digest, &err),
               ERR_INVALID);
    EXPECT_STR(err.field, "Idempotency-Key");
    EXPECT_INT(store_claim_idempotency(h.tx, STR(""), digest, 7, 100, &call_id, digest, NULL),
               ERR_INVALID);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(counters_begin_at_zero_and_add_up) {
    int64_t got[COUNTER_COUNT];
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_get_counters(h.tx, got, NULL), ERR_OK);
    for (size_t i = 0; i < COUNTER_COUNT; i++)
        EXPECT_INT(got[i], 0);
    for (int i = 0; i < COUNTER_COUNT; i++)
        EXPECT_INT(store_add_counter(h.tx, (enum counter)i, i + 1, NULL), ERR_OK);
    EXPECT_INT(store_add_counter(h.tx, COUNTER_CALL_SECONDS, 100, NULL), ERR_OK);
    EXPECT_INT(store_add_counter(h.tx, COUNTER_CALLS, -1, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    hold_read(&h, f->s);
    EXPECT_INT(store_get_counters(h.tx, got, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(got[COUNTER_CALLS], 0);
    EXPECT_INT(got[COUNTER_CALL_SECONDS], COUNTER_CALL_SECONDS + 101);
    EXPECT_INT(got[COUNTER_RECORDINGS], COUNTER_RECORDINGS + 1);
}
