#include "core/domain/vault.h"

#include <assert.h>

#include "core/domain/vault_impl.h"

enum error_code vault_make_key(struct vault *v, int64_t call_id, struct buf *wrapped,
                               struct error *err) {
    assert(wrapped->max >= VAULT_WRAPPED_KEY_MAX);
    return v->ops->make_key(v, call_id, wrapped, err);
}

enum error_code vault_begin(struct vault *v, int64_t call_id, struct str wrapped,
                            int64_t recording_id, struct vault_writer **out, struct error *err) {
    assert(recording_id > 0);
    return v->ops->begin(v, call_id, wrapped, recording_id, out, err);
}

enum error_code vault_append(struct vault_writer *w, struct str bytes, struct error *err) {
    return w->vault->ops->append(w, bytes, err);
}

enum error_code vault_finish(struct vault_writer *w, uint64_t *bytes,
                             char digest[VAULT_DIGEST_SIZE], struct error *err) {
    return w->vault->ops->finish(w, bytes, digest, err);
}

void vault_abort(struct vault_writer *w) {
    if (w)
        w->vault->ops->abort(w);
}

enum error_code vault_read(struct vault *v, int64_t call_id, struct str wrapped,
                           int64_t recording_id, uint64_t offset, uint64_t length, struct buf *out,
                           struct error *err) {
    return v->ops->read(v, call_id, wrapped, recording_id, offset, length, out, err);
}

enum error_code vault_remove(struct vault *v, int64_t recording_id, struct error *err) {
    return v->ops->remove(v, recording_id, err);
}

void vault_free(struct vault *v) {
    if (v)
        v->ops->destroy(v);
}
