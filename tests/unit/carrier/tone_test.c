#include "tests/support/test.h"

#include "providers/mock/carrier/tone.h"

enum {
    SECOND = 8000
};

static uint64_t loudness(const int16_t *samples, size_t n) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (uint64_t)(samples[i] < 0 ? -samples[i] : samples[i]);
    return n ? sum / n : 0;
}

static size_t rises(const int16_t *samples, size_t n) {
    size_t count = 0;
    for (size_t i = 1; i < n; i++)
        count += samples[i - 1] < 0 && samples[i] >= 0;
    return count;
}

TEST(tone, a_sine_has_its_pitch_and_loudness) {
    int16_t out[SECOND];
    tone_sine(out, SECOND, 440, 10000);
    size_t pitch = rises(out, SECOND);
    EXPECT(pitch >= 438 && pitch <= 441);
    for (size_t i = 0; i < SECOND; i++)
        EXPECT(out[i] >= -10000 && out[i] <= 10000);
    EXPECT(loudness(out, SECOND) > 6000);
}

TEST(tone, keys_sound_and_waits_do_not) {
    int16_t out[SECOND] = {0};
    tone_keys(out, SECOND, STR("1w"));
    EXPECT(loudness(out, SECOND / 4) > 1000);
    EXPECT_INT(loudness(out + SECOND / 2, SECOND / 2), 0);
}

TEST(tone, a_voice_is_silent_between_words_and_after_its_text) {
    int16_t out[SECOND] = {0};
    tone_voice(out, SECOND, STR("ab c"), 200);
    EXPECT(loudness(out, 1120) > 1000);
    EXPECT_INT(loudness(out + 1120, 560), 0);
    EXPECT(loudness(out + 1680, 560) > 1000);
    EXPECT_INT(loudness(out + 2240, SECOND - 2240), 0);
}

TEST(tone, nothing_is_written_past_the_room) {
    int16_t out[100] = {0};
    tone_voice(out, 50, STR("abc"), 200);
    tone_keys(out, 50, STR("123"));
    tone_music(out, 50);
    EXPECT_INT(loudness(out + 50, 50), 0);
    tone_keys(out, 50, STR(""));
}
