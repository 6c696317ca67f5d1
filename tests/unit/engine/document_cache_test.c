#include "core/engine/document_cache.h"

#include "tests/support/test.h"

static const struct document_key key = {
    .call_id = 7, .turn = 0, .nonce = STR_INIT("nonce"), .sid = STR_INIT("SID1")};

static bool holds(struct document_cache *c, const struct document_key *k, const char *want) {
    struct buf b = BUF_INIT(2 * DOCUMENT_CACHED_MAX);
    bool hit = document_cache_get(c, k, &b) && str_eq_z(buf_str(&b), want);
    buf_release(&b);
    return hit;
}

TEST(document_cache, gives_back_what_was_put) {
    struct document_cache *c = document_cache_new(16);
    EXPECT(!holds(c, &key, "hello"));
    document_cache_put(c, &key, STR("hello"));
    EXPECT(holds(c, &key, "hello"));
    EXPECT(holds(c, &key, "hello"));
    document_cache_free(c);
}

TEST(document_cache, another_attempt_leg_turn_or_call_gets_nothing) {
    struct document_cache *c = document_cache_new(16);
    struct document_key others[] = {key, key, key, key};
    others[0].nonce = STR("nonc2");
    others[1].sid = STR("SID2");
    others[2].turn = 1;
    others[3].call_id = 8;
    document_cache_put(c, &key, STR("hello"));
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        EXPECT(!holds(c, &others[i], "hello"));
    /* the border between nonce and sid counts, not only the letters */
    struct document_key shifted = key;
    shifted.nonce = STR("nonceS");
    shifted.sid = STR("ID1");
    EXPECT(!holds(c, &shifted, "hello"));
    document_cache_free(c);
}

TEST(document_cache, what_is_dropped_is_gone) {
    struct document_cache *c = document_cache_new(16);
    document_cache_put(c, &key, STR("hello"));
    document_cache_drop(c, key.call_id, 1);
    EXPECT(holds(c, &key, "hello"));
    document_cache_drop(c, key.call_id, 0);
    EXPECT(!holds(c, &key, "hello"));
    document_cache_free(c);
}

TEST(document_cache, newer_ones_push_older_ones_out_and_the_newest_is_there) {
    struct document_cache *c = document_cache_new(4);
    struct document_key k = key;
    size_t kept = 0;
    for (k.call_id = 1; k.call_id <= 1000; k.call_id++) {
        document_cache_put(c, &k, STR("hello"));
        EXPECT(holds(c, &k, "hello"));
    }
    for (k.call_id = 1; k.call_id <= 1000; k.call_id++)
        kept += holds(c, &k, "hello");
    EXPECT(kept >= 1 && kept <= 4);
    document_cache_free(c);
}

TEST(document_cache, a_long_document_is_not_kept) {
    static char text[DOCUMENT_CACHED_MAX + 1];
    struct document_cache *c = document_cache_new(4);
    memset(text, 'x', sizeof text);
    struct buf b = BUF_INIT(2 * DOCUMENT_CACHED_MAX);
    document_cache_put(c, &key, str_from(text, sizeof text));
    EXPECT(!document_cache_get(c, &key, &b));
    document_cache_put(c, &key, str_from(text, sizeof text - 1));
    EXPECT(document_cache_get(c, &key, &b));
    buf_release(&b);
    document_cache_free(c);
}
