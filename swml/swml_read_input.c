#include "core/base/compiler.h"
#include "swml/swml_reading.h"
#include "swml/swml_text.h"

/* What the caller hears and is asked for. */

/* ---- play ------------------------------------------------------------------------------------ */

/* A "url" or "urls" is one string or a list of them. */
static const struct json *first_url(const struct json *urls) {
    return json_type(urls) == JSON_ARRAY ? json_first(urls) : urls;
}

static const struct json *next_url(const struct json *urls, const struct json *at) {
    return json_type(urls) == JSON_ARRAY ? json_next(at) : NULL;
}

static const struct swml_row voice_rows[] = {
    {.key = "say_voice", .codec = SWML_STR, .offset = offsetof(struct plan_say, voice)},
    {.key = "say_language", .codec = SWML_STR, .offset = offsetof(struct plan_say, language)},
};
static const struct swml_rows voice_of = {voice_rows, ARRAY_LEN(voice_rows)};

static const struct swml_row play_rows[] = {
    {.key = "url", .codec = SWML_ELSEWHERE},
    {.key = "urls", .codec = SWML_ELSEWHERE},
    {.key = "say_voice", .codec = SWML_ELSEWHERE},
    {.key = "say_language", .codec = SWML_ELSEWHERE},
    {.key = "say_gender", .codec = SWML_PASSED, .preset = "female"},
    {.key = "volume", .codec = SWML_PASSED, .preset = "0"},
    {.key = "auto_answer", .codec = SWML_PASSED, .preset = "true"},
    {.key = "status_url", .codec = SWML_PASSED},
};
static const struct swml_rows play_keys = {play_rows, ARRAY_LEN(play_rows)};

static bool all_heard(struct reading *r, const struct json *urls) {
    struct reading quiet = *r;
    struct plan_step s;
    quiet.loss = NULL;
    for (const struct json *u = first_url(urls); u; u = next_url(urls, u))
        if (!reading_heard(&quiet, json_str(u), &s))
            return false;
    return first_url(urls) != NULL;
}

bool read_play(struct reading *r, const struct json *value) {
    const struct json *url = json_get(value, "url"), *urls = json_get(value, "urls");
    if ((url != NULL) == (urls != NULL) || (url && json_type(url) != JSON_STRING))
        return false;
    urls = url ? url : urls;
    if (!all_heard(r, urls))
        return false;
    struct plan_say voice = {0};
    reading_rows(r, value, &play_keys, NULL);
    reading_rows_of(r, value, &voice_of, &voice);
    for (const struct json *u = first_url(urls); u; u = next_url(urls, u)) {
        struct plan_step heard = {0};
        if (!reading_heard(r, json_str(u), &heard))
            continue;
        if (heard.kind == PLAN_SAY) {
            voice.text = heard.u.say.text;
            heard.u.say = voice;
        }
        struct plan_step *s = reading_add(r, heard.kind);
        if (!s)
            break;
        *s = heard;
    }
    return true;
}

/* A label, what is played, and the way back to the label: a repetition, if it is one of ours. */
bool read_label(struct reading *r, const struct json *value) {
    struct str label = json_str(value), name;
    const struct json *play = reading_next_is(r, "play"), *again;
    if (!str_starts(label, str_z(swml_repeat_label)) || !play || !json_get(play, "url"))
        return false;
    if (!reading_split(json_next(r->next), &name, &again) || !str_eq(name, STR("goto")))
        return false;
    int64_t max;
    struct plan_step probe;
    struct str url = json_str(json_get(play, "url"));
    if (!str_eq(json_str(json_get(again, "label")), label) || json_count(again) != 2 ||
        !json_int(json_get(again, "max"), 1, SWML_GOTO_MAX, &max) || reading_has_variable(play) ||
        !all_heard(r, json_get(play, "url")) || !reading_heard(r, url, &probe) ||
        probe.kind == PLAN_PAUSE)
        return false;
    size_t before = r->plan->count;
    reading_skip(r);
    r->verb = STR("play");
    bool one = read_play(r, play) && r->plan->count == before + 1;
    reading_skip(r);
    if (!one)
        return true;
    struct plan_step *s = &r->plan->steps[before];
    *(s->kind == PLAN_SAY ? &s->u.say.loop : &s->u.play.loop) = (int32_t)max + 1;
    return true;
}

/* ---- prompt ---------------------------------------------------------------------------------- */

static int32_t *loop_of(struct plan_step *s) {
    return s->kind == PLAN_SAY ? &s->u.say.loop : s->kind == PLAN_PLAY ? &s->u.play.loop : NULL;
}

/* The same once more, which the writer writes out. */
static bool repeats(struct plan_step *last, const struct plan_step *s) {
    int32_t *loop = last && last->kind == s->kind ? loop_of(last) : NULL;
    if (!loop || *loop >= SWML_PROMPT_LOOP_MAX)
        return false;
    if (!(s->kind == PLAN_SAY ? str_eq(last->u.say.text, s->u.say.text)
                              : str_eq(last->u.play.url, s->u.play.url)))
        return false;
    *loop = *loop == 0 ? 2 : *loop + 1;
    return true;
}

static void read_prompts(struct reading *r, const struct json *value, struct plan_gather *g) {
    const struct json *urls = json_get(value, "play");
    struct plan_say voice = {0};
    struct plan_step *last = NULL;
    reading_rows_of(r, value, &voice_of, &voice);
    if (str_eq_z(json_str(first_url(urls)), swml_hardly_silence) &&
        !next_url(urls, first_url(urls)))
        return;
    for (const struct json *u = first_url(urls); u; u = next_url(urls, u)) {
        struct plan_step heard = {0};
        if (!reading_heard(r, json_str(u), &heard) || repeats(last, &heard))
            continue;
        if (heard.kind == PLAN_SAY) {
            voice.text = heard.u.say.text;
            heard.u.say = voice;
        }
        last = plan_add_prompt(r->plan, g, heard.kind);
        if (!last) {
            r->rc = error_set(r->err, ERR_LIMIT, "main[%zu]: the prompt has more than %d parts",
                              r->index, PLAN_STEPS_MAX);
            return;
        }
        *last = heard;
    }
}

static void read_terminators(struct reading *r, const struct json *value, struct plan_gather *g) {
    struct str keys = json_str(json_get(value, "terminators"));
    if (keys.len > 1)
        reading_lose(r, PLAN_LOSS_DROPPED, "terminators", "in a plan one key ends the input");
    if (keys.len > 0 && keys.ptr[0] == '#')
        return; /* a plan's default */
    g->has_finish_key = true;
    if (keys.len == 0)
        return;
    if (strchr("0123456789*", keys.ptr[0]))
        g->finish_key = arena_copy(&r->plan->arena, str_from(keys.ptr, 1));
    else
        reading_lose(r, PLAN_LOSS_DROPPED, "terminators", "keys are 0-9, * and #");
}

/* A wait of the prompt; the carrier's default when it is not given. */
static uint32_t wait_of(struct reading *r, const struct json *value, const char *key) {
    enum {
        DEFAULT_S = 5 /* SignalWire docs: prompt */
    };
    const struct json *v = json_get(value, key);
    uint32_t n = DEFAULT_S;
    bool rounded = false;
    if (v && (!reading_number(v, &n, &rounded) || rounded || n == 0))
        reading_lose(r, PLAN_LOSS_DROPPED, key, "a plan waits for whole seconds");
    return n > 0 ? n : DEFAULT_S;
}

static void read_waits(struct reading *r, const struct json *value, struct plan_gather *g,
                       bool keys) {
    bool first_given = json_get(value, "initial_timeout"),
         next_given = json_get(value, "digit_timeout");
    uint32_t first = wait_of(r, value, "initial_timeout");
    uint32_t next = wait_of(r, value, "digit_timeout");
    if (first_given || next_given)
        g->timeout_s = first_given ? first : next;
    if (keys && first != next)
        reading_lose(r, PLAN_LOSS_DROPPED, "digit_timeout", "a plan has one time for both waits");
}

static void read_keys(struct reading *r, const struct json *value, struct plan_gather *g) {
    const struct json *max = json_get(value, "max_digits");
    bool rounded = false;
    g->digits_max = 1;
    if (max && (!reading_number(max, &g->digits_max, &rounded) || g->digits_max == 0)) {
        reading_lose(r, PLAN_LOSS_DROPPED, "max_digits", "the value is not a number that fits");
        g->digits_max = 1;
    }
    if (g->digits_max >= SWML_DIGITS_MAX)
        g->digits_max = 0;
    read_terminators(r, value, g);
}

static void read_hints(struct reading *r, const struct json *value, struct plan_gather *g) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(50000);
    const struct json *hints = json_get(value, "speech_hints");
    for (const struct json *h = json_first(hints); h; h = json_next(h)) {
        struct str hint = str_trim(json_str(h));
        if (hint.len == 0 || str_find(hint, ',') < hint.len) {
            reading_lose(r, PLAN_LOSS_DROPPED, "speech_hints", "a hint has words and no comma");
            continue;
        }
        if (b.len > 0)
            buf_putc(&b, ',');
        buf_put_str(&b, hint);
    }
    if (buf_failed(&b))
        reading_lose(r, PLAN_LOSS_DROPPED, "speech_hints", "there are too many");
    g->hints = arena_copy(&r->plan->arena, buf_str(&b));
}

static bool has_any(const struct json *value, const char *const *keys) {
    for (size_t i = 0; keys[i]; i++)
        if (json_get(value, keys[i]))
            return true;
    return false;
}

/* Is the next verb the choice that the writer puts, to one URL when something came? */
static struct str chosen_dest(const struct reading *r) {
    const struct json *choice = reading_next_is(r, "switch"), *cases = json_get(choice, "case");
    struct str dest = {0}, name;
    const struct json *value;
    if (json_count(choice) != 2 || json_count(cases) != 2 ||
        !str_eq(json_str(json_get(choice, "variable")), STR("prompt_result")))
        return STR("");
    for (size_t i = 0; swml_matches[i]; i++) {
        const struct json *verbs = json_get(cases, swml_matches[i]);
        if (json_type(verbs) != JSON_ARRAY || json_count(verbs) != 1 ||
            !reading_split(json_first(verbs), &name, &value) || !str_eq(name, STR("transfer")))
            return STR("");
        struct str to = reading_dest(value);
        if (to.len == 0 || (i > 0 && !str_eq(to, dest)))
            return STR("");
        dest = to;
    }
    return dest;
}

static void read_gather_action(struct reading *r, struct plan_gather *g) {
    struct str dest = chosen_dest(r);
    if (dest.len > 0) {
        g->action.url = arena_copy(&r->plan->arena, dest);
        reading_skip(r);
    } else {
        g->action_on_empty = reading_action(r, &g->action);
    }
}

bool read_prompt(struct reading *r, const struct json *value) {
    static const char *const key_words[] = {"max_digits", "terminators", "digit_timeout",
                                            "initial_timeout", NULL};
    static const char *const speech_words[] = {"speech_timeout", "speech_end_timeout",
                                               "speech_language", "speech_hints", NULL};
    if (!json_get(value, "play") || !all_heard(r, json_get(value, "play")))
        return false;
    struct plan_step *s = reading_add(r, PLAN_GATHER);
    if (!s)
        return true;
    struct plan_gather *g = &s->u.gather;
    bool speech = has_any(value, speech_words), keys = !speech || has_any(value, key_words);
    g->input = (keys ? PLAN_INPUT_KEYS : 0u) | (speech ? PLAN_INPUT_SPEECH : 0u);
    read_prompts(r, value, g);
    reading_rows(r, value, &swml_prompt, g);
    if (keys)
        read_keys(r, value, g);
    read_waits(r, value, g, keys);
    if (speech) {
        struct str language = json_str(json_get(value, "speech_language"));
        if (!str_eq(language, STR("en-US")))
            g->language = arena_copy(&r->plan->arena, language);
        read_hints(r, value, g);
    }
    if (speech)
        reading_rows_of(r, value, &swml_speech, g);
    else if (json_get(value, "speech_engine"))
        reading_lose(r, PLAN_LOSS_DROPPED, "speech_engine", "only keys are awaited");
    read_gather_action(r, g);
    return true;
}

bool read_record(struct reading *r, const struct json *value) {
    struct plan_step *s = reading_add(r, PLAN_RECORD);
    if (!s)
        return true;
    reading_rows(r, value, &swml_record, &s->u.record);
    (void)reading_action(r, &s->u.record.action);
    return true;
}

/* ---- pay ------------------------------------------------------------------------------------- */

static void read_pay_action(struct reading *r, const struct json *action,
                            struct plan_pay_prompt *at) {
    struct str type = json_str(json_get(action, "type"));
    struct str phrase = json_str(json_get(action, "phrase"));
    bool say = str_eq(type, STR("Say"));
    bool fits = say ? str_trim(phrase).len > 0 && phrase.len <= PLAN_TEXT_MAX
                    : str_eq(type, STR("Play")) && swml_is_url(phrase);
    struct plan_step *s = fits ? plan_add_pay_step(r->plan, at, say ? PLAN_SAY : PLAN_PLAY) : NULL;
    if (!s)
        reading_lose(r, PLAN_LOSS_DROPPED, "prompts", "an action says a phrase or plays a URL");
    else
        *(say ? &s->u.say.text : &s->u.play.url) =
            arena_copy(&r->plan->arena, say ? str_trim(phrase) : phrase);
}

static void read_pay_prompts(struct reading *r, const struct json *value, struct plan_pay *pay) {
    const struct json *prompts = json_get(value, "prompts");
    for (const struct json *p = json_first(prompts); p; p = json_next(p)) {
        const struct json *actions = json_get(p, "actions");
        struct plan_pay_prompt *at =
            json_str(json_get(p, "for")).len > 0 ? plan_add_pay_prompt(r->plan, pay) : NULL;
        if (!at) {
            reading_lose(r, PLAN_LOSS_DROPPED, "prompts", "a prompt is for a stage, and at most %d",
                         PLAN_PAY_PROMPTS_MAX);
            continue;
        }
        reading_rows(r, p, &swml_pay_prompt, at);
        for (const struct json *a = json_first(actions); a; a = json_next(a))
            read_pay_action(r, a, at);
    }
}

static void read_pay_params(struct reading *r, const struct json *value, struct plan_pay *pay) {
    const struct json *params = json_get(value, "parameters");
    for (const struct json *p = json_first(params); p; p = json_next(p)) {
        struct str name = reading_text(r, json_get(p, "name"));
        bool taken = name.len == 0;
        for (size_t i = 0; i < pay->param_count; i++)
            taken = taken || str_eq(pay->params[i].name, name);
        if (taken || !plan_add_param(r->plan, &pay->params, &pay->param_count, name,
                                     reading_text(r, json_get(p, "value"))))
            reading_lose(r, PLAN_LOSS_DROPPED, "parameters",
                         "a parameter needs a name of its own, and at most %d fit",
                         PLAN_PARAMS_MAX);
    }
}

bool read_pay(struct reading *r, const struct json *value) {
    const struct json *postal_code = json_get(value, "postal_code");
    bool asked;
    if (!swml_is_url(json_str(json_get(value, "payment_connector_url"))))
        return false;
    struct plan_step *s = reading_add(r, PLAN_PAY);
    if (!s)
        return true;
    struct plan_pay *pay = &s->u.pay;
    pay->connector = reading_text(r, json_get(value, "payment_connector_url"));
    reading_rows(r, value, &swml_pay, pay);
    if (reading_bool(postal_code, &asked))
        pay->postal_code = asked ? STR("true") : STR("false");
    else
        pay->postal_code = reading_text(r, postal_code);
    read_pay_params(r, value, pay);
    read_pay_prompts(r, value, pay);
    (void)reading_action(r, &pay->action);
    return true;
}

/* ---- transcription --------------------------------------------------------------------------- */

static bool has_item(const struct json *list, const char *word) {
    for (const struct json *i = json_first(list); i; i = json_next(i))
        if (str_eq_z(json_str(i), word))
            return true;
    return false;
}

bool read_transcribe(struct reading *r, const struct json *value) {
    const struct json *action = json_get(value, "action"), *start = json_get(action, "start");
    if (str_eq(json_str(action), STR("stop"))) {
        (void)reading_add(r, PLAN_STOP_TRANSCRIBE);
        return true;
    }
    struct str language = json_str(json_get(start, "lang"));
    const struct json *direction = json_get(start, "direction");
    bool in = has_item(direction, "remote-caller"), out = has_item(direction, "local-caller");
    if (language.len == 0 || (!in && !out))
        return false;
    struct plan_step *s = reading_add(r, PLAN_TRANSCRIBE);
    if (!s)
        return true;
    if (!str_eq(language, STR("en-US")))
        s->u.transcribe.language = arena_copy(&r->plan->arena, language);
    s->u.transcribe.track = in && out ? PLAN_TRACK_DEFAULT
                            : in      ? PLAN_TRACK_INBOUND
                                      : PLAN_TRACK_OUTBOUND;
    reading_rows(r, start, &swml_transcription, &s->u.transcribe);
    return true;
}
