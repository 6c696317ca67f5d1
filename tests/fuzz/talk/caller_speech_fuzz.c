#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/domain/card_mask.h"
#include "core/domain/phrase.h"
#include "core/domain/spoken.h"
#include "core/domain/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str nothing(void *ctx, struct str name) {
    (void)ctx;
    return name;
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
    buf_release(&b);
    buf_release(&masked);
    return 0;
}
