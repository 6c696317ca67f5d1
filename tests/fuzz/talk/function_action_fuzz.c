#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/base/compiler.h"
#include "core/domain/function_action_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** *out gets the action as JSON again; false when it is refused. */
static bool again(struct arena *a, struct str json, struct buf *out) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct definition d = {.arena = a};
    struct definition_at at = definition_member(NULL, "actions");
    struct function_action action = {0};
    struct json_writer w;
    if (json_parse(json, NULL, &doc, NULL) != ERR_OK)
        return false;
    function_action_read(&d, json_root(doc), &at, NULL, NULL, &action);
    if (d.rc != ERR_OK)
        return false;
    json_write_init(&w, out);
    function_action_write(&action, &w);
    return !buf_failed(out);
}

/* Any bytes as an action: what is read is written in a form that reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct buf once = BUF_INIT(200000), twice = BUF_INIT(200000);
    if (again(&a, str_from(data, size), &once)) {
        if (!again(&a, buf_str(&once), &twice) || !str_eq(buf_str(&once), buf_str(&twice)))
            abort();
    }
    buf_release(&once);
    buf_release(&twice);
    arena_release(&a);
    return 0;
}
