#ifndef CORE_IO_PAYMENT_HTTP_H
#define CORE_IO_PAYMENT_HTTP_H

#include "core/domain/http.h"
#include "core/domain/payment.h"

/*
 * The user's own payment processor: each charge is a POST of JSON with the names that carriers'
 * connectors use ("SignalWire docs: pay", payment_connector_url), and the answer is read as theirs:
 *     {"charge_id": …} or {"token_id": …} with a 2xx   charged, or made a token of
 *     {"error_code": …, "error_message": …}            declined, whatever the status
 * Headers: Authorization: Bearer <token>, and Idempotency-Key: the processor has to charge once for
 * each. Without such an answer, 4xx means that nothing was charged; what else is uncertain.
 */
struct payment_http_options {
    struct http_client *http;   /* borrowed */
    struct str url;             /* https, or http on this machine; copied */
    const struct secret *token; /* borrowed; may be empty: no Authorization */
    uint32_t timeout_ms;        /* of one charge; 0: 8000 */
};

struct payment_gateway *payment_http_new(const struct payment_http_options *o);

#endif
