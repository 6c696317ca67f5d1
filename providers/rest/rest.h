#ifndef PROVIDERS_REST_REST_H
#define PROVIDERS_REST_REST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/form.h"
#include "core/domain/provider_impl.h"
#include "providers/rest/signature.h"

/*
 * What REST carriers share: the flow of an exchange. Credentials, time-outs, the limits, the rule
 * that a call is never placed twice, the classification of answers, the one retry of a GET, paging
 * and downloads live here once. What differs is a dialect: pure functions from bytes to bytes,
 * without I/O, so that each is tested and fuzzed by itself.
 */

/** What a dialect may know of the account. Strings live as long as the provider. */
struct rest_account {
    struct str id;              /* as it stands in paths */
    struct str number;          /* default caller id */
    struct str base_url;        /* without a trailing slash */
    bool by_key;                /* an API key pair authenticates, not the account's own token */
    struct str public_base_url; /* what the carrier sees of us; without a trailing slash */
    struct str webhook_auth;    /* "user:password" for our addresses, see rest_put_own_url() */
};

/** One request of a dialect, before the flow adds credentials and time-outs. */
struct rest_request {
    const char *method;      /* "GET", "POST", "DELETE" */
    const char *body_type;   /* content type of body; NULL: no body */
    struct buf url, body;    /* limits are set by the flow */
    size_t reply_bytes_max;  /* 0: 64 KiB */
    char tag[CALL_SID_SIZE]; /* an id that the encoder made up, kept for the decoder; "": none */
    char format[8];          /* of the audio it fetches; "": the dialect's audio_format. Set before
                                encode_fetch(), a wish for carriers that make the form when asked */
    bool ours;    /* set by the dialect: a host of the carrier besides the API's, which gets our
                   * credentials too */
    bool foreign; /* set by the flow: not the API's host, so no credentials and a guarded address */
};

/** Calls of one or more list pages. */
struct rest_page {
    struct provider_call *calls; /* heap; grown by rest_page_add() */
    size_t count, cap;
    struct str asked;    /* the address that the reply came from; "" in tests */
    struct buf next_url; /* absolute; empty: this was the last page */
    const struct provider_list_filter
        *filter; /* what is asked for; decoders may leave the rest out */
};
enum {
    REST_CALLS_MAX = 1000, /* of one list */
    REST_PAGES_MAX = 20,
    REST_NAMELESS_MAX = 100, /* calls of one list that come without parties */
};

/** A zeroed call at the end of the page; NULL when REST_CALLS_MAX is reached. */
struct provider_call *rest_page_add(struct rest_page *p);

/** Is the call between the parties asked for? f may be NULL. */
bool rest_call_is_between(const struct provider_call *c, const struct provider_list_filter *f);

/** State of a credential check, carried from step to step. */
struct rest_check {
    unsigned step;  /* of the next request; the first is 0 */
    bool done;      /* no further request: `text` is the verdict */
    char text[200]; /* one line for people */
};

struct rest_dialect {
    const struct provider_desc *desc;
    enum rest_mac mac;        /* under which webhooks are signed */
    bool own_key;             /* signed with a key of its own: the token never stands in for it */
    bool webhook_auth;        /* some webhooks are not signed: our addresses carry credentials */
    uint32_t nonce_window_ms; /* webhooks carry nonces, remembered so long; 0: they do not */
    uint32_t doubt_ms;        /* see below; 0: a 404 means that there is no such call */
    unsigned look_up_passes;  /* places where a call may be found; 404 leads to the next */
    unsigned list_passes;     /* queries that together list all calls between two parties */
    unsigned find_passes;     /* see encode_find; NOT_FOUND leads to the next */
    unsigned audio_variants;  /* addresses of one recording, best first; 400 leads to the next */
    const char *audio_format; /* "wav" */

    /*
     * doubt_ms: the carrier also says 404 of a call that has just ended or moves on, and of one
     * that is over. So what no place knows is looked up once more after that time; a call that
     * could not be ended is looked up before that is believed; and 404 for a change to a live call
     * is ERR_CONFLICT. Calls that a list names without parties are looked up one by one.
     */

    /**
     * Where a recording's file has another id than the recording while it runs: ask for it before
     * the file is fetched or deleted. encode_find() may leave what it looks for in out->tag;
     * decode_find() writes the file's id (CALL_SID_SIZE bytes), or is ERR_NOT_FOUND. NULL: the ids
     * are the same.
     */
    enum error_code (*encode_find)(const struct rest_account *a, struct str call_sid,
                                   struct str sid, unsigned pass, struct rest_request *out,
                                   struct error *err);
    enum error_code (*decode_find)(const struct rest_request *sent, struct str body, char *file_sid,
                                   struct error *err);

    /* Encoders: ERR_INVALID when the input cannot be said (a malformed id). */
    enum error_code (*encode_place)(const struct rest_account *a, const struct provider_place *p,
                                    struct rest_request *out, struct error *err);
    enum error_code (*encode_end)(const struct rest_account *a, struct str sid,
                                  struct rest_request *out, struct error *err);
    enum error_code (*encode_redirect)(const struct rest_account *a, struct str sid, struct str url,
                                       struct rest_request *out, struct error *err);
    enum error_code (*encode_look_up)(const struct rest_account *a, struct str sid, unsigned pass,
                                      struct rest_request *out, struct error *err);
    enum error_code (*encode_list)(const struct rest_account *a,
                                   const struct provider_list_filter *f, unsigned pass,
                                   struct rest_request *out, struct error *err);
    enum error_code (*encode_control)(const struct rest_account *a,
                                      const struct provider_recording_control *c,
                                      struct rest_request *out, struct error *err);
    enum error_code (*encode_fetch)(const struct rest_account *a, struct str call_sid,
                                    struct str sid, unsigned variant, struct rest_request *out,
                                    struct error *err);
    enum error_code (*encode_delete)(const struct rest_account *a, struct str call_sid,
                                     struct str sid, struct rest_request *out, struct error *err);
    enum error_code (*encode_check)(const struct rest_account *a, unsigned step,
                                    struct rest_request *out, struct error *err);

    /* Decoders of 2xx bodies: ERR_UPSTREAM when the body is not what the carrier promises. */
    enum error_code (*decode_place)(struct str body, struct provider_call *out, struct error *err);
    enum error_code (*decode_call)(struct str body, struct provider_call *out, struct error *err);
    enum error_code (*decode_list)(const struct rest_account *a, struct str body,
                                   struct rest_page *page, struct error *err);
    enum error_code (*decode_control)(const struct rest_request *sent, struct str body,
                                      char *out_sid, struct error *err);
    /**
     * Where the audio is, when encode_fetch() asks for a description of the recording: write the
     * request for it (GET). NULL: encode_fetch() asks for the audio itself.
     */
    enum error_code (*decode_media)(const struct rest_account *a, struct str body,
                                    struct rest_request *out, struct error *err);

    /** Any status: what it says about the credentials, and whether a further step follows. */
    enum error_code (*decode_check)(const struct rest_account *a, int status, struct str body,
                                    struct rest_check *check, struct error *err);

    /**
     * An answer that is no success. Fills err and returns its code when the body is an error of
     * this carrier; ERR_OK when it is not (a proxy's page, nothing at all).
     */
    enum error_code (*decode_error)(int status, struct str body, struct error *err);

    /**
     * Check the signature. *fields gets the signed form fields (none for other bodies: the signed
     * body is req->body).
     * ERR_AUTH: missing or wrong. ERR_INVALID, ERR_LIMIT: not a body that could be checked.
     */
    enum error_code (*verify_webhook)(struct rest_signer *s, const struct webhook_request *req,
                                      struct arena *a, struct form *fields, struct error *err);
    enum error_code (*parse_webhook)(const struct rest_account *a,
                                     const struct webhook_request *req, const struct form *fields,
                                     struct arena *arena, struct webhook_news *out,
                                     struct error *err);

    enum error_code (*render)(const struct rest_account *a, const struct plan *plan,
                              struct buf *out, struct plan_loss_report *loss, struct error *err);
};

/** How to wait between two tries; tests count instead of waiting. */
struct rest_options {
    void (*wait)(void *ctx, uint32_t ms);
    void *ctx;
};

/**
 * A provider that speaks `d` and calls itself `desc` (NULL: d->desc). o may be NULL (really waits).
 * Checks the settings: ERR_INVALID names the field of cfg that is missing or malformed.
 */
NODISCARD enum error_code rest_provider_new(const struct rest_dialect *d,
                                            const struct provider_desc *desc,
                                            const struct provider_config *cfg,
                                            const struct rest_options *o, struct provider **out,
                                            struct error *err);

#endif
