#ifndef CORE_ENGINE_INFORMATION_H
#define CORE_ENGINE_INFORMATION_H

#include "core/domain/record.h"
#include "core/engine/engine.h"

/**
 * Keep what was shared outside a conversation's turn (the API, a carrier's own agent), and its
 * event. A session that is a call's id belongs to that call, whose caller it is about when
 * caller_id is "": then i->call_id and i->caller_id are filled in (from the arena); i->id and
 * i->at_ms always are. ERR_NOT_FOUND: the session has the form of a call's id, and there is none.
 */
NODISCARD enum error_code information_add(const struct engine *e, struct info *i, struct arena *a,
                                          struct error *err);

#endif
