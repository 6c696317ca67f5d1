#include "providers/mock/carrier/signalwire/swml_expr.h"

#include <math.h>
#include <string.h>

enum {
    ARGUMENTS_MAX = 4
};

/** A position in the text; goes on in vain after the first fault, so one check at the end does. */
struct parser {
    struct str text;
    size_t at, depth;
    swml_lookup_fn *lookup;
    void *ctx;
    enum error_code fault;
};

static struct swml_value parse_choice(struct parser *p);

static struct swml_value fail(struct parser *p, enum error_code code) {
    if (p->fault == ERR_OK)
        p->fault = code;
    return (struct swml_value){0};
}

/* ---- tokens -----------------------------------------------------------------------------------
 */

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static char peek(struct parser *p) {
    while (p->at < p->text.len && is_space(p->text.ptr[p->at]))
        p->at++;
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static bool take(struct parser *p, const char *token) {
    (void)peek(p);
    if (!str_starts(str_from_index(p->text, p->at), str_z(token)))
        return false;
    p->at += strlen(token);
    return true;
}

static struct str take_name(struct parser *p) {
    size_t from = p->at;
    while (p->at < p->text.len && (is_name(p->text.ptr[p->at]) || is_digit(p->text.ptr[p->at])))
        p->at++;
    return str_from(p->text.ptr + from, p->at - from);
}

static struct swml_value parse_number(struct parser *p) {
    size_t from = p->at;
    while (p->at < p->text.len && (is_digit(p->text.ptr[p->at]) || p->text.ptr[p->at] == '.'))
        p->at++;
    struct swml_value text = swml_text(str_from(p->text.ptr + from, p->at - from));
    double n = swml_value_to_number(&text);
    swml_value_release(&text);
    return isnan(n) ? fail(p, ERR_INVALID) : swml_number(n);
}

static char escaped(char c) {
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

static struct swml_value parse_string(struct parser *p) {
    char quote = p->text.ptr[p->at++];
    struct buf text = BUF_INIT(SWML_EXPR_BYTES_MAX);
    while (p->at < p->text.len && p->text.ptr[p->at] != quote) {
        char c = p->text.ptr[p->at++];
        if (c == '\\' && p->at < p->text.len)
            c = escaped(p->text.ptr[p->at++]);
        buf_putc(&text, c);
    }
    struct swml_value out = swml_text(buf_str(&text));
    buf_release(&text);
    if (p->at++ < p->text.len)
        return out;
    swml_value_release(&out);
    return fail(p, ERR_INVALID); /* no quote at its end */
}

/* ---- members and methods ----------------------------------------------------------------------
 */

static char changed(char c, bool upper) {
    if (upper)
        return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static struct swml_value change_case(struct str s, bool upper) {
    struct buf out = BUF_INIT(SWML_EXPR_TEXT_MAX);
    for (size_t i = 0; i < s.len; i++)
        buf_putc(&out, changed(s.ptr[i], upper));
    struct swml_value v = swml_text(buf_str(&out));
    buf_release(&out);
    return v;
}

static struct swml_value to_lower(const struct swml_value *of, const struct swml_value *a) {
    (void)a;
    return change_case(of->text, false);
}

static struct swml_value to_upper(const struct swml_value *of, const struct swml_value *a) {
    (void)a;
    return change_case(of->text, true);
}

static struct swml_value trim(const struct swml_value *of, const struct swml_value *a) {
    (void)a;
    return swml_text(str_trim(of->text));
}

static struct swml_value includes(const struct swml_value *of, const struct swml_value *a) {
    if (of->type == SWML_STRING)
        return swml_bool(a->text.len == 0 || str_find_str(of->text, a->text) < of->text.len);
    bool found = false;
    for (size_t i = 0; i < of->count; i++)
        found = found || swml_value_same(&of->items[i].value, a);
    return swml_bool(found);
}

static struct swml_value starts_with(const struct swml_value *of, const struct swml_value *a) {
    return swml_bool(str_starts(of->text, a->text));
}

static struct swml_value ends_with(const struct swml_value *of, const struct swml_value *a) {
    struct str s = of->text;
    return swml_bool(s.len >= a->text.len &&
                     str_eq(str_from_index(s, s.len - a->text.len), a->text));
}

static const struct method {
    const char *name;
    bool of_array; /* as well as of a text */
    size_t arguments;
    struct swml_value (*run)(const struct swml_value *of, const struct swml_value *argument);
} methods[] = {
    {"toLowerCase", false, 0, to_lower},
    {"toUpperCase", false, 0, to_upper},
    {"trim", false, 0, trim},
    {"includes", true, 1, includes},
    {"startsWith", false, 1, starts_with},
    {"endsWith", false, 1, ends_with},
};

static struct swml_value run_method(struct parser *p, const struct swml_value *of, struct str name,
                                    const struct swml_value *arguments, size_t count) {
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        const struct method *m = &methods[i];
        if (!str_eq_z(name, m->name))
            continue;
        if (of->type == SWML_UNDEFINED || of->type == SWML_NULL) /* a variable that was not set */
            return (struct swml_value){0};
        bool fits = of->type == SWML_STRING || (m->of_array && of->type == SWML_ARRAY);
        return fits && count == m->arguments ? m->run(of, arguments) : fail(p, ERR_INVALID);
    }
    return fail(p, ERR_INVALID);
}

static struct swml_value call_method(struct parser *p, struct swml_value *of, struct str name) {
    struct swml_value arguments[ARGUMENTS_MAX] = {{0}};
    size_t count = 0;
    if (!take(p, ")")) {
        do
            arguments[count++] = parse_choice(p);
        while (p->fault == ERR_OK && count < ARGUMENTS_MAX && take(p, ","));
        if (!take(p, ")"))
            (void)fail(p, ERR_INVALID);
    }
    struct swml_value out = {0};
    if (p->fault == ERR_OK)
        out = run_method(p, of, name, arguments, count);
    for (size_t i = 0; i < count; i++)
        swml_value_release(&arguments[i]);
    swml_value_release(of);
    return out;
}

/** Exchange a value for one of its members. */
static struct swml_value member(struct swml_value *of, struct str name) {
    struct swml_value out;
    if (str_eq_z(name, "length") && (of->type == SWML_STRING || of->type == SWML_ARRAY))
        out = swml_number(of->type == SWML_STRING ? (double)of->text.len : (double)of->count);
    else
        out = swml_value_copy(swml_value_get(of, name));
    swml_value_release(of);
    return out;
}

static struct swml_value indexed(struct parser *p, struct swml_value *of) {
    struct swml_value key = parse_choice(p), out;
    struct buf name = BUF_INIT(SWML_EXPR_BYTES_MAX);
    if (!take(p, "]"))
        (void)fail(p, ERR_INVALID);
    swml_value_put_text(&key, &name);
    out = member(of, buf_str(&name));
    swml_value_release(&key);
    buf_release(&name);
    return out;
}

static struct swml_value parse_members(struct parser *p, struct swml_value v) {
    while (p->fault == ERR_OK) {
        if (take(p, "[")) {
            v = indexed(p, &v);
        } else if (take(p, ".")) {
            (void)peek(p);
            struct str name = take_name(p);
            if (name.len == 0)
                (void)fail(p, ERR_INVALID);
            else
                v = take(p, "(") ? call_method(p, &v, name) : member(&v, name);
        } else {
            break;
        }
    }
    return v;
}

/* ---- primaries --------------------------------------------------------------------------------
 */

static struct swml_value named(struct parser *p, struct str name) {
    if (str_eq_z(name, "true") || str_eq_z(name, "false"))
        return swml_bool(name.len == 4);
    if (str_eq_z(name, "null"))
        return (struct swml_value){.type = SWML_NULL};
    if (str_eq_z(name, "undefined"))
        return (struct swml_value){0};
    return swml_value_copy(p->lookup(p->ctx, name));
}

static struct swml_value parse_primary(struct parser *p) {
    char c = peek(p);
    if (c == '"' || c == '\'')
        return parse_members(p, parse_string(p));
    if (is_digit(c) || c == '.')
        return parse_number(p);
    if (is_name(c))
        return parse_members(p, named(p, take_name(p)));
    if (!take(p, "("))
        return fail(p, ERR_INVALID);
    struct swml_value v = parse_choice(p);
    if (!take(p, ")"))
        (void)fail(p, ERR_INVALID);
    return parse_members(p, v);
}

static struct swml_value parse_unary(struct parser *p) {
    size_t nots = 0, minuses = 0;
    char c = peek(p);
    if (c != '!' && c != '-')
        return parse_primary(p);
    for (; c == '!'; c = peek(p), nots++)
        p->at++;
    for (; c == '-'; c = peek(p), minuses++)
        p->at++;
    struct swml_value v = parse_primary(p);
    if (minuses > 0) {
        double n = swml_value_to_number(&v);
        swml_value_release(&v);
        v = swml_number(minuses % 2 ? -n : n);
    }
    if (nots > 0) {
        bool truth = swml_value_is_true(&v);
        swml_value_release(&v);
        v = swml_bool(nots % 2 ? !truth : truth);
    }
    return v;
}

/* ---- operators --------------------------------------------------------------------------------
 */

static struct swml_value join(struct parser *p, const struct swml_value *a,
                              const struct swml_value *b) {
    struct buf text = BUF_INIT(SWML_EXPR_TEXT_MAX);
    swml_value_put_text(a, &text);
    swml_value_put_text(b, &text);
    struct swml_value out = buf_failed(&text) ? fail(p, ERR_LIMIT) : swml_text(buf_str(&text));
    buf_release(&text);
    return out;
}

static struct swml_value compare(const char *op, const struct swml_value *a,
                                 const struct swml_value *b) {
    bool less = op[0] == '<', or_equal = op[1] == '=';
    if (a->type == SWML_STRING && b->type == SWML_STRING) {
        int order = str_cmp(a->text, b->text);
        return swml_bool((less ? order < 0 : order > 0) || (or_equal && order == 0));
    }
    double x = swml_value_to_number(a), y = swml_value_to_number(b);
    return swml_bool((less ? x < y : x > y) || (or_equal && x == y));
}

static struct swml_value calculate(char op, const struct swml_value *a,
                                   const struct swml_value *b) {
    double x = swml_value_to_number(a), y = swml_value_to_number(b);
    switch (op) {
    case '*':
        return swml_number(x * y);
    case '/':
        return swml_number(x / y);
    case '%':
        return swml_number(fmod(x, y));
    case '-':
        return swml_number(x - y);
    default:
        return swml_number(x + y);
    }
}

static struct swml_value apply(struct parser *p, const char *op, const struct swml_value *a,
                               const struct swml_value *b) {
    bool texts = a->type == SWML_STRING || b->type == SWML_STRING;
    switch (op[0]) {
    case '=':
        return swml_bool(op[2] ? swml_value_same(a, b) : swml_value_equal(a, b));
    case '!':
        return swml_bool(op[2] ? !swml_value_same(a, b) : !swml_value_equal(a, b));
    case '<':
    case '>':
        return compare(op, a, b);
    case '&':
        return swml_value_copy(swml_value_is_true(a) ? b : a);
    case '|':
        return swml_value_copy(swml_value_is_true(a) ? a : b);
    case '+':
        return texts ? join(p, a, b) : calculate('+', a, b);
    default:
        return calculate(op[0], a, b);
    }
}

/** Binary operators, weakest first; within a row, longer ones come before their beginnings. */
static const char *const operators[][5] = {
    {"||"}, {"&&"}, {"===", "!==", "==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"},
};

static struct swml_value parse_binary(struct parser *p, size_t level) {
    if (level == ARRAY_LEN(operators))
        return parse_unary(p);
    struct swml_value left = parse_binary(p, level + 1);
    while (p->fault == ERR_OK) {
        size_t i = 0;
        while (operators[level][i] && !take(p, operators[level][i]))
            i++;
        if (!operators[level][i])
            break;
        struct swml_value right = parse_binary(p, level + 1);
        struct swml_value both = apply(p, operators[level][i], &left, &right);
        swml_value_release(&left);
        swml_value_release(&right);
        left = both;
    }
    return left;
}

static struct swml_value parse_choice(struct parser *p) {
    if (p->depth == SWML_EXPR_DEPTH_MAX)
        return fail(p, ERR_LIMIT);
    p->depth++;
    struct swml_value v = parse_binary(p, 0);
    if (p->fault == ERR_OK && take(p, "?")) {
        bool truth = swml_value_is_true(&v);
        swml_value_release(&v);
        struct swml_value yes = parse_choice(p), no = {0};
        if (take(p, ":"))
            no = parse_choice(p);
        else
            (void)fail(p, ERR_INVALID);
        v = truth ? yes : no;
        swml_value_release(truth ? &no : &yes);
    }
    p->depth--;
    return v;
}

enum error_code swml_expr_eval(struct str text, swml_lookup_fn *lookup, void *ctx,
                               struct swml_value *out, struct error *err) {
    if (text.len > SWML_EXPR_BYTES_MAX)
        return error_set(err, ERR_LIMIT, "an expression is over %d bytes", SWML_EXPR_BYTES_MAX);
    struct parser p = {.text = text, .lookup = lookup, .ctx = ctx};
    struct swml_value v = parse_choice(&p);
    if (p.fault == ERR_OK && peek(&p) != '\0')
        (void)fail(&p, ERR_INVALID);
    if (p.fault == ERR_OK && p.at < text.len) /* a NUL in the text is no end */
        (void)fail(&p, ERR_INVALID);
    if (p.fault != ERR_OK) {
        swml_value_release(&v);
        return error_set(err, p.fault, "the expression makes no sense from byte %zu on", p.at);
    }
    *out = v;
    return ERR_OK;
}
