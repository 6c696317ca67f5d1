#include <string.h>

#include "tests/support/test.h"
#include "tests/unit/twiml/xml_cases.h"
#include "twiml/plivoxml.h"
#include "twiml/plivoxml_grammar.h"
#include "twiml/plivoxml_map.h"

/* Plivo refuses these elements when they are empty. */
static const char *needed(const struct xml_element_rule *e) {
    static const struct {
        const char *element, *content;
    } rows[] = {
        {"Play", "https://a.example/x"}, {"Redirect", "https://a.example/x"},
        {"Number", "12025550101"},       {"User", "sip:a@b.example"},
        {"Dial", "<Number>1</Number>"},  {"Stream", "wss://a.example/x"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].element, e->name) == 0)
            return rows[i].content;
    return "";
}

/* No voice speaks all languages but those of Polly. */
static const char *besides(const struct xml_element_rule *e, const struct xml_attr_rule *a) {
    bool language = strcmp(e->name, "Speak") == 0 && strcmp(a->name, "language") == 0;
    return language ? " voice=\"Polly.Amy\"" : "";
}

static const struct xml_cases cases = {&plivoxml_grammar, plivoxml_check, needed, besides};

TEST(plivoxml_grammar, has_every_element_of_the_vector_file) {
    EXPECT_INT(cases.grammar->element_count, 28);
    EXPECT_STR(cases.grammar->elements[0].name, "Response");
}

TEST(plivoxml_grammar, every_element_passes_where_it_belongs) {
    xml_cases_elements_pass(&cases);
}

TEST(plivoxml_grammar, every_value_of_every_attribute_passes) {
    xml_cases_values_pass(&cases);
}

TEST(plivoxml_grammar, a_wrong_value_of_any_attribute_is_a_finding) {
    EXPECT(xml_cases_judge_wrong_values(&cases) > 100);
}

TEST(plivoxml_grammar, a_number_out_of_range_is_a_finding) {
    EXPECT(xml_cases_judge_ranges(&cases) >= 30);
}

TEST(plivoxml_grammar, a_missing_attribute_is_a_finding) {
    EXPECT_INT(xml_cases_judge_missing(&cases), 10);
}

TEST(plivoxml_grammar, an_unknown_attribute_or_child_is_a_warning) {
    xml_cases_judge_unknown(&cases);
}

TEST(plivoxml_grammar, an_element_in_the_wrong_place_is_a_warning) {
    xml_cases_judge_places(&cases);
}

TEST(plivoxml_grammar, text_is_a_warning_where_none_belongs) {
    xml_cases_judge_text(&cases);
}

TEST(plivoxml_map, agrees_with_the_grammar) {
    xml_cases_maps_agree(&cases, plivoxml_all_maps);
}
