#ifndef TESTS_SUPPORT_REST_RIG_H
#define TESTS_SUPPORT_REST_RIG_H

#include "providers/rest/rest.h"

/* What the tests of every REST dialect share. Needs swh_providers. */

/** For an encoder. */
struct rest_request rig_request(void);

/** Leaves a fresh one. */
void rig_drop_request(struct rest_request *r);

/** Compare with golden texts, and drop it. body NULL: there is none, and no content type. */
void rig_expect_request(struct rest_request *r, enum error_code rc, const char *method,
                        const char *url, const char *body_type, const char *body);

/** A call with a number, an address and limits, and nothing else. */
struct provider_place rig_place(void);

/** What a webhook says, whose signature was checked before. */
struct reading {
    struct arena arena;
    struct webhook_news news; /* its status is CALL_UNKNOWN as long as nothing was read */
    struct error err;
    enum error_code rc;
};

struct reading rig_read(const struct rest_dialect *d, const struct rest_account *a,
                        enum webhook_kind kind, const char *form);
void rig_drop_reading(struct reading *r);

#endif
