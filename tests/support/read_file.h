#ifndef TESTS_SUPPORT_READ_FILE_H
#define TESTS_SUPPORT_READ_FILE_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/json.h"

/** Append a whole file; false when it cannot be read or does not fit. */
bool read_file(const char *path, struct buf *b);

/** A JSON file of up to a megabyte; NULL when it cannot be read. Free with json_doc_free(). */
struct json_doc *read_json_file(const char *path);

#endif
