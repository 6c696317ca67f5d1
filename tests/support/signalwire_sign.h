#ifndef TESTS_SUPPORT_SIGNALWIRE_SIGN_H
#define TESTS_SUPPORT_SIGNALWIRE_SIGN_H

#include "core/base/str.h"

#define SIGNALWIRE_TEST_PROJECT "11111111-2222-3333-4444-555555555555"
#define SIGNALWIRE_TEST_TOKEN   "PTfedcba9876543210fedcba9876543210"
#define SIGNALWIRE_TEST_KEY     "PSK_test0123456789abcdef"
#define SIGNALWIRE_TEST_CALL    "b5d63b2e-f75b-4dc8-b6d4-269b635f96c0"
#define SIGNALWIRE_TEST_BASE    "https://gw.example.com"

enum {
    SIGNALWIRE_SHA1_SIZE = 41,
    SIGNALWIRE_SHA256_SIZE = 65,
};

/** Sign like the carrier: the address without credentials, then the body. Either may be NULL.
 * Needs secret_system_init() and swh_base. */
void sign_signalwire(const char *key, const char *url, struct str body, char *sha1, char *sha256);

#endif
