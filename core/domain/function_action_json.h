#ifndef CORE_DOMAIN_FUNCTION_ACTION_JSON_H
#define CORE_DOMAIN_FUNCTION_ACTION_JSON_H

#include "core/domain/definition.h"
#include "core/domain/function_action.h"

/*
 * Actions as assistants' files write them: {"word": value} with the words of
 * function_action_name(), or "word" alone for {"word": true}. What the values are is told in
 * docs/assistants.md.
 */

/** A text of an action: gives what it becomes. May report a fault to the definition itself. */
typedef struct str function_action_text_fn(void *ctx, struct definition *d, struct str text,
                                           const struct definition_at *at);

/**
 * Read one action at `at`. `text` is asked about every text of it, those inside json included
 * (NULL: they stay as they are); with d->arena all results live in it. Faults are reported with
 * their path and *out is then not to be used.
 */
void function_action_read(struct definition *d, const struct json *v,
                          const struct definition_at *at, function_action_text_fn *text, void *ctx,
                          struct function_action *out);

/** Read an array of actions into a reply; over FUNCTION_ACTIONS_MAX is a fault. */
void function_actions_read(struct definition *d, const struct json *list,
                           const struct definition_at *at, function_action_text_fn *text, void *ctx,
                           struct function_reply *out);

/** The same form again. */
void function_action_write(const struct function_action *a, struct json_writer *w);

#endif
