#include <stdio.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/audio.h"
#include "providers/mock/carrier/rest_face.h"

enum {
    FILE_MAX = AUDIO_MAX_S * SPEECH_RATE * 2 * 2 + 64,
};

/** Renders off the carrier's thread: a synthesizer may take its time. */
struct media_task {
    struct pool_task task;
    struct http_exchange *x;
    struct speech *speech;
    struct audio_job job;
};

enum range {
    RANGE_NONE = 0,
    RANGE_OK,
    RANGE_BAD,
};

/** One range of bytes (RFC 9110, 14.1.2); several are answered with the whole file. */
static enum range parse_range(struct str header, uint64_t size, uint64_t *from, uint64_t *to) {
    struct str spec = str_from_index(header, 6);
    size_t dash = str_find(spec, '-');
    struct str first = str_from(spec.ptr, dash), last = str_from_index(spec, dash + 1);
    uint64_t a = 0, b = size - 1;
    if (!str_starts(header, STR("bytes=")) || dash == spec.len || str_find(spec, ',') < spec.len)
        return RANGE_NONE;
    if (first.len > 0 && !str_to_u64(first, UINT64_MAX, &a))
        return RANGE_NONE;
    if (last.len > 0 && !str_to_u64(last, UINT64_MAX, &b))
        return RANGE_NONE;
    if (first.len == 0 && last.len == 0)
        return RANGE_NONE;
    if (first.len == 0) { /* the last b bytes */
        if (b == 0)
            return RANGE_BAD;
        a = b < size ? size - b : 0;
        b = size - 1;
    } else if (last.len > 0 && b < a) {
        return RANGE_NONE;
    }
    if (a >= size)
        return RANGE_BAD;
    *from = a;
    *to = b < size ? b : size - 1;
    return RANGE_OK;
}

static void reply_file(struct http_exchange *x, struct buf *file) {
    char text[96];
    uint64_t from = 0, to = 0;
    struct str header = http_exchange_header(x, STR("Range"));
    enum range r = header.ptr ? parse_range(header, file->len, &from, &to) : RANGE_NONE;
    http_exchange_add_header(x, "Accept-Ranges", STR("bytes"));
    x->content_type = r == RANGE_BAD ? NULL : "audio/x-wav";
    if (r == RANGE_OK) {
        snprintf(text, sizeof text, "bytes %llu-%llu/%zu", (unsigned long long)from,
                 (unsigned long long)to, file->len);
        memmove(file->ptr, file->ptr + from, to - from + 1);
        file->len = to - from + 1;
    } else if (r == RANGE_BAD) {
        snprintf(text, sizeof text, "bytes */%zu", file->len);
        buf_clear(file);
    }
    if (r != RANGE_NONE)
        http_exchange_add_header(x, "Content-Range", str_z(text));
    face_send(x, r == RANGE_OK ? 206 : r == RANGE_BAD ? 416 : 200, file);
}

static void render(struct pool_task *t) {
    struct media_task *m = container_of(t, struct media_task, task);
    struct buf file = BUF_INIT(FILE_MAX);
    audio_render(&m->job, m->speech, &file);
    reply_file(m->x, &file);
    audio_job_release(&m->job);
    mem_free(m);
}

void face_send_tape(struct face_request *r, struct tape *t, uint32_t channels) {
    const struct callee_fault *fault = &t->leg->callee->recording;
    if (callee_fault_hits(fault, t->fetches++)) {
        face_fault(r, fault);
        return;
    }
    struct media_task *m = mem_zalloc(sizeof *m);
    m->task.run = render;
    m->x = r->x;
    m->speech = r->c->speech;
    audio_job_init(&m->job, t, channels);
    r->answered = true;
    if (pool_submit(r->c->pool, &m->task))
        return;
    audio_job_release(&m->job);
    mem_free(m);
    r->rest->refuse(r, FACE_OVERLOADED, 503,
                    STR("Too many recordings are being fetched: try again later"));
}
