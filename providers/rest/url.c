#include "providers/rest/url.h"

static const struct {
    struct str scheme, port;
    bool tls;
} schemes[] = {
    {STR_INIT("https"), STR_INIT("443"), true},
    {STR_INIT("http"), STR_INIT("80"), false},
    {STR_INIT("wss"), STR_INIT("443"), true},
    {STR_INIT("ws"), STR_INIT("80"), false},
};

static size_t scheme_of(struct str scheme) {
    size_t i = 0;
    while (i < ARRAY_LEN(schemes) && !str_eq(schemes[i].scheme, scheme))
        i++;
    return i;
}

static bool is_plain(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0x20 || s.ptr[i] >= 0x7F || s.ptr[i] == '\\')
            return false;
    return true;
}

static struct str head(struct str s, size_t n) {
    return str_from(s.ptr, n < s.len ? n : s.len);
}

/** Index of the first byte of s that is in `set`, or s.len. */
static size_t find_any(struct str s, const char *set) {
    size_t i = 0;
    while (i < s.len && !memchr(set, s.ptr[i], strlen(set)))
        i++;
    return i;
}

static bool split_authority(struct str authority, struct rest_url *u) {
    size_t at = str_find(authority, '@');
    if (at < authority.len) {
        u->userinfo = head(authority, at);
        authority = str_from_index(authority, at + 1);
    }
    size_t host_end = authority.len && authority.ptr[0] == '[' ? str_find(authority, ']') + 1
                                                               : str_find(authority, ':');
    if (host_end > authority.len)
        return false;
    u->host = head(authority, host_end);
    struct str tail = str_from_index(authority, host_end);
    uint64_t port = 1;
    if (tail.len) {
        u->port = str_from_index(tail, 1);
        if (tail.ptr[0] != ':' || !str_to_u64(u->port, 65535, &port))
            return false;
    }
    return u->host.len > 0 && port > 0 && str_find(u->host, '@') == u->host.len;
}

bool rest_url_parse(struct str s, struct rest_url *out) {
    struct rest_url u = {0};
    size_t colon = str_find_str(s, STR("://"));
    if (colon == s.len || !is_plain(s))
        return false;
    u.scheme = head(s, colon);
    if (scheme_of(u.scheme) == ARRAY_LEN(schemes))
        return false;
    struct str after = str_from_index(s, colon + 3);
    after = head(after, str_find(after, '#'));
    size_t end = find_any(after, "/?");
    u.origin = head(s, colon + 3 + end);
    u.rest = str_from_index(after, end);
    if (!split_authority(head(after, end), &u))
        return false;
    *out = u;
    return true;
}

struct str rest_url_default_port(const struct rest_url *u) {
    size_t i = scheme_of(u->scheme);
    return i < ARRAY_LEN(schemes) ? schemes[i].port : STR("");
}

bool rest_url_is_tls(const struct rest_url *u) {
    size_t i = scheme_of(u->scheme);
    return i < ARRAY_LEN(schemes) && schemes[i].tls;
}

bool rest_url_is_loopback(const struct rest_url *u) {
    return str_eq(u->host, STR("127.0.0.1")) || str_eq(u->host, STR("[::1]")) ||
           str_eq_nocase(u->host, STR("localhost"));
}

bool rest_url_same_origin(const struct rest_url *a, const struct rest_url *b) {
    struct str port_a = a->port.len ? a->port : rest_url_default_port(a);
    struct str port_b = b->port.len ? b->port : rest_url_default_port(b);
    return str_eq(a->scheme, b->scheme) && str_eq_nocase(a->host, b->host) &&
           str_eq(port_a, port_b);
}
