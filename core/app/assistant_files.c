#include "core/app/assistant_files.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/app/assistant_source.h"
#include "core/base/buf.h"
#include "core/base/compiler.h"
#include "core/base/mem.h"

enum {
    RETIRED_MAX = 256,
    /* a call may wait in the queue before it runs for as long as calls may */
    RETIRED_KEPT_MS = 2 * CALL_TIME_LIMIT_MAX_S * 1000,
};

/* A file and what is in force of it. `seen` and later members belong to the refreshing thread. */
struct entry {
    char *path;
    const struct assistant *assistant; /* in force; NULL: none yet */
    char version[ASSISTANT_VERSION_SIZE];
    int64_t since_ms;                  /* in force since; 0: since the start */
    int64_t loaded_ms;                 /* the same in Unix time for people */
    char *fault;                       /* NULL: the file on disk is in force */
    char seen[ASSISTANT_VERSION_SIZE]; /* what was read last, good or not */
    struct source_stamp stamp;
    struct assistant *waiting; /* good, but another file holds its name or number */
};

/* A version that running calls may still need. */
struct retired {
    const struct assistant *assistant;
    int64_t since_ms, until_ms;
};

struct assistant_files {
    char *dir;
    pthread_mutex_t lock; /* over entries and retired; held for moments only */
    struct entry *entries;
    size_t count;
    struct retired *retired;
    size_t retired_count;
    char *dir_fault; /* of the refreshing thread: logged once */
    pthread_t thread;
    pthread_cond_t changed;
    bool watches, stopping;
    uint32_t interval_ms;
    struct clock clock;
    struct log *log;
};

/* ---- names and numbers are one assistant's --------------------------------------------------- */

static bool shares_number(const struct assistant *a, const struct assistant *b, struct str *out) {
    for (size_t i = 0; i < a->number_count; i++) {
        for (size_t k = 0; k < b->number_count; k++) {
            if (str_eq(a->numbers[i], b->numbers[k])) {
                *out = a->numbers[i];
                return true;
            }
        }
    }
    return false;
}

/** Does another file hold this assistant's name, or one of its numbers? */
static enum error_code check_alone(const struct assistant_files *f, const struct entry *own,
                                   const struct assistant *a, struct error *err) {
    struct str number;
    for (size_t i = 0; i < f->count; i++) {
        const struct entry *e = &f->entries[i];
        if (e == own || !e->assistant)
            continue;
        if (str_eq(e->assistant->name, a->name))
            return error_field(err, ERR_CONFLICT, "name",
                               "%s and %s hold assistants of the same name, rename one", e->path,
                               own->path);
        if (shares_number(a, e->assistant, &number))
            return error_field(err, ERR_CONFLICT, "numbers",
                               "%s and %s both answer " STR_FMT ", remove it from one", e->path,
                               own->path, STR_ARG(number));
    }
    return ERR_OK;
}

/* ---- changes, under the lock ----------------------------------------------------------------- */

static void retire(struct assistant_files *f, const struct entry *e, int64_t now_ms) {
    if (!e->assistant)
        return;
    if (f->retired_count == RETIRED_MAX) {
        assistant_unref(f->retired[0].assistant);
        memmove(f->retired, f->retired + 1, (RETIRED_MAX - 1) * sizeof *f->retired);
        f->retired_count--;
    }
    f->retired[f->retired_count++] = (struct retired){e->assistant, e->since_ms, now_ms};
}

static void forget_retired(struct assistant_files *f, int64_t now_ms) {
    size_t kept = 0;
    for (size_t i = 0; i < f->retired_count; i++) {
        if (f->retired[i].until_ms + RETIRED_KEPT_MS > now_ms)
            f->retired[kept++] = f->retired[i];
        else
            assistant_unref(f->retired[i].assistant);
    }
    f->retired_count = kept;
}

static void set_fault(struct entry *e, const char *text) {
    mem_free(e->fault);
    e->fault = text ? mem_copy_str(str_z(text)) : NULL;
}

static void entry_release(struct entry *e) {
    mem_free(e->path);
    mem_free(e->fault);
    assistant_unref(e->waiting);
}

static struct entry *add_entry(struct assistant_files *f, const char *path) {
    struct entry *e = &f->entries[f->count++];
    *e = (struct entry){.path = mem_copy_str(str_z(path))};
    return e;
}

/** Put e->waiting in force, unless another file holds its name or number. */
static enum error_code put_in_force(struct assistant_files *f, struct entry *e, int64_t since_ms,
                                    int64_t now_ms, struct error *err) {
    enum error_code rc = check_alone(f, e, e->waiting, err);
    if (rc != ERR_OK) {
        set_fault(e, err->text);
        return rc;
    }
    retire(f, e, now_ms);
    e->assistant = e->waiting;
    e->waiting = NULL;
    e->since_ms = since_ms;
    e->loaded_ms = now_ms;
    memcpy(e->version, e->seen, sizeof e->version);
    set_fault(e, NULL);
    return ERR_OK;
}

/* ---- the first load -------------------------------------------------------------------------- */

static void take_source(struct entry *e, struct source *s) {
    e->stamp = s->stamp;
    memcpy(e->seen, s->version, sizeof e->seen);
    assistant_unref(e->waiting);
    e->waiting = s->assistant;
}

static enum error_code load_one(struct assistant_files *f, const char *path, int64_t now_ms,
                                struct error *err) {
    struct source s;
    struct entry *e = add_entry(f, path);
    struct error why = {0};
    source_read(path, NULL, now_ms, &s);
    take_source(e, &s);
    enum error_code rc = s.err.code;
    if (rc == ERR_OK)
        rc = put_in_force(f, e, 0, now_ms, &why);
    else
        why = s.err;
    if (rc != ERR_OK && err)
        *err = why;
    return rc;
}

enum error_code assistant_files_load(const char *dir, struct assistant_files **out,
                                     struct error *err) {
    struct assistant_files *f = mem_zalloc(sizeof *f);
    struct clock clock = clock_system();
    struct source_list list = {0};
    f->dir = mem_copy_str(str_z(dir));
    f->entries = mem_array(SOURCE_FILES_MAX, sizeof *f->entries);
    f->retired = mem_array(RETIRED_MAX, sizeof *f->retired);
    pthread_mutex_init(&f->lock, NULL);
    enum error_code rc = source_list_read(dir, &list, err);
    for (size_t i = 0; rc == ERR_OK && i < list.count; i++)
        rc = load_one(f, list.paths[i], clock_wall_ms(&clock), err);
    source_list_free(&list);
    if (rc != ERR_OK) {
        assistant_files_free(f);
        return rc;
    }
    *out = f;
    return ERR_OK;
}

/* ---- refreshing ------------------------------------------------------------------------------ */

static void tell(const struct entry *e, struct log *log, bool is_new) {
    if (e->fault)
        log_warn(log,
                 e->assistant ? "an assistant's file is broken, its last version stays"
                              : "an assistant's file is broken",
                 LOG_WORDS("fault", e->fault));
    else if (e->assistant)
        log_info(log, is_new ? "assistant added" : "assistant changed",
                 LOG_STR("assistant", e->assistant->name), LOG_Z("file", e->path),
                 LOG_Z("version", e->version));
}

static bool is_listed(const struct source_list *list, const char *path) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->paths[i], path) == 0)
            return true;
    return false;
}

static void remove_missing(struct assistant_files *f, const struct source_list *list,
                           int64_t now_ms, struct log *log) {
    for (size_t i = 0; i < f->count;) {
        struct entry gone = f->entries[i];
        if (is_listed(list, gone.path)) {
            i++;
            continue;
        }
        pthread_mutex_lock(&f->lock);
        retire(f, &gone, now_ms);
        memmove(&f->entries[i], &f->entries[i + 1], (f->count - i - 1) * sizeof gone);
        f->count--;
        pthread_mutex_unlock(&f->lock);
        log_info(log, "assistant removed", LOG_Z("file", gone.path));
        entry_release(&gone);
    }
}

static struct entry *find_entry(struct assistant_files *f, const char *path) {
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->entries[i].path, path) == 0)
            return &f->entries[i];
    return NULL;
}

/** A good file that had to wait: is its name free by now? */
static void retry_waiting(struct assistant_files *f, struct entry *e, int64_t now_ms,
                          struct log *log) {
    struct error err = {0};
    bool is_new = !e->assistant;
    if (!e->waiting)
        return;
    pthread_mutex_lock(&f->lock);
    enum error_code rc = put_in_force(f, e, now_ms, now_ms, &err);
    pthread_mutex_unlock(&f->lock);
    if (rc == ERR_OK)
        tell(e, log, is_new);
}

/** Back to what is in force already: nothing new, but nothing wrong any more. */
static void settle_unchanged(struct assistant_files *f, struct entry *e) {
    bool in_force = e->assistant && strcmp(e->seen, e->version) == 0;
    pthread_mutex_lock(&f->lock);
    if (in_force) {
        set_fault(e, NULL);
        assistant_unref(e->waiting);
        e->waiting = NULL;
    }
    pthread_mutex_unlock(&f->lock);
}

static void refresh_one(struct assistant_files *f, const char *path, int64_t now_ms,
                        struct log *log) {
    struct entry *e = find_entry(f, path);
    struct stat st;
    if (e && stat(path, &st) == 0) {
        struct source_stamp stamp = source_stamp_of(&st, now_ms);
        if (source_stamp_same(&e->stamp, &stamp)) {
            retry_waiting(f, e, now_ms, log);
            return;
        }
    }
    struct source s;
    struct error err = {0};
    source_read(path, e ? e->seen : NULL, now_ms, &s);
    if (e && s.version[0] && strcmp(s.version, e->seen) == 0) {
        e->stamp = s.stamp;
        retry_waiting(f, e, now_ms, log);
        return;
    }
    pthread_mutex_lock(&f->lock);
    if (!e)
        e = f->count < SOURCE_FILES_MAX ? add_entry(f, path) : NULL;
    bool is_new = e && !e->assistant, again = e && e->fault && strcmp(e->fault, s.err.text) == 0;
    if (e) {
        take_source(e, &s);
        if (s.err.code != ERR_OK)
            set_fault(e, s.err.text);
        else if (strcmp(e->seen, e->version) != 0)
            (void)put_in_force(f, e, now_ms, now_ms, &err);
    }
    pthread_mutex_unlock(&f->lock);
    if (!e) {
        assistant_unref(s.assistant);
        return;
    }
    settle_unchanged(f, e);
    if (!again)
        tell(e, log, is_new);
}

void assistant_files_refresh(struct assistant_files *f, struct clock clock, struct log *log) {
    struct source_list list = {0};
    struct error err = {0};
    int64_t now_ms = clock_wall_ms(&clock);
    if (source_list_read(f->dir, &list, &err) != ERR_OK) {
        if (!f->dir_fault) {
            f->dir_fault = mem_copy_str(str_z(err.text));
            log_warn(log, "assistants cannot be looked at, those of before stay",
                     LOG_WORDS("fault", err.text));
        }
        return;
    }
    mem_free(f->dir_fault);
    f->dir_fault = NULL;
    remove_missing(f, &list, now_ms, log);
    for (size_t i = 0; i < list.count; i++)
        refresh_one(f, list.paths[i], now_ms, log);
    pthread_mutex_lock(&f->lock);
    forget_retired(f, now_ms);
    pthread_mutex_unlock(&f->lock);
    source_list_free(&list);
}

/* ---- looking up ------------------------------------------------------------------------------ */

static const struct assistant *ref_or_null(const struct assistant *a) {
    return a ? assistant_ref(a) : NULL;
}

const struct assistant *assistant_files_find_at(struct assistant_files *f, struct str name,
                                                int64_t at_ms) {
    const struct assistant *found = NULL, *present = NULL;
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->count && !present; i++) {
        const struct entry *e = &f->entries[i];
        if (!e->assistant || !str_eq(e->assistant->name, name))
            continue;
        present = e->assistant;
        found = e->since_ms <= at_ms ? present : NULL;
    }
    for (size_t i = f->retired_count; i-- > 0 && !found;) {
        const struct retired *r = &f->retired[i];
        if (str_eq(r->assistant->name, name) && r->since_ms <= at_ms && at_ms < r->until_ms)
            found = r->assistant;
    }
    found = ref_or_null(found ? found : present);
    pthread_mutex_unlock(&f->lock);
    return found;
}

const struct assistant *assistant_files_find(struct assistant_files *f, struct str name) {
    return assistant_files_find_at(f, name, INT64_MAX);
}

const struct assistant *assistant_files_find_number(struct assistant_files *f, struct str number) {
    const struct assistant *found = NULL;
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->count && !found; i++) {
        const struct assistant *a = f->entries[i].assistant;
        for (size_t k = 0; a && k < a->number_count; k++)
            if (str_eq(a->numbers[k], number))
                found = a;
    }
    found = ref_or_null(found);
    pthread_mutex_unlock(&f->lock);
    return found;
}

/* ---- listing: copies, so that nobody is called with the lock held ---------------------------- */

static int by_name(const void *left, const void *right) {
    const struct assistant_file *a = left, *b = right;
    struct str none = {0};
    int n =
        str_cmp(a->assistant ? a->assistant->name : none, b->assistant ? b->assistant->name : none);
    return n ? n : str_cmp(a->path, b->path);
}

static struct assistant_file *copy_files(struct assistant_files *f, struct arena *arena,
                                         size_t *count) {
    pthread_mutex_lock(&f->lock);
    struct assistant_file *files = arena_alloc(arena, (f->count + 1) * sizeof *files);
    for (size_t i = 0; i < f->count; i++) {
        const struct entry *e = &f->entries[i];
        files[i] = (struct assistant_file){.assistant = ref_or_null(e->assistant),
                                           .path = arena_copy(arena, str_z(e->path)),
                                           .version = arena_copy(arena, str_z(e->version)),
                                           .loaded_ms = e->loaded_ms,
                                           .fault = e->fault ? arena_copy(arena, str_z(e->fault))
                                                             : (struct str){0}};
    }
    *count = f->count;
    pthread_mutex_unlock(&f->lock);
    qsort(files, *count, sizeof *files, by_name);
    return files;
}

void assistant_files_each_file(struct assistant_files *f,
                               void (*each)(void *ctx, const struct assistant_file *file),
                               void *ctx) {
    struct arena arena = {0};
    size_t count;
    struct assistant_file *files = copy_files(f, &arena, &count);
    for (size_t i = 0; i < count; i++) {
        each(ctx, &files[i]);
        assistant_unref(files[i].assistant);
    }
    arena_release(&arena);
}

struct each_assistant {
    void (*each)(void *ctx, const struct assistant *a);
    void *ctx;
};

static void pass_assistant(void *ctx, const struct assistant_file *file) {
    const struct each_assistant *e = ctx;
    if (file->assistant)
        e->each(e->ctx, file->assistant);
}

void assistant_files_each(struct assistant_files *f,
                          void (*each)(void *ctx, const struct assistant *a), void *ctx) {
    struct each_assistant e = {each, ctx};
    assistant_files_each_file(f, pass_assistant, &e);
}

/* ---- watching -------------------------------------------------------------------------------- */

static void *watch(void *arg) {
    struct assistant_files *f = arg;
    pthread_mutex_lock(&f->lock);
    while (!f->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += f->interval_ms / 1000;
        until.tv_nsec += (long)(f->interval_ms % 1000) * 1000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
        int late = 0;
        while (!f->stopping && late == 0)
            late = pthread_cond_timedwait(&f->changed, &f->lock, &until);
        if (f->stopping)
            break;
        pthread_mutex_unlock(&f->lock);
        assistant_files_refresh(f, f->clock, f->log);
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

enum error_code assistant_files_watch(struct assistant_files *f, uint32_t interval_ms,
                                      struct clock clock, struct log *log, struct error *err) {
    pthread_condattr_t attributes;
    f->interval_ms = interval_ms;
    f->clock = clock;
    f->log = log;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&f->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&f->thread, NULL, watch, f) != 0) {
        pthread_cond_destroy(&f->changed);
        return error_set(err, ERR_IO,
                         "no thread can be started to watch %s, raise the limit of "
                         "processes",
                         f->dir);
    }
    f->watches = true;
    return ERR_OK;
}

void assistant_files_free(struct assistant_files *f) {
    if (!f)
        return;
    if (f->watches) {
        pthread_mutex_lock(&f->lock);
        f->stopping = true;
        pthread_cond_signal(&f->changed);
        pthread_mutex_unlock(&f->lock);
        pthread_join(f->thread, NULL);
        pthread_cond_destroy(&f->changed);
    }
    for (size_t i = 0; i < f->count; i++) {
        assistant_unref(f->entries[i].assistant);
        entry_release(&f->entries[i]);
    }
    for (size_t i = 0; i < f->retired_count; i++)
        assistant_unref(f->retired[i].assistant);
    pthread_mutex_destroy(&f->lock);
    mem_free(f->dir);
    mem_free(f->dir_fault);
    mem_free(f->entries);
    mem_free(f->retired);
    mem_free(f);
}
