#ifndef CORE_ENGINE_BRAIN_OPENAI_STATE_H
#define CORE_ENGINE_BRAIN_OPENAI_STATE_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"

/*
 * What this brain remembers besides the transcript, from which it reads the conversation again:
 * counts, and what must be given back with earlier function calls.
 */
enum {
    OPENAI_EXTRAS_MAX = 8,
    OPENAI_EXTRAS_BYTES_MAX = 2800 /* together; the oldest make room */
};

/** The "extra_content" of a function call (Gemini: the signature of its thought). */
struct openai_extra {
    uint32_t line;   /* which function line of the transcript, from 0 */
    struct str name; /* of the function, to be sure */
    struct str json;
};

struct openai_state {
    uint32_t failures, silences; /* in a row */
    uint64_t tokens;             /* of the call so far */
    struct str context, step;    /* where the conversation is; "" at the first ones */
    uint32_t first_line;         /* of the transcript that this context may know */
    struct openai_extra extras[OPENAI_EXTRAS_MAX];
    size_t extra_count;
};

/** "" is the beginning. Strict: what openai_state_write() cannot have written is ERR_INVALID. */
NODISCARD enum error_code openai_state_read(struct str json, struct arena *a,
                                            struct openai_state *out, struct error *err);
struct str openai_state_write(const struct openai_state *s, struct arena *a);

/** Remember one; one that is too large alone is left out. Strings are copied. */
void openai_state_add_extra(struct openai_state *s, uint32_t line, struct str name, struct str json,
                            struct arena *a);

/** "" when there is none. */
struct str openai_state_extra(const struct openai_state *s, uint32_t line, struct str name);

#endif
