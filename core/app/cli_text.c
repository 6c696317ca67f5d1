#include "core/app/cli_text.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/utf8.h"

enum {
    TIME_DATE = 10, /* "2026-11-21" */
    TIME_CLOCK = 8  /* "12:00:00" */
};

/* ---- clean text -------------------------------------------------------------------------------
 */

/* Bytes of the control character that s begins with: C0, DEL, or C1 as UTF-8; 0 for anything else.
 */
static size_t control_bytes(struct str s) {
    unsigned char a = (unsigned char)s.ptr[0];
    if (a < 0x20 || a == 0x7f)
        return 1;
    bool c1 = a == 0xc2 && s.len > 1 && (unsigned char)s.ptr[1] < 0xa0;
    return c1 ? 2 : 0;
}

static char stand_in(char c) {
    return c == '\n' || c == '\r' || c == '\t' ? ' ' : '?';
}

void cli_put_clean(FILE *f, struct str s) {
    while (s.len > 0) {
        size_t n = control_bytes(s);
        fputc(n ? stand_in(s.ptr[0]) : s.ptr[0], f);
        s = str_from_index(s, n ? n : 1);
    }
}

static bool continues_character(char c) {
    return ((unsigned char)c & 0xc0) == 0x80;
}

void cli_clean_copy(struct str s, char *dst, size_t dst_size) {
    size_t used = 0;
    while (s.len > 0 && used + 1 < dst_size) {
        size_t n = control_bytes(s);
        dst[used++] = n ? stand_in(s.ptr[0]) : s.ptr[0];
        s = str_from_index(s, n ? n : 1);
    }
    used = utf8_cut(dst, used);
    dst[used] = '\0';
}

size_t cli_columns(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += !continues_character(s.ptr[i]);
    return n;
}

size_t cli_terminal_columns(FILE *f) {
    struct winsize size = {0};
    int fd = fileno(f);
    if (fd < 0 || !isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

/* ---- tables -----------------------------------------------------------------------------------
 */

struct str *cli_table_row(struct cli_table *t) {
    if (t->rows == t->rows_room) {
        t->rows_room = t->rows_room ? t->rows_room * 2 : 16;
        t->cells = mem_resize(t->cells, t->rows_room * t->columns * sizeof *t->cells);
    }
    struct str *row = &t->cells[t->rows++ * t->columns];
    for (size_t i = 0; i < t->columns; i++)
        row[i] = (struct str){0};
    return row;
}

static void put_blanks(FILE *f, size_t n) {
    fprintf(f, "%*s", (int)n, "");
}

/* The first `columns` characters of s; the last one is "…" when it had to be cut. */
static void put_cut(FILE *f, struct str s, size_t columns) {
    if (cli_columns(s) <= columns) {
        cli_put_clean(f, s);
        return;
    }
    size_t bytes = 0, seen = 0;
    while (bytes < s.len) {
        seen += !continues_character(s.ptr[bytes]);
        if (seen == columns)
            break;
        bytes++;
    }
    cli_put_clean(f, str_from(s.ptr, bytes));
    fputs("…", f);
}

static void put_row(const struct cli_table *t, FILE *f, const struct str *row,
                    const size_t *widths) {
    for (size_t i = 0; i < t->columns; i++) {
        size_t used = cli_columns(row[i]), last = i + 1 == t->columns;
        size_t pad = used < widths[i] ? widths[i] - used : 0;
        if (t->right[i])
            put_blanks(f, pad);
        put_cut(f, row[i], widths[i]);
        if (!last)
            put_blanks(f, (t->right[i] ? 0 : pad) + CLI_TABLE_GAP);
    }
    fputc('\n', f);
}

void cli_table_put(const struct cli_table *t, FILE *f, size_t width_max) {
    struct str headings[CLI_TABLE_COLUMNS_MAX];
    size_t widths[CLI_TABLE_COLUMNS_MAX], before_last = 0, last = t->columns - 1;
    for (size_t i = 0; i < t->columns; i++) {
        headings[i] = str_z(t->headings[i]);
        widths[i] = headings[i].len;
        for (size_t r = 0; r < t->rows; r++) {
            size_t n = cli_columns(t->cells[r * t->columns + i]);
            widths[i] = n > widths[i] ? n : widths[i];
        }
        if (i < last)
            before_last += widths[i] + CLI_TABLE_GAP;
    }
    size_t least = headings[last].len > 8 ? headings[last].len : 8;
    if (width_max > 0 && before_last + widths[last] > width_max)
        widths[last] = before_last + least < width_max ? width_max - before_last : least;
    put_row(t, f, headings, widths);
    for (size_t r = 0; r < t->rows; r++)
        put_row(t, f, &t->cells[r * t->columns], widths);
}

void cli_table_release(struct cli_table *t) {
    mem_free(t->cells);
    arena_release(&t->arena);
    *t = (struct cli_table){0};
}

/* ---- cells ------------------------------------------------------------------------------------
 */

struct str cli_cell(struct arena *a, const struct json *object, const char *member) {
    const struct json *v = json_get(object, member);
    struct buf b = BUF_INIT(65536);
    struct str text = json_str(v);
    switch (json_type(v)) {
    case JSON_STRING:
        return text.len > 0 ? text : STR("-");
    case JSON_NUMBER:
    case JSON_BOOL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        json_put_value(&b, v);
        text = arena_copy(a, buf_str(&b));
        buf_release(&b);
        return text;
    case JSON_NONE:
    case JSON_NULL:
        break;
    }
    return STR("-");
}

struct str cli_cell_time(struct arena *a, const struct json *object, const char *member) {
    struct str t = json_str(json_get(object, member));
    if (t.len < TIME_DATE + 1 + TIME_CLOCK)
        return STR("-");
    return arena_printf(a, "%.*s %.*s", TIME_DATE, t.ptr, TIME_CLOCK, t.ptr + TIME_DATE + 1);
}

struct str cli_cell_seconds(struct arena *a, const struct json *object, const char *member) {
    int64_t n = 0;
    if (!json_int(json_get(object, member), 0, INT32_MAX, &n))
        return STR("-");
    return arena_printf(a, "%lld s", (long long)n);
}

void cli_put_pretty(FILE *f, struct str json) {
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        bool opens = !quoted && (c == '{' || c == '[');
        bool closes = !quoted && (c == '}' || c == ']');
        bool empty =
            opens && i + 1 < json.len && (json.ptr[i + 1] == '}' || json.ptr[i + 1] == ']');
        if (closes && json.ptr[i - 1] != '{' && json.ptr[i - 1] != '[')
            fprintf(f, "\n%*s", (int)(2 * (depth - 1)), "");
        depth = opens ? depth + 1 : closes ? depth - 1 : depth;
        fputc(c, f);
        if ((opens && !empty) || (!quoted && c == ','))
            fprintf(f, "\n%*s", (int)(2 * depth), "");
        else if (!quoted && c == ':')
            fputc(' ', f);
        if (quoted && c == '\\' && i + 1 < json.len)
            fputc(json.ptr[++i], f);
        else if (c == '"')
            quoted = !quoted;
    }
    fputc('\n', f);
}
