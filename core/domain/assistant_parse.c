#include "core/base/compiler.h"
#include "core/domain/assistant_box.h"
#include "core/domain/assistant_read.h"
#include "core/domain/function.h"
#include "core/domain/record.h"
#include "core/domain/schema.h"
#include "core/domain/text.h"

enum {
    TITLE_MAX = 200,
    PHRASES_MAX = 32,
    PHRASE_MAX = 500,
    BULLETS_MAX = 50,
    LANGUAGE_CODE_MAX = 35, /* BCP 47 tags fit, RFC 5646 section 4.4 */
    VALUES_MAX = 20000
};

/* ---- texts ----------------------------------------------------------------------------------- */

static bool is_fact(struct str name) {
    for (size_t i = ASSISTANT_FACT_NONE + 1; i < ASSISTANT_FACT_COUNT; i++)
        if (str_eq_z(name, assistant_fact_name((enum assistant_fact)i)))
            return true;
    return false;
}

void assistant_check_references(struct assistant_reader *r, struct str text,
                                const struct definition_at *at) {
    struct text_part part;
    enum text_step step;
    size_t slot;
    while ((step = text_next(&text, &part)) != TEXT_END) {
        if (step == TEXT_MALFORMED) {
            definition_fail(&r->d, at, ERR_INVALID,
                            "cannot read \"" STR_FMT
                            "\", write ${name}, ${name|money} or ${name|spelled}",
                            (int)(part.plain.len < 40 ? part.plain.len : 40), part.plain.ptr);
            return;
        }
        if (part.name.len == 0 || is_fact(part.name) || assistant_find_variable(r->a, part.name) ||
            (r->flow && flow_find_slot(r->flow, part.name, &slot)))
            continue;
        definition_fail(&r->d, at, ERR_INVALID,
                        "${" STR_FMT "} has no meaning, declare it in \"variables\" or capture it "
                        "in a slot",
                        STR_ARG(part.name));
        return;
    }
}

struct str assistant_read_say(struct assistant_reader *r, const struct json *obj,
                              const struct definition_at *at, const char *member, size_t max,
                              enum definition_need need) {
    struct str s = definition_text(&r->d, obj, at, member, max, need);
    struct definition_at here = definition_member(at, member);
    assistant_check_references(r, s, &here);
    return s;
}

void assistant_read_phrases(struct assistant_reader *r, const struct json *obj,
                            const struct definition_at *at, const char *member, struct str **out,
                            size_t *count) {
    const struct json *list = json_get(obj, member);
    struct definition_at here = definition_member(at, member);
    size_t n = definition_array(&r->d, list, &here, PHRASES_MAX), i = 0;
    *out = arena_alloc(r->d.arena, (n + 1) * sizeof **out);
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v), i++) {
        struct definition_at item = definition_item(&here, i);
        (*out)[i] = definition_text_value(&r->d, v, &item, PHRASE_MAX, DEFINITION_REQUIRED);
    }
    *count = i;
}

/* ---- prompt ---------------------------------------------------------------------------------- */

static const char *const section_members[] = {"title", "body", "bullets", "subsections", NULL};

static void read_sections(struct assistant_reader *r, const struct json *list,
                          const struct definition_at *at, unsigned depth,
                          struct assistant_section **out, size_t *count);

static void read_section(struct assistant_reader *r, const struct json *v,
                         const struct definition_at *at, unsigned depth,
                         struct assistant_section *out) {
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, section_members))
        return;
    out->title = definition_text(d, v, at, "title", TITLE_MAX, DEFINITION_OPTIONAL);
    out->body = assistant_read_say(r, v, at, "body", ASSISTANT_BODY_MAX, DEFINITION_OPTIONAL);
    const struct json *bullets = json_get(v, "bullets");
    struct definition_at bullets_at = definition_member(at, "bullets");
    size_t n = definition_array(d, bullets, &bullets_at, BULLETS_MAX), i = 0;
    out->bullets = arena_alloc(d->arena, (n + 1) * sizeof *out->bullets);
    for (const struct json *b = json_first(bullets); b && d->rc == ERR_OK; b = json_next(b)) {
        struct definition_at item = definition_item(&bullets_at, i);
        out->bullets[i] =
            definition_text_value(d, b, &item, ASSISTANT_TEXT_MAX, DEFINITION_REQUIRED);
        assistant_check_references(r, out->bullets[i++], &item);
    }
    out->bullet_count = i;
    struct definition_at below = definition_member(at, "subsections");
    read_sections(r, json_get(v, "subsections"), &below, depth + 1, &out->subsections,
                  &out->subsection_count);
    if (out->body.len == 0 && out->bullet_count == 0 && out->subsection_count == 0)
        definition_fail(d, at, ERR_INVALID, "says nothing, add a body, bullets or subsections");
}

static void read_sections(struct assistant_reader *r, const struct json *list,
                          const struct definition_at *at, unsigned depth,
                          struct assistant_section **out, size_t *count) {
    size_t n = definition_array(&r->d, list, at, ASSISTANT_SECTIONS_MAX), i = 0;
    if (n > 0 && depth >= ASSISTANT_SECTION_DEPTH_MAX)
        definition_fail(&r->d, at, ERR_LIMIT, "is nested more than %d deep, flatten it",
                        ASSISTANT_SECTION_DEPTH_MAX);
    if (n == 0 || r->d.rc != ERR_OK)
        return;
    *out = arena_alloc(r->d.arena, n * sizeof **out);
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v), i++) {
        struct definition_at item = definition_item(at, i);
        read_section(r, v, &item, depth, &(*out)[i]);
    }
    *count = i;
}

static void read_prompt(struct assistant_reader *r, const struct json *root) {
    const struct json *v = json_get(root, "prompt");
    struct definition_at at = definition_member(NULL, "prompt");
    if (json_type(v) == JSON_ARRAY) {
        read_sections(r, v, &at, 0, &r->a->prompt.sections, &r->a->prompt.section_count);
        return;
    }
    struct str text =
        assistant_read_say(r, root, NULL, "prompt", ASSISTANT_BODY_MAX, DEFINITION_OPTIONAL);
    if (text.len == 0)
        return;
    r->a->prompt.sections = arena_alloc(r->d.arena, sizeof *r->a->prompt.sections);
    r->a->prompt.sections[0].body = text;
    r->a->prompt.section_count = 1;
    r->a->prompt.is_text = true;
}

/* ---- languages, variables -------------------------------------------------------------------- */

static bool is_language_code(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && (i < 2 || (c != '-' && (c < '0' || c > '9'))))
            return false;
    }
    return s.len >= 2;
}

static void read_languages(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {"code", "voice", "name", NULL};
    const struct json *list = json_get(root, "languages");
    struct definition_at at = definition_member(NULL, "languages");
    size_t n = definition_array(&r->d, list, &at, ASSISTANT_LANGUAGES_MAX), i = 0;
    struct assistant_language *languages = arena_alloc(r->d.arena, (n + 1) * sizeof *languages);
    languages[0] = (struct assistant_language){.code = STR("en-US"), .name = STR("English")};
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v), i++) {
        struct definition_at item = definition_item(&at, i);
        if (!definition_object(&r->d, v, &item, members))
            break;
        struct assistant_language *l = &languages[i];
        l->code = definition_text(&r->d, v, &item, "code", LANGUAGE_CODE_MAX, DEFINITION_REQUIRED);
        l->voice = definition_text(&r->d, v, &item, "voice", TITLE_MAX, DEFINITION_OPTIONAL);
        l->name = definition_text(&r->d, v, &item, "name", TITLE_MAX, DEFINITION_OPTIONAL);
        struct definition_at code = definition_member(&item, "code");
        if (!is_language_code(l->code))
            definition_fail(&r->d, &code, ERR_INVALID, "is no language tag, write one like en-US");
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(languages[k].code, l->code))
                definition_fail(&r->d, &code, ERR_INVALID, "is there twice, remove one");
    }
    r->a->languages = languages;
    r->a->language_count = i > 0 ? i : 1;
}

static struct str value_text(struct assistant_reader *r, const struct json *v,
                             const struct definition_at *at) {
    enum json_type type = json_type(v);
    if (type == JSON_STRING)
        return definition_text_value(&r->d, v, at, ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
    struct buf b = BUF_INIT(64);
    if (type == JSON_NUMBER || type == JSON_BOOL)
        json_put_value(&b, v);
    else
        definition_fail(&r->d, at, ERR_INVALID, "write a text, a number, true or false");
    struct str s = arena_copy(r->d.arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static void read_variables(struct assistant_reader *r, const struct json *root) {
    const struct json *all = json_get(root, "variables");
    struct definition_at at = definition_member(NULL, "variables");
    if (all && json_type(all) != JSON_OBJECT)
        definition_fail(&r->d, &at, ERR_INVALID, "is not an object, write {\"name\": \"default\"}");
    if (json_count(all) > ASSISTANT_VARIABLES_MAX)
        definition_fail(&r->d, &at, ERR_LIMIT, "has more than %d members", ASSISTANT_VARIABLES_MAX);
    if (!all || r->d.rc != ERR_OK)
        return;
    r->a->variables = arena_alloc(r->d.arena, (json_count(all) + 1) * sizeof *r->a->variables);
    for (const struct json *v = json_first(all); v && r->d.rc == ERR_OK; v = json_next(v)) {
        struct definition_at here = {.up = &at, .name = json_name(v)};
        if (!definition_is_name(json_name(v), FLOW_NAME_MAX))
            definition_fail(&r->d, &here, ERR_INVALID,
                            "is not a name, use at most %d letters, digits and _", FLOW_NAME_MAX);
        if (is_fact(json_name(v)))
            definition_fail(&r->d, &here, ERR_INVALID,
                            "is a fact of the call already, choose another name");
        r->a->variables[r->a->variable_count++] =
            (struct assistant_variable){json_name(v), value_text(r, v, &here)};
    }
}

/* ---- rules ----------------------------------------------------------------------------------- */

static void read_recording(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {"rule",     "channels", "format",  "notice",
                                          "question", "accepted", "refused", NULL};
    static const char *const rules[] = {"off", "on", "ask"};
    static const enum call_record rule_values[] = {CALL_RECORD_OFF, CALL_RECORD_ON,
                                                   CALL_RECORD_ASK};
    static const char *const channels[] = {"mono", "dual"};
    static const char *const formats[] = {"wav", "mp3"};
    const struct json *v = json_get(root, "recording");
    struct definition_at at = definition_member(NULL, "recording");
    struct assistant_recording *rec = &r->a->recording;
    *rec = (struct assistant_recording){
        .rule = CALL_RECORD_OFF,
        .channels = 2,
        .format = STR("wav"),
        .notice = STR("This call is recorded."),
        .question = STR("May I record this call? Please say yes or no."),
        .accepted = STR("Thank you."),
        .refused = STR("All right, this call is not recorded."),
    };
    if (!v || !definition_object(&r->d, v, &at, members))
        return;
    struct definition_at rule_at = definition_member(&at, "rule");
    if (!json_get(v, "rule"))
        definition_fail(&r->d, &rule_at, ERR_INVALID, "is missing, write off, on or ask");
    rec->rule = rule_values[definition_word(&r->d, v, &at, "rule", rules, 0, 3, 0)];
    rec->channels = (uint32_t)definition_word(&r->d, v, &at, "channels", channels, 0, 2, 1) + 1;
    rec->format = str_z(formats[definition_word(&r->d, v, &at, "format", formats, 0, 2, 0)]);
    struct {
        const char *member;
        struct str *text;
    } texts[] = {{"notice", &rec->notice},
                 {"question", &rec->question},
                 {"accepted", &rec->accepted},
                 {"refused", &rec->refused}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (json_get(v, texts[i].member))
            *texts[i].text = assistant_read_say(r, v, &at, texts[i].member, ASSISTANT_TEXT_MAX,
                                                DEFINITION_REQUIRED);
}

static void read_machine(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {"rule", "message", "wait_s", NULL};
    const struct json *v = json_get(root, "machine");
    struct definition_at at = definition_member(NULL, "machine");
    struct assistant_machine *m = &r->a->machine;
    *m = (struct assistant_machine){.rule = ASSISTANT_MACHINE_HANG_UP};
    if (!v || !definition_object(&r->d, v, &at, members))
        return;
    const char *names[ASSISTANT_MACHINE_RULE_COUNT];
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        names[i] = assistant_machine_rule_name((enum assistant_machine_rule)i);
    m->rule = (enum assistant_machine_rule)definition_word(&r->d, v, &at, "rule", names, 1,
                                                           ARRAY_LEN(names), m->rule);
    bool leaves = m->rule == ASSISTANT_MACHINE_LEAVE_MESSAGE;
    m->message = assistant_read_say(r, v, &at, "message", ASSISTANT_TEXT_MAX,
                                    leaves ? DEFINITION_REQUIRED : DEFINITION_OPTIONAL);
    m->wait_s = definition_u32(&r->d, v, &at, "wait_s", 0, 60, 8);
}

static void read_limits(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {"max_turns", "silence_prompts", "max_duration_s",
                                          "listen_s", NULL};
    const struct json *v = json_get(root, "limits");
    struct definition_at at = definition_member(NULL, "limits");
    struct assistant_limits *l = &r->a->limits;
    *l = (struct assistant_limits){.max_turns = 40, .silence_prompts = 3, .listen_s = 6};
    if (!v || !definition_object(&r->d, v, &at, members))
        return;
    l->max_turns = definition_u32(&r->d, v, &at, "max_turns", 1, 500, l->max_turns);
    l->silence_prompts =
        definition_u32(&r->d, v, &at, "silence_prompts", 0, 10, l->silence_prompts);
    l->max_duration_s =
        definition_u32(&r->d, v, &at, "max_duration_s", 10, CALL_TIME_LIMIT_MAX_S, 0);
    l->listen_s = definition_u32(&r->d, v, &at, "listen_s", 1, 60, l->listen_s);
}

static const struct {
    struct str say, outcome;
} interruption_defaults[ASSISTANT_INTERRUPTION_COUNT] = {
    [ASSISTANT_INTERRUPT_OPT_OUT] = {STR_INIT("I am sorry for the trouble. I have noted that you "
                                              "do not want to be called again. Goodbye."),
                                     STR_INIT("opt_out")},
    [ASSISTANT_INTERRUPT_ROBOT] = {STR_INIT("Yes, I am an automated assistant, not a person."),
                                   STR_INIT("")},
    [ASSISTANT_INTERRUPT_HUMAN] = {STR_INIT("I understand that you would like to talk to a "
                                            "person. I will pass that on."),
                                   STR_INIT("human_requested")},
    [ASSISTANT_INTERRUPT_REPEAT] = {STR_INIT("Of course."), STR_INIT("")},
    [ASSISTANT_INTERRUPT_GOODBYE] = {STR_INIT("Thank you for your time."),
                                     STR_INIT("caller_ended")},
};

static void read_interruptions(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {"match", "say", "outcome", NULL};
    const struct json *v = json_get(root, "interruptions");
    struct definition_at at = definition_member(NULL, "interruptions");
    const char *names[ASSISTANT_INTERRUPTION_COUNT] = {0};
    for (size_t i = 1; i < ARRAY_LEN(names); i++) {
        names[i - 1] = assistant_interruption_name((enum assistant_interruption)i);
        r->a->interruptions[i].say = interruption_defaults[i].say;
        r->a->interruptions[i].outcome = interruption_defaults[i].outcome;
    }
    if (!v || !definition_object(&r->d, v, &at, names))
        return;
    for (size_t i = 1; i < ASSISTANT_INTERRUPTION_COUNT; i++) {
        struct assistant_interruption_rule *rule = &r->a->interruptions[i];
        const struct json *one = json_get(v, names[i - 1]);
        struct definition_at here = definition_member(&at, names[i - 1]);
        if (!one || !definition_object(&r->d, one, &here, members))
            continue;
        assistant_read_phrases(r, one, &here, "match", &rule->match, &rule->match_count);
        struct str say =
            assistant_read_say(r, one, &here, "say", ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
        struct str outcome = definition_name(&r->d, one, &here, "outcome", ASSISTANT_OUTCOME_MAX,
                                             DEFINITION_OPTIONAL);
        rule->say = say.len > 0 ? say : rule->say;
        struct definition_at outcome_at = definition_member(&here, "outcome");
        if (outcome.len > 0 && rule->outcome.len == 0)
            definition_fail(&r->d, &outcome_at, ERR_INVALID,
                            "the call goes on after this, remove it");
        rule->outcome = outcome.len > 0 ? outcome : rule->outcome;
    }
}

/* ---- functions ------------------------------------------------------------------------------- */

/** Texts of a declared function may name its arguments besides what all texts may name. */
static struct str read_function_text(struct assistant_reader *r, const struct json *obj,
                                     const struct definition_at *at, const char *member,
                                     const struct json *parameters, size_t max) {
    struct str s = definition_text(&r->d, obj, at, member, max, DEFINITION_OPTIONAL), rest = s;
    struct definition_at here = definition_member(at, member);
    struct text_part part;
    enum text_step step;
    while ((step = text_next(&rest, &part)) != TEXT_END) {
        bool argument = false;
        const struct json *properties = json_get(parameters, "properties");
        for (const struct json *p = json_first(properties); p; p = json_next(p))
            argument = argument || (part.name.len > 0 && str_eq(json_name(p), part.name));
        if (argument)
            continue;
        struct str one = step == TEXT_MALFORMED || part.name.len == 0
                             ? part.plain
                             : arena_printf(r->d.arena, "${" STR_FMT "}", STR_ARG(part.name));
        assistant_check_references(r, one, &here);
    }
    return s;
}

static void read_declared(struct assistant_reader *r, const struct json *v,
                          const struct definition_at *at, struct assistant_function *out) {
    static const char *const members[] = {"name",  "description", "parameters", "response",
                                          "share", "end",         NULL};
    static const char *const share_members[] = {"category", "information", NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    out->kind = ASSISTANT_FUNCTION_DECLARED;
    out->name = definition_name(d, v, at, "name", ASSISTANT_NAME_MAX, DEFINITION_REQUIRED);
    out->description =
        definition_text(d, v, at, "description", ASSISTANT_TEXT_MAX, DEFINITION_REQUIRED);
    out->parameters = json_get(v, "parameters");
    struct definition_at parameters_at = definition_member(at, "parameters");
    struct definition_at name_at = definition_member(at, "name");
    if (!out->parameters)
        definition_fail(d, &parameters_at, ERR_INVALID,
                        "is missing, add the JSON Schema of the arguments");
    else
        schema_check_definition(d, out->parameters, &parameters_at);
    if (function_find(out->name) != FUNCTION_NONE)
        definition_fail(d, &name_at, ERR_INVALID,
                        "is built in: write only its name, or choose another");
    out->effect.response =
        read_function_text(r, v, at, "response", out->parameters, ASSISTANT_TEXT_MAX);
    out->effect.end_reason =
        definition_name(d, v, at, "end", ASSISTANT_OUTCOME_MAX, DEFINITION_OPTIONAL);
    const struct json *share = json_get(v, "share");
    struct definition_at share_at = definition_member(at, "share");
    if (!share || !definition_object(d, share, &share_at, share_members))
        return;
    out->effect.share_category =
        definition_name(d, share, &share_at, "category", INFO_CATEGORY_MAX, DEFINITION_REQUIRED);
    (void)definition_text(d, share, &share_at, "information", ASSISTANT_TEXT_MAX,
                          DEFINITION_REQUIRED);
    out->effect.share_information =
        read_function_text(r, share, &share_at, "information", out->parameters, ASSISTANT_TEXT_MAX);
}

static void read_function(struct assistant_reader *r, const struct json *v,
                          const struct definition_at *at, struct assistant_function *out) {
    if (json_type(v) != JSON_STRING) {
        read_declared(r, v, at, out);
        return;
    }
    const struct function_declaration *built_in = function_declaration(function_find(json_str(v)));
    if (!built_in) {
        definition_fail(&r->d, at, ERR_INVALID,
                        "there is no built-in function of that name, declare it as an object");
        return;
    }
    out->name = str_z(built_in->name);
    out->description = str_z(built_in->description);
    out->kind = ASSISTANT_FUNCTION_BUILT_IN;
}

static void read_functions(struct assistant_reader *r, const struct json *root) {
    const struct json *list = json_get(root, "functions");
    struct definition_at at = definition_member(NULL, "functions");
    size_t n = definition_array(&r->d, list, &at, ASSISTANT_FUNCTIONS_MAX), count = 0;
    size_t room = (n > FUNCTION_ID_COUNT ? n : (size_t)FUNCTION_ID_COUNT) + 1;
    struct assistant_function *functions = arena_alloc(r->d.arena, room * sizeof *functions);
    for (size_t i = 1; !list && i < FUNCTION_ID_COUNT; i++) {
        const struct function_declaration *f = function_declaration((enum function_id)i);
        functions[count++] = (struct assistant_function){.name = str_z(f->name),
                                                         .description = str_z(f->description),
                                                         .kind = ASSISTANT_FUNCTION_BUILT_IN};
    }
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v)) {
        struct definition_at item = definition_item(&at, count);
        read_function(r, v, &item, &functions[count]);
        for (size_t k = 0; k < count; k++)
            if (str_eq(functions[k].name, functions[count].name))
                definition_fail(&r->d, &item, ERR_INVALID, "is there twice, remove one");
        count++;
    }
    r->a->functions = functions;
    r->a->function_count = count;
}

/* ---- the document ---------------------------------------------------------------------------- */

static const char *const root_members[] = {
    "name",          "title",      "prompt",    "languages", "greeting", "goodbye",
    "fallback_line", "disclosure", "recording", "machine",   "limits",   "interruptions",
    "functions",     "variables",  "brain",     "otherwise", "flow",     NULL};

static void read_lines(struct assistant_reader *r, const struct json *root) {
    struct assistant *a = r->a;
    size_t max = ASSISTANT_TEXT_MAX;
    a->greeting = assistant_read_say(r, root, NULL, "greeting", max, DEFINITION_OPTIONAL);
    a->goodbye = assistant_read_say(r, root, NULL, "goodbye", max, DEFINITION_OPTIONAL);
    a->disclosure = assistant_read_say(r, root, NULL, "disclosure", max, DEFINITION_OPTIONAL);
    a->fallback_line = assistant_read_say(r, root, NULL, "fallback_line", max, DEFINITION_OPTIONAL);
    if (a->goodbye.len == 0)
        a->goodbye = STR("Goodbye.");
    if (a->fallback_line.len == 0)
        a->fallback_line = STR("I am sorry, I cannot go on right now.");
}

static enum assistant_brain read_brain(struct assistant_reader *r, const struct json *root,
                                       const char *member, enum assistant_brain fallback) {
    const char *names[ASSISTANT_BRAIN_COUNT];
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        names[i] = assistant_brain_name((enum assistant_brain)i);
    return (enum assistant_brain)definition_word(&r->d, root, NULL, member, names, 1,
                                                 ARRAY_LEN(names), fallback);
}

static bool needs_flow(const struct assistant *a) {
    return a->brain == ASSISTANT_BRAIN_SCRIPTED || a->otherwise == ASSISTANT_BRAIN_SCRIPTED;
}

static void read_root(struct assistant_reader *r, const struct json *root) {
    struct definition *d = &r->d;
    if (!definition_object(d, root, NULL, root_members))
        return;
    r->a->name = definition_name(d, root, NULL, "name", ASSISTANT_NAME_MAX, DEFINITION_REQUIRED);
    r->a->title = definition_text(d, root, NULL, "title", TITLE_MAX, DEFINITION_OPTIONAL);
    r->a->brain = read_brain(r, root, "brain", ASSISTANT_BRAIN_SCRIPTED);
    r->a->otherwise = read_brain(r, root, "otherwise", ASSISTANT_BRAIN_NONE);
    read_variables(r, root);
    read_languages(r, root);
    read_functions(r, root);
    read_prompt(r, root);
    read_lines(r, root);
    read_recording(r, root);
    read_machine(r, root);
    read_limits(r, root);
    read_interruptions(r, root);
    struct definition_at flow_at = definition_member(NULL, "flow");
    if (!json_get(root, "flow") && !needs_flow(r->a))
        return;
    if (!json_get(root, "flow"))
        definition_fail(d, &flow_at, ERR_INVALID,
                        "is missing, the scripted brain needs it: write {\"states\": […]}");
    flow_read(r, json_get(root, "flow"), &flow_at);
}

enum error_code assistant_parse(struct str json, struct assistant **out, struct error *err) {
    static const struct json_limits limits = {.bytes_max = ASSISTANT_FILE_MAX,
                                              .values_max = VALUES_MAX};
    struct json_doc *doc = NULL;
    enum error_code rc = json_parse(json, &limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct assistant_box *box = assistant_box_new();
    box->doc = doc;
    struct assistant_reader r = {.d = {.err = err, .arena = &box->arena}, .a = &box->assistant};
    read_root(&r, json_root(doc));
    if (r.d.rc != ERR_OK) {
        assistant_unref(&box->assistant);
        return r.d.rc;
    }
    *out = &box->assistant;
    return ERR_OK;
}
