#include "core/base/compiler.h"
#include "core/base/url.h"
#include "twiml/plivoxml_grammar.h"
#include "twiml/plivoxml_map.h"
#include "twiml/plivoxml_verbs.h"
#include "twiml/plivoxml_voice.h"

static void lose_attr(struct xml_reading *r, const struct xml_node *n, const char *attribute,
                      const char *why) {
    xml_reading_lose(r, PLAN_LOSS_DROPPED, n, attribute, "%s", why);
}

static const char no_place[] = "a plan has no place for it";

/* ---- what is heard --------------------------------------------------------------------------- */

static void read_voice(struct xml_reading *r, const struct xml_node *n, struct plan_say *say) {
    const struct str *voice = xml_node_attr(n, "voice"), *language = xml_node_attr(n, "language");
    if (voice) {
        say->voice = arena_copy(&r->plan->arena, plivoxml_voice_read(*voice));
        if (say->voice.len == 0)
            lose_attr(r, n, "voice", "Plivo has no such voice");
    }
    if (language)
        say->language = arena_copy(&r->plan->arena, *language);
}

/* WOMAN and MAN read the words without their markup. */
static void drop_markup(struct xml_reading *r, const struct xml_node *n, struct plan_say *say) {
    if (say->ssml.len == 0 || plivoxml_voice_is_polly(say->voice))
        return;
    lose_attr(r, n, NULL, "only a voice of Polly speaks SSML");
    CLEANUP(buf_release) struct buf words = BUF_INIT(PLIVOXML_BYTES_MAX);
    xml_reading_put_all_text(&words, n);
    say->ssml = (struct str){0};
    say->text = arena_copy(&r->plan->arena, str_trim(buf_str(&words)));
}

static void read_speak(struct xml_reading *r, const struct xml_node *n,
                       const struct xml_reading_target *to) {
    struct plan_say say = {0};
    if (!xml_reading_words(r, n, &say))
        return;
    xml_reading_attrs(r, n, &plivoxml_speak, &say);
    read_voice(r, n, &say);
    drop_markup(r, n, &say);
    if (say.text.len + say.ssml.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is nothing to say");
        return;
    }
    struct plan_step *s = xml_reading_add(r, to, PLAN_SAY, n);
    if (s)
        s->u.say = say;
}

static void read_play(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to) {
    xml_reading_play(r, n, to, &plivoxml_play);
}

static void read_wait(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to) {
    xml_reading_pause(r, n, to, &plivoxml_wait);
}

/* ---- keys and speech ------------------------------------------------------------------------- */

static void judge_between_keys(struct xml_reading *r, const struct xml_node *n,
                               const struct plan_gather *g) {
    const struct str *v = xml_node_attr(n, "digitEndTimeout");
    uint64_t s;
    if (v && !str_eq(*v, STR("auto")) &&
        !(g->timeout_s > 0 && str_to_u64(*v, 10, &s) && s == plivoxml_between_keys(g->timeout_s)))
        lose_attr(r, n, "digitEndTimeout", no_place);
}

static void read_get_input(struct xml_reading *r, const struct xml_node *n,
                           const struct xml_reading_target *to) {
    struct plan_step *s = xml_reading_add(r, to, PLAN_GATHER, n);
    if (!s)
        return;
    s->u.gather.input = PLAN_INPUT_KEYS; /* Plivo names no default; a plan's is keys */
    xml_reading_attrs(r, n, &plivoxml_get_input, &s->u.gather);
    judge_between_keys(r, n, &s->u.gather);
    const struct xml_reading_target prompts = xml_reading_into_gather(&s->u.gather);
    xml_reading_prompts(r, n, &prompts);
}

static void read_get_digits(struct xml_reading *r, const struct xml_node *n,
                            const struct xml_reading_target *to) {
    const struct str *action = xml_node_attr(n, "action");
    if (!action || action->len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, "action", "nobody is told what was pressed");
        return;
    }
    struct plan_step *s = xml_reading_add(r, to, PLAN_GATHER, n);
    if (!s)
        return;
    s->u.gather.input = PLAN_INPUT_KEYS;
    xml_reading_attrs(r, n, &plivoxml_get_digits, &s->u.gather);
    const struct xml_reading_target prompts = xml_reading_into_gather(&s->u.gather);
    xml_reading_prompts(r, n, &prompts);
}

static void read_dtmf(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to) {
    struct str digits = xml_reading_text(r, n);
    for (size_t i = 0; i < digits.len; i++)
        if (str_find(STR("0123456789*#wW"), digits.ptr[i]) == strlen("0123456789*#wW"))
            digits.len = 0;
    if (digits.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "digits are 0-9 * # w W");
        return;
    }
    xml_reading_attrs(r, n, &plivoxml_dtmf, NULL);
    xml_reading_drop_children(r, n, true);
    struct plan_step *s = xml_reading_add(r, to, PLAN_SEND_DIGITS, n);
    if (s)
        s->u.send_digits.digits = digits;
}

/* ---- recordings ------------------------------------------------------------------------------ */

static void read_finish_key(struct xml_reading *r, const struct xml_node *n,
                            struct plan_record *rec) {
    const struct str *key = xml_node_attr(n, "finishOnKey");
    if (!key)
        return;
    if (key->len == 1 && str_find(STR("0123456789*#"), key->ptr[0]) < strlen("0123456789*#"))
        rec->finish_keys = arena_copy(&r->plan->arena, *key);
    else
        lose_attr(r, n, "finishOnKey", "a plan names keys, and cannot say that none ends it");
}

static void read_session(struct xml_reading *r, const struct xml_node *n,
                         const struct xml_reading_target *to) {
    struct plan_step *s = xml_reading_add(r, to, PLAN_START_RECORDING, n);
    if (!s)
        return;
    s->u.start_recording.dual = true; /* the carrier's defaults */
    s->u.start_recording.format = STR("mp3");
    xml_reading_attrs(r, n, &plivoxml_session, &s->u.start_recording);
    xml_reading_drop_children(r, n, false);
}

static void lose_held(struct xml_reading *r) {
    if (r->held)
        xml_reading_lose(r, PLAN_LOSS_REFUSED, r->held, "startOnDialAnswer", "no Dial follows it");
    r->held = NULL;
}

static void read_record(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to) {
    if (xml_node_says(n, "recordSession", "true")) {
        read_session(r, n, to);
        return;
    }
    if (xml_node_says(n, "startOnDialAnswer", "true")) {
        lose_held(r);
        r->held = n;
        return;
    }
    struct plan_step *s = xml_reading_add(r, to, PLAN_RECORD, n);
    if (!s)
        return;
    xml_reading_attrs(r, n, &plivoxml_record, &s->u.record);
    read_finish_key(r, n, &s->u.record);
    xml_reading_drop_children(r, n, false);
}

/* ---- dial ------------------------------------------------------------------------------------ */

/* Could the text stand in an XML document, without being changed by it? */
static bool is_plain_text(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t' && s.ptr[i] != '\n' &&
            s.ptr[i] != '\r')
            return false;
    return s.len > 0 && s.len == str_trim(s).len && str_is_utf8(s) &&
           str_find_str(s, STR("\xEF\xBF\xBE")) == s.len &&
           str_find_str(s, STR("\xEF\xBF\xBF")) == s.len;
}

/* "sip:joe@phone.plivo.com" is the client joe; empty when it is another address. */
static struct str client_of(struct xml_reading *r, struct str uri) {
    static const struct str home = STR_INIT(SWH_PLIVO_SIP_HOME), scheme = STR_INIT("sip:");
    if (!str_starts(uri, scheme) || uri.len <= scheme.len + home.len ||
        !str_eq(str_from_index(uri, uri.len - home.len), home))
        return (struct str){0};
    struct str user = str_from(uri.ptr + scheme.len, uri.len - scheme.len - home.len);
    struct str name = url_decode(&r->plan->arena, user);
    return is_plain_text(name) ? name : (struct str){0};
}

static void read_noun(struct xml_reading *r, const struct xml_node *n,
                      const struct plivoxml_bridge *shared, struct plan_dial *d) {
    struct plan_noun noun = {.kind = PLAN_NOUN_NUMBER, .target = xml_reading_text(r, n)};
    struct str client = str_eq(n->name, STR("User")) ? client_of(r, noun.target) : (struct str){0};
    if (client.len > 0) {
        noun.kind = PLAN_NOUN_CLIENT;
        noun.target = client;
    } else if (str_eq(n->name, STR("User"))) {
        noun.kind = PLAN_NOUN_SIP;
    }
    noun.screen = shared->noun.screen;
    noun.status = shared->noun.status;
    xml_reading_attrs(r, n, &plivoxml_nouns[noun.kind], &noun);
    if (noun.kind == PLAN_NOUN_CLIENT && noun.sip_user.len + noun.sip_password.len > 0) {
        lose_attr(r, n, "sipAuthUsername", "a client is at home at the carrier");
        noun.sip_user = noun.sip_password = (struct str){0};
    }
    xml_reading_drop_children(r, n, true);
    struct plan_noun *to = plan_add_noun(r->plan, d, noun.kind);
    if (to)
        *to = noun;
    else
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there are more than %d far ends",
                         PLAN_NOUNS_MAX);
}

static void read_dial(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to) {
    struct plivoxml_bridge bridge = {0};
    struct plan_dial *d = &bridge.dial;
    if (r->held) {
        d->record = STR("from-answer-dual"); /* the carrier's default */
        xml_reading_attrs(r, r->held, &plivoxml_bridged, d);
        r->held = NULL;
    }
    xml_reading_attrs(r, n, &plivoxml_dial, &bridge);
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (str_eq(c->name, STR("Number")) || str_eq(c->name, STR("User")))
            read_noun(r, c, &bridge, d);
        else if (!xml_node_is_text(c))
            xml_reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "Plivo cannot dial this");
    if (xml_node_has_text(n))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
    struct plan_step *s = d->noun_count > 0 ? xml_reading_add(r, to, PLAN_DIAL, n) : NULL;
    if (s)
        s->u.dial = *d;
}

/* A sound: a beep, none, or something that a plan cannot name. */
static enum plan_tristate read_sound(const struct str *sound, const char *preset) {
    struct str s = sound ? *sound : str_z(preset);
    return str_starts(s, STR("beep:"))            ? PLAN_YES
           : s.len == 0 || str_eq(s, STR("none")) ? PLAN_NO
                                                  : PLAN_UNSET;
}

static void read_sounds(struct xml_reading *r, const struct xml_node *n, const char *enter_preset,
                        const char *exit_preset, struct plan_noun *noun) {
    const struct str *enter = xml_node_attr(n, "enterSound"), *exit = xml_node_attr(n, "exitSound");
    enum plan_tristate in = read_sound(enter, enter_preset), out = read_sound(exit, exit_preset);
    if (in != out || in == PLAN_UNSET)
        lose_attr(r, n, enter ? "enterSound" : "exitSound", "a plan only knows beep or no beep");
    if (in == PLAN_YES || out == PLAN_YES)
        noun->beep = PLAN_YES;
    else if (in == PLAN_NO && out == PLAN_NO && (enter || exit))
        noun->beep = PLAN_NO;
}

static void read_room(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to, const struct xml_maps *maps,
                      const char *enter_preset, const char *exit_preset) {
    struct plivoxml_bridge bridge = {
        .noun = {.kind = PLAN_NOUN_CONFERENCE, .target = xml_reading_text(r, n)}};
    if (bridge.noun.target.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "the conference has no name");
        return;
    }
    xml_reading_attrs(r, n, maps, &bridge);
    read_sounds(r, n, enter_preset, exit_preset, &bridge.noun);
    if (bridge.noun.participants_max == 1) {
        lose_attr(r, n, "maxMembers", "a conference has at least two");
        bridge.noun.participants_max = 0;
    }
    xml_reading_drop_children(r, n, true);
    struct plan_noun *noun = plan_add_noun(r->plan, &bridge.dial, PLAN_NOUN_CONFERENCE);
    struct plan_step *s = noun ? xml_reading_add(r, to, PLAN_DIAL, n) : NULL;
    if (!s)
        return;
    *noun = bridge.noun;
    s->u.dial = bridge.dial;
}

static void read_conference(struct xml_reading *r, const struct xml_node *n,
                            const struct xml_reading_target *to) {
    read_room(r, n, to, &plivoxml_conference, "", "");
}

static void read_multi_party(struct xml_reading *r, const struct xml_node *n,
                             const struct xml_reading_target *to) {
    read_room(r, n, to, &plivoxml_multi_party, "beep:1", "beep:2");
}

/* ---- where the call goes on ------------------------------------------------------------------ */

static bool goes_to(const struct plan_link *a, const struct plan_link *b) {
    return str_eq(a->url, b->url) &&
           (a->method == PLAN_METHOD_GET) == (b->method == PLAN_METHOD_GET);
}

/*
 * After an input, a redirect to the same URL is the action when nothing came; after a stream that
 * keeps the call, any redirect is its action.
 */
static bool completes_last(struct plan *p, const struct plan_link *to) {
    struct plan_step *last = p->count > 0 ? &p->steps[p->count - 1] : NULL;
    if (last && last->kind == PLAN_GATHER && !last->u.gather.action_on_empty &&
        goes_to(&last->u.gather.action, to)) {
        last->u.gather.action_on_empty = true;
        return true;
    }
    if (last && last->kind == PLAN_STREAM && last->u.stream.bidirectional &&
        last->u.stream.action.url.len == 0) {
        last->u.stream.action = *to;
        return true;
    }
    return false;
}

static void read_redirect(struct xml_reading *r, const struct xml_node *n,
                          const struct xml_reading_target *to) {
    struct plan_link link;
    if (!xml_reading_link(r, n, &plivoxml_redirect, &link) || completes_last(r->plan, &link))
        return;
    struct plan_step *s = xml_reading_add(r, to, PLAN_REDIRECT, n);
    if (s)
        s->u.redirect = link;
}

static bool is_last(const struct xml_node *n) {
    for (const struct xml_node *e = n->next; e; e = e->next)
        if (!xml_node_is_text(e))
            return false;
    return true;
}

static void read_hangup(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to) {
    const struct str *reason = xml_node_attr(n, "reason");
    if (xml_node_attr(n, "schedule") && !is_last(n)) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, "schedule", "a plan cannot hang up later");
        return;
    }
    bool reject = reason && (str_eq(*reason, STR("busy")) || str_eq(*reason, STR("rejected")));
    struct plan_step *s = xml_reading_add(r, to, reject ? PLAN_REJECT : PLAN_HANGUP, n);
    if (!s)
        return;
    xml_reading_attrs(r, n, reject ? &plivoxml_reject : &plivoxml_hangup, &s->u);
    xml_reading_drop_children(r, n, false);
}

static void read_pre_answer(struct xml_reading *r, const struct xml_node *n,
                            const struct xml_reading_target *to) {
    (void)to;
    lose_attr(r, n, NULL, "a plan is only heard after the answer");
    xml_reading_attrs(r, n, &xml_no_attrs, NULL);
    for (const struct xml_node *c = n->first; c && r->rc == ERR_OK; c = c->next) {
        const struct xml_grammar *g = r->language->grammar;
        const struct xml_element_rule *rule = xml_grammar_element(g, c->name);
        if (xml_node_is_text(c))
            continue;
        if (rule && xml_grammar_allows(g, xml_grammar_element(g, n->name), rule))
            xml_reading_verb(r, c, &xml_reading_top);
        else
            xml_reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "it does not belong inside PreAnswer");
    }
    if (xml_node_has_text(n))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
}

/* ---- stream ---------------------------------------------------------------------------------- */

static bool is_known(const struct plan_stream *stream, struct str name) {
    for (size_t i = 0; i < stream->param_count; i++)
        if (str_eq(stream->params[i].name, name))
            return true;
    return false;
}

static void read_headers(struct xml_reading *r, const struct xml_node *n,
                         struct plan_stream *stream) {
    const struct str *headers = xml_node_attr(n, "extraHeaders");
    struct str rest = headers && headers->len <= 512 ? *headers : (struct str){0}, one;
    if (headers && headers->len > 512)
        lose_attr(r, n, "extraHeaders", "it has more than 512 bytes");
    while (rest.ptr && str_next(&rest, ',', &one)) {
        size_t eq = str_find(one, '=');
        struct str name = str_trim(str_from(one.ptr, eq)), value = str_from_index(one, eq + 1);
        if (str_trim(one).len == 0)
            continue;
        if (eq == one.len || name.len == 0 || !plivoxml_is_plain(name) ||
            !plivoxml_is_plain(value) || is_known(stream, name))
            lose_attr(r, n, "extraHeaders",
                      "it holds more than letters and digits, or a name twice");
        else if (!plan_add_param(r->plan, &stream->params, &stream->param_count,
                                 arena_copy(&r->plan->arena, name),
                                 arena_copy(&r->plan->arena, value)))
            lose_attr(r, n, "extraHeaders", "there are too many");
    }
}

static void read_stream(struct xml_reading *r, const struct xml_node *n,
                        const struct xml_reading_target *to) {
    struct plan_stream stream = {.url = xml_reading_text(r, n)};
    stream.bidirectional = xml_node_says(n, "bidirectional", "true");
    xml_reading_attrs(r, n, &plivoxml_stream, &stream);
    if (stream.bidirectional != xml_node_says(n, "keepCallAlive", "true"))
        lose_attr(r, n, "keepCallAlive", "a plan waits for a two-way stream, and for no other");
    read_headers(r, n, &stream);
    xml_reading_drop_children(r, n, true);
    struct plan_step *s = xml_reading_add(r, to, PLAN_STREAM, n);
    if (s)
        s->u.stream = stream;
}

/* ---- by element ------------------------------------------------------------------------------ */

void plivoxml_finish(struct xml_reading *r) {
    lose_held(r);
}

const struct xml_reading_verb plivoxml_verbs[] = {
    {STR_INIT("Speak"), read_speak},
    {STR_INIT("GetInput"), read_get_input},
    {STR_INIT("Redirect"), read_redirect},
    {STR_INIT("Play"), read_play},
    {STR_INIT("Wait"), read_wait},
    {STR_INIT("Hangup"), read_hangup},
    {STR_INIT("Record"), read_record},
    {STR_INIT("Dial"), read_dial},
    {STR_INIT("GetDigits"), read_get_digits},
    {STR_INIT("Conference"), read_conference},
    {STR_INIT("MultiPartyCall"), read_multi_party},
    {STR_INIT("DTMF"), read_dtmf},
    {STR_INIT("Stream"), read_stream},
    {STR_INIT("PreAnswer"), read_pre_answer},
    {.read = NULL},
};

const struct xml_reading_verb plivoxml_prompts[] = {{STR_INIT("Speak"), read_speak},
                                                    {STR_INIT("Play"), read_play},
                                                    {STR_INIT("Wait"), read_wait},
                                                    {.read = NULL}};
