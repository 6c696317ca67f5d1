#ifndef TESTS_INTEGRATION_API_OPENAPI_CHECK_H
#define TESTS_INTEGRATION_API_OPENAPI_CHECK_H

#include <stdbool.h>

#include "core/base/json.h"

/*
 * Is a value what a schema of docs/openapi.json says? Knows the words that the document uses: $ref
 * into components, type (one or several), enum, pattern only as a prefix "^abc_", required,
 * properties, additionalProperties, items, oneOf. A word that it does not know fails the case.
 */
bool openapi_fits(const struct json *document, const struct json *schema, const struct json *value,
                  const char *where);

/** The operation of a route in the table's form ("/api/calls/{}"); NULL when there is none. */
const struct json *openapi_operation(const struct json *document, const char *method,
                                     const char *path);

/** Schema of its reply with that status and content type; NULL when there is none. */
const struct json *openapi_reply_schema(const struct json *document, const struct json *operation,
                                        int status, const char *type);

#endif
