#ifndef TWIML_TWIML_GRAMMAR_H
#define TWIML_TWIML_GRAMMAR_H

#include "twiml/xml_grammar.h"

/** TwiML for voice, SSML included: 58 elements. */
extern const struct xml_grammar twiml_grammar;

#endif
