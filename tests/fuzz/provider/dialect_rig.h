#ifndef TESTS_FUZZ_PROVIDER_DIALECT_RIG_H
#define TESTS_FUZZ_PROVIDER_DIALECT_RIG_H

#include "providers/rest/rest.h"

/* What is true of every dialect, whatever bytes come: a value is whole or is not written, and an
 * error is told. */
struct dialect_rig {
    const struct rest_dialect *dialect;
    struct rest_account account; /* its base_url has no path */
    bool (*is_call)(struct str sid);
    bool (*is_recording)(struct str sid);
    unsigned check_steps; /* and one that does not exist */
    bool numbers_errors;
};

/** Replies. */
void rig_try_place(const struct dialect_rig *r, struct str body);
void rig_try_call(const struct dialect_rig *r, struct str body);
void rig_try_list(const struct dialect_rig *r, struct str body);
void rig_try_control(const struct dialect_rig *r, struct str body);
void rig_try_check(const struct dialect_rig *r, struct str body);
void rig_try_error(const struct dialect_rig *r, struct str body);

/** A webhook as the input of a fuzzer: one byte for the kind, the target, a line feed, the body. */
struct webhook_request rig_webhook(const uint8_t *data, size_t size);

/** base and the target as one URL; false when no server would hand such a target on. */
bool rig_put_url(struct buf *b, const char *base, struct str target);

/** News of a webhook of that kind. */
void rig_check_news(const struct dialect_rig *r, const struct webhook_news *n,
                    enum webhook_kind kind);

#endif
