#ifndef TWIML_TWIML_VERBS_H
#define TWIML_TWIML_VERBS_H

#include "twiml/xml_language.h"

/* The verbs of TwiML. Private to twiml/. */
extern xml_writing_fn *const twiml_writers[PLAN_KIND_COUNT];
extern const struct xml_refusal twiml_refusals[PLAN_KIND_COUNT];
extern const struct xml_reading_verb twiml_verbs[], twiml_prompts[];

#endif
