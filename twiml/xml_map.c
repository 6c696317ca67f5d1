#include "twiml/xml_map.h"

const struct xml_word xml_flag_words[] = {
    {.word = "true", .value = 1}, {.word = "false", .value = 0}, {.word = NULL}};
const struct xml_word xml_tristate_words[] = {
    {.word = "true", .value = PLAN_YES}, {.word = "false", .value = PLAN_NO}, {.word = NULL}};
const struct xml_word xml_method_words[] = {{.word = "POST", .value = PLAN_METHOD_POST},
                                            {.word = "GET", .value = PLAN_METHOD_GET},
                                            {.word = NULL}};

const struct xml_maps xml_no_attrs = {.count = 0};
