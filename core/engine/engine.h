#ifndef CORE_ENGINE_ENGINE_H
#define CORE_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/base/log.h"
#include "core/domain/provider.h"
#include "core/domain/store.h"
#include "core/domain/vault.h"
#include "core/engine/links.h"

struct agent_brief;
struct assistant;
struct buf;
struct conversation;
struct dispatcher;
struct function_remote;
struct lanes;
struct zones;
struct event_feed;
struct pacer;
struct summary_receiver;
struct payment_desk;

/**
 * What the use cases share: ports and facts, wired once by the composition root and read-only
 * after. Everything is borrowed and must outlive the services that hold it.
 */
struct engine {
    struct store *store;
    struct clock clock;
    struct log *log; /* may be NULL */
    struct id_source *ids;
    struct links links;
    struct provider *const *providers; /* the configured one, then the fallback if there is one */
    size_t provider_count;
    struct pacer *pacer; /* its carriers are those of providers; may be NULL: no pace is kept */
    struct vault *vault; /* may be NULL: recordings stay at the carrier */
    struct conversation *conversation;
    struct payment_desk *payments; /* may be NULL: nothing can be paid */
    /** The assistant of that name with a reference for the caller, or NULL. Any thread. */
    const struct assistant *(*find_assistant)(void *ctx, struct str name);
    /** Who answers calls to that number, with a reference; NULL: nobody. May be NULL itself. */
    const struct assistant *(*find_inbound)(void *ctx, struct str number);
    /** The version that was in force at that time, so that a call keeps its own. NULL: no versions.
     */
    const struct assistant *(*find_assistant_at)(void *ctx, struct str name, int64_t at_ms);
    void *assistants;
    /** Append the document of a carrier's own agent, see agent.h; NULL: calls have none. */
    enum error_code (*write_agent)(void *ctx, const struct agent_brief *brief, struct buf *out,
                                   struct error *err);
    void *agents;
    struct lanes
        *agent_lanes; /* an agent's request that is repeated waits for the first; NULL: not */
    const struct function_remote *remote; /* asks functions of the user's own; NULL: nobody does */
    const struct zones *zones;            /* NULL: fixed offsets only */
    const struct summary_receiver *summaries; /* NULL: receivers are not told */
    struct str agent_credentials; /* "user:password", encoded: for the addresses in it */
    bool placing_enabled;
};

/** Provider by name; the configured one for "". NULL when there is none. */
struct provider *engine_provider(const struct engine *e, struct str name);

/** Its index in providers; provider_count when there is none of that name. */
size_t engine_provider_index(const struct engine *e, struct str name);

/** The assistant that talks on this call, with a reference for the caller; NULL: it is gone. */
const struct assistant *engine_assistant_of(const struct engine *e, const struct call *c);

/** Unix time by the engine's clock: what is stored and compared with what was. */
static inline int64_t engine_now_ms(const struct engine *e) {
    return clock_wall_ms(&e->clock);
}

#endif
