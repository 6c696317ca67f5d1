#ifndef CORE_BASE_ERROR_H
#define CORE_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/compiler.h"

enum error_code {
    ERR_OK = 0,
    ERR_INVALID,     /* the caller's input is wrong; do not repeat it */
    ERR_UNSUPPORTED, /* this carrier, dialect or build cannot do this */
    ERR_AUTH,        /* credentials or signature refused */
    ERR_NOT_FOUND,
    ERR_CONFLICT,   /* not possible in the present state */
    ERR_RATE_LIMIT, /* err->retry is true, err->retry_after_s when the far end named it */
    ERR_LIMIT,      /* one of our own size limits was hit */
    ERR_NETWORK,    /* nothing reached the far end: safe to repeat */
    ERR_UNCERTAIN,  /* it may have reached the far end: never repeat blindly */
    ERR_UPSTREAM,   /* the far end answered that it failed */
    ERR_STORE,      /* the database failed; nothing was changed */
    ERR_BUSY,       /* out of capacity or shutting down; try again later */
    ERR_IO,         /* file or socket trouble on this machine */
    ERR_CODE_COUNT
};

/** What went wrong, told once, by whoever saw it first. Zeroed is "nothing went wrong". */
struct error {
    enum error_code code;   /* what the caller may branch on */
    bool retry;             /* the same request may succeed later */
    uint32_t retry_after_s; /* 0: not named */
    int http_status;        /* status the far end sent; 0 if none arrived */
    int carrier_code;       /* the carrier's own error number; 0 if none */
    char field[48];         /* which input field or JSON path is at fault; "" if none */
    char text[240];         /* one English line that says what to do; never a secret */
};

/**
 * Fill err (may be NULL) and return code, so that `return error_set(…)` reads well. Resets every
 * other member; retry becomes true for ERR_RATE_LIMIT, ERR_NETWORK and ERR_BUSY. Control characters
 * in the text become blanks. The arguments may point into err.
 */
enum error_code error_set(struct error *err, enum error_code code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/** The same, and names the input field or JSON path at fault. */
enum error_code error_field(struct error *err, enum error_code code, const char *field,
                            const char *fmt, ...) PRINTF_LIKE(4, 5);

/**
 * The whole sentence for people: "field: text", or the text alone when there is no field or the
 * text names it: begins with it, or has "field:" in it. Cut where dst ends.
 */
void error_line(const struct error *err, char *dst, size_t dst_size);

/** "ok", "invalid", …; "unknown" when out of range. */
const char *error_name(enum error_code code);

#endif
