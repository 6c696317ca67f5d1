#include "core/io/http_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "core/base/compiler.h"

#define V4(a, b, c, d) \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

struct range4 {
    uint32_t net;
    unsigned bits;
};

/* IANA IPv4 Special-Purpose Address Registry, and multicast and the former class E. */
static const struct range4 denied4[] = {
    {V4(0, 0, 0, 0), 8},       /* this network */
    {V4(10, 0, 0, 0), 8},      /* private */
    {V4(100, 64, 0, 0), 10},   /* shared by carrier-grade NAT */
    {V4(127, 0, 0, 0), 8},     /* loopback */
    {V4(169, 254, 0, 0), 16},  /* link-local, cloud metadata */
    {V4(172, 16, 0, 0), 12},   /* private */
    {V4(192, 0, 0, 0), 24},    /* IETF protocols */
    {V4(192, 0, 2, 0), 24},    /* documentation */
    {V4(192, 88, 99, 0), 24},  /* 6to4 relays */
    {V4(192, 168, 0, 0), 16},  /* private */
    {V4(198, 18, 0, 0), 15},   /* benchmarks */
    {V4(198, 51, 100, 0), 24}, /* documentation */
    {V4(203, 0, 113, 0), 24},  /* documentation */
    {V4(224, 0, 0, 0), 4},     /* multicast */
    {V4(240, 0, 0, 0), 4},     /* reserved, and 255.255.255.255 */
};

struct range6 {
    uint8_t net[16];
    unsigned bits;
};

/* IANA IPv6 Special-Purpose Address Registry. ::ffff:0:0/96 is judged as IPv4 instead. */
static const struct range6 denied6[] = {
    {{0}, 96},                         /* ::, ::1 and IPv4-compatible */
    {{0, 0x64, 0xff, 0x9b}, 96},       /* NAT64: could be any IPv4 address */
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48}, /* local NAT64 */
    {{0x01, 0x00}, 64},                /* discard */
    {{0x20, 0x01, 0x00, 0x00}, 32},    /* Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},    /* documentation */
    {{0x3f, 0xff, 0x00}, 20},          /* documentation */
    {{0x20, 0x02}, 16},                /* 6to4 */
    {{0x5f, 0x00}, 16},                /* segment routing */
    {{0xfc}, 7},                       /* unique local */
    {{0xfe, 0x80}, 10},                /* link-local */
    {{0xfe, 0xc0}, 10},                /* site-local */
    {{0xff}, 8},                       /* multicast */
};

static bool in_range4(uint32_t a, const struct range4 *r) {
    return (a ^ r->net) >> (32 - r->bits) == 0;
}

static bool in_range6(const uint8_t a[16], const struct range6 *r) {
    size_t whole = r->bits / 8;
    unsigned rest = r->bits % 8;
    if (memcmp(a, r->net, whole) != 0)
        return false;
    return rest == 0 || (uint8_t)(a[whole] ^ r->net[whole]) >> (8 - rest) == 0;
}

/** An address in one form: IPv4 when it is that, mapped or not. */
struct address {
    int family; /* AF_INET, AF_INET6 or AF_UNSPEC */
    uint32_t v4;
    uint8_t v6[16];
};

static struct address from_v6(const uint8_t a[16]) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct address out = {.family = AF_INET6};
    memcpy(out.v6, a, 16);
    if (memcmp(a, mapped, sizeof mapped) == 0)
        out = (struct address){.family = AF_INET, .v4 = V4(a[12], a[13], a[14], a[15])};
    return out;
}

static struct address from_sockaddr(const struct sockaddr *sa) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (sa->sa_family == AF_INET) {
        memcpy(&v4, sa, sizeof v4);
        return (struct address){.family = AF_INET, .v4 = ntohl(v4.sin_addr.s_addr)};
    }
    if (sa->sa_family == AF_INET6) {
        memcpy(&v6, sa, sizeof v6);
        return from_v6(v6.sin6_addr.s6_addr);
    }
    return (struct address){.family = AF_UNSPEC};
}

static struct address from_text(const char *text) {
    struct in_addr v4;
    struct in6_addr v6;
    if (text && inet_pton(AF_INET, text, &v4) == 1)
        return (struct address){.family = AF_INET, .v4 = ntohl(v4.s_addr)};
    if (text && inet_pton(AF_INET6, text, &v6) == 1)
        return from_v6(v6.s6_addr);
    return (struct address){.family = AF_UNSPEC};
}

static bool denies(struct address a) {
    if (a.family == AF_INET) {
        for (size_t i = 0; i < ARRAY_LEN(denied4); i++)
            if (in_range4(a.v4, &denied4[i]))
                return true;
        return false;
    }
    if (a.family == AF_INET6) {
        for (size_t i = 0; i < ARRAY_LEN(denied6); i++)
            if (in_range6(a.v6, &denied6[i]))
                return true;
        return false;
    }
    return true;
}

static bool is_loopback(struct address a) {
    static const uint8_t one[16] = {[15] = 1};
    if (a.family == AF_INET)
        return a.v4 >> 24 == 127;
    return a.family == AF_INET6 && memcmp(a.v6, one, sizeof one) == 0;
}

bool http_guard_denies(const struct sockaddr *sa) {
    return denies(from_sockaddr(sa));
}

bool http_guard_denies_text(const char *address) {
    return denies(from_text(address));
}

bool http_guard_is_loopback(const struct sockaddr *sa) {
    return is_loopback(from_sockaddr(sa));
}

bool http_guard_is_loopback_text(const char *address) {
    return is_loopback(from_text(address));
}
