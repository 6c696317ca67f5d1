#ifndef CORE_DOMAIN_BRAIN_IMPL_H
#define CORE_DOMAIN_BRAIN_IMPL_H

/* For code that implements a brain; see brain.h for the contract. */
#include "core/domain/brain.h"

struct brain_ops {
    const char *name; /* as in the definition's "brain" */
    void (*destroy)(struct brain *b);
    enum error_code (*think)(struct brain *b, const struct brain_input *in,
                             struct brain_output *out, struct error *err);
    enum error_code (*sum_up)(struct brain *b, const struct brain_input *in, struct str *summary,
                              struct error *err); /* NULL: cannot */
};

struct brain {
    const struct brain_ops *ops;
};

#endif
