#ifndef CORE_ENGINE_BRAIN_OPENAI_STEPS_H
#define CORE_ENGINE_BRAIN_OPENAI_STEPS_H

#include <stdbool.h>

#include "core/domain/brain.h"

/*
 * Contexts and steps of a definition: where the conversation stands, in which language, what may be
 * called there, and the functions by which the model goes on: next_step, change_context and
 * change_language. They are the brain's own and change nothing but the place.
 */
struct openai_place {
    const struct assistant_language *language;
    const struct assistant_context *context; /* NULL: the definition has none */
    const struct assistant_step *step;
};

/** By names; where one is unknown or "", the beginning. */
struct openai_place openai_place_find(const struct brain_input *in, struct str context,
                                      struct str step);

/**
 * An action sends the conversation to a context, to a step ("next": the one that follows), or to a
 * step of another context. False, and it stays where it is, when there is no such place.
 */
NODISCARD bool openai_place_send(struct openai_place *p, const struct assistant *a,
                                 struct str context, struct str step);

/** The functions that may be called here, in the arena of the input. */
void openai_place_functions(const struct openai_place *p, const struct brain_input *in,
                            const struct brain_function **out, size_t *count);

/** Is it one of them? Asked before it is run: what was offered may have changed since. */
bool openai_place_allows(const struct openai_place *p, const struct brain_input *in,
                         struct str function);

/** Is it one of the brain's own functions here? */
bool openai_place_is_own(const struct openai_place *p, const struct brain_input *in,
                         struct str function);

/**
 * Go where the function leads. *response is what the model is told, in the arena. ERR_INVALID: the
 * arguments lead nowhere that may be gone to.
 */
NODISCARD enum error_code openai_place_go(struct openai_place *p, const struct brain_input *in,
                                          struct str function, struct str arguments_json,
                                          struct str *response, struct error *err);

#endif
