#ifndef CORE_ENGINE_TURN_DESK_H
#define CORE_ENGINE_TURN_DESK_H

#include "core/engine/conversation_turn.h"

/*
 * Where turns are worked on that may take long, because a remote function is asked, or a model
 * whose silence the assistant has fillers for. The work goes on while the caller is asked for
 * patience: each document until then says a filler and leads back here. A turn is worked on once,
 * however often its document is asked for.
 */
struct turn_desk;

struct turn_desk *turn_desk_new(unsigned workers);

/** Waits for what is being worked on. NULL is fine. */
void turn_desk_free(struct turn_desk *d);

/** May a turn of this assistant take long? */
NODISCARD bool turn_desk_is_for(const struct conversation *cv, const struct assistant *a);

/**
 * The turn's document, or one that asks for patience, as conversation_turn(). ERR_CONFLICT: another
 * request was given this turn's document just now, so the store will have it.
 */
NODISCARD enum error_code turn_desk_run(struct turn_desk *d, struct conversation *cv,
                                        const struct conversation_turn_in *in,
                                        struct conversation_turn_out *out, struct error *err);

#endif
