#ifndef PROVIDERS_MOCK_CARRIER_TWILIO_FACE_TWILIO_H
#define PROVIDERS_MOCK_CARRIER_TWILIO_FACE_TWILIO_H

#include "providers/mock/carrier/core.h"

/* The Twilio face, shared by its files. Facts: "Twilio docs: Call resource, Recordings resource,
 * Webhooks, TwiML for Programmable Voice, Error dictionary". */

const char *twilio_status_word(enum call_status s); /* of the REST resource */
bool twilio_status_parse(struct str word, enum call_status *out);
const char *twilio_answered_word(enum call_answered_by b); /* NULL when not asked */
const char *twilio_source_word(enum tape_source s);
const char *twilio_track_word(enum plan_track t);
const char *twilio_direction_word(const struct leg *l);

/** Where a recording is fetched: absolute, without extension. */
void twilio_put_tape_url(const struct carrier *c, const struct tape *t, struct buf *out);

/** X-Twilio-Signature of a request; params NULL for GET. */
void twilio_face_sign(struct digest_hmac *hmac, struct str url, const struct params *params,
                      struct buf *out);

bool twilio_read_document(struct carrier *c, struct leg *l, const struct outgoing *o,
                          struct plan *out, int *carrier_code);
bool twilio_read_text(struct carrier *c, struct leg *l, struct str text, struct plan *out,
                      int *carrier_code);

void twilio_face_rest(struct carrier *c, struct http_exchange *x);

#endif
