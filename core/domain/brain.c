#include <assert.h>

#include "core/domain/brain_impl.h"

enum error_code brain_think(struct brain *b, const struct brain_input *in, struct brain_output *out,
                            struct error *err) {
    assert(in->assistant && in->arena && in->tools.run);
    struct brain_output result = {0};
    enum error_code rc = b->ops->think(b, in, &result, err);
    if (rc != ERR_OK)
        return rc;
    if (result.state_json.len > BRAIN_STATE_MAX)
        return error_set(err, ERR_LIMIT, "the brain's state has %zu bytes, at most %d fit",
                         result.state_json.len, BRAIN_STATE_MAX);
    *out = result;
    return ERR_OK;
}

enum error_code brain_sum_up(struct brain *b, const struct brain_input *in, struct str *summary,
                             struct error *err) {
    assert(in->assistant && in->arena);
    return b->ops->sum_up
               ? b->ops->sum_up(b, in, summary, err)
               : error_set(err, ERR_UNSUPPORTED, "the brain %s cannot sum up", b->ops->name);
}

void brain_free(struct brain *b) {
    if (b)
        b->ops->destroy(b);
}
