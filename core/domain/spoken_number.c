#include "core/base/compiler.h"
#include "core/domain/spoken.h"

/*
 * Speech becomes tokens, tokens become amounts. An amount is built like a person says it: a group
 * below a thousand ("two hundred and fifty"), closed by a scale ("thousand"), followed by a smaller
 * group. What cannot continue an amount begins the next one.
 */
enum token_kind {
    TOKEN_OTHER = 0,
    TOKEN_FIGURES, /* 25,000 or 2.5 */
    TOKEN_SMALL,   /* zero … ninety */
    TOKEN_HUNDRED,
    TOKEN_SCALE,
    TOKEN_HALF,
    TOKEN_A,
    TOKEN_AND,
    TOKEN_POINT,
    TOKEN_CURRENCY,
    TOKEN_CENTS,
    TOKEN_COMMA,
    TOKEN_FILLER, /* between a number and its currency: no meaning */
    TOKEN_END
};

struct token {
    enum token_kind kind;
    int64_t value; /* figures in hundredths; others as they are */
};

static const struct {
    const char *word;
    enum token_kind kind;
    int64_t value;
} words[] = {
    {"zero", TOKEN_SMALL, 0},
    {"oh", TOKEN_SMALL, 0},
    {"one", TOKEN_SMALL, 1},
    {"two", TOKEN_SMALL, 2},
    {"three", TOKEN_SMALL, 3},
    {"four", TOKEN_SMALL, 4},
    {"five", TOKEN_SMALL, 5},
    {"six", TOKEN_SMALL, 6},
    {"seven", TOKEN_SMALL, 7},
    {"eight", TOKEN_SMALL, 8},
    {"nine", TOKEN_SMALL, 9},
    {"ten", TOKEN_SMALL, 10},
    {"eleven", TOKEN_SMALL, 11},
    {"twelve", TOKEN_SMALL, 12},
    {"thirteen", TOKEN_SMALL, 13},
    {"fourteen", TOKEN_SMALL, 14},
    {"fifteen", TOKEN_SMALL, 15},
    {"sixteen", TOKEN_SMALL, 16},
    {"seventeen", TOKEN_SMALL, 17},
    {"eighteen", TOKEN_SMALL, 18},
    {"nineteen", TOKEN_SMALL, 19},
    {"twenty", TOKEN_SMALL, 20},
    {"thirty", TOKEN_SMALL, 30},
    {"forty", TOKEN_SMALL, 40},
    {"fourty", TOKEN_SMALL, 40},
    {"fifty", TOKEN_SMALL, 50},
    {"sixty", TOKEN_SMALL, 60},
    {"seventy", TOKEN_SMALL, 70},
    {"eighty", TOKEN_SMALL, 80},
    {"ninety", TOKEN_SMALL, 90},
    {"hundred", TOKEN_HUNDRED, 100},
    {"thousand", TOKEN_SCALE, 1000},
    {"grand", TOKEN_SCALE, 1000},
    {"k", TOKEN_SCALE, 1000},
    {"million", TOKEN_SCALE, 1000000},
    {"m", TOKEN_SCALE, 1000000},
    {"billion", TOKEN_SCALE, 1000000000},
    {"half", TOKEN_HALF, 0},
    {"a", TOKEN_A, 0},
    {"an", TOKEN_A, 0},
    {"and", TOKEN_AND, 0},
    {"point", TOKEN_POINT, 0},
    {"dollar", TOKEN_CURRENCY, 0},
    {"dollars", TOKEN_CURRENCY, 0},
    {"bucks", TOKEN_CURRENCY, 0},
    {"usd", TOKEN_CURRENCY, 0},
    {"cent", TOKEN_CENTS, 0},
    {"cents", TOKEN_CENTS, 0},
    {"us", TOKEN_FILLER, 0},
    {"hundreds", TOKEN_HUNDRED, 100},
    {"thousands", TOKEN_SCALE, 1000},
};

static bool is_figure(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/** Figures with thousands commas and up to two decimals; false when too large to be an amount. */
static bool read_figures(struct str *rest, int64_t *hundredths) {
    int64_t n = 0;
    size_t i = 0, decimals = 0;
    bool fits = true;
    for (; i < rest->len; i++) {
        char c = rest->ptr[i];
        bool more = i + 1 < rest->len && is_figure(rest->ptr[i + 1]);
        if (c == ',' && more)
            continue;
        if (!is_figure(c))
            break;
        n = fits ? n * 10 + (c - '0') : n;
        fits = n <= SPOKEN_CENTS_MAX / 100;
    }
    n *= 100;
    if (i + 1 < rest->len && rest->ptr[i] == '.' && is_figure(rest->ptr[i + 1])) {
        for (i++; i < rest->len && is_figure(rest->ptr[i]); i++, decimals++) {
            if (decimals < 2)
                n += (rest->ptr[i] - '0') * (decimals == 0 ? 10 : 1);
        }
    }
    *rest = str_from_index(*rest, i);
    *hundredths = n;
    return fits;
}

static struct token next_token(struct str *rest) {
    while (rest->len > 0) {
        char c = rest->ptr[0];
        if (c == '$') {
            *rest = str_from_index(*rest, 1);
            return (struct token){TOKEN_CURRENCY, 1};
        }
        if (is_figure(c)) {
            struct token t = {.kind = TOKEN_FIGURES};
            if (!read_figures(rest, &t.value))
                t.kind = TOKEN_OTHER;
            return t;
        }
        if (is_letter(c)) {
            size_t n = 0;
            while (n < rest->len && (is_letter(rest->ptr[n]) || rest->ptr[n] == '\''))
                n++;
            struct str word = str_from(rest->ptr, n);
            *rest = str_from_index(*rest, n);
            for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_nocase(word, str_z(words[i].word)))
                    return (struct token){words[i].kind, words[i].value};
            return (struct token){TOKEN_OTHER, 0};
        }
        if (c == ',') {
            *rest = str_from_index(*rest, 1);
            return (struct token){TOKEN_COMMA, 0};
        }
        bool gap = c == ' ' || c == '-' || c == '\t' || c == '\n';
        *rest = str_from_index(*rest, 1);
        if (!gap)
            return (struct token){TOKEN_OTHER, 0};
    }
    return (struct token){TOKEN_END, 0};
}

enum {
    AMOUNTS_MAX = 8
};

struct amount {
    int64_t hundredths;
    bool money; /* with a currency, or in thousands */
};

struct reader {
    struct amount found[AMOUNTS_MAX];
    size_t count;
    bool too_many;
    /* the amount being built, in hundredths */
    bool open, group_open, money, next_is_money, after_and;
    int64_t total, group;
    int64_t scale;    /* of the last closed group; 0: none yet */
    int64_t decimals; /* after "point": worth of the next digit; 0: not after a point */
    enum token_kind last;
    int64_t last_value;
};

static void emit(struct reader *r, int64_t hundredths, bool money) {
    if (r->count == AMOUNTS_MAX || hundredths > SPOKEN_CENTS_MAX) {
        r->too_many = true;
        return;
    }
    r->found[r->count++] = (struct amount){hundredths, money};
}

static void finish(struct reader *r) {
    if (r->open)
        emit(r, r->total + r->group, r->money);
    r->open = r->group_open = r->money = r->after_and = false;
    r->total = r->group = r->scale = r->decimals = 0;
}

static void open_group(struct reader *r) {
    if (!r->open) {
        r->money = r->next_is_money;
        r->next_is_money = false;
    }
    r->open = r->group_open = true;
}

static void take_small(struct reader *r, int64_t n) {
    if (r->decimals > 0) {
        if (n < 10) {
            r->group += n * r->decimals;
            r->decimals /= 10;
        }
        return;
    }
    if (!r->group_open) {
        open_group(r);
        r->group = n * 100;
        return;
    }
    bool continues = false;
    if (r->last == TOKEN_HUNDRED || (r->last == TOKEN_AND && r->group % 10000 == 0)) {
        continues = true; /* two hundred (and) five */
        r->group += n * 100;
    } else if (r->last == TOKEN_SMALL && r->last_value >= 20 && n > 0 && n < 10) {
        continues = true; /* twenty five */
        r->group += n * 100;
    } else if (r->last == TOKEN_SMALL && r->last_value < 10 && n < 10 &&
               r->group <= SPOKEN_CENTS_MAX / 100) {
        continues = true; /* four one five five */
        r->group = r->group * 10 + n * 100;
    }
    if (!continues) {
        finish(r);
        open_group(r);
        r->group = n * 100;
    }
}

static void take_figures(struct reader *r, int64_t hundredths) {
    /* two thousand 500 continues, 300 500 does not */
    if (r->open && (r->group_open || r->scale <= hundredths / 100))
        finish(r);
    open_group(r);
    r->group = hundredths;
}

static void take_scale(struct reader *r, int64_t scale) {
    if (!r->group_open) {
        r->too_many = r->too_many || r->last == TOKEN_SCALE; /* "thousand billion" */
        if (r->last != TOKEN_A && r->last != TOKEN_HALF)
            return;
        open_group(r);
        r->group = r->last == TOKEN_A ? 100 : 50;
    }
    if (r->scale > 0 && scale >= r->scale) { /* the group belongs to a new amount */
        int64_t group = r->group;
        r->group = 0;
        finish(r);
        open_group(r);
        r->group = group;
    }
    if (r->group > SPOKEN_CENTS_MAX / scale) {
        r->too_many = true;
        r->group = 0;
    }
    r->total += r->group * scale;
    r->group = 0;
    r->group_open = false;
    r->decimals = 0;
    r->scale = scale;
    r->money = true;
}

static void take_hundred(struct reader *r) {
    if (!r->group_open) {
        if (r->last != TOKEN_A)
            return;
        open_group(r);
        r->group = 100;
    }
    if (r->group <= 99 * 100)
        r->group *= 100;
}

static void take_cents(struct reader *r) {
    /* "twenty dollars and fifty cents": the second number is part of the first */
    if (!r->open)
        return;
    int64_t cents = (r->total + r->group) / 100;
    bool joined = r->count > 0 && r->found[r->count - 1].money && cents < 100;
    r->open = r->group_open = false;
    r->total = r->group = r->scale = 0;
    if (joined)
        r->found[r->count - 1].hundredths += cents;
    else
        emit(r, cents, true);
}

static void take(struct reader *r, struct token t) {
    switch (t.kind) {
    case TOKEN_FIGURES:
        take_figures(r, t.value);
        break;
    case TOKEN_SMALL:
        take_small(r, t.value);
        break;
    case TOKEN_HUNDRED:
        take_hundred(r);
        break;
    case TOKEN_SCALE:
        take_scale(r, t.value);
        break;
    case TOKEN_HALF: /* "two and a half"; "half a million" waits for its scale */
        if (r->group_open && (r->last == TOKEN_A || r->last == TOKEN_AND))
            r->group += 50;
        break;
    case TOKEN_POINT:
        r->decimals = r->group_open ? 10 : 0;
        break;
    case TOKEN_CURRENCY:
        if (t.value == 1) { /* the sign stands before its number */
            finish(r);
            r->next_is_money = true;
            break;
        }
        r->money = true;
        finish(r);
        break;
    case TOKEN_CENTS:
        take_cents(r);
        break;
    case TOKEN_COMMA: /* "four thousand, five hundred" is one amount */
        if (r->last == TOKEN_SCALE)
            return;
        finish(r);
        break;
    case TOKEN_OTHER:
    case TOKEN_END:
        finish(r);
        break;
    case TOKEN_A:
        if (r->open && r->last != TOKEN_AND && r->last != TOKEN_HALF)
            finish(r);
        break;
    case TOKEN_AND:
    case TOKEN_FILLER:
        break;
    }
    bool half_a = t.kind == TOKEN_A && r->last == TOKEN_HALF;
    r->last = half_a ? TOKEN_HALF : t.kind;
    r->last_value = t.value;
}

static void read_amounts(struct str speech, struct reader *r) {
    struct token t;
    do {
        t = next_token(&speech);
        take(r, t);
    } while (t.kind != TOKEN_END);
}

/** The one value among those that `keep` allows; nothing when it keeps none. */
static enum spoken_result choose(const struct reader *r, bool money_only, int64_t at_least,
                                 int64_t *out) {
    bool found = false;
    for (size_t i = 0; i < r->count; i++) {
        const struct amount *a = &r->found[i];
        if ((money_only && !a->money) || a->hundredths < at_least)
            continue;
        if (found && a->hundredths != *out)
            return SPOKEN_SEVERAL;
        *out = a->hundredths;
        found = true;
    }
    return found ? SPOKEN_FOUND : SPOKEN_NOTHING;
}

enum spoken_result spoken_money(struct str speech, int64_t *cents) {
    struct reader r = {0};
    read_amounts(speech, &r);
    int64_t value = 0;
    enum spoken_result found = choose(&r, true, 0, &value);
    if (found == SPOKEN_NOTHING)
        found = choose(&r, false, 0, &value);
    if (found == SPOKEN_SEVERAL && choose(&r, true, 0, &value) == SPOKEN_NOTHING)
        found = choose(&r, false, 10000, &value); /* "one card of 5000": the small one counts */
    if (found == SPOKEN_NOTHING && r.count > 0)
        found = SPOKEN_SEVERAL; /* only small ones, and different */
    if (found == SPOKEN_FOUND && r.too_many)
        found = SPOKEN_SEVERAL;
    if (found == SPOKEN_FOUND)
        *cents = value;
    return found;
}

enum spoken_result spoken_money_sum(struct str speech, int64_t *cents) {
    struct reader r = {0};
    read_amounts(speech, &r);
    int64_t sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < r.count; i++) {
        sum += r.found[i].money ? r.found[i].hundredths : 0;
        count += r.found[i].money;
    }
    if (count < 2 || r.too_many || sum > SPOKEN_CENTS_MAX)
        return spoken_money(speech, cents);
    *cents = sum;
    return SPOKEN_FOUND;
}

enum spoken_result spoken_number(struct str speech, int64_t *hundredths) {
    struct reader r = {0};
    read_amounts(speech, &r);
    int64_t value = 0;
    enum spoken_result found = choose(&r, false, 0, &value);
    if (found == SPOKEN_FOUND && r.too_many)
        found = SPOKEN_SEVERAL;
    if (found == SPOKEN_FOUND)
        *hundredths = value;
    return found;
}

void spoken_put_hundredths(struct buf *b, int64_t hundredths) {
    buf_put_i64(b, hundredths / 100);
    int64_t part = hundredths % 100;
    if (part > 0)
        buf_printf(b, ".%02d", (int)part);
}
