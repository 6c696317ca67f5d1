#include "tests/support/plan_random.h"

#include <string.h>

#include "core/base/compiler.h"
#include "core/domain/plan_fields.h"

static uint64_t next(struct plan_random *r) { /* splitmix64 */
    uint64_t z = r->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint32_t plan_random_below(struct plan_random *r, uint32_t limit) {
    return (uint32_t)(next(r) % limit);
}

static bool chance(struct plan_random *r, uint32_t one_in) {
    return plan_random_below(r, one_in) == 0;
}

struct plan_random plan_random_from(uint64_t seed) {
    uint32_t all =
        (BIT(PLAN_KIND_COUNT) - 1) & ~BIT(PLAN_KIND_UNKNOWN) & ~BIT(PLAN_AI) & ~BIT(PLAN_RAW);
    return (struct plan_random){.state = seed, .kinds = all};
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Members whose values every dialect has to know. */
static const struct {
    const char *member;
    const char *const values[5];
} known[] = {
    {"language", {"en-US", "de-DE", "fr-FR", "es-ES"}},
    {"ssml",
     {"Now <break time=\"1s\"/> go", "<emphasis level=\"strong\">A &amp; B &lt; C</emphasis>",
      "<say-as interpret-as=\"digits\">123</say-as>", "<p><s>One.</s> <s>Two \"2\".</s></p>"}},
    {"ring_tone", {"us", "de"}},
    {"status_events", {"completed"}},
    {"tts_provider", {"Google", "Amazon"}},
    {"transcription_provider", {"Google", "Deepgram"}},
    {"stage", {"payment-card-number", "expiration-date", "security-code", "postal-code"}},
    {"errors", {"timeout", "invalid-card-number invalid-date"}},
    {"card_types", {"visa", "visa mastercard amex"}},
    {"attempts", {"1", "2 3"}},
    {"amount", {"0.99", "49.99", "120", "1000.5"}},
    {"currency", {"usd", "eur"}},
    {"postal_code", {"true", "false", "94105"}},
    {"speech_model", {"default", "phone_call"}},
    {"uri", {"sip:a@b.example", "sip:+12025550100@c.example;transport=tls"}},
    {"caller_id", {"+12025550199", "client:joe"}},
};

/* The ends are not white space, which carries no meaning in documents. */
static const char *const pieces[] = {"a",
                                     "Z",
                                     "7",
                                     " ",
                                     "  ",
                                     "&",
                                     "<",
                                     ">",
                                     "\"",
                                     "'",
                                     "]]>",
                                     "<!--",
                                     "\n",
                                     "\t",
                                     "\r",
                                     "\xC3\xA9",
                                     "%",
                                     "\xE6\x97\xA5",
                                     "\xF0\x9F\x93\x9E",
                                     "&amp;",
                                     "</Say>",
                                     "\\",
                                     "\x7F",
                                     "\xEF\xBF\xBD",
                                     "{\"k\":1}"};

static struct str random_text(struct plan_random *r, struct plan *p, size_t max) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(max > 2 ? max - 1 : 1);
    buf_putc(&b, 'x');
    for (uint32_t n = plan_random_below(r, 24); n > 0 && b.len + 16 < b.max; n--)
        buf_puts(&b, pieces[plan_random_below(r, ARRAY_LEN(pieces))]);
    if (max > 2)
        buf_putc(&b, 'y');
    return arena_copy(&p->arena, buf_str(&b));
}

static struct str random_from(struct plan_random *r, struct plan *p, const char *chars,
                              size_t max) {
    char text[8];
    size_t len = 1 + plan_random_below(r, max < sizeof text ? (uint32_t)max : sizeof text);
    for (size_t i = 0; i < len; i++)
        text[i] = chars[plan_random_below(r, (uint32_t)strlen(chars))];
    return arena_copy(&p->arena, str_from(text, len));
}

static size_t list_len(const char *const *list, size_t most) {
    size_t n = 0;
    while (n < most && list[n])
        n++;
    return n;
}

static struct str random_str(struct plan_random *r, struct plan *p, const struct plan_field *f) {
    if (f->words)
        return str_z(f->words[plan_random_below(r, (uint32_t)list_len(f->words, 32))]);
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(known[i].member, f->name) == 0)
            return str_z(known[i].values[plan_random_below(
                r, (uint32_t)list_len(known[i].values, ARRAY_LEN(known[i].values)))]);
    if (f->chars)
        return random_from(r, p, f->chars, (size_t)f->max);
    return random_text(r, p, (size_t)f->max);
}

static struct str random_url(struct plan_random *r, struct plan *p, const char *scheme) {
    return arena_printf(&p->arena, "%s://h%u.example/p?a=1&b='%u'", scheme,
                        (unsigned)plan_random_below(r, 9), (unsigned)plan_random_below(r, 1000));
}

static struct plan_link random_link(struct plan_random *r, struct plan *p) {
    return (struct plan_link){
        .url = random_url(r, p, chance(r, 2) ? "https" : "http"),
        .method = (enum plan_method)plan_random_below(r, PLAN_METHOD_GET + 1),
    };
}

/* Ranges that every dialect has. */
static uint32_t random_u32(struct plan_random *r, const struct plan_field *f) {
    uint32_t low = 5, high = 600;
    if (strcmp(f->name, "attempts_max") == 0)
        low = 1, high = 3;
    else if (strcmp(f->name, "participants_max") == 0)
        low = 2, high = 250;
    else if (strcmp(f->name, "postal_code_min") == 0)
        low = 1, high = 9;
    return low + plan_random_below(r, high - low + 1);
}

/* ---- structs --------------------------------------------------------------------------------- */

static void fill(struct plan_random *r, struct plan *p, const struct plan_shape *shape, void *base);

static enum plan_kind prompt_kind(struct plan_random *r) {
    static const enum plan_kind kinds[] = {PLAN_SAY, PLAN_PLAY, PLAN_PAUSE};
    return kinds[plan_random_below(r, ARRAY_LEN(kinds))];
}

static void settle(struct plan_random *r, struct plan *p, struct plan_step *s);

static void fill_gather_prompts(struct plan_random *r, struct plan *p, struct plan_gather *g) {
    for (uint32_t n = plan_random_below(r, 4); n > 0; n--) {
        struct plan_step *s = plan_add_prompt(p, g, prompt_kind(r));
        fill(r, p, &plan_shapes[s->kind], &s->u);
        settle(r, p, s);
    }
}

static void fill_pay_prompts(struct plan_random *r, struct plan *p, struct plan_pay *pay) {
    for (uint32_t n = plan_random_below(r, 3); n > 0; n--) {
        struct plan_pay_prompt *at = plan_add_pay_prompt(p, pay);
        fill(r, p, &plan_pay_prompt_shape, at);
        for (uint32_t m = plan_random_below(r, 3); m > 0; m--) {
            struct plan_step *s = plan_add_pay_step(p, at, prompt_kind(r));
            fill(r, p, &plan_shapes[s->kind], &s->u);
            settle(r, p, s);
        }
    }
}

static struct str random_target(struct plan_random *r, struct plan *p, enum plan_noun_kind kind) {
    unsigned n = (unsigned)plan_random_below(r, 100);
    if (kind == PLAN_NOUN_NUMBER)
        return arena_printf(&p->arena, "+120255501%02u", n);
    if (kind == PLAN_NOUN_SIP)
        return arena_printf(&p->arena, "sip:u%u@pbx.example", n);
    return random_text(r, p, 60);
}

static void fill_nouns(struct plan_random *r, struct plan *p, struct plan_dial *d) {
    enum plan_noun_kind kind = 1 + plan_random_below(r, PLAN_NOUN_KIND_COUNT - 1);
    bool alone = kind == PLAN_NOUN_CONFERENCE || kind == PLAN_NOUN_QUEUE;
    for (uint32_t n = alone ? 1 : 1 + plan_random_below(r, PLAN_NOUNS_MAX); n > 0; n--) {
        struct plan_noun *noun = plan_add_noun(p, d, kind);
        for (size_t i = 0; i < plan_noun_shape.count; i++) {
            struct plan_field only = plan_noun_shape.fields[i];
            const struct plan_shape one = {.fields = &only, .count = 1};
            if (only.type != PLAN_FIELD_ENUM && (only.nouns == 0 || (only.nouns & BIT(kind))))
                fill(r, p, &one, noun);
        }
        noun->target = random_target(r, p, kind);
        if (kind == PLAN_NOUN_CONFERENCE && noun->status_events.len > 0)
            noun->status_events = STR("start end");
        kind = alone ? kind : 1 + plan_random_below(r, PLAN_NOUN_CLIENT);
    }
}

static void fill_params(struct plan_random *r, struct plan *p, const struct plan_field *f,
                        void *base) {
    for (uint32_t i = 0, n = plan_random_below(r, 4); i < n; i++) {
        bool added =
            plan_add_param(p, (struct plan_param **)plan_field_at(f, base),
                           (size_t *)(void *)((char *)base + f->count_offset),
                           arena_printf(&p->arena, "k%u<&>", (unsigned)i), random_text(r, p, 60));
        if (!added)
            return;
    }
}

static void fill_field(struct plan_random *r, struct plan *p, const struct plan_field *f,
                       void *base) {
    void *to = plan_field_at(f, base);
    switch (f->type) {
    case PLAN_FIELD_STR:
        *(struct str *)to = random_str(r, p, f);
        break;
    case PLAN_FIELD_HTTP_URL:
        *(struct str *)to = random_url(r, p, "https");
        break;
    case PLAN_FIELD_WS_URL:
        *(struct str *)to = random_url(r, p, "wss");
        break;
    case PLAN_FIELD_JSON:
        *(struct str *)to = STR("{\"name\":\"agent\"}");
        break;
    case PLAN_FIELD_FINISH_KEY:
        ((struct plan_gather *)base)->has_finish_key = true;
        if (chance(r, 2))
            *(struct str *)to = random_from(r, p, f->chars, 1);
        break;
    case PLAN_FIELD_LINK:
        *(struct plan_link *)to = random_link(r, p);
        break;
    case PLAN_FIELD_U32:
        *(uint32_t *)to = random_u32(r, f);
        break;
    case PLAN_FIELD_I32:
        *(int32_t *)to = (int32_t)plan_random_below(r, 5) - 1;
        break;
    case PLAN_FIELD_BOOL:
        *(bool *)to = true;
        break;
    case PLAN_FIELD_TRISTATE:
        *(enum plan_tristate *)to = (enum plan_tristate)(1 + plan_random_below(r, 2));
        break;
    case PLAN_FIELD_ENUM:
        *(uint32_t *)to = 1 + plan_random_below(r, (uint32_t)list_len(f->words, 32));
        break;
    case PLAN_FIELD_SET:
        *(uint32_t *)to = 1 + plan_random_below(r, BIT(list_len(f->words, 8)) - 1);
        break;
    case PLAN_FIELD_PARAMS:
        fill_params(r, p, f, base);
        break;
    case PLAN_FIELD_NOUNS:
        fill_nouns(r, p, base);
        break;
    case PLAN_FIELD_PROMPTS:
    case PLAN_FIELD_PAY_PROMPTS: /* by settle(), once the step has its place */
    case PLAN_FIELD_UNKNOWN:
    case PLAN_FIELD_TYPE_COUNT:
        break;
    }
}

static void fill(struct plan_random *r, struct plan *p, const struct plan_shape *shape,
                 void *base) {
    for (size_t i = 0; i < shape->count; i++)
        if (shape->fields[i].required || chance(r, 2))
            fill_field(r, p, &shape->fields[i], base);
}

/* What members owe each other. */
static void settle(struct plan_random *r, struct plan *p, struct plan_step *s) {
    if (s->kind == PLAN_SAY && chance(r, 3))
        s->u.say.text = (struct str){0};
    else if (s->kind == PLAN_SAY)
        s->u.say.ssml = (struct str){0};
    if (s->kind == PLAN_SAY && s->u.say.text.len + s->u.say.ssml.len == 0)
        s->u.say.text = random_text(r, p, 400);
    if (s->kind == PLAN_GATHER && s->u.gather.speech_timeout_auto)
        s->u.gather.speech_timeout_s = 0;
    if (s->kind == PLAN_GATHER)
        fill_gather_prompts(r, p, &s->u.gather);
    if (s->kind == PLAN_PAY)
        fill_pay_prompts(r, p, &s->u.pay);
    if (s->kind == PLAN_STREAM && !s->u.stream.bidirectional)
        s->u.stream.action = (struct plan_link){0};
    if (s->kind == PLAN_ENQUEUE && s->u.enqueue.queue.len + s->u.enqueue.workflow.len == 0)
        s->u.enqueue.queue = STR("support");
}

void plan_random_make(struct plan_random *r, struct plan *out) {
    for (uint32_t n = plan_random_below(r, 9); n > 0;) {
        enum plan_kind kind = 1 + plan_random_below(r, PLAN_KIND_COUNT - 1);
        if (!(r->kinds & BIT(kind)))
            continue;
        struct plan_step *s = plan_add(out, kind);
        fill(r, out, &plan_shapes[kind], &s->u);
        settle(r, out, s);
        n--;
    }
}
