#ifndef SWML_PAYMENT_CONNECTOR_H
#define SWML_PAYMENT_CONNECTOR_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/domain/payment.h"

/*
 * What a carrier's pay step asks a connector for, and the answer ("SignalWire docs: pay",
 * payment_connector_url; cXML <Pay>; "Twilio docs: Generic Pay Connector"). Members are taken by
 * their documented names and by those that connectors in the field read:
 *     cardnumber, payment_card_number     chargeAmount, charge_amount, amount
 *     cvv, security_code                  currency_code, currency
 *     expiry_month, expiry_year, or expiration_date ("1230")
 *     postal_code, transaction_id, method, token_type, description
 *     parameters: an object; its "payment" names one of ours
 * Each is text or a number. Others are passed over.
 */
enum {
    PAYMENT_CONNECTOR_BYTES_MAX = 16384, /* of a request */
    PAYMENT_CONNECTOR_WORD_SIZE = 32,
    PAYMENT_CONNECTOR_TEXT_SIZE = 256,
};

struct payment_connector_request {
    struct payment_card card;
    char amount[PAYMENT_AMOUNT_SIZE];
    char currency[PAYMENT_CURRENCY_SIZE];
    char transaction_id[PAYMENT_TRANSACTION_SIZE];
    char method[PAYMENT_CONNECTOR_WORD_SIZE], token_type[PAYMENT_CONNECTOR_WORD_SIZE];
    char description[PAYMENT_CONNECTOR_TEXT_SIZE]; /* card numbers in it are masked */
    char payment[PAYMENT_CONNECTOR_WORD_SIZE];     /* of parameters */
};

/**
 * Read a request. Nothing of the card is left anywhere but in body and in out->card: no copy on the
 * heap, and the stack is cleaned. ERR_INVALID names the field, without its value: no JSON object,
 * no card number, a value that cannot be one, two spellings that contradict each other. ERR_LIMIT:
 * too long. *out is written only on ERR_OK; release it with payment_connector_release().
 */
NODISCARD enum error_code
payment_connector_read(struct str body, struct payment_connector_request *out, struct error *err);
void payment_connector_release(struct payment_connector_request *r); /* wipes; zeroed is fine */

/**
 * Append the answer: {"charge_id","error_code","error_message"}, with token_id instead of charge_id
 * when only a token was asked for. Members that say nothing are null.
 */
void payment_connector_write(const struct payment_reply *reply, bool token, struct buf *out);

#endif
