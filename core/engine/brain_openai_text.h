#ifndef CORE_ENGINE_BRAIN_OPENAI_TEXT_H
#define CORE_ENGINE_BRAIN_OPENAI_TEXT_H

#include "core/base/buf.h"
#include "core/base/str.h"

/*
 * What a model writes, made fit to be spoken: models write for screens. Markdown, links, code
 * fences, emoji, thoughts (<think>…</think>) and control tokens (<|…|>) go; lines become sentences;
 * card numbers are masked.
 */
enum {
    OPENAI_SPOKEN_MAX = 1200 /* bytes: more than a minute */
};

/** Append text as one spoken line of at most max bytes, ended after a sentence where that fits. */
void openai_put_spoken(struct buf *b, struct str text, size_t max);

/** Up to where text holds whole sentences; 0 when not even the first is whole. */
size_t openai_whole_sentences(struct str text);

#endif
