#include "core/engine/conversation_turn.h"
#include "core/engine/turn_brain.h"

/* What a model says of a whole conversation, when it is over. */

static enum error_code sum_up(struct turn_work *t, struct arena *a, struct str *summary,
                              struct error *err) {
    struct brain_input in = {.assistant = t->assistant, .now_ms = t->in->now_ms, .arena = t->arena};
    struct str said = {0};
    enum error_code rc = t->in->state_json.len > 0
                             ? talk_state_read(t->in->state_json, t->arena, &t->state, err)
                             : ERR_OK;
    if (rc == ERR_OK)
        rc = turn_read_values(t, err);
    if (rc == ERR_OK)
        rc = turn_data_read(t, err);
    if (rc != ERR_OK)
        return rc;
    turn_brain_tell_changes(t, &in);
    turn_brain_tell(t, &in);
    rc = brain_sum_up(t->cv->options.openai, &in, &said, err);
    if (rc == ERR_OK)
        *summary = conversation_fit(a, NULL, said);
    return rc;
}

enum error_code conversation_sum_up(struct conversation *cv, const struct conversation_turn_in *in,
                                    struct arena *a, struct str *summary, struct error *err) {
    if (!cv->options.openai)
        return error_set(err, ERR_UNSUPPORTED, "no model server is configured");
    struct conversation_turn_out out = {0};
    struct turn_work *t = mem_zalloc(sizeof *t);
    turn_work_init(t, cv, in, &out);
    enum error_code rc = sum_up(t, a, summary, err);
    turn_work_release(t);
    conversation_turn_out_release(&out);
    mem_free(t);
    return rc;
}
