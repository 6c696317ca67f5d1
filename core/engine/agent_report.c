#include "core/base/compiler.h"
#include "core/base/id.h"
#include "core/domain/card_watch.h"
#include "core/engine/agent.h"
#include "core/engine/agent_answer.h"
#include "core/engine/agent_state.h"
#include "core/engine/turn_effects.h"

enum {
    LINES_MAX = 400 /* of one report */
};

struct report_keeping {
    const struct engine *e;
    const struct agent_report *r;
    struct arena arena;
};

static enum error_code keep_one(struct store_tx *tx, const struct turn_keeping *k,
                                const struct conversation_effect *e, struct error *err) {
    return turn_effects_keep(tx, k, e, 1, err);
}

/* What was said. Functions were kept as they ran; the prompts of the system are not talk. */
static enum error_code keep_log(struct store_tx *tx, struct report_keeping *p,
                                const struct turn_keeping *k, struct error *err) {
    struct card_watch own = {0}, caller = {0};
    enum error_code rc = ERR_OK;
    unsigned n = 0;
    for (const struct json *l = json_first(p->r->call_log); l && rc == ERR_OK && n < LINES_MAX;
         l = json_next(l)) {
        struct str role = json_str(json_get(l, "role"));
        struct str said = json_str(json_get(l, "content"));
        bool assistant = str_eq_z(role, "assistant");
        if ((!assistant && !str_eq_z(role, "user")) || said.len == 0)
            continue;
        struct conversation_effect e = {
            .kind = CONVERSATION_LINE,
            .role = assistant ? TURN_ASSISTANT : TURN_CALLER,
            .text = conversation_fit(&p->arena, assistant ? &own : &caller, said)};
        card_watch_hear(assistant ? &caller : &own, said);
        if (e.text.len == 0)
            continue;
        n++;
        rc = keep_one(tx, k, &e, err);
    }
    return rc;
}

static enum error_code keep_summary(struct store_tx *tx, struct report_keeping *p,
                                    const struct turn_keeping *k, struct error *err) {
    struct conversation_effect e = {.kind = CONVERSATION_INFO,
                                    .category = STR(INFO_CALL_SUMMARY),
                                    .text = conversation_fit(&p->arena, NULL, p->r->summary)};
    return e.text.len > 0 ? keep_one(tx, k, &e, err) : ERR_OK;
}

static enum error_code keep_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct report_keeping *p = ctx;
    struct conversation_state stored = {0};
    struct agent_state state;
    struct call c;
    bool work_added = false;
    enum error_code rc = store_get_call(tx, p->r->call_id, &c, err);
    if (rc == ERR_OK)
        rc = store_get_conversation(tx, c.id, &p->arena, &stored, err);
    if (rc == ERR_OK)
        rc = agent_state_read(stored.state_json, &p->arena, &state, err);
    if (rc != ERR_OK || state.reported)
        return rc; /* sent again: kept already */
    struct turn_keeping k = {.engine = p->e,
                             .assistant = p->r->assistant,
                             .call = &c,
                             .lines = &stored.lines,
                             .now_ms = engine_now_ms(p->e),
                             .work_added = &work_added};
    rc = keep_log(tx, p, &k, err);
    if (rc == ERR_OK)
        rc = keep_summary(tx, p, &k, err);
    state.reported = true;
    stored.state_json = agent_state_write(&state, &p->arena);
    if (rc == ERR_OK)
        rc = store_put_conversation(tx, &stored, err);
    c.updated_ms = k.now_ms;
    return rc == ERR_OK ? store_update_call(tx, &c, err) : rc;
}

static enum error_code keep_free_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct report_keeping *p = ctx;
    const struct info info = {.session_id = p->r->session_id,
                              .caller_id = p->r->caller_id,
                              .category = STR(INFO_CALL_SUMMARY),
                              .information = conversation_fit(&p->arena, NULL, p->r->summary)};
    return info.information.len > 0 ? agent_info_keep(tx, p->e, &info, err) : ERR_OK;
}

enum error_code agent_report_keep(const struct engine *e, const struct agent_report *r,
                                  struct error *err) {
    struct report_keeping p = {.e = e, .r = r};
    enum error_code rc = store_write(e->store, r->call_id ? keep_tx : keep_free_tx, &p, err);
    arena_release(&p.arena);
    return rc;
}
