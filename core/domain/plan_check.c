#include <string.h>

#include "core/domain/plan.h"
#include "core/domain/plan_fields.h"

static enum error_code check_step(const struct plan_step *s, const struct plan_path *at,
                                  struct error *err);
static enum error_code check_fields(const struct plan_shape *shape, const void *base,
                                    const struct plan_path *at, struct error *err);

/* ---- text ------------------------------------------------------------------------------------ */

/* Offset of the first character that XML 1.0 cannot hold; s.len when there is none. Needs UTF-8. */
static size_t find_unspeakable(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return i;
        if (c == 0xEF && i + 2 < s.len && (unsigned char)s.ptr[i + 1] == 0xBF &&
            (unsigned char)s.ptr[i + 2] >= 0xBE) /* U+FFFE, U+FFFF */
            return i;
    }
    return s.len;
}

static enum error_code check_text(struct str s, int64_t max, const struct plan_path *at,
                                  struct error *err) {
    if (max > 0 && s.len > (size_t)max)
        return plan_path_error(err, ERR_LIMIT, at, "%zu bytes are too many, at most %lld fit",
                               s.len, (long long)max);
    if (!str_is_utf8(s))
        return plan_path_error(err, ERR_INVALID, at, "not UTF-8, encode it as UTF-8 without NUL");
    size_t bad = find_unspeakable(s);
    if (bad < s.len)
        return plan_path_error(err, ERR_INVALID, at,
                               "byte %zu is a control character or non-character, remove it", bad);
    return ERR_OK;
}

static enum error_code check_chars(struct str s, const char *chars, const struct plan_path *at,
                                   struct error *err) {
    for (size_t i = 0; i < s.len; i++)
        if (!strchr(chars, s.ptr[i]))
            return plan_path_error(err, ERR_INVALID, at, "only the characters %s are allowed",
                                   chars);
    return ERR_OK;
}

static enum error_code check_word(struct str s, const char *const *words,
                                  const struct plan_path *at, struct error *err) {
    char list[160] = "";
    size_t used = 0;
    for (size_t i = 0; words[i]; i++) {
        if (str_eq_z(s, words[i]))
            return ERR_OK;
        size_t n = strlen(words[i]);
        if (used + n + 3 < sizeof list) {
            if (used > 0)
                list[used++] = ' ';
            memcpy(list + used, words[i], n + 1);
            used += n;
        }
    }
    return plan_path_error(err, ERR_INVALID, at, "use one of: %s", list);
}

static enum error_code check_str(const struct plan_field *f, struct str s,
                                 const struct plan_path *at, struct error *err) {
    if (s.len == 0)
        return f->required ? plan_path_error(err, ERR_INVALID, at, "is missing") : ERR_OK;
    enum error_code rc = check_text(s, f->max, at, err);
    if (rc == ERR_OK && f->chars)
        rc = check_chars(s, f->chars, at, err);
    if (rc == ERR_OK && f->words)
        rc = check_word(s, f->words, at, err);
    return rc;
}

/* ---- URLs ------------------------------------------------------------------------------------ */

static bool starts_nocase(struct str s, const char *prefix) {
    struct str p = str_z(prefix);
    return s.len >= p.len && str_eq_nocase(str_from(s.ptr, p.len), p);
}

static enum error_code check_url(const struct plan_field *f, struct str s,
                                 const char *const *schemes, const struct plan_path *at,
                                 struct error *err) {
    if (s.len == 0)
        return f->required ? plan_path_error(err, ERR_INVALID, at, "is missing") : ERR_OK;
    enum error_code rc = check_text(s, f->max, at, err);
    if (rc != ERR_OK)
        return rc;
    struct str host = {0};
    for (size_t i = 0; schemes[i]; i++)
        if (starts_nocase(s, schemes[i]))
            host = str_from_index(s, strlen(schemes[i]));
    if (host.len == 0 || strchr("/?#:@", host.ptr[0]))
        return plan_path_error(err, ERR_INVALID, at, "needs an absolute URL that starts with %s",
                               schemes[0]);
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == 0x7f || strchr("\"<>\\^`{|}", s.ptr[i]))
            return plan_path_error(err, ERR_INVALID, at,
                                   "character %zu does not belong in a URL, percent-encode it", i);
    return ERR_OK;
}

static const char *const http_schemes[] = {"https://", "http://", NULL};
static const char *const ws_schemes[] = {"wss://", "ws://", NULL};

static enum error_code check_link(const struct plan_field *f, const struct plan_link *l,
                                  const struct plan_path *at, struct error *err) {
    if ((unsigned)l->method > PLAN_METHOD_GET)
        return plan_path_error(err, ERR_INVALID, at, "the method is neither POST nor GET");
    return check_url(f, l->url, http_schemes, at, err);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static enum error_code check_number(const struct plan_field *f, int64_t n,
                                    const struct plan_path *at, struct error *err) {
    if (n == 0 && !f->required)
        return ERR_OK;
    if (n < f->min || n > f->max)
        return plan_path_error(err, ERR_INVALID, at, "%lld is not in %lld..%lld", (long long)n,
                               (long long)f->min, (long long)f->max);
    return ERR_OK;
}

static int64_t word_count(const char *const *words) {
    int64_t n = 0;
    while (words[n])
        n++;
    return n;
}

static enum error_code check_choice(const struct plan_field *f, uint32_t n,
                                    const struct plan_path *at, struct error *err) {
    if (n == 0 && f->required)
        return plan_path_error(err, ERR_INVALID, at, "is missing");
    int64_t limit = f->type == PLAN_FIELD_TRISTATE ? PLAN_NO : word_count(f->words);
    if (f->type == PLAN_FIELD_SET)
        limit = ((int64_t)1 << limit) - 1;
    if (n > limit)
        return plan_path_error(err, ERR_INVALID, at, "%u is no known value", (unsigned)n);
    return ERR_OK;
}

/* ---- arrays ---------------------------------------------------------------------------------- */

static enum error_code check_prompts(const struct plan_step *steps, size_t count,
                                     const struct plan_path *at, struct error *err) {
    enum error_code rc = ERR_OK;
    for (size_t i = 0; i < count && rc == ERR_OK; i++) {
        const struct plan_path here = {.up = at->up, .name = at->name, .index = i, .indexed = true};
        if (steps[i].kind != PLAN_SAY && steps[i].kind != PLAN_PLAY && steps[i].kind != PLAN_PAUSE)
            return plan_path_error(err, ERR_INVALID, &here,
                                   "a prompt is say, play or pause, not %s",
                                   plan_kind_name(steps[i].kind));
        rc = check_step(&steps[i], &here, err);
    }
    return rc;
}

static enum error_code check_params(const struct plan_param *params, size_t count,
                                    const struct plan_path *at, struct error *err) {
    enum error_code rc = ERR_OK;
    for (size_t i = 0; i < count && rc == ERR_OK; i++) {
        const struct plan_path here = {.up = at->up, .name = at->name, .index = i, .indexed = true};
        if (params[i].name.len == 0)
            return plan_path_error(err, ERR_INVALID, &here, "a parameter needs a name");
        for (size_t j = 0; j < i; j++)
            if (str_eq(params[i].name, params[j].name))
                return plan_path_error(err, ERR_INVALID, &here, "the name is used twice");
        rc = check_text(params[i].name, 256, &here, err);
        if (rc == ERR_OK)
            rc = check_text(params[i].value, PLAN_TEXT_MAX, &here, err);
    }
    return rc;
}

static const char phone_chars[] = "+0123456789";

static enum error_code check_noun(const struct plan_noun *n, const struct plan_path *at,
                                  struct error *err) {
    enum error_code rc = check_fields(&plan_noun_shape, n, at, err);
    if (rc != ERR_OK)
        return rc;
    if (n->kind == PLAN_NOUN_NUMBER)
        return check_chars(n->target, phone_chars, at, err);
    if (n->kind == PLAN_NOUN_SIP && !starts_nocase(n->target, "sip:") &&
        !starts_nocase(n->target, "sips:"))
        return plan_path_error(err, ERR_INVALID, at, "a SIP target starts with sip: or sips:");
    for (size_t i = 0; i < plan_noun_shape.count; i++) {
        const struct plan_field *f = &plan_noun_shape.fields[i];
        if (f->nouns != 0 && !(f->nouns & BIT(n->kind)) && plan_field_is_set(f, n))
            return plan_path_error(err, ERR_INVALID, at, "a %s has no %s",
                                   plan_noun_kind_name(n->kind), f->name);
    }
    return ERR_OK;
}

static enum error_code check_nouns(const struct plan_noun *nouns, size_t count,
                                   const struct plan_path *at, struct error *err) {
    if (count == 0)
        return plan_path_error(err, ERR_INVALID, at, "a dial needs at least one far end");
    enum error_code rc = ERR_OK;
    for (size_t i = 0; i < count && rc == ERR_OK; i++) {
        const struct plan_path here = {.up = at->up, .name = at->name, .index = i, .indexed = true};
        if (count > 1 &&
            (nouns[i].kind == PLAN_NOUN_CONFERENCE || nouns[i].kind == PLAN_NOUN_QUEUE))
            return plan_path_error(err, ERR_INVALID, &here, "a %s has to be the only far end",
                                   plan_noun_kind_name(nouns[i].kind));
        rc = check_noun(&nouns[i], &here, err);
    }
    return rc;
}

static enum error_code check_array(const struct plan_field *f, const void *base,
                                   const struct plan_path *at, struct error *err) {
    size_t count = plan_field_count(f, base);
    const void *items = *(void *const *)plan_field_at(f, base);
    if (count > (size_t)f->max)
        return plan_path_error(err, ERR_LIMIT, at, "%zu are too many, at most %lld", count,
                               (long long)f->max);
    if (f->type == PLAN_FIELD_PROMPTS)
        return check_prompts(items, count, at, err);
    if (f->type == PLAN_FIELD_PARAMS)
        return check_params(items, count, at, err);
    if (f->type == PLAN_FIELD_NOUNS)
        return check_nouns(items, count, at, err);
    const struct plan_pay_prompt *stages = items;
    enum error_code rc = ERR_OK;
    for (size_t i = 0; i < count && rc == ERR_OK; i++) {
        const struct plan_path here = {.up = at->up, .name = at->name, .index = i, .indexed = true};
        rc = check_fields(&plan_pay_prompt_shape, &stages[i], &here, err);
    }
    return rc;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static enum error_code check_field(const struct plan_field *f, const void *base,
                                   const struct plan_path *at, struct error *err) {
    const void *member = plan_field_at(f, base);
    switch (f->type) {
    case PLAN_FIELD_STR:
    case PLAN_FIELD_JSON:
        return check_str(f, *(const struct str *)member, at, err);
    case PLAN_FIELD_FINISH_KEY:
        if (!((const struct plan_gather *)base)->has_finish_key &&
            ((const struct str *)member)->len > 0)
            return plan_path_error(err, ERR_INVALID, at, "is set without has_finish_key");
        return check_str(f, *(const struct str *)member, at, err);
    case PLAN_FIELD_HTTP_URL:
        return check_url(f, *(const struct str *)member, http_schemes, at, err);
    case PLAN_FIELD_WS_URL:
        return check_url(f, *(const struct str *)member, ws_schemes, at, err);
    case PLAN_FIELD_LINK:
        return check_link(f, member, at, err);
    case PLAN_FIELD_U32:
        return check_number(f, *(const uint32_t *)member, at, err);
    case PLAN_FIELD_I32:
        return check_number(f, *(const int32_t *)member, at, err);
    case PLAN_FIELD_TRISTATE:
    case PLAN_FIELD_ENUM:
    case PLAN_FIELD_SET:
        return check_choice(f, *(const uint32_t *)member, at, err);
    case PLAN_FIELD_PROMPTS:
    case PLAN_FIELD_NOUNS:
    case PLAN_FIELD_PARAMS:
    case PLAN_FIELD_PAY_PROMPTS:
        return check_array(f, base, at, err);
    case PLAN_FIELD_BOOL:
    case PLAN_FIELD_UNKNOWN:
    case PLAN_FIELD_TYPE_COUNT:
        break;
    }
    return ERR_OK;
}

static enum error_code check_fields(const struct plan_shape *shape, const void *base,
                                    const struct plan_path *at, struct error *err) {
    enum error_code rc = ERR_OK;
    for (size_t i = 0; i < shape->count && rc == ERR_OK; i++) {
        const struct plan_field *f = &shape->fields[i];
        const struct plan_path here = {.up = at, .name = f->name};
        rc = check_field(f, base, f->name ? &here : at, err);
    }
    return rc;
}

/* Digits, and a point with one or two digits behind it if there are cents. */
static bool is_money(struct str s) {
    struct str whole, cents;
    struct str rest = s;
    if (!str_next(&rest, '.', &whole) || whole.len == 0)
        return false;
    if (!rest.ptr)
        return true;
    return str_next(&rest, '.', &cents) && !rest.ptr && cents.len >= 1 && cents.len <= 2;
}

/* What two members of one step owe each other. NULL when all is well. */
static const char *check_together(const struct plan_step *s) {
    switch (s->kind) {
    case PLAN_SAY:
        if (s->u.say.text.len > 0 && s->u.say.ssml.len > 0)
            return "text and ssml exclude each other";
        return s->u.say.text.len + s->u.say.ssml.len > 0 ? NULL : "needs text or ssml";
    case PLAN_GATHER:
        return s->u.gather.speech_timeout_auto && s->u.gather.speech_timeout_s > 0
                   ? "speech_timeout_auto and speech_timeout_s exclude each other"
                   : NULL;
    case PLAN_ENQUEUE:
        return s->u.enqueue.queue.len + s->u.enqueue.workflow.len > 0 ? NULL
                                                                      : "needs queue or workflow";
    case PLAN_STREAM:
        return s->u.stream.action.url.len > 0 && !s->u.stream.bidirectional
                   ? "only a bidirectional stream has an action"
                   : NULL;
    case PLAN_PAY:
        return s->u.pay.amount.len == 0 || is_money(s->u.pay.amount)
                   ? NULL
                   : "the amount is decimal text like 49.99";
    case PLAN_KIND_UNKNOWN:
    case PLAN_PLAY:
    case PLAN_PAUSE:
    case PLAN_RECORD:
    case PLAN_DIAL:
    case PLAN_LEAVE:
    case PLAN_SEND_DIGITS:
    case PLAN_REDIRECT:
    case PLAN_HANGUP:
    case PLAN_REJECT:
    case PLAN_START_RECORDING:
    case PLAN_STOP_RECORDING:
    case PLAN_STOP_STREAM:
    case PLAN_RELAY:
    case PLAN_AI:
    case PLAN_REFER:
    case PLAN_TRANSCRIBE:
    case PLAN_STOP_TRANSCRIBE:
    case PLAN_RAW:
    case PLAN_KIND_COUNT:
        break;
    }
    return NULL;
}

static enum error_code check_step(const struct plan_step *s, const struct plan_path *at,
                                  struct error *err) {
    if (s->kind <= PLAN_KIND_UNKNOWN || s->kind >= PLAN_KIND_COUNT)
        return plan_path_error(err, ERR_INVALID, at, "not a known kind of step");
    const struct plan_shape *shape = &plan_shapes[s->kind];
    const struct plan_path here = {.up = at, .name = shape->name};
    enum error_code rc = check_fields(shape, &s->u, &here, err);
    if (rc != ERR_OK)
        return rc;
    const char *wrong = check_together(s);
    return wrong ? plan_path_error(err, ERR_INVALID, &here, "%s", wrong) : ERR_OK;
}

enum error_code plan_check(const struct plan *p, struct error *err) {
    enum error_code rc = ERR_OK;
    size_t total = p->count;
    for (size_t i = 0; i < p->count && rc == ERR_OK; i++) {
        const struct plan_path at = {.name = "steps", .index = i, .indexed = true};
        rc = check_step(&p->steps[i], &at, err);
        if (p->steps[i].kind == PLAN_GATHER)
            total += p->steps[i].u.gather.prompt_count;
        for (size_t j = 0; p->steps[i].kind == PLAN_PAY && j < p->steps[i].u.pay.prompt_count; j++)
            total += p->steps[i].u.pay.prompts[j].prompt_count;
    }
    if (rc == ERR_OK && total > PLAN_STEPS_MAX)
        return error_field(err, ERR_LIMIT, "steps", "%zu steps are too many, at most %d fit", total,
                           PLAN_STEPS_MAX);
    return rc;
}
