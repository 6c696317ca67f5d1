#ifndef PROVIDERS_MOCK_CARRIER_TWILIO_FACE_TWILIO_H
#define PROVIDERS_MOCK_CARRIER_TWILIO_FACE_TWILIO_H

#include "providers/mock/carrier/twilio/flavor.h"

/* The Twilio face, shared by its files. Facts: "Twilio docs: Call resource, Recordings resource,
 * Webhooks, TwiML for Programmable Voice, Error dictionary". */

const char *twilio_status_word(enum call_status s); /* of the REST resource */
bool twilio_status_parse(struct str word, enum call_status *out);
const char *twilio_answered_word(enum call_answered_by b); /* NULL when not asked */
const char *twilio_track_word(enum plan_track t);
const char *twilio_direction_word(const struct leg *l);

/** Where a recording is fetched: absolute, without extension. */
void twilio_put_tape_url(const struct carrier *c, const struct tape *t, struct buf *out);

/** X-Twilio-Signature of a request; params NULL for GET. with_port: also over HTTPS. */
void twilio_face_sign(struct digest_hmac *hmac, struct str url, const struct params *params,
                      bool with_port, struct buf *out);

bool twilio_read_document(struct carrier *c, struct leg *l, const struct outgoing *o,
                          struct plan *out, int *carrier_code);
bool twilio_read_text(struct carrier *c, struct leg *l, struct str text, struct plan *out,
                      int *carrier_code);

void twilio_rest(struct carrier *c, struct http_exchange *x);
void twilio_reply_headers(struct face_request *r);

/* hooks of the face, in the flavor of the call */
void twilio_put_voice(const struct carrier *c, const struct leg *l, struct params *p);
void twilio_put_status(const struct carrier *c, const struct leg *l, enum call_status event,
                       struct params *p);
/** With this word as CallStatus. */
void twilio_put_status_as(const struct carrier *c, const struct leg *l, enum call_status event,
                          const char *word, struct params *p);
void twilio_put_tape(const struct carrier *c, const struct tape *t, enum tape_event event,
                     struct params *p);
void twilio_put_detection(const struct carrier *c, const struct leg *l, struct params *p);
void twilio_put_result(const struct carrier *c, const struct leg *l, const struct step_result *r,
                       struct params *p);
void twilio_put_fallback(int carrier_code, struct str failed_url, struct params *p);
void twilio_sign(const struct carrier *c, struct outgoing *o, struct str url,
                 struct http_request *req, struct arena *a);
const char *twilio_event_word(enum call_status event); /* CallStatus of a webhook */

#endif
