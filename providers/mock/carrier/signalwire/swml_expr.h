#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_EXPR_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_EXPR_H

#include "core/base/error.h"
#include "providers/mock/carrier/signalwire/swml_value.h"

/*
 * The JavaScript of SWML's conditions ("SignalWire docs: SWML expressions"), as far as documents
 * use it: literals, names, members (a.b, a[0]), .length, calls of toLowerCase, toUpperCase, trim,
 * includes, startsWith and endsWith, + - * / %, comparisons, !, &&, ||, ?: and parentheses. Pure.
 * A name or member that does not exist is undefined rather than an error.
 */
enum {
    SWML_EXPR_BYTES_MAX = 4096,
    SWML_EXPR_DEPTH_MAX = 32,
    SWML_EXPR_TEXT_MAX = 65536, /* of a text that it makes */
};

/** What a name stands for; NULL: undefined. */
typedef const struct swml_value *swml_lookup_fn(void *ctx, struct str name);

/**
 * Errors: ERR_INVALID (says where the text stops to be an expression), ERR_LIMIT.
 * *out is the caller's to release, and only written on ERR_OK.
 */
NODISCARD enum error_code swml_expr_eval(struct str text, swml_lookup_fn *lookup, void *ctx,
                                         struct swml_value *out, struct error *err);

#endif
