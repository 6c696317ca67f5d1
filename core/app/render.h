#ifndef CORE_APP_RENDER_H
#define CORE_APP_RENDER_H

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/domain/plan.h"

struct config;
struct buf;

/**
 * The plan that an assistant answers a call with (turn 0), computed without a gateway. next_url:
 * where the carrier would send what it hears. variables may be NULL. On ERR_OK release *out.
 */
NODISCARD enum error_code render_answer(const struct assistant *a, const struct json *variables,
                                        struct str next_url, struct plan *out, struct error *err);

/**
 * The whole document of an assistant for the carrier's own agent, for people to look at: it opens
 * nothing, because the password in it is the word PASSWORD and its tokens are signed with a key
 * that nobody keeps. Otherwise as swaig_make_document().
 */
NODISCARD enum error_code render_agent(const struct assistant *a, const struct json *variables,
                                       const struct config *c, struct str base_url, struct buf *out,
                                       struct plan_loss_report *loss, struct error *err);

#endif
