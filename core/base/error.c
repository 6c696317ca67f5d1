#include "core/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

static const char *const names[] = {
    [ERR_OK] = "ok",
    [ERR_INVALID] = "invalid",
    [ERR_UNSUPPORTED] = "unsupported",
    [ERR_AUTH] = "auth",
    [ERR_NOT_FOUND] = "not_found",
    [ERR_CONFLICT] = "conflict",
    [ERR_RATE_LIMIT] = "rate_limit",
    [ERR_LIMIT] = "limit",
    [ERR_NETWORK] = "network",
    [ERR_UNCERTAIN] = "uncertain",
    [ERR_UPSTREAM] = "upstream",
    [ERR_STORE] = "store",
    [ERR_BUSY] = "busy",
    [ERR_IO] = "io",
};
_Static_assert(ARRAY_LEN(names) == ERR_CODE_COUNT, "each error code has a name");

const char *error_name(enum error_code code) {
    return (unsigned)code < ERR_CODE_COUNT ? names[code] : "unknown";
}

/** Codes that say by themselves that the same request may succeed later. */
static bool may_retry(enum error_code code) {
    return code == ERR_RATE_LIMIT || code == ERR_NETWORK || code == ERR_BUSY;
}

/** Make z one clean line: texts may quote input, and a full buffer may end inside a character. */
static void tidy(char *z) {
    size_t n = utf8_cut(z, strlen(z));
    z[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)z[i] < 0x20 || z[i] == 0x7F)
            z[i] = ' ';
}

PRINTF_LIKE(4, 0)
static void fill(struct error *err, enum error_code code, const char *field, const char *fmt,
                 va_list ap) {
    if (!err)
        return;
    struct error fresh = {.code = code, .retry = may_retry(code)};
    /* into a fresh struct first: the arguments may point into err, when a text is wrapped */
    vsnprintf(fresh.text, sizeof fresh.text, fmt, ap);
    snprintf(fresh.field, sizeof fresh.field, "%s", field ? field : "");
    tidy(fresh.text);
    tidy(fresh.field);
    *err = fresh;
}

enum error_code error_set(struct error *err, enum error_code code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, NULL, fmt, ap);
    va_end(ap);
    return code;
}

enum error_code error_field(struct error *err, enum error_code code, const char *field,
                            const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, field, fmt, ap);
    va_end(ap);
    return code;
}

static bool names_field(const struct error *err) {
    char label[sizeof err->field + 1];
    size_t n = strlen(err->field);
    snprintf(label, sizeof label, "%s:", err->field);
    return strstr(err->text, label) ||
           (strncmp(err->text, err->field, n) == 0 && err->text[n] == ' ');
}

void error_line(const struct error *err, char *dst, size_t dst_size) {
    bool alone = err->field[0] == '\0' || names_field(err);
    int n = alone ? snprintf(dst, dst_size, "%s", err->text)
                  : snprintf(dst, dst_size, "%s: %s", err->field, err->text);
    if (n >= 0 && (size_t)n >= dst_size && dst_size > 0)
        tidy(dst);
}
