#include "twiml/xml_grammar.h"

/* Most rows differ in the first byte: measuring each of them would be most of the work. */
static bool same(struct str s, const char *z) {
    return s.len > 0 ? s.ptr[0] == z[0] && str_eq_z(s, z) : z[0] == '\0';
}

const struct xml_element_rule *xml_grammar_element(const struct xml_grammar *g, struct str name) {
    for (size_t i = 0; i < g->element_count; i++)
        if (same(name, g->elements[i].name))
            return &g->elements[i];
    return NULL;
}

const struct xml_attr_rule *xml_grammar_attr(const struct xml_element_rule *e, struct str name) {
    for (size_t i = 0; i < e->attr_count; i++) {
        const struct xml_attr_rule *a = &e->attrs[i];
        if (same(name, a->name) || (a->alias && same(name, a->alias)))
            return a;
    }
    return NULL;
}

bool xml_grammar_allows(const struct xml_grammar *g, const struct xml_element_rule *parent,
                        const struct xml_element_rule *child) {
    return (parent->children >> (size_t)(child - g->elements)) & 1;
}

bool xml_grammar_knows(const struct xml_attr_rule *a, struct str value) {
    for (size_t i = 0; a->values && a->values[i]; i++)
        if (same(value, a->values[i]) || (a->any_case && str_eq_nocase(value, str_z(a->values[i]))))
            return true;
    return false;
}

/* Digits with at most one point between them; a minus sign before. */
static bool to_number(struct str s, bool fraction, double *out) {
    struct str digits = s.len > 0 && s.ptr[0] == '-' ? str_from_index(s, 1) : s;
    double n = 0, unit = 0;
    if (digits.len == 0 || digits.len > 15)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        if (c == '.' && fraction && unit == 0 && i > 0 && i + 1 < digits.len) {
            unit = 1;
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        n = n * 10 + (c - '0');
        unit *= 10;
    }
    *out = (unit > 0 ? n / unit : n) * (digits.len < s.len ? -1 : 1);
    return true;
}

static const char *judge_number(const struct xml_attr_rule *a, struct str value, bool fraction) {
    double n;
    if (!to_number(value, fraction, &n))
        return fraction ? "is not a decimal number" : "is not a whole number";
    if ((a->has_min && n < a->min) || (a->has_max && n > a->max))
        return "is out of range";
    return NULL;
}

static const char *judge_list(const struct xml_attr_rule *a, struct str value, char separator) {
    struct str rest = value, word;
    while (str_next(&rest, separator, &word))
        if (word.len > 0 && !xml_grammar_knows(a, word))
            return "holds a word that is not known here";
    return NULL;
}

static const char *judge_text(const struct xml_attr_rule *a, struct str value) {
    if (a->max_chars > 0 && str_count_chars(value) > a->max_chars)
        return "is too long";
    if (a->min_chars > 0 && str_count_chars(value) < a->min_chars)
        return "is too short";
    for (size_t i = 0; a->chars && i < value.len; i++)
        if (!strchr(a->chars, value.ptr[i]))
            return "holds a character that is not allowed here";
    return NULL;
}

static bool holds_blanks(struct str url) {
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= ' ')
            return true;
    return false;
}

bool xml_url_is_absolute(struct str url) {
    static const struct str schemes[] = {STR_INIT("https://"), STR_INIT("http://"),
                                         STR_INIT("wss://"), STR_INIT("ws://")};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        if (url.len > schemes[i].len &&
            str_eq_nocase(str_from(url.ptr, schemes[i].len), schemes[i]))
            return url.ptr[schemes[i].len] != '/' && !holds_blanks(url);
    return false;
}

const char *xml_grammar_judge(const struct xml_attr_rule *a, struct str value) {
    switch (a->type) {
    case XML_VALUE_ENUM:
        return xml_grammar_knows(a, value) ? NULL : "is not known here";
    case XML_VALUE_ENUM_LIST:
    case XML_VALUE_INTEGER_LIST:
        return judge_list(a, value, ' ');
    case XML_VALUE_ENUM_COMMAS:
        return judge_list(a, value, ',');
    case XML_VALUE_BOOLEAN:
        return str_eq(value, STR("true")) || str_eq(value, STR("false")) ? NULL
                                                                         : "is not true or false";
    case XML_VALUE_INTEGER_OR_AUTO:
        return str_eq(value, STR("auto")) ? NULL : judge_number(a, value, false);
    case XML_VALUE_INTEGER:
        return judge_number(a, value, false);
    case XML_VALUE_DECIMAL:
        return judge_number(a, value, true);
    case XML_VALUE_URL:
        return holds_blanks(value) ? "is not a URL" : NULL;
    case XML_VALUE_URL_OR_ENUM:
        if (xml_grammar_knows(a, value))
            return NULL;
        return xml_url_is_absolute(value) ? NULL : "is neither a known word nor an absolute URL";
    case XML_VALUE_ABSOLUTE_URL:
        return xml_url_is_absolute(value) ? NULL : "is not an absolute URL";
    case XML_VALUE_STRING:
        return judge_text(a, value);
    case XML_VALUE_ENUM_OPEN:
    case XML_VALUE_BOOLEAN_OR_STRING:
    case XML_VALUE_UNKNOWN:
    case XML_VALUE_TYPE_COUNT:
        break;
    }
    return NULL;
}
