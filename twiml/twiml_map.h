#ifndef TWIML_TWIML_MAP_H
#define TWIML_TWIML_MAP_H

#include "twiml/xml_map.h"

/* The attributes of TwiML. Private to twiml/. */
extern const struct xml_maps twiml_say, twiml_play, twiml_pause, twiml_gather, twiml_record,
    twiml_dial, twiml_enqueue, twiml_redirect, twiml_reject, twiml_recording, twiml_stop_recording,
    twiml_connect_stream, twiml_stream, twiml_stop_stream, twiml_connect_relay, twiml_relay,
    twiml_pay, twiml_prompt, twiml_refer, twiml_transcription, twiml_stop_transcription;

/** Rows of a far end, by kind. */
extern const struct xml_maps twiml_nouns[PLAN_NOUN_KIND_COUNT];

/** Every table above, for tests. NULL ends it. */
extern const struct xml_maps *const twiml_all_maps[];

#endif
