#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/domain/card_mask.h"
#include "core/domain/card_watch.h"
#include "core/domain/phrase.h"
#include "core/domain/spoken.h"
#include "core/domain/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str nothing(void *ctx, struct str name) {
    (void)ctx;
    return name;
}

/* Line by line, as over several turns: a card number is left in none. */
static void take_lines(struct str speech) {
    struct card_watch w = {0};
    struct str line;
    while (str_next(&speech, '\n', &line)) {
        struct buf kept = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
        bool masked = card_watch_put(&w, &kept, line);
        card_watch_hear(&w, buf_str(&kept));
        if (card_mask_put(&again, buf_str(&kept)) || (!masked && !str_eq(buf_str(&kept), line)))
            abort();
        if (strlen(w.clear) >= sizeof w.clear)
            abort();
        buf_release(&kept);
        buf_release(&again);
    }
}

/* Any bytes as what a caller said. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str speech = str_from(data, size);
    struct buf b = BUF_INIT(1 << 20), masked = BUF_INIT(1 << 20);
    struct phrase_text words;
    int64_t n = 0;
    if (spoken_money(speech, &n) == SPOKEN_FOUND && (n < 0 || n > SPOKEN_CENTS_MAX))
        abort();
    if (spoken_money_sum(speech, &n) == SPOKEN_FOUND && (n < 0 || n > SPOKEN_CENTS_MAX))
        abort();
    if (spoken_number(speech, &n) == SPOKEN_FOUND && (n < 0 || n > SPOKEN_CENTS_MAX))
        abort();
    spoken_put_name(&b, speech);
    spoken_put_place(&b, speech);
    spoken_put_date(&b, speech, INT64_C(1767225600000));
    phrase_read(&words, speech);
    phrase_yes_no(&words);
    phrase_match(&words, speech);
    text_expand(&b, speech, nothing, NULL);
    text_put_clean(&b, speech);
    text_put_money(&b, speech);
    if (card_mask_put(&masked, speech)) {
        struct buf again = BUF_INIT(1 << 20);
        if (card_mask_put(&again, buf_str(&masked)))
            abort(); /* nothing may be left to mask */
        buf_release(&again);
    }
    take_lines(speech);
    buf_release(&b);
    buf_release(&masked);
    return 0;
}
