#include "core/engine/brain_openai_reply.h"

#include "core/base/compiler.h"
#include "core/base/utf8.h"

static const struct json_limits DOCUMENT_LIMITS = {.bytes_max = OPENAI_EVENT_MAX,
                                                   .values_max = 20000};

static bool take_event(void *ctx, struct str data);

void openai_reply_init(struct openai_reply *r) {
    *r = (struct openai_reply){.text = BUF_INIT(OPENAI_TEXT_MAX),
                               .document = BUF_INIT(OPENAI_EVENT_MAX)};
    sse_init(&r->events, OPENAI_EVENT_MAX, take_event, r);
}

static void call_release(struct openai_call *c) {
    buf_release(&c->id);
    buf_release(&c->name);
    buf_release(&c->arguments);
    buf_release(&c->extra);
}

void openai_reply_release(struct openai_reply *r) {
    for (size_t i = 0; i < r->call_count; i++)
        call_release(&r->calls[i]);
    buf_release(&r->text);
    buf_release(&r->document);
    sse_release(&r->events);
    *r = (struct openai_reply){0};
}

/* ---- functions --------------------------------------------------------------------------------
 */

static bool is_whole_json(struct str text) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    return json_parse(text, &DOCUMENT_LIMITS, &doc, NULL) == ERR_OK;
}

/**
 * Another call under a number that is taken: Gemini numbers all calls of an answer 0. Some servers
 * change the id in mid call, so the one before must be whole, too.
 */
static bool is_another(const struct openai_call *c, struct str id, struct str name) {
    return id.len > 0 && name.len > 0 && c->id.len > 0 && !str_eq(buf_str(&c->id), id) &&
           is_whole_json(buf_str(&c->arguments));
}

static struct openai_call *add_call(struct openai_reply *r, int64_t index) {
    if (r->call_count == OPENAI_CALLS_MAX)
        return NULL;
    struct openai_call *c = &r->calls[r->call_count++];
    *c = (struct openai_call){.id = BUF_INIT(OPENAI_ID_MAX),
                              .name = BUF_INIT(OPENAI_NAME_MAX),
                              .arguments = BUF_INIT(OPENAI_ARGUMENTS_MAX),
                              .extra = BUF_INIT(OPENAI_EXTRA_MAX),
                              .index = index};
    return c;
}

/** The call that a piece belongs to: by its number, else by its id, else the last one. */
static struct openai_call *find_call(struct openai_reply *r, int64_t index, struct str id,
                                     struct str name) {
    for (size_t i = r->call_count; i-- > 0;) { /* the newest of that number */
        struct openai_call *c = &r->calls[i];
        bool fits = index >= 0   ? c->index == index
                    : id.len > 0 ? str_eq(buf_str(&c->id), id)
                                 : true;
        if (fits)
            return is_another(c, id, name) ? add_call(r, index) : c;
    }
    return add_call(r, index);
}

/** Arguments are JSON in a string; some servers give the JSON itself. */
static void put_arguments(struct openai_call *c, const struct json *v) {
    if (json_type(v) == JSON_OBJECT) {
        buf_clear(&c->arguments);
        json_put_value(&c->arguments, v);
    } else {
        buf_put_str(&c->arguments, json_str(v));
    }
}

static void take_call(struct openai_reply *r, const struct json *v) {
    const struct json *function = json_get(v, "function");
    struct str id = json_str(json_get(v, "id")), name = json_str(json_get(function, "name"));
    int64_t index = -1;
    if (!json_int(json_get(v, "index"), 0, 1000, &index))
        index = -1;
    struct openai_call *c = find_call(r, index, id, name);
    if (!c)
        return;
    if (c->id.len == 0)
        buf_put_str(&c->id, id);
    if (name.len > 0) { /* set, not added to: some servers repeat it with every piece */
        buf_clear(&c->name);
        buf_put_str(&c->name, name);
    }
    put_arguments(c, json_get(function, "arguments"));
    const struct json *extra = json_get(v, "extra_content");
    if (json_type(extra) == JSON_OBJECT) {
        buf_clear(&c->extra);
        json_put_value(&c->extra, extra);
    }
    if (buf_failed(&c->id)) /* ours will do: it only has to be the same in call and result */
        buf_clear(&c->id);
    if (buf_failed(&c->extra))
        buf_clear(&c->extra);
}

/* ---- messages ---------------------------------------------------------------------------------
 */

static void copy(struct str s, char *dst, size_t size) {
    if (s.len >= size)
        s.len = utf8_cut(s.ptr, size - 1);
    if (s.len > 0 && !str_copy(s, dst, size))
        dst[0] = '\0';
}

/** A text, or parts of which some are texts. */
static void take_text(struct openai_reply *r, const struct json *v) {
    buf_put_str(&r->text, json_str(v));
    if (json_type(v) != JSON_ARRAY)
        return;
    for (const struct json *part = json_first(v); part; part = json_next(part))
        buf_put_str(&r->text, json_str(json_get(part, "text")));
}

/** message of a document, delta of a chunk. What a model thinks ("reasoning…") is left out. */
static void take_message(struct openai_reply *r, const struct json *v) {
    take_text(r, json_get(v, "content"));
    take_text(r, json_get(v, "refusal"));
    for (const struct json *c = json_first(json_get(v, "tool_calls")); c; c = json_next(c))
        take_call(r, c);
}

static void take_usage(struct openai_reply *r, const struct json *v) {
    int64_t n = 0;
    if (json_int(json_get(v, "prompt_tokens"), 0, UINT32_MAX, &n))
        r->prompt_tokens = (uint32_t)n;
    if (json_int(json_get(v, "completion_tokens"), 0, UINT32_MAX, &n))
        r->completion_tokens = (uint32_t)n;
}

static bool take_root(struct openai_reply *r, const struct json *root) {
    if (openai_fault_find(root, &r->fault)) {
        r->has_fault = true;
        return false;
    }
    const struct json *choice = json_first(json_get(root, "choices"));
    if (json_type(root) != JSON_OBJECT || (!choice && !json_get(root, "usage")))
        return json_type(root) == JSON_OBJECT; /* a keep-alive of some kind */
    take_message(r, json_get(choice, "delta"));
    take_message(r, json_get(choice, "message"));
    struct str finish = json_str(json_get(choice, "finish_reason"));
    if (finish.len > 0) { /* the stream goes on: what it counted comes behind */
        copy(finish, r->finish, sizeof r->finish);
        r->complete = true;
    }
    copy(json_str(json_get(root, "model")), r->model, sizeof r->model);
    take_usage(r, json_get(root, "usage"));
    return !buf_failed(&r->text);
}

static bool take_json(struct openai_reply *r, struct str text) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json_parse(text, &DOCUMENT_LIMITS, &doc, NULL) != ERR_OK) {
        r->malformed = true; /* what is missing here could turn the meaning of the rest */
        return false;
    }
    return take_root(r, json_root(doc));
}

static bool take_event(void *ctx, struct str data) {
    struct openai_reply *r = ctx;
    data = str_trim(data);
    if (str_eq(data, STR("[DONE]"))) {
        r->complete = true;
        return true; /* the end of the body is near: read, it leaves a connection to be used again
                      */
    }
    return data.len == 0 || take_json(r, data);
}

/* ---- the reader -------------------------------------------------------------------------------
 */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool openai_reply_feed(struct openai_reply *r, struct str bytes) {
    while (r->shape == OPENAI_SHAPE_UNKNOWN && bytes.len > 0 && is_blank(bytes.ptr[0]))
        bytes = str_from_index(bytes, 1);
    if (bytes.len == 0)
        return true;
    if (r->shape == OPENAI_SHAPE_UNKNOWN)
        r->shape = bytes.ptr[0] == '{' || bytes.ptr[0] == '[' ? OPENAI_SHAPE_DOCUMENT
                                                              : OPENAI_SHAPE_EVENTS;
    if (r->shape == OPENAI_SHAPE_EVENTS)
        return sse_feed(&r->events, bytes);
    buf_put_str(&r->document, bytes);
    return !buf_failed(&r->document);
}

void openai_reply_end(struct openai_reply *r) {
    switch (r->shape) {
    case OPENAI_SHAPE_EVENTS:
        sse_end(&r->events);
        break;
    case OPENAI_SHAPE_DOCUMENT:
        if (take_json(r, buf_str(&r->document)) && r->finish[0] == '\0')
            r->complete = true;
        break;
    case OPENAI_SHAPE_UNKNOWN:
        break;
    }
    size_t kept = 0;
    for (size_t i = 0; i < r->call_count; i++) {
        struct openai_call *c = &r->calls[i];
        if (c->name.len == 0 || buf_failed(&c->name)) { /* nobody could be called */
            call_release(c);
            continue;
        }
        if (buf_failed(&c->arguments)) /* cut: the function will say that it is no JSON */
            c->arguments.failed = false;
        r->calls[kept++] = *c;
    }
    r->call_count = kept;
}
