#ifndef CORE_DOMAIN_SCHEMA_H
#define CORE_DOMAIN_SCHEMA_H

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/domain/definition.h"

/*
 * The part of JSON Schema that describes arguments of functions: type (string, number, integer,
 * boolean, object, array), properties, required, additionalProperties, items, enum, minimum,
 * maximum, minLength, maxLength, minItems, maxItems. title, description, default, examples and
 * format are kept for brains that read, and check nothing. Lengths count characters.
 */
enum {
    SCHEMA_DEPTH_MAX = 6,
    SCHEMA_TEXT_DEFAULT_MAX = 4096 /* characters of a string without maxLength */
};

/** Is this a schema of ours, for an object? Any other keyword is refused, as it would check
 * nothing. */
void schema_check_definition(struct definition *d, const struct json *schema,
                             const struct definition_at *at);

/**
 * Does the value fit? Members that the schema does not name are refused unless additionalProperties
 * is true. err->field is the path below `name`: "arguments.category". A NULL value is an empty
 * object. ERR_INVALID, or ERR_LIMIT when something is too long.
 */
NODISCARD enum error_code schema_check(const struct json *schema, const struct json *value,
                                       const char *name, struct error *err);

#endif
