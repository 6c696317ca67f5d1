#include "core/domain/spoken.h"

#include "core/base/clock.h"
#include "core/base/compiler.h"

/* ---- names ----------------------------------------------------------------------------------- */

static const char *const name_leads[] = {
    "my name is", "my name's", "name is", "this is", "i am",
    "i'm",        "it is",     "it's",    "call me", "you're speaking with"};
static const char *const place_leads[] = {
    "state of", "city of", "live in",  "lives in", "living in", "located in", "reside in", "am in",
    "i'm in",   "am from", "i'm from", "it is",    "it's",      "that is",    "that's"};
static const char *const name_fillers[] = {
    "yes",     "yeah",      "hello",   "hi",          "hey",      "sure", "ok",
    "okay",    "well",      "uh",      "um",          "oh",       "good", "of course",
    "morning", "afternoon", "evening", "the name is", "speaking", "here"};
static const char *const name_ends[] = {"speaking", "here", "and", "but",
                                        "how",      "what", "who", "i"};

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word_char(char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '\'' ||
           (unsigned char)c >= 0x80;
}

/** Does the word or phrase z stand at s[i], as whole words? */
static bool phrase_at(struct str s, size_t i, const char *z) {
    struct str want = str_z(z);
    if (i + want.len > s.len || !str_eq_nocase(str_from(s.ptr + i, want.len), want))
        return false;
    bool begins = i == 0 || !is_word_char(s.ptr[i - 1]);
    return begins && (i + want.len == s.len || !is_word_char(s.ptr[i + want.len]));
}

static struct str after_lead(struct str s, const char *const *leads, size_t count) {
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < s.len; i++)
            if (phrase_at(s, i, leads[k]))
                return str_from_index(s, i + str_z(leads[k]).len);
    return s;
}

static struct str without_fillers(struct str s) {
    for (bool again = true; again;) {
        again = false;
        while (s.len > 0 && !is_word_char(s.ptr[0]))
            s = str_from_index(s, 1);
        for (size_t k = 0; k < ARRAY_LEN(name_fillers) && !again; k++) {
            if (phrase_at(s, 0, name_fillers[k])) {
                s = str_from_index(s, str_z(name_fillers[k]).len);
                again = true;
            }
        }
    }
    return s;
}

/** Up to punctuation that ends a phrase, or a word that begins another thought. */
static struct str name_part(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == ',' || c == '?' || c == '!' || c == ';' || c == ':' || c == '(')
            return str_from(s.ptr, i);
        /* a full stop ends it, but "J. Doe" and "Dr. Doe" go on */
        if (c == '.' && (i > 3 || i + 1 == s.len))
            return str_from(s.ptr, i);
        for (size_t k = 0; i > 0 && k < ARRAY_LEN(name_ends); k++)
            if (phrase_at(s, i, name_ends[k]))
                return str_from(s.ptr, i);
    }
    return s;
}

static bool has_capital(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') || (unsigned char)s.ptr[i] >= 0x80)
            return true;
    return false;
}

/** What follows one of the leads, without fillers, as a proper noun. */
static enum spoken_result put_proper(struct buf *b, struct str speech, const char *const *leads,
                                     size_t lead_count) {
    struct str s = str_trim(name_part(without_fillers(after_lead(speech, leads, lead_count))));
    bool letters = false, capital = has_capital(s);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            return SPOKEN_NOTHING;
        letters = letters || is_word_char(s.ptr[i]);
    }
    if (!letters || s.len > SPOKEN_NAME_MAX)
        return SPOKEN_NOTHING;
    for (size_t i = 0; i < s.len; i++) {
        bool begins = i == 0 || s.ptr[i - 1] == ' ' || s.ptr[i - 1] == '-';
        char c = s.ptr[i];
        if (!capital && begins && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        buf_putc(b, c);
    }
    return SPOKEN_FOUND;
}

enum spoken_result spoken_put_name(struct buf *b, struct str speech) {
    return put_proper(b, speech, name_leads, ARRAY_LEN(name_leads));
}

enum spoken_result spoken_put_place(struct buf *b, struct str speech) {
    return put_proper(b, speech, place_leads, ARRAY_LEN(place_leads));
}

/* ---- dates ----------------------------------------------------------------------------------- */

enum {
    DAY_MS = 86400000,
    DATE_WORDS_MAX = 40
};

static const char *const months[] = {"january",   "february", "march",    "april",
                                     "may",       "june",     "july",     "august",
                                     "september", "october",  "november", "december"};
static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};

struct date_parts {
    int year, month, day; /* 0: not said */
    int days_ahead;       /* -1: not said */
    int weekday;          /* -1: not said */
};

static bool leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

/** "5", "5th", "2026"; -1 when it is no such number. */
static int date_number(struct str word) {
    size_t n = 0;
    while (n < word.len && word.ptr[n] >= '0' && word.ptr[n] <= '9')
        n++;
    uint64_t value;
    struct str suffix = str_from_index(word, n);
    bool ordinal = str_eq_nocase(suffix, STR("st")) || str_eq_nocase(suffix, STR("nd")) ||
                   str_eq_nocase(suffix, STR("rd")) || str_eq_nocase(suffix, STR("th"));
    if (n == 0 || (suffix.len > 0 && !ordinal))
        return -1;
    return str_to_u64(str_from(word.ptr, n), 9999, &value) ? (int)value : -1;
}

static int word_index(struct str word, const char *const *names, size_t count, bool may_shorten) {
    for (size_t i = 0; i < count; i++) {
        if (str_eq_nocase(word, str_z(names[i])))
            return (int)i;
        if (may_shorten && word.len >= 3 && word.len <= 4 && word.len < str_z(names[i]).len &&
            str_eq_nocase(word, str_from(names[i], word.len)))
            return (int)i;
    }
    return -1;
}

static struct str next_word(struct str *rest) {
    while (rest->len > 0 && !is_word_char(rest->ptr[0]))
        *rest = str_from_index(*rest, 1);
    size_t n = 0;
    while (n < rest->len && is_word_char(rest->ptr[n]))
        n++;
    struct str word = str_from(rest->ptr, n);
    *rest = str_from_index(*rest, n);
    return word;
}

/** 2026-03-05, 3/5 or 3/5/2026 (month first). */
static bool numeric_date(struct str speech, struct date_parts *p) {
    for (size_t i = 0; i < speech.len; i++) {
        if (speech.ptr[i] < '0' || speech.ptr[i] > '9' ||
            (i > 0 && is_word_char(speech.ptr[i - 1])))
            continue;
        struct str rest = str_from_index(speech, i);
        int n[3] = {0, 0, 0};
        size_t count = 0;
        char sep = 0;
        while (count < 3) {
            n[count++] = date_number(next_word(&rest));
            if (rest.len < 2 || (rest.ptr[0] != '-' && rest.ptr[0] != '/') ||
                (sep && rest.ptr[0] != sep) || rest.ptr[1] < '0' || rest.ptr[1] > '9')
                break;
            sep = rest.ptr[0];
        }
        if (sep == '-' && count == 3 && n[0] >= 1000) {
            *p = (struct date_parts){n[0], n[1], n[2], -1, -1};
            return true;
        }
        if (sep == '/' && count >= 2) {
            *p = (struct date_parts){count == 3 ? n[2] : 0, n[0], n[1], -1, -1};
            return true;
        }
    }
    return false;
}

static void word_date(struct str speech, struct date_parts *p) {
    for (size_t i = 0; i < DATE_WORDS_MAX && speech.len > 0; i++) {
        struct str word = next_word(&speech);
        int n = date_number(word);
        int month = word_index(word, months, ARRAY_LEN(months), true);
        int weekday = word_index(word, weekdays, ARRAY_LEN(weekdays), false);
        if (str_eq_nocase(word, STR("today")))
            p->days_ahead = 0;
        else if (str_eq_nocase(word, STR("tomorrow")))
            p->days_ahead = 1;
        else if (month >= 0)
            p->month = month + 1;
        else if (weekday >= 0)
            p->weekday = weekday;
        else if (n >= 1000)
            p->year = n;
        else if (n >= 1 && n <= 31)
            p->day = n;
    }
}

static enum spoken_result put_day(struct buf *b, int64_t ms) {
    struct clock_date d = clock_utc(ms);
    buf_printf(b, "%04d-%02d-%02d", d.year, d.month, d.day);
    return SPOKEN_FOUND;
}

enum spoken_result spoken_put_date(struct buf *b, struct str speech, int64_t now_ms) {
    struct date_parts p = {.days_ahead = -1, .weekday = -1};
    struct clock_date now = clock_utc(now_ms);
    if (!numeric_date(speech, &p))
        word_date(speech, &p);
    if (p.month == 0 && p.days_ahead >= 0)
        return put_day(b, now_ms + (int64_t)p.days_ahead * DAY_MS);
    if (p.month == 0 && p.weekday >= 0) {
        int ahead = (p.weekday - now.weekday + 7) % 7;
        return put_day(b, now_ms + (int64_t)(ahead == 0 ? 7 : ahead) * DAY_MS);
    }
    if (p.month < 1 || p.month > 12 || p.day < 1)
        return SPOKEN_NOTHING;
    if (p.year == 0) {
        bool past = p.month < now.month || (p.month == now.month && p.day < now.day);
        p.year = past ? now.year + 1 : now.year;
    }
    if (p.year < 1900 || p.year > 2199 || p.day > days_in(p.year, p.month))
        return SPOKEN_NOTHING;
    buf_printf(b, "%04d-%02d-%02d", p.year, p.month, p.day);
    return SPOKEN_FOUND;
}
