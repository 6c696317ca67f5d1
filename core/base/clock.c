#include "core/base/clock.h"

#include <time.h>

enum {
    YEAR_FIRST = 2010, /* what the parsers accept */
    YEAR_LAST = 2100,
};

static const int64_t day_ms = 86400000;

static const char weekday_names[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char month_names[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static int64_t read_ms(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t system_mono_ms(void *ctx) {
    (void)ctx;
    return read_ms(CLOCK_MONOTONIC);
}

static int64_t system_wall_ms(void *ctx) {
    (void)ctx;
    return read_ms(CLOCK_REALTIME);
}

struct clock clock_system(void) {
    return (struct clock){.mono_ms = system_mono_ms, .wall_ms = system_wall_ms};
}

/*
 * Civil dates by counting days from 0000-03-01, so that the leap day is the last day of a year:
 * 400 years are 146097 days, and month lengths from March on follow (153 m + 2) / 5.
 */
static int64_t days_from_civil(int year, int month, int day) {
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct clock_date clock_utc(int64_t wall_ms) {
    const int64_t ms_min = -62167219200000, ms_max = 253402300799999; /* years 0000 to 9999 */
    if (wall_ms < ms_min)
        wall_ms = ms_min;
    if (wall_ms > ms_max)
        wall_ms = ms_max;
    int64_t days = wall_ms / day_ms - (wall_ms % day_ms < 0 ? 1 : 0);
    int second = (int)((wall_ms - days * day_ms) / 1000);

    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (struct clock_date){
        .year = (int)(yoe + era * 400 + (month <= 2 ? 1 : 0)),
        .month = month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = second / 3600,
        .minute = second / 60 % 60,
        .second = second % 60,
        .weekday = (int)(((days % 7) + 11) % 7), /* 1970-01-01 was a Thursday */
    };
}

/** Write n as exactly `width` digits at p; returns the place behind them. */
static char *put_digits(char *p, int n, int width) {
    for (int i = width - 1; i >= 0; i--) {
        p[i] = (char)('0' + n % 10);
        n /= 10;
    }
    return p + width;
}

static char *put_three(char *p, const char *name) {
    memcpy(p, name, 3);
    return p + 3;
}

static char *put_time_of_day(char *p, const struct clock_date *d) {
    p = put_digits(p, d->hour, 2);
    *p++ = ':';
    p = put_digits(p, d->minute, 2);
    *p++ = ':';
    return put_digits(p, d->second, 2);
}

void clock_put_rfc3339(struct buf *b, int64_t wall_ms) {
    struct clock_date d = clock_utc(wall_ms);
    char text[24], *p = put_digits(text, d.year, 4);
    *p++ = '-';
    p = put_digits(p, d.month, 2);
    *p++ = '-';
    p = put_digits(p, d.day, 2);
    *p++ = 'T';
    p = put_time_of_day(p, &d);
    *p++ = '.';
    p = put_digits(p, (int)((wall_ms % 1000 + 1000) % 1000), 3);
    *p++ = 'Z';
    buf_put(b, text, (size_t)(p - text));
}

void clock_put_rfc2822(struct buf *b, int64_t wall_ms) {
    struct clock_date d = clock_utc(wall_ms);
    char text[31], *p = put_three(text, weekday_names[d.weekday]);
    *p++ = ',';
    *p++ = ' ';
    p = put_digits(p, d.day, 2);
    *p++ = ' ';
    p = put_three(p, month_names[d.month - 1]);
    *p++ = ' ';
    p = put_digits(p, d.year, 4);
    *p++ = ' ';
    p = put_time_of_day(p, &d);
    memcpy(p, " +0000", 6);
    buf_put(b, text, sizeof text);
}

/** Take exactly `width` digits off the front. */
static bool take_number(struct str *s, size_t width, int *out) {
    uint64_t n;
    if (s->len < width || !str_to_u64(str_from(s->ptr, width), INT32_MAX, &n))
        return false;
    *s = str_from_index(*s, width);
    *out = (int)n;
    return true;
}

static bool take_text(struct str *s, struct str expected) {
    if (!str_starts(*s, expected))
        return false;
    *s = str_from_index(*s, expected.len);
    return true;
}

/** Take one of the three-letter names; *index tells which. */
static bool take_name(struct str *s, const char (*names)[4], int count, int *index) {
    for (int i = 0; i < count; i++) {
        if (take_text(s, str_from(names[i], 3))) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool take_time_of_day(struct str *s, struct clock_date *d) {
    return take_number(s, 2, &d->hour) && take_text(s, STR(":")) && take_number(s, 2, &d->minute) &&
           take_text(s, STR(":")) && take_number(s, 2, &d->second);
}

/** ".123": one to nine digits, cut to milliseconds; no fraction at all is 0. */
static bool take_fraction(struct str *s, int *ms) {
    *ms = 0;
    if (!take_text(s, STR(".")))
        return true;
    int weight = 100;
    size_t n = 0;
    for (; n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9'; n++) {
        *ms += (s->ptr[n] - '0') * weight;
        weight /= 10;
    }
    *s = str_from_index(*s, n);
    return n >= 1 && n <= 9;
}

static bool date_to_ms(const struct clock_date *d, int ms, int64_t *wall_ms) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (d->year < YEAR_FIRST || d->year > YEAR_LAST || d->month < 1 || d->month > 12)
        return false;
    bool leap = d->year % 4 == 0 && (d->year % 100 != 0 || d->year % 400 == 0);
    int length = lengths[d->month - 1] + (d->month == 2 && leap ? 1 : 0);
    if (d->day < 1 || d->day > length || d->hour > 23 || d->minute > 59 || d->second > 59)
        return false;
    int64_t second = d->hour * 3600 + d->minute * 60 + d->second;
    *wall_ms = days_from_civil(d->year, d->month, d->day) * day_ms + second * 1000 + ms;
    return true;
}

bool clock_parse_rfc3339(struct str s, int64_t *wall_ms) {
    struct clock_date d = {0};
    int ms;
    return take_number(&s, 4, &d.year) && take_text(&s, STR("-")) && take_number(&s, 2, &d.month) &&
           take_text(&s, STR("-")) && take_number(&s, 2, &d.day) && take_text(&s, STR("T")) &&
           take_time_of_day(&s, &d) && take_fraction(&s, &ms) && str_eq(s, STR("Z")) &&
           date_to_ms(&d, ms, wall_ms);
}

bool clock_parse_rfc2822(struct str s, int64_t *wall_ms) {
    struct clock_date d = {0};
    int64_t ms;
    bool ok = take_name(&s, weekday_names, 7, &d.weekday) && take_text(&s, STR(", ")) &&
              take_number(&s, 2, &d.day) && take_text(&s, STR(" ")) &&
              take_name(&s, month_names, 12, &d.month) && take_text(&s, STR(" ")) &&
              take_number(&s, 4, &d.year) && take_text(&s, STR(" ")) && take_time_of_day(&s, &d) &&
              str_eq(s, STR(" +0000"));
    d.month++;
    if (!ok || !date_to_ms(&d, 0, &ms) || clock_utc(ms).weekday != d.weekday)
        return false;
    *wall_ms = ms;
    return true;
}
