#include "core/base/compiler.h"
#include "core/base/digest.h"
#include "core/domain/assistant_box.h"
#include "core/domain/assistant_read.h"
#include "core/domain/phone.h"
#include "core/domain/text.h"

enum {
    VALUES_MAX = 20000,
    DESTINATION_MAX = 200,
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
        if (part.name.len == 0 || str_starts(part.name, STR(TEXT_DATA_PREFIX)) ||
            is_fact(part.name) || assistant_find_variable(r->a, part.name) ||
            (r->flow && flow_find_slot(r->flow, part.name, &slot)))
            continue;
        definition_fail(&r->d, at, ERR_INVALID,
                        "${" STR_FMT "} has no meaning, declare it in \"variables\" or capture it "
                        "in a slot",
                        STR_ARG(part.name));
        return;
    }
}

bool assistant_is_data_name(struct str name) {
    struct str prefix = STR(TEXT_DATA_PREFIX);
    return str_starts(name, prefix) && definition_is_name(str_from_index(name, prefix.len),
                                                          ASSISTANT_DATA_NAME_MAX - prefix.len);
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
    *out = definition_texts(&r->d, obj, at, member, ASSISTANT_PHRASES_MAX, ASSISTANT_PHRASE_MAX,
                            count);
}

/* ---- variables and numbers ------------------------------------------------------------------- */

struct str assistant_read_value(struct assistant_reader *r, const struct json *v,
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
            (struct assistant_variable){json_name(v), assistant_read_value(r, v, &here)};
    }
}

/** E.164 or "sip:…"; what has references is known on the call only. */
static void read_human(struct assistant_reader *r, const struct json *root) {
    struct assistant *a = r->a;
    struct definition_at at = definition_member(NULL, "human_number");
    a->human_number =
        assistant_read_say(r, root, NULL, "human_number", DESTINATION_MAX, DEFINITION_OPTIONAL);
    struct str s = a->human_number;
    bool is_open = str_find_str(s, STR("${")) < s.len, is_sip = str_starts(s, STR("sip:"));
    struct phone number;
    struct error why = {0};
    if (s.len == 0 || is_open || is_sip || phone_parse(s, "human_number", &number, &why) == ERR_OK)
        return;
    definition_fail(&r->d, &at, ERR_INVALID, "is no number to dial, write +12025550100 or sip:…");
}

static void read_numbers(struct assistant_reader *r, const struct json *root) {
    struct assistant *a = r->a;
    struct definition_at at = definition_member(NULL, "numbers");
    a->numbers = definition_texts(&r->d, root, NULL, "numbers", ASSISTANT_NUMBERS_MAX,
                                  ASSISTANT_NAME_MAX, &a->number_count);
    for (size_t i = 0; i < a->number_count; i++) {
        struct definition_at item = definition_item(&at, i);
        if (!phone_is_e164(a->numbers[i]))
            definition_fail(&r->d, &item, ERR_INVALID, "is no number, write one like +12025550100");
        for (size_t k = 0; k < i; k++)
            if (str_eq(a->numbers[k], a->numbers[i]))
                definition_fail(&r->d, &item, ERR_INVALID, "is there twice, remove one");
    }
}

/** Names that texts can refer to. */
static void read_global_data(struct assistant_reader *r, const struct json *root) {
    struct definition_at at = definition_member(NULL, "global_data");
    r->a->global_data =
        definition_open_object(&r->d, root, NULL, "global_data", ASSISTANT_DATA_MAX);
    for (const struct json *v = json_first(r->a->global_data); v; v = json_next(v)) {
        struct definition_at here = {.up = &at, .name = json_name(v)};
        if (!definition_is_name(json_name(v), ASSISTANT_NAME_MAX))
            definition_fail(&r->d, &here, ERR_INVALID,
                            "is not a name, use at most %d letters, digits and _",
                            ASSISTANT_NAME_MAX);
    }
}

/* ---- rules ----------------------------------------------------------------------------------- */

static void read_recording(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {"rule",     "channels", "format",  "notice",
                                          "question", "accepted", "refused", NULL};
    static const char *const rules[] = {"off", "on", "ask"};
    static const enum call_record rule_values[] = {CALL_RECORD_OFF, CALL_RECORD_ON,
                                                   CALL_RECORD_ASK};
    static const char *const channels[] = {"mono", "dual", "stereo"};
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
    rec->channels = definition_word(&r->d, v, &at, "channels", channels, 0, 3, 1) == 0 ? 1 : 2;
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

/* ---- the document ---------------------------------------------------------------------------- */

static const char *const root_members[] = {
    "$schema",       "name",         "title",   "prompt",        "post_prompt",
    "languages",     "greeting",     "goodbye", "fallback_line", "disclosure",
    "recording",     "machine",      "limits",  "interruptions", "functions",
    "variables",     "global_data",  "params",  "hints",         "contexts",
    "pronunciation", "human_number", "numbers", "brain",         "otherwise",
    "model",         "flow",         NULL};

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

static void read_brains(struct assistant_reader *r, const struct json *root) {
    struct assistant *a = r->a;
    struct definition_at otherwise = definition_member(NULL, "otherwise");
    struct definition_at model = definition_member(NULL, "model");
    a->brain = read_brain(r, root, "brain", ASSISTANT_BRAIN_SCRIPTED);
    a->otherwise = read_brain(r, root, "otherwise", ASSISTANT_BRAIN_NONE);
    if (a->otherwise == a->brain || (a->otherwise && a->brain == ASSISTANT_BRAIN_SCRIPTED))
        definition_fail(&r->d, &otherwise, ERR_INVALID,
                        "is never needed, as \"brain\" is always there: remove it");
    struct definition_at contexts = definition_member(NULL, "contexts");
    if (json_get(root, "contexts") && a->brain == ASSISTANT_BRAIN_SCRIPTED)
        definition_fail(&r->d, &contexts, ERR_INVALID,
                        "is read by nobody, as the scripted brain follows \"flow\": write its "
                        "states there, or \"brain\": \"openai\"");
    assistant_read_model(r, root);
    if (json_get(root, "model") && a->brain == ASSISTANT_BRAIN_SCRIPTED)
        definition_fail(&r->d, &model, ERR_INVALID,
                        "is for brains that read, write \"brain\": \"openai\" or remove it");
}

static void read_flow(struct assistant_reader *r, const struct json *root) {
    const struct json *v = json_get(root, "flow");
    struct definition_at at = definition_member(NULL, "flow");
    bool follows =
        r->a->brain == ASSISTANT_BRAIN_SCRIPTED || r->a->otherwise == ASSISTANT_BRAIN_SCRIPTED;
    if (v && !follows)
        definition_fail(&r->d, &at, ERR_INVALID,
                        "is followed by nobody, add \"otherwise\": \"scripted\" or remove it");
    if (!v && follows)
        definition_fail(&r->d, &at, ERR_INVALID,
                        "is missing, the scripted brain needs it: write {\"states\": […]}");
    if (v)
        flow_read(r, v, &at);
}

/** A brain that reads needs something to read. */
static void check_prompt(struct assistant_reader *r) {
    struct assistant *a = r->a;
    struct definition_at at = definition_member(NULL, "prompt");
    bool reads = a->brain == ASSISTANT_BRAIN_OPENAI || a->brain == ASSISTANT_BRAIN_CARRIER;
    if (reads && a->prompt.section_count == 0 && a->context_count == 0)
        definition_fail(&r->d, &at, ERR_INVALID,
                        "is missing, tell the brain what it is to do, or add \"contexts\"");
}

static void read_root(struct assistant_reader *r, const struct json *root) {
    struct definition *d = &r->d;
    if (!definition_object(d, root, NULL, root_members))
        return;
    (void)definition_text(d, root, NULL, "$schema", ASSISTANT_URL_MAX, DEFINITION_OPTIONAL);
    r->a->name = definition_name(d, root, NULL, "name", ASSISTANT_NAME_MAX, DEFINITION_REQUIRED);
    r->a->title = definition_text(d, root, NULL, "title", ASSISTANT_TITLE_MAX, DEFINITION_OPTIONAL);
    read_brains(r, root);
    read_variables(r, root);
    read_global_data(r, root);
    r->a->params = definition_open_object(d, root, NULL, "params", ASSISTANT_DATA_MAX);
    assistant_read_languages(r, root);
    assistant_read_hints(r, root);
    assistant_read_pronunciations(r, root);
    assistant_read_functions(r, root);
    assistant_read_prompts(r, root);
    assistant_read_contexts(r, root);
    read_lines(r, root);
    read_recording(r, root);
    read_machine(r, root);
    read_limits(r, root);
    read_interruptions(r, root);
    read_human(r, root);
    read_numbers(r, root);
    read_flow(r, root);
    assistant_check_moves(r);
    if (d->rc == ERR_OK)
        check_prompt(r);
}

static void note_version(struct assistant *a, struct str json) {
    uint8_t digest[DIGEST_BLAKE2B_BYTES];
    struct buf hex = BUF_INIT(ASSISTANT_VERSION_SIZE);
    digest_blake2b(json, digest);
    digest_put_hex(&hex, digest, (ASSISTANT_VERSION_SIZE - 1) / 2);
    memcpy(a->version, hex.ptr, ASSISTANT_VERSION_SIZE - 1);
    buf_release(&hex);
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
    note_version(&box->assistant, json);
    *out = &box->assistant;
    return ERR_OK;
}
