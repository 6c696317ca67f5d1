#ifndef PROVIDERS_MOCK_CARRIER_PLIVO_FACE_PLIVO_H
#define PROVIDERS_MOCK_CARRIER_PLIVO_FACE_PLIVO_H

#include "providers/mock/carrier/core.h"

/* The Plivo face, shared by its files. Facts: "Plivo docs: Voice API, Voice XML, hangup causes,
 * callback configurations, signature validation". */

/** Why a call ended, in the carrier's words. */
struct plivo_cause {
    int code;
    const char *name;   /* of the code: "Normal Hangup" */
    const char *source; /* who ended it: "Callee" */
    const char *sip;    /* HangupCause: "NORMAL_CLEARING" */
};
struct plivo_cause plivo_cause_of(const struct leg *l); /* an ended one */

const char *plivo_direction_word(const struct leg *l);
const char *plivo_status_word(enum call_status s); /* CallStatus */
const char *plivo_state_word(enum call_status s);  /* call_state of a record */

/** "12025550100" of "+12025550100"; a SIP address stays as it is. */
struct str plivo_digits(const char *number);

/** The id that the create reply gave: the call's own, unless the switch makes them differ. */
void plivo_request_id(const struct carrier *c, const struct leg *l, char dst[SID_SIZE]);

/** Where the sound of a recording is: absolute. */
void plivo_put_tape_url(const struct carrier *c, const struct tape *t, struct buf *out);

/** "2026-11-21 12:00:00.123000" in UTC. */
void plivo_put_utc(struct buf *out, int64_t wall_ms);

/** The same without the fraction, in the account's zone; with "+05:30" behind it when asked for. */
void plivo_put_local(const struct carrier *c, struct buf *out, int64_t wall_ms, bool fraction,
                     bool offset);

/** What a call costs: seconds as they are billed, and "0.01000". */
uint32_t plivo_billed_s(const struct leg *l);
struct str plivo_cost(struct arena *a, const struct leg *l);
extern const char plivo_bill_rate[];

/** The headers of one webhook: X-Plivo-Signature-V3 and its brothers. */
void plivo_sign(const struct carrier *c, struct outgoing *o, struct str url,
                struct http_request *req, struct arena *a);

/** What version 3 and version 2 sign. params NULL: none. */
void plivo_put_v3_text(struct str url, const struct params *params, bool get, struct str nonce,
                       struct buf *out);
void plivo_put_v2_text(struct str url, struct str nonce, struct buf *out);

bool plivo_read_document(struct carrier *c, struct leg *l, const struct outgoing *o,
                         struct plan *out, int *carrier_code);
bool plivo_read_text(struct carrier *c, struct leg *l, struct str text, struct plan *out,
                     int *carrier_code);
void plivo_document_failed(struct carrier *c, struct leg *l, int carrier_code);
int plivo_fault_code(const struct outgoing *o);

void plivo_face_rest(struct carrier *c, struct http_exchange *x);

#endif
