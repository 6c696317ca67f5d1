#include "core/domain/phone.h"

#include <string.h>

#include "core/base/compiler.h"

enum {
    E164_DIGITS_MIN = 7,
    E164_DIGITS_MAX = 15 /* ITU-T E.164, 6.2 */
};

enum phone_refusal {
    REFUSE_EMERGENCY,
    REFUSE_PREMIUM,
    REFUSE_SATELLITE,
    REFUSE_SPECIAL
};

static const char *const refusal_texts[] = {
    [REFUSE_EMERGENCY] = "emergency numbers are never dialled; call them from a telephone",
    [REFUSE_PREMIUM] = "premium-rate numbers are not dialled; give an ordinary number",
    [REFUSE_SATELLITE] = "satellite numbers are not dialled; give an ordinary number",
    [REFUSE_SPECIAL] = "this number range is not for ordinary calls; give an ordinary number",
};

/*
 * What is refused by prefix; '?' stands for any digit. A rule is here because a call to the range
 * costs its caller much more than a call (which makes it a target for fraud), or because nobody who
 * can be called lives there.
 */
// clang-format off
static const struct phone_rule {
    const char *prefix;
    enum phone_refusal refusal;
} phone_rules[] = {
    /* ITU, list of assigned country codes (E.164 annex) */
    {"+979", REFUSE_PREMIUM},   /* international premium rate, E.169.2 */
    {"+808", REFUSE_SPECIAL},   /* international shared cost, E.169.3 */
    {"+878", REFUSE_SPECIAL},   /* universal personal telecommunication, E.168.1 */
    {"+888", REFUSE_SPECIAL},   /* was: disaster relief */
    {"+991", REFUSE_SPECIAL},   /* was: trial of a public correspondence service */
    {"+999", REFUSE_SPECIAL},   /* reserved */
    {"+870", REFUSE_SATELLITE}, /* Inmarsat SNAC */
    {"+881", REFUSE_SATELLITE}, /* global mobile satellite system */
    {"+882", REFUSE_SATELLITE}, /* international networks, E.164.1 */
    {"+883", REFUSE_SATELLITE},
    /* NANPA: N11 codes, easily recognizable codes, 976 exchanges */
    {"+1911", REFUSE_EMERGENCY},
    {"+1???911", REFUSE_EMERGENCY},
    {"+1?11", REFUSE_SPECIAL},
    {"+1900", REFUSE_PREMIUM},
    {"+1976", REFUSE_PREMIUM},
    {"+1???976", REFUSE_PREMIUM},
    {"+1700", REFUSE_SPECIAL}, /* services of the caller's own carrier */
    /* Ofcom, National Telephone Numbering Plan, part A */
    {"+44112", REFUSE_EMERGENCY},
    {"+44999", REFUSE_EMERGENCY},
    {"+449", REFUSE_PREMIUM},   /* 090, 091, 098 */
    {"+44871", REFUSE_PREMIUM}, /* special services, higher rate */
    {"+44872", REFUSE_PREMIUM},
    {"+44873", REFUSE_PREMIUM},
    {"+4470", REFUSE_SPECIAL},  /* personal numbers */
    /* the national plans as filed with the ITU (E.129) */
    {"+31900", REFUSE_PREMIUM},   {"+31906", REFUSE_PREMIUM},   {"+31909", REFUSE_PREMIUM},
    {"+3290", REFUSE_PREMIUM},
    {"+3389", REFUSE_PREMIUM},
    {"+34803", REFUSE_PREMIUM},   {"+34806", REFUSE_PREMIUM},   {"+34807", REFUSE_PREMIUM},
    {"+34905", REFUSE_PREMIUM},   {"+34907", REFUSE_PREMIUM},
    {"+39892", REFUSE_PREMIUM},   {"+39894", REFUSE_PREMIUM},   {"+39895", REFUSE_PREMIUM},
    {"+39899", REFUSE_PREMIUM},
    {"+41900", REFUSE_PREMIUM},   {"+41901", REFUSE_PREMIUM},   {"+41906", REFUSE_PREMIUM},
    {"+43900", REFUSE_PREMIUM},   {"+43901", REFUSE_PREMIUM},   {"+43930", REFUSE_PREMIUM},
    {"+43931", REFUSE_PREMIUM},   {"+43939", REFUSE_PREMIUM},
    {"+46900", REFUSE_PREMIUM},   {"+46939", REFUSE_PREMIUM},   {"+46944", REFUSE_PREMIUM},
    {"+49137", REFUSE_PREMIUM},   {"+49900", REFUSE_PREMIUM},
    {"+55900", REFUSE_PREMIUM},
    {"+61190", REFUSE_PREMIUM},
    {"+64900", REFUSE_PREMIUM},
    {"+7809", REFUSE_PREMIUM},
    {"+81990", REFUSE_PREMIUM},
    {"+9721900", REFUSE_PREMIUM},
};
// clang-format on

/* Emergency numbers as people write them. All are too short for E.164; they get their own words. */
static const char *const emergency_numbers[] = {
    "000", "110", "111", "112", "113", "115", "117", "118", "119", "120",
    "122", "190", "192", "193", "911", "933", "988", "995", "999",
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_emergency(struct str s) {
    if (s.len > 0 && s.ptr[0] == '+')
        s = str_from_index(s, 1);
    for (size_t i = 0; i < ARRAY_LEN(emergency_numbers); i++) {
        if (str_eq_z(s, emergency_numbers[i]))
            return true;
    }
    return false;
}

static bool rule_matches(const char *pattern, struct str number) {
    size_t n = strlen(pattern);
    if (n > number.len)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (pattern[i] != '?' && pattern[i] != number.ptr[i])
            return false;
    }
    return true;
}

bool phone_is_e164(struct str s) {
    if (s.len < E164_DIGITS_MIN + 1 || s.len > E164_DIGITS_MAX + 1)
        return false;
    if (s.ptr[0] != '+' || s.ptr[1] == '0')
        return false;
    for (size_t i = 1; i < s.len; i++) {
        if (!is_digit(s.ptr[i]))
            return false;
    }
    return true;
}

enum error_code phone_parse(struct str s, const char *field, struct phone *out, struct error *err) {
    if (is_emergency(s))
        return error_field(err, ERR_INVALID, field, "%s", refusal_texts[REFUSE_EMERGENCY]);
    if (!phone_is_e164(s))
        return error_field(err, ERR_INVALID, field,
                           "must be an E.164 number: '+', country code and number, 7 to 15 digits, "
                           "no spaces, as in +12025550100");
    for (size_t i = 0; i < ARRAY_LEN(phone_rules); i++) {
        if (rule_matches(phone_rules[i].prefix, s))
            return error_field(err, ERR_INVALID, field, "%s (%s)",
                               refusal_texts[phone_rules[i].refusal], phone_rules[i].prefix);
    }
    *out = (struct phone){{0}};
    memcpy(out->e164, s.ptr, s.len);
    return ERR_OK;
}

void phone_mask(struct str e164, char *dst) {
    static const char stars[] = "****";
    enum {
        TAIL = 2,
        HIDDEN = sizeof stars - 1,
        HEAD_MIN = 3 /* a shorter number would be told by what is left of it */
    };
    size_t n = 0;
    bool known = phone_is_e164(e164);
    if (known && e164.len >= HEAD_MIN + HIDDEN + TAIL) {
        n = e164.len - HIDDEN - TAIL;
        memcpy(dst, e164.ptr, n);
    }
    memcpy(dst + n, stars, sizeof stars);
    if (known)
        memcpy(dst + n + HIDDEN, (char[]){e164.ptr[e164.len - 2], e164.ptr[e164.len - 1], 0},
               TAIL + 1);
}
