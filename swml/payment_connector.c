#include "swml/payment_connector.h"

#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/base/json_scan.h"
#include "core/base/utf8.h"
#include "core/domain/card_mask.h"

/*
 * The request is walked in place, after the strict scan has found it to be JSON: the tree that
 * json_parse() makes would leave the card number all over the heap.
 */
enum {
    DEPTH_MAX = 8,
    VALUES_MAX = 200,
    NAME_MAX = 64,
    STACK_BYTES = 32768, /* what reading may have used */
    CARD_DIGITS_MAX = 19,
};

enum member {
    MEMBER_NONE = 0,
    MEMBER_NUMBER,
    MEMBER_CODE,
    MEMBER_MONTH,
    MEMBER_YEAR,
    MEMBER_EXPIRATION,
    MEMBER_POSTAL_CODE,
    MEMBER_AMOUNT,
    MEMBER_CURRENCY,
    MEMBER_TRANSACTION,
    MEMBER_METHOD,
    MEMBER_TOKEN_TYPE,
    MEMBER_DESCRIPTION,
    MEMBER_PAYMENT,
    MEMBER_COUNT
};

static const struct {
    const char *name;
    enum member member;
} names[] = {
    {"cardnumber", MEMBER_NUMBER},
    {"payment_card_number", MEMBER_NUMBER},
    {"cvv", MEMBER_CODE},
    {"security_code", MEMBER_CODE},
    {"expiry_month", MEMBER_MONTH},
    {"expiry_year", MEMBER_YEAR},
    {"expiration_date", MEMBER_EXPIRATION},
    {"postal_code", MEMBER_POSTAL_CODE},
    {"chargeAmount", MEMBER_AMOUNT},
    {"charge_amount", MEMBER_AMOUNT},
    {"amount", MEMBER_AMOUNT},
    {"currency_code", MEMBER_CURRENCY},
    {"currency", MEMBER_CURRENCY},
    {"transaction_id", MEMBER_TRANSACTION},
    {"method", MEMBER_METHOD},
    {"token_type", MEMBER_TOKEN_TYPE},
    {"description", MEMBER_DESCRIPTION},
};

/** The longest value of each that is taken, in bytes; for error texts, the documented name. */
static const struct {
    const char *name;
    size_t max;
} members[MEMBER_COUNT] = {
    [MEMBER_NUMBER] = {"cardnumber", 40},
    [MEMBER_CODE] = {"cvv", 4},
    [MEMBER_MONTH] = {"expiry_month", 2},
    [MEMBER_YEAR] = {"expiry_year", 4},
    [MEMBER_EXPIRATION] = {"expiration_date", 4},
    [MEMBER_POSTAL_CODE] = {"postal_code", 16},
    [MEMBER_AMOUNT] = {"chargeAmount", 20},
    [MEMBER_CURRENCY] = {"currency_code", 3},
    [MEMBER_TRANSACTION] = {"transaction_id", PAYMENT_TRANSACTION_SIZE - 1},
    [MEMBER_METHOD] = {"method", PAYMENT_CONNECTOR_WORD_SIZE - 1},
    [MEMBER_TOKEN_TYPE] = {"token_type", PAYMENT_CONNECTOR_WORD_SIZE - 1},
    [MEMBER_DESCRIPTION] = {"description", 1000},
    [MEMBER_PAYMENT] = {"parameters", PAYMENT_CONNECTOR_WORD_SIZE - 1},
};

enum {
    VALUE_SIZE = 1001
};

struct value {
    bool given;
    char text[VALUE_SIZE];
};

struct walk {
    const char *at, *end;
    struct value values[MEMBER_COUNT];
    struct error *err;
    enum error_code rc;
};

static void fail(struct walk *w, enum member m, const char *why) {
    if (w->rc == ERR_OK)
        w->rc = error_field(w->err, ERR_INVALID, members[m].name, "%s", why);
}

/* ---- JSON that is known to be valid ------------------------------------------------------------
 */

static void skip_space(struct walk *w) {
    while (w->at < w->end && (*w->at == ' ' || *w->at == '\t' || *w->at == '\n' || *w->at == '\r'))
        w->at++;
}

/** The raw text between the quotes; w->at goes behind the second. */
static struct str take_string(struct walk *w) {
    const char *from = ++w->at;
    while (w->at < w->end && *w->at != '"')
        w->at += *w->at == '\\' ? 2 : 1;
    struct str raw = str_from(from, (size_t)(w->at - from));
    w->at++;
    return raw;
}

/** A number, true, false or null. */
static struct str take_word(struct walk *w) {
    const char *from = w->at;
    while (w->at < w->end && *w->at != ',' && *w->at != '}' && *w->at != ']' && *w->at != ' ' &&
           *w->at != '\t' && *w->at != '\n' && *w->at != '\r')
        w->at++;
    return str_from(from, (size_t)(w->at - from));
}

static void skip_value(struct walk *w) {
    size_t depth = 0;
    do {
        skip_space(w);
        if (*w->at == '"')
            (void)take_string(w);
        else if (*w->at == '{' || *w->at == '[')
            depth++, w->at++;
        else if (*w->at == '}' || *w->at == ']')
            depth--, w->at++;
        else if (*w->at == ',' || *w->at == ':')
            w->at++;
        else
            (void)take_word(w);
    } while (depth > 0);
}

/** Undo the escapes of raw into dst; false when it does not fit. */
static bool unescape(struct str raw, char *dst, size_t max) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++, n++) {
        if (n == max)
            return false;
        dst[n] = raw.ptr[i];
        if (raw.ptr[i] != '\\')
            continue;
        size_t k = str_find(str_z(from), raw.ptr[++i]);
        bool by_code = k == sizeof from - 1; /* of four hex digits; ours to keep are plain ASCII */
        dst[n] = by_code ? '?' : to[k];
        i += by_code ? 4 : 0;
    }
    dst[n] = '\0';
    return true;
}

/* ---- members -----------------------------------------------------------------------------------
 */

static void keep(struct walk *w, enum member m, struct str raw, bool quoted) {
    struct value *v = &w->values[m];
    char text[VALUE_SIZE];
    if (!quoted && str_eq(raw, STR("null")))
        return;
    if (!unescape(raw, text, members[m].max))
        fail(w, m, "this is no such value");
    else if (v->given && strcmp(v->text, text) != 0)
        fail(w, m, "it is given twice, with different values");
    else
        memcpy(v->text, text, sizeof text);
    v->given = true;
    secret_wipe(text, sizeof text);
}

static enum member find(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_z(name, names[i].name))
            return names[i].member;
    return MEMBER_NONE;
}

/** Walk an object from its brace on; parameters are walked for "payment" only. */
static void walk_object(struct walk *w, bool parameters) {
    w->at++;
    for (;;) {
        skip_space(w);
        if (*w->at == '}') {
            w->at++;
            return;
        }
        struct str name = take_string(w);
        skip_space(w);
        w->at++; /* the colon */
        skip_space(w);
        enum member m =
            parameters ? (str_eq_z(name, "payment") ? MEMBER_PAYMENT : MEMBER_NONE) : find(name);
        bool quoted = *w->at == '"';
        if (!parameters && str_eq_z(name, "parameters") && *w->at == '{')
            walk_object(w, true);
        else if (m == MEMBER_NONE)
            skip_value(w);
        else if (*w->at == '{' || *w->at == '[')
            fail(w, m, "this is no such value"), skip_value(w);
        else
            keep(w, m, quoted ? take_string(w) : take_word(w), quoted);
        skip_space(w);
        if (*w->at == ',')
            w->at++;
    }
}

/* ---- meaning -----------------------------------------------------------------------------------
 */

static bool is_digits(const char *z) {
    for (; *z; z++)
        if (*z < '0' || *z > '9')
            return false;
    return true;
}

/** Blanks and dashes that people put between the groups are left out. */
static void squeeze(char *z) {
    char *to = z;
    for (const char *from = z; *from; from++)
        if (*from != ' ' && *from != '-')
            *to++ = *from;
    *to = '\0';
}

static void take_card(struct walk *w, struct payment_card *card) {
    struct value *v = w->values;
    squeeze(v[MEMBER_NUMBER].text);
    size_t digits = strlen(v[MEMBER_NUMBER].text);
    if (digits == 0)
        fail(w, MEMBER_NUMBER, "a card number is needed");
    else if (!is_digits(v[MEMBER_NUMBER].text) || digits > CARD_DIGITS_MAX)
        fail(w, MEMBER_NUMBER, "a card number has at most 19 digits");
    for (enum member m = MEMBER_CODE; m <= MEMBER_EXPIRATION; m++)
        if (!is_digits(v[m].text))
            fail(w, m, "it has digits only");
    if (v[MEMBER_EXPIRATION].given && strlen(v[MEMBER_EXPIRATION].text) != 4)
        fail(w, MEMBER_EXPIRATION, "write it as MMYY");
    if (w->rc != ERR_OK)
        return;
    struct str expiry = str_z(v[MEMBER_EXPIRATION].text);
    bool together = expiry.len == 4 && !v[MEMBER_MONTH].text[0];
    secret_set(&card->number, str_z(v[MEMBER_NUMBER].text));
    secret_set(&card->code, str_z(v[MEMBER_CODE].text));
    secret_set(&card->postal_code, str_z(v[MEMBER_POSTAL_CODE].text));
    secret_set(&card->expiry_month,
               together ? str_from(expiry.ptr, 2) : str_z(v[MEMBER_MONTH].text));
    secret_set(&card->expiry_year,
               together ? str_from_index(expiry, 2) : str_z(v[MEMBER_YEAR].text));
}

/** A text that people wrote: masked, and cut where it is too long. */
static void take_text(const char *z, char *dst, size_t size) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(2 * VALUE_SIZE);
    card_mask_put(&b, str_z(z));
    struct str s = buf_str(&b);
    if (s.len >= size)
        s.len = utf8_cut(s.ptr, size - 1);
    if (!str_copy(s, dst, size))
        dst[0] = '\0';
}

static void take_rest(struct walk *w, struct payment_connector_request *out) {
    struct value *v = w->values;
    if (!payment_amount_parse(str_z(v[MEMBER_AMOUNT].text), out->amount))
        fail(w, MEMBER_AMOUNT, "write it as 49.99");
    if (!payment_currency_parse(str_z(v[MEMBER_CURRENCY].text), out->currency))
        fail(w, MEMBER_CURRENCY, "write three letters, such as usd");
    take_text(v[MEMBER_TRANSACTION].text, out->transaction_id, sizeof out->transaction_id);
    take_text(v[MEMBER_METHOD].text, out->method, sizeof out->method);
    take_text(v[MEMBER_TOKEN_TYPE].text, out->token_type, sizeof out->token_type);
    take_text(v[MEMBER_DESCRIPTION].text, out->description, sizeof out->description);
    take_text(v[MEMBER_PAYMENT].text, out->payment, sizeof out->payment);
}

/* On a frame of its own, whose remains the caller wipes. */
static __attribute__((noinline)) enum error_code
read_request(struct str body, struct payment_connector_request *out, struct error *err) {
    struct walk w = {.at = body.ptr, .end = body.ptr + body.len, .err = err};
    struct payment_connector_request got = {0};
    skip_space(&w);
    if (*w.at != '{')
        return error_set(err, ERR_INVALID, "the request is no JSON object");
    walk_object(&w, false);
    if (w.rc == ERR_OK)
        take_card(&w, &got.card);
    if (w.rc == ERR_OK)
        take_rest(&w, &got);
    secret_wipe(w.values, sizeof w.values);
    if (w.rc == ERR_OK)
        *out = got;
    else
        payment_connector_release(&got);
    return w.rc;
}

enum error_code payment_connector_read(struct str body, struct payment_connector_request *out,
                                       struct error *err) {
    struct json_scan scan = {.text = body,
                             .bytes_max = PAYMENT_CONNECTOR_BYTES_MAX,
                             .depth_max = DEPTH_MAX,
                             .values_max = VALUES_MAX};
    if (!json_scan_run(&scan))
        return error_set(err, scan.code, "the request is no valid JSON: %s", scan.rule);
    enum error_code rc = read_request(body, out, err);
    secret_wipe_stack(STACK_BYTES);
    return rc;
}

void payment_connector_release(struct payment_connector_request *r) {
    payment_card_release(&r->card);
    secret_wipe(r, sizeof *r);
}

/* ---- the answer --------------------------------------------------------------------------------
 */

static void put_or_null(struct json_writer *w, const char *name, const char *z) {
    json_key(w, name);
    if (z[0])
        json_put_string(w, str_z(z));
    else
        json_put_null(w);
}

void payment_connector_write(const struct payment_reply *reply, bool token, struct buf *out) {
    struct json_writer w;
    json_write_init(&w, out);
    json_begin_object(&w);
    put_or_null(&w, token ? "token_id" : "charge_id", token ? reply->token_id : reply->charge_id);
    put_or_null(&w, "error_code", reply->error_code);
    put_or_null(&w, "error_message", reply->error_text);
    json_end_object(&w);
}
