#include "core/domain/assistant.h"

#include <stdatomic.h>

#include "core/base/compiler.h"
#include "core/domain/assistant_box.h"
#include "core/domain/definition.h"
#include "core/domain/flow.h"

static const char *const machine_names[] = {
    [ASSISTANT_MACHINE_NONE] = "none",
    [ASSISTANT_MACHINE_HANG_UP] = "hang_up",
    [ASSISTANT_MACHINE_LEAVE_MESSAGE] = "leave_message",
    [ASSISTANT_MACHINE_TALK] = "talk",
};
_Static_assert(ARRAY_LEN(machine_names) == ASSISTANT_MACHINE_RULE_COUNT, "every rule has a name");

static const char *const interruption_names[] = {
    [ASSISTANT_INTERRUPT_NONE] = "none",     [ASSISTANT_INTERRUPT_OPT_OUT] = "opt_out",
    [ASSISTANT_INTERRUPT_ROBOT] = "robot",   [ASSISTANT_INTERRUPT_HUMAN] = "human",
    [ASSISTANT_INTERRUPT_REPEAT] = "repeat", [ASSISTANT_INTERRUPT_GOODBYE] = "goodbye",
};
_Static_assert(ARRAY_LEN(interruption_names) == ASSISTANT_INTERRUPTION_COUNT,
               "every interruption has a name");

static const char *const fact_names[] = {
    [ASSISTANT_FACT_NONE] = "none",
    [ASSISTANT_FACT_CALL_ID] = "call_id",
    [ASSISTANT_FACT_TO] = "to",
    [ASSISTANT_FACT_FROM] = "from",
    [ASSISTANT_FACT_CALLER_ID] = "caller_id",
    [ASSISTANT_FACT_ASSISTANT] = "assistant",
    [ASSISTANT_FACT_DATE] = "date",
    [ASSISTANT_FACT_TIME] = "time",
};
_Static_assert(ARRAY_LEN(fact_names) == ASSISTANT_FACT_COUNT, "every fact has a name");

static const char *const flow_kind_names[] = {
    [FLOW_KIND_NONE] = "none", [FLOW_TEXT] = "text",     [FLOW_NUMBER] = "number",
    [FLOW_MONEY] = "money",    [FLOW_YES_NO] = "yes_no", [FLOW_NAME] = "name",
    [FLOW_PLACE] = "place",    [FLOW_DATE] = "date",
};
_Static_assert(ARRAY_LEN(flow_kind_names) == FLOW_KIND_COUNT, "every kind has a name");

const char *assistant_machine_rule_name(enum assistant_machine_rule r) {
    return (unsigned)r < ASSISTANT_MACHINE_RULE_COUNT ? machine_names[r] : machine_names[0];
}

static const char *const brain_names[] = {
    [ASSISTANT_BRAIN_NONE] = "none",
    [ASSISTANT_BRAIN_SCRIPTED] = "scripted",
    [ASSISTANT_BRAIN_OPENAI] = "openai",
    [ASSISTANT_BRAIN_CARRIER] = "carrier",
};
_Static_assert(ARRAY_LEN(brain_names) == ASSISTANT_BRAIN_COUNT, "every brain has a name");

const char *assistant_brain_name(enum assistant_brain b) {
    return (unsigned)b < ASSISTANT_BRAIN_COUNT ? brain_names[b] : brain_names[0];
}

const char *assistant_interruption_name(enum assistant_interruption i) {
    return (unsigned)i < ASSISTANT_INTERRUPTION_COUNT ? interruption_names[i]
                                                      : interruption_names[0];
}

const char *assistant_fact_name(enum assistant_fact f) {
    return (unsigned)f < ASSISTANT_FACT_COUNT ? fact_names[f] : fact_names[0];
}

const char *flow_kind_name(enum flow_kind k) {
    return (unsigned)k < FLOW_KIND_COUNT ? flow_kind_names[k] : flow_kind_names[0];
}

static struct assistant_box *box_of(const struct assistant *a) {
    return container_of((struct assistant *)(uintptr_t)a, struct assistant_box, assistant);
}

struct assistant_box *assistant_box_new(void) {
    struct assistant_box *box = mem_zalloc(sizeof *box);
    atomic_init(&box->references, 1);
    return box;
}

const struct assistant *assistant_ref(const struct assistant *a) {
    atomic_fetch_add_explicit(&box_of(a)->references, 1, memory_order_relaxed);
    return a;
}

void assistant_unref(const struct assistant *a) {
    if (!a)
        return;
    struct assistant_box *box = box_of(a);
    if (atomic_fetch_sub_explicit(&box->references, 1, memory_order_acq_rel) > 1)
        return;
    json_doc_free(box->doc);
    arena_release(&box->arena);
    mem_free(box);
}

void assistant_unrefp(const struct assistant **a) {
    assistant_unref(*a);
}

const struct assistant_function *assistant_find_function(const struct assistant *a,
                                                         struct str name) {
    for (size_t i = 0; i < a->function_count; i++)
        if (str_eq(a->functions[i].name, name))
            return &a->functions[i];
    return NULL;
}

const struct assistant_variable *assistant_find_variable(const struct assistant *a,
                                                         struct str name) {
    for (size_t i = 0; i < a->variable_count; i++)
        if (str_eq(a->variables[i].name, name))
            return &a->variables[i];
    return NULL;
}

struct str assistant_own_value(void *assistant, struct str name) {
    const struct assistant_variable *v = assistant_find_variable(assistant, name);
    return v ? v->value : (struct str){0};
}

static bool is_available(enum assistant_brain b, bool carrier_has_agent, bool model_is_configured) {
    return b == ASSISTANT_BRAIN_SCRIPTED || (b == ASSISTANT_BRAIN_OPENAI && model_is_configured) ||
           (b == ASSISTANT_BRAIN_CARRIER && carrier_has_agent);
}

enum assistant_brain assistant_brain_for(const struct assistant *a, bool carrier_has_agent,
                                         bool model_is_configured) {
    if (is_available(a->brain, carrier_has_agent, model_is_configured))
        return a->brain;
    if (a->brain == ASSISTANT_BRAIN_CARRIER && model_is_configured)
        return ASSISTANT_BRAIN_OPENAI;
    return is_available(a->otherwise, carrier_has_agent, model_is_configured)
               ? a->otherwise
               : ASSISTANT_BRAIN_NONE;
}

enum call_record assistant_recording_rule(const struct assistant *a, enum call_record asked) {
    if (asked == CALL_RECORD_OFF || asked == CALL_RECORD_DEFAULT)
        return asked == CALL_RECORD_OFF ? CALL_RECORD_OFF : a->recording.rule;
    return a->recording.rule == CALL_RECORD_ASK ? CALL_RECORD_ASK : asked;
}

bool flow_find_slot(const struct flow *f, struct str name, size_t *out) {
    for (size_t i = 0; i < f->slot_count; i++) {
        if (str_eq(f->slots[i], name)) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool flow_find_state(const struct flow *f, struct str id, size_t *out) {
    for (size_t i = 0; i < f->state_count; i++) {
        if (str_eq(f->states[i].id, id)) {
            *out = i;
            return true;
        }
    }
    return false;
}

enum error_code assistant_check_variables(const struct assistant *a, const struct json *variables,
                                          struct error *err) {
    struct definition d = {.err = err};
    struct definition_at at = definition_member(NULL, "variables");
    if (variables && json_type(variables) != JSON_OBJECT)
        definition_fail(&d, &at, ERR_INVALID, "is not an object, write {…}");
    for (const struct json *v = json_first(variables); v && d.rc == ERR_OK; v = json_next(v)) {
        struct definition_at here = {.up = &at, .name = json_name(v)};
        enum json_type type = json_type(v);
        if (!assistant_find_variable(a, json_name(v)))
            definition_fail(&d, &here, ERR_INVALID,
                            "is no variable of the assistant " STR_FMT
                            ", declare it in its \"variables\" or leave it out",
                            STR_ARG(a->name));
        else if (type == JSON_STRING)
            (void)definition_text_value(&d, v, &here, ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
        else if (type != JSON_NUMBER && type != JSON_BOOL)
            definition_fail(&d, &here, ERR_INVALID, "write a text, a number, true or false");
    }
    return d.rc;
}
