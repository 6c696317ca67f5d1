#ifndef TWIML_PLIVOXML_GRAMMAR_H
#define TWIML_PLIVOXML_GRAMMAR_H

#include "twiml/plivoxml.h"
#include "twiml/xml_grammar.h"

/** Plivo XML, SSML included: 28 elements. */
extern const struct xml_grammar plivoxml_grammar;

#endif
