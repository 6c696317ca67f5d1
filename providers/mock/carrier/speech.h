#ifndef PROVIDERS_MOCK_CARRIER_SPEECH_H
#define PROVIDERS_MOCK_CARRIER_SPEECH_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

enum {
    SPEECH_RATE = 8000 /* samples per second, mono */
};

enum speech_voice {
    SPEECH_ASSISTANT = 0,
    SPEECH_CALLEE,
    SPEECH_VOICE_COUNT
};

/**
 * Text to sound: by flite or espeak-ng where one is installed, else by tones whose length follows
 * the text. What was spoken lately is kept. Any thread; may take as long as the program does.
 */
struct speech;

struct speech *speech_new(void);
void speech_free(struct speech *s); /* NULL is fine */

/**
 * Speak the text into out, `room` samples long and silent; what does not fit is cut off.
 */
void speech_render(struct speech *s, enum speech_voice voice, struct str text, int16_t *out,
                   size_t room);

#endif
