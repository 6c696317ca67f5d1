#include "core/domain/assistant_read.h"
#include "core/domain/function_action.h"

/* Where actions of declared functions send the conversation: steps, contexts, states of a flow. */

static void visit_actions(const struct json *actions, const struct definition_at *of,
                          assistant_move_fn *visit, void *ctx) {
    struct definition_at list = definition_member(of, "actions");
    size_t i = 0;
    for (const struct json *v = json_first(actions); v; v = json_next(v), i++) {
        const struct json *value = json_first(v);
        enum function_action_kind kind;
        if (json_type(value) != JSON_STRING || !function_action_parse(json_name(value), &kind) ||
            (kind != FUNCTION_ACTION_CHANGE_STEP && kind != FUNCTION_ACTION_CHANGE_CONTEXT))
            continue;
        struct definition_at item = definition_item(&list, i);
        struct definition_at at = {.up = &item, .name = json_name(value)};
        visit(ctx, kind == FUNCTION_ACTION_CHANGE_CONTEXT, json_str(value), &at);
    }
}

void assistant_each_move(const struct assistant *a, assistant_move_fn *visit, void *ctx) {
    struct definition_at functions = definition_member(NULL, "functions");
    for (size_t i = 0; i < a->function_count; i++) {
        const struct assistant_function *f = &a->functions[i];
        struct definition_at item = definition_item(&functions, i);
        struct definition_at rules = definition_member(&item, "rules");
        visit_actions(f->effect.actions, &item, visit, ctx);
        for (size_t k = 0; k < f->rule_count; k++) {
            struct definition_at rule = definition_item(&rules, k);
            visit_actions(f->rules[k].effect.actions, &rule, visit, ctx);
        }
    }
}

bool assistant_move_is_open(struct str target) {
    return str_find_str(target, STR("${")) < target.len;
}

static bool is_step(const struct assistant *a, struct str name) {
    bool found = str_eq(name, STR("next"));
    size_t state;
    for (size_t i = 0; i < a->context_count; i++)
        for (size_t k = 0; k < a->contexts[i].step_count; k++)
            found = found || str_eq(a->contexts[i].steps[k].name, name);
    return found || (a->flow && flow_find_state(a->flow, name, &state));
}

static bool is_context(const struct assistant *a, struct str name) {
    bool found = false;
    for (size_t i = 0; i < a->context_count; i++)
        found = found || str_eq(a->contexts[i].name, name);
    return found;
}

static void check_move(void *ctx, bool to_context, struct str target,
                       const struct definition_at *at) {
    struct assistant_reader *r = ctx;
    if (assistant_move_is_open(target))
        return;
    if (to_context && !is_context(r->a, target))
        definition_fail(&r->d, at, ERR_INVALID,
                        "there is no context \"" STR_FMT "\", add it or name another",
                        STR_ARG(target));
    else if (!to_context && !is_step(r->a, target))
        definition_fail(&r->d, at, ERR_INVALID,
                        "there is no step and no state \"" STR_FMT "\", add it or name another",
                        STR_ARG(target));
}

void assistant_check_moves(struct assistant_reader *r) {
    if (r->d.rc == ERR_OK)
        assistant_each_move(r->a, check_move, r);
}
