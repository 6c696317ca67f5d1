#ifndef TWIML_PLIVOXML_VERBS_H
#define TWIML_PLIVOXML_VERBS_H

#include "twiml/xml_language.h"

/* The verbs of Plivo XML. Private to twiml/. */
extern xml_writing_fn *const plivoxml_writers[PLAN_KIND_COUNT];
extern const struct xml_refusal plivoxml_refusals[PLAN_KIND_COUNT];
extern const struct xml_reading_verb plivoxml_verbs[], plivoxml_prompts[];
extern xml_reading_finish_fn plivoxml_finish;
extern xml_rule_fn plivoxml_rule;

/** Where a client's SIP address is at home. */
#define SWH_PLIVO_SIP_HOME "@phone.plivo.com"

/** Letters and digits: all that an extra header of a stream may hold. */
static inline bool plivoxml_is_plain(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    }
    return true;
}

/** Seconds between two keys that Plivo takes for a gather's time-out. */
static inline uint32_t plivoxml_between_keys(uint32_t timeout_s) {
    return timeout_s < 2 ? 2 : timeout_s > 10 ? 10 : timeout_s;
}

#endif
