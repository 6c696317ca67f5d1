#ifndef PROVIDERS_MOCK_CARRIER_REST_TWILIO_H
#define PROVIDERS_MOCK_CARRIER_REST_TWILIO_H

#include "core/base/form.h"
#include "core/base/json.h"
#include "providers/mock/carrier/carrier_twilio.h"

/** One request to the REST face while it is being answered. */
struct rest {
    struct carrier *c;
    struct http_exchange *x;
    struct arena arena;
    struct form body, query;
    struct str ids[2]; /* what stands for the '*' of the route's path */
    bool answered;
};

typedef void rest_fn(struct rest *r);

/** Parameter of the body; ptr NULL when absent. */
struct str rest_param(const struct rest *r, const char *name);

/* Each answers the request. */
void rest_error(struct rest *r, int status, int code, const char *fmt, ...) PRINTF_LIKE(4, 5);
void rest_not_found(struct rest *r);
void rest_reply(struct rest *r, int status, struct buf *json); /* takes the bytes of json */

/** Reply with these bytes, which are moved, not copied. */
void rest_send(struct http_exchange *x, int status, struct buf *body);

/** The leg that ids[0] names; NULL (and answered with 404) when there is none. */
struct leg *rest_leg(struct rest *r);

/** date_created and the like: null for 0. */
void rest_put_date(struct json_writer *w, const char *name, int64_t wall_ms);
void rest_put_text(struct json_writer *w, const char *name, const char *text); /* NULL, "": null */
void rest_put_number(struct json_writer *w, const char *name, int64_t n);      /* as a string */

/** Page of a list ("Twilio docs: paging"). */
struct rest_page {
    size_t size;
    uint64_t number;
    struct str after; /* sid of the last item before the page; "": from the start */
    struct str before;
};
/** false: answered with an error. */
bool rest_page_read(struct rest *r, struct rest_page *p);

/** first_page_uri and its brothers, after the items. first and last: sids on this page. */
void rest_page_put(struct rest *r, struct json_writer *w, const struct rest_page *p, size_t count,
                   const char *first, const char *last, bool more);

/** A date filter, "StartTime" with "<" and ">" behind its name. */
struct rest_times {
    int64_t from_ms, to_ms; /* 0, INT64_MAX: open */
};
/** false: answered with an error. */
bool rest_times_read(struct rest *r, const char *name, struct rest_times *out);
bool rest_times_hold(const struct rest_times *f, int64_t ms); /* ms 0: not known yet */

/** RecordingStatusCallbackEvent, repeated or apart by blanks, as a set of enum tape_event. */
uint32_t rest_tape_events(const struct rest *r);

rest_fn rest_calls_create, rest_calls_list, rest_call_fetch, rest_call_update, rest_call_delete;
rest_fn rest_recording_start, rest_call_recordings_list, rest_recordings_list, rest_recording_fetch,
    rest_call_recording_fetch, rest_recording_update, rest_recording_delete,
    rest_call_recording_delete, rest_recording_media;

#endif
