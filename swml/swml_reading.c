#include "swml/swml_reading.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/base/compiler.h"
#include "swml/swml_text.h"

void reading_lose(struct reading *r, enum plan_loss_kind kind, const char *key, const char *fmt,
                  ...) {
    if (!r->loss)
        return;
    char where[sizeof r->loss->items[0].where];
    char what[sizeof r->loss->items[0].what];
    int verb_len = r->verb.len < 24 ? (int)r->verb.len : 24;
    (void)snprintf(where, sizeof where, "main[%zu].%.*s%s%.20s", r->index, verb_len,
                   r->verb.ptr ? r->verb.ptr : "", key ? "." : "", key ? key : "");
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    plan_loss_add(r->loss, kind, where, what,
                  kind == PLAN_LOSS_REFUSED ? "it is left out of the plan"
                                            : "the plan goes without it");
}

struct plan_step *reading_add(struct reading *r, enum plan_kind kind) {
    struct plan_step *s = plan_add(r->plan, kind);
    if (!s && r->rc == ERR_OK)
        r->rc = error_set(r->err, ERR_LIMIT, "main[%zu]: the document has more than %d steps",
                          r->index, PLAN_STEPS_MAX);
    return s;
}

/* ---- values ---------------------------------------------------------------------------------- */

struct str reading_text(struct reading *r, const struct json *v) {
    if (json_type(v) == JSON_STRING)
        return arena_copy(&r->plan->arena, json_str(v));
    if (json_type(v) != JSON_NUMBER)
        return STR("");
    CLEANUP(buf_release) struct buf b = BUF_INIT(64);
    json_put_value(&b, v);
    return arena_copy(&r->plan->arena, buf_str(&b));
}

/* Digits, and perhaps a point with more of them. */
static bool parse_decimal(struct str s, double *out) {
    struct str whole, rest = str_trim(s);
    uint64_t n, part = 0;
    if (!str_next(&rest, '.', &whole) || !str_to_u64(whole, UINT32_MAX, &n))
        return false;
    struct str behind = str_from(rest.ptr, rest.len < 9 ? rest.len : 9);
    if (rest.len > 0 && !str_to_u64(behind, UINT64_MAX, &part))
        return false;
    *out = (double)n + (part > 0 ? 0.5 : 0); /* all that matters is whether there is a part */
    return true;
}

bool reading_number(const struct json *v, uint32_t *out, bool *rounded) {
    double d = json_double(v, -1);
    if (json_type(v) == JSON_STRING && !parse_decimal(json_str(v), &d))
        return false;
    if (!(d >= 0) || d > UINT32_MAX)
        return false;
    *out = (uint32_t)ceil(d);
    *rounded = ceil(d) != d;
    return true;
}

bool reading_bool(const struct json *v, bool *out) {
    bool yes = json_bool(v, false) || str_eq(json_str(v), STR("true"));
    if (!yes && json_type(v) != JSON_BOOL && !str_eq(json_str(v), STR("false")))
        return false;
    *out = yes;
    return true;
}

bool reading_has_variable(const struct json *v) {
    if (swml_has_variable(json_str(v)))
        return true;
    for (const struct json *c = json_first(v); c; c = json_next(c))
        if (reading_has_variable(c))
            return true;
    return false;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* A value on its way into a member, and what to say when that fails. */
struct slot {
    struct reading *r;
    const struct swml_row *row;
    const struct json *object, *value;
    void *base, *member;
};

static void drop(const struct slot *s, const char *why) {
    reading_lose(s->r, PLAN_LOSS_DROPPED, s->row->key, "%s", why);
}

static bool is_preset(const struct slot *s) {
    uint32_t n, preset = 0;
    bool yes, rounded;
    uint64_t wanted;
    if (json_type(s->value) == JSON_NULL)
        return true;
    if (!s->row->preset)
        return false;
    if (json_type(s->value) == JSON_STRING && str_eq_z(json_str(s->value), s->row->preset))
        return true;
    if (reading_bool(s->value, &yes))
        return str_eq_z(yes ? STR("true") : STR("false"), s->row->preset);
    if (str_to_u64(str_z(s->row->preset), UINT32_MAX, &wanted))
        preset = (uint32_t)wanted;
    else
        return false;
    return reading_number(s->value, &n, &rounded) && !rounded && n == preset;
}

static void take_number(const struct slot *s) {
    uint32_t n;
    bool rounded;
    if (!reading_number(s->value, &n, &rounded)) {
        drop(s, "the value is not a number that fits");
        return;
    }
    if (rounded)
        drop(s, "a plan counts in whole numbers");
    if (n < s->row->min || (s->row->max > 0 && n > s->row->max))
        drop(s, "the value is out of range");
    else if (n > 0)
        *(uint32_t *)s->member = n;
    else if (!is_preset(s))
        drop(s, "a plan cannot tell 0 from the carrier's default");
}

static void take_twin(const struct slot *s) {
    uint32_t n;
    bool rounded;
    bool same = reading_number(s->value, &n, &rounded) && !rounded && n == *(uint32_t *)s->member;
    if (!same && !(*(uint32_t *)s->member == 0 && is_preset(s)))
        drop(s, "a plan has one time for both waits");
}

static void take_link(const struct slot *s) {
    struct plan_link *link = s->member;
    const struct json *method = s->row->method_key ? json_get(s->object, s->row->method_key) : NULL;
    if (!swml_is_url(json_str(s->value))) {
        drop(s, "it is no absolute http or https URL");
        return;
    }
    link->url = reading_text(s->r, s->value);
    if (method)
        link->method = str_eq(json_str(method), STR("GET")) ? PLAN_METHOD_GET : PLAN_METHOD_POST;
}

static const struct swml_word *find_word(const struct slot *s) {
    bool yes;
    struct str text = json_str(s->value);
    if (json_type(s->value) == JSON_BOOL && reading_bool(s->value, &yes))
        text = yes ? STR("true") : STR("false");
    for (const struct swml_word *w = s->row->words; w->word; w++)
        if (str_eq_z(text, w->word))
            return w;
    drop(s, "the value is not known here");
    return NULL;
}

static void take_word(const struct slot *s) {
    const struct swml_word *w = find_word(s);
    if (!w)
        return;
    if (w->lossy)
        drop(s, "a plan only knows yes and no");
    if (s->row->codec == SWML_STR_WORDS)
        *(struct str *)s->member = str_z(w->word);
    else if (s->row->is_bool)
        *(bool *)s->member = w->value != 0;
    else
        *(unsigned *)s->member = w->value;
}

static void take_text(const struct slot *s) {
    if (json_type(s->value) == JSON_STRING || json_type(s->value) == JSON_NUMBER)
        *(struct str *)s->member = reading_text(s->r, s->value);
    else
        drop(s, "the value is no string");
}

static void take_bool(const struct slot *s) {
    bool yes;
    if (!reading_bool(s->value, &yes))
        drop(s, "the value is neither true nor false");
    else if (s->row->codec == SWML_TRISTATE)
        *(enum plan_tristate *)s->member = yes ? PLAN_YES : PLAN_NO;
    else
        *(bool *)s->member = yes;
}

static void take(const struct slot *s) {
    switch (s->row->codec) {
    case SWML_STR:
    case SWML_SOCKET:
        take_text(s);
        break;
    case SWML_LINK:
        take_link(s);
        break;
    case SWML_U32:
        take_number(s);
        break;
    case SWML_TWIN:
        take_twin(s);
        break;
    case SWML_BOOL:
    case SWML_BOOL_BOTH:
    case SWML_TRISTATE:
        take_bool(s);
        break;
    case SWML_STR_WORDS:
    case SWML_WORDS:
        take_word(s);
        break;
    case SWML_PASSED:
        if (!is_preset(s)) /* the carrier's default said aloud loses nothing */
            drop(s, "a plan has no place for it");
        break;
    case SWML_UNSAID:
    case SWML_ELSEWHERE:
    case SWML_CODEC_UNKNOWN:
    case SWML_CODEC_COUNT:
        break;
    }
}

void reading_rows_of(struct reading *r, const struct json *object, const struct swml_rows *rows,
                     void *base) {
    for (size_t i = 0; i < rows->count; i++) {
        const struct swml_row *row = &rows->rows[i];
        const struct json *value = row->key ? json_get(object, row->key) : NULL;
        const struct slot s = {.r = r,
                               .row = row,
                               .object = object,
                               .value = value,
                               .base = base,
                               .member = (char *)base + row->offset};
        if (value)
            take(&s);
    }
}

static bool has_row(const struct swml_rows *rows, struct str key) {
    for (size_t i = 0; i < rows->count; i++)
        if ((rows->rows[i].key && str_eq_z(key, rows->rows[i].key)) ||
            (rows->rows[i].method_key && str_eq_z(key, rows->rows[i].method_key)))
            return true;
    return false;
}

void reading_rows(struct reading *r, const struct json *object, const struct swml_rows *rows,
                  void *base) {
    reading_rows_of(r, object, rows, base);
    for (const struct json *m = json_first(object); m; m = json_next(m))
        if (!has_row(rows, json_name(m)))
            reading_lose(r, PLAN_LOSS_DROPPED, json_name(m).ptr, "a plan has no place for it");
}

/* ---- verbs around a verb --------------------------------------------------------------------- */

bool reading_split(const struct json *verb, struct str *name, const struct json **value) {
    if (json_type(verb) == JSON_STRING && json_str(verb).len > 0) {
        *name = json_str(verb);
        *value = NULL;
        return true;
    }
    if (json_type(verb) != JSON_OBJECT || json_count(verb) != 1)
        return false;
    *name = json_name(json_first(verb));
    *value = json_first(verb);
    return name->len > 0;
}

const struct json *reading_next_is(const struct reading *r, const char *name) {
    struct str its_name;
    const struct json *value;
    if (!r->next || !reading_split(r->next, &its_name, &value) || !str_eq_z(its_name, name))
        return NULL;
    return value;
}

struct str reading_dest(const struct json *transfer) {
    struct str dest = json_type(transfer) == JSON_STRING ? json_str(transfer)
                                                         : json_str(json_get(transfer, "dest"));
    bool bare = json_type(transfer) == JSON_STRING || json_count(transfer) == 1;
    return bare && swml_is_url(dest) && !swml_has_variable(dest) ? dest : STR("");
}

void reading_skip(struct reading *r) {
    r->next = json_next(r->next);
    r->index++;
}

bool reading_action(struct reading *r, struct plan_link *action) {
    struct str dest = reading_dest(reading_next_is(r, "transfer"));
    if (dest.len == 0)
        return false;
    action->url = arena_copy(&r->plan->arena, dest);
    reading_skip(r);
    return true;
}

/* ---- what is heard --------------------------------------------------------------------------- */

static bool heard_silence(struct reading *r, struct str rest, struct plan_step *out) {
    double d;
    if (!parse_decimal(rest, &d) || d <= 0 || d > 86400)
        return false;
    *out = (struct plan_step){.kind = PLAN_PAUSE, .u.pause.seconds = (uint32_t)ceil(d)};
    if (ceil(d) != d)
        reading_lose(r, PLAN_LOSS_DROPPED, "url", "a plan pauses for whole seconds");
    return true;
}

bool reading_heard(struct reading *r, struct str url, struct plan_step *out) {
    static const struct str say = STR_INIT("say:"), silence = STR_INIT("silence:");
    if (str_starts(url, silence))
        return heard_silence(r, str_from_index(url, silence.len), out);
    if (str_starts(url, say)) {
        struct str text = str_trim(str_from_index(url, say.len));
        if (text.len == 0 || text.len > PLAN_TEXT_MAX)
            return false;
        *out =
            (struct plan_step){.kind = PLAN_SAY, .u.say.text = arena_copy(&r->plan->arena, text)};
        return true;
    }
    if (!swml_is_url(url))
        return false;
    *out = (struct plan_step){.kind = PLAN_PLAY, .u.play.url = arena_copy(&r->plan->arena, url)};
    return true;
}
