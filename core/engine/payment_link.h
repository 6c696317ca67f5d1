#ifndef CORE_ENGINE_PAYMENT_LINK_H
#define CORE_ENGINE_PAYMENT_LINK_H

#include "core/base/buf.h"
#include "core/domain/call.h"
#include "core/domain/payment.h"
#include "core/engine/links.h"

/*
 * The address that a carrier's pay step asks for a charge:
 *     <public base>/payment/<payment id>/<token>
 * and, behind that, /result, where a carrier's agent tells how the step ended.
 * The token follows from the call's nonce, so it opens this payment of this call and no other, and
 * nobody has to keep it.
 */
enum {
    PAYMENT_TOKEN_SIZE = 33 /* 128 bits as hex, and a NUL */
};

void payment_link_token(const struct call *c, int64_t payment_id, char dst[PAYMENT_TOKEN_SIZE]);
void payment_link_put(const struct links *l, struct buf *b, const struct call *c,
                      int64_t payment_id);

void payment_link_put_result(const struct links *l, struct buf *b, const struct call *c,
                             int64_t payment_id);

struct payment_link {
    int64_t payment_id;
    struct str token; /* borrowed from the path */
    bool is_result;
};

/** Take a path apart; false when it is no such address. */
NODISCARD bool payment_link_parse(struct str path, struct payment_link *out);

#endif
