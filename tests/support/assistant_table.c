#include "tests/support/assistant_table.h"

#include <stdio.h>
#include <stdlib.h>

static const struct assistant *by_name(void *ctx, struct str name) {
    const struct assistant_table *t = ctx;
    return str_eq(name, t->assistant->name) ? assistant_ref(t->assistant) : NULL;
}

static const struct assistant *by_number(void *ctx, struct str number) {
    const struct assistant_table *t = ctx;
    for (size_t i = 0; i < t->assistant->number_count; i++)
        if (str_eq(number, t->assistant->numbers[i]))
            return assistant_ref(t->assistant);
    return NULL;
}

void assistant_table_init(struct assistant_table *t, struct engine_box *b, const char *json) {
    struct error err = {0};
    *t = (struct assistant_table){0};
    if (assistant_parse(str_z(json), &t->assistant, &err) != ERR_OK) {
        fprintf(stderr, "assistant_table: %s: %s\n", err.field, err.text);
        abort();
    }
    struct conversation_options o = {.store = b->engine.store, .clock = b->engine.clock};
    t->conversation = conversation_new(&o);
    b->engine.conversation = t->conversation;
    b->engine.find_assistant = by_name;
    b->engine.find_inbound = by_number;
    b->engine.assistants = t;
}

void assistant_table_release(struct assistant_table *t) {
    conversation_free(t->conversation);
    assistant_unref(t->assistant);
}
