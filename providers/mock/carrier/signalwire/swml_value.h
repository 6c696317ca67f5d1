#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_VALUE_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/str.h"

/*
 * A variable of SWML: JSON that can change. Each value owns all of what is in it; "takes" means
 * that the callee owns the value afterwards. Zeroed is undefined.
 */
enum swml_type {
    SWML_UNDEFINED = 0,
    SWML_NULL,
    SWML_BOOL,
    SWML_NUMBER,
    SWML_STRING,
    SWML_ARRAY,
    SWML_OBJECT,
    SWML_TYPE_COUNT
};

enum {
    SWML_VALUE_DEPTH_MAX = 12,      /* deeper parts are undefined */
    SWML_VALUE_WEIGHT_MAX = 131072, /* bytes and values of one variable scope */
};

struct swml_member;
struct swml_value {
    enum swml_type type;
    bool truth;
    double number;
    struct str text;           /* owned */
    struct swml_member *items; /* of an array (without names) or an object, in order */
    size_t count, cap;
};
struct swml_member {
    struct str name; /* owned */
    struct swml_value value;
};

void swml_value_release(struct swml_value *v); /* leaves it undefined */

struct swml_value swml_text(struct str s);
struct swml_value swml_number(double n);
struct swml_value swml_bool(bool b);
struct swml_value swml_object(void);
struct swml_value swml_array(void);
struct swml_value swml_value_copy(const struct swml_value *v); /* NULL: undefined */
struct swml_value swml_value_from_json(const struct json *v);  /* NULL: undefined */
struct swml_value swml_value_parse(struct str json);           /* undefined when it is no JSON */

/** undefined is written as null. */
void swml_value_put_json(const struct swml_value *v, struct json_writer *w);

/** What stands for it in a text: nothing for undefined and null, JSON for arrays and objects. */
void swml_value_put_text(const struct swml_value *v, struct buf *out);

/** Members of an object, items of an array ("0"); NULL when there is none. */
const struct swml_value *swml_value_get(const struct swml_value *v, struct str name);
const struct swml_value *swml_value_at(const struct swml_value *v, size_t i);

/** Behind a path as in "a.b[0].c"; NULL when there is none. */
const struct swml_value *swml_value_find(const struct swml_value *v, struct str path);

/** Set a member; *object becomes an object if it was none. Takes value. */
void swml_value_set(struct swml_value *object, struct str name, struct swml_value value);
void swml_value_set_text(struct swml_value *object, const char *name, struct str text);

/** The same along "a.b.c", making objects on the way. False when it would be too deep. */
bool swml_value_set_path(struct swml_value *object, struct str path, struct swml_value value);
void swml_value_unset_path(struct swml_value *object, struct str path);

void swml_value_push(struct swml_value *array, struct swml_value value); /* takes value */

/** Set each member of `from` (an object, else nothing happens) in *object. */
void swml_value_merge(struct swml_value *object, const struct swml_value *from);

/** How much memory it stands for: values and bytes of text. */
size_t swml_value_weight(const struct swml_value *v);

/** As JavaScript takes it for true, for equal, for a number (NaN when it is none). */
bool swml_value_is_true(const struct swml_value *v);
bool swml_value_same(const struct swml_value *a, const struct swml_value *b);  /* === */
bool swml_value_equal(const struct swml_value *a, const struct swml_value *b); /* == */
double swml_value_to_number(const struct swml_value *v);

#endif
