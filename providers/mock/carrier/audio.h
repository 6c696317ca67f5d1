#ifndef PROVIDERS_MOCK_CARRIER_AUDIO_H
#define PROVIDERS_MOCK_CARRIER_AUDIO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "providers/mock/carrier/speech.h"
#include "providers/mock/carrier/tape.h"

enum {
    AUDIO_MAX_S = 600, /* longer recordings are cut off here */
};

/** What was heard during a tape, copied so that any thread can render it. */
struct audio_job {
    struct arena arena;
    struct leg_utterance *said;
    size_t said_count;
    struct tape_span *spans;
    size_t span_count;
    enum plan_track track;
    unsigned channels; /* 1: mixed; 2: the callee left, the assistant right */
};

/** The carrier's thread. Release with audio_job_release(). */
void audio_job_init(struct audio_job *j, const struct tape *t, unsigned channels);
void audio_job_release(struct audio_job *j);

/**
 * Append the job as a RIFF/WAVE file: 16-bit PCM, 8000 Hz. The same job gives the same bytes on the
 * same machine. Any thread.
 */
void audio_render(const struct audio_job *j, struct speech *s, struct buf *out);

#endif
