#include "providers/signalwire/signalwire.h"

#include "providers/rest/encode.h"
#include "providers/signalwire/compat.h"
#include "providers/signalwire/replies.h"
#include "providers/signalwire/requests.h"
#include "providers/signalwire/webhook.h"
#include "swml/swml.h"
#include "twiml/twiml.h"

enum {
    HOST_MAX = 253,
    UNSEEN_MS = 10 * 60 * 1000,
};

/* SignalWire docs: rate limits: one new call a second unless agreed otherwise, as many as this
 * waiting in its queue; 13,800 changing requests in ten seconds, questions without limit. A
 * document is read for 5 s. */
#define LIMITS(document_max)                                                                       \
    .calls_per_s = 1, .open_calls_max = 10000, .requests_max = 13800, .requests_window_ms = 10000, \
    .document_bytes_max = (document_max), .answer_timeout_ms = 5000, .request_timeout_ms = 20000

/* A number that is pointed at a document has no address for notices, and whether the logs show a
 * call while it runs nobody says. */
const struct provider_desc signalwire_desc = {
    .name = "signalwire",
    .caps = SIGNALWIRE_CAPS,
    .document_type = "application/json",
    .base_url = "", /* made from the space */
    .limits = {LIMITS(SIGNALWIRE_DOCUMENT_BYTES_MAX), .inbound_look_ms = SIGNALWIRE_INBOUND_LOOK_MS,
               .unseen_ms = UNSEEN_MS},
};

static enum error_code render(const struct rest_account *a, const struct plan *plan,
                              struct buf *out, struct plan_loss_report *loss, struct error *err) {
    const struct swml_options o = {.credentials = a->webhook_auth, .own_base = a->public_base_url};
    return swml_write(plan, &o, out, loss, err);
}

const struct rest_dialect signalwire_dialect = {
    .desc = &signalwire_desc,
    .mac = REST_MAC_SHA1,
    .own_key = true,
    .webhook_auth = true,
    .look_up_passes = 1,
    .list_passes = SIGNALWIRE_LIST_PASSES,
    .find_passes = SIGNALWIRE_FIND_PASSES,
    .audio_variants = SIGNALWIRE_AUDIO_VARIANTS,
    .audio_format = "wav",
    .encode_place = signalwire_encode_place,
    .encode_end = signalwire_encode_end,
    .encode_redirect = signalwire_encode_redirect,
    .encode_look_up = signalwire_encode_look_up,
    .encode_list = signalwire_encode_list,
    .encode_control = signalwire_encode_control,
    .encode_find = signalwire_encode_find,
    .encode_fetch = signalwire_encode_fetch,
    .encode_delete = signalwire_encode_delete,
    .encode_check = signalwire_encode_check,
    .decode_place = signalwire_decode_call,
    .decode_call = signalwire_decode_call,
    .decode_list = signalwire_decode_list,
    .decode_control = signalwire_decode_control,
    .decode_find = signalwire_decode_find,
    .decode_media = signalwire_decode_media,
    .decode_check = signalwire_decode_check,
    .decode_error = signalwire_decode_error,
    .verify_webhook = signalwire_verify_webhook,
    .parse_webhook = signalwire_parse_webhook,
    .render = render,
};

const struct provider_desc signalwire_compat_desc = {
    .name = "signalwire",
    .caps = SIGNALWIRE_COMPAT_CAPS,
    .document_type = "text/xml; charset=utf-8",
    .base_url = "",
    .limits = {LIMITS(SIGNALWIRE_COMPAT_DOCUMENT_BYTES_MAX)},
};

/*
 * SignalWire docs: cXML <Pay>. Its connector is an address, under another name, and the least
 * length of a postal code has to be said. Tags are found in the text: the writer escapes
 * "<" everywhere else, and quotes within attributes.
 */
static void put_pay(struct buf *out, struct str tag) {
    const struct str name = STR(" paymentConnector=\""), least = STR(" minPostalCodeLength=\"");
    size_t at = str_find_str(tag, name);
    if (str_find_str(tag, least) == tag.len)
        buf_puts(out, " minPostalCodeLength=\"0\"");
    buf_put_str(out, str_from(tag.ptr, at));
    if (at == tag.len)
        return;
    buf_puts(out, " paymentConnectorUrl=\"");
    buf_put_str(out, str_from_index(tag, at + name.len));
}

static enum error_code render_compat(const struct rest_account *a, const struct plan *plan,
                                     struct buf *out, struct plan_loss_report *loss,
                                     struct error *err) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(out->max);
    const struct str pay = STR("<Pay");
    (void)a;
    enum error_code rc = twiml_write(plan, &doc, loss, err);
    struct str rest = buf_str(&doc);
    while (rc == ERR_OK && rest.len) {
        size_t at = str_find_str(rest, pay);
        size_t start = at < rest.len ? at + pay.len : at;
        buf_put_str(out, str_from(rest.ptr, start));
        rest = str_from_index(rest, start);
        bool is_pay = rest.len && (rest.ptr[0] == ' ' || rest.ptr[0] == '>' || rest.ptr[0] == '/');
        if (!is_pay)
            continue;
        size_t end = str_find(rest, '>');
        put_pay(out, str_from(rest.ptr, end));
        rest = str_from_index(rest, end);
    }
    return rc;
}

/* All of its webhooks are signed, so its addresses carry no credentials. */
const struct rest_dialect signalwire_compat_dialect = {
    .desc = &signalwire_compat_desc,
    .mac = REST_MAC_SHA1,
    .own_key = true,
    .look_up_passes = 1,
    .list_passes = LAML_LIST_PASSES,
    .audio_variants = 1,
    .audio_format = "wav",
    .encode_place = signalwire_compat_encode_place,
    .encode_end = signalwire_compat_encode_end,
    .encode_redirect = signalwire_compat_encode_redirect,
    .encode_look_up = signalwire_compat_encode_look_up,
    .encode_list = signalwire_compat_encode_list,
    .encode_control = signalwire_compat_encode_control,
    .encode_fetch = signalwire_compat_encode_fetch,
    .encode_delete = signalwire_compat_encode_delete,
    .encode_check = signalwire_encode_check,
    .decode_place = signalwire_compat_decode_call,
    .decode_call = signalwire_compat_decode_call,
    .decode_list = signalwire_compat_decode_list,
    .decode_control = signalwire_compat_decode_control,
    .decode_check = signalwire_decode_account,
    .decode_error = signalwire_compat_decode_error,
    .verify_webhook = signalwire_compat_verify_webhook,
    .parse_webhook = signalwire_compat_parse_webhook,
    .render = render_compat,
};

enum error_code signalwire_check_config(const struct provider_config *cfg, struct error *err) {
    if (!rest_is_uuid(cfg->account))
        return error_field(err, ERR_INVALID, "account",
                           "the project id is a UUID in lower case, like "
                           "11111111-2222-3333-4444-555555555555");
    return ERR_OK;
}

static bool is_host(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '.')
            return false;
    }
    return s.len > 0 && s.len <= HOST_MAX && s.ptr[0] != '.' && s.ptr[0] != '-';
}

/** The API's address from the space: "example", "example.signalwire.com" or a URL of it. */
static enum error_code put_base_url(struct buf *b, struct str space, struct error *err) {
    struct rest_url u;
    struct str host = str_trim(space);
    if (rest_url_parse(host, &u) && u.userinfo.len == 0 && u.port.len == 0)
        host = u.host;
    while (host.len && host.ptr[host.len - 1] == '/')
        host.len--;
    if (!is_host(host))
        return error_field(err, ERR_INVALID, "space",
                           "the space is the first part of its host name: \"example\" of "
                           "example.signalwire.com");
    buf_puts(b, "https://");
    buf_put_str(b, host);
    if (str_find(host, '.') == host.len)
        buf_puts(b, ".signalwire.com");
    return ERR_OK;
}

static const struct rest_dialect *dialect_of(struct str mode) {
    static const struct {
        const char *mode;
        const struct rest_dialect *dialect;
    } rows[] = {
        {"", &signalwire_dialect},
        {"native", &signalwire_dialect},
        {"compat", &signalwire_compat_dialect},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq_z(mode, rows[i].mode))
            return rows[i].dialect;
    return NULL;
}

enum error_code signalwire_provider_new(const struct provider_config *cfg, struct str mode,
                                        struct provider **out, struct error *err) {
    CLEANUP(buf_release) struct buf base = BUF_INIT(HOST_MAX + 32);
    struct provider_config c = *cfg;
    const struct rest_dialect *d = dialect_of(mode);
    if (!d)
        return error_field(err, ERR_INVALID, "SIGNALWIRE_MODE",
                           "SIGNALWIRE_MODE is \"native\" or \"compat\"");
    enum error_code rc = signalwire_check_config(cfg, err);
    if (rc == ERR_OK && c.base_url.len == 0)
        rc = put_base_url(&base, c.space, err);
    if (rc != ERR_OK)
        return rc;
    if (c.base_url.len == 0)
        c.base_url = buf_str(&base);
    return rest_provider_new(d, NULL, &c, NULL, out, err);
}

static const struct carrier_setting settings[] = {
    {"SIGNALWIRE_SPACE", CARRIER_SPACE, true, "the space: \"example\" of example.signalwire.com"},
    {"SIGNALWIRE_PROJECT_ID", CARRIER_ACCOUNT, true, "the project, a UUID"},
    {"SIGNALWIRE_API_TOKEN", CARRIER_TOKEN, true, "a token with the scopes Voice and Management"},
    {"SIGNALWIRE_SIGNING_KEY", CARRIER_SIGNING_KEY, true, "the signing key: it signs webhooks"},
    {"SIGNALWIRE_PHONE_NUMBER", CARRIER_NUMBER, true, "the caller id, E.164"},
    {"SIGNALWIRE_API_BASE_URL", CARRIER_BASE_URL, false, "another API host instead of the space's"},
};

const struct carrier_entry signalwire_carrier = {
    .desc = &signalwire_desc,
    .settings = settings,
    .setting_count = ARRAY_LEN(settings),
    .create = signalwire_provider_new,
};
