#ifndef CORE_DOMAIN_VAULT_IMPL_H
#define CORE_DOMAIN_VAULT_IMPL_H

/* For code that implements the vault; see vault.h for each contract. */
#include "core/domain/vault.h"

struct vault_ops {
    void (*destroy)(struct vault *v);
    enum error_code (*make_key)(struct vault *v, int64_t call_id, struct buf *wrapped,
                                struct error *err);
    enum error_code (*begin)(struct vault *v, int64_t call_id, struct str wrapped,
                             int64_t recording_id, struct vault_writer **out, struct error *err);
    enum error_code (*append)(struct vault_writer *w, struct str bytes, struct error *err);
    enum error_code (*finish)(struct vault_writer *w, uint64_t *bytes,
                              char digest[VAULT_DIGEST_SIZE], struct error *err);
    void (*abort)(struct vault_writer *w);
    enum error_code (*read)(struct vault *v, int64_t call_id, struct str wrapped,
                            int64_t recording_id, uint64_t offset, uint64_t length, struct buf *out,
                            struct error *err);
    enum error_code (*remove)(struct vault *v, int64_t recording_id, struct error *err);
};

struct vault {
    const struct vault_ops *ops;
};
struct vault_writer {
    struct vault *vault;
};

#endif
