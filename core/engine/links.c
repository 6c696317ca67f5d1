#include "core/engine/links.h"

#include "core/base/id.h"

void links_put(const struct links *l, struct buf *b, const struct call *c, enum webhook_kind kind,
               uint32_t turn) {
    buf_put_str(b, l->public_base_url);
    buf_puts(b, "/voice/");
    buf_puts(b, c->provider);
    buf_putc(b, '/');
    id_put(b, CALL_ID_PREFIX, c->id);
    buf_putc(b, '/');
    buf_puts(b, c->nonce);
    buf_putc(b, '/');
    buf_puts(b, webhook_kind_name(kind));
    if (kind == WEBHOOK_GATHER) {
        buf_puts(b, "?turn=");
        buf_put_u64(b, turn);
    }
}

static bool nonce_is_plausible(struct str s) {
    if (s.len != CALL_NONCE_SIZE - 1)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

/* The only parameter we ever add ourselves is turn; carriers may add theirs behind it. */
static bool read_turn(struct str query, uint32_t *turn) {
    struct str pair;
    uint64_t n = 0;
    while (str_next(&query, '&', &pair)) {
        if (!str_starts(pair, STR("turn=")))
            continue;
        if (!str_to_u64(str_from_index(pair, 5), UINT32_MAX - 1, &n))
            return false;
        *turn = (uint32_t)n;
        return true;
    }
    return false;
}

/* What a number is pointed at: before there is a call, and for news of calls that began so. */
static bool parse_number_link(const struct str *part, struct links_target *out) {
    struct links_target t = {.provider = part[2]};
    if (!webhook_kind_parse(part[3], &t.kind) ||
        (t.kind != WEBHOOK_INBOUND && t.kind != WEBHOOK_STATUS))
        return false;
    *out = t;
    return true;
}

bool links_parse(struct str path, struct str query, struct links_target *out) {
    struct links_target t = {0};
    struct str rest = path, part[7];
    size_t n = 0;
    while (n < ARRAY_LEN(part) && str_next(&rest, '/', &part[n]))
        n++;
    /* "/voice/twilio/call_…/nonce/status" splits into "", voice, provider, call, nonce, kind */
    if (n < 4 || part[0].len != 0 || !str_eq_z(part[1], "voice") || part[2].len == 0)
        return false;
    if (n == 4)
        return parse_number_link(part, out);
    if (n != 6)
        return false;
    if (!id_parse(part[3], CALL_ID_PREFIX, &t.call_id) || !nonce_is_plausible(part[4]) ||
        !webhook_kind_parse(part[5], &t.kind) || t.kind == WEBHOOK_INBOUND)
        return false;
    if (t.kind == WEBHOOK_GATHER && !read_turn(query, &t.turn))
        return false;
    t.provider = part[2];
    if (!str_copy(part[4], t.nonce, sizeof t.nonce))
        return false;
    *out = t;
    return true;
}
