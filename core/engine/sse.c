#include "core/engine/sse.h"

static const struct str BYTE_ORDER_MARK = STR_INIT("\xEF\xBB\xBF");

void sse_init(struct sse *s, size_t event_max, sse_event_fn *event, void *ctx) {
    *s = (struct sse){
        .line = BUF_INIT(event_max), .data = BUF_INIT(event_max), .event = event, .ctx = ctx};
}

void sse_release(struct sse *s) {
    buf_release(&s->line);
    buf_release(&s->data);
}

static void dispatch(struct sse *s) {
    if (s->data.len > 0 && !s->event(s->ctx, buf_str(&s->data)))
        s->stopped = true;
    buf_clear(&s->data);
    s->has_data = false;
}

/** A line without its end. Colon first: a comment, which servers send to keep the line open. */
static void take_line(struct sse *s, struct str line) {
    if (!s->begun && str_starts(line, BYTE_ORDER_MARK))
        line = str_from_index(line, BYTE_ORDER_MARK.len);
    s->begun = true;
    if (line.len == 0) {
        dispatch(s);
        return;
    }
    size_t colon = str_find(line, ':');
    if (!str_eq(str_from(line.ptr, colon), STR("data")))
        return;
    struct str value = str_from_index(line, colon + 1);
    if (value.len > 0 && value.ptr[0] == ' ')
        value = str_from_index(value, 1);
    if (s->has_data)
        buf_putc(&s->data, '\n');
    s->has_data = true;
    buf_put_str(&s->data, value);
}

static void end_line(struct sse *s) {
    take_line(s, buf_str(&s->line));
    buf_clear(&s->line);
}

bool sse_feed(struct sse *s, struct str bytes) {
    while (bytes.len > 0 && !s->stopped) {
        size_t n = 0;
        if (s->after_cr && bytes.ptr[0] == '\n') {
            s->after_cr = false;
            bytes = str_from_index(bytes, 1);
            continue;
        }
        s->after_cr = false;
        while (n < bytes.len && bytes.ptr[n] != '\n' && bytes.ptr[n] != '\r')
            n++;
        buf_put(&s->line, bytes.ptr, n);
        if (buf_failed(&s->line) || buf_failed(&s->data)) {
            s->stopped = true;
            break;
        }
        if (n < bytes.len) {
            s->after_cr = bytes.ptr[n] == '\r';
            end_line(s);
            n++;
        }
        bytes = str_from_index(bytes, n);
    }
    return !s->stopped;
}

bool sse_end(struct sse *s) {
    if (!s->stopped && s->line.len > 0)
        end_line(s);
    if (buf_failed(&s->data))
        s->stopped = true;
    if (!s->stopped)
        dispatch(s);
    return !s->stopped;
}
