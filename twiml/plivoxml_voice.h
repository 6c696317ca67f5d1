#ifndef TWIML_PLIVOXML_VOICE_H
#define TWIML_PLIVOXML_VOICE_H

#include <stdbool.h>

#include "core/base/str.h"

/*
 * Plivo's voices: WOMAN and MAN speak 16 languages and no SSML, a voice of Polly speaks one
 * language and SSML. A plan says "woman", "man" or the carrier's own name. Private to twiml/.
 */

/** What a <Speak> asks for; empty: the attribute is left out. */
struct plivoxml_voice {
    struct str voice, language;
    const char *instead_voice; /* why another voice, or none, stands there; NULL if it does not */
    const char *instead_language; /* the same for the language */
};

/** The nearest that Plivo has to a plan's voice and language. */
struct plivoxml_voice plivoxml_voice_for(struct str voice, struct str language, bool ssml);

/** The plan's word for a voice of a document; empty when Plivo has no such voice. */
struct str plivoxml_voice_read(struct str voice);

/** Is it a voice of Polly, by its form? */
bool plivoxml_voice_is_polly(struct str voice);

/** Does WOMAN (or MAN) speak the language? An absent language is spoken. */
bool plivoxml_voice_speaks(bool man, struct str language);

#endif
