#ifndef CORE_APP_CARRIER_SAMPLE_H
#define CORE_APP_CARRIER_SAMPLE_H

#include "core/base/error.h"
#include "core/base/str.h"
#include "core/domain/plan.h"

struct provider;

/*
 * Carriers without an account: a provider made from settings that only look right. It can write
 * documents and tell what it can do, which is all that is asked of it; it has no network.
 */

/** ERR_UNSUPPORTED: this build has no such carrier. wire: see registry_create(). Owned by the
 * caller. */
NODISCARD enum error_code carrier_sample_new(struct str carrier, struct str wire,
                                             struct provider **out, struct error *err);

/** The languages that documents are written in, and who speaks each. */
struct carrier_language {
    const char *format; /* "twiml" */
    const char *carrier, *wire;
};
const struct carrier_language *carrier_languages(size_t *count);

/** By the language's or the carrier's name; NULL when there is none. */
const struct carrier_language *carrier_language_find(struct str name);

/* How a carrier says a kind of step. */
enum carrier_says {
    CARRIER_SAYS_NOTHING = 0,
    CARRIER_SAYS_IT,      /* "yes" */
    CARRIER_SAYS_ANOTHER, /* "replaced": another way, see the remedy */
    CARRIER_SAYS_LESS,    /* "partly": a detail of the sample is missing */
    CARRIER_REFUSES,      /* "refused" */
    CARRIER_SAYS_COUNT
};
const char *carrier_says_name(enum carrier_says s);

/**
 * Let the provider write a plain step of that kind and look at what it reports, so that what is
 * told of a carrier is what its writer does. remedy: what replaces it or what to do, "" when there
 * is nothing to tell.
 */
enum carrier_says carrier_sample_step(struct provider *p, enum plan_kind kind, char *remedy,
                                      size_t remedy_size);

#endif
