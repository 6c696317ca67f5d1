/* Plivo's replies: whatever comes, a value is whole or is not written.
 * Input: one byte that chooses the decoder, the body. */
#include <assert.h>

#include "providers/plivo/plivo.h"
#include "providers/plivo/replies.h"
#include "providers/rest/encode.h"
#include "tests/fuzz/provider/dialect_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct dialect_rig rig = {
    .dialect = &plivo_dialect,
    .account = {.id = STR_INIT("MA0123456789ABCDEFGH"),
                .number = STR_INIT("+12025550199"),
                .base_url = STR_INIT("https://api.example.com")},
    .is_call = rest_is_uuid,
    .is_recording = rest_is_uuid,
    .check_steps = 3,
};

static void try_media(const struct dialect_rig *r, struct str body) {
    struct rest_request req = {.url = BUF_INIT(8192)};
    struct rest_url url;
    if (plivo_decode_media(&r->account, body, &req, NULL) == ERR_OK && !buf_failed(&req.url)) {
        assert(rest_url_parse(buf_str(&req.url), &url));
        assert(strcmp(req.format, "wav") == 0 || strcmp(req.format, "mp3") == 0);
        assert(!req.ours || (rest_url_is_tls(&url) && url.host.len >= strlen("media.plivo.com")));
    }
    buf_release(&req.url);
}

static void try_values(const struct dialect_rig *r, struct str body) {
    char party[CALL_PARTY_SIZE];
    int64_t ms = -1;
    (void)r;
    rest_copy_bare_party(body, party);
    assert(memchr(party, '\0', sizeof party));
    bool ok = plivo_parse_time(body, &ms);
    assert(ok ? ms > 0 : ms == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const decoders[])(const struct dialect_rig *r, struct str body) = {
        rig_try_place, rig_try_call,  rig_try_list,  rig_try_control,
        try_media,     rig_try_error, rig_try_check, try_values};
    if (size > 0)
        decoders[data[0] % ARRAY_LEN(decoders)](&rig, str_from(data + 1, size - 1));
    return 0;
}
