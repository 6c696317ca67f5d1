#include "providers/mock/carrier/signalwire/swml_script.h"
#include "swml/swml.h"

/* Verbs with sound, and the far ends of a call: they become steps of a plan ("SignalWire docs: SWML
 * methods, media"). */

enum {
    VERB_JSON_MAX = 262144,
    CONTROL_NAME_MAX = 256,
};

/** What a verb does around its steps. All may be NULL. */
struct media {
    const char *name;
    void (*before)(struct carrier *c, struct leg *l); /* the steps are in l->plan */
    void (*result)(struct carrier *c, struct leg *l, const struct step_result *r);
    enum exec_next (*after)(struct carrier *c, struct leg *l);
};

static void begin_event(struct sw_event *e, struct carrier *c, struct leg *l, const char *type) {
    sw_event_begin(e, c, l, type);
    json_kv_z(&e->w, "control_id", swml_script(l)->control_id);
}

/* ---- play -------------------------------------------------------------------------------------
 */

static void send_play_state(struct carrier *c, struct leg *l, const char *state) {
    struct str url = swml_param_text(l, "status_url");
    struct sw_event e;
    begin_event(&e, c, l, "calling.call.play");
    json_kv_z(&e.w, "state", state);
    sw_event_send(&e, c, l, url);
}

static void play_before(struct carrier *c, struct leg *l) {
    send_play_state(c, l, "playing");
}

static enum exec_next play_after(struct carrier *c, struct leg *l) {
    send_play_state(c, l, "finished");
    return EXEC_NEXT;
}

/* ---- prompt -----------------------------------------------------------------------------------
 */

static void prompt_before(struct carrier *c, struct leg *l) {
    (void)c;
    swml_set_var(l, "prompt_result", STR("no_input"));
    swml_set_var(l, "prompt_value", STR(""));
    swml_value_unset_path(&swml_script(l)->vars, STR("prompt_digit_terminator"));
    swml_value_unset_path(&swml_script(l)->vars, STR("prompt_speech_confidence"));
}

static void prompt_result(struct carrier *c, struct leg *l, const struct step_result *r) {
    (void)c;
    if (r->speech.len > 0) {
        swml_set_var(l, "prompt_result", STR("match_speech"));
        swml_set_var(l, "prompt_value", r->speech);
        swml_take_var(l, STR("prompt_speech_confidence"), swml_number(r->confidence * 100));
    } else if (r->digits.len > 0 || r->finish_key) {
        swml_set_var(l, "prompt_result", STR("match_digits"));
        swml_set_var(l, "prompt_value", r->digits);
        swml_set_var(l, "prompt_digit_terminator", str_from(&r->finish_key, r->finish_key ? 1 : 0));
    }
}

static enum exec_next prompt_after(struct carrier *c, struct leg *l) {
    struct str result = swml_var_text(l, "prompt_result"), value = swml_var_text(l, "prompt_value");
    bool digits = str_eq_z(result, "match_digits"), speech = str_eq_z(result, "match_speech");
    struct sw_event e;
    begin_event(&e, c, l, "calling.call.collect");
    json_key(&e.w, "result");
    json_begin_object(&e.w);
    json_kv_z(&e.w, "type", digits ? "digit" : speech ? "speech" : "no_input");
    json_key(&e.w, "params");
    json_begin_object(&e.w);
    if (digits || speech)
        json_kv_string(&e.w, digits ? "digits" : "text", value);
    if (digits)
        json_kv_string(&e.w, "terminator", swml_var_text(l, "prompt_digit_terminator"));
    json_end_object(&e.w);
    json_end_object(&e.w);
    json_kv_bool(&e.w, "final", true);
    sw_event_send(&e, c, l, swml_param_text(l, "status_url"));
    return EXEC_NEXT;
}

/* ---- record, record_call, stop_record_call ----------------------------------------------------
 */

static void record_before(struct carrier *c, struct leg *l) {
    (void)c;
    swml_set_var(l, "record_result", STR("failed"));
    swml_set_var(l, "record_url", STR(""));
}

static void set_tape_url(struct carrier *c, struct leg *l, const char *name, const struct tape *t) {
    struct buf url = BUF_INIT(1024);
    sw_put_tape_url(c, t, &url);
    swml_set_var(l, name, buf_str(&url));
    buf_release(&url);
}

static void record_result(struct carrier *c, struct leg *l, const struct step_result *r) {
    swml_set_var(l, "record_result", STR("success"));
    if (r->tape)
        set_tape_url(c, l, "record_url", r->tape);
}

/** The name to stop the recording by: the document's, or one that the carrier makes up. */
static void record_call_before(struct carrier *c, struct leg *l) {
    struct str name = swml_param_text(l, "control_id");
    (void)c;
    if (name.len == 0 || name.len > CONTROL_NAME_MAX)
        name = str_z(swml_script(l)->control_id);
    swml_set_var(l, "record_control_id", name);
    for (size_t i = 0; i < l->plan.count; i++) {
        struct plan_start_recording *r = &l->plan.steps[i].u.start_recording;
        if (l->plan.steps[i].kind != PLAN_START_RECORDING)
            continue;
        r->name = arena_copy(&l->plan.arena, name);
        r->status_events = STR("in-progress completed absent");
    }
}

static enum exec_next record_call_after(struct carrier *c, struct leg *l) {
    const struct tape *t = tape_find_running(l, swml_var_text(l, "record_control_id"));
    swml_set_var(l, "record_call_result", t ? STR("success") : STR("failed"));
    if (t)
        set_tape_url(c, l, "record_call_url", t);
    return EXEC_NEXT;
}

static void stop_record_before(struct carrier *c, struct leg *l) {
    struct str name = swml_param_text(l, "control_id");
    (void)c;
    if (name.len == 0)
        name = swml_var_text(l, "record_control_id");
    bool found = name.len > 0 && tape_find_running(l, name);
    swml_set_var(l, "stop_record_call_result", found ? STR("success") : STR("failed"));
    for (size_t i = 0; i < l->plan.count; i++)
        if (l->plan.steps[i].kind == PLAN_STOP_RECORDING)
            l->plan.steps[i].u.stop.name = arena_copy(&l->plan.arena, name);
}

/* ---- connect, join_conference, enter_queue ----------------------------------------------------
 */

static void send_connect_state(struct carrier *c, struct leg *l, const char *state,
                               const char *reason) {
    struct sw_event e;
    begin_event(&e, c, l, "calling.call.connect");
    json_kv_z(&e.w, "connect_state", state);
    if (reason)
        json_kv_z(&e.w, "failed_reason", reason);
    sw_event_send(&e, c, l, swml_param_text(l, "status_url"));
}

static void connect_before(struct carrier *c, struct leg *l) {
    swml_set_var(l, "connect_result", STR("failed"));
    swml_set_var(l, "return_value", STR("failed"));
    send_connect_state(c, l, "connecting", NULL);
}

static void connect_result(struct carrier *c, struct leg *l, const struct step_result *r) {
    const char *why = r->child_status == CALL_BUSY        ? "busy"
                      : r->child_status == CALL_NO_ANSWER ? "no_answer"
                                                          : "error";
    if (!r->bridged) {
        swml_set_var(l, "connect_failed_reason", str_z(why));
        send_connect_state(c, l, "failed", why);
        return;
    }
    swml_set_var(l, "connect_result", STR("connected"));
    swml_set_var(l, "return_value", STR("connected"));
    send_connect_state(c, l, "connected", NULL);
    send_connect_state(c, l, "disconnected", NULL);
}

static enum exec_next follow_result(struct carrier *c, struct leg *l) {
    struct str onward = swml_param_text(l, "transfer_after_bridge");
    if (onward.len > 0)
        return swml_go_to(c, l, onward, SWML_FETCH_TRANSFER, swml_object(), NULL);
    swml_push_result(c, l, json_get(swml_script(l)->verb_params, "result"));
    return EXEC_NEXT;
}

static void conference_before(struct carrier *c, struct leg *l) {
    (void)c;
    swml_set_var(l, "join_conference_result", STR("failed"));
    swml_set_var(l, "return_value", STR("failed"));
}

static void conference_result(struct carrier *c, struct leg *l, const struct step_result *r) {
    (void)c, (void)r;
    swml_set_var(l, "join_conference_result", STR("completed"));
    swml_set_var(l, "return_value", STR("completed"));
}

static void queue_before(struct carrier *c, struct leg *l) {
    (void)c;
    swml_set_var(l, "queue_result", STR("failed"));
}

static void queue_result(struct carrier *c, struct leg *l, const struct step_result *r) {
    (void)c;
    swml_set_var(l, "queue_result", STR("connected"));
    swml_take_var(l, STR("wait_time"), swml_number(r->queue_time_s));
    swml_take_var(l, STR("entry_position"), swml_number(1));
    swml_take_var(l, STR("entry_size"), swml_number(1));
}

static void digits_before(struct carrier *c, struct leg *l) {
    (void)c;
    swml_set_var(l, "send_digits_result", l->plan.count ? STR("success") : STR("failed"));
}

static const struct media medias[] = {
    {.name = "play", .before = play_before, .after = play_after},
    {"prompt", prompt_before, prompt_result, prompt_after},
    {.name = "record", .before = record_before, .result = record_result},
    {.name = "record_call", .before = record_call_before, .after = record_call_after},
    {.name = "stop_record_call", .before = stop_record_before},
    {"connect", connect_before, connect_result, follow_result},
    {"join_conference", conference_before, conference_result, follow_result},
    {"enter_queue", queue_before, queue_result, follow_result},
    {.name = "send_digits", .before = digits_before},
};

static const struct media *find_media(struct leg *l) {
    static const struct media plain = {.name = ""};
    const struct swml_verb *v = swml_script(l)->verb;
    for (size_t i = 0; v && i < ARRAY_LEN(medias); i++)
        if (str_eq_z(str_z(v->name), medias[i].name))
            return &medias[i];
    return &plain;
}

void swml_media_result(struct carrier *c, struct leg *l, const struct step_result *r) {
    const struct media *m = find_media(l);
    if (m->result && r && !r->hung_up)
        m->result(c, l, r);
}

/* ---- the steps of a verb ----------------------------------------------------------------------
 */

static enum exec_next run_steps(struct carrier *c, struct leg *l, enum exec_next next) {
    while (next == EXEC_NEXT) {
        exec_reset_step(l);
        if (++l->at >= l->plan.count) {
            const struct media *m = find_media(l);
            return m->after ? m->after(c, l) : EXEC_NEXT;
        }
        const struct plan_step *s = &l->plan.steps[l->at];
        next = exec_step_of(s->kind)->begin(c, l, s);
    }
    return next;
}

/** Members that hold verbs of their own are not this verb's to fill in. */
static bool holds_verbs(struct str name) {
    return str_eq_z(name, "result") || str_eq_z(name, "confirm");
}

static struct swml_value expand(struct carrier *c, struct leg *l, const struct json *v) {
    struct swml_names n;
    struct swml_value out;
    swml_names_init(c, l, &n);
    if (json_type(v) != JSON_OBJECT) {
        out = swml_expand_json(&n.scope, v);
    } else {
        out = swml_object();
        for (const struct json *m = json_first(v); m; m = json_next(m))
            if (!holds_verbs(json_name(m)))
                swml_value_set(&out, json_name(m), swml_expand_json(&n.scope, m));
    }
    swml_names_release(&n);
    return out;
}

void swml_expand_params(struct carrier *c, struct leg *l, const struct json *v) {
    struct swml_script *s = swml_script(l);
    swml_value_release(&s->expanded);
    s->expanded = expand(c, l, v);
}

/** A plan has one order of far ends: the groups of serial_parallel one after the other. */
static void flatten(struct swml_value *params) {
    const struct swml_value *groups = swml_value_get(params, STR("serial_parallel"));
    struct swml_value all = swml_array();
    for (size_t g = 0; groups && groups->type == SWML_ARRAY && g < groups->count; g++)
        for (size_t i = 0; swml_value_at(&groups->items[g].value, i); i++)
            swml_value_push(&all, swml_value_copy(swml_value_at(&groups->items[g].value, i)));
    if (groups) {
        swml_value_unset_path(params, STR("serial_parallel"));
        swml_value_set(params, STR("serial"), all);
    } else {
        swml_value_release(&all);
    }
}

/** The queue that the verb leads to. A plan goes on at a URL after it, a document also at a section
 * of its own, so the step is made here. */
static bool add_queue(struct leg *l) {
    struct str to = swml_param_text(l, "to"), name = swml_param_text(l, "queue_name");
    if (str_starts(to, STR("queue:")))
        name = str_from_index(to, 6);
    if (name.len == 0)
        return false;
    plan_release(&l->plan);
    l->plan = (struct plan){0};
    plan_add(&l->plan, PLAN_ENQUEUE)->u.enqueue.queue = arena_copy(&l->plan.arena, name);
    return true;
}

/** The verb's steps into the leg's plan. */
static bool read_steps(struct carrier *c, struct leg *l) {
    const struct json_limits limits = {
        .bytes_max = VERB_JSON_MAX, .depth_max = 31, .values_max = 20000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct swml_script *s = swml_script(l);
    struct plan_loss_report loss = {0};
    struct error err = {0};
    struct json_writer w;
    struct buf text = BUF_INIT(VERB_JSON_MAX);
    if (add_queue(l))
        return true;
    flatten(&s->expanded);
    json_write_init(&w, &text);
    json_begin_object(&w);
    json_key(&w, s->verb->name);
    swml_value_put_json(&s->expanded, &w);
    json_end_object(&w);
    plan_release(&l->plan);
    l->plan = (struct plan){0};
    bool ok = !buf_failed(&text) && json_parse(buf_str(&text), &limits, &doc, &err) == ERR_OK &&
              swml_read_verbs(json_root(doc), &l->plan, &loss, &err) == ERR_OK;
    buf_release(&text);
    for (size_t i = 0; ok && i < loss.count; i++)
        log_warn(c->log, "carrier document", LOG_Z("sid", l->sid),
                 LOG_Z("where", loss.items[i].where), LOG_Z("what", loss.items[i].what));
    if (!ok)
        swml_warn(c, l, "relay_script_method_parameter_invalid_value", str_z(err.text));
    return ok;
}

static enum exec_next media_begin(struct carrier *c, struct leg *l, const struct json *v) {
    struct swml_script *s = swml_script(l);
    const char *url = s->frames[s->depth - 1].doc->url;
    swml_expand_params(c, l, v);
    if (!l->base_url && url)
        l->base_url = mem_copy_str(str_z(url));
    if (!read_steps(c, l))
        return EXEC_NEXT;
    const struct media *m = find_media(l);
    if (m->before)
        m->before(c, l);
    l->at = (size_t)-1;
    return run_steps(c, l, EXEC_NEXT);
}

static enum exec_next media_resume(struct carrier *c, struct leg *l) {
    const struct plan_step *s = &l->plan.steps[l->at];
    return run_steps(c, l, exec_step_of(s->kind)->resume(c, l, s));
}

static void media_leave(struct carrier *c, struct leg *l) {
    if (l->at >= l->plan.count)
        return;
    const struct plan_step *s = &l->plan.steps[l->at];
    if (exec_step_of(s->kind)->leave)
        exec_step_of(s->kind)->leave(c, l, s);
}

#define MEDIA_VERB(verb) \
    { verb, media_begin, media_resume, media_leave }

const struct swml_verb swml_media_verbs[] = {
    MEDIA_VERB("play"),
    MEDIA_VERB("prompt"),
    MEDIA_VERB("record"),
    MEDIA_VERB("record_call"),
    MEDIA_VERB("stop_record_call"),
    MEDIA_VERB("connect"),
    MEDIA_VERB("join_conference"),
    MEDIA_VERB("enter_queue"),
    MEDIA_VERB("send_digits"),
};
const size_t swml_media_verb_count = ARRAY_LEN(swml_media_verbs);
