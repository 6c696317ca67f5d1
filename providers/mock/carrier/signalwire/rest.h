#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_REST_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_REST_H

#include "providers/mock/carrier/rest_face.h"
#include "providers/mock/carrier/signalwire/face_sw.h"

/* The native REST API ("SignalWire docs: Calling, Voice and Relay REST APIs"). */

/** Faults of one request; the reply lists them all. Zeroed but for r. */
struct sw_faults {
    struct face_request *r;
    struct sw_fault {
        const char *code, *attribute; /* attribute NULL: of no single one */
        struct str message;
    } items[16]; /* what does not fit any more is left out */
    size_t count;
};

/** One more fault. Always false, so that checks can return it. */
bool sw_fault(struct sw_faults *f, const char *code, const char *attribute, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/** 422 with the list; false (and nothing answered) when there are none. */
bool sw_faults_answer(struct sw_faults *f);

/* Each answers the request. */
void sw_error(struct face_request *r, int status);       /* {"error": "Not Found"} */
void sw_relay_error(struct face_request *r, int status); /* the shape of /api/relay/rest */
void sw_reply_call(struct face_request *r, const struct leg *l);

/** The call as a log shows it, and as commands answer. */
void sw_put_call(struct json_writer *w, const struct leg *l);

/** "2024-05-06T12:20:00Z" as a member; 0: null. */
void sw_put_time(struct json_writer *w, const char *name, int64_t wall_ms);

/** Was this call made with the native API? */
bool sw_is_native(const struct leg *l);

/* ---- checks of one member of params; absent (or null) is fine; false: a fault was noted --------
 */

bool sw_check_url(struct sw_faults *f, const struct json *params, const char *name);
bool sw_check_word(struct sw_faults *f, const struct json *params, const char *name,
                   const char *const *words, size_t count);
bool sw_check_text(struct sw_faults *f, const struct json *params, const char *name);

/** The document in params: its text (url and swml: of which exactly one). */
struct sw_document {
    struct str url;
    char *swml; /* owned by the caller */
};
/** `required`: one of them must be there. */
bool sw_take_document(struct sw_faults *f, const struct json *params, bool required,
                      struct sw_document *out);

/** A URL of params into a hook; true when there was one. */
bool sw_take_hook(const struct json *params, const char *name, const char *method_name,
                  struct leg_hook *out);

/* ---- pages of lists ---------------------------------------------------------------------------
 */

struct sw_page {
    size_t size;
    uint64_t number;
    struct str after; /* id of the last item before the page; "": counted from the start */
};
bool sw_page_read(struct face_request *r, struct sw_page *p); /* false: answered */
void sw_page_put(struct face_request *r, struct json_writer *w, const struct sw_page *p,
                 const char *last, bool more);

void sw_rest(struct carrier *c, struct http_exchange *x); /* of the whole box, both APIs */
void sw_dial(struct face_request *r, const struct json *params);
void sw_update(struct face_request *r, const struct json *params);
face_fn sw_command;
face_fn sw_logs_list, sw_log_fetch, sw_log_events;
face_fn sw_recordings_list, sw_recording_fetch, sw_recording_delete;

#endif
