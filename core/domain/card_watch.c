#include "core/domain/card_watch.h"

#include "core/base/compiler.h"
#include "core/domain/card_digits.h"

enum {
    GROUPS_MAX = 48,   /* of one line; more are masked unread */
    SPOKEN_CLEAR = 6,  /* digits that stay when a card is spoken of */
    CLEAR_DIGITS = 20, /* looked back at */
    WHOLE = 15,        /* so many digits are a whole number: what follows is something else */
    QUIET_LINES = 2,   /* "wait a moment", "are you ready?" */
    CARD_LINES = 3,
    CODE_LINES = 2,
};

static const struct str number_mark = STR_INIT("[card number]");
static const struct str code_mark = STR_INIT("[security code]");

enum verdict {
    VERDICT_CLEAR = 0,
    VERDICT_NUMBER,
    VERDICT_CODE
};

/** A run of digits in a line. */
struct group {
    struct str text;
    struct card_run run;
    bool is_amount;
    bool is_kept; /* in card_watch.clear */
    enum verdict verdict;
};

struct line {
    struct group groups[GROUPS_MAX];
    size_t count;
    bool overflows;
};

/* ---- what is spoken of -------------------------------------------------------------------------
 */

static bool speaks_of(struct str said, const struct str *words, size_t count) {
    for (size_t i = 0; i < said.len; i++)
        for (size_t k = 0; k < count; k++)
            if (said.len - i >= words[k].len &&
                str_eq_nocase(str_from(said.ptr + i, words[k].len), words[k]))
                return true;
    return false;
}

void card_watch_hear(struct card_watch *w, struct str said) {
    static const struct str card[] = {
        STR_INIT("card number"),  STR_INIT("card no."),     STR_INIT("card's number"),
        STR_INIT("card details"), STR_INIT("card is"),      STR_INIT("number of my card"),
        STR_INIT("of your card"), STR_INIT("on your card"), STR_INIT("on my card"),
        STR_INIT("on the card"),
    };
    static const struct str code[] = {STR_INIT("security code"), STR_INIT("cvv"), STR_INIT("cvc"),
                                      STR_INIT("card code"), STR_INIT("on the back")};
    if (speaks_of(said, card, ARRAY_LEN(card)))
        w->card = CARD_LINES;
    if (speaks_of(said, code, ARRAY_LEN(code)))
        w->code = CODE_LINES;
}

void card_watch_expect(struct card_watch *w) {
    w->card = CARD_LINES;
}

/* ---- groups of a line --------------------------------------------------------------------------
 */

static bool is_figure(char c) {
    return c >= '0' && c <= '9';
}

/** "$15,000", "49.99", "4500 dollars", "20 percent". */
static bool is_amount(struct str said, struct str group) {
    static const struct str units[] = {STR_INIT("dollar"),  STR_INIT("cent"), STR_INIT("euro"),
                                       STR_INIT("pound"),   STR_INIT("buck"), STR_INIT("%"),
                                       STR_INIT("percent"), STR_INIT("usd")};
    size_t at = (size_t)(group.ptr - said.ptr);
    struct str rest = str_trim(str_from_index(said, at + group.len));
    struct str before = str_trim(str_from(said.ptr, at));
    bool cents = group.len > 3 && group.ptr[group.len - 3] == '.' && is_figure(group.ptr[0]);
    bool sign = before.len > 0 && (before.ptr[before.len - 1] == '$' ||
                                   (uint8_t)before.ptr[before.len - 1] == 0xAC || /* of "€" */
                                   (uint8_t)before.ptr[before.len - 1] == 0xA3);  /* of "£" */
    bool unit = false;
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        unit = unit || (rest.len >= units[i].len &&
                        str_eq_nocase(str_from(rest.ptr, units[i].len), units[i]));
    return sign || unit || cents;
}

/** "oh", "one": a word more often than a digit. */
static bool is_word(const struct group *g) {
    return g->run.count == 1 && card_is_letter(g->text.ptr[0]);
}

static size_t word_length(struct str s) {
    size_t n = 1;
    while (n < s.len && card_is_letter(s.ptr[0]) && card_is_letter(s.ptr[n]))
        n++;
    return n;
}

static void read_line(struct line *l, struct str said) {
    l->count = 0;
    l->overflows = false;
    for (size_t i = 0; i < said.len;) {
        struct group g = {0};
        size_t n = card_run_read(str_from_index(said, i), &g.run);
        g.text = str_from(said.ptr + i, n);
        i += n > 0 ? n : word_length(str_from_index(said, i));
        if (n == 0 || is_word(&g))
            continue;
        l->overflows = l->count == GROUPS_MAX;
        if (l->overflows)
            return;
        g.is_amount = is_amount(said, g.text);
        l->groups[l->count++] = g;
    }
}

/* ---- the number that may be under way ----------------------------------------------------------
 */

static size_t clear_digits(const struct card_watch *w) {
    struct card_run run;
    (void)card_run_read(str_z(w->clear), &run);
    return run.count;
}

static void forget(struct card_watch *w) {
    w->clear[0] = '\0';
    w->hidden = w->quiet = 0;
}

/** Figures as they are grouped; spoken digits are one group. */
static void put_digits(struct buf *b, const struct card_run *run) {
    bool apart = true;
    for (size_t i = 0; i < run->count; i++)
        apart = apart && run->begins[i];
    for (size_t i = 0; i < run->count; i++) {
        if (b->len > 0 && (i == 0 || (run->begins[i] && !apart)))
            buf_putc(b, ' ');
        buf_putc(b, (char)('0' + run->digits[i]));
    }
}

/** What is in clear, then these digits; the oldest groups make room. */
static void keep(struct card_watch *w, const struct card_run *run) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(256);
    buf_puts(&b, w->clear);
    put_digits(&b, run);
    struct str s = buf_str(&b);
    while (s.len >= CARD_WATCH_TEXT_SIZE || (s.len > CLEAR_DIGITS && str_find(s, ' ') < s.len))
        s = str_find(s, ' ') < s.len ? str_from_index(s, str_find(s, ' ') + 1) : STR("");
    if (!str_copy(s, w->clear, sizeof w->clear))
        w->clear[0] = '\0';
}

/** Could an issuer have given a number that begins so? Of n digits; 0: of any length. */
static bool is_of_an_issuer(const uint8_t *d, size_t n) {
    unsigned two = d[0] * 10u + d[1], four = two * 100 + d[2] * 10u + d[3];
    bool amex = two == 34 || two == 37, diners = two == 30 || two == 36 || two == 38 || two == 39;
    if (n == 13)
        return d[0] == 4;
    if (n == 14)
        return diners;
    if (n == 15)
        return amex;
    return (d[0] >= 4 && d[0] <= 6) || two == 35 || (four >= 2221 && four <= 2720) ||
           (n == 0 && (amex || diners));
}

/** Digits before `fresh` and with it that are a whole number; 0 when there are none. */
static size_t completed(const struct card_run *all, size_t fresh) {
    size_t end = all->count;
    for (size_t to = fresh + 1; to <= end; to++)
        for (size_t from = 0; (to == end || all->begins[to]) && from < fresh; from++) {
            size_t n = to - from;
            if (all->begins[from] && n >= CARD_DIGITS_MIN && n <= CARD_DIGITS_MAX &&
                is_of_an_issuer(all->digits + from, n) && card_luhn_is_right(all->digits + from, n))
                return fresh - from;
        }
    return 0;
}

/** The digits in clear and then those of run, as one. False when they are too many to be a card. */
static bool join(const struct card_watch *w, const struct card_run *run, struct card_run *all) {
    (void)card_run_read(str_z(w->clear), all);
    if (all->count + run->count > CARD_RUN_MAX)
        return false;
    for (size_t i = 0; i < run->count; i++) {
        all->digits[all->count] = run->digits[i];
        all->begins[all->count++] = run->begins[i];
    }
    return true;
}

static size_t group_length(const struct card_run *run, size_t from, size_t end) {
    size_t n = 1;
    while (from + n < end && !run->begins[from + n])
        n++;
    return n;
}

/**
 * How many digits before `fresh` are, with those after it, grouped as they are printed on cards; 0:
 * they are not.
 */
static size_t printed(const struct card_run *all, size_t fresh) {
    size_t first = 0, at = 0, fours = 0;
    for (size_t n; at < fresh; at += n) {
        n = group_length(all, at, fresh);
        fours = n == 4 ? fours + 1 : 0;
        first = at + n == fresh ? at : first;
    }
    if (fours >= 2) {
        bool round = all->digits[fresh - 1] == 0 && all->digits[fresh - 5] == 0; /* amounts */
        return !round && is_of_an_issuer(all->digits + fresh - 8, 0) ? 8 : 0;
    }
    size_t next = group_length(all, fresh, all->count);
    bool amex = fours == 1 && (next == 6 || all->count - fresh == 6) &&
                is_of_an_issuer(all->digits + first, 15);
    return amex ? 4 : 0;
}

/* ---- verdicts ----------------------------------------------------------------------------------
 */

/** Groups before the k-th that are still in clear and have these digits. */
static void hide_before(struct line *l, size_t k, size_t digits) {
    while (k-- > 0 && digits > 0) {
        struct group *g = &l->groups[k];
        if (!g->is_kept)
            continue;
        g->verdict = VERDICT_NUMBER;
        digits = digits > g->run.count ? digits - g->run.count : 0;
    }
}

static bool is_part(struct card_watch *w, struct line *l, size_t k) {
    const struct card_run *run = &l->groups[k].run;
    struct card_run all;
    size_t clear = clear_digits(w);
    if (w->hidden > 0 || (w->card > 0 && clear + run->count > SPOKEN_CLEAR))
        return true;
    if (clear == 0 || !join(w, run, &all))
        return false;
    size_t before = completed(&all, clear);
    if (before == 0 && run->count > 1)
        before = printed(&all, clear);
    hide_before(l, k, before);
    return before > 0;
}

static void judge(struct card_watch *w, struct line *l, size_t k) {
    struct group *g = &l->groups[k];
    size_t n = g->run.count;
    if (card_run_holds_card(&g->run)) {
        g->verdict = VERDICT_NUMBER;
        forget(w);
        w->code = CODE_LINES + 1;
        return;
    }
    if (w->code > 0 && w->hidden == 0 && (n == 3 || n == 4) && !g->is_amount) {
        g->verdict = VERDICT_CODE;
        return;
    }
    if (g->is_amount || (n == 1 && w->card == 0 && w->hidden == 0))
        return;
    if (is_part(w, l, k)) {
        g->verdict = VERDICT_NUMBER;
        w->hidden += (uint32_t)n;
    } else {
        g->is_kept = true;
        keep(w, &g->run);
    }
    if (w->hidden > 0 && clear_digits(w) + w->hidden >= WHOLE) {
        forget(w);
        w->code = CODE_LINES + 1;
    }
}

static bool write_line(struct buf *b, const struct line *l, struct str said) {
    bool masked = false;
    size_t at = 0;
    for (size_t i = 0; i < l->count; i++) {
        const struct group *g = &l->groups[i];
        size_t from = (size_t)(g->text.ptr - said.ptr);
        buf_put(b, said.ptr + at, from - at);
        at = from + g->text.len;
        buf_put_str(b, g->verdict == VERDICT_NUMBER ? number_mark
                       : g->verdict == VERDICT_CODE ? code_mark
                                                    : g->text);
        masked = masked || g->verdict != VERDICT_CLEAR;
    }
    buf_put_str(b, l->overflows ? number_mark : str_from_index(said, at));
    return masked || l->overflows;
}

bool card_watch_put(struct card_watch *w, struct buf *b, struct str said) {
    struct line l;
    bool digits = false;
    card_watch_hear(w, said);
    read_line(&l, said);
    for (size_t i = 0; i < l.count; i++) {
        judge(w, &l, i);
        digits = digits || l.groups[i].verdict != VERDICT_CLEAR || l.groups[i].is_kept;
    }
    w->quiet = digits ? 0 : w->quiet + 1;
    if (w->quiet > QUIET_LINES)
        forget(w);
    w->card -= w->card > 0 && !digits;
    w->code -= w->code > 0;
    return write_line(b, &l, said);
}
