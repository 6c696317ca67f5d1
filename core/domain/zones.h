#ifndef CORE_DOMAIN_ZONES_H
#define CORE_DOMAIN_ZONES_H

#include "core/base/error.h"
#include "core/base/tzif.h"

/** The port for time zones by name. */
struct zones {
    /**
     * The time of a zone ("Europe/Berlin") at unix_s. ERR_INVALID: there is no such zone; ERR_IO.
     * *out is written only on ERR_OK. Any thread.
     */
    enum error_code (*at)(void *ctx, struct str zone, int64_t unix_s, struct tzif_time *out,
                          struct error *err);
    void *ctx;
};

#endif
