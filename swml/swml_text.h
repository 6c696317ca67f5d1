#ifndef SWML_SWML_TEXT_H
#define SWML_SWML_TEXT_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/* Texts and addresses as SWML takes them. Private to swml/. */

/** Does the text refer to a variable of the carrier, "${…}" or "%{…}"? */
bool swml_has_variable(struct str s);

/** Put s with a blank in every "${" and "%{", so that the carrier says it instead of running it. */
void swml_put_literal(struct buf *b, struct str s);

/** Absolute, http or https, without characters that a URL cannot hold. */
bool swml_is_url(struct str s);

/** The same for ws and wss. */
bool swml_is_socket(struct str s);

/** The words of SSML without its markup; false when there are none. */
bool swml_put_words(struct buf *b, struct str ssml);

#endif
