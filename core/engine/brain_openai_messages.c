#include "core/engine/brain_openai_messages.h"

#include "core/base/compiler.h"
#include "core/base/utf8.h"
#include "core/domain/assistant.h"
#include "core/domain/text.h"

enum {
    PROMPT_MAX = 131072,
    RESULT_MAX = 4096, /* of a function, as the model is told */
    CALL_ID_DIGITS = 5
};

/* ---- who the assistant is ---------------------------------------------------------------------
 */

/* What no definition has to say: how a phone call differs from a chat. */
static const struct str PHONE_RULES = STR_INIT(
    "# How to talk\n"
    "You are on a phone call, and what you write is read aloud. Answer in one or two short "
    "sentences of plain text, without lists, markdown, emoji or stage directions. Ask one question "
    "at a time. The caller's words come from speech recognition and may be wrong: when they make "
    "no sense, ask again. Text in square brackets tells what happened on the line; never write "
    "such text yourself.\n"
    "Do something only by calling a function, and say it is done only after the function's result. "
    "The call ends, and is handed to a person, only by a function. Never ask for a card number or "
    "a security code, and do not repeat one.\n");

static struct str value_of(void *ctx, struct str name) {
    const struct brain_input *in = ctx;
    for (size_t i = 0; i < in->value_count; i++)
        if (str_eq(in->values[i].name, name))
            return in->values[i].value;
    const struct assistant_variable *v = assistant_find_variable(in->assistant, name);
    return v ? v->value : (struct str){0};
}

static void put_text(struct buf *b, const struct brain_input *in, struct str text) {
    union {
        const struct brain_input *in;
        void *ctx;
    } lookup = {.in = in}; /* value_of() only reads it */
    text_expand(b, text, value_of, lookup.ctx);
}

static void put_section(struct buf *b, const struct brain_input *in,
                        const struct assistant_section *s, unsigned depth, size_t number) {
    if (s->title.len > 0) {
        for (unsigned i = 0; i < depth; i++)
            buf_putc(b, '#');
        buf_putc(b, ' ');
        if (s->numbered)
            buf_printf(b, "%zu. ", number);
        put_text(b, in, s->title);
        buf_putc(b, '\n');
    }
    if (s->body.len > 0) {
        put_text(b, in, s->body);
        buf_putc(b, '\n');
    }
    for (size_t i = 0; i < s->bullet_count; i++) {
        if (s->numbered_bullets)
            buf_printf(b, "%zu. ", i + 1);
        else
            buf_puts(b, "- ");
        put_text(b, in, s->bullets[i]);
        buf_putc(b, '\n');
    }
    for (size_t i = 0; i < s->subsection_count; i++)
        put_section(b, in, &s->subsections[i], depth + 1, i + 1);
    if (depth == 1)
        buf_putc(b, '\n');
}

/** Where the conversation stands, when the definition has contexts. */
static void put_context(struct buf *b, const struct openai_request *r) {
    const struct brain_input *in = r->in;
    const struct assistant_context *c = r->place->context;
    const struct assistant_step *s = r->place->step;
    if (!c)
        return;
    if (c->text.len > 0) {
        put_text(b, in, c->text);
        buf_puts(b, "\n\n");
    }
    if (!s)
        return;
    buf_puts(b, "# What to do now\n");
    put_text(b, in, s->text);
    buf_putc(b, '\n');
    if (s->criteria.len > 0) {
        buf_puts(b, "This is done when: ");
        put_text(b, in, s->criteria);
        buf_putc(b, '\n');
    }
    buf_putc(b, '\n');
}

static void put_facts(struct buf *b, const struct openai_request *r) {
    const struct brain_input *in = r->in;
    const struct assistant_language *l = r->place->language;
    buf_puts(b, "# This call\n");
    put_text(b, in, STR("It is ${date}, ${time} UTC. The other party's number is ${caller_id}.\n"));
    buf_printf(b, "Speak the language " STR_FMT ".\n", STR_ARG(l->code));
    if (in->data_json.len > 2)
        buf_printf(b, "Known so far, as JSON: " STR_FMT "\n", STR_ARG(in->data_json));
}

/* What stays the same comes first: servers keep what they computed of a common beginning. */
static void put_prompt(struct buf *b, const struct openai_request *r) {
    const struct brain_input *in = r->in;
    const struct assistant_prompt *p = &in->assistant->prompt;
    for (size_t i = 0; i < p->section_count; i++)
        put_section(b, in, &p->sections[i], 1, i + 1);
    buf_put_str(b, PHONE_RULES);
    buf_putc(b, '\n');
    put_context(b, r);
    put_facts(b, r);
}

/* ---- messages ---------------------------------------------------------------------------------
 */

/** The messages while they are written: words of one side are collected until the other's come. */
struct talk {
    struct json_writer *w;
    struct buf words;
    bool user; /* whose words are collected */
};

static void put_message(struct json_writer *w, const char *role, struct str content) {
    json_begin_object(w);
    json_kv_z(w, "role", role);
    json_kv_string(w, "content", content);
    json_end_object(w);
}

static void flush(struct talk *t) {
    if (t->words.len > 0)
        put_message(t->w, t->user ? "user" : "assistant", buf_str(&t->words));
    buf_clear(&t->words);
}

static void add_words(struct talk *t, bool user, struct str words) {
    if (t->words.len > 0 && t->user != user)
        flush(t);
    if (words.len == 0)
        return;
    if (t->words.len > 0)
        buf_putc(&t->words, '\n');
    t->user = user;
    buf_put_str(&t->words, words);
}

static void put_call(struct json_writer *w, struct str id, struct str name, struct str arguments,
                     struct str extra) {
    json_begin_object(w);
    json_kv_string(w, "id", id);
    json_kv_z(w, "type", "function");
    json_key(w, "function");
    json_begin_object(w);
    json_kv_string(w, "name", name);
    json_kv_string(w, "arguments", arguments.len > 0 ? arguments : STR("{}"));
    json_end_object(w);
    if (extra.len > 0) {
        json_key(w, "extra_content");
        json_put_raw(w, extra);
    }
    json_end_object(w);
}

static void put_result(struct json_writer *w, struct str id, struct str result) {
    if (result.len > RESULT_MAX)
        result.len = utf8_cut(result.ptr, RESULT_MAX);
    json_begin_object(w);
    json_kv_z(w, "role", "tool");
    json_kv_string(w, "tool_call_id", id);
    json_kv_string(w, "content", result.len > 0 ? result : STR("{\"status\":\"ok\"}"));
    json_end_object(w);
}

static void begin_calls(struct json_writer *w, struct str text) {
    json_begin_object(w);
    json_kv_z(w, "role", "assistant");
    json_key(w, "content");
    if (text.len > 0)
        json_put_string(w, text);
    else
        json_put_null(w);
    json_key(w, "tool_calls");
    json_begin_array(w);
}

static void end_calls(struct json_writer *w) {
    json_end_array(w);
    json_end_object(w);
}

/* ---- what was said ----------------------------------------------------------------------------
 */

/** A function line of the transcript, as the call and the result that it was. */
static void put_function_line(struct talk *t, const struct openai_state *state, struct str line,
                              uint32_t number) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json_parse(line, NULL, &doc, NULL) != ERR_OK)
        return;
    const struct json *v = json_root(doc), *arguments = json_get(v, "arguments");
    struct str name = json_str(json_get(v, "name")), text = {0};
    if (t->words.len > 0 && t->user)
        flush(t);
    text = buf_str(&t->words); /* what the assistant said before, in the same message */
    struct buf given = BUF_INIT(OPENAI_ARGUMENTS_MAX * 2), id = BUF_INIT(32),
               result = BUF_INIT(RESULT_MAX * 2);
    if (json_type(arguments) == JSON_OBJECT)
        json_put_value(&given, arguments);
    /* nine letters and digits: there are servers that take nothing else */
    buf_printf(&id, "call%0*u", CALL_ID_DIGITS, number % 100000);
    if (json_get(v, "error"))
        buf_puts(&result, "error: ");
    buf_put_str(&result, json_str(json_get(v, json_get(v, "error") ? "error" : "result")));
    begin_calls(t->w, text);
    put_call(t->w, buf_str(&id), name, buf_failed(&given) ? STR("{}") : buf_str(&given),
             openai_state_extra(state, number, name));
    end_calls(t->w);
    put_result(t->w, buf_str(&id), buf_str(&result));
    buf_clear(&t->words);
    buf_release(&given);
    buf_release(&id);
    buf_release(&result);
}

uint32_t openai_function_lines(const struct brain_input *in) {
    uint32_t n = 0;
    for (size_t i = 0; i < in->line_count; i++)
        n += in->lines[i].role == TURN_FUNCTION;
    return n;
}

/** The first line that is told: the newest ones that fit, since the context was entered. */
static size_t first_line(const struct openai_request *r) {
    size_t bytes = 0, i = r->in->line_count;
    size_t begin = r->state ? r->state->first_line : 0;
    while (i > begin && bytes + r->in->lines[i - 1].text.len <= r->history_max)
        bytes += r->in->lines[--i].text.len;
    return i;
}

static void put_lines(struct talk *t, const struct openai_request *r) {
    const struct brain_input *in = r->in;
    size_t first = first_line(r);
    uint32_t functions = 0;
    bool silent = true; /* the assistant is about to say something that nobody asked for */
    if (first > 0)
        add_words(t, true, STR("[What was said before is left out.]"));
    else if (in->line_count > 0 && in->lines[0].role != TURN_CALLER)
        add_words(t, true, STR("[The call is answered.]"));
    for (size_t i = 0; i < in->line_count; i++) {
        const struct brain_line *l = &in->lines[i];
        uint32_t number = functions;
        functions += l->role == TURN_FUNCTION;
        if (i < first)
            continue;
        switch (l->role) {
        case TURN_CALLER:
            add_words(t, true, l->text);
            silent = false;
            break;
        case TURN_ASSISTANT:
            if (silent && i > first)
                add_words(t, true, STR("[The caller says nothing.]"));
            add_words(t, false, l->text);
            silent = true;
            break;
        case TURN_FUNCTION:
            if (silent && i > first)
                add_words(t, true, STR("[The caller says nothing.]"));
            put_function_line(t, r->state, l->text, number);
            silent = false;
            break;
        case TURN_NONE:
        case TURN_ROLE_COUNT:
            break;
        }
    }
}

/* ---- what happened now ------------------------------------------------------------------------
 */

static struct str heard(const struct brain_input *in) {
    if (in->digits.len == 0)
        return in->speech;
    return in->speech.len == 0 ? arena_printf(in->arena, "[keys " STR_FMT "]", STR_ARG(in->digits))
                               : arena_printf(in->arena, STR_FMT " [keys " STR_FMT "]",
                                              STR_ARG(in->speech), STR_ARG(in->digits));
}

static struct str happened(const struct brain_input *in) {
    switch (in->event) {
    case BRAIN_BEGIN:
        return in->line_count == 0 ? STR("[The call is answered. Begin.]")
                                   : STR("[Go on with what the call is for.]");
    case BRAIN_HEARD:
        return heard(in);
    case BRAIN_SILENT:
        return STR("[The caller says nothing. Ask whether they are still there.]");
    case BRAIN_REPEAT:
        return STR("[The caller asks you to say the last thing again.]");
    case BRAIN_HUMAN:
        return STR("[The caller wants to speak to a person. Call the function for that, or say "
                   "that nobody is there now.]");
    case BRAIN_RESULT:
        return arena_printf(in->arena, "[" STR_FMT "]",
                            STR_ARG(in->note.len > 0 ? in->note : in->result));
    case BRAIN_NONE:
    case BRAIN_EVENT_COUNT:
        break;
    }
    return (struct str){0};
}

static void put_round(struct json_writer *w, const struct openai_round *round) {
    begin_calls(w, round->text);
    for (size_t i = 0; i < round->call_count; i++)
        put_call(w, round->calls[i].id, round->calls[i].name, round->calls[i].arguments,
                 round->calls[i].extra);
    end_calls(w);
    for (size_t i = 0; i < round->call_count; i++)
        put_result(w, round->calls[i].id, round->calls[i].result);
}

void openai_put_messages(struct json_writer *w, const struct openai_request *r) {
    struct talk t = {.w = w, .words = BUF_INIT(PROMPT_MAX)};
    struct buf prompt = BUF_INIT(PROMPT_MAX);
    put_prompt(&prompt, r);
    put_message(w, "system", buf_str(&prompt));
    put_lines(&t, r);
    add_words(&t, true, happened(r->in));
    flush(&t);
    for (size_t i = 0; i < r->round_count; i++)
        put_round(w, &r->rounds[i]);
    buf_release(&prompt);
    buf_release(&t.words);
}

/* ---- when it is over --------------------------------------------------------------------------
 */

static void put_transcript(struct buf *b, const struct openai_request *r) {
    static const char *const names[TURN_ROLE_COUNT] = {
        [TURN_CALLER] = "Caller", [TURN_ASSISTANT] = "Assistant", [TURN_FUNCTION] = "Function"};
    const struct brain_input *in = r->in;
    buf_puts(b, "[The call is over. This is what was said.]\n");
    for (size_t i = first_line(r); i < in->line_count; i++)
        if (names[in->lines[i].role])
            buf_printf(b, "%s: " STR_FMT "\n", names[in->lines[i].role],
                       STR_ARG(in->lines[i].text));
}

void openai_put_summary_messages(struct json_writer *w, const struct openai_request *r) {
    struct buf prompt = BUF_INIT(PROMPT_MAX), said = BUF_INIT(PROMPT_MAX);
    const struct assistant_prompt *p = &r->in->assistant->post_prompt.prompt;
    for (size_t i = 0; i < p->section_count; i++)
        put_section(&prompt, r->in, &p->sections[i], 1, i + 1);
    put_transcript(&said, r);
    put_message(w, "system", buf_str(&prompt));
    put_message(w, "user", buf_str(&said));
    buf_release(&prompt);
    buf_release(&said);
}
