#include "core/base/compiler.h"
#include "core/domain/assistant_read.h"

/* How the assistant sounds and what it listens for. */
enum {
    LANGUAGE_CODE_MAX = 35, /* BCP 47 tags fit, RFC 5646 section 4.4 */
    PROVIDER_NAME_MAX = 32,
    HINT_MAX = 200,
    LANGUAGE_PARAMS_MAX = 2048,
};

static bool is_language_code(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && (i < 2 || (c != '-' && (c < '0' || c > '9'))))
            return false;
    }
    return s.len >= 2;
}

static struct assistant_phrases read_phrases(struct assistant_reader *r, const struct json *obj,
                                             const struct definition_at *at, const char *member) {
    struct assistant_phrases p = {0};
    p.items = definition_texts(&r->d, obj, at, member, ASSISTANT_PHRASES_MAX, ASSISTANT_PHRASE_MAX,
                               &p.count);
    return p;
}

/** {"twilio": "Polly.Joanna-Neural", …}. */
static void read_voices(struct assistant_reader *r, const struct json *v,
                        const struct definition_at *at, struct assistant_language *l) {
    struct definition *d = &r->d;
    if (v && json_type(v) != JSON_OBJECT)
        definition_fail(d, at, ERR_INVALID, "is not an object, write {\"carrier\": \"voice\"}");
    if (json_count(v) > ASSISTANT_VOICES_MAX)
        definition_fail(d, at, ERR_LIMIT, "has more than %d members", ASSISTANT_VOICES_MAX);
    if (!v || d->rc != ERR_OK)
        return;
    struct assistant_voice *voices = arena_alloc(d->arena, (json_count(v) + 1) * sizeof *voices);
    for (const struct json *m = json_first(v); m && d->rc == ERR_OK; m = json_next(m)) {
        struct definition_at here = {.up = at, .name = json_name(m)};
        if (!definition_is_name(json_name(m), PROVIDER_NAME_MAX))
            definition_fail(d, &here, ERR_INVALID, "is no carrier's name, write one like \"mock\"");
        voices[l->voice_count++] = (struct assistant_voice){
            json_name(m),
            definition_text_value(d, m, &here, ASSISTANT_VOICE_MAX, DEFINITION_REQUIRED)};
    }
    l->voices = voices;
}

static void read_lines(struct assistant_reader *r, const struct json *v,
                       const struct definition_at *at, struct assistant_language *l) {
    const char *names[ASSISTANT_LINE_COUNT] = {0};
    for (size_t i = ASSISTANT_LINE_NONE + 1; i < ARRAY_LEN(names); i++)
        names[i - 1] = assistant_line_name((enum assistant_line)i);
    if (!v || !definition_object(&r->d, v, at, names))
        return;
    for (size_t i = ASSISTANT_LINE_NONE + 1; i < ASSISTANT_LINE_COUNT; i++)
        l->lines[i] = assistant_read_say(r, v, at, names[i - 1], ASSISTANT_TEXT_MAX,
                                         definition_if_there(v, names[i - 1]));
}

static void read_language(struct assistant_reader *r, const struct json *v,
                          const struct definition_at *at, struct assistant_language *l) {
    static const char *const members[] = {"code",
                                          "voice",
                                          "name",
                                          "voices",
                                          "engine",
                                          "model",
                                          "params",
                                          "speech_fillers",
                                          "function_fillers",
                                          "yes",
                                          "no",
                                          "lines",
                                          NULL};
    struct definition *d = &r->d;
    struct definition_at code = definition_member(at, "code"),
                         voices = definition_member(at, "voices"),
                         lines = definition_member(at, "lines");
    if (!definition_object(d, v, at, members))
        return;
    l->code = definition_text(d, v, at, "code", LANGUAGE_CODE_MAX, DEFINITION_REQUIRED);
    if (!is_language_code(l->code))
        definition_fail(d, &code, ERR_INVALID, "is no language tag, write one like en-US");
    l->voice = definition_text(d, v, at, "voice", ASSISTANT_VOICE_MAX, DEFINITION_OPTIONAL);
    l->name = definition_text(d, v, at, "name", ASSISTANT_TITLE_MAX, DEFINITION_OPTIONAL);
    read_voices(r, json_get(v, "voices"), &voices, l);
    l->engine = definition_text(d, v, at, "engine", ASSISTANT_NAME_MAX, DEFINITION_OPTIONAL);
    l->model = definition_text(d, v, at, "model", ASSISTANT_NAME_MAX, DEFINITION_OPTIONAL);
    l->params = definition_open_object(d, v, at, "params", LANGUAGE_PARAMS_MAX);
    l->speech_fillers = read_phrases(r, v, at, "speech_fillers");
    l->function_fillers = read_phrases(r, v, at, "function_fillers");
    l->yes = read_phrases(r, v, at, "yes");
    l->no = read_phrases(r, v, at, "no");
    read_lines(r, json_get(v, "lines"), &lines, l);
}

void assistant_read_languages(struct assistant_reader *r, const struct json *root) {
    const struct json *list = json_get(root, "languages");
    struct definition_at at = definition_member(NULL, "languages");
    size_t n = definition_array(&r->d, list, &at, ASSISTANT_LANGUAGES_MAX), i = 0;
    struct assistant_language *languages = arena_alloc(r->d.arena, (n + 1) * sizeof *languages);
    languages[0] = (struct assistant_language){.code = STR("en-US"), .name = STR("English")};
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v), i++) {
        struct definition_at item = definition_item(&at, i);
        struct definition_at code = definition_member(&item, "code");
        languages[i] = (struct assistant_language){0};
        read_language(r, v, &item, &languages[i]);
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(languages[k].code, languages[i].code))
                definition_fail(&r->d, &code, ERR_INVALID, "is there twice, remove one");
    }
    r->a->languages = languages;
    r->a->language_count = i > 0 ? i : 1;
}

static void read_hint(struct assistant_reader *r, const struct json *v,
                      const struct definition_at *at, struct assistant_hint *h) {
    static const char *const members[] = {"hint", "pattern", "replace", "ignore_case", NULL};
    struct definition *d = &r->d;
    if (json_type(v) == JSON_STRING) {
        h->hint = definition_text_value(d, v, at, HINT_MAX, DEFINITION_REQUIRED);
        return;
    }
    if (!definition_object(d, v, at, members))
        return;
    h->hint = definition_text(d, v, at, "hint", HINT_MAX, DEFINITION_REQUIRED);
    h->pattern = definition_text(d, v, at, "pattern", ASSISTANT_PHRASE_MAX,
                                 definition_if_there(v, "pattern"));
    h->replace = definition_text(d, v, at, "replace", ASSISTANT_PHRASE_MAX,
                                 definition_if_there(v, "replace"));
    h->ignore_case = definition_bool(d, v, at, "ignore_case", false);
    if ((h->pattern.len > 0) != (h->replace.len > 0))
        definition_fail(d, at, ERR_INVALID, "needs both \"pattern\" and \"replace\", or neither");
}

void assistant_read_hints(struct assistant_reader *r, const struct json *root) {
    const struct json *list = json_get(root, "hints");
    struct definition_at at = definition_member(NULL, "hints");
    size_t n = definition_array(&r->d, list, &at, ASSISTANT_HINTS_MAX);
    r->a->hints = arena_alloc(r->d.arena, (n + 1) * sizeof *r->a->hints);
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v)) {
        struct definition_at item = definition_item(&at, r->a->hint_count);
        read_hint(r, v, &item, &r->a->hints[r->a->hint_count++]);
    }
}

void assistant_read_pronunciations(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {"replace", "with", "ignore_case", NULL};
    const struct json *list = json_get(root, "pronunciation");
    struct definition_at at = definition_member(NULL, "pronunciation");
    struct definition *d = &r->d;
    struct assistant *a = r->a;
    size_t n = definition_array(d, list, &at, ASSISTANT_PRONUNCIATIONS_MAX);
    a->pronunciations = arena_alloc(d->arena, (n + 1) * sizeof *a->pronunciations);
    for (const struct json *v = json_first(list); v && d->rc == ERR_OK; v = json_next(v)) {
        struct definition_at item = definition_item(&at, a->pronunciation_count);
        struct assistant_pronunciation *p = &a->pronunciations[a->pronunciation_count++];
        if (!definition_object(d, v, &item, members))
            return;
        p->replace = definition_text(d, v, &item, "replace", HINT_MAX, DEFINITION_REQUIRED);
        p->with = definition_text(d, v, &item, "with", HINT_MAX, DEFINITION_REQUIRED);
        p->ignore_case = definition_bool(d, v, &item, "ignore_case", false);
    }
}

void assistant_read_fillers(struct assistant_reader *r, const struct json *obj,
                            const struct definition_at *at, struct assistant_function *f) {
    const struct json *v = json_get(obj, "fillers");
    struct definition_at here = definition_member(at, "fillers");
    struct definition *d = &r->d;
    bool is_list = json_type(v) == JSON_ARRAY;
    if (v && !is_list && json_type(v) != JSON_OBJECT)
        definition_fail(d, &here, ERR_INVALID, "write a list, or {\"en-US\": […]}");
    if (json_count(v) > ASSISTANT_FILLER_LANGUAGES_MAX && !is_list)
        definition_fail(d, &here, ERR_LIMIT, "has more than %d languages",
                        ASSISTANT_FILLER_LANGUAGES_MAX);
    if (!v || d->rc != ERR_OK)
        return;
    size_t room = is_list ? 1 : json_count(v);
    struct assistant_fillers *fillers = arena_alloc(d->arena, (room + 1) * sizeof *fillers);
    f->fillers = fillers;
    if (is_list)
        fillers[f->filler_count++] =
            (struct assistant_fillers){STR("default"), read_phrases(r, obj, at, "fillers")};
    for (const struct json *m = is_list ? NULL : json_first(v); m && d->rc == ERR_OK;
         m = json_next(m)) {
        struct definition_at item = {.up = &here, .name = json_name(m)};
        struct assistant_fillers *one = &fillers[f->filler_count++];
        one->language = json_name(m);
        if (!str_eq(one->language, STR("default")) && !is_language_code(one->language))
            definition_fail(d, &item, ERR_INVALID,
                            "is no language tag, write one like en-US, or default");
        one->phrases.items = definition_texts_value(d, m, &item, ASSISTANT_PHRASES_MAX,
                                                    ASSISTANT_PHRASE_MAX, &one->phrases.count);
    }
}
