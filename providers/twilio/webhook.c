#include "providers/twilio/webhook.h"

#include "providers/twilio/words.h"

enum error_code twilio_verify_webhook(struct rest_signer *s, const struct webhook_request *req,
                                      struct arena *a, struct form *fields, struct error *err) {
    return laml_verify_webhook(&twilio_laml, s, req, a, fields, err);
}

enum error_code twilio_parse_webhook(const struct rest_account *a,
                                     const struct webhook_request *req, const struct form *fields,
                                     struct arena *arena, struct webhook_news *out,
                                     struct error *err) {
    return laml_parse_webhook(&twilio_laml, a, req, fields, arena, out, err);
}
