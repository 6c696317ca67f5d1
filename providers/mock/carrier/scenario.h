#ifndef PROVIDERS_MOCK_CARRIER_SCENARIO_H
#define PROVIDERS_MOCK_CARRIER_SCENARIO_H

#include "core/base/error.h"
#include "core/base/str.h"
#include "providers/mock/carrier/callee.h"

/*
 * Who lives behind which number: the built-in callees 00–15, and before them those of a scenario
 * file (docs/carrier-in-a-box.md has its form). Both are JSON read by the same parser.
 */
struct scenario;

/** The built-in callees as JSON. */
extern const char scenario_builtin_json[];

/** json "": the built-in callees only. Errors name the path: "callees[2].script[0].say". */
NODISCARD enum error_code scenario_new(struct str json, uint64_t seed, struct scenario **out,
                                       struct error *err);
void scenario_free(struct scenario *s); /* NULL is fine */

/** Who answers the nth call (from 0) to this number. Never NULL. */
const struct callee *scenario_find(const struct scenario *s, struct str number, uint64_t nth);

/** What happens to every create request whatever its number; status 0 and cut false: nothing. */
const struct callee_fault *scenario_create_fault(const struct scenario *s);

#endif
