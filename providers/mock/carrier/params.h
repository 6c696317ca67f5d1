#ifndef PROVIDERS_MOCK_CARRIER_PARAMS_H
#define PROVIDERS_MOCK_CARRIER_PARAMS_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/str.h"

enum {
    PARAMS_MAX = 64
};

/** The parameters of one webhook, in the order of sending. Zeroed is empty. */
struct param {
    struct str name, value;
};
struct params {
    struct arena arena;
    struct param *items;
    size_t count;
};

void params_add(struct params *p, const char *name, struct str value); /* value is copied */
void params_add_z(struct params *p, const char *name, const char *value);
void params_add_int(struct params *p, const char *name, int64_t value);

/** Into byte order of the names, and of the values of one name. */
void params_sort(struct params *p);

/** As a form body or query string. */
void params_put_form(const struct params *p, struct buf *out);

/** Name after name in byte order, each followed by its distinct values in byte order. */
void params_put_sorted(const struct params *p, struct buf *out);

void params_release(struct params *p);

#endif
