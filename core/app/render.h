#ifndef CORE_APP_RENDER_H
#define CORE_APP_RENDER_H

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/domain/plan.h"

/**
 * The plan that an assistant answers a call with (turn 0), computed without a gateway. next_url:
 * where the carrier would send what it hears. variables may be NULL. On ERR_OK release *out.
 */
NODISCARD enum error_code render_answer(const struct assistant *a, const struct json *variables,
                                        struct str next_url, struct plan *out, struct error *err);

#endif
