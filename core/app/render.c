#include "core/app/render.h"

#include "core/app/config.h"
#include "core/app/swaig_documents.h"
#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/domain/text.h"
#include "core/engine/conversation.h"

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
    return assistant_own_value((void *)(uintptr_t)v->assistant, name);
}

enum error_code render_agent(const struct assistant *a, const struct json *variables,
                             const struct config *c, struct str base_url, struct buf *out,
                             struct plan_loss_report *loss, struct error *err) {
    enum error_code rc = assistant_check_variables(a, variables, err);
    if (rc != ERR_OK)
        return rc;
    struct clock clock = clock_system();
    struct agent_values values = {.assistant = a, .variables = variables};
    struct swml_agent_document *d = NULL;
    struct secret key = {0};
    const struct swaig_document_wish w = {
        .assistant = a, .base_url = base_url, .lookup = agent_value, .lookup_ctx = &values};
    rc = swaig_make_document(&w, &d, loss, err);
    if (rc == ERR_OK) {
        secret_random(&key, 32);
        const struct swml_agent_call call = {
            .credentials = arena_printf(&values.arena, "%s:PASSWORD", c->swml_user),
            .grant = {.key = digest_hmac_sha256_new(&key),
                      .call_id = STR("call_0000000000000"),
                      .nonce = STR("0000000000000000"),
                      .expires_s = clock_wall_ms(&clock) / 1000 + 3600}};
        rc = swml_agent_put(d, &call, out, err);
        digest_hmac_free(call.grant.key);
        secret_release(&key);
    }
    swml_agent_free(d);
    arena_release(&values.arena);
    return rc;
}
