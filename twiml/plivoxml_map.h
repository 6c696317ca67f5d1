#ifndef TWIML_PLIVOXML_MAP_H
#define TWIML_PLIVOXML_MAP_H

#include "twiml/xml_map.h"

/* The attributes of Plivo XML. Private to twiml/. */
extern const struct xml_maps plivoxml_speak, plivoxml_play, plivoxml_wait, plivoxml_get_input,
    plivoxml_get_digits, plivoxml_record, plivoxml_session, plivoxml_bridged, plivoxml_dial,
    plivoxml_conference, plivoxml_multi_party, plivoxml_dtmf, plivoxml_redirect, plivoxml_hangup,
    plivoxml_reject, plivoxml_stream;

/** Rows of a far end of a <Dial>, by kind. */
extern const struct xml_maps plivoxml_nouns[PLAN_NOUN_KIND_COUNT];

/** Every table above, for tests. NULL ends it. */
extern const struct xml_maps *const plivoxml_all_maps[];

/**
 * Plivo says with one element what a plan says with a dial and its far ends. For <Dial> the noun
 * holds what all far ends share, for <Conference> and <MultiPartyCall> it is the only one.
 */
struct plivoxml_bridge {
    struct plan_dial dial;
    struct plan_noun noun;
};

#endif
