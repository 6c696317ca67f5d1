#include "providers/plivo/plivo.h"

#include "providers/plivo/replies.h"
#include "providers/plivo/requests.h"
#include "providers/plivo/webhook.h"
#include "twiml/plivoxml.h"

enum {
    AUTH_ID_LEN = 20,
    /* as long as the addresses of a call stay open after its end: the older signatures do not
     * cover the body, so only the nonce ties them to it */
    NONCE_WINDOW_MS = 24 * 3600 * 1000,
    DOUBT_MS = 4000, /* a call that has just ended is in none of the three lists for seconds */
};

const struct provider_desc plivo_desc = {
    .name = "plivo",
    .caps = PLIVO_CAPS,
    .document_type = plivoxml_content_type,
    .base_url = "https://api.plivo.com",
    /* Plivo docs: account limits. Two new calls a second, 300 requests in five seconds, documents
     * up to 100 kB, waited for 15 s. */
    .limits = {.calls_per_s = 2,
               .requests_max = 300,
               .requests_window_ms = 5000,
               .document_bytes_max = PLIVOXML_BYTES_MAX,
               .answer_timeout_ms = 15000,
               .request_timeout_ms = 20000},
};

static enum error_code render(const struct rest_account *a, const struct plan *plan,
                              struct buf *out, struct plan_loss_report *loss, struct error *err) {
    (void)a;
    return plivoxml_write(plan, out, loss, err);
}

const struct rest_dialect plivo_dialect = {
    .desc = &plivo_desc,
    .mac = REST_MAC_SHA256,
    .nonce_window_ms = NONCE_WINDOW_MS,
    .doubt_ms = DOUBT_MS,
    .look_up_passes = PLIVO_LOOK_UP_PASSES,
    .list_passes = PLIVO_LIST_PASSES,
    .audio_variants = 1,
    .audio_format = "wav",
    .encode_place = plivo_encode_place,
    .encode_end = plivo_encode_end,
    .encode_redirect = plivo_encode_redirect,
    .encode_look_up = plivo_encode_look_up,
    .encode_list = plivo_encode_list,
    .encode_control = plivo_encode_control,
    .encode_fetch = plivo_encode_fetch,
    .encode_delete = plivo_encode_delete,
    .encode_check = plivo_encode_check,
    .decode_place = plivo_decode_place,
    .decode_call = plivo_decode_call,
    .decode_list = plivo_decode_list,
    .decode_control = plivo_decode_control,
    .decode_media = plivo_decode_media,
    .decode_check = plivo_decode_check,
    .decode_error = plivo_decode_error,
    .verify_webhook = plivo_verify_webhook,
    .parse_webhook = plivo_parse_webhook,
    .render = render,
};

/** Plivo docs: an account is MA, a subaccount SA, and 18 capital letters and digits. */
static bool is_auth_id(struct str s) {
    if (s.len != AUTH_ID_LEN || !(str_starts(s, STR("MA")) || str_starts(s, STR("SA"))))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && !(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'))
            return false;
    return true;
}

enum error_code plivo_check_config(const struct provider_config *cfg, struct error *err) {
    if (is_auth_id(cfg->account))
        return ERR_OK;
    return error_field(err, ERR_INVALID, "account",
                       "the auth id starts with MA (a subaccount's with SA) and has 20 capital "
                       "letters and digits");
}

enum error_code plivo_provider_new(const struct provider_config *cfg, struct provider **out,
                                   struct error *err) {
    enum error_code rc = plivo_check_config(cfg, err);
    return rc == ERR_OK ? rest_provider_new(&plivo_dialect, NULL, cfg, NULL, out, err) : rc;
}

static enum error_code create(const struct provider_config *cfg, struct str wire,
                              struct provider **out, struct error *err) {
    (void)wire;
    return plivo_provider_new(cfg, out, err);
}

static const struct carrier_setting settings[] = {
    {"PLIVO_AUTH_ID", CARRIER_ACCOUNT, true, "the account, MA and 18 letters and digits"},
    {"PLIVO_AUTH_TOKEN", CARRIER_TOKEN, true, "its auth token: it signs webhooks, too"},
    {"PLIVO_PHONE_NUMBER", CARRIER_NUMBER, true, "the caller id, E.164"},
    {"PLIVO_API_BASE_URL", CARRIER_BASE_URL, false, "another API host"},
};

const struct carrier_entry plivo_carrier = {
    .desc = &plivo_desc,
    .settings = settings,
    .setting_count = ARRAY_LEN(settings),
    .create = create,
};
