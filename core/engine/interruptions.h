#ifndef CORE_ENGINE_INTERRUPTIONS_H
#define CORE_ENGINE_INTERRUPTIONS_H

#include "core/domain/assistant.h"
#include "core/domain/phrase.h"

/**
 * Did the caller say something that matters whatever was asked? `ignore` is a set of
 * BIT(enum assistant_interruption) that are not listened for; "do not call me again" always is.
 */
enum assistant_interruption interruption_find(const struct assistant *a,
                                              const struct phrase_text *said, uint32_t ignore);

#endif
