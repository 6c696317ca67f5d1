#include "providers/mock/carrier/audio.h"

#include "providers/mock/carrier/tone.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "samples are written as they are");

enum {
    SAMPLES_PER_MS = SPEECH_RATE / 1000,
    HEADER_BYTES = 44,
    LOUDNESS = 9000,
    BEEP_HZ = 1000,
};

void audio_job_init(struct audio_job *j, const struct tape *t, unsigned channels) {
    const struct leg *l = t->leg;
    *j = (struct audio_job){.track = t->track, .channels = channels};
    j->said = arena_alloc(&j->arena, (l->said_count + 1) * sizeof *j->said);
    for (size_t i = 0; i < l->said_count; i++) {
        j->said[i] = l->said[i];
        struct str text = arena_copy(&j->arena, str_z(l->said[i].text));
        j->said[i].text = (char *)text.ptr;
    }
    j->said_count = l->said_count;
    j->spans = arena_alloc(&j->arena, (t->span_count + 1) * sizeof *j->spans);
    int64_t left_ms = (int64_t)AUDIO_MAX_S * 1000;
    for (size_t i = 0; i < t->span_count && left_ms > 0; i++) {
        struct tape_span *s = &j->spans[j->span_count++];
        *s = t->spans[i];
        if (s->to_ms - s->from_ms > left_ms)
            s->to_ms = s->from_ms + left_ms;
        left_ms -= s->to_ms - s->from_ms;
    }
}

void audio_job_release(struct audio_job *j) {
    arena_release(&j->arena);
    *j = (struct audio_job){0};
}

/** 0: the callee's channel, 1: the assistant's. */
static unsigned channel_of(const struct leg_utterance *u) {
    return u->who == LEG_ASSISTANT ? 1 : 0;
}

static bool on_track(const struct audio_job *j, const struct leg_utterance *u) {
    return j->track == PLAN_TRACK_INBOUND    ? channel_of(u) == 0
           : j->track == PLAN_TRACK_OUTBOUND ? channel_of(u) == 1
                                             : true;
}

/** The whole utterance, from its first sample. */
static void sound(const struct leg_utterance *u, struct speech *s, int16_t *out, size_t samples) {
    struct str text = str_z(u->text);
    if (u->who == LEG_BEEP)
        tone_sine(out, samples, BEEP_HZ, LOUDNESS);
    else if (u->who == LEG_KEYS)
        tone_keys(out, samples, text);
    else if (text.len == 0)
        tone_music(out, samples);
    else
        speech_render(s, u->who == LEG_ASSISTANT ? SPEECH_ASSISTANT : SPEECH_CALLEE, text, out,
                      samples);
}

static int16_t clip(int v) {
    return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

/** Mix the part of an utterance that lies in the span into the span's frames. */
static void mix(const struct audio_job *j, const struct tape_span *span,
                const struct leg_utterance *u, struct speech *s, int16_t *frames) {
    int64_t end_ms = u->start_ms + u->duration_ms;
    int64_t from_ms = u->start_ms > span->from_ms ? u->start_ms : span->from_ms;
    int64_t to_ms = end_ms < span->to_ms ? end_ms : span->to_ms;
    if (from_ms >= to_ms || !on_track(j, u))
        return;
    size_t samples = (size_t)u->duration_ms * SAMPLES_PER_MS;
    int16_t *voice = mem_array(samples, sizeof *voice);
    sound(u, s, voice, samples);
    size_t skip = (size_t)(from_ms - u->start_ms) * SAMPLES_PER_MS;
    size_t at = (size_t)(from_ms - span->from_ms) * SAMPLES_PER_MS;
    size_t count = (size_t)(to_ms - from_ms) * SAMPLES_PER_MS;
    unsigned channel = j->channels == 2 ? channel_of(u) : 0;
    for (size_t i = 0; i < count; i++) {
        int16_t *frame = &frames[(at + i) * j->channels + channel];
        *frame = clip(*frame + voice[skip + i]);
    }
    mem_free(voice);
}

static void put_le(struct buf *out, uint32_t v, int bytes) {
    for (int i = 0; i < bytes; i++)
        buf_putc(out, (char)(v >> (8 * i)));
}

static void put_header(struct buf *out, uint32_t data_bytes, unsigned channels) {
    buf_puts(out, "RIFF");
    put_le(out, HEADER_BYTES - 8 + data_bytes, 4);
    buf_puts(out, "WAVEfmt ");
    put_le(out, 16, 4);
    put_le(out, 1, 2); /* PCM */
    put_le(out, channels, 2);
    put_le(out, SPEECH_RATE, 4);
    put_le(out, SPEECH_RATE * channels * 2, 4);
    put_le(out, channels * 2, 2);
    put_le(out, 16, 2);
    buf_puts(out, "data");
    put_le(out, data_bytes, 4);
}

static void put_span(const struct audio_job *j, const struct tape_span *span, struct speech *s,
                     struct buf *out) {
    size_t values = (size_t)(span->to_ms - span->from_ms) * SAMPLES_PER_MS * j->channels;
    int16_t *frames = mem_array(values, sizeof *frames);
    for (size_t i = 0; i < j->said_count && !span->silent; i++)
        mix(j, span, &j->said[i], s, frames);
    buf_put(out, frames, values * sizeof *frames);
    mem_free(frames);
}

void audio_render(const struct audio_job *j, struct speech *s, struct buf *out) {
    int64_t ms = 0;
    for (size_t i = 0; i < j->span_count; i++)
        ms += j->spans[i].to_ms - j->spans[i].from_ms;
    put_header(out, (uint32_t)(ms * SAMPLES_PER_MS * 2 * j->channels), j->channels);
    for (size_t i = 0; i < j->span_count; i++)
        put_span(j, &j->spans[i], s, out);
}
