#ifndef TESTS_SUPPORT_TWILIO_SIGN_H
#define TESTS_SUPPORT_TWILIO_SIGN_H

#include "core/base/str.h"

#define TWILIO_TEST_ACCOUNT "AC00000000000000000000000000000001"
#define TWILIO_TEST_TOKEN   "0123456789abcdef0123456789abcdef"
#define TWILIO_TEST_CALL    "CA00000000000000000000000000000001"
#define TWILIO_TEST_BASE    "https://gw.example.com"

enum {
    TWILIO_SIGNATURE_SIZE = 29
};

/**
 * Sign like the carrier: url, then the fields of a form body ("" for none), with that token. On
 * purpose another implementation than the one it tests. Needs secret_system_init() and swh_base.
 */
void sign_twilio(const char *token, const char *url, struct str form_body,
                 char signature[TWILIO_SIGNATURE_SIZE]);

#endif
