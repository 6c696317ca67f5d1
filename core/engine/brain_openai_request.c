#include "core/engine/brain_openai_request.h"

#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/engine/brain_openai_messages.h"

enum {
    TOKENS_PRESET = 400 /* of an answer: more than a minute of speech, and function calls */
};

static const char *const field_names[] = {
    [OPENAI_FIELD_STREAM] = "stream",
    [OPENAI_FIELD_STREAM_OPTIONS] = "stream_options",
    [OPENAI_FIELD_MAX_COMPLETION_TOKENS] = "max_completion_tokens",
    [OPENAI_FIELD_MAX_TOKENS] = "max_tokens",
    [OPENAI_FIELD_TEMPERATURE] = "temperature",
    [OPENAI_FIELD_TOP_P] = "top_p",
    [OPENAI_FIELD_PRESENCE_PENALTY] = "presence_penalty",
    [OPENAI_FIELD_FREQUENCY_PENALTY] = "frequency_penalty",
    [OPENAI_FIELD_REASONING_EFFORT] = "reasoning_effort",
    [OPENAI_FIELD_TOOL_CHOICE] = "tool_choice",
};
_Static_assert(ARRAY_LEN(field_names) == OPENAI_FIELD_COUNT, "every field has a name");

const char *openai_field_name(enum openai_field f) {
    return f < OPENAI_FIELD_COUNT ? field_names[f] : "";
}

/** One request while it is written. */
struct writing {
    const struct openai_request *r;
    struct json_writer w;
    uint32_t sent;
};

/** Writes the key of an optional field; false when this server does not take it. */
static bool begin_field(struct writing *x, enum openai_field f) {
    if (x->r->refused & BIT(f))
        return false;
    x->sent |= BIT(f);
    json_key(&x->w, field_names[f]);
    return true;
}

static void put_number(struct writing *x, enum openai_field f, const struct json *v) {
    struct buf b = BUF_INIT(64);
    if (v && begin_field(x, f)) {
        json_put_value(&b, v);
        json_put_raw(&x->w, buf_str(&b));
    }
    buf_release(&b);
}

/** Models that think before they answer; on the phone they are to do so as little as may be. */
static bool is_reasoning(struct str model) {
    static const char *const families[] = {"gpt-5", "o1", "o3", "o4"};
    for (size_t i = 0; i < ARRAY_LEN(families); i++)
        if (str_starts(model, str_z(families[i])))
            return true;
    return false;
}

/** The limit under the name that the server is likely to know, or the other one. */
static void put_limit(struct writing *x, uint32_t tokens) {
    enum openai_field first = OPENAI_FIELD_MAX_TOKENS, second = OPENAI_FIELD_MAX_COMPLETION_TOKENS;
    if (x->r->is_openai) {
        first = OPENAI_FIELD_MAX_COMPLETION_TOKENS;
        second = OPENAI_FIELD_MAX_TOKENS;
    }
    if (begin_field(x, first) || begin_field(x, second))
        json_put_int(&x->w, tokens);
}

/** What "model" says goes before what "prompt" says, but after what "post_prompt" says. */
static void put_sampling(struct writing *x) {
    const struct assistant *a = x->r->in->assistant;
    const struct assistant_sampling *m = &a->model.sampling, *p = &a->prompt.sampling;
    if (x->r->sums_up) {
        p = m;
        m = &a->post_prompt.prompt.sampling;
    }
    put_limit(x, m->max_tokens > 0   ? m->max_tokens
                 : p->max_tokens > 0 ? p->max_tokens
                                     : TOKENS_PRESET);
    put_number(x, OPENAI_FIELD_TEMPERATURE, m->temperature ? m->temperature : p->temperature);
    put_number(x, OPENAI_FIELD_TOP_P, m->top_p ? m->top_p : p->top_p);
    put_number(x, OPENAI_FIELD_PRESENCE_PENALTY,
               m->presence_penalty ? m->presence_penalty : p->presence_penalty);
    put_number(x, OPENAI_FIELD_FREQUENCY_PENALTY,
               m->frequency_penalty ? m->frequency_penalty : p->frequency_penalty);
    if (is_reasoning(x->r->model) && begin_field(x, OPENAI_FIELD_REASONING_EFFORT))
        json_put_string(&x->w, STR("low"));
}

static void put_stream(struct writing *x) {
    if (!begin_field(x, OPENAI_FIELD_STREAM))
        return;
    json_put_bool(&x->w, true);
    if (begin_field(x, OPENAI_FIELD_STREAM_OPTIONS)) {
        json_begin_object(&x->w);
        json_kv_bool(&x->w, "include_usage", true);
        json_end_object(&x->w);
    }
}

static void put_tools(struct writing *x) {
    if (x->r->function_count == 0)
        return;
    json_key(&x->w, "tools");
    json_begin_array(&x->w);
    for (size_t i = 0; i < x->r->function_count; i++) {
        const struct brain_function *f = &x->r->functions[i];
        json_begin_object(&x->w);
        json_kv_z(&x->w, "type", "function");
        json_key(&x->w, "function");
        json_begin_object(&x->w);
        json_kv_string(&x->w, "name", f->name);
        json_kv_string(&x->w, "description", f->description);
        json_key(&x->w, "parameters");
        json_put_raw(&x->w, f->parameters_json);
        json_end_object(&x->w);
        json_end_object(&x->w);
    }
    json_end_array(&x->w);
    if (x->r->last && begin_field(x, OPENAI_FIELD_TOOL_CHOICE))
        json_put_string(&x->w, STR("none"));
}

void openai_put_request(struct buf *b, const struct openai_request *r, uint32_t *sent) {
    struct writing x = {.r = r};
    json_write_init(&x.w, b);
    json_begin_object(&x.w);
    json_kv_string(&x.w, "model", r->model);
    json_key(&x.w, "messages");
    json_begin_array(&x.w);
    if (r->sums_up)
        openai_put_summary_messages(&x.w, r);
    else
        openai_put_messages(&x.w, r);
    json_end_array(&x.w);
    put_tools(&x);
    put_sampling(&x);
    put_stream(&x);
    json_end_object(&x.w);
    *sent = x.sent;
}
