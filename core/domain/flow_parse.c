#include <string.h>

#include "core/base/compiler.h"
#include "core/base/mem.h"
#include "core/domain/assistant_read.h"
#include "core/domain/record.h"
#include "core/domain/spoken.h"
#include "core/domain/text.h"

/*
 * Two passes: names of states and slots first, so that a text or a link may point forward; then
 * everything else. After that flow_check_paths() looks at the whole.
 */

/* ---- first pass: names ----------------------------------------------------------------------- */

static void add_slot(struct assistant_reader *r, struct str name, const struct definition_at *at) {
    struct flow *f = r->flow;
    size_t i;
    if (name.len == 0 || flow_find_slot(f, name, &i))
        return; /* an empty one is reported by the second pass */
    if (assistant_find_variable(r->a, name))
        definition_fail(&r->d, at, ERR_INVALID,
                        "is the name of a variable, choose another for the slot");
    else if (!definition_is_name(name, FLOW_NAME_MAX))
        definition_fail(&r->d, at, ERR_INVALID,
                        "is not a name, use at most %d letters, digits and _", FLOW_NAME_MAX);
    else if (f->slot_count == FLOW_SLOTS_MAX)
        definition_fail(&r->d, at, ERR_LIMIT, "is one slot too many, at most %d fit",
                        FLOW_SLOTS_MAX);
    else
        f->slots[f->slot_count++] = name;
}

static void find_slots(struct assistant_reader *r, const struct json *state,
                       const struct definition_at *at) {
    struct definition_at capture_at = definition_member(at, "capture");
    struct definition_at slot_at = definition_member(&capture_at, "slot");
    add_slot(r, json_str(json_get(json_get(state, "capture"), "slot")), &slot_at);
    struct definition_at words_at = definition_member(&capture_at, "words");
    add_slot(r, json_str(json_get(json_get(state, "capture"), "words")), &words_at);
    struct definition_at expect_at = definition_member(at, "expect");
    size_t i = 0;
    for (const struct json *e = json_first(json_get(state, "expect")); e; e = json_next(e)) {
        struct definition_at item = definition_item(&expect_at, i++);
        struct definition_at set_at = definition_member(&item, "set");
        for (const struct json *s = json_first(json_get(e, "set")); s; s = json_next(s)) {
            struct definition_at here = {.up = &set_at, .name = json_name(s)};
            add_slot(r, json_name(s), &here);
        }
    }
    struct definition_at call_at = definition_member(at, "call");
    i = 0;
    for (const struct json *c = json_first(json_get(state, "call")); c; c = json_next(c)) {
        struct definition_at item = definition_item(&call_at, i++);
        struct definition_at save_at = definition_member(&item, "save");
        add_slot(r, json_str(json_get(c, "save")), &save_at);
    }
}

static void find_names(struct assistant_reader *r, const struct json *states,
                       const struct definition_at *at) {
    struct flow *f = r->flow;
    size_t i = 0, other;
    for (const struct json *s = json_first(states); s && r->d.rc == ERR_OK; s = json_next(s), i++) {
        struct definition_at item = definition_item(at, i);
        struct str id = definition_name(&r->d, s, &item, "id", FLOW_NAME_MAX, DEFINITION_REQUIRED);
        struct definition_at id_at = definition_member(&item, "id");
        if (id.len > 0 && flow_find_state(f, id, &other))
            definition_fail(&r->d, &id_at, ERR_INVALID,
                            "states[%zu] has the same id, rename one of them", other);
        f->states[f->state_count++].id = id;
        find_slots(r, s, &item);
    }
}

/* ---- second pass ----------------------------------------------------------------------------- */

static size_t read_link(struct assistant_reader *r, const struct json *obj,
                        const struct definition_at *at, const char *member,
                        enum definition_need need) {
    struct str id = definition_text(&r->d, obj, at, member, FLOW_NAME_MAX, need);
    struct definition_at here = definition_member(at, member);
    size_t i;
    if (id.len == 0)
        return FLOW_NOWHERE;
    if (flow_find_state(r->flow, id, &i))
        return i;
    definition_fail(&r->d, &here, ERR_INVALID,
                    "there is no state \"" STR_FMT "\", add it or name another", STR_ARG(id));
    return FLOW_NOWHERE;
}

static void need_function(struct assistant_reader *r, const char *name,
                          const struct definition_at *at) {
    if (!assistant_find_function(r->a, str_z(name)))
        definition_fail(&r->d, at, ERR_INVALID, "needs \"%s\", add it to \"functions\"", name);
}

static struct flow_share read_share(struct assistant_reader *r, const struct json *obj,
                                    const struct definition_at *at) {
    static const char *const members[] = {"category", "information", NULL};
    const struct json *v = json_get(obj, "share");
    struct definition_at here = definition_member(at, "share");
    struct flow_share share = {0};
    if (!v || !definition_object(&r->d, v, &here, members))
        return share;
    need_function(r, "share_information", &here);
    share.category =
        definition_name(&r->d, v, &here, "category", INFO_CATEGORY_MAX, DEFINITION_REQUIRED);
    share.information =
        assistant_read_say(r, v, &here, "information", ASSISTANT_TEXT_MAX, DEFINITION_REQUIRED);
    return share;
}

static struct flow_retry read_retry(struct assistant_reader *r, const struct json *obj,
                                    const struct definition_at *at, const char *member,
                                    uint32_t fallback) {
    static const char *const members[] = {"say", "max", "next", NULL};
    const struct json *v = json_get(obj, member);
    struct definition_at here = definition_member(at, member);
    struct flow_retry retry = {.max = fallback, .next = FLOW_NOWHERE};
    if (!v || !definition_object(&r->d, v, &here, members))
        return retry;
    retry.say = assistant_read_say(r, v, &here, "say", ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
    retry.max = definition_u32(&r->d, v, &here, "max", 0, 10, fallback);
    retry.next = read_link(r, v, &here, "next", DEFINITION_OPTIONAL);
    return retry;
}

static void read_listen(struct assistant_reader *r, const struct json *v,
                        const struct definition_at *at, struct flow_listen *out) {
    static const char *const members[] = {"speech", "keys", "digits", "timeout_s", "hints", NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    out->speech = definition_bool(d, v, at, "speech", true);
    out->keys = definition_bool(d, v, at, "keys", true);
    out->digits = definition_u32(d, v, at, "digits", 1, 32, 0);
    out->timeout_s = definition_u32(d, v, at, "timeout_s", 1, 60, 0);
    out->hints = definition_text(d, v, at, "hints", 500, DEFINITION_OPTIONAL);
    if (!out->speech && !out->keys)
        definition_fail(d, at, ERR_INVALID, "listens to nothing, allow speech or keys");
}

static void read_capture(struct assistant_reader *r, const struct json *v,
                         const struct definition_at *at, struct flow_capture *out) {
    static const char *const members[] = {"slot", "kind", "words", "sum", "confirm", NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    const char *names[FLOW_KIND_COUNT];
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        names[i] = flow_kind_name((enum flow_kind)i);
    out->slot = definition_name(d, v, at, "slot", FLOW_NAME_MAX, DEFINITION_REQUIRED);
    out->kind =
        (enum flow_kind)definition_word(d, v, at, "kind", names, 1, ARRAY_LEN(names), FLOW_TEXT);
    out->words = definition_name(d, v, at, "words", FLOW_NAME_MAX, DEFINITION_OPTIONAL);
    out->sum = definition_bool(d, v, at, "sum", false);
    struct definition_at sum_at = definition_member(at, "sum");
    if (out->sum && out->kind != FLOW_MONEY)
        definition_fail(d, &sum_at, ERR_INVALID, "adds up money only, remove it");
    const struct json *confirm = json_get(v, "confirm");
    struct definition_at here = definition_member(at, "confirm");
    if (json_type(confirm) == JSON_STRING) {
        out->question =
            assistant_read_say(r, v, at, "confirm", ASSISTANT_TEXT_MAX, DEFINITION_REQUIRED);
        out->confirm = true;
        return;
    }
    out->confirm = json_bool(confirm, false);
    if (confirm && json_type(confirm) != JSON_BOOL)
        definition_fail(d, &here, ERR_INVALID, "write true, false or the question to ask");
    const char *format = out->kind == FLOW_MONEY ? "|money" : "";
    if (out->confirm)
        out->question =
            arena_printf(d->arena, "Did you say ${" STR_FMT "%s}?", STR_ARG(out->slot), format);
}

/* What was said before, so that it is not asked twice. */
static void read_known(struct assistant_reader *r, const struct json *v,
                       const struct definition_at *at, struct flow_state *s) {
    static const char *const members[] = {"category", "prefix", "until", "question", NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    need_function(r, "get_shared_information", at);
    if (s->capture.kind == FLOW_KIND_NONE)
        definition_fail(d, at, ERR_INVALID, "fills the slot of a capture, add \"capture\"");
    s->known.category =
        definition_text(d, v, at, "category", INFO_CATEGORY_MAX, DEFINITION_REQUIRED);
    s->known.prefix = definition_text(d, v, at, "prefix", ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
    s->known.until = definition_text(d, v, at, "until", ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
    s->known.question =
        assistant_read_say(r, v, at, "question", ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
    const char *format = s->capture.kind == FLOW_MONEY ? "|money" : "";
    if (s->known.question.len == 0)
        s->known.question = arena_printf(d->arena, "Is it still ${" STR_FMT "%s}?",
                                         STR_ARG(s->capture.slot), format);
}

static void read_sets(struct assistant_reader *r, const struct json *v,
                      const struct definition_at *at, struct flow_rule *out) {
    struct definition *d = &r->d;
    if (v && json_type(v) != JSON_OBJECT)
        definition_fail(d, at, ERR_INVALID, "is not an object, write {\"slot\": \"value\"}");
    if (json_count(v) > FLOW_SETS_MAX)
        definition_fail(d, at, ERR_LIMIT, "sets more than %d slots", FLOW_SETS_MAX);
    if (!v || d->rc != ERR_OK)
        return;
    out->sets = arena_alloc(d->arena, (json_count(v) + 1) * sizeof *out->sets);
    for (const struct json *s = json_first(v); s && d->rc == ERR_OK; s = json_next(s)) {
        struct definition_at here = {.up = at, .name = json_name(s)};
        struct str value =
            definition_text_value(d, s, &here, FLOW_SLOT_VALUE_MAX, DEFINITION_OPTIONAL);
        assistant_check_references(r, value, &here);
        out->sets[out->set_count++] = (struct flow_set){json_name(s), value};
    }
}

static void read_rule(struct assistant_reader *r, const struct json *v,
                      const struct definition_at *at, size_t next, struct flow_rule *out) {
    static const char *const members[] = {"match", "keys", "set", "share", "next", NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    assistant_read_phrases(r, v, at, "match", &out->match, &out->match_count);
    out->keys = definition_text(d, v, at, "keys", 32, DEFINITION_OPTIONAL);
    struct definition_at keys_at = definition_member(at, "keys");
    for (size_t i = 0; i < out->keys.len; i++)
        if (!strchr("0123456789*#", out->keys.ptr[i]))
            definition_fail(d, &keys_at, ERR_INVALID, "has a key that telephones lack");
    if (out->match_count == 0 && out->keys.len == 0)
        definition_fail(d, at, ERR_INVALID, "can never match, add \"match\" or \"keys\"");
    struct definition_at set_at = definition_member(at, "set");
    read_sets(r, json_get(v, "set"), &set_at, out);
    out->share = read_share(r, v, at);
    out->next = json_get(v, "next") ? read_link(r, v, at, "next", DEFINITION_REQUIRED) : next;
    struct definition_at next_at = definition_member(at, "next");
    if (out->next == FLOW_NOWHERE)
        definition_fail(d, &next_at, ERR_INVALID, "is missing, name the state that follows");
}

/** Texts anywhere in the arguments may have references. */
static void check_arguments(struct assistant_reader *r, const struct json *v,
                            const struct definition_at *at) {
    size_t i = 0;
    assistant_check_references(r, json_str(v), at);
    for (const struct json *c = json_first(v); c && r->d.rc == ERR_OK; c = json_next(c), i++) {
        struct definition_at here = {.up = at, .name = json_name(c), .index = i};
        check_arguments(r, c, &here);
    }
}

static void read_calls(struct assistant_reader *r, const struct json *list,
                       const struct definition_at *at, struct flow_state *out) {
    static const char *const members[] = {"function", "arguments", "save", NULL};
    struct definition *d = &r->d;
    size_t n = definition_array(d, list, at, FLOW_CALLS_MAX);
    out->calls = arena_alloc(d->arena, (n + 1) * sizeof *out->calls);
    for (const struct json *v = json_first(list); v && d->rc == ERR_OK; v = json_next(v)) {
        struct definition_at item = definition_item(at, out->call_count);
        struct flow_call *call = &out->calls[out->call_count++];
        if (!definition_object(d, v, &item, members))
            return;
        call->function =
            definition_name(d, v, &item, "function", ASSISTANT_NAME_MAX, DEFINITION_REQUIRED);
        struct definition_at function_at = definition_member(&item, "function");
        if (!assistant_find_function(r->a, call->function))
            definition_fail(d, &function_at, ERR_INVALID,
                            "is no function of this assistant, add it to \"functions\"");
        call->arguments = json_get(v, "arguments");
        struct definition_at arguments_at = definition_member(&item, "arguments");
        if (call->arguments && json_type(call->arguments) != JSON_OBJECT)
            definition_fail(d, &arguments_at, ERR_INVALID, "is not an object, write {…}");
        check_arguments(r, call->arguments, &arguments_at);
        call->save = definition_name(d, v, &item, "save", FLOW_NAME_MAX, DEFINITION_OPTIONAL);
    }
}

static int64_t read_bound(struct assistant_reader *r, const struct json *v,
                          const struct definition_at *at, const char *member, bool *has) {
    const struct json *n = json_get(v, member);
    struct definition_at here = definition_member(at, member);
    int64_t value = 0;
    *has = n != NULL;
    if (n && !json_int(n, 0, SPOKEN_CENTS_MAX / 100, &value))
        definition_fail(&r->d, &here, ERR_INVALID, "write a whole number, 0 or more");
    return value * 100;
}

static void read_branch(struct assistant_reader *r, const struct json *v,
                        const struct definition_at *at, struct flow_branch *out) {
    static const char *const members[] = {"value",  "at_least", "less_than", "equals",
                                          "is_set", "next",     NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    size_t slot;
    out->name = definition_text(d, v, at, "value", ASSISTANT_DATA_NAME_MAX, DEFINITION_REQUIRED);
    struct definition_at value_at = definition_member(at, "value");
    if (!assistant_is_data_name(out->name) && !flow_find_slot(r->flow, out->name, &slot) &&
        !assistant_find_variable(r->a, out->name))
        definition_fail(d, &value_at, ERR_INVALID,
                        "is no slot, no variable and no " TEXT_DATA_PREFIX "name");
    out->at_least = read_bound(r, v, at, "at_least", &out->has_at_least);
    out->less_than = read_bound(r, v, at, "less_than", &out->has_less_than);
    out->has_equals = json_get(v, "equals") != NULL;
    out->equals = assistant_read_say(r, v, at, "equals", FLOW_SLOT_VALUE_MAX, DEFINITION_OPTIONAL);
    out->has_is_set = json_get(v, "is_set") != NULL;
    out->is_set = definition_bool(d, v, at, "is_set", true);
    if (!out->has_at_least && !out->has_less_than && !out->has_equals && !out->has_is_set)
        definition_fail(d, at, ERR_INVALID,
                        "has no condition, add at_least, less_than, equals or is_set");
    out->next = read_link(r, v, at, "next", DEFINITION_REQUIRED);
}

static void read_end(struct assistant_reader *r, const struct json *v,
                     const struct definition_at *at, struct flow_state *out) {
    static const char *const members[] = {"outcome", "transfer_to", NULL};
    if (!definition_object(&r->d, v, at, members))
        return;
    need_function(r, "end_call", at);
    out->outcome =
        definition_name(&r->d, v, at, "outcome", ASSISTANT_OUTCOME_MAX, DEFINITION_REQUIRED);
    out->transfer_to = assistant_read_say(r, v, at, "transfer_to", 200, DEFINITION_OPTIONAL);
}

static void read_ignore(struct assistant_reader *r, const struct json *list,
                        const struct definition_at *at, struct flow_state *out) {
    size_t i = 0;
    definition_array(&r->d, list, at, ASSISTANT_INTERRUPTION_COUNT);
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v), i++) {
        struct definition_at item = definition_item(at, i);
        uint32_t found = 0;
        for (size_t k = ASSISTANT_INTERRUPT_OPT_OUT + 1; k < ASSISTANT_INTERRUPTION_COUNT; k++)
            if (str_eq_z(json_str(v), assistant_interruption_name((enum assistant_interruption)k)))
                found = BIT(k);
        if (found == 0)
            definition_fail(&r->d, &item, ERR_INVALID,
                            "use one of: robot human repeat goodbye (opt_out is always heard)");
        out->ignore |= found;
    }
}

/** A state either asks, ends, or goes on at once; and has only what belongs to that. */
static void check_shape(struct assistant_reader *r, const struct json *v,
                        const struct definition_at *at, const struct flow_state *s) {
    struct definition *d = &r->d;
    static const char *const asking[] = {"capture",     "expect", "share", "on_no_input",
                                         "on_no_match", "ignore", "known"};
    struct definition_at next_at = definition_member(at, "next");
    struct definition_at say_at = definition_member(at, "say");
    for (size_t i = 0; !s->asks && i < ARRAY_LEN(asking); i++) {
        struct definition_at here = definition_member(at, asking[i]);
        if (json_get(v, asking[i]))
            definition_fail(d, &here, ERR_INVALID,
                            "needs a state that asks: add \"ask\": {} or remove it");
    }
    if (s->asks && s->say.len == 0)
        definition_fail(d, &say_at, ERR_INVALID, "is missing, a state that asks has a question");
    if (s->asks && s->capture.kind == FLOW_KIND_NONE && s->rule_count == 0)
        definition_fail(d, at, ERR_INVALID,
                        "asks but understands no answer, add \"expect\" or \"capture\"");
    struct definition_at share_at = definition_member(at, "share");
    if (s->share.category.len > 0 && s->capture.kind == FLOW_KIND_NONE)
        definition_fail(d, &share_at, ERR_INVALID,
                        "needs a \"capture\"; for an expected answer move it there");
    if (s->asks && s->branch_count > 0)
        definition_fail(d, at, ERR_INVALID,
                        "asks and branches, move \"branch\" to the state that follows");
    bool ends = s->outcome.len > 0;
    if (ends && (s->asks || s->next != FLOW_NOWHERE || s->branch_count > 0))
        definition_fail(d, at, ERR_INVALID,
                        "ends and goes on, remove \"end\" or what leads on (ask, branch, next)");
    bool leads_on = s->next != FLOW_NOWHERE;
    bool needs_next = s->asks ? s->capture.kind != FLOW_KIND_NONE : !ends;
    if (needs_next && !leads_on)
        definition_fail(d, &next_at, ERR_INVALID,
                        s->asks ? "is missing, name the state that follows"
                                : "is missing, name the state that follows, or add \"end\"");
}

static struct str read_language(struct assistant_reader *r, const struct json *v,
                                const struct definition_at *at) {
    struct str code = definition_text(&r->d, v, at, "language", ASSISTANT_NAME_MAX,
                                      definition_if_there(v, "language"));
    struct definition_at here = definition_member(at, "language");
    if (code.len > 0 && !assistant_find_language(r->a, code))
        definition_fail(&r->d, &here, ERR_INVALID,
                        "is none of the assistant's languages, add it to \"languages\"");
    return code;
}

static void read_state(struct assistant_reader *r, const struct json *v,
                       const struct definition_at *at, struct flow_state *s) {
    static const char *const members[] = {
        "id",          "say",    "ask",  "capture", "expect", "share", "on_no_input", "call",
        "on_no_match", "branch", "next", "end",     "ignore", "known", "language",    NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    s->say = assistant_read_say(r, v, at, "say", ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
    s->language = read_language(r, v, at);
    s->next = read_link(r, v, at, "next", DEFINITION_OPTIONAL);
    s->share = read_share(r, v, at);
    s->no_input = read_retry(r, v, at, "on_no_input", r->a->limits.silence_prompts);
    s->no_match = read_retry(r, v, at, "on_no_match", 3);
    s->asks = json_get(v, "ask") != NULL;
    struct definition_at ask_at = definition_member(at, "ask");
    struct definition_at capture_at = definition_member(at, "capture");
    struct definition_at known_at = definition_member(at, "known");
    struct definition_at expect_at = definition_member(at, "expect");
    struct definition_at call_at = definition_member(at, "call");
    struct definition_at branch_at = definition_member(at, "branch");
    struct definition_at end_at = definition_member(at, "end");
    struct definition_at ignore_at = definition_member(at, "ignore");
    if (s->asks)
        read_listen(r, json_get(v, "ask"), &ask_at, &s->listen);
    if (json_get(v, "capture"))
        read_capture(r, json_get(v, "capture"), &capture_at, &s->capture);
    if (json_get(v, "known"))
        read_known(r, json_get(v, "known"), &known_at, s);
    const struct json *rules = json_get(v, "expect");
    size_t n = definition_array(d, rules, &expect_at, FLOW_RULES_MAX);
    s->rules = arena_alloc(d->arena, (n + 1) * sizeof *s->rules);
    for (const struct json *e = json_first(rules); e && d->rc == ERR_OK; e = json_next(e)) {
        struct definition_at item = definition_item(&expect_at, s->rule_count);
        read_rule(r, e, &item, s->next, &s->rules[s->rule_count++]);
    }
    read_calls(r, json_get(v, "call"), &call_at, s);
    const struct json *branches = json_get(v, "branch");
    n = definition_array(d, branches, &branch_at, FLOW_BRANCHES_MAX);
    s->branches = arena_alloc(d->arena, (n + 1) * sizeof *s->branches);
    for (const struct json *b = json_first(branches); b && d->rc == ERR_OK; b = json_next(b)) {
        struct definition_at item = definition_item(&branch_at, s->branch_count);
        read_branch(r, b, &item, &s->branches[s->branch_count++]);
    }
    if (json_get(v, "end"))
        read_end(r, json_get(v, "end"), &end_at, s);
    read_ignore(r, json_get(v, "ignore"), &ignore_at, s);
    check_shape(r, v, at, s);
}

void flow_read(struct assistant_reader *r, const struct json *v, const struct definition_at *at) {
    static const char *const members[] = {"start", "on_human", "states", NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    const struct json *states = json_get(v, "states");
    struct definition_at states_at = definition_member(at, "states");
    size_t n = definition_array(d, states, &states_at, FLOW_STATES_MAX), i = 0;
    if (n == 0)
        definition_fail(d, &states_at, ERR_INVALID, "has no state, add at least one");
    struct flow *f = arena_alloc(d->arena, sizeof *f);
    f->states = arena_alloc(d->arena, (n + 1) * sizeof *f->states);
    r->flow = f;
    find_names(r, states, &states_at);
    for (const struct json *s = json_first(states); s && d->rc == ERR_OK; s = json_next(s), i++) {
        struct definition_at item = definition_item(&states_at, i);
        read_state(r, s, &item, &f->states[i]);
    }
    f->on_human = read_link(r, v, at, "on_human", DEFINITION_OPTIONAL);
    f->start = json_get(v, "start") ? read_link(r, v, at, "start", DEFINITION_REQUIRED) : 0;
    r->a->flow = f;
    if (d->rc == ERR_OK)
        flow_check_paths(r, &states_at);
}
