#ifndef CORE_DOMAIN_VAULT_H
#define CORE_DOMAIN_VAULT_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/str.h"

/*
 * The vault port: recordings at rest, never in the clear. Each call has a data key, made here and
 * handed out only wrapped by the key-encryption key; the store keeps the wrapped form, so erasing
 * it erases the recordings. Any thread; one writer per recording.
 */
struct vault;
struct vault_writer;

enum {
    VAULT_WRAPPED_KEY_MAX = 128,
    VAULT_DIGEST_SIZE = 65
};

/** A new data key for call_id, wrapped. wrapped->max must be at least VAULT_WRAPPED_KEY_MAX. */
NODISCARD enum error_code vault_make_key(struct vault *v, int64_t call_id, struct buf *wrapped,
                                         struct error *err);

/** Begin sealing recording_id under the call's wrapped key. ERR_AUTH when the key does not fit. */
NODISCARD enum error_code vault_begin(struct vault *v, int64_t call_id, struct str wrapped,
                                      int64_t recording_id, struct vault_writer **out,
                                      struct error *err);

/** Seal more bytes. ERR_IO when the disk is full or fails; then only vault_abort() may follow. */
NODISCARD enum error_code vault_append(struct vault_writer *w, struct str bytes, struct error *err);

/**
 * Seal the end, make the file durable and put it in place. digest gets BLAKE2b-256 of the clear
 * bytes as hex. Frees w whatever the result.
 */
NODISCARD enum error_code vault_finish(struct vault_writer *w, uint64_t *bytes,
                                       char digest[VAULT_DIGEST_SIZE], struct error *err);

/** Throw an unfinished recording away. NULL is fine. */
void vault_abort(struct vault_writer *w);

/**
 * Open bytes [offset, offset + length) of a sealed recording into out (its limit decides how much
 * fits). The chunks that hold them are authenticated; a damaged, swapped or cut file is ERR_AUTH
 * and gives nothing. length UINT64_MAX: to the end, which is then proven to be the end.
 */
NODISCARD enum error_code vault_read(struct vault *v, int64_t call_id, struct str wrapped,
                                     int64_t recording_id, uint64_t offset, uint64_t length,
                                     struct buf *out, struct error *err);

/** Remove the sealed file; ERR_OK when it is gone already. */
NODISCARD enum error_code vault_remove(struct vault *v, int64_t recording_id, struct error *err);

void vault_free(struct vault *v); /* NULL is fine */

#endif
