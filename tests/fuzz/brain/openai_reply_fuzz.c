#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/engine/brain_openai_reply.h"
#include "core/engine/brain_openai_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_in(struct openai_reply *r, struct str text, size_t step) {
    openai_reply_init(r);
    while (text.len > 0) {
        size_t n = text.len < step ? text.len : step;
        if (!openai_reply_feed(r, str_from(text.ptr, n)))
            break;
        text = str_from_index(text, n);
    }
    openai_reply_end(r);
}

static void check_spoken(struct str text) {
    struct buf spoken = BUF_INIT(OPENAI_SPOKEN_MAX);
    openai_put_spoken(&spoken, text, OPENAI_SPOKEN_MAX);
    if (buf_failed(&spoken) || memchr(buf_str(&spoken).ptr ? spoken.ptr : "", '\n', spoken.len) ||
        openai_whole_sentences(text) > text.len)
        abort();
    buf_release(&spoken);
}

/* Any bytes as a model server's reply, whole and in pieces: both must read the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct openai_reply whole, cut;
    struct str text = str_from(data, size);
    read_in(&whole, text, size + 1);
    read_in(&cut, text, 1 + size % 7);
    if (!str_eq(buf_str(&whole.text), buf_str(&cut.text)) || whole.call_count != cut.call_count ||
        whole.complete != cut.complete || whole.has_fault != cut.has_fault ||
        whole.malformed != cut.malformed)
        abort();
    for (size_t i = 0; i < whole.call_count; i++)
        if (whole.calls[i].name.len == 0)
            abort();
    check_spoken(buf_str(&whole.text));
    check_spoken(text);
    struct openai_fault fault;
    struct error err = {0};
    openai_fault_read(400, text, &fault);
    if (openai_fault_error(&fault, &err) == ERR_OK || err.text[0] == '\0')
        abort();
    openai_reply_release(&whole);
    openai_reply_release(&cut);
    return 0;
}
