#ifndef TWIML_XML_GRAMMAR_H
#define TWIML_XML_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

/*
 * What a call-control language in XML allows, as constant tables. The tables are generated from
 * tests/vectors/<language>/grammar.json by scripts/gen-grammar.py; a test compares them.
 */
enum xml_value_type {
    XML_VALUE_UNKNOWN = 0,
    XML_VALUE_STRING,
    XML_VALUE_ENUM,              /* one of `values` */
    XML_VALUE_ENUM_LIST,         /* space separated, each one of `values` */
    XML_VALUE_ENUM_OPEN,         /* `values` are the known ones; the carrier may take more */
    XML_VALUE_BOOLEAN,           /* "true", "false" */
    XML_VALUE_INTEGER,           /* in min..max */
    XML_VALUE_INTEGER_LIST,      /* space separated, each one of `values` */
    XML_VALUE_INTEGER_OR_AUTO,   /* in min..max, or "auto" */
    XML_VALUE_DECIMAL,           /* in min..max */
    XML_VALUE_URL,               /* absolute or relative; no white space */
    XML_VALUE_ABSOLUTE_URL,      /* http, https, ws or wss with a host; no white space */
    XML_VALUE_URL_OR_ENUM,       /* an absolute URL, or one of `values` */
    XML_VALUE_ENUM_COMMAS,       /* comma separated, each one of `values` */
    XML_VALUE_BOOLEAN_OR_STRING, /* anything */
    XML_VALUE_TYPE_COUNT
};

struct xml_attr_rule {
    const char *name;
    const char *alias; /* a second spelling that is read as `name`; NULL for none */
    enum xml_value_type type;
    const char *const *values;   /* NULL ends it; NULL for none */
    const char *preset;          /* what the carrier takes when it is missing; NULL unknown */
    const char *chars;           /* the only characters allowed; NULL for any */
    size_t min_chars, max_chars; /* 0: no limit */
    double min, max;
    bool has_min, has_max, required;
    bool any_case; /* of words */
    bool fatal;    /* when it is missing or wrong, the carrier refuses the document */
};

enum {
    XML_ELEMENTS_MAX = 64 /* of one grammar: sets of elements are one uint64_t */
};

struct xml_element_rule {
    const char *name;
    const struct xml_attr_rule *attrs;
    size_t attr_count;
    uint64_t children;     /* bit i: elements[i] of the grammar */
    size_t text_max_chars; /* 0: no limit */
    bool text;             /* character data is part of it */
    bool deprecated;
};

struct xml_grammar {
    const char *name; /* "TwiML" */
    const struct xml_element_rule *elements;
    size_t element_count; /* elements[0] is the root */
    size_t bytes_max;     /* of one document */
    const char *spoken;   /* the element that holds SSML */
    bool absolute_urls;   /* the carrier resolves none */
    /* Inside this one, elements only name what runs already: nothing is required of them. */
    const char *lenient_parent;
    /* The carrier's own numbers for these faults; 0 where it has none. */
    int unparsable_code, refused_code, schema_code;
};

/** Rule of an element by its exact name; NULL when there is none. */
const struct xml_element_rule *xml_grammar_element(const struct xml_grammar *g, struct str name);

/** Rule of an attribute by name or alias; NULL when there is none. */
const struct xml_attr_rule *xml_grammar_attr(const struct xml_element_rule *e, struct str name);

/** May `child` stand inside `parent`? */
bool xml_grammar_allows(const struct xml_grammar *g, const struct xml_element_rule *parent,
                        const struct xml_element_rule *child);

/**
 * NULL when the value suits the rule; else what is wrong with it, as the end of a sentence ("is not
 * a whole number"). Values of an open enumeration always suit.
 */
const char *xml_grammar_judge(const struct xml_attr_rule *a, struct str value);

/** http, https, ws or wss with a host. */
bool xml_url_is_absolute(struct str url);

/** Is the value one of the rule's `values`? */
bool xml_grammar_knows(const struct xml_attr_rule *a, struct str value);

#endif
