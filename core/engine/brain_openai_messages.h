#ifndef CORE_ENGINE_BRAIN_OPENAI_MESSAGES_H
#define CORE_ENGINE_BRAIN_OPENAI_MESSAGES_H

#include "core/base/json.h"
#include "core/engine/brain_openai_request.h"

/*
 * The messages of a request: who the assistant is, what was said, what happened now, and the rounds
 * of function calls of this turn. After the first one, user and assistant take turns, as the chat
 * templates of many models demand: a turn without words is told in brackets.
 */
void openai_put_messages(struct json_writer *w, const struct openai_request *r);

/** The post-prompt, and the conversation as a text. */
void openai_put_summary_messages(struct json_writer *w, const struct openai_request *r);

#endif
