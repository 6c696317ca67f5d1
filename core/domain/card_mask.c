#include "core/domain/card_mask.h"

#include "core/base/compiler.h"
#include "core/domain/card_digits.h"

enum {
    TEXT_MAX = 1 << 18 /* of one value */
};

bool card_mask_put(struct buf *b, struct str text) {
    bool masked = false;
    for (size_t i = 0; i < text.len;) {
        struct card_run run;
        size_t n = card_run_read(str_from_index(text, i), &run);
        if (n == 0) {
            /* to the end of the word: "phone" holds no spoken "one" */
            size_t start = i++;
            while (i < text.len && card_is_letter(text.ptr[start]) && card_is_letter(text.ptr[i]))
                i++;
            buf_put(b, text.ptr + start, i - start);
            continue;
        }
        bool card = card_run_holds_card(&run);
        buf_put_str(b, card ? STR("[card number]") : str_from(text.ptr + i, n));
        masked = masked || card;
        i += n;
    }
    return masked;
}

static void put_text(struct json_writer *w, struct str text,
                     void (*put)(struct json_writer *w, struct str s)) {
    CLEANUP(buf_release) struct buf masked = BUF_INIT(TEXT_MAX);
    card_mask_put(&masked, text);
    put(w, buf_str(&masked));
}

static void put_plain(struct json_writer *w, const struct json *v) {
    CLEANUP(buf_release) struct buf plain = BUF_INIT(TEXT_MAX);
    CLEANUP(buf_release) struct buf masked = BUF_INIT(TEXT_MAX);
    json_put_value(&plain, v);
    if (card_mask_put(&masked, buf_str(&plain)))
        json_put_string(w, buf_str(&masked));
    else
        json_put_raw(w, buf_str(&plain));
}

void card_mask_json(struct json_writer *w, const struct json *v) {
    switch (json_type(v)) {
    case JSON_STRING:
        put_text(w, json_str(v), json_put_string);
        break;
    case JSON_ARRAY:
        json_begin_array(w);
        for (const struct json *c = json_first(v); c; c = json_next(c))
            card_mask_json(w, c);
        json_end_array(w);
        break;
    case JSON_OBJECT:
        json_begin_object(w);
        for (const struct json *c = json_first(v); c; c = json_next(c)) {
            put_text(w, json_name(c), json_key_str);
            card_mask_json(w, c);
        }
        json_end_object(w);
        break;
    case JSON_NONE:
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_NUMBER:
        put_plain(w, v);
        break;
    }
}
