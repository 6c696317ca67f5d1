#include "core/base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/base/id.h"
#include "core/base/utf8.h"

enum {
    LINE_BYTES = 2048,
    TAIL_BYTES = 32, /* kept free for the mark of a cut line and its end */
    VALUE_BYTES = 256,
    PHONE_BYTES = 16,
    PHONE_DIGITS = 7, /* the shortest number that is masked inside a text */
};

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARN] = "warn",
    [LOG_ERROR] = "error",
};
_Static_assert(ARRAY_LEN(level_names) == LOG_LEVEL_COUNT, "each log level has a name");

void log_init(struct log *l, struct clock clock, enum log_level level, enum log_format format,
              int fd) {
    *l = (struct log){.clock = clock, .level = level, .format = format, .fd = fd};
    pthread_mutex_init(&l->sink, NULL);
}

bool log_level_parse(struct str s, enum log_level *out) {
    for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
        if (str_eq_z(s, level_names[i])) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/** At most VALUE_BYTES of s, without splitting a character; *cut tells whether some was left. */
static struct str value_head(struct str s, bool *cut) {
    *cut = s.len > VALUE_BYTES;
    return *cut ? str_from(s.ptr, utf8_cut(s.ptr, VALUE_BYTES)) : s;
}

/** Stars for all but the last two digits; nothing at all of what is too short to hide anything. */
static struct str mask_phone(struct str s, char dst[PHONE_BYTES]) {
    size_t n = s.len < PHONE_BYTES ? s.len : PHONE_BYTES;
    memset(dst, '*', n);
    for (size_t i = 1; i <= 2 && s.len > 4; i++) {
        char c = s.ptr[s.len - i];
        if (c < '0' || c > '9')
            break;
        dst[n - i] = c;
    }
    return str_from(dst, n);
}

/**
 * Length of the control character at index i that JSON would let pass, DEL or U+0080 to U+009F; 0
 * if there is none. Terminals obey them.
 */
static size_t control_len(struct str s, size_t i) {
    unsigned char c = (unsigned char)s.ptr[i];
    unsigned char next = i + 1 < s.len ? (unsigned char)s.ptr[i + 1] : 0;
    return c == 0x7F ? 1 : c == 0xC2 && next >= 0x80 && next < 0xA0 ? 2 : 0;
}

/** True when the value can stand without quotes behind "key=". */
static bool is_bare(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((c >= 0 && c <= ' ') || c == '"' || c == '=' || c == '\\' || control_len(s, i) > 0)
            return false;
    }
    return s.len > 0 && str_is_utf8(s);
}

static void put_quoted(struct buf *b, struct str s, bool cut) {
    char text[2 * VALUE_BYTES + 8]; /* a control of two bytes becomes one of three */
    struct buf clean = {.ptr = text, .cap = sizeof text, .max = sizeof text - 1};
    for (size_t i = 0; i < s.len;) {
        size_t control = control_len(s, i);
        buf_put_str(&clean, control > 0 ? STR("\xEF\xBF\xBD") : str_from(s.ptr + i, 1));
        i += control > 0 ? control : 1;
    }
    if (cut)
        buf_puts(&clean, "…");
    buf_put_json(b, buf_str(&clean));
}

static void put_text(struct buf *b, enum log_format format, struct str s) {
    bool cut;
    s = value_head(s, &cut);
    if (format == LOG_TEXT && !cut && is_bare(s))
        buf_put_str(b, s);
    else
        put_quoted(b, s, cut);
}

/* Seven digits in a row and more may be a phone number: all but the last two become '*'. */
static void put_words(struct buf *b, enum log_format format, struct str s) {
    char text[VALUE_BYTES];
    size_t n = s.len < sizeof text ? s.len : sizeof text;
    for (size_t i = 0; i < n; i++) {
        size_t run = 0;
        while (i + run < s.len && s.ptr[i + run] >= '0' && s.ptr[i + run] <= '9')
            run++;
        for (size_t k = 0; k < run && i + k < n; k++)
            text[i + k] = run < PHONE_DIGITS || k + 2 >= run ? s.ptr[i + k] : '*';
        if (run > 0)
            i += run - 1;
        else
            text[i] = s.ptr[i];
    }
    put_text(b, format, str_from(text, n));
}

static void put_value(struct buf *b, enum log_format format, const struct log_field *f) {
    char text[ID_TEXT_SIZE]; /* not shorter than PHONE_BYTES */
    switch (f->kind) {
    case LOG_KIND_STR:
        put_text(b, format, f->text);
        break;
    case LOG_KIND_WORDS:
        put_words(b, format, f->text);
        break;
    case LOG_KIND_INT:
        buf_put_i64(b, f->num);
        break;
    case LOG_KIND_ID:
        text[0] = '\0'; /* 0 is "no such thing", which has no text */
        if (f->num > 0)
            id_format(text, f->prefix, f->num);
        put_text(b, format, str_z(text));
        break;
    case LOG_KIND_PHONE:
        put_text(b, format, mask_phone(f->text, text));
        break;
    case LOG_KIND_END:
        break;
    }
}

static void put_field(struct buf *b, enum log_format format, const struct log_field *f) {
    if (format == LOG_JSON) {
        buf_putc(b, ',');
        buf_put_json(b, str_z(f->key));
        buf_putc(b, ':');
    } else {
        buf_printf(b, " %s=", f->key);
    }
    put_value(b, format, f);
}

static void put_head(struct buf *b, const struct log *l, enum log_level level, const char *what) {
    bool json = l->format == LOG_JSON;
    buf_puts(b, json ? "{\"time\":\"" : "");
    clock_put_rfc3339(b, clock_wall_ms(&l->clock));
    buf_puts(b, json ? "\",\"level\":\"" : " ");
    buf_puts(b, level_names[level]);
    buf_puts(b, json ? "\",\"event\":" : " ");
    if (json)
        buf_put_json(b, str_z(what));
    else
        buf_puts(b, what);
}

/** One write, and only when it will not wait: what does not fit into a pipe now is dropped. */
static bool write_line(struct log *l, struct str line) {
    struct pollfd sink = {.fd = l->fd, .events = POLLOUT};
    ssize_t n = -1;
    /* locked, so that nobody takes the room that poll saw; a pipe with room has PIPE_BUF bytes */
    pthread_mutex_lock(&l->sink);
    if (poll(&sink, 1, 0) == 1 && (sink.revents & POLLOUT)) {
        do
            n = write(l->fd, line.ptr, line.len);
        while (n < 0 && errno == EINTR);
    }
    pthread_mutex_unlock(&l->sink);
    return n == (ssize_t)line.len;
}

void log_write(struct log *l, enum log_level level, const char *what,
               const struct log_field *fields) {
    if (!l || l->fd < 0 || level < l->level || level >= LOG_LEVEL_COUNT)
        return;
    int errno_before = errno; /* logging is not what the caller's next errno should tell of */
    char text[LINE_BYTES];
    /* on the stack: the buffer is as large as its limit, so it never grows into the heap */
    struct buf line = {.ptr = text, .cap = sizeof text, .max = sizeof text - 1 - TAIL_BYTES};
    put_head(&line, l, level, what);
    for (const struct log_field *f = fields; f && f->kind != LOG_KIND_END && !line.failed; f++) {
        size_t before = line.len;
        put_field(&line, l->format, f);
        if (line.failed)
            line.len = before; /* whole fields only, so that JSON stays JSON */
    }
    bool cut = line.failed;
    line.failed = false;
    line.max = sizeof text - 1;
    if (cut)
        buf_puts(&line, l->format == LOG_JSON ? ",\"truncated\":true" : " …");
    buf_puts(&line, l->format == LOG_JSON ? "}\n" : "\n");
    if (!write_line(l, buf_str(&line)))
        atomic_fetch_add(&l->dropped, 1);
    errno = errno_before;
}
