#ifndef PROVIDERS_REST_ENCODE_H
#define PROVIDERS_REST_ENCODE_H

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/str.h"
#include "providers/rest/rest.h"

/* Small things that encoders and decoders of every dialect need. */

/** Append "name=value" in form encoding, with '&' when b is not empty. name is plain ASCII. */
void rest_put_field(struct buf *b, const char *name, struct str value);
void rest_put_field_u64(struct buf *b, const char *name, uint64_t value);

/**
 * One of our own addresses as it is told to the carrier: with a->webhook_auth in it, where the
 * dialect has that. Addresses that are not below a->public_base_url stay as they are.
 */
void rest_put_own_url(struct buf *b, const struct rest_account *a, struct str url);

/** Lower-case UUID: 8-4-4-4-12 hex digits. */
bool rest_is_uuid(struct str s);

/** One letter prefix and the rest lower-case hex: "CA" and 32 digits, for example. */
bool rest_is_id(struct str s, const char *prefix, size_t hex_digits);

/** A reply that must be one JSON object. ERR_UPSTREAM: it is not. */
NODISCARD enum error_code rest_read_object(struct str body, struct json_doc **doc,
                                           struct error *err);

/** The credential check is through: what it says so far, and this. ERR_OK. */
enum error_code rest_check_finish(struct rest_check *check, const char *last_words);

/** A number or address of a party; dst (CALL_PARTY_SIZE) is "" when it does not fit. */
void rest_copy_party(struct str s, char *dst);

/** The same, with the '+' that some carriers leave away from E.164. */
void rest_copy_bare_party(struct str s, char *dst);

/**
 * The address of a list's next page, given as a path on the API's host; uri "" is the last page.
 * ERR_UPSTREAM: it leads elsewhere.
 */
NODISCARD enum error_code rest_next_page(const struct rest_account *a, struct str uri,
                                         struct buf *next_url, struct error *err);

/** A whole number written as JSON number or as digits in a JSON string; false for all else. */
NODISCARD bool rest_json_u32(const struct json *v, uint32_t *out);

/** Text of the far end as one clean line for an error text: at most n bytes, dst holds n + 1. */
void rest_copy_line(char *dst, size_t n, struct str s);

/** The same as a sentence that another one may follow; "" stays "". dst holds n + 2. */
void rest_copy_sentence(char *dst, size_t n, struct str s);

#endif
