#include "core/base/secret.h"
#include "tests/support/test.h"

TEST(secret, zeroed_means_none) {
    struct secret s = {0};
    EXPECT(!secret_is_set(&s));
    EXPECT_INT(secret_reveal(&s).len, 0);
    secret_release(&s);
    secret_release(&s);
    EXPECT(s.bytes_locked == NULL);
}

TEST(secret, holds_a_copy_and_replaces_what_was_there) {
    REQUIRE(secret_system_init());
    CLEANUP(secret_release) struct secret s = {0};
    char input[] = "token";
    secret_set(&s, str_z(input));
    input[0] = 'x';
    EXPECT(str_eq(secret_reveal(&s), STR("token")));
    secret_set(&s, STR("longer\0token"));
    EXPECT(str_eq(secret_reveal(&s), STR("longer\0token")));
    secret_set(&s, STR(""));
    EXPECT(!secret_is_set(&s));
}

TEST(secret, may_be_set_from_its_own_bytes) {
    REQUIRE(secret_system_init());
    CLEANUP(secret_release) struct secret s = {0};
    secret_set(&s, STR("prefix:token"));
    secret_set(&s, str_from_index(secret_reveal(&s), 7));
    EXPECT(str_eq(secret_reveal(&s), STR("token")));
    secret_copy(&s, &s);
    EXPECT(str_eq(secret_reveal(&s), STR("token")));
}

TEST(secret, copies_are_independent) {
    REQUIRE(secret_system_init());
    CLEANUP(secret_release) struct secret a = {0};
    CLEANUP(secret_release) struct secret b = {0};
    secret_set(&a, STR("token"));
    secret_copy(&b, &a);
    secret_release(&a);
    EXPECT(str_eq(secret_reveal(&b), STR("token")));
    secret_copy(&b, &a);
    EXPECT(!secret_is_set(&b));
}

TEST(secret, random_ones_differ) {
    REQUIRE(secret_system_init());
    CLEANUP(secret_release) struct secret a = {0};
    CLEANUP(secret_release) struct secret b = {0};
    secret_random(&a, 32);
    secret_random(&b, 32);
    EXPECT_INT(secret_reveal(&a).len, 32);
    EXPECT(!str_eq(secret_reveal(&a), secret_reveal(&b)));
    secret_random(&a, 0);
    EXPECT(!secret_is_set(&a));
}

TEST(secret, the_system_may_be_started_twice) {
    EXPECT(secret_system_init());
    EXPECT(secret_system_init());
}

TEST(secret, wipe_leaves_zeros) {
    char bytes[] = "token";
    secret_wipe(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        EXPECT_INT(bytes[i], 0);
}
