#ifndef CORE_APP_CARRIER_FACTS_H
#define CORE_APP_CARRIER_FACTS_H

#include "core/app/config.h"
#include "core/base/json.h"

/**
 * What each carrier can do, as objects of an open JSON array: GET /api/providers and `switchhook
 * providers`. Facts come from the carriers' own descriptions, what becomes of each kind of step
 * from their writers, what is set from the settings; no secret is in it. Needs no account and no
 * network.
 */
void carrier_facts_put(struct json_writer *w, const struct config *c);

#endif
