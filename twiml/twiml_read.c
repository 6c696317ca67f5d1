#include "core/base/compiler.h"
#include "twiml/twiml_grammar.h"
#include "twiml/twiml_map.h"
#include "twiml/twiml_verbs.h"
#include "twiml/xml_language.h"

/* ---- what is heard --------------------------------------------------------------------------- */

static void read_say(struct xml_reading *r, const struct xml_node *n,
                     const struct xml_reading_target *to) {
    struct plan_say say = {0};
    if (!xml_reading_words(r, n, &say))
        return;
    xml_reading_attrs(r, n, &twiml_say, &say);
    struct plan_step *s = xml_reading_add(r, to, PLAN_SAY, n);
    if (s)
        s->u.say = say;
}

static void read_digits(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to, struct str digits) {
    const struct xml_element_rule *rule = xml_grammar_element(&twiml_grammar, n->name);
    if (to->owner || digits.len == 0 ||
        xml_grammar_judge(xml_grammar_attr(rule, STR("digits")), digits)) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, "digits",
                         "digits are 0-9 A-D * # w W, and not inside a prompt");
        return;
    }
    for (size_t i = 0; i < n->attr_count; i++)
        if (!str_eq(n->attrs[i].name, STR("digits")))
            xml_reading_lose(r, PLAN_LOSS_DROPPED, n, n->attrs[i].name.ptr,
                             "sending digits takes nothing else");
    xml_reading_drop_children(r, n, false);
    struct plan_step *s = xml_reading_add(r, to, PLAN_SEND_DIGITS, n);
    if (s)
        s->u.send_digits.digits = arena_copy(&r->plan->arena, digits);
}

static void read_play(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to) {
    const struct str *digits = xml_node_attr(n, "digits");
    if (digits)
        read_digits(r, n, to, *digits);
    else
        xml_reading_play(r, n, to, &twiml_play);
}

static void read_pause(struct xml_reading *r, const struct xml_node *n,
                       const struct xml_reading_target *to) {
    xml_reading_pause(r, n, to, &twiml_pause);
}

const struct xml_reading_verb twiml_prompts[] = {{STR_INIT("Say"), read_say},
                                                 {STR_INIT("Play"), read_play},
                                                 {STR_INIT("Pause"), read_pause},
                                                 {.read = NULL}};

/* ---- parameters ----------------------------------------------------------------------------- */

static void read_param(struct xml_reading *r, const struct xml_node *c, struct plan_param **params,
                       size_t *count) {
    const struct str *name = xml_node_attr(c, "name");
    const struct str *value = xml_node_attr(c, "value");
    if (!name || name->len == 0) {
        xml_reading_lose(r, PLAN_LOSS_DROPPED, c, "name", "a parameter needs a name");
        return;
    }
    for (size_t i = 0; i < *count; i++)
        if (str_eq((*params)[i].name, *name)) {
            xml_reading_lose(r, PLAN_LOSS_DROPPED, c, "name", "the name is used twice");
            return;
        }
    if (!plan_add_param(r->plan, params, count, *name, value ? *value : STR("")))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, c, NULL, "there are more than %d parameters",
                         PLAN_PARAMS_MAX);
    for (size_t i = 0; i < c->attr_count; i++)
        if (!str_eq(c->attrs[i].name, STR("name")) && !str_eq(c->attrs[i].name, STR("value")))
            xml_reading_lose(r, PLAN_LOSS_DROPPED, c, c->attrs[i].name.ptr,
                             "it is not part of TwiML");
    xml_reading_drop_children(r, c, false);
}

/* <Parameter> children go to params, everything else is dropped. */
static void read_params(struct xml_reading *r, const struct xml_node *n, struct plan_param **params,
                        size_t *count) {
    for (const struct xml_node *c = n->first; c; c = c->next) {
        if (xml_node_is_text(c))
            continue;
        if (str_eq(c->name, STR("Parameter")))
            read_param(r, c, params, count);
        else
            xml_reading_lose(r, PLAN_LOSS_DROPPED, c, NULL, "a plan has no place for it inside %s",
                             xml_element_name(n));
    }
    if (xml_node_has_text(n))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
}

/* ---- gather, record -------------------------------------------------------------------------- */

static void read_gather(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to) {
    struct plan_step *s = xml_reading_add(r, to, PLAN_GATHER, n);
    if (!s)
        return;
    xml_reading_attrs(r, n, &twiml_gather, &s->u.gather);
    const struct xml_reading_target prompts = xml_reading_into_gather(&s->u.gather);
    xml_reading_prompts(r, n, &prompts);
}

static void read_record(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to) {
    struct plan_step *s = xml_reading_add(r, to, PLAN_RECORD, n);
    if (!s)
        return;
    xml_reading_attrs(r, n, &twiml_record, &s->u.record);
    xml_reading_drop_children(r, n, false);
}

/* ---- dial ------------------------------------------------------------------------------------ */

/* The element whose text is the target: a far end may wrap it. */
static const struct xml_node *wrapped_target(const struct xml_node *n, const char *wrapper) {
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (str_eq_z(c->name, wrapper))
            return c;
    return NULL;
}

static void read_noun(struct xml_reading *r, const struct xml_node *n, struct plan_dial *d,
                      enum plan_noun_kind kind) {
    struct plan_noun noun = {.kind = kind, .target = xml_reading_text(r, n)};
    const struct xml_node *inner = NULL;
    if (noun.target.len == 0 && (kind == PLAN_NOUN_CLIENT || kind == PLAN_NOUN_SIP))
        inner = wrapped_target(n, kind == PLAN_NOUN_CLIENT ? "Identity" : "Uri");
    if (inner)
        noun.target = xml_reading_text(r, inner);
    if (noun.target.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is nobody to call");
        return;
    }
    xml_reading_attrs(r, n, &twiml_nouns[kind], &noun);
    for (size_t i = 0; inner && i < inner->attr_count; i++)
        xml_reading_lose(r, PLAN_LOSS_DROPPED, inner, inner->attrs[i].name.ptr,
                         "a plan has no place for it");
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (!xml_node_is_text(c) && c != inner)
            xml_reading_lose(r, PLAN_LOSS_DROPPED, c, NULL, "a plan has no place for it inside %s",
                             xml_element_name(n));
    struct plan_noun *to = plan_add_noun(r->plan, d, kind);
    if (to)
        *to = noun;
    else
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there are more than %d far ends",
                         PLAN_NOUNS_MAX);
}

static enum plan_noun_kind noun_named(struct str name) {
    for (int k = PLAN_NOUN_UNKNOWN + 1; k < PLAN_NOUN_KIND_COUNT; k++)
        if (str_eq(name, twiml_nouns[k].element))
            return (enum plan_noun_kind)k;
    return PLAN_NOUN_UNKNOWN;
}

static bool stands_alone(enum plan_noun_kind kind) {
    return kind == PLAN_NOUN_CONFERENCE || kind == PLAN_NOUN_QUEUE;
}

static void read_nouns(struct xml_reading *r, const struct xml_node *n, struct plan_dial *d) {
    for (const struct xml_node *c = n->first; c; c = c->next) {
        if (xml_node_is_text(c))
            continue;
        enum plan_noun_kind kind = noun_named(c->name);
        if (kind == PLAN_NOUN_UNKNOWN)
            xml_reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "a plan cannot dial this");
        else if (d->noun_count > 0 && (stands_alone(kind) || stands_alone(d->nouns[0].kind)))
            xml_reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "a conference or queue stands alone");
        else
            read_noun(r, c, d, kind);
    }
}

static void read_dial(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to) {
    struct plan_dial d = {0};
    read_nouns(r, n, &d);
    struct str number = xml_reading_text(r, n);
    if (number.len > 0 && d.noun_count == 0) {
        struct plan_noun *noun = plan_add_noun(r->plan, &d, PLAN_NOUN_NUMBER);
        if (noun)
            noun->target = number;
    } else if (number.len > 0) {
        xml_reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "text beside far ends is not dialled");
    }
    if (d.noun_count == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is nobody to call");
        return;
    }
    xml_reading_attrs(r, n, &twiml_dial, &d);
    struct plan_step *s = xml_reading_add(r, to, PLAN_DIAL, n);
    if (s)
        s->u.dial = d;
}

/* ---- queue, redirect, end -------------------------------------------------------------------- */

static void read_task(struct xml_reading *r, const struct xml_node *task, struct plan_enqueue *e) {
    if (e->task.len > 0) {
        xml_reading_lose(r, PLAN_LOSS_DROPPED, task, NULL, "only the first task counts");
        return;
    }
    e->task = xml_reading_text(r, task);
    for (size_t i = 0; i < task->attr_count; i++)
        xml_reading_lose(r, PLAN_LOSS_DROPPED, task, task->attrs[i].name.ptr,
                         "a plan has no place for it");
    xml_reading_drop_children(r, task, true);
}

static void read_enqueue(struct xml_reading *r, const struct xml_node *n,
                         const struct xml_reading_target *to) {
    struct plan_enqueue e = {.queue = xml_reading_text(r, n)};
    xml_reading_attrs(r, n, &twiml_enqueue, &e);
    for (const struct xml_node *c = n->first; c; c = c->next) {
        if (xml_node_is_text(c))
            continue;
        if (str_eq(c->name, STR("Task")))
            read_task(r, c, &e);
        else
            xml_reading_lose(r, PLAN_LOSS_DROPPED, c, NULL, "it does not belong inside Enqueue");
    }
    if (e.queue.len + e.workflow.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is no queue to wait in");
        return;
    }
    struct plan_step *s = xml_reading_add(r, to, PLAN_ENQUEUE, n);
    if (s)
        s->u.enqueue = e;
}

static void read_leave(struct xml_reading *r, const struct xml_node *n,
                       const struct xml_reading_target *to) {
    xml_reading_bare(r, n, to, PLAN_LEAVE);
}

static void read_hangup(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to) {
    xml_reading_bare(r, n, to, PLAN_HANGUP);
}

static void read_redirect(struct xml_reading *r, const struct xml_node *n,
                          const struct xml_reading_target *to) {
    struct plan_link link;
    if (!xml_reading_link(r, n, &twiml_redirect, &link))
        return;
    struct plan_step *s = xml_reading_add(r, to, PLAN_REDIRECT, n);
    if (s)
        s->u.redirect = link;
}

static void read_reject(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to) {
    struct plan_step *s = xml_reading_add(r, to, PLAN_REJECT, n);
    if (!s)
        return;
    xml_reading_attrs(r, n, &twiml_reject, &s->u.reject);
    xml_reading_drop_children(r, n, false);
}

static void read_refer(struct xml_reading *r, const struct xml_node *n,
                       const struct xml_reading_target *to) {
    const struct xml_node *sip = wrapped_target(n, "Sip");
    struct str uri = sip ? xml_reading_text(r, sip) : STR("");
    if (uri.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is no Sip to refer to");
        return;
    }
    struct plan_step *s = xml_reading_add(r, to, PLAN_REFER, n);
    if (!s)
        return;
    s->u.refer.uri = uri;
    xml_reading_attrs(r, n, &twiml_refer, &s->u.refer);
    for (size_t i = 0; i < sip->attr_count; i++)
        xml_reading_lose(r, PLAN_LOSS_DROPPED, sip, sip->attrs[i].name.ptr,
                         "a plan has no place for it");
    xml_reading_drop_children(r, sip, true);
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (!xml_node_is_text(c) && c != sip)
            xml_reading_lose(r, PLAN_LOSS_DROPPED, c, NULL, "only the first Sip counts");
}

/* ---- start, stop, connect -------------------------------------------------------------------- */

static void read_recording(struct xml_reading *r, const struct xml_node *n,
                           const struct xml_reading_target *to) {
    struct plan_step *s = xml_reading_add(r, to, PLAN_START_RECORDING, n);
    if (!s)
        return;
    s->u.start_recording.dual = true; /* the carrier's default */
    xml_reading_attrs(r, n, &twiml_recording, &s->u.start_recording);
    xml_reading_drop_children(r, n, false);
}

static void read_stream(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to, bool bidirectional) {
    const struct str *url = xml_node_attr(n, "url");
    if (!url || url->len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, "url", "there is no URL to stream to");
        return;
    }
    struct plan_step *s = xml_reading_add(r, to, PLAN_STREAM, n);
    if (!s)
        return;
    s->u.stream.bidirectional = bidirectional;
    xml_reading_attrs(r, n, &twiml_stream, &s->u.stream);
    read_params(r, n, &s->u.stream.params, &s->u.stream.param_count);
}

static void read_start_stream(struct xml_reading *r, const struct xml_node *n,
                              const struct xml_reading_target *to) {
    read_stream(r, n, to, false);
}

static void read_transcription(struct xml_reading *r, const struct xml_node *n,
                               const struct xml_reading_target *to) {
    struct plan_step *s = xml_reading_add(r, to, PLAN_TRANSCRIBE, n);
    if (!s)
        return;
    xml_reading_attrs(r, n, &twiml_transcription, &s->u.transcribe);
    xml_reading_drop_children(r, n, false);
}

static void read_stopped(struct xml_reading *r, const struct xml_node *n,
                         const struct xml_reading_target *to, const struct xml_maps *maps,
                         enum plan_kind kind) {
    struct plan_step *s = xml_reading_add(r, to, kind, n);
    if (!s)
        return;
    xml_reading_attrs(r, n, maps, &s->u.stop);
    xml_reading_drop_children(r, n, false);
}

static void read_stop_recording(struct xml_reading *r, const struct xml_node *n,
                                const struct xml_reading_target *to) {
    read_stopped(r, n, to, &twiml_stop_recording, PLAN_STOP_RECORDING);
}

static void read_stop_stream(struct xml_reading *r, const struct xml_node *n,
                             const struct xml_reading_target *to) {
    read_stopped(r, n, to, &twiml_stop_stream, PLAN_STOP_STREAM);
}

static void read_stop_transcription(struct xml_reading *r, const struct xml_node *n,
                                    const struct xml_reading_target *to) {
    read_stopped(r, n, to, &twiml_stop_transcription, PLAN_STOP_TRANSCRIBE);
}

static void read_connect_stream(struct xml_reading *r, const struct xml_node *n,
                                const struct xml_reading_target *to) {
    read_stream(r, n, to, true);
}

static void read_relay(struct xml_reading *r, const struct xml_node *n,
                       const struct xml_reading_target *to) {
    const struct str *url = xml_node_attr(n, "url");
    if (!url || url->len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, "url", "there is no URL to connect to");
        return;
    }
    struct plan_step *s = xml_reading_add(r, to, PLAN_RELAY, n);
    if (!s)
        return;
    xml_reading_attrs(r, n, &twiml_relay, &s->u.relay);
    read_params(r, n, &s->u.relay.params, &s->u.relay.param_count);
}

/* The nouns inside Start, Stop or Connect; how many became steps. */
static size_t read_inner(struct xml_reading *r, const struct xml_node *n,
                         const struct xml_reading_target *to, const struct xml_reading_verb *nouns,
                         size_t count, size_t most) {
    size_t before = r->plan->count;
    for (const struct xml_node *c = n->first; c && r->rc == ERR_OK; c = c->next) {
        if (xml_node_is_text(c))
            continue;
        size_t k = 0;
        while (k < count && !str_eq(c->name, nouns[k].name))
            k++;
        if (k == count)
            xml_reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "a plan cannot hold it inside %s",
                             xml_element_name(n));
        else if (r->plan->count - before >= most)
            xml_reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "only one belongs inside %s",
                             xml_element_name(n));
        else
            nouns[k].read(r, c, to);
    }
    if (xml_node_has_text(n))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
    if (!n->first)
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "it is empty");
    return r->plan->count - before;
}

static void read_start(struct xml_reading *r, const struct xml_node *n,
                       const struct xml_reading_target *to) {
    static const struct xml_reading_verb nouns[] = {
        {STR_INIT("Recording"), read_recording},
        {STR_INIT("Stream"), read_start_stream},
        {STR_INIT("Transcription"), read_transcription}};
    xml_reading_attrs(r, n, &xml_no_attrs, NULL);
    (void)read_inner(r, n, to, nouns, ARRAY_LEN(nouns), PLAN_STEPS_MAX);
}

static void read_stop(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to) {
    static const struct xml_reading_verb nouns[] = {
        {STR_INIT("Recording"), read_stop_recording},
        {STR_INIT("Stream"), read_stop_stream},
        {STR_INIT("Transcription"), read_stop_transcription}};
    xml_reading_attrs(r, n, &xml_no_attrs, NULL);
    (void)read_inner(r, n, to, nouns, ARRAY_LEN(nouns), PLAN_STEPS_MAX);
}

static void read_connect(struct xml_reading *r, const struct xml_node *n,
                         const struct xml_reading_target *to) {
    static const struct xml_reading_verb nouns[] = {{STR_INIT("Stream"), read_connect_stream},
                                                    {STR_INIT("ConversationRelay"), read_relay}};
    if (read_inner(r, n, to, nouns, ARRAY_LEN(nouns), 1) == 0)
        return;
    struct plan_step *s = &r->plan->steps[r->plan->count - 1];
    if (s->kind == PLAN_STREAM)
        xml_reading_attrs(r, n, &twiml_connect_stream, &s->u.stream);
    else
        xml_reading_attrs(r, n, &twiml_connect_relay, &s->u.relay);
}

/* ---- pay ------------------------------------------------------------------------------------- */

static struct plan_step *add_to_stage(struct plan *p, void *owner, enum plan_kind kind) {
    return plan_add_pay_step(p, owner, kind);
}

static void read_stage(struct xml_reading *r, const struct xml_node *n, struct plan_pay *pay) {
    struct plan_pay_prompt stage = {0};
    xml_reading_attrs(r, n, &twiml_prompt, &stage);
    if (stage.stage.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, "for", "it is not known when to say this");
        return;
    }
    struct plan_pay_prompt *at = plan_add_pay_prompt(r->plan, pay);
    if (!at) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there are more than %d prompts",
                         PLAN_PAY_PROMPTS_MAX);
        return;
    }
    *at = stage;
    const struct xml_reading_target prompts = {.add = add_to_stage, .owner = at};
    xml_reading_prompts(r, n, &prompts);
}

static void read_pay(struct xml_reading *r, const struct xml_node *n,
                     const struct xml_reading_target *to) {
    struct plan_step *s = xml_reading_add(r, to, PLAN_PAY, n);
    if (!s)
        return;
    struct plan_pay *pay = &s->u.pay;
    xml_reading_attrs(r, n, &twiml_pay, pay);
    for (const struct xml_node *c = n->first; c && r->rc == ERR_OK; c = c->next) {
        if (xml_node_is_text(c))
            continue;
        if (str_eq(c->name, STR("Prompt")))
            read_stage(r, c, pay);
        else if (str_eq(c->name, STR("Parameter")))
            read_param(r, c, &pay->params, &pay->param_count);
        else
            xml_reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "it does not belong inside Pay");
    }
    if (xml_node_has_text(n))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
}

const struct xml_reading_verb twiml_verbs[] = {
    {STR_INIT("Say"), read_say},
    {STR_INIT("Gather"), read_gather},
    {STR_INIT("Play"), read_play},
    {STR_INIT("Pause"), read_pause},
    {STR_INIT("Hangup"), read_hangup},
    {STR_INIT("Redirect"), read_redirect},
    {STR_INIT("Record"), read_record},
    {STR_INIT("Dial"), read_dial},
    {STR_INIT("Connect"), read_connect},
    {STR_INIT("Start"), read_start},
    {STR_INIT("Stop"), read_stop},
    {STR_INIT("Enqueue"), read_enqueue},
    {STR_INIT("Leave"), read_leave},
    {STR_INIT("Reject"), read_reject},
    {STR_INIT("Pay"), read_pay},
    {STR_INIT("Refer"), read_refer},
    {.read = NULL},
};
