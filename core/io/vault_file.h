#ifndef CORE_IO_VAULT_FILE_H
#define CORE_IO_VAULT_FILE_H

#include <stdbool.h>

#include "core/base/log.h"
#include "core/domain/vault.h"

struct vault_file_options {
    const char *dir;      /* of the sealed files; made (0700) when missing */
    const char *key_path; /* the key-encryption key, 32 bytes, mode 0600 or 0400 */
    bool may_create_key;  /* only over an empty store: a lost key must never be replaced silently */
    struct log *log;      /* may be NULL; must outlive the vault */
};

/**
 * Sealed files on disk (libsodium secretstream). Leftovers of an interrupted download are removed.
 * Errors: ERR_INVALID (key missing, wrong size, readable by others, directory unsafe), ERR_IO. The
 * text names the file and what to do.
 */
NODISCARD enum error_code vault_file_open(const struct vault_file_options *o, struct vault **out,
                                          struct error *err);

#endif
