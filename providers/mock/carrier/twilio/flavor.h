#ifndef PROVIDERS_MOCK_CARRIER_TWILIO_FLAVOR_H
#define PROVIDERS_MOCK_CARRIER_TWILIO_FLAVOR_H

#include "providers/mock/carrier/rest_face.h"

/*
 * What differs between the carriers whose API, webhooks and documents are shaped like Twilio's. A
 * face names its flavor; a request finds it by how it is refused.
 */
struct twilio_flavor {
    struct face_rest rest;           /* of twilio_face_rest(): first the routes of all flavors */
    const struct carrier_face *face; /* calls made over this API; those of others are not shown */
    const char *root;                /* before "/2010-04-01/Accounts/"; "": nothing */
    const char *error_url;           /* where an error's number is explained, before the number */
    const char *signature_header;
    const char *token_header; /* the same for all tries of a webhook; NULL: none */
    const char *region;       /* X-Home-Region; NULL: none */
    const char *agent;        /* User-Agent of webhooks */
    const char *sip_code;     /* webhook parameter with the SIP status of the end */
    const char *source_words[TAPE_SOURCE_COUNT];
    size_t id_length;
    int created; /* HTTP status of what a POST has made */
    uint32_t detection_min_s, detection_max_s;
    /* more members of the call resource; NULL: Twilio's */
    void (*put_call_more)(struct json_writer *w, const struct leg *l);
    bool lists_errors;     /* a 400 is {"errors": […]} with texts for codes */
    bool plain_numbers;    /* durations are JSON numbers, answers "human" or "machine" */
    bool optional_json;    /* paths may leave ".json" out */
    bool late_dates;       /* the reply to a create knows no dates yet */
    bool tells_places;     /* city, state … of both ends, in webhooks */
    bool hides_token;      /* in the account resource */
    bool test_numbers;     /* +1500555… answer as with test credentials */
    bool inline_documents; /* Twiml in place of Url */
    bool current_tape;     /* Twilio.CURRENT names the running recording */
    bool signs_port;       /* over HTTPS too */
};

extern const struct twilio_flavor twilio_flavor, laml_flavor;

enum {
    TWILIO_ROUTE_COUNT = 17
};
extern const struct face_route twilio_routes[TWILIO_ROUTE_COUNT]; /* behind the account */
void twilio_refuse(struct face_request *r, enum face_refusal why, int status, struct str text);

/** The REST face in this flavor. */
void twilio_face_rest(struct carrier *c, const struct twilio_flavor *f, struct http_exchange *x);

static inline const struct twilio_flavor *twilio_leg_flavor(const struct leg *l) {
    return l->face->flavor;
}

static inline const struct twilio_flavor *twilio_flavor_of(const struct face_request *r) {
    return container_of(r->rest, const struct twilio_flavor, rest);
}

#endif
