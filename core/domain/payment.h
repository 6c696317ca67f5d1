#ifndef CORE_DOMAIN_PAYMENT_H
#define CORE_DOMAIN_PAYMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/str.h"

/*
 * Payments by card. The carrier collects the card by keys; the gateway hands it to whoever can
 * charge it, and forgets it. Card data is in struct payment_card only: locked memory that no log
 * takes, never in the store, in events or in what an assistant is told.
 */
#define PAYMENT_ID_PREFIX "pay"

enum {
    PAYMENT_AMOUNT_SIZE = 16,    /* "1000000.00" and a NUL */
    PAYMENT_CURRENCY_SIZE = 4,   /* "usd" and a NUL */
    PAYMENT_REFERENCE_SIZE = 80, /* ids and codes of whoever charges, with a NUL */
    PAYMENT_TEXT_SIZE = 160,
    PAYMENT_TRANSACTION_SIZE = 80,
    PAYMENT_CARD_TYPE_SIZE = 24,
    PAYMENT_LAST4_SIZE = 5,
};

/* ---- how a carrier's pay step ended ------------------------------------------------------------
 */

/** Carriers and the connectors in the field share these words: see payment_result_name(). */
enum payment_result {
    PAYMENT_RESULT_NONE = 0, /* not over, or not about a payment */
    PAYMENT_SUCCESS,
    PAYMENT_TOO_MANY_ATTEMPTS, /* the caller's entries made no sense */
    PAYMENT_CONNECTOR_ERROR,   /* declined, or whoever charges failed */
    PAYMENT_STAR,              /* the caller called it off with the star key */
    PAYMENT_HUNG_UP,
    PAYMENT_STOPPED, /* called off from outside */
    PAYMENT_INVALID, /* the carrier could not use the request to pay */
    PAYMENT_INTERNAL,
    PAYMENT_RESULT_COUNT
};

/** "success", "too-many-failed-attempts", "payment-connector-error" …; "" for none. */
const char *payment_result_name(enum payment_result r);
NODISCARD bool payment_result_parse(struct str s, enum payment_result *out);

/* ---- what is kept ------------------------------------------------------------------------------
 */

enum payment_status {
    PAYMENT_STATUS_NONE = 0,
    PAYMENT_WAITING,    /* the caller is asked for the card, or is about to be */
    PAYMENT_PROCESSING, /* a charge is on its way: its outcome is not known yet */
    PAYMENT_SUCCEEDED,
    PAYMENT_FAILED,
    PAYMENT_UNCERTAIN, /* the charge may have been made; nothing will be charged again for it */
    PAYMENT_STATUS_COUNT
};
const char *payment_status_name(enum payment_status s); /* "waiting" …; "none" */

/** Is nothing more to come of it? */
bool payment_is_over(enum payment_status s);

/** What was done to the call's recording so that no key of the card is on it. */
enum payment_guard {
    PAYMENT_GUARD_NONE = 0, /* nothing is being recorded */
    PAYMENT_GUARD_WANTED,   /* asked for; not to be paid before it is done */
    PAYMENT_GUARD_PAUSED,
    PAYMENT_GUARD_STOPPED, /* where a recording cannot be paused */
    PAYMENT_GUARD_FAILED,  /* it goes on: no card may be typed */
    PAYMENT_GUARD_LIFTED,  /* goes on as it was before */
    PAYMENT_GUARD_COUNT
};

/** One thing to be paid, as stored. At most one charge is ever made for it. Plain data. */
struct payment {
    int64_t id;
    int64_t call_id; /* 0: of no call */
    enum payment_status status;
    enum payment_result result;
    enum payment_guard guard;
    bool own;          /* charged through our connector: without it there was no charge */
    uint32_t attempts; /* that reached whoever charges */
    char amount[PAYMENT_AMOUNT_SIZE]; /* "49.99"; "0.00": to make a token of the card only */
    char currency[PAYMENT_CURRENCY_SIZE];
    char transaction_id[PAYMENT_TRANSACTION_SIZE]; /* the carrier's, of the newest attempt */
    char charge_id[PAYMENT_REFERENCE_SIZE], token_id[PAYMENT_REFERENCE_SIZE];
    char error_code[PAYMENT_REFERENCE_SIZE];
    char error_text[PAYMENT_TEXT_SIZE];
    char last4[PAYMENT_LAST4_SIZE]; /* "" when not known */
    char card_type[PAYMENT_CARD_TYPE_SIZE];
    int64_t created_ms, updated_ms;
};

/**
 * How a payment really ended, by what the carrier says (NONE: nothing that makes sense). Our own
 * books are right about our own charges: success exactly where there was one.
 */
enum payment_result payment_judge(const struct payment *p, enum payment_result said);

/** What a carrier tells of a finished pay step: masked, strings borrowed. */
struct payment_news {
    enum payment_result result; /* NONE: nothing */
    struct str charge_id, token_id, error_code, error_text;
    struct str last4, card_type;
};

/**
 * Read an amount: digits, and a point with one or two digits behind it if there are cents; a "$"
 * before it and zeros too many are taken; at most 1000000. "" is "0.00". dst holds
 * PAYMENT_AMOUNT_SIZE bytes and is written only on success.
 */
NODISCARD bool payment_amount_parse(struct str s, char *dst);

/** Three letters, written small; "" is "usd". dst holds PAYMENT_CURRENCY_SIZE bytes. */
NODISCARD bool payment_currency_parse(struct str s, char *dst);

/* ---- the port: whoever charges -----------------------------------------------------------------
 */

/** What was typed. Digits only, but for the postal code. */
struct payment_card {
    struct secret number, code, postal_code;
    struct secret expiry_month, expiry_year; /* "12", "30" */
};
void payment_card_release(struct payment_card *c); /* wipes; zeroed is fine */

/** Strings are borrowed. */
struct payment_request {
    const struct payment_card *card;
    const char *amount; /* as payment_amount_parse() writes it; "0.00": make a token */
    const char *currency;
    struct str description, method, token_type; /* "credit-card", "reusable"; may be empty */
    struct str transaction_id;                  /* the carrier's */
    struct str idempotency_key;                 /* whoever charges does so once for each */
    struct str call_id;                         /* as text; "" of no call */
};

/** Charged or tokenised when error_code is empty, else declined. */
struct payment_reply {
    char charge_id[PAYMENT_REFERENCE_SIZE], token_id[PAYMENT_REFERENCE_SIZE];
    char error_code[PAYMENT_REFERENCE_SIZE];
    char error_text[PAYMENT_TEXT_SIZE];
};

struct payment_gateway;
struct payment_gateway_ops {
    void (*destroy)(struct payment_gateway *g);
    enum error_code (*charge)(struct payment_gateway *g, const struct payment_request *req,
                              struct payment_reply *out, struct error *err);
};
struct payment_gateway {
    const struct payment_gateway_ops *ops;
};

/**
 * Charge a card once. Blocks for at most the implementation's time-out. *out is written only on
 * ERR_OK, which a declined card is, too. ERR_NETWORK, ERR_BUSY: nothing was charged, repeating is
 * safe. ERR_UNCERTAIN: it may have been charged; repeat with the same idempotency key only.
 * ERR_AUTH, ERR_INVALID, ERR_UPSTREAM: certainly not charged, and will not be until somebody looks
 * at it. No text in err or out holds anything of the card. Thread: any.
 */
NODISCARD enum error_code payment_charge(struct payment_gateway *g,
                                         const struct payment_request *req,
                                         struct payment_reply *out, struct error *err);
void payment_gateway_free(struct payment_gateway *g); /* NULL is fine */

#endif
