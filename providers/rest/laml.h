#ifndef PROVIDERS_REST_LAML_H
#define PROVIDERS_REST_LAML_H

#include "providers/rest/rest.h"

/*
 * The REST API of 2010-04-01 and its webhooks, which more than one carrier speaks ("Twilio docs:
 * Call resource"; SignalWire calls it LaML). What differs is in a table; a dialect's own functions
 * hand that on. Contracts are those of struct rest_dialect.
 */

/** A carrier's word and what it means for us. */
struct laml_word {
    const char *word;
    int meaning;
};
struct laml_words {
    const struct laml_word *rows;
    size_t count;
};

/** What an error number means for us. */
struct laml_fault {
    int32_t number;
    enum error_code code;
    bool retry;         /* the same request may succeed later */
    const char *advice; /* one line for people: what to do */
};

struct laml {
    const char *accounts; /* the path before the account's id */
    bool (*is_call)(struct str sid);
    bool (*is_recording)(struct str sid);
    const char *call_form, *recording_form; /* "starts with CA and has 32 hex digits" */
    struct laml_words statuses, answered, recordings;
    const struct laml_fault *faults;
    const size_t *fault_count;
    const char *notice_options;       /* of callback URLs, as a fragment; "": none */
    const char *current_recording;    /* stands for the only running one; NULL: it must be named */
    const char *number_setting;       /* where users set the caller id */
    const char *key_setting;          /* what webhooks are signed with, in words */
    const char *signature_headers[2]; /* each that is there has to be right; NULL: no second */
    enum rest_repeats repeats;
    bool time_limit;   /* a call's length can be limited when it is placed */
    bool two_channels; /* both channels of a file have to be asked for */
    bool error_lists;  /* errors may come as {"errors":[…]} */
};

enum {
    LAML_LIST_PASSES = 2, /* by start time; and queued calls, which have none */
};

/** CALL_STATUS_NONE for a word that is not in the table. */
enum call_status laml_status(const struct laml *l, struct str word);
/** CALL_BY_UNASKED for no word at all, CALL_BY_UNKNOWN for one that is not in the table. */
enum call_answered_by laml_answered_by(const struct laml *l, struct str word);
/** RECORDING_NONE for a word that is not in the table. */
enum recording_status laml_recording_status(const struct laml *l, struct str word);
/** NULL when the number is not in the table. */
const struct laml_fault *laml_fault_find(const struct laml *l, int64_t number);

/** The request's address up to and with the account's id. */
void laml_start(const struct laml *l, struct rest_request *out, const char *method,
                const struct rest_account *a);
/** Append name and percent-encoded value to the address; nothing when the value is empty. */
void laml_query(struct rest_request *out, const char *name, struct str value);

enum error_code laml_encode_place(const struct laml *l, const struct rest_account *a,
                                  const struct provider_place *p, struct rest_request *out,
                                  struct error *err);
enum error_code laml_encode_end(const struct laml *l, const struct rest_account *a, struct str sid,
                                struct rest_request *out, struct error *err);
enum error_code laml_encode_redirect(const struct laml *l, const struct rest_account *a,
                                     struct str sid, struct str url, struct rest_request *out,
                                     struct error *err);
enum error_code laml_encode_look_up(const struct laml *l, const struct rest_account *a,
                                    struct str sid, struct rest_request *out, struct error *err);
enum error_code laml_encode_list(const struct laml *l, const struct rest_account *a,
                                 const struct provider_list_filter *f, unsigned pass,
                                 struct rest_request *out, struct error *err);
enum error_code laml_encode_control(const struct laml *l, const struct rest_account *a,
                                    const struct provider_recording_control *c,
                                    struct rest_request *out, struct error *err);
enum error_code laml_encode_fetch(const struct laml *l, const struct rest_account *a,
                                  struct str sid, unsigned variant, struct rest_request *out,
                                  struct error *err);
enum error_code laml_encode_delete(const struct laml *l, const struct rest_account *a,
                                   struct str sid, struct rest_request *out, struct error *err);

enum error_code laml_decode_call(const struct laml *l, struct str body, struct provider_call *out,
                                 struct error *err);
enum error_code laml_decode_list(const struct laml *l, const struct rest_account *a,
                                 struct str body, struct rest_page *page, struct error *err);
enum error_code laml_decode_control(const struct laml *l, struct str body, char *out_sid,
                                    struct error *err);
enum error_code laml_decode_error(const struct laml *l, int status, struct str body,
                                  struct error *err);

enum error_code laml_verify_webhook(const struct laml *l, struct rest_signer *s,
                                    const struct webhook_request *req, struct arena *a,
                                    struct form *fields, struct error *err);
enum error_code laml_parse_webhook(const struct laml *l, const struct rest_account *a,
                                   const struct webhook_request *req, const struct form *fields,
                                   struct arena *arena, struct webhook_news *out,
                                   struct error *err);

#endif
