#ifndef PROVIDERS_PLIVO_WEBHOOK_H
#define PROVIDERS_PLIVO_WEBHOOK_H

#include "providers/rest/rest.h"

/* Plivo's webhooks. See struct rest_dialect for each contract. */

enum error_code plivo_verify_webhook(struct rest_signer *s, const struct webhook_request *req,
                                     struct arena *a, struct form *fields, struct error *err);
enum error_code plivo_parse_webhook(const struct rest_account *a, const struct webhook_request *req,
                                    const struct form *fields, struct arena *arena,
                                    struct webhook_news *out, struct error *err);

#endif
