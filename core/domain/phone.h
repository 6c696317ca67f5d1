#ifndef CORE_DOMAIN_PHONE_H
#define CORE_DOMAIN_PHONE_H

#include "core/base/error.h"
#include "core/base/str.h"

/** An E.164 number that may be dialled. Only phone_parse() makes one. */
struct phone {
    char e164[17]; /* "+12025550100"; "" when zeroed */
};

/**
 * Strict E.164: '+', 7 to 15 digits, no leading zero, nothing else. Emergency and premium-rate
 * prefixes are refused (phone_rules in phone.c is the table). `field` names the input in err.
 */
NODISCARD enum error_code phone_parse(struct str s, const char *field, struct phone *out,
                                      struct error *err);

/** The same syntax without the dialling rules: for caller ids that the carrier reports. */
bool phone_is_e164(struct str s);

static inline struct str phone_str(const struct phone *p) {
    return str_z(p->e164);
}

/** "+1202555****00"-like text for people; never the whole number. dst holds 24 bytes. */
void phone_mask(struct str e164, char *dst);

#endif
