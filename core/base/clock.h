#ifndef CORE_BASE_CLOCK_H
#define CORE_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/** Two clocks, injected so that tests move time themselves. Copy the struct freely. */
struct clock {
    int64_t (*mono_ms)(void *ctx); /* never steps back: time-outs, back-off, durations */
    int64_t (*wall_ms)(void *ctx); /* Unix time: stored records and signatures only */
    void *ctx;
};

/** The real clocks of this machine. */
struct clock clock_system(void);

static inline int64_t clock_mono_ms(const struct clock *c) {
    return c->mono_ms(c->ctx);
}

static inline int64_t clock_wall_ms(const struct clock *c) {
    return c->wall_ms(c->ctx);
}

/** "2026-11-21T12:00:00.123Z" (RFC 3339, UTC). */
void clock_put_rfc3339(struct buf *b, int64_t wall_ms);

/** "Fri, 18 Oct 2019 17:00:00 +0000" (RFC 2822, UTC), as Twilio writes dates. */
void clock_put_rfc2822(struct buf *b, int64_t wall_ms);

/**
 * Both parsers are strict; false for anything else or a year outside 2010–2100. UTC only ("Z",
 * "+0000"); RFC 3339 may have no fraction or one of up to nine digits; the weekday must be right.
 */
NODISCARD bool clock_parse_rfc3339(struct str s, int64_t *wall_ms);
NODISCARD bool clock_parse_rfc2822(struct str s, int64_t *wall_ms);

struct clock_date {
    int year, month, day, hour, minute, second, weekday; /* month 1–12, weekday 0 = Sunday */
};
struct clock_date clock_utc(int64_t wall_ms);

#endif
