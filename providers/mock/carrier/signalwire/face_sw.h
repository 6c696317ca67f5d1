#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_FACE_SW_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_FACE_SW_H

#include "core/base/json.h"
#include "providers/mock/carrier/core.h"

/*
 * The SignalWire face, shared by its files: calls made with the native Calling API, and their
 * events. Calls made with the Compatibility API are of the Twilio face's flavour (laml.c). Facts:
 * "SignalWire docs: Calling API, Call state and recording webhooks, Webhook security".
 */

/** outgoing.face_flags. */
enum sw_flag {
    SW_SIGNED = 1, /* requests for documents; events only with the switch events_signed */
};

/** leg_request.status_events: "ending" is an event of its own. */
enum {
    SW_ENDING = CALL_STATUS_COUNT,
    SW_NODE_ID_SIZE = 48,
};

/** The switches of scenarios: odd ways that were seen or are feared. NULL at the end. */
extern const char *const sw_switches[];

/** Is this switch, by its name there, on? */
static inline bool sw_is_on(const struct carrier *c, const char *name) {
    return scenario_switch(c->scenario, name, 0) != 0;
}

void sw_put_space_id(const struct carrier *c, char dst[SID_SIZE]);
void sw_put_node_id(const struct carrier *c, const struct leg *l, char dst[SW_NODE_ID_SIZE]);

/** created, ringing, answered, ended. */
const char *sw_state_word(const struct leg *l);

/** phone, sip or webrtc: what kind of far end this is. */
const char *sw_direction_word(const struct leg *l);
const char *sw_device_word(const struct leg *l);

/** The member "parent" of an object that is open: the leg that dialled this one, if one did. */
void sw_put_parent(struct json_writer *w, const struct carrier *c, const struct leg *l);

/** Why the call ended: leg.end_reason, else after its status. */
const char *sw_reason_word(const struct carrier *c, const struct leg *l);

/** Address of a recording's sound; absolute. */
void sw_put_tape_url(const struct carrier *c, const struct tape *t, struct buf *out);

/** Bytes of that file. */
int64_t sw_tape_bytes(const struct tape *t);

/**
 * One event ("calling.call.play"): begin it, add members of params to e->w, then send it or put it
 * into a request. Both release it. It points into itself: never copy one.
 */
struct sw_event {
    const char *type;
    struct buf params;
    struct json_writer w;
};
void sw_event_begin(struct sw_event *e, const struct carrier *c, const struct leg *l,
                    const char *type);
void sw_event_put(struct sw_event *e, const struct carrier *c, const struct leg *l,
                  struct outgoing *o);

/** To an absolute URL, on the leg's clock; url empty: nothing is sent. */
void sw_event_send(struct sw_event *e, struct carrier *c, struct leg *l, struct str url);

/* what the faces of both APIs have in common */
extern const struct outgoing_rules sw_notice_rules, sw_document_rules;
void sw_make_login(uint64_t seed, char account[FACE_LOGIN_SIZE], char token[FACE_LOGIN_SIZE]);
void sw_make_id(char dst[SID_SIZE], enum face_id kind, uint64_t seed, struct str text, uint64_t n);

/* hooks of the native face */
size_t sw_status_words(const struct carrier *c, const struct leg *l, enum call_status event,
                       const char *words[FACE_STATUS_WORDS_MAX]);
void sw_make_status(const struct carrier *c, const struct leg *l, enum call_status event,
                    const char *word, struct outgoing *o);
void sw_make_tape(const struct carrier *c, const struct tape *t, enum tape_event event,
                  struct outgoing *o);
void sw_sign(const struct carrier *c, struct outgoing *o, struct str url, struct http_request *req,
             struct arena *a);

#endif
