#include <assert.h>
#include <stdint.h>

#include "providers/mock/carrier/signalwire/swml_expand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as an expression, and as a text with references. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct swml_value vars = swml_value_parse(STR(
        "{\"a\":\"one\",\"n\":2,\"list\":[1,\"x\"],\"deep\":{\"a-b\":{\"c\":null}},\"t\":true}"));
    struct swml_scope scope = {.vars = &vars};
    struct swml_value v = {0};
    struct error err = {0};
    struct str text = str_from(data, size);
    enum error_code rc = swml_expr_eval(text, swml_scope_lookup, &scope, &v, &err);
    assert(rc == ERR_OK || ((rc == ERR_INVALID || rc == ERR_LIMIT) && err.text[0]));
    assert(rc == ERR_OK || v.type == SWML_UNDEFINED);
    struct buf out = BUF_INIT(1 << 20);
    swml_value_put_text(&v, &out);
    swml_expand_text(&scope, text, &out);
    swml_value_release(&v);
    v = swml_expand_string(&scope, text);
    swml_value_release(&v);
    swml_value_release(&vars);
    buf_release(&out);
    return 0;
}
