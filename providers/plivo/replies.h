#ifndef PROVIDERS_PLIVO_REPLIES_H
#define PROVIDERS_PLIVO_REPLIES_H

#include "providers/rest/rest.h"

/* Plivo's replies in our words. See struct rest_dialect for each contract. */

enum error_code plivo_decode_place(struct str body, struct provider_call *out, struct error *err);

/** A live call, a queued one, or a call detail record: they differ in their members. */
enum error_code plivo_decode_call(struct str body, struct provider_call *out, struct error *err);

/** Records, or bare ids of live and queued calls: those entries have no parties. */
enum error_code plivo_decode_list(const struct rest_account *a, struct str body,
                                  struct rest_page *page, struct error *err);
enum error_code plivo_decode_control(const struct rest_request *sent, struct str body,
                                     char *out_sid, struct error *err);
enum error_code plivo_decode_media(const struct rest_account *a, struct str body,
                                   struct rest_request *out, struct error *err);
enum error_code plivo_decode_check(const struct rest_account *a, int status, struct str body,
                                   struct rest_check *check, struct error *err);
enum error_code plivo_decode_error(int status, struct str body, struct error *err);

/** "2026-01-31 12:00:00", with ".123456" and "+05:30" or without; without a zone it is UTC. */
NODISCARD bool plivo_parse_time(struct str s, int64_t *wall_ms);

#endif
