/* Nonces of signed requests: repeated, borrowed, forgotten. */
#include "providers/rest/nonce_cache.h"

#include <stdio.h>

#include "tests/support/fake_clock.h"
#include "tests/support/test.h"

enum {
    WINDOW_MS = 60000
};

static struct nonce_cache *make(struct fake_clock *fake, size_t entries) {
    fake_clock_init(fake);
    struct clock c = fake_clock_of(fake);
    return nonce_cache_new(entries, WINDOW_MS, &c);
}

TEST(nonce_cache, the_same_again_is_taken_and_something_else_is_not) {
    struct fake_clock fake;
    struct nonce_cache *c = make(&fake, 64);
    EXPECT(nonce_cache_take(c, STR("1"), STR("a")));
    EXPECT(nonce_cache_take(c, STR("1"), STR("a")));
    EXPECT(!nonce_cache_take(c, STR("1"), STR("b")));
    EXPECT(nonce_cache_take(c, STR("2"), STR("b")));
    EXPECT(nonce_cache_take(c, STR(""), STR("")));
    EXPECT(!nonce_cache_take(c, STR(""), STR("b")));
    nonce_cache_free(c);
}

TEST(nonce_cache, a_nonce_is_forgotten_after_its_time_and_not_before) {
    struct fake_clock fake;
    struct nonce_cache *c = make(&fake, 64);
    EXPECT(nonce_cache_take(c, STR("1"), STR("a")));
    fake_clock_advance_ms(&fake, WINDOW_MS - 1);
    EXPECT(nonce_cache_take(c, STR("1"), STR("a"))); /* which does not make it younger */
    EXPECT(!nonce_cache_take(c, STR("1"), STR("b")));
    fake_clock_advance_ms(&fake, 1);
    EXPECT(nonce_cache_take(c, STR("1"), STR("b")));
    nonce_cache_free(c);
}

TEST(nonce_cache, a_flood_pushes_the_oldest_out_first) {
    struct fake_clock fake;
    char nonce[16];
    struct nonce_cache *c = make(&fake, 0); /* one set of eight */
    for (int i = 0; i < 9; i++) {
        snprintf(nonce, sizeof nonce, "%d", i);
        EXPECT(nonce_cache_take(c, str_z(nonce), STR("a")));
        fake_clock_advance_ms(&fake, 1);
    }
    for (int i = 8; i >= 1; i--) {
        snprintf(nonce, sizeof nonce, "%d", i);
        EXPECT(!nonce_cache_take(c, str_z(nonce), STR("b")));
    }
    EXPECT(nonce_cache_take(c, STR("0"), STR("b")));
    nonce_cache_free(c);
    nonce_cache_free(NULL);
}
