#include "core/base/tzif.h"

#include <string.h>

enum {
    HEADER_BYTES = 44,
    COUNT_MAX = 100000, /* of any table: bounds the arithmetic */
    DAY_S = 86400,
    HOURS_MAX = 167, /* RFC 8536, section 3.3.1 */
};

/* ---- the rule -------------------------------------------------------------------------------- */

/** When daylight saving time begins or ends. */
struct change {
    char kind; /* 'M' month.week.day, 'J' day of a year without leap days, 'D' of any year */
    int month, week, day;
    int64_t time_s; /* after midnight, local */
};

struct rule {
    char name[2][TZIF_NAME_SIZE]; /* standard, daylight */
    int64_t offset_s[2];
    bool has_dst;
    struct change begin, end;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool take_char(struct str *s, char c) {
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    *s = str_from_index(*s, 1);
    return true;
}

static bool take_number(struct str *s, int min, int max, int *out) {
    size_t n = 0;
    uint64_t value;
    while (n < s->len && n < 4 && is_digit(s->ptr[n]))
        n++;
    if (n == 0 || !str_to_u64(str_from(s->ptr, n), (uint64_t)max, &value) || (int)value < min)
        return false;
    *out = (int)value;
    *s = str_from_index(*s, n);
    return true;
}

static bool take_name(struct str *s, char *out) {
    bool quoted = take_char(s, '<');
    size_t n = 0;
    while (n < s->len && (quoted ? s->ptr[n] != '>'
                                 : (s->ptr[n] >= 'A' && s->ptr[n] <= 'Z') ||
                                       (s->ptr[n] >= 'a' && s->ptr[n] <= 'z')))
        n++;
    if (n < 3 || !str_copy(str_from(s->ptr, n), out, TZIF_NAME_SIZE))
        return false;
    *s = str_from_index(*s, n);
    return !quoted || take_char(s, '>');
}

/** [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(struct str *s, int64_t *out) {
    bool minus = take_char(s, '-');
    int h, m = 0, sec = 0;
    if (!minus)
        (void)take_char(s, '+');
    if (!take_number(s, 0, HOURS_MAX, &h) || (take_char(s, ':') && !take_number(s, 0, 59, &m)) ||
        (take_char(s, ':') && !take_number(s, 0, 59, &sec)))
        return false;
    *out = ((int64_t)h * 3600 + m * 60 + sec) * (minus ? -1 : 1);
    return true;
}

static bool take_change(struct str *s, struct change *c) {
    *c = (struct change){.kind = 'D', .time_s = 2 * 3600};
    if (!take_char(s, ','))
        return false;
    if (take_char(s, 'M')) {
        c->kind = 'M';
        if (!take_number(s, 1, 12, &c->month) || !take_char(s, '.') ||
            !take_number(s, 1, 5, &c->week) || !take_char(s, '.') || !take_number(s, 0, 6, &c->day))
            return false;
    } else if (take_char(s, 'J')) {
        c->kind = 'J';
        if (!take_number(s, 1, 365, &c->day))
            return false;
    } else if (!take_number(s, 0, 365, &c->day)) {
        return false;
    }
    return !take_char(s, '/') || take_time(s, &c->time_s);
}

static bool read_rule(struct str s, struct rule *r) {
    *r = (struct rule){0};
    if (!take_name(&s, r->name[0]) || !take_time(&s, &r->offset_s[0]))
        return false;
    r->offset_s[0] = -r->offset_s[0]; /* POSIX counts west of Greenwich */
    if (s.len == 0)
        return true;
    r->has_dst = true;
    if (!take_name(&s, r->name[1]))
        return false;
    r->offset_s[1] = r->offset_s[0] + 3600;
    if (s.len > 0 && s.ptr[0] != ',') {
        if (!take_time(&s, &r->offset_s[1]))
            return false;
        r->offset_s[1] = -r->offset_s[1];
    }
    return take_change(&s, &r->begin) && take_change(&s, &r->end) && s.len == 0;
}

/** Days from 1970-01-01 to that date (proleptic Gregorian calendar). */
static int64_t days_from_civil(int64_t y, int m, int d) {
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool is_leap(int64_t y) {
    return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/** Local seconds since 1970 of a change in year y. */
static int64_t change_at(const struct change *c, int64_t y) {
    if (c->kind == 'J')
        return (days_from_civil(y, 1, 1) + c->day - 1 + (is_leap(y) && c->day >= 60)) * DAY_S +
               c->time_s;
    if (c->kind == 'D')
        return (days_from_civil(y, 1, 1) + c->day) * DAY_S + c->time_s;
    int64_t first = days_from_civil(y, c->month, 1);
    int64_t next =
        c->month == 12 ? days_from_civil(y + 1, 1, 1) : days_from_civil(y, c->month + 1, 1);
    int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = first + (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
    if (day >= next) /* "the fifth" is the last */
        day -= 7;
    return day * DAY_S + c->time_s;
}

static int64_t year_of(int64_t local_s) {
    int64_t days = local_s / DAY_S - (local_s % DAY_S < 0), y = 1970 + days / 366;
    while (days_from_civil(y, 1, 1) > days)
        y--;
    while (days_from_civil(y + 1, 1, 1) <= days)
        y++;
    return y;
}

bool tzif_rule_at(struct str text, int64_t unix_s, struct tzif_time *out) {
    struct rule r;
    static const int64_t far = INT64_C(1) << 40; /* tens of thousands of years */
    if (unix_s > far || unix_s < -far || !read_rule(text, &r))
        return false;
    bool dst = false;
    if (r.has_dst) {
        int64_t y = year_of(unix_s + r.offset_s[0]);
        int64_t begin = change_at(&r.begin, y) - r.offset_s[0];
        int64_t end = change_at(&r.end, y) - r.offset_s[1];
        dst = begin < end ? unix_s >= begin && unix_s < end : unix_s >= begin || unix_s < end;
    }
    *out = (struct tzif_time){.offset_s = (int32_t)r.offset_s[dst], .is_dst = dst};
    memcpy(out->name, r.name[dst], sizeof out->name);
    return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

struct table {
    const unsigned char *times, *indices, *types, *names;
    size_t time_count, type_count, name_bytes;
    struct str footer;
};

static uint32_t read_u32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_i64(const unsigned char *p) {
    return (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
}

struct counts {
    size_t isut, isstd, leap, time, type, name;
};

static bool read_header(struct str s, struct counts *c, char *version) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    if (s.len < HEADER_BYTES || !str_starts(s, STR("TZif")))
        return false;
    *version = s.ptr[4];
    *c = (struct counts){read_u32(p + 20), read_u32(p + 24), read_u32(p + 28),
                         read_u32(p + 32), read_u32(p + 36), read_u32(p + 40)};
    return c->isut <= COUNT_MAX && c->isstd <= COUNT_MAX && c->leap <= COUNT_MAX &&
           c->time <= COUNT_MAX && c->type <= COUNT_MAX && c->name <= COUNT_MAX;
}

static size_t block_bytes(const struct counts *c, size_t time_bytes) {
    return c->time * (time_bytes + 1) + c->type * 6 + c->name + c->leap * (time_bytes + 4) +
           c->isstd + c->isut;
}

static bool read_table(struct str file, struct table *t) {
    struct counts c;
    char version;
    if (!read_header(file, &c, &version) || version < '2')
        return false;
    size_t second = HEADER_BYTES + block_bytes(&c, 4);
    struct str rest = str_from_index(file, second);
    if (second > file.len || !read_header(rest, &c, &version))
        return false;
    size_t end = HEADER_BYTES + block_bytes(&c, 8);
    if (end > rest.len || c.type == 0)
        return false;
    const unsigned char *p = (const unsigned char *)rest.ptr + HEADER_BYTES;
    *t = (struct table){.times = p,
                        .indices = p + c.time * 8,
                        .types = p + c.time * 9,
                        .names = p + c.time * 9 + c.type * 6,
                        .time_count = c.time,
                        .type_count = c.type,
                        .name_bytes = c.name};
    struct str footer = str_from_index(rest, end);
    if (footer.len >= 2 && footer.ptr[0] == '\n' && footer.ptr[footer.len - 1] == '\n')
        t->footer = str_from(footer.ptr + 1, footer.len - 2);
    return true;
}

static bool type_of(const struct table *t, size_t i, struct tzif_time *out) {
    if (i >= t->type_count)
        return false;
    const unsigned char *p = t->types + i * 6;
    size_t at = p[5];
    if (at >= t->name_bytes)
        return false;
    const void *end = memchr(t->names + at, '\0', t->name_bytes - at);
    *out = (struct tzif_time){.offset_s = (int32_t)read_u32(p), .is_dst = p[4] != 0};
    return end && out->offset_s > -DAY_S && out->offset_s < DAY_S &&
           str_copy(str_from(t->names + at, (size_t)((const unsigned char *)end - t->names) - at),
                    out->name, sizeof out->name);
}

bool tzif_at(struct str file, int64_t unix_s, struct tzif_time *out) {
    struct table t;
    if (!read_table(file, &t))
        return false;
    size_t low = 0, high = t.time_count; /* the first change after unix_s */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (read_i64(t.times + middle * 8) <= unix_s)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == t.time_count && t.footer.len > 0)
        return tzif_rule_at(t.footer, unix_s, out);
    return type_of(&t, low == 0 ? 0 : t.indices[low - 1], out);
}
