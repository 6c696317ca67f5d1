#ifndef PROVIDERS_MOCK_CARRIER_TWILIO_REST_H
#define PROVIDERS_MOCK_CARRIER_TWILIO_REST_H

#include "core/base/form.h"
#include "core/base/json.h"
#include "providers/mock/carrier/twilio/face_twilio.h"

/** One request to the REST face while it is being answered. */
struct face_request {
    struct carrier *c;
    struct http_exchange *x;
    struct arena arena;
    struct form body, query;
    struct str ids[2]; /* what stands for the '*' of the route's path */
    bool answered;
};

typedef void face_fn(struct face_request *r);

/** Parameter of the body; ptr NULL when absent. */
struct str face_param(const struct face_request *r, const char *name);

/* Each answers the request. */
void face_error(struct face_request *r, int status, int code, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void face_not_found(struct face_request *r);
void face_fault(struct face_request *r, const struct callee_fault *f); /* on purpose */
void face_reply(struct face_request *r, int status, struct buf *json); /* takes the bytes of json */

/** Reply with these bytes, which are moved, not copied. */
void face_send(struct http_exchange *x, int status, struct buf *body);

/** The leg that ids[0] names; NULL (and answered with 404) when there is none. */
struct leg *face_leg(struct face_request *r);

/** date_created and the like: null for 0. */
void face_put_date(struct json_writer *w, const char *name, int64_t wall_ms);
void face_put_text(struct json_writer *w, const char *name, const char *text); /* NULL, "": null */
void face_put_number(struct json_writer *w, const char *name, int64_t n);      /* as a string */

/** Page of a list ("Twilio docs: paging"). */
struct face_page {
    size_t size;
    uint64_t number;
    struct str after; /* sid of the last item before the page; "": from the start */
    struct str before;
};
/** false: answered with an error. */
bool face_page_read(struct face_request *r, struct face_page *p);

/** first_page_uri and its brothers, after the items. first and last: sids on this page. */
void face_page_put(struct face_request *r, struct json_writer *w, const struct face_page *p,
                   size_t count, const char *first, const char *last, bool more);

/** A date filter, "StartTime" with "<" and ">" behind its name. */
struct face_times {
    int64_t from_ms, to_ms; /* 0, INT64_MAX: open */
};
/** false: answered with an error. */
bool face_times_read(struct face_request *r, const char *name, struct face_times *out);
bool face_times_hold(const struct face_times *f, int64_t ms); /* ms 0: not known yet */

bool face_is_url(struct str s); /* absolute http(s) */

/** RecordingStatusCallbackEvent, repeated or apart by blanks, as a set of enum tape_event. */
uint32_t face_tape_events(const struct face_request *r);

face_fn face_calls_create, face_calls_list, face_call_fetch, face_call_update, face_call_delete;
face_fn face_recording_start, face_call_recordings_list, face_recordings_list, face_recording_fetch,
    face_call_recording_fetch, face_recording_update, face_recording_delete,
    face_call_recording_delete, face_recording_media;

#endif
