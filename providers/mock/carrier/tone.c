#include "providers/mock/carrier/tone.h"

enum {
    RATE = 8000,
    LOUD = 8000,
    LETTER_SAMPLES = 560, /* 70 ms, what a letter takes in speech */
    NOTE_SAMPLES = RATE / 2,
};

/** A parabola for each half wave: close enough to a sine for the ear. phase: 65536 is one turn. */
static int wave(uint32_t phase, int loudness) {
    int x = (int)(phase & 32767) - 16384;
    int y = 16384 - x * (x / 16) / 1024;
    return (phase & 32768 ? -y : y) * loudness / 16384;
}

static uint32_t step_of(unsigned hz) {
    return (uint32_t)((uint64_t)hz * 65536 / RATE);
}

void tone_sine(int16_t *out, size_t samples, unsigned hz, int loudness) {
    uint32_t phase = 0, step = step_of(hz);
    for (size_t i = 0; i < samples; i++, phase += step)
        out[i] = (int16_t)wave(phase, loudness);
}

void tone_keys(int16_t *out, size_t samples, struct str keys) {
    static const char table[] = "123A456B789C*0#D";
    static const unsigned low[] = {697, 770, 852, 941}, high[] = {1209, 1336, 1477, 1633};
    size_t each = keys.len ? samples / keys.len : 0;
    for (size_t k = 0; k < keys.len; k++) {
        size_t at = str_find(STR(table), keys.ptr[k]);
        uint32_t a = 0, b = 0;
        if (at >= sizeof table - 1)
            continue;
        for (size_t i = 0; i < each * 3 / 4;
             i++, a += step_of(low[at / 4]), b += step_of(high[at % 4]))
            out[k * each + i] = (int16_t)(wave(a, LOUD / 2) + wave(b, LOUD / 2));
    }
}

void tone_music(int16_t *out, size_t samples) {
    static const unsigned scale[] = {262, 330, 392, 523, 392, 330};
    for (size_t i = 0, note = 0; i < samples; i += NOTE_SAMPLES, note++) {
        size_t left = samples - i;
        tone_sine(out + i, left < NOTE_SAMPLES ? left : NOTE_SAMPLES,
                  scale[note % ARRAY_LEN(scale)], LOUD / 2);
    }
}

void tone_voice(int16_t *out, size_t samples, struct str text, unsigned base_hz) {
    for (size_t i = 0; i < text.len && (i + 1) * LETTER_SAMPLES <= samples; i++) {
        unsigned char letter = (unsigned char)text.ptr[i];
        if (letter > ' ')
            tone_sine(out + i * LETTER_SAMPLES, LETTER_SAMPLES, base_hz + letter % 32 * 12, LOUD);
    }
}
