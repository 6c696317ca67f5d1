#include "providers/twilio/twilio.h"

#include "providers/rest/encode.h"
#include "providers/twilio/replies.h"
#include "providers/twilio/requests.h"
#include "providers/twilio/webhook.h"
#include "twiml/twiml.h"

const struct provider_desc twilio_desc = {
    .name = "twilio",
    .caps = TWILIO_CAPS,
    .document_type = "text/xml; charset=utf-8",
    .base_url = "https://api.twilio.com",
    /* Twilio docs: one new call a second unless agreed otherwise; documents up to 64 kB, waited for
     * 15 s. The create request gets 20 s: a late answer is better than an ambiguous one. */
    .limits = {.calls_per_s = 1,
               .document_bytes_max = 64000,
               .answer_timeout_ms = 15000,
               .request_timeout_ms = 20000},
};

static enum error_code render(const struct rest_account *a, const struct plan *plan,
                              struct buf *out, struct plan_loss_report *loss, struct error *err) {
    (void)a;
    return twiml_write(plan, out, loss, err);
}

const struct rest_dialect twilio_dialect = {
    .desc = &twilio_desc,
    .mac = REST_MAC_SHA1,
    .look_up_passes = 1,
    .list_passes = TWILIO_LIST_PASSES,
    .audio_variants = TWILIO_AUDIO_VARIANTS,
    .audio_format = "wav",
    .encode_place = twilio_encode_place,
    .encode_end = twilio_encode_end,
    .encode_redirect = twilio_encode_redirect,
    .encode_look_up = twilio_encode_look_up,
    .encode_list = twilio_encode_list,
    .encode_control = twilio_encode_control,
    .encode_fetch = twilio_encode_fetch,
    .encode_delete = twilio_encode_delete,
    .encode_check = twilio_encode_check,
    .decode_place = twilio_decode_call,
    .decode_call = twilio_decode_call,
    .decode_list = twilio_decode_list,
    .decode_control = twilio_decode_control,
    .decode_check = twilio_decode_check,
    .decode_error = twilio_decode_error,
    .verify_webhook = twilio_verify_webhook,
    .parse_webhook = twilio_parse_webhook,
    .render = render,
};

enum error_code twilio_check_config(const struct provider_config *cfg, struct error *err) {
    if (!rest_is_id(cfg->account, "AC", TWILIO_SID_HEX))
        return error_field(err, ERR_INVALID, "account",
                           "the account SID starts with AC and has 32 hex digits (0-9, a-f)");
    if (cfg->key_id.len && !rest_is_id(cfg->key_id, "SK", TWILIO_SID_HEX))
        return error_field(err, ERR_INVALID, "key_id",
                           "an API key SID starts with SK and has 32 hex digits (0-9, a-f)");
    return ERR_OK;
}

enum error_code twilio_provider_new(const struct provider_config *cfg, struct provider **out,
                                    struct error *err) {
    enum error_code rc = twilio_check_config(cfg, err);
    if (rc != ERR_OK)
        return rc;
    return rest_provider_new(&twilio_dialect, NULL, cfg, NULL, out, err);
}

static enum error_code create(const struct provider_config *cfg, struct str wire,
                              struct provider **out, struct error *err) {
    (void)wire;
    return twilio_provider_new(cfg, out, err);
}

static const struct carrier_setting settings[] = {
    {"TWILIO_ACCOUNT_SID", CARRIER_ACCOUNT, true, "the account, AC and 32 hex digits"},
    {"TWILIO_AUTH_TOKEN", CARRIER_TOKEN, true, "the primary auth token: it signs webhooks"},
    {"TWILIO_PHONE_NUMBER", CARRIER_NUMBER, true, "the caller id, E.164"},
    {"TWILIO_API_KEY_SID", CARRIER_KEY_ID, false, "an API key to authenticate with instead"},
    {"TWILIO_API_KEY_SECRET", CARRIER_KEY_SECRET, false, "the secret of that key"},
    {"TWILIO_API_BASE_URL", CARRIER_BASE_URL, false, "another API host, a region's for example"},
};

const struct carrier_entry twilio_carrier = {
    .desc = &twilio_desc,
    .settings = settings,
    .setting_count = ARRAY_LEN(settings),
    .create = create,
};
