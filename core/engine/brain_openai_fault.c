#include "core/engine/brain_openai_fault.h"

#include <ctype.h>
#include <stdio.h>

#include "core/base/utf8.h"

enum {
    HTTP_FIRST = 300,
    HTTP_LAST = 599
};

static void copy(struct str s, char *dst, size_t size) {
    if (s.len >= size)
        s.len = utf8_cut(s.ptr, size - 1);
    if (!str_copy(s, dst, size))
        dst[0] = '\0';
}

/** Words or number; a number that is an HTTP status is kept as such, too. */
static void read_code(const struct json *v, struct openai_fault *out) {
    int64_t n = 0;
    if (json_int(v, -1000000, 1000000, &n)) {
        snprintf(out->code, sizeof out->code, "%lld", (long long)n);
        if (out->status == 0 && n >= HTTP_FIRST && n <= HTTP_LAST)
            out->status = (int)n;
    } else {
        copy(json_str(v), out->code, sizeof out->code);
    }
}

static void read_object(const struct json *v, struct openai_fault *out) {
    read_code(json_get(v, "code"), out);
    if (out->code[0] == '\0') /* a null code, or none: the kind of the error is told by its type */
        copy(json_str(json_get(v, "type")), out->code, sizeof out->code);
    copy(json_str(json_get(v, "message")), out->message, sizeof out->message);
    copy(json_str(json_get(v, "param")), out->param, sizeof out->param);
}

/** FastAPI: {"detail":"text"} or {"detail":[{"loc":["body","name"],"msg":"text"}]}. */
static void read_detail(const struct json *v, struct openai_fault *out) {
    const struct json *first = json_type(v) == JSON_ARRAY ? json_first(v) : NULL;
    copy(first ? json_str(json_get(first, "msg")) : json_str(v), out->message, sizeof out->message);
    for (const struct json *l = json_first(json_get(first, "loc")); l; l = json_next(l))
        if (json_str(l).len > 0)
            copy(json_str(l), out->param, sizeof out->param);
}

bool openai_fault_find(const struct json *root, struct openai_fault *out) {
    const struct json *at = json_type(root) == JSON_ARRAY ? json_first(root) : root;
    const struct json *error = json_get(at, "error");
    switch (json_type(error)) {
    case JSON_OBJECT:
        read_object(error, out);
        return true;
    case JSON_STRING:
        copy(json_str(error), out->message, sizeof out->message);
        return true;
    case JSON_NONE:
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_NUMBER:
    case JSON_ARRAY:
        break;
    }
    if (json_get(at, "choices"))
        return false;
    if (json_get(at, "detail")) {
        read_detail(json_get(at, "detail"), out);
        return true;
    }
    if (json_str(json_get(at, "message")).len > 0) {
        read_object(at, out);
        return true;
    }
    return false;
}

void openai_fault_read(int status, struct str body, struct openai_fault *out) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    *out = (struct openai_fault){.status = status};
    if (json_parse(body, NULL, &doc, NULL) == ERR_OK)
        openai_fault_find(json_root(doc), out);
}

static bool has(const char *text, const char *sign) {
    struct str t = str_z(text), s = str_z(sign);
    for (size_t i = 0; i + s.len <= t.len; i++)
        if (str_eq_nocase(str_from(t.ptr + i, s.len), s))
            return true;
    return false;
}

static bool is_without_money(const struct openai_fault *f) {
    return has(f->code, "insufficient_quota") || has(f->message, "insufficient_quota") ||
           has(f->message, "exceeded your current quota");
}

enum error_code openai_fault_error(const struct openai_fault *f, struct error *err) {
    enum error_code rc = ERR_UPSTREAM;
    bool retry = f->status == 0 || f->status == 408 || f->status == 409 || f->status >= 500;
    const char *said = f->message[0] ? f->message : "without a reason";
    if (f->status == 401 || f->status == 403 || has(f->code, "invalid_api_key")) {
        /* the server's words may quote the key */
        rc = error_set(err, ERR_AUTH, "the model server refuses the key, look at OPENAI_API_KEY");
        retry = false;
    } else if (f->status == 404) {
        rc = error_set(err, ERR_NOT_FOUND,
                       "the model server does not know the model or the address, look at "
                       "OPENAI_MODEL and OPENAI_BASE_URL: %s",
                       said);
    } else if (is_without_money(f)) {
        rc = error_set(err, ERR_RATE_LIMIT, "the model server's account is used up: %s", said);
    } else if (f->status == 429 || has(f->code, "rate_limit")) {
        rc = error_set(err, ERR_RATE_LIMIT, "the model server has too much to do: %s", said);
        retry = true;
    } else if (retry) {
        rc = error_set(err, ERR_UPSTREAM, "the model server failed: %s", said);
    } else {
        rc = error_set(err, ERR_INVALID, "the model server refuses the request: %s", said);
    }
    if (err) {
        err->retry = retry;
        err->http_status = f->status;
    }
    return rc;
}

bool openai_fault_is_too_long(const struct openai_fault *f) {
    return has(f->code, "context_length") || has(f->message, "context length") ||
           has(f->message, "context size") || has(f->message, "context window") ||
           has(f->message, "exceed_context_size") || has(f->code, "exceed_context_size");
}

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

bool openai_fault_names(const struct openai_fault *f, const char *field) {
    struct str name = str_z(field), rest = str_z(f->message);
    struct str param = str_z(f->param);
    param.len = str_find(param, '.');
    if (param.ptr && param.len > 0 && str_eq_z(param, field))
        return true;
    for (size_t at; (at = str_find_str(rest, name)) < rest.len;) {
        bool begins = at == 0 || !is_word(rest.ptr[at - 1]);
        rest = str_from_index(rest, at + name.len);
        if (begins && (rest.len == 0 || !is_word(rest.ptr[0])))
            return true;
    }
    return false;
}
