#include "core/base/mem.h"
#include "core/domain/assistant_read.h"

/* Every link of a state, by number; FLOW_NOWHERE for one that is not set. */
static size_t link_count(const struct flow_state *s) {
    return s->rule_count + s->branch_count + 3;
}

static size_t link_at(const struct flow_state *s, size_t i) {
    if (i < s->rule_count)
        return s->rules[i].next;
    i -= s->rule_count;
    if (i < s->branch_count)
        return s->branches[i].next;
    i -= s->branch_count;
    return i == 0 ? s->next : i == 1 ? s->no_input.next : s->no_match.next;
}

/** Mark everything that can be reached from `from`, without recursion. */
static void mark_reachable(const struct flow *f, size_t from, bool *seen) {
    size_t stack[FLOW_STATES_MAX], depth = 0;
    if (from == FLOW_NOWHERE || seen[from])
        return;
    seen[from] = true;
    stack[depth++] = from;
    while (depth > 0) {
        const struct flow_state *s = &f->states[stack[--depth]];
        for (size_t i = 0; i < link_count(s); i++) {
            size_t to = link_at(s, i);
            if (to != FLOW_NOWHERE && !seen[to]) {
                seen[to] = true;
                stack[depth++] = to; /* each state once: fits */
            }
        }
    }
}

/** Mark every state from which an end can be reached. */
static void mark_ending(const struct flow *f, bool *ending) {
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t k = 0; k < f->state_count; k++) {
            const struct flow_state *s = &f->states[k];
            bool ends = s->outcome.len > 0;
            for (size_t i = 0; i < link_count(s) && !ends; i++)
                ends = link_at(s, i) != FLOW_NOWHERE && ending[link_at(s, i)];
            if (ends && !ending[k])
                changed = ending[k] = true;
        }
    }
}

/** Mark states that surely stop: they ask or end, or go on to such states only. */
static void mark_stopping(const struct flow *f, bool *stopping) {
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t k = 0; k < f->state_count; k++) {
            const struct flow_state *s = &f->states[k];
            bool stops = s->asks || s->outcome.len > 0, links_stop = true;
            for (size_t i = 0; i < link_count(s); i++)
                links_stop =
                    links_stop && (link_at(s, i) == FLOW_NOWHERE || stopping[link_at(s, i)]);
            if ((stops || links_stop) && !stopping[k])
                changed = stopping[k] = true;
        }
    }
}

/** States that functions send the conversation to. */
struct jumps {
    const struct flow *flow;
    bool *seen;
    bool anywhere;
};

static void mark_jump(void *ctx, bool to_context, struct str target,
                      const struct definition_at *at) {
    struct jumps *j = ctx;
    size_t state;
    (void)at;
    j->anywhere = j->anywhere || (!to_context && assistant_move_is_open(target));
    if (!to_context && flow_find_state(j->flow, target, &state))
        mark_reachable(j->flow, state, j->seen);
}

/** What functions of the user's own want is not known before the call. */
static bool mark_jumps(const struct assistant *a, bool *seen) {
    struct jumps j = {.flow = a->flow, .seen = seen};
    assistant_each_move(a, mark_jump, &j);
    for (size_t i = 0; i < a->function_count; i++)
        j.anywhere = j.anywhere || a->functions[i].kind == ASSISTANT_FUNCTION_REMOTE;
    return j.anywhere;
}

void flow_check_paths(struct assistant_reader *r, const struct definition_at *at) {
    struct definition *d = &r->d;
    const struct flow *f = r->a->flow;
    bool seen[FLOW_STATES_MAX] = {false}, ending[FLOW_STATES_MAX] = {false},
         stopping[FLOW_STATES_MAX] = {false};
    bool any_end = false;
    for (size_t k = 0; k < f->state_count; k++)
        any_end = any_end || f->states[k].outcome.len > 0;
    if (!any_end)
        definition_fail(d, at, ERR_INVALID,
                        "never ends, add a state with \"end\": {\"outcome\": …}");
    mark_reachable(f, f->start, seen);
    mark_reachable(f, f->on_human, seen);
    bool anywhere = mark_jumps(r->a, seen);
    mark_ending(f, ending);
    mark_stopping(f, stopping);
    for (size_t k = 0; k < f->state_count && d->rc == ERR_OK; k++) {
        struct definition_at item = definition_item(at, k);
        if (!seen[k] && !anywhere)
            definition_fail(d, &item, ERR_INVALID,
                            "\"" STR_FMT "\" cannot be reached, lead to it or remove it",
                            STR_ARG(f->states[k].id));
        else if (!stopping[k])
            definition_fail(d, &item, ERR_INVALID,
                            "\"" STR_FMT "\" runs in a circle without a question, add \"ask\" "
                            "to a state of it",
                            STR_ARG(f->states[k].id));
        else if (!ending[k])
            definition_fail(d, &item, ERR_INVALID,
                            "\"" STR_FMT "\" leads to no end, lead to a state with \"end\"",
                            STR_ARG(f->states[k].id));
    }
}
