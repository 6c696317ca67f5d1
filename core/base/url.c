#include "core/base/url.h"

struct str url_decode(struct arena *a, struct str s) {
    char *text = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool coded = s.ptr[i] == '%' && s.len - i > 2;
        int high = coded ? str_hex_value(s.ptr[i + 1]) : -1;
        int low = coded ? str_hex_value(s.ptr[i + 2]) : -1;
        coded = high >= 0 && low >= 0;
        text[n++] = coded ? (char)(high << 4 | low) : s.ptr[i];
        i += coded ? 2 : 0;
    }
    return str_from(text, n);
}

bool url_find_login(struct str s, struct url_login *out) {
    size_t start = str_find_str(s, STR("://")) + strlen("://"), at = 0;
    bool found = false;
    for (size_t i = start; i < s.len && !memchr("/?#", s.ptr[i], 3); i++)
        if (s.ptr[i] == '@') { /* the last one: so do the clients that go there */
            at = i;
            found = true;
        }
    if (!found)
        return false;
    struct str login = str_from(s.ptr + start, at - start);
    size_t colon = str_find(login, ':');
    *out = (struct url_login){.user = str_from(login.ptr, colon),
                              .password = str_from_index(login, colon + 1),
                              .before = str_from(s.ptr, start),
                              .after = str_from_index(s, at + 1)};
    return true;
}
