#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_EXPAND_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_EXPAND_H

#include "providers/mock/carrier/signalwire/swml_expr.h"

/*
 * ${…} and %{…} in the strings of a document ("SignalWire docs: SWML variables"): a path such as
 * call.from or vars.list[0].name, else an expression. What does not exist, and what makes no sense,
 * is an empty text.
 */
struct swml_scope {
    const struct swml_value *vars, *envs, *params, *call; /* each may be NULL */
    const struct swml_value *more; /* names that come first (an agent's own); may be NULL */
};

/** A name of an expression: vars, envs, params, call; else one of more, vars, envs or call. */
const struct swml_value *swml_scope_lookup(void *scope, struct str name);

/** Append the text with its references replaced. */
void swml_expand_text(const struct swml_scope *s, struct str text, struct buf *out);

/** A value of the document with its strings replaced. A string that is one reference and nothing
 * else becomes what it stands for, with its type. */
struct swml_value swml_expand_json(const struct swml_scope *s, const struct json *v);
struct swml_value swml_expand_string(const struct swml_scope *s, struct str text);

#endif
