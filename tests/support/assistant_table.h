#ifndef TESTS_SUPPORT_ASSISTANT_TABLE_H
#define TESTS_SUPPORT_ASSISTANT_TABLE_H

#include "core/engine/conversation.h"
#include "tests/support/engine_box.h"

/** One assistant for an engine in a box: found by its name and its numbers. */
struct assistant_table {
    struct assistant *assistant;
    struct conversation *conversation;
};

/** Parse it (the case ends when that fails) and let the engine know it. */
void assistant_table_init(struct assistant_table *t, struct engine_box *b, const char *json);
void assistant_table_release(struct assistant_table *t);

#endif
