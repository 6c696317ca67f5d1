#include "core/app/render.h"

#include "core/base/clock.h"
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
