#include "core/engine/payment_mock.h"

#include "core/base/compiler.h"
#include "core/base/digest.h"
#include "core/base/mem.h"

enum {
    ID_BYTES = 6,
    DIGITS_MIN = 12,
    DIGITS_MAX = 19
};

struct payment_mock {
    struct payment_gateway base;
    struct clock clock;
};

static const struct {
    const char *number, *code;
} declined[] = {
    {"4000000000000002", "card_declined"},    {"4000000000009995", "insufficient_funds"},
    {"4000000000000069", "expired_card"},     {"4000000000000127", "incorrect_cvc"},
    {"4000000000000119", "processing_error"},
};

static const struct {
    const char *code, *text;
} reasons[] = {
    {"card_declined", "Your card was declined"},
    {"insufficient_funds", "Your card has insufficient funds"},
    {"expired_card", "Your card has expired"},
    {"incorrect_cvc", "Your card's security code is incorrect"},
    {"processing_error", "An error occurred while processing your card"},
    {"invalid_number", "Your card number is incorrect"},
    {"invalid_expiry", "Your card's expiration date is incorrect"},
};

/** Luhn: every second digit from the right counts double, and its digits are added up. */
static bool check_digit_is_right(struct str digits) {
    unsigned sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned d = (unsigned)(digits.ptr[digits.len - 1 - i] - '0') << (i % 2);
        sum += d > 9 ? d - 9 : d;
    }
    return digits.len >= DIGITS_MIN && digits.len <= DIGITS_MAX && sum % 10 == 0;
}

static bool code_fits(struct str code, struct str number) {
    bool four = str_starts(number, STR("34")) || str_starts(number, STR("37"));
    return code.len == 0 || code.len == (four ? 4 : 3);
}

/** NULL when the date is all right, or none was given. */
static const char *judge_date(const struct payment_mock *m, struct str month, struct str year) {
    uint64_t mm = 0, yy = 0;
    if (month.len == 0 && year.len == 0)
        return NULL;
    if (!str_to_u64(month, 12, &mm) || mm == 0 || !str_to_u64(year, 9999, &yy) ||
        (year.len != 2 && year.len != 4))
        return "invalid_expiry";
    struct clock_date today = clock_utc(clock_wall_ms(&m->clock));
    int full = (int)(yy < 100 ? yy + 2000 : yy);
    return full > today.year || (full == today.year && (int)mm >= today.month) ? NULL
                                                                               : "expired_card";
}

static const char *judge(const struct payment_mock *m, const struct payment_card *c) {
    struct str number = secret_reveal(&c->number);
    for (size_t i = 0; i < ARRAY_LEN(declined); i++)
        if (str_eq_z(number, declined[i].number))
            return declined[i].code;
    if (!check_digit_is_right(number))
        return "invalid_number";
    const char *date =
        judge_date(m, secret_reveal(&c->expiry_month), secret_reveal(&c->expiry_year));
    return date ? date : code_fits(secret_reveal(&c->code), number) ? NULL : "incorrect_cvc";
}

static void decline(struct payment_reply *out, const char *code) {
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
        if (str_eq_z(str_z(code), reasons[i].code)) {
            (void)!str_copy(str_z(code), out->error_code, sizeof out->error_code);
            (void)!str_copy(str_z(reasons[i].text), out->error_text, sizeof out->error_text);
        }
}

static void accept(struct payment_reply *out, const struct payment_request *req) {
    uint8_t digest[DIGEST_BLAKE2B_BYTES];
    bool token = str_eq_z(str_z(req->amount), "0.00");
    struct buf b = BUF_INIT(PAYMENT_REFERENCE_SIZE - 1);
    digest_blake2b(req->idempotency_key, digest);
    buf_puts(&b, token ? "tok_" : "ch_");
    digest_put_hex(&b, digest, ID_BYTES);
    (void)!str_copy(buf_str(&b), token ? out->token_id : out->charge_id, PAYMENT_REFERENCE_SIZE);
    buf_release(&b);
}

static enum error_code charge(struct payment_gateway *g, const struct payment_request *req,
                              struct payment_reply *out, struct error *err) {
    const struct payment_mock *m = container_of(g, struct payment_mock, base);
    const char *code = judge(m, req->card);
    (void)err;
    if (code)
        decline(out, code);
    else
        accept(out, req);
    return ERR_OK;
}

static void destroy(struct payment_gateway *g) {
    mem_free(container_of(g, struct payment_mock, base));
}

static const struct payment_gateway_ops mock_ops = {.destroy = destroy, .charge = charge};

struct payment_gateway *payment_mock_new(struct clock clock) {
    struct payment_mock *m = mem_zalloc(sizeof *m);
    m->base.ops = &mock_ops;
    m->clock = clock;
    return &m->base;
}
