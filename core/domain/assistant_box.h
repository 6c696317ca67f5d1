#ifndef CORE_DOMAIN_ASSISTANT_BOX_H
#define CORE_DOMAIN_ASSISTANT_BOX_H

/* What an assistant owns, hidden from its users. For assistant.c and assistant_parse.c only. */
#include "core/base/mem.h"
#include "core/domain/assistant.h"

struct assistant_box {
    struct assistant assistant;
    _Atomic unsigned references;
    struct arena arena;   /* arrays */
    struct json_doc *doc; /* every text points into it */
};

/** Empty, with one reference. */
struct assistant_box *assistant_box_new(void);

#endif
