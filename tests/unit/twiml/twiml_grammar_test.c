#include "tests/support/test.h"
#include "tests/unit/twiml/xml_cases.h"
#include "twiml/twiml.h"
#include "twiml/twiml_grammar.h"
#include "twiml/twiml_map.h"

static const char *nothing(const struct xml_element_rule *e) {
    (void)e;
    return "";
}

static const char *alone(const struct xml_element_rule *e, const struct xml_attr_rule *a) {
    (void)e;
    (void)a;
    return "";
}

static const struct xml_cases cases = {&twiml_grammar, twiml_check, nothing, alone};

TEST(twiml_grammar, has_every_element_of_the_vector_file) {
    EXPECT_INT(cases.grammar->element_count, 58);
    EXPECT_STR(cases.grammar->elements[0].name, "Response");
}

TEST(twiml_grammar, every_element_passes_where_it_belongs) {
    xml_cases_elements_pass(&cases);
}

TEST(twiml_grammar, every_value_of_every_attribute_passes) {
    xml_cases_values_pass(&cases);
}

TEST(twiml_grammar, a_wrong_value_of_any_attribute_is_a_finding) {
    EXPECT(xml_cases_judge_wrong_values(&cases) > 180);
}

TEST(twiml_grammar, a_number_out_of_range_is_a_finding) {
    EXPECT(xml_cases_judge_ranges(&cases) >= 41);
}

TEST(twiml_grammar, a_missing_attribute_is_a_finding) {
    EXPECT_INT(xml_cases_judge_missing(&cases), 11);
}

TEST(twiml_grammar, an_unknown_attribute_or_child_is_a_warning) {
    xml_cases_judge_unknown(&cases);
}

TEST(twiml_grammar, an_element_in_the_wrong_place_is_a_warning) {
    xml_cases_judge_places(&cases);
}

TEST(twiml_grammar, text_is_a_warning_where_none_belongs) {
    xml_cases_judge_text(&cases);
}

TEST(twiml_grammar, stop_names_what_runs_without_its_required_attributes) {
    struct xml_report report = {0};
    struct error err = {0};
    struct str doc = STR("<Response><Stop><Stream name=\"a\"/></Stop></Response>");
    EXPECT_INT(twiml_check(doc, &report, &err), ERR_OK);
    EXPECT_INT(report.count, 0);
}

TEST(twiml_grammar, findings_name_the_line) {
    struct xml_report report = {0};
    struct error err = {0};
    struct str doc = STR("<Response>\n <Say loop=\"x\">a</Say>\n\n <Dail>1</Dail>\n</Response>");
    EXPECT_INT(twiml_check(doc, &report, &err), ERR_OK);
    REQUIRE(report.count == 2);
    EXPECT_INT(report.items[0].line, 2);
    EXPECT_INT(report.items[1].line, 4);
    EXPECT_STR(report.items[1].element, "Dail");
}

TEST(twiml_grammar, another_root_is_an_error) {
    struct xml_report report = {0};
    struct error err = {0};
    EXPECT_INT(twiml_check(STR("<response/>"), &report, &err), ERR_OK);
    REQUIRE(report.count == 1);
    EXPECT_INT(report.items[0].code, 12102);
    EXPECT_INT(report.items[0].severity, XML_ERROR);
}

TEST(twiml_grammar, the_list_of_findings_is_bounded) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    struct xml_report report = {0};
    struct error err = {0};
    buf_puts(&doc, "<Response>");
    for (int i = 0; i < 100; i++)
        buf_puts(&doc, "<Nope/>");
    buf_puts(&doc, "</Response>");
    EXPECT_INT(twiml_check(buf_str(&doc), &report, &err), ERR_OK);
    EXPECT_INT(report.count, XML_FINDINGS_MAX);
    EXPECT_INT(report.more, 100 - XML_FINDINGS_MAX);
}

TEST(twiml_map, agrees_with_the_grammar) {
    xml_cases_maps_agree(&cases, twiml_all_maps);
}
