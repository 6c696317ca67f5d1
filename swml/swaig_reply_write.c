#include "swml/function_result.h"
#include "swml/function_result_json.h"
#include "swml/swaig_reply.h"
#include "swml/swml.h"
#include "swml/swml_text.h"

/* From neutral actions to those of a carrier's agent. */

struct reply_writing {
    struct function_result r;
    const struct swaig_reply_options *o;
    struct plan_loss_report *loss;
    const struct function_action *action;
    size_t at; /* its index */
};

static void lose(struct reply_writing *w, const char *what, const char *remedy) {
    char where[32];
    struct buf b = BUF_INIT(sizeof where - 1);
    buf_printf(&b, "actions[%zu]", w->at);
    plan_loss_add(w->loss, PLAN_LOSS_DROPPED, b.ptr, what, remedy);
    buf_release(&b);
}

/* Whatever was said in it, the carrier shall not run it. */
static void with_literal(struct reply_writing *w, struct str text,
                         void (*put)(struct function_result *r, struct str text)) {
    CLEANUP(buf_release) struct buf literal = BUF_INIT(SWAIG_REPLY_MAX);
    swml_put_literal(&literal, text);
    put(&w->r, buf_str(&literal));
}

/* ---- recording ---------------------------------------------------------------------------------
 */

static void put_recording(struct reply_writing *w) {
    const struct function_recording *f = &w->action->u.recording;
    uint32_t channels = f->channels > 0 ? f->channels : w->o->recording_channels;
    const struct function_record_call o = {
        .control_id = f->name,
        .stereo = channels == 2,
        .format = f->format.len > 0 ? f->format : w->o->recording_format,
        .beep = f->beep,
        .max_length_s = f->max_s,
        .status_url = w->o->recording_url,
    };
    function_result_record_call(&w->r, &o);
}

/* ---- payment -----------------------------------------------------------------------------------
 */

/* Members of a plan's payment that are JSON, as the verb takes them: the writer of plans knows. */
struct pay_members {
    struct json_doc *doc;
    const struct json *pay; /* the verb's value; NULL: none were given */
};

static enum error_code write_pay_step(const struct function_payment *p, struct buf *document,
                                      struct error *err) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(SWAIG_REPLY_MAX);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct plan plan = {0};
    buf_puts(&text, "{\"steps\":[{\"pay\":{\"connector\":\"https://payments.invalid/\"");
    if (p->params_json.len > 0)
        buf_printf(&text, ",\"params\":" STR_FMT, STR_ARG(p->params_json));
    if (p->prompts_json.len > 0)
        buf_printf(&text, ",\"prompts\":" STR_FMT, STR_ARG(p->prompts_json));
    buf_puts(&text, "}}]}");
    enum error_code rc = json_parse(buf_str(&text), &result_json_limits, &doc, err);
    if (rc == ERR_OK)
        rc = plan_from_json(json_root(doc), &plan, err);
    if (rc == ERR_OK)
        rc = swml_write(&plan, NULL, document, NULL, err);
    plan_release(&plan);
    return rc;
}

static void read_pay_members(struct reply_writing *w, const struct function_payment *p,
                             struct pay_members *out) {
    CLEANUP(buf_release) struct buf document = BUF_INIT(SWML_BYTES_MAX);
    struct error err = {0};
    if (p->params_json.len == 0 && p->prompts_json.len == 0)
        return;
    if (write_pay_step(p, &document, &err) != ERR_OK ||
        json_parse(buf_str(&document), &result_json_limits, &out->doc, &err) != ERR_OK) {
        result_refuse(&w->r, "pay", err.text);
        return;
    }
    const struct json *main = json_get(json_get(json_root(out->doc), "sections"), "main");
    for (const struct json *v = json_first(main); v; v = json_next(v))
        out->pay = json_get(v, "pay") ? json_get(v, "pay") : out->pay;
}

static void put_member(const struct pay_members *m, const char *name, struct buf *out) {
    if (json_get(m->pay, name))
        json_put_value(out, json_get(m->pay, name));
}

static void put_payment(struct reply_writing *w) {
    const struct function_payment *p = &w->action->u.pay;
    CLEANUP(buf_release) struct buf parameters = BUF_INIT(SWAIG_REPLY_MAX);
    CLEANUP(buf_release) struct buf prompts = BUF_INIT(SWAIG_REPLY_MAX);
    struct pay_members members = {0};
    read_pay_members(w, p, &members);
    put_member(&members, "parameters", &parameters);
    put_member(&members, "prompts", &prompts);
    const struct function_pay o = {
        .connector_url = p->connector.len > 0 ? p->connector : w->o->connector,
        .input = p->input,
        .method = p->method,
        .status_url = p->status_url,
        .amount = p->amount,
        .description = p->description,
        .currency = p->currency,
        .language = p->language,
        .voice = p->voice,
        .token_type = p->token_type,
        .card_types = p->card_types,
        .postal_code = p->postal_code,
        .timeout_s = p->timeout_s,
        .attempts_max = p->attempts_max,
        .postal_code_min = p->postal_code_min,
        .no_security_code = p->no_security_code,
        .parameters_json = buf_str(&parameters),
        .prompts_json = buf_str(&prompts),
        .ai_response = p->result,
        .end_url = p->end_url,
    };
    function_result_pay(&w->r, &o);
    json_doc_free(members.doc);
}

/* ---- other ends --------------------------------------------------------------------------------
 */

static bool is_party(struct str to) {
    return to.len > 0 &&
           (to.ptr[0] == '+' || str_starts(to, STR("sip:")) || str_starts(to, STR("sips:")));
}

static void put_connect(struct reply_writing *w, const struct function_transfer *t) {
    struct json_writer j;
    if (t->timeout_s == 0 && t->result.len == 0) {
        function_result_connect(&w->r, t->to, t->from, w->action->final);
        return;
    }
    CLEANUP(buf_release) struct buf result = BUF_INIT(SWAIG_REPLY_MAX);
    swml_put_literal(&result, t->result);
    result_begin_swml(&w->r, &j, w->action->final ? (struct str){0} : buf_str(&result));
    result_begin_verb(&j, "connect");
    json_kv_string(&j, "to", t->to);
    result_kv_given(&j, "from", t->from);
    if (t->timeout_s > 0)
        json_kv_int(&j, "timeout", t->timeout_s);
    result_end_verb(&j);
    result_end_swml(&j, w->action->final ? "true" : "false");
}

static void put_transfer(struct reply_writing *w) {
    const struct function_transfer *t = &w->action->u.transfer;
    CLEANUP(buf_release) struct buf told = BUF_INIT(SWAIG_REPLY_MAX);
    if (!is_party(t->to)) {
        swml_put_literal(&told, t->result.len > 0 ? t->result : t->say);
        function_result_transfer(&w->r, t->to, buf_str(&told), w->action->final);
        return;
    }
    if (t->say.len > 0)
        with_literal(w, t->say, function_result_say);
    put_connect(w, t);
}

static void put_conference(struct reply_writing *w) {
    const struct function_conference *c = &w->action->u.conference;
    const struct function_join_conference o = {.muted = c->muted,
                                               .no_start_on_enter = c->no_start_on_enter,
                                               .end_on_exit = c->end_on_exit,
                                               .participants_max = c->participants_max};
    bool plain = !c->muted && !c->no_start_on_enter && !c->end_on_exit && c->participants_max == 0;
    function_result_join_conference(&w->r, c->name, plain ? NULL : &o);
    if (w->action->final)
        function_result_stop(&w->r);
}

/* ---- documents ---------------------------------------------------------------------------------
 */

static void put_plan(struct reply_writing *w) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(buf_release) struct buf document = BUF_INIT(SWML_BYTES_MAX);
    const struct swml_options o = {.credentials = w->o->credentials, .own_base = w->o->base};
    struct plan plan = {0};
    struct error err = {0};
    enum error_code rc = json_parse(w->action->json, &result_json_limits, &doc, &err);
    if (rc == ERR_OK)
        rc = plan_from_json(json_root(doc), &plan, &err);
    if (rc == ERR_OK)
        rc = swml_write(&plan, &o, &document, w->loss, &err);
    plan_release(&plan);
    if (rc != ERR_OK)
        result_refuse(&w->r, "plan", err.text);
    else
        function_result_execute_swml(&w->r, buf_str(&document), w->action->final);
}

static void put_foreign(struct reply_writing *w) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json_parse(w->action->json, &result_json_limits, &doc, NULL) != ERR_OK ||
        json_type(json_root(doc)) != JSON_OBJECT) {
        result_refuse(&w->r, "foreign", "an agent's action is a JSON object");
        return;
    }
    if (w->r.actions.len > 0)
        buf_putc(&w->r.actions, ',');
    buf_put_str(&w->r.actions, w->action->json);
}

static void put_digits(struct reply_writing *w) {
    result_put_verb(&w->r, "send_digits", "digits", w->action->text);
}

/* ---- one by one --------------------------------------------------------------------------------
 */

static void put_say(struct reply_writing *w) {
    with_literal(w, w->action->text, function_result_say);
}

static void put_play(struct reply_writing *w) {
    function_result_play_background_file(&w->r, w->action->text, w->action->wait);
}

static void put_stop_play(struct reply_writing *w) {
    function_result_stop_background_file(&w->r);
}

static void put_stop_recording(struct reply_writing *w) {
    function_result_stop_record_call(&w->r, w->action->text);
}

static void put_hold(struct reply_writing *w) {
    uint32_t s = w->action->seconds > 0 ? w->action->seconds : (uint32_t)FUNCTION_HOLD_DEFAULT_S;
    if (w->action->text.len > 0)
        with_literal(w, w->action->text, function_result_say);
    function_result_hold(&w->r, s);
}

static void put_hangup(struct reply_writing *w) {
    function_result_hangup(&w->r);
}

static void put_stop(struct reply_writing *w) {
    function_result_stop(&w->r);
}

static void put_set_data(struct reply_writing *w) {
    function_result_update_global_data(&w->r, w->action->json);
}

static void put_unset_data(struct reply_writing *w) {
    function_result_remove_global_data(&w->r, w->action->json);
}

static void put_set_meta(struct reply_writing *w) {
    function_result_set_metadata(&w->r, w->action->json);
}

static void put_unset_meta(struct reply_writing *w) {
    function_result_remove_metadata(&w->r, w->action->json);
}

static void put_toggle(struct reply_writing *w) {
    function_result_toggle_functions(&w->r, w->action->json);
}

static void put_input(struct reply_writing *w) {
    function_result_simulate_user_input(&w->r, w->action->text);
}

static void put_step(struct reply_writing *w) {
    function_result_change_step(&w->r, w->action->text);
}

static void put_context(struct reply_writing *w) {
    function_result_change_context(&w->r, w->action->text);
}

static void lose_consent(struct reply_writing *w) {
    lose(w, "the agent puts its questions itself", "tell it in the response what to ask");
}

static void lose_pause(struct reply_writing *w) {
    lose(w, "an agent cannot pause a recording", "the gateway does so itself");
}

typedef void put_action_fn(struct reply_writing *w);

static put_action_fn *const writers[FUNCTION_ACTION_KIND_COUNT] = {
    [FUNCTION_ACTION_SAY] = put_say,
    [FUNCTION_ACTION_PLAY] = put_play,
    [FUNCTION_ACTION_STOP_PLAY] = put_stop_play,
    [FUNCTION_ACTION_SEND_DIGITS] = put_digits,
    [FUNCTION_ACTION_ASK_CONSENT] = lose_consent,
    [FUNCTION_ACTION_START_RECORDING] = put_recording,
    [FUNCTION_ACTION_STOP_RECORDING] = put_stop_recording,
    [FUNCTION_ACTION_PAUSE_RECORDING] = lose_pause,
    [FUNCTION_ACTION_RESUME_RECORDING] = lose_pause,
    [FUNCTION_ACTION_HOLD] = put_hold,
    [FUNCTION_ACTION_TRANSFER] = put_transfer,
    [FUNCTION_ACTION_CONFERENCE] = put_conference,
    [FUNCTION_ACTION_PAY] = put_payment,
    [FUNCTION_ACTION_HANGUP] = put_hangup,
    [FUNCTION_ACTION_STOP] = put_stop,
    [FUNCTION_ACTION_SET_DATA] = put_set_data,
    [FUNCTION_ACTION_UNSET_DATA] = put_unset_data,
    [FUNCTION_ACTION_SET_META_DATA] = put_set_meta,
    [FUNCTION_ACTION_UNSET_META_DATA] = put_unset_meta,
    [FUNCTION_ACTION_TOGGLE_FUNCTIONS] = put_toggle,
    [FUNCTION_ACTION_USER_INPUT] = put_input,
    [FUNCTION_ACTION_CHANGE_STEP] = put_step,
    [FUNCTION_ACTION_CHANGE_CONTEXT] = put_context,
    [FUNCTION_ACTION_PLAN] = put_plan,
    [FUNCTION_ACTION_FOREIGN] = put_foreign,
};

enum error_code swaig_reply_write(const struct function_reply *r,
                                  const struct swaig_reply_options *o, struct buf *out,
                                  struct plan_loss_report *loss, struct error *err) {
    CLEANUP(buf_release) struct buf made = BUF_INIT(2 * SWAIG_REPLY_MAX);
    struct reply_writing w = {.o = o, .loss = loss};
    function_result_init(&w.r, r->response);
    if (r->prompt.len > 0)
        function_result_set_tool_response(&w.r, r->response, r->prompt);
    function_result_set_post_process(&w.r, r->post_process);
    for (w.at = 0; w.at < r->action_count; w.at++) {
        w.action = &r->actions[w.at];
        if (w.action->kind > FUNCTION_ACTION_NONE && w.action->kind < FUNCTION_ACTION_KIND_COUNT)
            writers[w.action->kind](&w);
    }
    enum error_code rc = function_result_write(&w.r, &made, err);
    if (rc == ERR_OK && (buf_failed(&made) || made.len > out->max - out->len))
        rc = error_set(err, ERR_LIMIT, "the function's reply is too large, make it shorter");
    if (rc == ERR_OK)
        buf_put_str(out, buf_str(&made));
    function_result_release(&w.r);
    return rc;
}
