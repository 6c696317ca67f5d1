#ifndef PROVIDERS_MOCK_CARRIER_PLIVO_REST_H
#define PROVIDERS_MOCK_CARRIER_PLIVO_REST_H

#include "providers/mock/carrier/plivo/face_plivo.h"
#include "providers/mock/carrier/rest_face.h"

/* Each answers the request. */
void plivo_error(struct face_request *r, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);
void plivo_no_call(struct face_request *r); /* "call not found" */
void plivo_message(struct face_request *r, int status, const char *message);

/** Begin a reply: an object with its api_id. End it with plivo_send(). */
void plivo_begin(struct face_request *r, struct buf *out, struct json_writer *w);
void plivo_send(struct face_request *r, int status, struct buf *out, struct json_writer *w);

void plivo_put_null(struct json_writer *w, const char *name);
void plivo_put_date(struct face_request *r, struct json_writer *w, const char *name,
                    int64_t wall_ms, bool fraction); /* with the zone; 0: null */

/** The call that ids[0] names while it is answered; NULL (and answered with 404) otherwise. */
struct leg *plivo_live_leg(struct face_request *r);

/* Parameters of the body. Each returns false when it has answered with an error; an absent one
 * keeps *out. */
bool plivo_take_number(struct face_request *r, const char *name, uint32_t low, uint32_t high,
                       uint32_t *out);
bool plivo_take_flag(struct face_request *r, const char *name, bool *out);
bool plivo_take_hook(struct face_request *r, const char *name, const char *method_name,
                     struct leg_hook *out);
bool plivo_take_digits(struct face_request *r, const char *name, struct str *out);
bool plivo_missing(struct face_request *r, const char *name); /* true: answered with an error */

/** Page of a list ("Plivo docs: pagination"). */
struct plivo_page {
    uint32_t limit, offset;
};
bool plivo_page_read(struct face_request *r, struct plivo_page *p);
void plivo_page_put(struct face_request *r, struct json_writer *w, const struct plivo_page *p,
                    size_t total);

/** "end_time" with "__gt", "__gte", "__lt" and "__lte" behind its name: a range, ends included. */
struct plivo_range {
    int64_t low, high;
};
bool plivo_times_read(struct face_request *r, const char *name, struct plivo_range *out);
bool plivo_numbers_read(struct face_request *r, const char *name, struct plivo_range *out);

/** A whole number or its beginning, with or without '+'; an empty filter holds for all. */
bool plivo_number_holds(struct str filter, const char *number);

face_fn plivo_calls_create, plivo_calls_list, plivo_call_fetch, plivo_call_transfer,
    plivo_call_hangup, plivo_calls_hangup_all, plivo_request_cancel;
face_fn plivo_play_start, plivo_play_stop, plivo_speak_start, plivo_speak_stop, plivo_digits_send,
    plivo_record_start, plivo_record_stop, plivo_stream_start;
face_fn plivo_recordings_list, plivo_recording_fetch, plivo_recording_delete, plivo_recording_media;

#endif
