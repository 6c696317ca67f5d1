#include "providers/mock/carrier/signalwire/ai_state.h"

/*
 * What stands for the language model: fixed rules. Texts come from the document and the callee, so
 * that whoever wrote both can tell beforehand what happens.
 */
enum {
    KEYWORD_MIN = 5,   /* letters: shorter words say little */
    QUESTIONS_MAX = 6, /* about one function */
};

static struct agent *agent_of(struct leg *l) {
    return swml_script(l)->agent;
}

/* ---- topics -----------------------------------------------------------------------------------
 */

/** heard: in the callee's words; named: in a function's name or description. */
static const struct {
    struct str heard, named;
    bool urgent;   /* comes before what the agent has just asked */
    bool no_offer; /* not brought up by the agent */
} topics[AGENT_TOPIC_COUNT] = {
    [AGENT_TOPIC_HUMAN] = {STR_INIT("human|real person|representative|operator|transfer me|"
                                    "someone else|supervisor|live agent"),
                           STR_INIT("human|transfer|representative|operator|specialist|escalate|"
                                    "live_agent|live agent"),
                           true, true},
    [AGENT_TOPIC_OPT_OUT] = {STR_INIT("not call me|stop calling|remove me|take me off|"
                                      "no more calls|unsubscribe"),
                             STR_INIT("do_not_call|do not call|not be called|dnc|opt_out|opt out|"
                                      "stop calling|suppress"),
                             true, true},
    [AGENT_TOPIC_GOODBYE] = {STR_INIT("goodbye|bye"),
                             STR_INIT("end_call|end the call|hang_up|hangup|hang up|goodbye"),
                             false, true},
    [AGENT_TOPIC_CONSENT] = {STR_INIT("record"), STR_INIT("consent|recording"), false, false},
    [AGENT_TOPIC_PAYMENT] = {STR_INIT("to pay|pay now|pay by|payment"),
                             STR_INIT("payment|charge|pay_"), false, false},
    [AGENT_TOPIC_APPOINTMENT] = {STR_INIT("appointment|reservation|book"),
                                 STR_INIT("appointment|reservation|booking|schedule"), false,
                                 false},
};

enum agent_topic agent_topic_of(struct str name, struct str description) {
    struct str texts[] = {name, description};
    for (size_t t = 0; t < ARRAY_LEN(texts); t++)
        for (int i = AGENT_TOPIC_NONE + 1; i < AGENT_TOPIC_COUNT; i++)
            if (callee_mentions(texts[t], topics[i].named))
                return (enum agent_topic)i;
    return AGENT_TOPIC_NONE;
}

/* ---- words ------------------------------------------------------------------------------------
 */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'';
}

static bool next_word(struct str *text, struct str *word) {
    size_t i = 0, n;
    while (i < text->len && !is_letter(text->ptr[i]))
        i++;
    for (n = i; n < text->len && is_letter(text->ptr[n]);)
        n++;
    *word = str_from(text->ptr + i, n - i);
    *text = str_from_index(*text, n);
    return word->len > 0;
}

bool agent_says_no(struct str said) {
    static const char *const noes[] = {"no", "not", "don't", "never", "nope"};
    struct str word;
    while (next_word(&said, &word))
        for (size_t i = 0; i < ARRAY_LEN(noes); i++)
            if (str_eq_nocase(word, str_z(noes[i])))
                return true;
    return false;
}

/** How many longer words of the text the callee used. */
static size_t shared_words(struct str text, struct str said) {
    size_t n = 0;
    struct str word;
    while (next_word(&text, &word))
        n += word.len >= KEYWORD_MIN && callee_mentions(said, word);
    return n;
}

/** "15000" of "I owe $15,000 in tax"; false when there is no number. */
static bool find_number(struct str text, struct buf *out) {
    size_t i = 0;
    while (i < text.len && !(text.ptr[i] >= '0' && text.ptr[i] <= '9'))
        i++;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        bool digit = c >= '0' && c <= '9';
        bool point =
            c == '.' && i + 1 < text.len && text.ptr[i + 1] >= '0' && text.ptr[i + 1] <= '9';
        if (!digit && !point && c != ',')
            break;
        if (c != ',')
            buf_putc(out, c);
    }
    return out->len > 0;
}

/* ---- arguments --------------------------------------------------------------------------------
 */

static const struct json *properties(const struct agent_function *f) {
    const struct json *p = json_get(f->json, "parameters");
    if (!p)
        p = json_get(f->json, "argument");
    return json_get(p, "properties");
}

static bool is_required(const struct agent_function *f, struct str name) {
    const struct json *p = json_get(f->json, "parameters");
    for (const struct json *r = json_first(json_get(p, "required")); r; r = json_next(r))
        if (str_eq(json_str(r), name))
            return true;
    return false;
}

static struct str type_of(const struct json *property) {
    const struct json *type = json_get(property, "type");
    return json_str(json_type(type) == JSON_ARRAY ? json_first(type) : type);
}

static bool has_word(const struct json *list, const char *word) {
    for (const struct json *i = json_first(list); i; i = json_next(i))
        if (str_eq_nocase(json_str(i), str_z(word)))
            return true;
    return false;
}

static bool is_yes_or_no(const struct json *property) {
    const struct json *words = json_get(property, "enum");
    return str_eq_z(type_of(property), "boolean") ||
           (has_word(words, "yes") && has_word(words, "no"));
}

/** '49.99' of "Amount to charge (e.g., '49.99')". */
static struct str example_of(struct str description) {
    for (size_t i = 0; i < description.len; i++) {
        char quote = description.ptr[i];
        if (quote != '\'' && quote != '"')
            continue;
        if (i > 0 && is_letter(description.ptr[i - 1]))
            continue; /* an apostrophe */
        struct str rest = str_from_index(description, i + 1);
        size_t end = str_find(rest, quote);
        return end < rest.len ? str_from(rest.ptr, end) : (struct str){0};
    }
    return (struct str){0};
}

static struct swml_value choose_word(const struct json *words, struct str said) {
    const struct json *first = json_first(words);
    if (has_word(words, "yes") && has_word(words, "no"))
        return swml_text(agent_says_no(said) ? STR("no") : STR("yes"));
    for (const struct json *i = first; i; i = json_next(i))
        if (callee_mentions(said, json_str(i)))
            return swml_value_from_json(i);
    return swml_value_from_json(first);
}

/** The part of a sentence that the callee knows as a fact: the name in "My name is John Doe". */
static struct str find_fact(const struct leg *l, struct str about, struct str said) {
    struct str found = {0};
    for (size_t i = 0; i < l->callee->fact_count; i++) {
        const struct callee_fact *f = &l->callee->facts[i];
        if (f->value.len == 0 || !callee_mentions(said, f->value))
            continue;
        if (callee_mentions(about, f->name))
            return f->value;
        if (found.len == 0)
            found = f->value;
    }
    return found;
}

static struct swml_value number_for(const struct json *property, struct str said, bool as_text) {
    struct buf digits = BUF_INIT(64);
    struct str example = example_of(json_str(json_get(property, "description")));
    if (!find_number(said, &digits) && !find_number(example, &digits))
        buf_puts(&digits, "1");
    struct swml_value text = swml_text(buf_str(&digits));
    buf_release(&digits);
    if (as_text)
        return text;
    struct swml_value n = swml_number(swml_value_to_number(&text));
    swml_value_release(&text);
    return n;
}

static struct swml_value value_for(const struct leg *l, const struct json *property,
                                   struct str said) {
    struct str type = type_of(property), description = json_str(json_get(property, "description"));
    struct str example = example_of(description);
    struct buf digits = BUF_INIT(64);
    bool example_is_number =
        example.len > 0 && find_number(example, &digits) && example.ptr[0] <= '9';
    buf_release(&digits);
    if (json_get(property, "enum"))
        return choose_word(json_get(property, "enum"), said);
    if (str_eq_z(type, "boolean"))
        return swml_bool(!agent_says_no(said));
    if (str_eq_z(type, "number") || str_eq_z(type, "integer"))
        return number_for(property, said, false);
    if (example_is_number)
        return number_for(property, said, true);
    struct str fact = find_fact(l, json_name(property), said);
    struct swml_value text = swml_text(fact.len > 0 ? fact : str_trim(said));
    if (!str_eq_z(type, "array"))
        return text;
    struct swml_value list = swml_array();
    swml_value_push(&list, text);
    return list;
}

struct swml_value agent_argument(struct leg *l, const struct agent_function *f, struct str said) {
    const struct agent *a = agent_of(l);
    struct swml_value out = swml_object();
    for (const struct json *p = json_first(properties(f)); p; p = json_next(p)) {
        const struct swml_value *answer = swml_value_get(&a->answers, json_name(p));
        const struct json *fallback = json_get(p, "default");
        if (answer && a->asked == f)
            swml_value_set(&out, json_name(p), swml_value_copy(answer));
        else if (is_required(f, json_name(p)))
            swml_value_set(&out, json_name(p), value_for(l, p, said));
        else if (fallback)
            swml_value_set(&out, json_name(p), swml_value_from_json(fallback));
    }
    return out;
}

/* ---- questions --------------------------------------------------------------------------------
 */

/** The next required parameter that the callee has not been asked about. */
static const struct json *next_open(const struct agent *a, const struct agent_function *f) {
    for (const struct json *p = json_first(properties(f)); p; p = json_next(p))
        if (is_required(f, json_name(p)) && !swml_value_get(&a->answers, json_name(p)) &&
            a->answers.count < QUESTIONS_MAX)
            return p;
    return NULL;
}

/** A sentence without its end and its brackets, ready for another end. */
static void put_sentence(struct buf *out, struct str text) {
    size_t open = str_find(text, '(');
    text = str_trim(str_from(text.ptr, open));
    while (text.len > 0 && memchr(".?!:;,", text.ptr[text.len - 1], 6))
        text.len--;
    buf_put_str(out, text);
}

static void put_question(struct agent *a, struct buf *out, bool first) {
    const struct agent_function *f = a->asked;
    const struct json *property = a->asked_for;
    struct str about = json_str(json_get(property, "description"));
    if (out->len > 0)
        buf_putc(out, ' ');
    size_t start = out->len;
    if (first || !property) {
        put_sentence(out, f->description.len ? f->description : f->name);
        buf_puts(out, property ? ". " : ". Shall I do that now");
    }
    if (property)
        put_sentence(out, about.len ? about : json_name(property));
    buf_putc(out, '?');
    buf_clear(&a->question);
    buf_put_str(&a->question, str_from_index(buf_str(out), start));
}

static bool is_free(const struct agent *a, const struct agent_function *f) {
    return !f->done && !f->hook && f->uses != 0 && agent_step_allows(a, f);
}

static bool offer_function(struct agent *a, struct buf *out) {
    for (size_t i = 0; i < a->function_count; i++) {
        struct agent_function *f = &a->functions[i];
        if (!is_free(a, f) || !agent_step_offers(a, f) || topics[f->topic].no_offer)
            continue;
        swml_value_release(&a->answers);
        a->answers = swml_object();
        a->asked = f;
        a->asked_for = next_open(a, f);
        put_question(a, out, true);
        return true;
    }
    return false;
}

static bool ask_for_step(struct agent *a, struct buf *out) {
    struct str text = agent_step_question(a);
    if (text.len == 0)
        return false;
    buf_puts(out, out->len > 0 ? " " : "");
    buf_clear(&a->question);
    put_sentence(&a->question, text);
    buf_putc(&a->question, '?');
    buf_put_str(out, buf_str(&a->question));
    return true;
}

bool agent_ask(struct leg *l, struct buf *out) {
    struct agent *a = agent_of(l);
    if (a->closing)
        return false;
    if (a->asked) {
        put_question(a, out, false);
        return true;
    }
    do
        if (offer_function(a, out) || ask_for_step(a, out))
            return true;
    while (agent_step_on(l));
    return false;
}

/* ---- choosing ---------------------------------------------------------------------------------
 */

/** The callee speaks of a topic that a function is there for. */
static struct agent_function *by_topic(struct agent *a, struct str said, bool urgent) {
    for (size_t i = 0; i < a->function_count; i++) {
        struct agent_function *f = &a->functions[i];
        if (is_free(a, f) && f->topic != AGENT_TOPIC_NONE && topics[f->topic].urgent == urgent &&
            callee_mentions(said, topics[f->topic].heard))
            return f;
    }
    return NULL;
}

static struct agent_function *by_words(struct agent *a, struct str said) {
    struct agent_function *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < a->function_count; i++) {
        struct agent_function *f = &a->functions[i];
        size_t n = 2 * shared_words(f->name, said) + shared_words(f->description, said);
        if (is_free(a, f) && n >= 2 && n > most) {
            best = f;
            most = n;
        }
    }
    return best;
}

/** Take the callee's words as the answer to the question; the function when that was the last. */
static struct agent_function *answered(struct leg *l, struct str said) {
    struct agent *a = agent_of(l);
    struct agent_function *f = a->asked;
    bool refused = agent_says_no(said) && !(a->asked_for && is_yes_or_no(a->asked_for));
    if (refused) {
        f->done = true;
        a->asked = NULL;
        return NULL;
    }
    if (!a->asked_for)
        return f;
    swml_value_set(&a->answers, json_name(a->asked_for), value_for(l, a->asked_for, said));
    a->asked_for = next_open(a, f);
    return a->asked_for ? NULL : f;
}

/** Nothing more is brought up after this one. */
static void drop_agenda(struct agent *a) {
    for (size_t i = 0; i < a->function_count; i++)
        a->functions[i].done = true;
    a->closing = true;
}

static struct agent_function *by_rules(struct leg *l, struct str said) {
    struct agent *a = agent_of(l);
    struct agent_function *f = by_topic(a, said, true);
    if (f) {
        drop_agenda(a);
        return f;
    }
    if (a->asked)
        return answered(l, said);
    f = by_topic(a, said, false);
    if (!f)
        f = by_words(a, said);
    for (size_t i = 0; !f && a->closing && i < a->function_count; i++)
        if (is_free(a, &a->functions[i]) && a->functions[i].topic == AGENT_TOPIC_GOODBYE)
            f = &a->functions[i];
    return f;
}

struct agent_function *agent_choose(struct carrier *c, struct leg *l, struct str said,
                                    struct swml_value *argument) {
    struct agent *a = agent_of(l);
    struct str named = l->step.reply.function;
    if (named.len > 0) {
        struct agent_function *f = agent_function_find(a, named);
        if (f && !f->hook && f->uses != 0 && agent_step_allows(a, f)) {
            *argument = swml_value_parse(l->step.reply.argument);
            return f;
        }
        log_warn(c->log, "carrier agent has no such function", LOG_Z("sid", l->sid),
                 LOG_STR("function", named));
    }
    struct agent_function *f = by_rules(l, said);
    if (f)
        *argument = agent_argument(l, f, said);
    return f;
}

/* ---- the first words --------------------------------------------------------------------------
 */

struct str agent_first_text(const struct json *prompt) {
    const struct json *section = json_first(json_get(prompt, "pom"));
    struct str text = json_str(json_get(prompt, "text"));
    if (text.len == 0)
        text = json_str(json_get(section, "body"));
    if (text.len == 0)
        text = json_str(json_first(json_get(section, "bullets")));
    text = str_trim(text);
    while (text.len > 0 && memchr("#*- ", text.ptr[0], 4))
        text = str_from_index(text, 1);
    return str_trim(str_from(text.ptr, str_find(text, '\n')));
}

void agent_greeting(struct carrier *c, struct leg *l, struct buf *out) {
    const struct agent *a = agent_of(l);
    struct str text = json_str(agent_param(a, "static_greeting"));
    struct swml_value more = swml_object();
    struct swml_names n;
    if (text.len == 0)
        text = agent_first_text(json_get(a->v, "prompt"));
    swml_value_set_text(&more, "call_direction", str_z(sw_direction_word(l)));
    swml_value_set_text(&more, "caller_id_name", str_z(l->from));
    swml_value_set_text(&more, "caller_id_number", str_z(l->from));
    swml_value_set(&more, STR("global_data"), swml_value_copy(&a->global_data));
    swml_names_init(c, l, &n);
    n.scope.more = &more;
    swml_expand_text(&n.scope, text, out);
    swml_names_release(&n);
    swml_value_release(&more);
}
