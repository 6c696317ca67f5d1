#ifndef TESTS_SUPPORT_JSON_SAME_H
#define TESTS_SUPPORT_JSON_SAME_H

#include <stdbool.h>

#include "core/base/json.h"

/** The same JSON value: members in any order, numbers by value. */
bool json_same(const struct json *a, const struct json *b);

/** The same for two texts; false when one is no JSON. */
bool json_same_text(struct str a, struct str b);

#endif
