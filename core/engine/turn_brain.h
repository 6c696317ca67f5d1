#ifndef CORE_ENGINE_TURN_BRAIN_H
#define CORE_ENGINE_TURN_BRAIN_H

#include "core/engine/conversation_turn.h"

/*
 * What a brain that reads is told in a turn: the transcript so far, from the store, and the
 * functions that it may use. Everything lives in the turn's arena.
 */

/** Fills lines, functions and the deadline of *in; a store that fails is an empty past. */
void turn_brain_tell(struct turn_work *t, struct brain_input *in);

/**
 * Fills what functions change: values, data, the functions that are on (of a brain that was told of
 * any), and where an action has sent the conversation, which is told once.
 */
void turn_brain_tell_changes(struct turn_work *t, struct brain_input *in);

/** Log what the brain took, and keep it with the line that it said. */
void turn_brain_account(struct turn_work *t, const struct brain_usage *u);

#endif
