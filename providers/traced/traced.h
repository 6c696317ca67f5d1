#ifndef PROVIDERS_TRACED_TRACED_H
#define PROVIDERS_TRACED_TRACED_H

#include "core/domain/provider_impl.h"

/*
 * A provider around a provider: logs and counts each operation and changes nothing else. It has the
 * inner one's name, facts and capabilities. Log lines hold error codes and the start of ids, never
 * texts: those may quote numbers.
 */

enum traced_op {
    TRACED_PLACE = 0,
    TRACED_END,
    TRACED_REDIRECT,
    TRACED_LOOK_UP,
    TRACED_LIST,
    TRACED_CONTROL_RECORDING,
    TRACED_FETCH_RECORDING,
    TRACED_DELETE_RECORDING,
    TRACED_CHECK,
    TRACED_WEBHOOK,
    TRACED_RENDER,
    TRACED_OP_COUNT
};
const char *traced_op_name(enum traced_op op); /* "place" "fetch_recording" … */

struct traced_counts {
    uint64_t by_code[ERR_CODE_COUNT]; /* [ERR_OK]: those that went well */
    uint64_t total_ms;
};

/** Takes inner over: it is freed with the result. log may be NULL. */
struct provider *traced_provider_new(struct provider *inner, struct clock clock, struct log *log);

/** What happened so far. False when p is no traced provider. Any thread. */
NODISCARD bool traced_provider_counts(const struct provider *p, enum traced_op op,
                                      struct traced_counts *out);

#endif
