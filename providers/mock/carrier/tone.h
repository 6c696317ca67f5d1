#ifndef PROVIDERS_MOCK_CARRIER_TONE_H
#define PROVIDERS_MOCK_CARRIER_TONE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

/* Sounds made by counting: 8000 samples per second, written over out. */

void tone_sine(int16_t *out, size_t samples, unsigned hz, int loudness);

/** The keys' two tones each, spread over the time there is. */
void tone_keys(int16_t *out, size_t samples, struct str keys);

/** A calm scale: stands for a sound file that was played. */
void tone_music(int16_t *out, size_t samples);

/** Stands for a voice: one short note for each letter, its pitch from the letter. */
void tone_voice(int16_t *out, size_t samples, struct str text, unsigned base_hz);

#endif
