#ifndef TESTS_UNIT_TWIML_XML_CASES_H
#define TESTS_UNIT_TWIML_XML_CASES_H

#include <stddef.h>

#include "twiml/xml_check.h"
#include "twiml/xml_grammar.h"
#include "twiml/xml_map.h"

/*
 * Documents around each element and attribute of a grammar, one right and one wrong, and what the
 * language's check has to say about them. The same for every language.
 */
struct xml_cases {
    const struct xml_grammar *grammar;
    enum error_code (*check)(struct str doc, struct xml_report *report, struct error *err);
    /* What an element cannot do without: markup or text; "" when it can. */
    const char *(*content)(const struct xml_element_rule *e);
    /* The attributes that have to stand beside one for all its values to fit; "" when none. */
    const char *(*besides)(const struct xml_element_rule *e, const struct xml_attr_rule *a);
};

void xml_cases_elements_pass(const struct xml_cases *c);
void xml_cases_values_pass(const struct xml_cases *c);
void xml_cases_judge_unknown(const struct xml_cases *c);
void xml_cases_judge_places(const struct xml_cases *c);
void xml_cases_judge_text(const struct xml_cases *c);

/* These return how many attributes they tried. */
size_t xml_cases_judge_wrong_values(const struct xml_cases *c);
size_t xml_cases_judge_ranges(const struct xml_cases *c);
size_t xml_cases_judge_missing(const struct xml_cases *c);

/** Names, ranges and words of the maps are the grammar's; NULL ends the list. */
void xml_cases_maps_agree(const struct xml_cases *c, const struct xml_maps *const *maps);

#endif
