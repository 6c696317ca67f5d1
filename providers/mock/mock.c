#include "providers/mock/mock.h"

#include "providers/twilio/twilio.h"

const struct provider_desc mock_desc = {
    .name = "mock",
    .caps = PROVIDER_CAP_PLACE | PROVIDER_CAP_END | PROVIDER_CAP_REDIRECT | PROVIDER_CAP_LOOKUP |
            PROVIDER_CAP_LIST | PROVIDER_CAP_RECORD | PROVIDER_CAP_RECORD_PAUSE |
            PROVIDER_CAP_RECORDINGS | PROVIDER_CAP_DETECTION | PROVIDER_CAP_SPEECH |
            PROVIDER_CAP_PAY | PROVIDER_CAP_PLACE_RECORDED | PROVIDER_CAP_MACHINE_END |
            PROVIDER_CAP_CONFERENCE | PROVIDER_CAP_QUEUE,
    .document_type = "text/xml; charset=utf-8",
    .base_url = "", /* a box listens where it is told to */
    .limits = {.calls_per_s = 0,
               .document_bytes_max = 64000,
               .answer_timeout_ms = 15000,
               .request_timeout_ms = 20000},
};

static const struct rest_dialect *const wires[] = {&twilio_dialect};

const struct rest_dialect *mock_wire_find(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(wires); i++)
        if (str_eq_z(name, wires[i]->desc->name))
            return wires[i];
    return NULL;
}

enum error_code mock_provider_new(const struct rest_dialect *wire,
                                  const struct provider_config *cfg, struct provider **out,
                                  struct error *err) {
    if (cfg->base_url.len == 0)
        return error_field(err, ERR_INVALID, "base_url", "the mock carrier's address is missing");
    return rest_provider_new(wire, &mock_desc, cfg, NULL, out, err);
}

static enum error_code create(const struct provider_config *cfg, struct str wire,
                              struct provider **out, struct error *err) {
    const struct rest_dialect *d = wire.len ? mock_wire_find(wire) : wires[0];
    if (!d)
        return error_field(err, ERR_INVALID, "MOCK_DIALECT",
                           "the mock carrier does not speak \"" STR_FMT "\"", STR_ARG(wire));
    return mock_provider_new(d, cfg, out, err);
}

/* None to be set: the box makes up its own account, token and number. */
const struct carrier_entry mock_carrier = {.desc = &mock_desc, .create = create};
