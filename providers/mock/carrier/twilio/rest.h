#ifndef PROVIDERS_MOCK_CARRIER_TWILIO_REST_H
#define PROVIDERS_MOCK_CARRIER_TWILIO_REST_H

#include "providers/mock/carrier/rest_face.h"
#include "providers/mock/carrier/twilio/face_twilio.h"
#include "providers/mock/carrier/twilio/flavor.h"

/* Each answers the request. */
void twilio_error(struct face_request *r, int status, int code, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void twilio_not_found(struct face_request *r);

/** Address of something behind the account ("/Calls.json"), without host. */
struct str twilio_uri(struct face_request *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** The leg that ids[0] names; NULL (and answered with 404) when there is none. */
struct leg *twilio_leg(struct face_request *r);

/** date_created and the like: null for 0. */
void twilio_put_date(struct json_writer *w, const char *name, int64_t wall_ms);
void twilio_put_text(struct json_writer *w, const char *name,
                     const char *text); /* NULL, "": null */
/** As a string, or in flavors with plain numbers as a number. */
void twilio_put_number(const struct face_request *r, struct json_writer *w, const char *name,
                       int64_t n);

/** Page of a list ("Twilio docs: paging"). */
struct twilio_page {
    size_t size;
    uint64_t number;
    struct str after; /* sid of the last item before the page; "": from the start */
    struct str before;
};
/** false: answered with an error. */
bool twilio_page_read(struct face_request *r, struct twilio_page *p);

/** first_page_uri and its brothers, after the items. first and last: sids on this page. */
void twilio_page_put(struct face_request *r, struct json_writer *w, const struct twilio_page *p,
                     size_t count, const char *first, const char *last, bool more);

/** A date filter, "StartTime" with "<" and ">" behind its name. */
struct twilio_times {
    int64_t from_ms, to_ms; /* 0, INT64_MAX: open */
};
/** false: answered with an error. */
bool twilio_times_read(struct face_request *r, const char *name, struct twilio_times *out);
bool twilio_times_hold(const struct twilio_times *f, int64_t ms); /* ms 0: not known yet */

/** Was the call of this recording made over this API? The recording with this id that was; NULL. */
struct tape *twilio_tape(const struct face_request *r, struct str sid);

/** RecordingStatusCallbackEvent, repeated or apart by blanks, as a set of enum tape_event. */
uint32_t twilio_tape_events(const struct face_request *r);

face_fn twilio_calls_create, twilio_calls_list, twilio_call_fetch, twilio_call_update,
    twilio_call_delete;
face_fn twilio_recording_start, twilio_call_recordings_list, twilio_recordings_list,
    twilio_recording_fetch, twilio_call_recording_fetch, twilio_recording_update,
    twilio_recording_delete, twilio_call_recording_delete, twilio_recording_media;

#endif
