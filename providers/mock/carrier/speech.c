#include "providers/mock/carrier/speech.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/tone.h"

enum {
    CACHE_SLOTS = 128,
    CACHE_MAX_BYTES = 16 * 1024 * 1024,
    FILE_MAX_BYTES = 64 * 1024 * 1024,
    PATIENCE_MS = 20000, /* then the program is killed */
};

/** One spoken text. */
struct spoken {
    enum speech_voice voice;
    char *text;
    int16_t *samples;
    size_t count;
    uint64_t used; /* for throwing out what was not used longest */
};

struct speech {
    pthread_mutex_t mutex;
    struct spoken cache[CACHE_SLOTS];
    size_t cache_bytes;
    uint64_t uses;
    const struct engine *engine; /* NULL: tones */
};

/** A program that reads text on descriptor 0 and writes a WAV file to descriptor 3. */
struct engine {
    const char *path;
    const char *arguments[SPEECH_VOICE_COUNT][10];
};

static const struct engine engines[] = {
    {"/usr/bin/flite",
     {{"flite", "-voice", "slt", "-f", "/dev/stdin", "-o", "/dev/fd/3", NULL},
      {"flite", "-voice", "rms", "-f", "/dev/stdin", "-o", "/dev/fd/3", NULL}}},
    {"/usr/bin/espeak-ng",
     {{"espeak-ng", "-v", "en-us+f3", "--stdin", "-w", "/dev/fd/3", NULL},
      {"espeak-ng", "-v", "en-us", "--stdin", "-w", "/dev/fd/3", NULL}}},
};

struct speech *speech_new(void) {
    struct speech *s = mem_zalloc(sizeof *s);
    pthread_mutex_init(&s->mutex, NULL);
    for (size_t i = 0; i < ARRAY_LEN(engines) && !s->engine; i++)
        if (access(engines[i].path, X_OK) == 0)
            s->engine = &engines[i];
    return s;
}

static void spoken_release(struct speech *s, struct spoken *k) {
    s->cache_bytes -= k->count * sizeof *k->samples;
    mem_free(k->text);
    mem_free(k->samples);
    *k = (struct spoken){0};
}

void speech_free(struct speech *s) {
    if (!s)
        return;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        spoken_release(s, &s->cache[i]);
    pthread_mutex_destroy(&s->mutex);
    mem_free(s);
}

/* ---- the program --------------------------------------------------------------------------------
 */

static bool write_all(int fd, struct str text) {
    while (text.len > 0) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n <= 0)
            return false;
        text = str_from_index(text, (size_t)n);
    }
    return lseek(fd, 0, SEEK_SET) == 0;
}

/** True when it ended well in time. */
static bool await_end(pid_t pid) {
    int fd = pidfd_open(pid, 0), status = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (fd < 0 || poll(&p, 1, PATIENCE_MS) != 1)
        (void)kill(pid, SIGKILL);
    if (fd >= 0)
        close(fd);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool spawn(const struct engine *e, enum speech_voice voice, int in, int out) {
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};
    posix_spawn_file_actions_t files;
    pid_t pid;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, 3);
    posix_spawn_file_actions_addclosefrom_np(&files, 4);
    int rc = posix_spawn(&pid, e->path, &files, NULL, (char *const *)e->arguments[voice],
                         (char *const *)environment);
    posix_spawn_file_actions_destroy(&files);
    return rc == 0 && await_end(pid);
}

/** The whole file as text; ptr NULL when there is none. Free with mem_free(). */
static struct str read_file(int fd) {
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size <= 0 || st.st_size > FILE_MAX_BYTES)
        return (struct str){0};
    char *bytes = mem_zalloc((size_t)st.st_size);
    ssize_t n = pread(fd, bytes, (size_t)st.st_size, 0);
    if (n == (ssize_t)st.st_size)
        return str_from(bytes, (size_t)n);
    mem_free(bytes);
    return (struct str){0};
}

/* ---- its WAV file
 * ---------------------------------------------------------------------------------- */

static uint32_t le32(const char *p) {
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static int sample_at(const char *data, size_t i) {
    const unsigned char *b = (const unsigned char *)data + i * 2;
    return (int16_t)(b[0] | b[1] << 8);
}

/** Bring mono 16-bit sound of any rate to ours: each sample is the mean of those it stands for. */
static void resample(const char *data, size_t count, uint32_t rate, struct spoken *out) {
    out->count = (size_t)((uint64_t)count * SPEECH_RATE / rate);
    out->samples = mem_array(out->count, sizeof *out->samples);
    for (size_t i = 0; i < out->count; i++) {
        size_t from = (size_t)((uint64_t)i * rate / SPEECH_RATE);
        size_t to = (size_t)((uint64_t)(i + 1) * rate / SPEECH_RATE);
        int64_t sum = 0;
        if (to > count)
            to = count;
        if (to <= from)
            to = from + 1;
        for (size_t n = from; n < to; n++)
            sum += sample_at(data, n);
        out->samples[i] = (int16_t)(sum / (int64_t)(to - from));
    }
}

static bool decode(struct str wav, struct spoken *out) {
    uint32_t rate = 0;
    if (wav.len < 44 || memcmp(wav.ptr, "RIFF", 4) != 0 || memcmp(wav.ptr + 8, "WAVE", 4) != 0)
        return false;
    for (size_t at = 12; at + 8 <= wav.len;) {
        size_t left = wav.len - at - 8, size = le32(wav.ptr + at + 4);
        if (size > left)
            size = left; /* programs that stream leave the size open */
        if (memcmp(wav.ptr + at, "fmt ", 4) == 0 && size >= 16) {
            bool mono16 = wav.ptr[at + 10] == 1 && wav.ptr[at + 22] == 16;
            rate = mono16 ? le32(wav.ptr + at + 12) : 0;
        } else if (memcmp(wav.ptr + at, "data", 4) == 0 && rate > 0 && rate <= 96000) {
            resample(wav.ptr + at + 8, size / 2, rate, out);
            return true;
        }
        at += 8 + size + size % 2;
    }
    return false;
}

static bool synthesize(const struct engine *e, enum speech_voice voice, struct str text,
                       struct spoken *out) {
    int in = memfd_create("text", MFD_CLOEXEC), file = memfd_create("speech", MFD_CLOEXEC);
    bool ok = in >= 0 && file >= 0 && write_all(in, text) && spawn(e, voice, in, file);
    struct str wav = ok ? read_file(file) : (struct str){0};
    ok = wav.ptr && decode(wav, out);
    mem_free((void *)wav.ptr);
    if (in >= 0)
        close(in);
    if (file >= 0)
        close(file);
    return ok;
}

/* ---- the cache
 * --------------------------------------------------------------------------------------- */

static void copy_out(const struct spoken *k, int16_t *out, size_t room) {
    size_t n = k->count < room ? k->count : room;
    if (n > 0)
        memcpy(out, k->samples, n * sizeof *out);
}

static bool from_cache(struct speech *s, enum speech_voice voice, struct str text, int16_t *out,
                       size_t room) {
    bool found = false;
    pthread_mutex_lock(&s->mutex);
    for (size_t i = 0; i < CACHE_SLOTS && !found; i++) {
        struct spoken *k = &s->cache[i];
        if (k->text && k->voice == voice && str_eq_z(text, k->text)) {
            k->used = ++s->uses;
            copy_out(k, out, room);
            found = true;
        }
    }
    pthread_mutex_unlock(&s->mutex);
    return found;
}

static void keep(struct speech *s, struct spoken *fresh) {
    size_t bytes = fresh->count * sizeof *fresh->samples;
    pthread_mutex_lock(&s->mutex);
    struct spoken *oldest = &s->cache[0];
    for (size_t i = 1; i < CACHE_SLOTS; i++)
        if (s->cache[i].used < oldest->used)
            oldest = &s->cache[i];
    spoken_release(s, oldest);
    bool fits = s->cache_bytes + bytes <= CACHE_MAX_BYTES;
    if (fits) {
        fresh->used = ++s->uses;
        s->cache_bytes += bytes;
        *oldest = *fresh;
    }
    pthread_mutex_unlock(&s->mutex);
    if (!fits) {
        mem_free(fresh->text);
        mem_free(fresh->samples);
    }
}

void speech_render(struct speech *s, enum speech_voice voice, struct str text, int16_t *out,
                   size_t room) {
    static const unsigned pitch[SPEECH_VOICE_COUNT] = {220, 140};
    struct spoken fresh = {.voice = voice};
    if (from_cache(s, voice, text, out, room))
        return;
    if (!s->engine || !synthesize(s->engine, voice, text, &fresh)) {
        tone_voice(out, room, text, pitch[voice]);
        return;
    }
    fresh.text = mem_copy_str(text);
    copy_out(&fresh, out, room);
    keep(s, &fresh);
}
