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

/**
 * Member `switches`: how this carrier differs from the usual one of its dialect. A number, 1 and 0
 * for true and false; fallback when it is not set.
 */
double scenario_switch(const struct scenario *s, const char *name, double fallback);

/** ERR_INVALID when a switch is set that is not among these names (NULL at the end; NULL: none). */
NODISCARD enum error_code scenario_check_switches(const struct scenario *s,
                                                  const char *const *names, struct error *err);

/** What happens to every create request whatever its number; status 0 and cut false: nothing. */
const struct callee_fault *scenario_create_fault(const struct scenario *s);

#endif
