/* Forms: what is accepted keeps the limits and survives being written again. */
#include <assert.h>

#include "core/base/buf.h"
#include "core/base/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_pair(const struct form_pair *p) {
    assert(p->name.len > 0 && p->name.len <= FORM_NAME_MAX && p->value.len <= FORM_VALUE_MAX);
    assert(str_is_utf8(p->name) && str_is_utf8(p->value));
}

static void write_form(struct buf *b, const struct form *f) {
    for (size_t i = 0; i < f->count; i++) {
        if (i > 0)
            buf_putc(b, '&');
        buf_put_form(b, f->pairs[i].name);
        buf_putc(b, '=');
        buf_put_form(b, f->pairs[i].value);
    }
}

static void check_form(struct arena *a, const struct form *f) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(4000000);
    write_form(&text, f);
    struct form again = {0};
    assert(form_parse(a, buf_str(&text), &again, NULL) == ERR_OK && again.count == f->count);
    for (size_t i = 0; i < f->count; i++) {
        const struct form_pair *p = &f->pairs[i];
        check_pair(p);
        assert(str_eq(p->name, again.pairs[i].name) && str_eq(p->value, again.pairs[i].value));
        assert(str_eq(form_get(f, p->name), p->value) || form_is_ambiguous(f, p->name));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) struct arena a = {0};
    struct form f = {.count = 77};
    struct error err = {0};
    enum error_code rc = form_parse(&a, str_from(data, size), &f, &err);
    if (rc == ERR_OK) {
        assert(f.count <= FORM_PAIRS_MAX && (size > 0) == (f.count > 0));
        check_form(&a, &f);
    } else {
        assert((rc == ERR_INVALID || rc == ERR_LIMIT) && err.code == rc && err.text[0] != '\0');
        assert(f.count == 77); /* untouched */
    }
    return 0;
}
