#ifndef CORE_ENGINE_BRAIN_SCRIPTED_H
#define CORE_ENGINE_BRAIN_SCRIPTED_H

#include "core/domain/brain.h"

/**
 * The brain that follows the flow of the definition: offline and deterministic. Holds nothing
 * between turns, so one serves all calls. Free with brain_free().
 */
struct brain *brain_scripted_new(void);

#endif
