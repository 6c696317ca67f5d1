#include "providers/mock/mock.h"

#include "providers/plivo/plivo.h"
#include "providers/signalwire/signalwire.h"
#include "providers/twilio/twilio.h"
#include "twiml/plivoxml.h"

/* What a box states about itself: what its wire can do, less what the box itself cannot (carry
 * the sound of a live call, encode MP3), and no pace of its own. Tests compare it with the wire. */
enum {
    BOX_LACKS = PROVIDER_CAP_STREAM | PROVIDER_CAP_RECORD_MP3
};

static const struct provider_desc twilio_box = {
    .name = "mock",
    .caps = TWILIO_CAPS & ~BOX_LACKS,
    .document_type = "text/xml; charset=utf-8",
    .base_url = "", /* a box listens where it is told to */
    .limits = {.document_bytes_max = 64000,
               .answer_timeout_ms = 15000,
               .request_timeout_ms = 20000},
};

static const struct provider_desc plivo_box = {
    .name = "mock",
    .caps = PLIVO_CAPS & ~BOX_LACKS,
    .document_type = plivoxml_content_type,
    .base_url = "",
    .limits = {.document_bytes_max = PLIVOXML_BYTES_MAX,
               .answer_timeout_ms = 15000,
               .request_timeout_ms = 20000},
};

static const struct provider_desc signalwire_box = {
    .name = "mock",
    .caps = SIGNALWIRE_CAPS & ~BOX_LACKS,
    .document_type = "application/json",
    .base_url = "",
    .limits = {.document_bytes_max = SIGNALWIRE_DOCUMENT_BYTES_MAX,
               .answer_timeout_ms = 5000,
               .request_timeout_ms = 20000,
               .inbound_look_ms = SIGNALWIRE_INBOUND_LOOK_MS},
};

static const struct provider_desc signalwire_compat_box = {
    .name = "mock",
    .caps = SIGNALWIRE_COMPAT_CAPS & ~BOX_LACKS,
    .document_type = "text/xml; charset=utf-8",
    .base_url = "",
    .limits = {.document_bytes_max = SIGNALWIRE_COMPAT_DOCUMENT_BYTES_MAX,
               .answer_timeout_ms = 5000,
               .request_timeout_ms = 20000},
};

static const struct mock_wire wires[] = {
    {"twilio", &twilio_dialect, &twilio_box, twilio_check_config},
    {"plivo", &plivo_dialect, &plivo_box, plivo_check_config},
    {"signalwire", &signalwire_dialect, &signalwire_box, signalwire_check_config},
    {"signalwire-compat", &signalwire_compat_dialect, &signalwire_compat_box,
     signalwire_check_config},
};

const struct mock_wire *mock_wires(size_t *count) {
    *count = ARRAY_LEN(wires);
    return wires;
}

const struct mock_wire *mock_wire_find(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(wires); i++)
        if (str_eq_z(name, wires[i].name))
            return &wires[i];
    return NULL;
}

enum error_code mock_provider_new(const struct mock_wire *wire, const struct provider_config *cfg,
                                  struct provider **out, struct error *err) {
    if (cfg->base_url.len == 0)
        return error_field(err, ERR_INVALID, "base_url", "the mock carrier's address is missing");
    enum error_code rc = wire->check_config(cfg, err);
    if (rc != ERR_OK)
        return rc;
    return rest_provider_new(wire->dialect, wire->desc, cfg, NULL, out, err);
}

static enum error_code create(const struct provider_config *cfg, struct str wire,
                              struct provider **out, struct error *err) {
    const struct mock_wire *w = wire.len ? mock_wire_find(wire) : wires;
    if (!w)
        return error_field(err, ERR_INVALID, "MOCK_DIALECT",
                           "the mock carrier does not speak \"" STR_FMT "\"", STR_ARG(wire));
    return mock_provider_new(w, cfg, out, err);
}

/* None to be set: the box makes up its own account, token and number. */
const struct carrier_entry mock_carrier = {.desc = &twilio_box, .create = create};
