#include "providers/rest/encode.h"

#include <stdio.h>

#include "core/base/utf8.h"
#include "core/domain/phone.h"

void rest_put_field(struct buf *b, const char *name, struct str value) {
    if (b->len)
        buf_putc(b, '&');
    buf_puts(b, name);
    buf_putc(b, '=');
    buf_put_form(b, value);
}

void rest_put_field_u64(struct buf *b, const char *name, uint64_t value) {
    if (b->len)
        buf_putc(b, '&');
    buf_puts(b, name);
    buf_putc(b, '=');
    buf_put_u64(b, value);
}

bool rest_is_id(struct str s, const char *prefix, size_t hex_digits) {
    size_t n = strlen(prefix);
    if (s.len != n + hex_digits || !str_starts(s, str_z(prefix)))
        return false;
    for (size_t i = n; i < s.len; i++)
        if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))
            return false;
    return true;
}

bool rest_is_uuid(struct str s) {
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f');
        if (dash ? s.ptr[i] != '-' : !hex)
            return false;
    }
    return true;
}

void rest_put_own_url(struct buf *b, const struct rest_account *a, struct str url) {
    struct rest_url u;
    struct str below = str_from_index(url, a->public_base_url.len);
    bool own = a->webhook_auth.len && str_starts(url, a->public_base_url) &&
               (below.len == 0 || memchr("/?#", below.ptr[0], 3)) && rest_url_parse(url, &u) &&
               u.userinfo.len == 0;
    if (!own) {
        buf_put_str(b, url);
        return;
    }
    size_t start = u.scheme.len + strlen("://");
    buf_put_str(b, str_from(url.ptr, start));
    buf_put_str(b, a->webhook_auth);
    buf_putc(b, '@');
    buf_put_str(b, str_from_index(url, start));
}

enum error_code rest_read_object(struct str body, struct json_doc **doc, struct error *err) {
    static const struct json_limits limits = {
        .bytes_max = 1 << 20, .depth_max = 16, .values_max = 20000};
    if (json_parse(body, &limits, doc, NULL) == ERR_OK && json_type(json_root(*doc)) == JSON_OBJECT)
        return ERR_OK;
    return error_set(err, ERR_UPSTREAM, "the carrier's reply is no JSON object; try again later");
}

enum error_code rest_check_finish(struct rest_check *check, const char *last_words) {
    size_t used = strlen(check->text);
    snprintf(check->text + used, sizeof check->text - used, "%s", last_words);
    check->done = true;
    return ERR_OK;
}

void rest_copy_party(struct str s, char *dst) {
    if (!str_copy(s, dst, CALL_PARTY_SIZE))
        dst[0] = '\0'; /* never half a number */
}

void rest_copy_bare_party(struct str s, char *dst) {
    char number[CALL_PARTY_SIZE] = "+";
    bool bare = str_copy(s, number + 1, sizeof number - 1) && phone_is_e164(str_z(number));
    rest_copy_party(bare ? str_z(number) : s, dst);
}

enum error_code rest_next_page(const struct rest_account *a, struct str uri, struct buf *next_url,
                               struct error *err) {
    struct rest_url api, next;
    if (uri.len == 0)
        return ERR_OK;
    if (!rest_url_parse(a->base_url, &api))
        return error_set(err, ERR_INVALID, "the API base URL is malformed");
    buf_put_str(next_url, api.origin);
    buf_put_str(next_url, uri);
    if (!str_starts(uri, STR("/")) || buf_failed(next_url) ||
        !rest_url_parse(buf_str(next_url), &next) || !rest_url_same_origin(&api, &next))
        return error_set(err, ERR_UPSTREAM, "the carrier's list leads to another host");
    return ERR_OK;
}

bool rest_json_u32(const struct json *v, uint32_t *out) {
    uint64_t n;
    int64_t i;
    if (json_type(v) == JSON_STRING && str_to_u64(json_str(v), INT32_MAX, &n)) {
        *out = (uint32_t)n;
        return true;
    }
    if (json_int(v, 0, INT32_MAX, &i)) {
        *out = (uint32_t)i;
        return true;
    }
    return false;
}

void rest_copy_line(char *dst, size_t n, struct str s) {
    size_t len = s.len > n ? utf8_cut(s.ptr, n) : s.len;
    for (size_t i = 0; i < len; i++)
        dst[i] = (unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7F ? ' ' : s.ptr[i];
    dst[len] = '\0';
}

void rest_copy_sentence(char *dst, size_t n, struct str s) {
    rest_copy_line(dst, n, str_trim(s));
    size_t len = strlen(dst);
    if (len > 0 && !strchr(".!?:;", dst[len - 1]))
        memcpy(dst + len, ".", sizeof ".");
}
