#ifndef CORE_BASE_URL_H
#define CORE_BASE_URL_H

#include <stdbool.h>

#include "core/base/mem.h"
#include "core/base/str.h"

/**
 * Undo percent-encoding (RFC 3986): "%40" is '@'. A percent sign without two hex digits stays as it
 * is, and so does '+'. Memory comes from the arena.
 */
struct str url_decode(struct arena *a, struct str s);

/** A URL cut where "user:password@" stands in it. All parts are borrowed, and as they are written.
 */
struct url_login {
    struct str user, password; /* encoded: url_decode() undoes it */
    struct str before, after;  /* "https://" and "example.com/path": the URL without them */
};

/** False when an absolute URL has none, or s is no absolute URL. */
NODISCARD bool url_find_login(struct str s, struct url_login *out);

#endif
