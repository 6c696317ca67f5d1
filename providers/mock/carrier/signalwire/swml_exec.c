#include "core/base/mem.h"
#include "providers/mock/carrier/progress.h"
#include "providers/mock/carrier/signalwire/ai_agent.h"
#include "providers/mock/carrier/signalwire/pay_run.h"
#include "providers/mock/carrier/signalwire/swml_script.h"

/* The life of a call's documents: asked for, carried out verb by verb, left. */

enum {
    FETCHES_MAX = 1000, /* of one call */
    CALL_TEXT_MAX = 16384,
};

struct swml_script *swml_script(struct leg *l) {
    if (!l->script) {
        struct swml_script *s = mem_zalloc(sizeof *s);
        s->vars = swml_object();
        s->envs = swml_object();
        l->script = s;
    }
    return l->script;
}

static void leave_verb(struct carrier *c, struct leg *l) {
    struct swml_script *s = swml_script(l);
    const struct swml_verb *v = steal_ptr(s->verb);
    if (v && v->leave)
        v->leave(c, l);
    outgoing_free(steal_ptr(s->reply));
}

static void release(struct leg *l) {
    struct swml_script *s = steal_ptr(l->script);
    if (!s)
        return;
    l->script = s;
    swml_cut_frames(l, 0);
    l->script = NULL;
    swml_value_release(&s->vars);
    swml_value_release(&s->envs);
    swml_value_release(&s->expanded);
    swml_value_release(&s->fetch_params);
    outgoing_free(s->reply);
    agent_free(s->agent);
    pay_run_free(s->pay);
    mem_free(s);
}

/* ---- what a fetch tells -----------------------------------------------------------------------
 */

void swml_put_call(const struct carrier *c, const struct leg *l, struct json_writer *w) {
    char node[SW_NODE_ID_SIZE], space[SID_SIZE];
    sw_put_node_id(c, l, node);
    sw_put_space_id(c, space);
    json_begin_object(w);
    json_kv_z(w, "call_id", l->sid);
    json_kv_z(w, "node_id", node);
    json_kv_z(w, "segment_id", l->sid);
    json_kv_z(w, "tag", l->sid);
    json_kv_z(w, "call_state", sw_state_word(l));
    json_kv_z(w, "direction", sw_direction_word(l));
    json_kv_z(w, "type", sw_device_word(l));
    json_kv_z(w, "from", l->from);
    json_kv_z(w, "to", l->to);
    if (str_eq_z(str_z(sw_device_word(l)), "phone")) {
        json_kv_z(w, "from_number", l->from);
        json_kv_z(w, "to_number", l->to);
    }
    json_key(w, "headers");
    json_begin_array(w);
    json_end_array(w);
    sw_put_parent(w, c, l);
    json_kv_z(w, "project_id", c->account);
    json_kv_z(w, "space_id", space);
    json_end_object(w);
}

void swml_put_state(const struct carrier *c, const struct leg *l, struct json_writer *w) {
    static const struct swml_value empty = {.type = SWML_OBJECT};
    const struct swml_script *s = l->script;
    json_key(w, "call");
    swml_put_call(c, l, w);
    json_key(w, "envs");
    swml_value_put_json(s ? &s->envs : &empty, w);
    json_key(w, "params");
    swml_value_put_json(s && s->fetch_params.type == SWML_OBJECT ? &s->fetch_params : &empty, w);
    /* not with the first document, before which nothing was carried out: one that came with the
     * create request may have set variables before it asks for the next */
    if (s && (s->fetches > 1 || s->vars.count > 0)) {
        json_key(w, "vars");
        swml_value_put_json(&s->vars, w);
    }
}

void swml_set_envs(struct leg *l, const struct json *variables) {
    struct swml_script *s = swml_script(l);
    swml_value_release(&s->envs);
    s->envs = json_type(variables) == JSON_OBJECT ? swml_value_from_json(variables) : swml_object();
}

void swml_names_init(const struct carrier *c, struct leg *l, struct swml_names *n) {
    struct swml_script *s = swml_script(l);
    struct buf text = BUF_INIT(CALL_TEXT_MAX);
    struct json_writer w;
    json_write_init(&w, &text);
    swml_put_call(c, l, &w);
    *n = (struct swml_names){.call = swml_value_parse(buf_str(&text))};
    n->scope = (struct swml_scope){.vars = &s->vars, .envs = &s->envs, .call = &n->call};
    for (size_t i = s->depth; i-- > 0 && !n->scope.params;)
        if (s->frames[i].kind != SWML_BLOCK)
            n->scope.params = &s->frames[i].params;
    buf_release(&text);
}

void swml_names_release(struct swml_names *n) {
    swml_value_release(&n->call);
}

/* ---- documents --------------------------------------------------------------------------------
 */

struct swml_doc *swml_doc_new(struct str text, struct str url, const char **code) {
    const struct json_limits limits = {
        .bytes_max = OUTGOING_JSON_MAX, .depth_max = 31, .values_max = 20000};
    CLEANUP(json_doc_freep) struct json_doc *json = NULL;
    if (json_parse(text, &limits, &json, NULL) != ERR_OK) {
        *code = "relay_script_parse_error";
        return NULL;
    }
    const struct json *root = json_root(json), *sections = json_get(root, "sections");
    const struct json *version = json_get(root, "version");
    if (version && !str_eq_z(json_str(version), "1.0.0")) {
        *code = "relay_script_version_invalid";
        return NULL;
    }
    if (json_type(json_get(sections, "main")) != JSON_ARRAY) {
        *code = json_type(sections) == JSON_OBJECT ? "relay_script_main_section_missing"
                                                   : "relay_script_sections_missing";
        return NULL;
    }
    struct swml_doc *d = mem_zalloc(sizeof *d);
    d->refs = 1;
    d->json = steal_ptr(json);
    d->url = url.len > 0 ? mem_copy_str(url) : NULL;
    return d;
}

void swml_doc_unref(struct swml_doc *d) {
    if (!d || --d->refs > 0)
        return;
    json_doc_free(d->json);
    mem_free(d->url);
    mem_free(d);
}

/** The call cannot go on without a document. */
static void give_up(struct carrier *c, struct leg *l, const char *code, int carrier_code) {
    swml_warn(c, l, code, STR("no document"));
    l->carrier_code = carrier_code;
    l->end = LEG_END_FAILED_DOCUMENT;
    l->end_reason = "error";
    progress_end(c, l, CALL_COMPLETED, 200);
}

enum exec_next swml_fetch(struct carrier *c, struct leg *l, struct str url, enum swml_fetch why,
                          struct swml_value params, const struct json *after) {
    struct swml_script *s = swml_script(l);
    bool get = why == SWML_FETCH_START      ? l->req.answer.get
               : why == SWML_FETCH_FALLBACK ? l->req.fallback.get
                                            : false;
    swml_value_release(&s->fetch_params);
    s->fetch_params = params;
    struct outgoing *o =
        s->fetches < FETCHES_MAX ? outgoing_new(c, l, OUTGOING_DOCUMENT, url, get) : NULL;
    if (!o) {
        give_up(c, l, "relay_script_too_many_transfers", 11100);
        return EXEC_LEFT;
    }
    s->fetches++;
    s->fetching = why;
    s->fetch_after = after;
    o->face_flags |= SW_SIGNED;
    if (!get) {
        struct json_writer w;
        json_write_init(&w, &o->json);
        json_begin_object(&w);
        swml_put_state(c, l, &w);
        json_end_object(&w);
    }
    exec_request(c, l, o);
    return EXEC_LEFT;
}

static void use_document(struct carrier *c, struct leg *l, struct swml_doc *d) {
    struct swml_script *s = swml_script(l);
    enum swml_fetch why = s->fetching;
    struct swml_value params = s->fetch_params;
    s->fetch_params = (struct swml_value){0};
    s->fetching = SWML_FETCH_NONE;
    if (why == SWML_FETCH_TRANSFER)
        swml_cut_frames(l, swml_floor(l));
    else if (why != SWML_FETCH_EXECUTE)
        swml_cut_frames(l, 0);
    if (!d->url)
        mem_free(steal_ptr(l->base_url));
    l->running = true;
    (void)swml_push_section(c, l, SWML_SECTION, d, STR("main"), params, s->fetch_after);
    swml_doc_unref(d);
    swml_go_on(c, l, EXEC_NEXT);
}

static bool ask_fallback(struct carrier *c, struct leg *l) {
    struct swml_script *s = swml_script(l);
    if (s->fetching != SWML_FETCH_START || !l->req.fallback.url)
        return false;
    (void)swml_fetch(c, l, str_z(l->req.fallback.url), SWML_FETCH_FALLBACK, (struct swml_value){0},
                     NULL);
    return true;
}

/** face_run.document: the reply is in l->document_reply. */
static void on_document(struct carrier *c, struct leg *l) {
    struct outgoing *o = steal_ptr(l->document_reply);
    const char *code = "relay_script_method_execute_failed";
    struct swml_doc *d = NULL;
    leg_set_waiting(c, l, false);
    if (leg_is_over(l) || o->epoch != l->epoch) {
        outgoing_free(o); /* late: the call went another way meanwhile */
        return;
    }
    if (!o->carrier_code)
        d = swml_doc_new(buf_str(&o->body), buf_str(&o->url), &code);
    if (d)
        use_document(c, l, d);
    else if (!ask_fallback(c, l))
        give_up(c, l, code, o->carrier_code ? o->carrier_code : 12100);
    outgoing_free(o);
}

static void start_text(struct carrier *c, struct leg *l, struct str text) {
    const char *code = NULL;
    struct swml_doc *d = swml_doc_new(text, (struct str){0}, &code);
    struct swml_script *s = swml_script(l);
    s->fetching = SWML_FETCH_START;
    s->fetch_after = NULL;
    swml_value_release(&s->fetch_params);
    if (d)
        use_document(c, l, d);
    else if (!ask_fallback(c, l))
        give_up(c, l, code, 12100);
}

/** Leave all of what is running: another document comes. */
static void leave_all(struct carrier *c, struct leg *l) {
    exec_stop(c, l);
    leg_set_waiting(c, l, false);
    l->epoch++;
    outgoing_free(steal_ptr(l->document_reply));
}

void swml_start_text(struct carrier *c, struct leg *l, struct str text) {
    leave_all(c, l);
    start_text(c, l, text);
}

void swml_start_url(struct carrier *c, struct leg *l, struct str url, bool get) {
    leave_all(c, l);
    l->req.answer.get = get;
    (void)swml_fetch(c, l, url, SWML_FETCH_START, (struct swml_value){0}, NULL);
}

static void on_answer(struct carrier *c, struct leg *l) {
    if (l->req.document)
        start_text(c, l, str_z(l->req.document));
    else
        (void)swml_fetch(c, l, str_z(l->req.answer.url), SWML_FETCH_START, (struct swml_value){0},
                         NULL);
}

/* ---- verb by verb -----------------------------------------------------------------------------
 */

const struct swml_verb *swml_verb_find(struct str name) {
    const struct {
        const struct swml_verb *verbs;
        size_t count;
    } tables[] = {{swml_flow_verbs, swml_flow_verb_count},
                  {swml_media_verbs, swml_media_verb_count},
                  {swml_quiet_verbs, swml_quiet_verb_count},
                  {&swml_ai_verb, 1},
                  {&swml_pay_verb, 1}};
    for (size_t t = 0; t < ARRAY_LEN(tables); t++)
        for (size_t i = 0; i < tables[t].count; i++)
            if (str_eq_z(name, tables[t].verbs[i].name))
                return &tables[t].verbs[i];
    return NULL;
}

/* "SignalWire docs: SWML": answer does, and what talks to the caller does so by itself. */
static bool verb_answers(const struct swml_verb *verb) {
    bool answers =
        str_eq_z(str_z(verb->name), "answer") || verb == &swml_ai_verb || verb == &swml_pay_verb;
    for (size_t i = 0; i < swml_media_verb_count; i++)
        answers = answers || verb == &swml_media_verbs[i];
    return answers;
}

static enum exec_next begin_verb(struct carrier *c, struct leg *l, const struct json *item) {
    struct swml_script *s = swml_script(l);
    /* a bare word is no form that the pages show, but documents in the field have it */
    bool bare = json_type(item) == JSON_STRING;
    const struct json *v = bare ? NULL : json_first(item);
    struct str name = bare ? json_str(item) : json_name(v);
    const struct swml_verb *verb = swml_verb_find(name);
    if (!bare && json_count(item) != 1) {
        swml_warn(c, l, "relay_script_method_missing_name", name);
        return EXEC_NEXT;
    }
    if (!verb) {
        swml_warn(c, l, "relay_script_method_undefined", name);
        return EXEC_NEXT;
    }
    log_debug(c->log, "carrier verb", LOG_Z("sid", l->sid), LOG_Z("verb", verb->name));
    if (verb_answers(verb))
        progress_answer_inbound(c, l);
    s->verb = verb;
    s->verb_params = v;
    rng_uuid(s->control_id, "control", c->seed, str_z(l->sid), s->controls++);
    return verb->begin(c, l, v);
}

/** The top frame is through. */
static enum exec_next end_frame(struct carrier *c, struct leg *l) {
    struct swml_script *s = swml_script(l);
    const struct swml_frame *f = &s->frames[s->depth - 1];
    enum swml_frame_kind kind = f->kind;
    const struct json *after = f->after;
    swml_cut_frames(l, s->depth - 1);
    if (kind == SWML_INLINE)
        return agent_after_document(c, l);
    if (kind == SWML_SECTION && after) {
        swml_push_result(c, l, json_get(after, "result"));
        swml_push_block(c, l, json_get(after, "on_return"));
    }
    return EXEC_NEXT;
}

void swml_go_on(struct carrier *c, struct leg *l, enum exec_next next) {
    struct swml_script *s = swml_script(l);
    while (next == EXEC_NEXT) {
        s->verb = NULL;
        swml_value_release(&s->expanded);
        if (s->depth == 0 || s->verbs++ > SWML_VERBS_MAX) { /* run out: hang up */
            l->end = LEG_END_DOCUMENT;
            progress_end(c, l, CALL_COMPLETED, 200);
            return;
        }
        struct swml_frame *f = &s->frames[s->depth - 1];
        const struct json *item = f->next;
        if (!item) {
            next = end_frame(c, l);
            continue;
        }
        f->next = json_next(item);
        next = begin_verb(c, l, item);
    }
}

static void on_event(struct carrier *c, struct leg *l, uint32_t epoch) {
    const struct swml_verb *v = swml_script(l)->verb;
    if (epoch != l->epoch || !l->running || !v)
        return;
    swml_go_on(c, l, v->resume ? v->resume(c, l) : EXEC_NEXT);
}

static void on_stop(struct carrier *c, struct leg *l) {
    struct swml_script *s = l->script;
    if (!s)
        return;
    if (l->running) {
        l->running = false;
        leg_cut_speech(l);
        leave_verb(c, l);
        leg_forget(l, LEG_EVENT_STEP);
    }
    if (s->agent)
        agent_leave(c, l);
    swml_cut_frames(l, 0);
}

const struct face_run swml_run = {
    .answer = on_answer,
    .event = on_event,
    .document = on_document,
    .stop = on_stop,
    .release = release,
    .result = swml_media_result,
};

/* ---- requests of verbs ------------------------------------------------------------------------
 */

static void on_reply(struct carrier *c, struct outgoing *o) {
    struct leg *l = o->leg;
    if (o->epoch != l->epoch || leg_is_over(l))
        return;
    struct swml_script *s = swml_script(l);
    o->keep = true;
    outgoing_free(s->reply);
    s->reply = o;
    leg_set_waiting(c, l, false);
    (void)exec_wait(l, 0);
}

void swml_send(struct carrier *c, struct leg *l, struct outgoing *o) {
    leg_set_waiting(c, l, true);
    outgoing_send(c, o, on_reply);
}
