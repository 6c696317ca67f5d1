#ifndef TESTS_CONFORMANCE_PROVIDER_LAML_WORDS_H
#define TESTS_CONFORMANCE_PROVIDER_LAML_WORDS_H

#include "tests/conformance/provider/suite.h"
#include "tests/support/twilio_sign.h"

/* What Twilio's API and SignalWire's Compatibility API say alike. */

/** seconds: how long the call took, as JSON. */
#define LAML_CALL(sid, status, seconds)                                                           \
    "{\"sid\":\"" sid "\",\"status\":\"" status "\",\"to\":\"+12025550100\",\"from\":"            \
    "\"+12025550199\",\"date_created\":\"Thu, 01 Jan 2026 00:00:00 +0000\",\"duration\":" seconds \
    "}"

/** next_page_uri: JSON. */
#define LAML_LIST(calls, next_page_uri) \
    "{\"calls\":[" calls "],\"next_page_uri\":" next_page_uri "}"

#define LAML_ERROR(code, status) \
    "{\"code\":" #code ",\"message\":\"It went wrong\",\"status\":" #status "}"

#define LAML_RINGING(sid, account)                              \
    "CallSid=" sid "&AccountSid=" account "&CallStatus=ringing" \
    "&Timestamp=Thu%2C+01+Jan+2026+00%3A00%3A07+%2B0000"

/** A form signed as both sign it, in the header of this name. */
struct laml_notice {
    struct http_header header;
    char signature[TWILIO_SIGNATURE_SIZE];
};
void laml_ringing(struct laml_notice *n, const char *header, struct str form,
                  struct webhook_request *req);

#endif
