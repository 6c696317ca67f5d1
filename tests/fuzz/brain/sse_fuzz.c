#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/engine/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool note(void *ctx, struct str event) {
    struct buf *b = ctx;
    if (event.len == 0)
        abort();
    buf_put_str(b, event);
    buf_putc(b, '\0');
    return true;
}

static void read_in(struct str text, size_t step, struct buf *got) {
    struct sse s;
    sse_init(&s, 4096, note, got);
    while (text.len > 0) {
        size_t n = text.len < step ? text.len : step;
        sse_feed(&s, str_from(text.ptr, n));
        text = str_from_index(text, n);
    }
    sse_end(&s);
    sse_release(&s);
}

/* Any bytes as an event stream: where it is cut makes no difference. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct buf whole = BUF_INIT(1 << 20), cut = BUF_INIT(1 << 20);
    read_in(str_from(data, size), size + 1, &whole);
    read_in(str_from(data, size), 1 + size % 5, &cut);
    if (!str_eq(buf_str(&whole), buf_str(&cut)))
        abort();
    buf_release(&whole);
    buf_release(&cut);
    return 0;
}
