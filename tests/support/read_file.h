#ifndef TESTS_SUPPORT_READ_FILE_H
#define TESTS_SUPPORT_READ_FILE_H

#include <stdbool.h>

#include "core/base/buf.h"

/** Append a whole file; false when it cannot be read or does not fit. */
bool read_file(const char *path, struct buf *b);

#endif
