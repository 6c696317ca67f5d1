#include "core/app/render.h"

#include "core/app/config.h"

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/domain/text.h"
#include "core/engine/conversation.h"
#include "swml/agent.h"

enum {
    VARIABLES_MAX = 65536
};

enum error_code render_answer(const struct assistant *a, const struct json *variables,
                              struct str next_url, struct plan *out, struct error *err) {
    enum error_code rc = assistant_check_variables(a, variables, err);
    if (rc != ERR_OK)
        return rc;
    struct clock clock = clock_system();
    struct call call = {.id = 1, .status = CALL_ANSWERED, .to = "+12025550100"};
    struct buf text = BUF_INIT(VARIABLES_MAX);
    struct conversation_turn_out turn = {0};
    if (variables)
        json_put_value(&text, variables);
    struct conversation_options o = {.clock = clock};
    struct conversation *cv = conversation_new(&o);
    struct conversation_turn_in in = {.assistant = a,
                                      .call = &call,
                                      .variables_json = buf_str(&text),
                                      .input = CONVERSATION_ANSWERED,
                                      .confidence = -1,
                                      .next_url = next_url,
                                      .now_ms = clock_wall_ms(&clock)};
    rc = conversation_turn(cv, &in, &turn, err);
    if (rc == ERR_OK) {
        *out = turn.plan; /* with its arena */
        turn.plan = (struct plan){0};
    }
    conversation_turn_out_release(&turn);
    conversation_free(cv);
    buf_release(&text);
    return rc;
}

/* ---- a carrier's own agent ---------------------------------------------------------------------
 */

struct agent_values {
    const struct assistant *assistant;
    const struct json *variables;
    struct arena arena;
};

static struct str agent_value(void *ctx, struct str name) {
    struct agent_values *v = ctx;
    const struct assistant_variable *own = assistant_find_variable(v->assistant, name);
    for (const struct json *given = json_first(v->variables); given; given = json_next(given)) {
        struct buf b = BUF_INIT(VARIABLES_MAX);
        if (!str_eq(json_name(given), name))
            continue;
        if (json_type(given) == JSON_STRING)
            return json_str(given);
        json_put_value(&b, given);
        struct str text = arena_copy(&v->arena, buf_str(&b));
        buf_release(&b);
        return text;
    }
    return own ? own->value : (struct str){0};
}

enum error_code render_agent(const struct assistant *a, const struct json *variables,
                             const struct config *c, struct str base_url, struct buf *out,
                             struct plan_loss_report *loss, struct error *err) {
    enum error_code rc = assistant_check_variables(a, variables, err);
    if (rc != ERR_OK)
        return rc;
    struct clock clock = clock_system();
    struct agent_values values = {.assistant = a, .variables = variables};
    struct buf opening = BUF_INIT(VARIABLES_MAX), greeting = BUF_INIT(VARIABLES_MAX);
    struct secret key = {0};
    secret_random(&key, 32);
    text_expand(&opening, a->disclosure, agent_value, &values);
    if (a->recording.rule == CALL_RECORD_ON) {
        buf_puts(&opening, opening.len > 0 ? " " : "");
        text_expand(&opening, a->recording.notice, agent_value, &values);
    }
    text_expand(&greeting, a->greeting, agent_value, &values);
    const struct swml_agent_options o = {
        .function_url = arena_printf(&values.arena, STR_FMT "/swaig/" STR_FMT, STR_ARG(base_url),
                                     STR_ARG(a->name)),
        .post_prompt_url = arena_printf(&values.arena, STR_FMT "/swaig/" STR_FMT "/post_prompt",
                                        STR_ARG(base_url), STR_ARG(a->name)),
        .credentials = arena_printf(&values.arena, "%s:PASSWORD", c->swml_user),
        .token_key = &key,
        .token_call_id = STR("call_0000000000000"),
        .token_expires_s = clock_wall_ms(&clock) / 1000 + 3600,
        .lookup = agent_value,
        .lookup_ctx = &values,
        .opening = buf_str(&opening),
        .greeting = buf_str(&greeting),
        .record = a->recording.rule,
    };
    rc = swml_agent_write(a, &o, out, loss, err);
    secret_release(&key);
    buf_release(&opening);
    buf_release(&greeting);
    arena_release(&values.arena);
    return rc;
}
