#ifndef CORE_DOMAIN_TEXT_H
#define CORE_DOMAIN_TEXT_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/*
 * Texts with ${name} and ${name|filter} in them. What is put in is never read again, so a caller
 * who says "${secret}" is only quoted. Filters: money ("25000" becomes "$25,000") and spelled
 * ("4155" becomes "4 1 5 5").
 */

/** ${global_data.name}: what the call has captured under that name. */
#define TEXT_DATA_PREFIX "global_data."

/** A run of plain text, or one reference. */
struct text_part {
    struct str plain;
    struct str name; /* a reference when not empty */
    struct str filter;
};

enum text_step {
    TEXT_END = 0,
    TEXT_PART,
    TEXT_MALFORMED /* "${" without "}", an empty or odd name, an unknown filter */
};

/** Take the next part off *rest. */
enum text_step text_next(struct str *rest, struct text_part *out);

/** The value of a name; empty when it has none. */
typedef struct str text_lookup_fn(void *ctx, struct str name);

/** Append text with its references replaced. Malformed ones are kept as they are. */
void text_expand(struct buf *b, struct str text, text_lookup_fn *lookup, void *ctx);

/** Append s as one clean line: white space becomes single spaces, control characters vanish. */
void text_put_clean(struct buf *b, struct str s);

/** Append decimal money text as people read it: "25000" as "$25,000", "4500.50" as "$4,500.50". */
void text_put_money(struct buf *b, struct str amount);

#endif
