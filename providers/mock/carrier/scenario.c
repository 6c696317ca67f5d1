#include "providers/mock/carrier/scenario.h"

#include <assert.h>
#include <stdio.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "providers/mock/carrier/rng.h"

enum {
    CALLEES_MAX = 1000,
    MOVES_MAX = 200,
    FACTS_MAX = 100,
    BAD_DAYS_MAX = 64,
    SWITCHES_MAX = 32,
    PATH_SIZE = 48,
    ARGUMENT_BYTES_MAX = 4096,
};

struct callee_list {
    struct callee *items;
    size_t count;
};

struct named_switch {
    struct str name;
    double value;
};

struct scenario {
    struct arena arena;
    uint64_t seed;
    struct callee_list builtin, own;
    struct callee_fault create;
    const struct callee *bad_days[BAD_DAYS_MAX];
    size_t bad_day_count;
    uint32_t bad_day_percent;
    struct named_switch switches[SWITCHES_MAX];
    size_t switch_count;
};

/** Where the parser is, for its error texts. */
struct reader {
    struct scenario *s;
    struct callee_list *list; /* callees read so far: what `like` may name */
    char path[PATH_SIZE];
    struct error *err;
};

static void extend_path(struct reader *r, char saved[PATH_SIZE], const char *name, int index) {
    snprintf(saved, PATH_SIZE, "%s", r->path);
    if (name)
        snprintf(r->path, PATH_SIZE, "%.30s%s%s", saved, saved[0] ? "." : "", name);
    else
        snprintf(r->path, PATH_SIZE, "%.40s[%d]", saved, index);
}

static enum error_code wrong(struct reader *r, const char *expected) {
    return error_field(r->err, ERR_INVALID, r->path, "%s: expected %s", r->path, expected);
}

/* ---- members by table --------------------------------------------------------------------- */

typedef enum error_code read_fn(struct reader *r, const struct json *v, void *field);

struct member {
    const char *name;
    size_t offset;
    read_fn *read;
};

#define MEMBER(type, field, fn) \
    { #field, offsetof(type, field), fn }

static enum error_code read_members(struct reader *r, const struct json *object,
                                    const struct member *table, size_t count, void *out) {
    if (json_type(object) != JSON_OBJECT)
        return wrong(r, "an object");
    for (const struct json *v = json_first(object); v; v = json_next(v)) {
        char name[32], saved[PATH_SIZE];
        if (!str_copy(json_name(v), name, sizeof name))
            return wrong(r, "only members that the documentation names");
        extend_path(r, saved, name, 0);
        const struct member *m = NULL;
        for (size_t i = 0; i < count && !m; i++)
            if (str_eq_z(json_name(v), table[i].name))
                m = &table[i];
        if (!m)
            return wrong(r, "no such member here; docs/carrier-in-a-box.md lists them");
        enum error_code rc = m->read(r, v, (char *)out + m->offset);
        if (rc != ERR_OK)
            return rc;
        snprintf(r->path, PATH_SIZE, "%s", saved);
    }
    return ERR_OK;
}

static enum error_code read_text(struct reader *r, const struct json *v, void *field) {
    if (json_type(v) != JSON_STRING)
        return wrong(r, "a string");
    *(struct str *)field = arena_copy(&r->s->arena, json_str(v));
    return ERR_OK;
}

static enum error_code read_flag(struct reader *r, const struct json *v, void *field) {
    if (json_type(v) != JSON_BOOL)
        return wrong(r, "true or false");
    *(bool *)field = json_bool(v, false);
    return ERR_OK;
}

static enum error_code read_count(struct reader *r, const struct json *v, void *field) {
    int64_t n;
    if (!json_int(v, 0, 1000000, &n))
        return wrong(r, "a whole number from 0");
    *(uint32_t *)field = (uint32_t)n;
    return ERR_OK;
}

static enum error_code read_status(struct reader *r, const struct json *v, void *field) {
    int64_t n;
    if (!json_int(v, 200, 599, &n))
        return wrong(r, "an HTTP status from 200 to 599");
    *(int *)field = (int)n;
    return ERR_OK;
}

static enum error_code read_seconds(struct reader *r, const struct json *v, void *field) {
    double s = json_double(v, -1);
    if (json_type(v) != JSON_NUMBER || s < 0 || s > 3600)
        return wrong(r, "seconds from 0 to 3600");
    *(uint32_t *)field = (uint32_t)(s * 1000 + 0.5);
    return ERR_OK;
}

/* ---- moves, facts, faults, cards ------------------------------------------------------------ */

static enum error_code read_keys(struct reader *r, const struct json *v, void *field) {
    enum error_code rc = read_text(r, v, field);
    const struct str *keys = field;
    for (size_t i = 0; rc == ERR_OK && i < keys->len; i++)
        if (str_find(STR("0123456789*#"), keys->ptr[i]) == 12)
            rc = wrong(r, "keys: 0-9, * and #");
    return rc;
}

static enum error_code read_argument(struct reader *r, const struct json *v, void *field) {
    if (json_type(v) != JSON_OBJECT)
        return wrong(r, "an object");
    struct buf text = BUF_INIT(ARGUMENT_BYTES_MAX);
    json_put_value(&text, v);
    *(struct str *)field = arena_copy(&r->s->arena, buf_str(&text));
    bool fits = !buf_failed(&text);
    buf_release(&text);
    return fits ? ERR_OK : wrong(r, "an object of at most 4 kB");
}

static enum error_code read_call(struct reader *r, const struct json *v, void *field) {
    static const struct member table[] = {
        MEMBER(struct callee_move, function, read_text),
        MEMBER(struct callee_move, argument, read_argument),
    };
    return read_members(r, v, table, ARRAY_LEN(table), field);
}

static enum error_code read_move(struct reader *r, const struct json *v, struct callee_move *out) {
    static const struct member table[] = {
        MEMBER(struct callee_move, expect, read_text),
        MEMBER(struct callee_move, say, read_text),
        MEMBER(struct callee_move, press, read_keys),
        {"wait_s", offsetof(struct callee_move, wait_ms), read_seconds},
        MEMBER(struct callee_move, hangup, read_flag),
        {"call", 0, read_call},
    };
    return read_members(r, v, table, ARRAY_LEN(table), out);
}

struct move_list {
    struct callee_move *items;
    size_t count;
};

static enum error_code read_moves(struct reader *r, const struct json *v, struct move_list *out) {
    size_t count = json_count(v);
    if (json_type(v) != JSON_ARRAY || count > MOVES_MAX)
        return wrong(r, "an array of at most 200 moves");
    struct callee_move *items = arena_alloc(&r->s->arena, (out->count + count + 1) * sizeof *items);
    size_t n = 0;
    for (const struct json *m = json_first(v); m; m = json_next(m), n++) {
        char saved[PATH_SIZE];
        extend_path(r, saved, NULL, (int)n);
        enum error_code rc = read_move(r, m, &items[n]);
        if (rc != ERR_OK)
            return rc;
        snprintf(r->path, PATH_SIZE, "%s", saved);
    }
    for (size_t i = 0; i < out->count; i++) /* inherited ones come after one's own */
        items[n++] = out->items[i];
    *out = (struct move_list){items, n};
    return ERR_OK;
}

static enum error_code read_script(struct reader *r, const struct json *v, void *field) {
    struct callee *c = field;
    struct move_list list = {0};
    enum error_code rc = read_moves(r, v, &list);
    if (rc == ERR_OK) {
        c->script = list.items;
        c->script_count = list.count;
    }
    return rc;
}

static enum error_code read_rules(struct reader *r, const struct json *v, void *field) {
    struct callee *c = field;
    struct move_list list = {c->rules, c->rule_count};
    enum error_code rc = read_moves(r, v, &list);
    if (rc == ERR_OK) {
        c->rules = list.items;
        c->rule_count = list.count;
    }
    return rc;
}

static enum error_code read_facts(struct reader *r, const struct json *v, void *field) {
    struct callee *c = field;
    size_t count = json_count(v);
    if (json_type(v) != JSON_OBJECT || count > FACTS_MAX)
        return wrong(r, "an object of at most 100 texts");
    struct callee_fact *facts =
        arena_alloc(&r->s->arena, (count + c->fact_count + 1) * sizeof *facts);
    size_t n = 0;
    for (const struct json *f = json_first(v); f; f = json_next(f)) {
        facts[n].name = arena_copy(&r->s->arena, json_name(f));
        enum error_code rc = read_text(r, f, &facts[n++].value);
        if (rc != ERR_OK)
            return rc;
    }
    for (size_t i = 0; i < c->fact_count; i++)
        facts[n++] = c->facts[i];
    c->facts = facts;
    c->fact_count = n;
    return ERR_OK;
}

static enum error_code read_fault(struct reader *r, const struct json *v, void *field) {
    static const struct member table[] = {
        MEMBER(struct callee_fault, status, read_status),
        MEMBER(struct callee_fault, times, read_count),
        MEMBER(struct callee_fault, retry_after_s, read_count),
        MEMBER(struct callee_fault, cut, read_flag),
        MEMBER(struct callee_fault, accept, read_flag),
        MEMBER(struct callee_fault, body, read_text),
    };
    struct callee_fault *f = field;
    *f = (struct callee_fault){0};
    enum error_code rc = read_members(r, v, table, ARRAY_LEN(table), f);
    if (rc == ERR_OK && f->status == 0 && !f->cut)
        rc = wrong(r, "status, or cut");
    return rc;
}

static enum error_code read_card(struct reader *r, const struct json *v, void *field) {
    static const struct member table[] = {
        {"number", offsetof(struct callee, card), read_keys},
        {"expiry", offsetof(struct callee, card_expiry), read_keys},
        {"code", offsetof(struct callee, card_code), read_keys},
        {"postal_code", offsetof(struct callee, postal_code), read_keys},
    };
    return read_members(r, v, table, ARRAY_LEN(table), field);
}

/* ---- callees ------------------------------------------------------------------------------ */

static enum error_code read_outcome(struct reader *r, const struct json *v, void *field) {
    static const char *const names[CALLEE_OUTCOME_COUNT] = {
        [CALLEE_ANSWERS] = "answer", [CALLEE_BUSY] = "busy",       [CALLEE_NO_ANSWER] = "no_answer",
        [CALLEE_FAILS] = "fail",     [CALLEE_MACHINE] = "machine",
    };
    for (int i = CALLEE_ANSWERS; i < CALLEE_OUTCOME_COUNT; i++) {
        if (str_eq_z(json_str(v), names[i])) {
            *(enum callee_outcome *)field = (enum callee_outcome)i;
            return ERR_OK;
        }
    }
    return wrong(r, "answer, busy, no_answer, fail or machine");
}

static enum error_code read_webhooks(struct reader *r, const struct json *v, void *field) {
    bool disorderly = str_eq_z(json_str(v), "disorderly");
    if (!disorderly && !str_eq_z(json_str(v), "orderly"))
        return wrong(r, "orderly or disorderly");
    *(bool *)field = disorderly;
    return ERR_OK;
}

static enum error_code read_answer_after(struct reader *r, const struct json *v, void *field) {
    struct callee *c = field;
    c->answer_after_set = true;
    return read_seconds(r, v, &c->answer_after_ms);
}

static enum error_code read_like(struct reader *r, const struct json *v, void *field) {
    (void)field; /* taken up front, see read_callee() */
    return json_type(v) == JSON_STRING ? ERR_OK : wrong(r, "a suffix or a number");
}

static const struct callee *find_named(const struct callee_list *l, struct str name) {
    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->items[i].suffix, name) || str_eq(l->items[i].number, name))
            return &l->items[i];
    return NULL;
}

/** Each {name} in a text must be a fact, or the callee would leave a hole in its sentence. */
static enum error_code check_facts(struct reader *r, const struct callee *c,
                                   const struct callee_move *moves, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct str text = moves[i].say;
        for (size_t open; (open = str_find(text, '{')) < text.len;) {
            text = str_from_index(text, open + 1);
            struct str name = str_from(text.ptr, str_find(text, '}'));
            if (!callee_fact_value(c, name).ptr)
                return error_field(r->err, ERR_INVALID, r->path,
                                   "%s: there is no fact \"" STR_FMT "\"; add it under facts",
                                   r->path, STR_ARG(name));
        }
    }
    return ERR_OK;
}

static enum error_code read_callee(struct reader *r, const struct json *v, struct callee *out) {
    static const struct member table[] = {
        MEMBER(struct callee, number, read_text),
        MEMBER(struct callee, suffix, read_keys),
        MEMBER(struct callee, outcome, read_outcome),
        {"answer_after_s", 0, read_answer_after},
        MEMBER(struct callee, greeting, read_text),
        MEMBER(struct callee, default_reply, read_text),
        {"facts", 0, read_facts},
        {"script", 0, read_script},
        {"rules", 0, read_rules},
        MEMBER(struct callee, hangs_up_in_say, read_count),
        MEMBER(struct callee, silent, read_flag),
        {"webhooks", offsetof(struct callee, webhooks_disorderly), read_webhooks},
        MEMBER(struct callee, create, read_fault),
        MEMBER(struct callee, recording, read_fault),
        {"card", 0, read_card},
        {"like", 0, read_like},
    };
    struct str like = json_str(json_get(v, "like"));
    if (like.len > 0) {
        const struct callee *model = find_named(r->list, like);
        if (!model)
            model = find_named(&r->s->builtin, like);
        if (!model)
            return wrong(r, "like to name an earlier callee");
        *out = *model;
        out->number = out->suffix = (struct str){0};
    }
    enum error_code rc = read_members(r, v, table, ARRAY_LEN(table), out);
    if (rc == ERR_OK && (out->number.len > 0) == (out->suffix.len > 0))
        rc = wrong(r, "either number or suffix");
    if (rc == ERR_OK && out->outcome == CALLEE_OUTCOME_NONE)
        out->outcome = CALLEE_ANSWERS;
    if (rc == ERR_OK)
        rc = check_facts(r, out, out->script, out->script_count);
    return rc == ERR_OK ? check_facts(r, out, out->rules, out->rule_count) : rc;
}

static enum error_code read_callees(struct reader *r, const struct json *v, void *field) {
    (void)field;
    size_t count = json_count(v);
    if (json_type(v) != JSON_ARRAY || count > CALLEES_MAX)
        return wrong(r, "an array of at most 1000 callees");
    r->list->items = arena_alloc(&r->s->arena, (count + 1) * sizeof *r->list->items);
    for (const struct json *c = json_first(v); c; c = json_next(c)) {
        char saved[PATH_SIZE];
        extend_path(r, saved, NULL, (int)r->list->count);
        enum error_code rc = read_callee(r, c, &r->list->items[r->list->count]);
        if (rc != ERR_OK)
            return rc;
        r->list->count++;
        snprintf(r->path, PATH_SIZE, "%s", saved);
    }
    return ERR_OK;
}

/* ---- the document ------------------------------------------------------------------------- */

static enum error_code read_bad_days(struct reader *r, const struct json *v, void *field) {
    struct scenario *s = field;
    if (json_type(v) != JSON_ARRAY || json_count(v) > BAD_DAYS_MAX)
        return wrong(r, "an array of at most 64 suffixes");
    for (const struct json *d = json_first(v); d; d = json_next(d)) {
        const struct callee *c = find_named(&s->builtin, json_str(d));
        if (!c)
            return wrong(r, "suffixes of the built-in callees, \"00\" to \"15\"");
        s->bad_days[s->bad_day_count++] = c;
    }
    return ERR_OK;
}

static enum error_code read_percent(struct reader *r, const struct json *v, void *field) {
    int64_t n;
    if (!json_int(v, 0, 100, &n))
        return wrong(r, "a whole number from 0 to 100");
    *(uint32_t *)field = (uint32_t)n;
    return ERR_OK;
}

static enum error_code read_switches(struct reader *r, const struct json *v, void *field) {
    struct scenario *s = field;
    if (json_type(v) != JSON_OBJECT || json_count(v) > SWITCHES_MAX)
        return wrong(r, "an object of at most 32 numbers and flags");
    for (const struct json *i = json_first(v); i; i = json_next(i)) {
        if (json_type(i) != JSON_NUMBER && json_type(i) != JSON_BOOL)
            return wrong(r, "an object of numbers and flags");
        double value = json_type(i) == JSON_BOOL ? json_bool(i, false) : json_double(i, 0);
        s->switches[s->switch_count++] =
            (struct named_switch){arena_copy(&s->arena, json_name(i)), value};
    }
    return ERR_OK;
}

static enum error_code read_document(struct scenario *s, struct str text, struct callee_list *list,
                                     struct error *err) {
    static const struct member table[] = {
        {"callees", 0, read_callees},   MEMBER(struct scenario, create, read_fault),
        {"bad_days", 0, read_bad_days}, MEMBER(struct scenario, bad_day_percent, read_percent),
        {"switches", 0, read_switches},
    };
    const struct json_limits limits = {.bytes_max = 1 << 20, .values_max = 50000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = json_parse(text, &limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct reader r = {.s = s, .list = list, .err = err};
    return read_members(&r, json_root(doc), table, ARRAY_LEN(table), s);
}

enum error_code scenario_new(struct str json, uint64_t seed, struct scenario **out,
                             struct error *err) {
    struct scenario *s = mem_zalloc(sizeof *s);
    s->seed = seed;
    s->bad_day_percent = 100;
    enum error_code rc = read_document(s, str_z(scenario_builtin_json), &s->builtin, err);
    if (rc == ERR_OK && json.len > 0)
        rc = read_document(s, json, &s->own, err);
    if (rc != ERR_OK) {
        scenario_free(s);
        return rc;
    }
    *out = s;
    return ERR_OK;
}

void scenario_free(struct scenario *s) {
    if (!s)
        return;
    arena_release(&s->arena);
    mem_free(s);
}

static bool ends_with(struct str s, struct str end) {
    return s.len >= end.len && str_eq(str_from_index(s, s.len - end.len), end);
}

static const struct callee *find_own(const struct scenario *s, struct str number) {
    for (size_t i = 0; i < s->own.count; i++)
        if (s->own.items[i].number.len > 0 && str_eq(s->own.items[i].number, number))
            return &s->own.items[i];
    for (size_t i = 0; i < s->own.count; i++)
        if (s->own.items[i].suffix.len > 0 && ends_with(number, s->own.items[i].suffix))
            return &s->own.items[i];
    return NULL;
}

const struct callee *scenario_find(const struct scenario *s, struct str number, uint64_t nth) {
    const struct callee *c = find_own(s, number);
    if (c)
        return c;
    /* +1 NPA 555 01nn: the numbers set aside for fiction */
    if (number.len == 12 && str_starts(number, STR("+1")) &&
        str_eq(str_from(number.ptr + 5, 5), STR("55501")))
        c = find_named(&s->builtin, str_from_index(number, 10));
    if (c)
        return c;
    uint64_t chance = rng_hash(s->seed, "bad day", number, nth);
    if (s->bad_day_count > 0 && chance % 100 < s->bad_day_percent)
        return s->bad_days[chance / 100 % s->bad_day_count];
    assert(s->builtin.count > 0);
    return &s->builtin.items[0];
}

const struct callee_fault *scenario_create_fault(const struct scenario *s) {
    return &s->create;
}

double scenario_switch(const struct scenario *s, const char *name, double fallback) {
    for (size_t i = 0; i < s->switch_count; i++)
        if (str_eq_z(s->switches[i].name, name))
            return s->switches[i].value;
    return fallback;
}

enum error_code scenario_check_switches(const struct scenario *s, const char *const *names,
                                        struct error *err) {
    for (size_t i = 0; i < s->switch_count; i++) {
        bool known = false;
        for (const char *const *n = names; n && *n && !known; n++)
            known = str_eq_z(s->switches[i].name, *n);
        if (!known)
            return error_field(err, ERR_INVALID, "switches",
                               "switches: this dialect has no switch \"" STR_FMT
                               "\"; docs/carrier-in-a-box.md lists them",
                               STR_ARG(s->switches[i].name));
    }
    return ERR_OK;
}
