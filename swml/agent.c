#include "swml/agent.h"

#include "core/base/mem.h"
#include "swml/agent_writing.h"
#include "swml/swml.h"
#include "swml/swml_text.h"

enum {
    ADDRESS_MAX = 8192
};

/* ---- parts -------------------------------------------------------------------------------------
 */

void agent_literal(struct agent_writing *w, struct str text) {
    CLEANUP(buf_release) struct buf literal = BUF_INIT(SWML_BYTES_MAX);
    swml_put_literal(&literal, text);
    json_put_string(&w->j, buf_str(&literal));
    w->j.b->failed = w->j.b->failed || buf_failed(&literal);
}

void agent_item(struct agent_writing *w, struct str text) {
    CLEANUP(buf_release) struct buf said = BUF_INIT(SWML_BYTES_MAX);
    if (w->o->lookup)
        text_expand(&said, text, w->o->lookup, w->o->lookup_ctx);
    else
        text_expand(&said, text, assistant_own_value, (void *)(uintptr_t)w->a);
    agent_literal(w, buf_str(&said));
    w->j.b->failed = w->j.b->failed || buf_failed(&said);
}

void agent_text(struct agent_writing *w, const char *key, struct str text) {
    json_key(&w->j, key);
    agent_item(w, text);
}

void agent_phrases(struct agent_writing *w, struct str key, const struct assistant_phrases *p) {
    if (p->count == 0)
        return;
    json_key_str(&w->j, key);
    json_begin_array(&w->j);
    for (size_t i = 0; i < p->count; i++)
        agent_literal(w, p->items[i]);
    json_end_array(&w->j);
}

void agent_given(struct agent_writing *w, const char *key, struct str s) {
    if (s.len > 0)
        json_kv_string(&w->j, key, s);
}

void agent_value(struct agent_writing *w, const struct json *v) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(SWML_BYTES_MAX);
    json_put_value(&text, v);
    json_put_raw(&w->j, buf_str(&text));
    w->j.b->failed = w->j.b->failed || buf_failed(&text);
}

void agent_json(struct agent_writing *w, const char *key, const struct json *v) {
    if (!v)
        return;
    json_key(&w->j, key);
    agent_value(w, v);
}

static void fail(struct agent_writing *w, enum error_code code, const char *what) {
    if (w->rc == ERR_OK)
        w->rc = error_set(w->err, code, "%s", what);
}

static void mark(struct agent_writing *w, size_t at, struct str function) {
    w->marks[w->mark_count++] = (struct agent_mark){at, function};
}

void agent_address(struct agent_writing *w, const char *key, struct str url, struct str function) {
    const struct swml_agent_options *o = w->o;
    CLEANUP(buf_release) struct buf b = BUF_INIT(ADDRESS_MAX);
    size_t host = str_find_str(url, STR("://")) + 3;
    bool has_token = o->has_tokens && function.len > 0;
    if (!swml_is_url(url)) {
        fail(w, ERR_INVALID, "an agent's functions need an absolute address: set PUBLIC_BASE_URL");
        return;
    }
    buf_put_str(&b, url);
    if (o->query.len > 0)
        buf_printf(&b, "?" STR_FMT, STR_ARG(o->query));
    if (has_token)
        buf_puts(&b, o->query.len > 0 ? "&__token=" : "?__token=");
    json_key(&w->j, key);
    size_t quote = w->j.b->len;
    json_put_string(&w->j, buf_str(&b));
    w->j.b->failed = w->j.b->failed || buf_failed(&b);
    mark(w, quote + 1 + host, (struct str){0}); /* nothing before it is ever escaped */
    if (has_token)
        mark(w, w->j.b->len - 1, function);
}

/* ---- how it sounds and listens -----------------------------------------------------------------
 */

static struct str voice_of(const struct agent_writing *w, const struct assistant_language *l) {
    return assistant_voice_for(l, w->o->carrier.len > 0 ? w->o->carrier : STR("signalwire"));
}

static void put_language(struct agent_writing *w, const struct assistant_language *l) {
    json_begin_object(&w->j);
    json_kv_string(&w->j, "name", l->name.len > 0 ? l->name : l->code);
    json_kv_string(&w->j, "code", l->code);
    json_kv_string(&w->j, "voice", voice_of(w, l));
    agent_given(w, "engine", l->engine);
    agent_given(w, "model", l->model);
    agent_phrases(w, STR("speech_fillers"), &l->speech_fillers);
    agent_phrases(w, STR("function_fillers"), &l->function_fillers);
    agent_json(w, "params", l->params);
    json_end_object(&w->j);
}

/* The carrier needs a voice with each language, and has its own for a document without any. */
static void put_languages(struct agent_writing *w) {
    char where[64];
    bool begun = false;
    for (size_t i = 0; i < w->a->language_count; i++) {
        const struct assistant_language *l = &w->a->languages[i];
        struct buf at = BUF_INIT(sizeof where - 1);
        if (voice_of(w, l).len == 0) {
            buf_printf(&at, "languages[%zu].voice", i);
            plan_loss_add(w->loss, PLAN_LOSS_DROPPED, at.ptr, "an agent's language needs a voice",
                          "name one in \"voices\" under \"signalwire\"");
            buf_release(&at);
            continue;
        }
        if (!begun) {
            json_key(&w->j, "languages");
            json_begin_array(&w->j);
            begun = true;
        }
        put_language(w, l);
    }
    if (begun)
        json_end_array(&w->j);
}

static void put_hint(struct agent_writing *w, const struct assistant_hint *h) {
    if (h->pattern.len == 0) {
        agent_literal(w, h->hint);
        return;
    }
    json_begin_object(&w->j);
    json_kv_string(&w->j, "hint", h->hint);
    json_kv_string(&w->j, "pattern", h->pattern);
    json_kv_string(&w->j, "replace", h->replace);
    json_kv_bool(&w->j, "ignore_case", h->ignore_case);
    json_end_object(&w->j);
}

static void put_hints(struct agent_writing *w) {
    if (w->a->hint_count == 0)
        return;
    json_key(&w->j, "hints");
    json_begin_array(&w->j);
    for (size_t i = 0; i < w->a->hint_count; i++)
        put_hint(w, &w->a->hints[i]);
    json_end_array(&w->j);
}

static void put_pronunciations(struct agent_writing *w) {
    if (w->a->pronunciation_count == 0)
        return;
    json_key(&w->j, "pronounce");
    json_begin_array(&w->j);
    for (size_t i = 0; i < w->a->pronunciation_count; i++) {
        const struct assistant_pronunciation *p = &w->a->pronunciations[i];
        json_begin_object(&w->j);
        json_kv_string(&w->j, "replace", p->replace);
        json_kv_string(&w->j, "with", p->with);
        json_kv_bool(&w->j, "ignore_case", p->ignore_case); /* sources differ on what it is else */
        json_end_object(&w->j);
    }
    json_end_array(&w->j);
}

/* ---- parameters --------------------------------------------------------------------------------
 */

/* These look as if they recorded; among an agent's parameters nothing reads them. */
static void judge_param(struct agent_writing *w, struct str name) {
    static const char *const idle[] = {"record_call", "record_format", "record_stereo"};
    char where[64];
    for (size_t i = 0; i < ARRAY_LEN(idle); i++) {
        if (!str_eq_z(name, idle[i]))
            continue;
        struct buf at = BUF_INIT(sizeof where - 1);
        buf_printf(&at, "params.%s", idle[i]);
        plan_loss_add(w->loss, PLAN_LOSS_REPLACED, at.ptr,
                      "the carrier's agent does not record by it",
                      w->o->record == CALL_RECORD_ON
                          ? "\"recording\" does: the verb record_call is in the document"
                      : w->o->record == CALL_RECORD_ASK
                          ? "\"recording\" does: record_call follows once the caller said yes"
                          : "\"recording\" is off: set its rule to \"on\" or \"ask\"");
        buf_release(&at);
    }
}

static void put_params(struct agent_writing *w) {
    CLEANUP(buf_release) struct buf value = BUF_INIT(SWML_BYTES_MAX);
    const struct json *params = w->a->params;
    json_key(&w->j, "params");
    json_begin_object(&w->j);
    for (const struct json *v = json_first(params); v; v = json_next(v)) {
        judge_param(w, json_name(v));
        buf_clear(&value);
        json_put_value(&value, v);
        json_key_str(&w->j, json_name(v));
        json_put_raw(&w->j, buf_str(&value));
        w->j.b->failed = w->j.b->failed || buf_failed(&value);
    }
    if (w->o->send_log && !json_get(params, "swaig_post_conversation"))
        json_kv_bool(&w->j, "swaig_post_conversation", true);
    if (w->o->greeting.len > 0 && !json_get(params, "static_greeting")) {
        json_key(&w->j, "static_greeting");
        agent_literal(w, w->o->greeting);
    }
    json_end_object(&w->j);
}

static void put_data(struct agent_writing *w) {
    if (w->o->global_data_json.len == 0) {
        agent_json(w, "global_data", w->a->global_data);
        return;
    }
    json_key(&w->j, "global_data");
    json_put_raw(&w->j, w->o->global_data_json);
}

static void put_ai(struct agent_writing *w) {
    json_begin_object(&w->j);
    agent_prompts(w);
    agent_functions(w);
    put_params(w);
    put_hints(w);
    put_languages(w);
    put_pronunciations(w);
    put_data(w);
    json_end_object(&w->j);
}

/* ---- the verbs around it -----------------------------------------------------------------------
 */

static void begin_verb(struct agent_writing *w, const char *verb) {
    json_begin_object(&w->j);
    json_key(&w->j, verb);
    json_begin_object(&w->j);
}

static void end_verb(struct agent_writing *w) {
    json_end_object(&w->j);
    json_end_object(&w->j);
}

static void put_opening(struct agent_writing *w) {
    CLEANUP(buf_release) struct buf said = BUF_INIT(SWML_BYTES_MAX);
    const struct assistant_language *l = &w->a->languages[0];
    if (w->o->opening.len == 0)
        return;
    begin_verb(w, "play");
    buf_printf(&said, "say:" STR_FMT, STR_ARG(w->o->opening));
    json_key(&w->j, "url");
    agent_literal(w, buf_str(&said));
    json_kv_string(&w->j, "say_language", l->code);
    agent_given(w, "say_voice", voice_of(w, l));
    end_verb(w);
}

static void put_recording(struct agent_writing *w) {
    const struct assistant_recording *r = &w->a->recording;
    if (w->o->record != CALL_RECORD_ON)
        return;
    begin_verb(w, "record_call");
    json_kv_string(&w->j, "format", r->format.len > 0 ? r->format : STR("wav"));
    json_kv_bool(&w->j, "stereo", r->channels == 2);
    agent_given(w, "status_url", w->o->recording_url);
    end_verb(w);
}

static void put_document(struct agent_writing *w) {
    json_begin_object(&w->j);
    json_kv_z(&w->j, "version", "1.0.0");
    json_key(&w->j, "sections");
    json_begin_object(&w->j);
    json_key(&w->j, "main");
    json_begin_array(&w->j);
    begin_verb(w, "answer");
    end_verb(w);
    put_opening(w);
    put_recording(w);
    json_begin_object(&w->j);
    json_key(&w->j, "ai");
    put_ai(w);
    json_end_object(&w->j);
    json_end_array(&w->j);
    json_end_object(&w->j);
    json_end_object(&w->j);
}

/* ---- the same for all calls, and what is not ---------------------------------------------------
 */

struct swml_agent_document {
    struct buf text;
    size_t mark_count;
    struct agent_mark marks[];
};

/* Each address has two: of the functions, of the report, and the default one. */
static size_t marks_max(const struct assistant *a) {
    return 2 * (a->function_count + 2);
}

enum error_code swml_agent_make(const struct assistant *a, const struct swml_agent_options *o,
                                enum swml_agent_part part, struct swml_agent_document **out,
                                struct plan_loss_report *loss, struct error *err) {
    struct swml_agent_document *d = mem_zalloc(sizeof *d + marks_max(a) * sizeof d->marks[0]);
    struct agent_writing w = {.a = a, .o = o, .loss = loss, .err = err, .marks = d->marks};
    d->text = BUF_INIT(SWML_BYTES_MAX);
    json_write_init(&w.j, &d->text);
    if (part == SWML_AGENT_AI)
        put_ai(&w);
    else
        put_document(&w);
    d->mark_count = w.mark_count;
    if (w.rc == ERR_OK && buf_failed(&d->text))
        w.rc = error_set(err, ERR_LIMIT, "the agent's document is over %d bytes, say less in it",
                         SWML_BYTES_MAX);
    if (w.rc == ERR_OK)
        *out = d;
    else
        swml_agent_free(d);
    return w.rc;
}

void swml_agent_free(struct swml_agent_document *d) {
    if (!d)
        return;
    buf_release(&d->text);
    mem_free(d);
}

static void put_credentials(struct buf *out, struct str credentials) {
    if (credentials.len == 0)
        return;
    buf_put_str(out, credentials);
    buf_putc(out, '@');
}

/* Within a URL: of a token only the padding has to be encoded there. */
static bool put_token(struct buf *out, const struct swaig_grant *g, struct str function) {
    unsigned padding = 0;
    if (!swaig_token_put(out, g, function))
        return false;
    for (; out->ptr[out->len - 1] == '='; out->len--)
        padding++;
    for (; padding > 0; padding--)
        buf_puts(out, "%3D");
    return true;
}

enum error_code swml_agent_put(const struct swml_agent_document *d, const struct swml_agent_call *c,
                               struct buf *out, struct error *err) {
    size_t before = out->len, from = 0;
    bool carried = true;
    for (size_t i = 0; carried && i < d->mark_count; i++) {
        const struct agent_mark *m = &d->marks[i];
        buf_put(out, d->text.ptr + from, m->at - from);
        from = m->at;
        if (m->function.len > 0)
            carried = put_token(out, &c->grant, m->function);
        else
            put_credentials(out, c->credentials);
    }
    buf_put(out, d->text.ptr + from, d->text.len - from);
    if (carried && !buf_failed(out))
        return ERR_OK;
    bool full = buf_failed(out);
    out->len = before;
    out->ptr[before] = '\0';
    out->failed = false;
    return full ? error_set(err, ERR_LIMIT,
                            "the agent's document is over %zu bytes, say less in it", out->max)
                : error_set(err, ERR_INVALID,
                            "the call's id or a function's name cannot be put into a token");
}

enum error_code swml_agent_write(const struct assistant *a, const struct swml_agent_options *o,
                                 enum swml_agent_part part, const struct swml_agent_call *c,
                                 struct buf *out, struct plan_loss_report *loss,
                                 struct error *err) {
    struct swml_agent_document *d = NULL;
    enum error_code rc = swml_agent_make(a, o, part, &d, loss, err);
    if (rc != ERR_OK)
        return rc;
    rc = swml_agent_put(d, c, out, err);
    swml_agent_free(d);
    return rc;
}
