#include "swml/swml.h"

#include <stdio.h>

#include "core/base/compiler.h"
#include "core/base/json_scan.h"
#include "swml/swml_text.h"
#include "swml/swml_writing.h"

const char swml_content_type[] = "application/json";

/* ---- what is heard --------------------------------------------------------------------------- */

static void put_play(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    writing_begin(w, "play");
    json_key(&w->j, "url");
    writing_play_url(w, s, at);
    if (s->kind == PLAN_SAY) {
        const struct plan_path here = {.up = at, .name = "say"};
        writing_voice(w, &s->u.say, &here);
    }
    writing_end(w);
}

/* Back to the label before it, so many times. SWML has no end of it: at most SWML_GOTO_MAX. */
static void put_again(struct writing *w, const char *label, int32_t loop, const char *kind,
                      const struct plan_path *at) {
    const struct plan_path here = {.up = at, .name = kind};
    if (loop < 0 || loop > SWML_GOTO_MAX + 1) {
        writing_lose(w, PLAN_LOSS_REPLACED, &here, "loop", "repeat it with more steps",
                     "SWML repeats at most %d times", SWML_GOTO_MAX + 1);
        loop = SWML_GOTO_MAX + 1;
    }
    writing_begin(w, "goto");
    json_kv_z(&w->j, "label", label);
    json_kv_int(&w->j, "max", loop - 1);
    writing_end(w);
}

void write_heard(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    int32_t loop = s->kind == PLAN_SAY ? s->u.say.loop : s->kind == PLAN_PLAY ? s->u.play.loop : 0;
    char label[40];
    bool again = loop < 0 || loop > 1;
    if (again) {
        (void)snprintf(label, sizeof label, "%s%u", swml_repeat_label, ++w->repeats);
        json_begin_object(&w->j);
        json_kv_z(&w->j, "label", label);
        json_end_object(&w->j);
    }
    put_play(w, s, at);
    if (again)
        put_again(w, label, loop, plan_kind_name(s->kind), at);
}

/* ---- short verbs ----------------------------------------------------------------------------- */

static void write_send_digits(struct writing *w, const struct plan_step *s,
                              const struct plan_path *at) {
    writing_need(w, s->u.send_digits.digits, at, "digits");
    writing_begin(w, "send_digits");
    json_key(&w->j, "digits");
    writing_text(w, s->u.send_digits.digits, at, "digits");
    writing_end(w);
}

static void write_redirect(struct writing *w, const struct plan_step *s,
                           const struct plan_path *at) {
    writing_need(w, s->u.redirect.url, at, NULL);
    writing_begin(w, "transfer");
    writing_link(w, "dest", &s->u.redirect, at, NULL);
    if (w->takes_action) {
        json_key(&w->j, "meta");
        json_begin_object(&w->j);
        json_kv_z(&w->j, "step", swml_own_step);
        json_end_object(&w->j);
    }
    writing_end(w);
}

static void write_hangup(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    (void)at;
    writing_begin(w, "hangup");
    if (s->kind == PLAN_REJECT)
        json_kv_z(&w->j, "reason", s->u.reject.busy ? "busy" : "decline");
    writing_end(w);
}

static void write_start_recording(struct writing *w, const struct plan_step *s,
                                  const struct plan_path *at) {
    writing_begin(w, "record_call");
    writing_rows(w, &swml_recording, &s->u.start_recording, at);
    writing_end(w);
}

static void write_stop_recording(struct writing *w, const struct plan_step *s,
                                 const struct plan_path *at) {
    writing_begin(w, "stop_record_call");
    if (s->u.stop.name.len > 0) {
        json_key(&w->j, "control_id");
        writing_text(w, s->u.stop.name, at, "name");
    }
    writing_end(w);
}

static void write_leave(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    (void)s;
    writing_refuse(w, at, NULL, "SWML cannot leave a queue from inside",
                   "redirect the call to another document");
}

static void write_relay(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    (void)s;
    writing_refuse(w, at, NULL, "SWML has no relay of text turns",
                   "use an ai step, a stream, or gather and say");
}

/* ---- JSON of others -------------------------------------------------------------------------- */

enum {
    VERB_DEPTH = 3, /* levels around a verb: the document, its sections, main */
};

static bool is_json(struct writing *w, struct str text, size_t depth_max,
                    const struct plan_path *at) {
    struct json_scan scan = {
        .text = text,
        .bytes_max = SWML_BYTES_MAX,
        .depth_max = depth_max,
        .values_max = SWML_VALUES_MAX,
    };
    char what[120];
    if (json_scan_run(&scan))
        return true;
    (void)snprintf(what, sizeof what, "is no JSON that fits (%.80s)", scan.rule);
    writing_fail(w, scan.code, at, "document", what);
    return false;
}

static void write_ai(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    struct str agent = str_trim(s->u.ai.document);
    if (!is_json(w, agent, SWML_DEPTH_MAX - VERB_DEPTH - 1, at))
        return;
    if (agent.ptr[0] != '{') {
        writing_fail(w, ERR_INVALID, at, "document", "is no JSON object");
        return;
    }
    json_begin_object(&w->j);
    json_key(&w->j, "ai");
    json_put_raw(&w->j, agent);
    json_end_object(&w->j);
}

static void write_raw(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct json_limits limits = {.bytes_max = SWML_BYTES_MAX,
                                       .depth_max = SWML_DEPTH_MAX - VERB_DEPTH,
                                       .values_max = SWML_VALUES_MAX};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct error err = {0};
    char what[160];
    if (!str_eq(s->u.raw.dialect, STR("swml"))) {
        writing_refuse(w, at, "dialect", "SWML does not know the words of another dialect",
                       "say it with steps that every carrier knows");
        return;
    }
    enum error_code rc = json_parse(s->u.raw.document, &limits, &doc, &err);
    if (rc != ERR_OK) {
        (void)snprintf(what, sizeof what, "is no JSON that fits (%.120s)", err.text);
        writing_fail(w, rc, at, "document", what);
    } else if (json_get(json_root(doc), "sections")) {
        writing_fail(w, ERR_INVALID, at, "document",
                     "is a whole document, which has to be the only step");
    } else if (json_type(json_root(doc)) != JSON_OBJECT || json_count(json_root(doc)) != 1) {
        writing_fail(w, ERR_INVALID, at, "document", "is no verb: an object with one key");
    } else {
        json_put_raw(&w->j, str_trim(s->u.raw.document));
    }
}

/* ---- the document ---------------------------------------------------------------------------- */

static write_fn *const writers[PLAN_KIND_COUNT] = {
    [PLAN_GATHER] = write_gather,
    [PLAN_RECORD] = write_record,
    [PLAN_DIAL] = write_dial,
    [PLAN_ENQUEUE] = write_enqueue,
    [PLAN_LEAVE] = write_leave,
    [PLAN_SEND_DIGITS] = write_send_digits,
    [PLAN_REDIRECT] = write_redirect,
    [PLAN_HANGUP] = write_hangup,
    [PLAN_REJECT] = write_hangup,
    [PLAN_START_RECORDING] = write_start_recording,
    [PLAN_STOP_RECORDING] = write_stop_recording,
    [PLAN_STREAM] = write_stream,
    [PLAN_STOP_STREAM] = write_stop_stream,
    [PLAN_RELAY] = write_relay,
    [PLAN_AI] = write_ai,
    [PLAN_PAY] = write_pay,
    [PLAN_REFER] = write_refer,
    [PLAN_TRANSCRIBE] = write_transcribe,
    [PLAN_STOP_TRANSCRIBE] = write_stop_transcribe,
    [PLAN_RAW] = write_raw,
};

static void write_step(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    if (s->kind <= PLAN_KIND_UNKNOWN || s->kind >= PLAN_KIND_COUNT) {
        writing_fail(w, ERR_INVALID, at, NULL, "is no known kind of step");
        return;
    }
    const struct plan_path here = {.up = at, .name = plan_kind_name(s->kind)};
    if (writers[s->kind])
        writers[s->kind](w, s, &here);
    else
        write_heard(w, s, at);
    const struct plan_link *action = swml_action(s);
    w->takes_action = action && action->url.len == 0;
}

static void write_document(struct writing *w, const struct plan *p) {
    json_begin_object(&w->j);
    json_kv_z(&w->j, "version", "1.0.0");
    json_key(&w->j, "sections");
    json_begin_object(&w->j);
    json_key(&w->j, "main");
    json_begin_array(&w->j);
    if (p->count > 0 && swml_needs_answer(&p->steps[0])) {
        writing_begin(w, "answer");
        writing_end(w);
    }
    for (size_t i = 0; i < p->count && w->rc == ERR_OK; i++) {
        const struct plan_path at = {.name = "steps", .index = i, .indexed = true};
        write_step(w, &p->steps[i], &at);
    }
    if (w->rc != ERR_OK)
        return; /* what was begun is cut off again */
    json_end_array(&w->j);
    json_end_object(&w->j);
    json_end_object(&w->j);
}

/* The plan is one raw step that holds a document: the document goes out as it is. */
static bool write_whole(struct writing *w, const struct plan *p) {
    if (p->count != 1 || p->steps[0].kind != PLAN_RAW ||
        !str_eq(p->steps[0].u.raw.dialect, STR("swml")))
        return false;
    const struct json_limits limits = {
        .bytes_max = SWML_BYTES_MAX, .depth_max = SWML_DEPTH_MAX, .values_max = SWML_VALUES_MAX};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct str text = p->steps[0].u.raw.document;
    if (json_parse(text, &limits, &doc, NULL) != ERR_OK)
        return false; /* write_raw() says why */
    const struct json *sections = json_get(json_root(doc), "sections");
    if (!sections)
        return false;
    if (json_type(json_get(sections, "main")) != JSON_ARRAY)
        w->rc = error_field(w->err, ERR_INVALID, "steps[0].raw.document",
                            "steps[0].raw.document: has no list sections.main");
    buf_put_str(w->j.b, text);
    return true;
}

static void cut_back(struct buf *out, size_t len) {
    out->len = len;
    out->failed = false;
    if (out->ptr)
        out->ptr[len] = '\0';
}

enum error_code swml_write(const struct plan *p, const struct swml_options *o, struct buf *out,
                           struct plan_loss_report *loss, struct error *err) {
    if (buf_failed(out))
        return error_set(err, ERR_LIMIT, "the buffer for the document is full already");
    size_t start = out->len;
    struct writing w = {.o = o, .loss = loss, .err = err};
    json_write_init(&w.j, out);
    if (!write_whole(&w, p))
        write_document(&w, p);
    if (w.rc == ERR_OK && (buf_failed(out) || out->len - start > SWML_BYTES_MAX))
        w.rc = error_set(err, ERR_LIMIT,
                         "the SWML document is over %zu bytes, use fewer or shorter steps",
                         out->max < SWML_BYTES_MAX ? out->max : (size_t)SWML_BYTES_MAX);
    if (w.rc != ERR_OK)
        cut_back(out, start);
    return w.rc;
}
