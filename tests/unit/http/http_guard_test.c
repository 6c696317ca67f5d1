#include "core/io/http_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

#include "core/base/compiler.h"
#include "tests/support/test.h"

/* First and last address of each range, and their neighbours outside. */
static const struct {
    const char *address;
    bool denied;
} vectors[] = {
    {"0.0.0.0", true},
    {"0.255.255.255", true},
    {"1.0.0.0", false},
    {"9.255.255.255", false},
    {"10.0.0.0", true},
    {"10.255.255.255", true},
    {"11.0.0.0", false},
    {"100.63.255.255", false},
    {"100.64.0.0", true},
    {"100.127.255.255", true},
    {"100.128.0.0", false},
    {"127.0.0.1", true},
    {"127.255.255.255", true},
    {"128.0.0.0", false},
    {"169.253.255.255", false},
    {"169.254.169.254", true},
    {"169.255.0.0", false},
    {"172.15.255.255", false},
    {"172.16.0.0", true},
    {"172.31.255.255", true},
    {"172.32.0.0", false},
    {"192.0.0.8", true},
    {"192.0.1.0", false},
    {"192.0.2.1", true},
    {"192.88.99.1", true},
    {"192.167.255.255", false},
    {"192.168.0.0", true},
    {"192.168.255.255", true},
    {"192.169.0.0", false},
    {"198.17.255.255", false},
    {"198.18.0.0", true},
    {"198.19.255.255", true},
    {"198.20.0.0", false},
    {"198.51.100.7", true},
    {"203.0.113.255", true},
    {"223.255.255.255", false},
    {"224.0.0.1", true},
    {"239.255.255.255", true},
    {"240.0.0.1", true},
    {"255.255.255.255", true},
    {"8.8.8.8", false},
    {"::", true},
    {"::1", true},
    {"::7f00:1", true},         /* IPv4-compatible */
    {"::ffff:127.0.0.1", true}, /* mapped */
    {"::ffff:10.1.2.3", true},
    {"::ffff:8.8.8.8", false},
    {"64:ff9b::7f00:1", true}, /* NAT64 of 127.0.0.1 */
    {"64:ff9b::808:808", true},
    {"64:ff9b:1::1", true},
    {"64:ff9b:2::1", false},
    {"100::1", true},
    {"100:0:0:1::1", false},
    {"2001::1", true}, /* Teredo */
    {"2001:1::1", false},
    {"2001:db8::1", true},
    {"2001:4860:4860::8888", false},
    {"2002:7f00:1::", true}, /* 6to4 of 127.0.0.1 */
    {"2003::1", false},
    {"2606:4700::1111", false},
    {"3fff::1", true},
    {"3fff:fff::1", true},
    {"3fff:1000::1", false},
    {"5f00::1", true},
    {"fbff::1", false},
    {"fc00::1", true},
    {"fdff:ffff::1", true},
    {"fe00::1", false},
    {"fe80::1", true},
    {"febf::1", true},
    {"fec0::1", true},
    {"feff::1", true},
    {"ff02::1", true},
    /* no address at all */
    {"fe80::1%lo", true},
    {"127.1", true},
    {"0x7f000001", true},
    {"localhost", true},
    {"", true},
};

static void check_sockaddr(const char *address, bool denied) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    const void *sa = NULL;
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
        sa = &v4;
    else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1)
        sa = &v6;
    if (sa && http_guard_denies(sa) != denied) {
        printf("sockaddr %s\n", address);
        EXPECT(http_guard_denies(sa) == denied);
    }
}

TEST(http_guard, every_special_range_is_denied_and_its_neighbours_are_not) {
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        if (http_guard_denies_text(vectors[i].address) != vectors[i].denied) {
            printf("text %s\n", vectors[i].address);
            EXPECT(http_guard_denies_text(vectors[i].address) == vectors[i].denied);
        }
        check_sockaddr(vectors[i].address, vectors[i].denied);
    }
}

TEST(http_guard, other_families_are_denied) {
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    EXPECT(http_guard_denies((const struct sockaddr *)(const void *)&un));
    EXPECT(http_guard_denies_text(NULL));
}

TEST(http_guard, loopback_is_told_apart_from_what_else_is_denied) {
    EXPECT(http_guard_is_loopback_text("127.3.2.1"));
    EXPECT(http_guard_is_loopback_text("::1"));
    EXPECT(http_guard_is_loopback_text("::ffff:127.0.0.1"));
    EXPECT(!http_guard_is_loopback_text("10.0.0.1"));
    EXPECT(!http_guard_is_loopback_text("::"));
    EXPECT(!http_guard_is_loopback_text("localhost"));
}
