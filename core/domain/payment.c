#include "core/domain/payment.h"

#include <assert.h>

#include "core/base/compiler.h"
#include "core/domain/card_mask.h"
#include "core/domain/names.h"

enum {
    WHOLE_MAX = 1000000, /* what carriers' pay steps take */
};

static const char *const result_names[] = {
    [PAYMENT_RESULT_NONE] = "",
    [PAYMENT_SUCCESS] = "success",
    [PAYMENT_TOO_MANY_ATTEMPTS] = "too-many-failed-attempts",
    [PAYMENT_CONNECTOR_ERROR] = "payment-connector-error",
    [PAYMENT_STAR] = "caller-interrupted-with-star",
    [PAYMENT_HUNG_UP] = "caller-hung-up",
    [PAYMENT_STOPPED] = "relay-pay-stop",
    [PAYMENT_INVALID] = "validation-error",
    [PAYMENT_INTERNAL] = "internal-error",
};
_Static_assert(ARRAY_LEN(result_names) == PAYMENT_RESULT_COUNT, "every result has a name");

static const char *const status_names[] = {
    [PAYMENT_STATUS_NONE] = "none",      [PAYMENT_WAITING] = "waiting",
    [PAYMENT_PROCESSING] = "processing", [PAYMENT_SUCCEEDED] = "succeeded",
    [PAYMENT_FAILED] = "failed",         [PAYMENT_UNCERTAIN] = "uncertain",
};
_Static_assert(ARRAY_LEN(status_names) == PAYMENT_STATUS_COUNT, "every status has a name");

const char *payment_result_name(enum payment_result r) {
    return (unsigned)r < PAYMENT_RESULT_COUNT ? result_names[r] : "";
}

bool payment_result_parse(struct str s, enum payment_result *out) {
    size_t i;
    if (!names_find(result_names, PAYMENT_SUCCESS, PAYMENT_RESULT_COUNT, s, &i))
        return false;
    *out = (enum payment_result)i;
    return true;
}

const char *payment_status_name(enum payment_status s) {
    return (unsigned)s < PAYMENT_STATUS_COUNT ? status_names[s] : "none";
}

bool payment_is_over(enum payment_status s) {
    return s == PAYMENT_SUCCEEDED || s == PAYMENT_FAILED || s == PAYMENT_UNCERTAIN;
}

enum payment_result payment_judge(const struct payment *p, enum payment_result said) {
    bool unknown = p->status == PAYMENT_UNCERTAIN || p->status == PAYMENT_PROCESSING;
    bool refused = p->own && p->error_code[0];
    if (p->status == PAYMENT_SUCCEEDED)
        return PAYMENT_SUCCESS;
    if (said == PAYMENT_SUCCESS && (p->own || unknown))
        return PAYMENT_CONNECTOR_ERROR;
    return said != PAYMENT_RESULT_NONE ? said
           : refused                   ? PAYMENT_CONNECTOR_ERROR
                                       : PAYMENT_INTERNAL;
}

/* ---- money -------------------------------------------------------------------------------------
 */

bool payment_amount_parse(struct str s, char *dst) {
    struct str rest = str_trim(s), whole, cents = STR("00");
    uint64_t units = 0, hundredths = 0;
    if (rest.len == 0)
        return str_copy(STR("0.00"), dst, PAYMENT_AMOUNT_SIZE);
    if (rest.ptr[0] == '$')
        rest = str_trim(str_from_index(rest, 1));
    if (!str_next(&rest, '.', &whole) || (rest.ptr && !str_next(&rest, '.', &cents)) || rest.ptr)
        return false;
    if (!str_to_u64(whole, WHOLE_MAX, &units) || cents.len < 1 || cents.len > 2 ||
        !str_to_u64(cents, 99, &hundredths))
        return false;
    if (cents.len == 1)
        hundredths *= 10;
    if (units == WHOLE_MAX && hundredths > 0)
        return false;
    CLEANUP(buf_release) struct buf b = BUF_INIT(PAYMENT_AMOUNT_SIZE - 1);
    buf_printf(&b, "%u.%02u", (unsigned)units, (unsigned)hundredths);
    return str_copy(buf_str(&b), dst, PAYMENT_AMOUNT_SIZE);
}

bool payment_currency_parse(struct str s, char *dst) {
    char code[PAYMENT_CURRENCY_SIZE] = "usd";
    if (s.len != 0 && s.len != 3)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = (char)(s.ptr[i] | 0x20);
        if (c < 'a' || c > 'z' || (s.ptr[i] & 0xc0) != 0x40)
            return false;
        code[i] = c;
    }
    return str_copy(str_z(code), dst, PAYMENT_CURRENCY_SIZE);
}

/* ---- the port ----------------------------------------------------------------------------------
 */

void payment_card_release(struct payment_card *c) {
    secret_release(&c->number);
    secret_release(&c->code);
    secret_release(&c->postal_code);
    secret_release(&c->expiry_month);
    secret_release(&c->expiry_year);
}

/* An id may be all digits, too: only this very card is looked for. */
static void mask_id(const struct payment_request *req, char *id) {
    struct str number = secret_reveal(&req->card->number), s = str_z(id);
    if (number.len > 0 && str_find_str(s, number) < s.len)
        memcpy(id, "masked", sizeof "masked");
}

/* What others wrote is not trusted to hold no card number: neither a valid one, nor the one that
 * was mistyped. */
static void mask_text(const struct payment_request *req, char *text, size_t size) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(2 * PAYMENT_TEXT_SIZE);
    if (card_mask_put(&b, str_z(text)) && !str_copy(buf_str(&b), text, size))
        text[0] = '\0';
    mask_id(req, text);
}

enum error_code payment_charge(struct payment_gateway *g, const struct payment_request *req,
                               struct payment_reply *out, struct error *err) {
    assert(req->card && req->amount && req->currency && req->idempotency_key.len > 0);
    struct payment_reply got = {0};
    enum error_code rc = g->ops->charge(g, req, &got, err);
    if (rc != ERR_OK)
        return rc;
    assert(got.error_code[0] || got.charge_id[0] || got.token_id[0]);
    mask_id(req, got.charge_id);
    mask_id(req, got.token_id);
    mask_id(req, got.error_code);
    mask_text(req, got.error_text, sizeof got.error_text);
    *out = got;
    return ERR_OK;
}

void payment_gateway_free(struct payment_gateway *g) {
    if (g)
        g->ops->destroy(g);
}
