#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/str.h"

/*
 * One line per event: `2026-11-21T12:00:00.000Z info place call=call_0C7… provider=mock ms=12`, or
 * the same as one JSON object. Every value has a type; there is no type for a secret, and a phone
 * number is written as its last two digits. Control characters are escaped, so a line stays a line.
 */
enum log_level {
    LOG_DEBUG = 0,
    LOG_INFO,
    LOG_WARN,
    LOG_ERROR,
    LOG_LEVEL_COUNT
};
enum log_format {
    LOG_TEXT = 0,
    LOG_JSON
};

enum log_kind {
    LOG_KIND_END = 0,
    LOG_KIND_STR,
    LOG_KIND_WORDS,
    LOG_KIND_INT,
    LOG_KIND_ID,
    LOG_KIND_PHONE
};
struct log_field {
    enum log_kind kind;
    const char *key;
    const char *prefix; /* LOG_KIND_ID only */
    struct str text;
    int64_t num;
};

/* LOG_WORDS: a text from outside, which may quote a phone number: long runs of digits are masked.
 */
#define LOG_WORDS(k, v) ((struct log_field){.kind = LOG_KIND_WORDS, .key = (k), .text = str_z(v)})
#define LOG_STR(k, v)   ((struct log_field){.kind = LOG_KIND_STR, .key = (k), .text = (v)})
#define LOG_Z(k, v)     LOG_STR(k, str_z(v))
#define LOG_INT(k, v)   ((struct log_field){.kind = LOG_KIND_INT, .key = (k), .num = (int64_t)(v)})
#define LOG_ID(k, pfx, v) \
    ((struct log_field){.kind = LOG_KIND_ID, .key = (k), .prefix = (pfx), .num = (v)})
#define LOG_PHONE(k, v) ((struct log_field){.kind = LOG_KIND_PHONE, .key = (k), .text = (v)})

/** Where lines go. Whole lines are written with one write(2); a full or blocked sink never stalls.
 */
struct log {
    struct clock clock;
    enum log_level level; /* lines below it are dropped */
    enum log_format format;
    int fd; /* -1: nowhere */
    _Atomic uint64_t dropped;
    pthread_mutex_t sink; /* between "there is room" and the write */
};

void log_init(struct log *l, struct clock clock, enum log_level level, enum log_format format,
              int fd);

/** l may be NULL (nothing is written). `what` is a fixed word or phrase, never user input. */
void log_write(struct log *l, enum log_level level, const char *what,
               const struct log_field *fields);

/* At least one field; call log_write(l, level, what, NULL) for none. */
#define log_event(l, level, what, ...) \
    log_write((l), (level), (what), (const struct log_field[]){__VA_ARGS__, {.kind = LOG_KIND_END}})
#define log_debug(l, what, ...) log_event(l, LOG_DEBUG, what, __VA_ARGS__)
#define log_info(l, what, ...)  log_event(l, LOG_INFO, what, __VA_ARGS__)
#define log_warn(l, what, ...)  log_event(l, LOG_WARN, what, __VA_ARGS__)
#define log_error(l, what, ...) log_event(l, LOG_ERROR, what, __VA_ARGS__)

NODISCARD bool log_level_parse(struct str s,
                               enum log_level *out); /* "debug" "info" "warn" "error" */

#endif
