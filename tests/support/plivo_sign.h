#ifndef TESTS_SUPPORT_PLIVO_SIGN_H
#define TESTS_SUPPORT_PLIVO_SIGN_H

#include "core/base/str.h"

#define PLIVO_TEST_ACCOUNT "MA0123456789ABCDEFGH"
#define PLIVO_TEST_TOKEN   "0123456789abcdef0123456789abcdef"
#define PLIVO_TEST_CALL    "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36"
#define PLIVO_TEST_BASE    "https://gw.example.com"
#define PLIVO_TEST_NONCE   "12345678901234567890"

enum {
    PLIVO_SIGNATURE_SIZE = 45
};

/**
 * Sign like the carrier, scheme V3: method, url with its query, then the fields of a form body (""
 * for none). On purpose another implementation than the one it tests. Needs secret_system_init()
 * and swh_base.
 */
void sign_plivo(const char *token, const char *method, const char *url, struct str form_body,
                const char *nonce, char signature[PLIVO_SIGNATURE_SIZE]);

/** Scheme V2: neither query nor body. */
void plivo_sign_v2(const char *token, const char *url, const char *nonce,
                   char signature[PLIVO_SIGNATURE_SIZE]);

#endif
