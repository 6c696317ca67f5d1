#include "core/engine/turn_desk.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "core/base/compiler.h"
#include "core/base/pool.h"
#include "core/engine/payment.h"

enum {
    WORKERS_PRESET = 16,
    QUEUE_MAX = 1024,
    FILLER_AFTER_MS = 3000,
    FILLER_AGAIN_MS = 7000, /* later ones: the first has told that it takes a while */
    PATIENCE_MAX_MS = 90000,
    MARGIN_MS = 500,       /* to write the document before the carrier's patience ends */
    TAKEN_KEPT_MS = 5000,  /* a turn that was given away is in the store by then */
    DONE_KEPT_MS = 120000, /* nobody came for it: the caller hung up */
    TAKEN_WAIT_MS = 200
};

enum job_state {
    JOB_RUNNING = 1,
    JOB_DONE,
    JOB_TAKEN
};

/** One turn that is worked on. Owns copies of its input. */
struct job_of_turn {
    struct pool_task task;
    struct job_of_turn *next;
    struct turn_desk *desk;
    struct conversation_turn_in in;
    struct call call;
    struct payment_view payment;
    struct arena arena;
    struct conversation_turn_out out;
    struct turn_work work;
    enum job_state state;
    unsigned waiting; /* requests that look at it */
    int64_t settled_ms;
    enum error_code rc;
    struct error err;
};

struct turn_desk {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct pool *pool;
    struct job_of_turn *jobs;
};

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct turn_desk *turn_desk_new(unsigned workers) {
    struct turn_desk *d = mem_zalloc(sizeof *d);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, &attr);
    pthread_condattr_destroy(&attr);
    d->pool = pool_new("turns", workers ? workers : WORKERS_PRESET, QUEUE_MAX);
    return d;
}

static void job_free(struct job_of_turn *j) {
    turn_work_release(&j->work);
    conversation_turn_out_release(&j->out);
    assistant_unref(j->in.assistant);
    arena_release(&j->arena);
    mem_free(j);
}

void turn_desk_free(struct turn_desk *d) {
    if (!d)
        return;
    pool_free(d->pool);
    while (d->jobs) {
        struct job_of_turn *j = d->jobs;
        d->jobs = j->next;
        job_free(j);
    }
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    mem_free(d);
}

bool turn_desk_is_for(const struct conversation *cv, const struct assistant *a) {
    bool reads = assistant_brain_for(a, false, cv->options.openai) == ASSISTANT_BRAIN_OPENAI;
    for (size_t i = 0; i < a->function_count; i++)
        if (a->functions[i].kind == ASSISTANT_FUNCTION_REMOTE)
            return true;
    for (size_t i = 0; reads && i < a->language_count; i++)
        if (a->languages[i].speech_fillers.count > 0)
            return true;
    return false;
}

/* ---- the work ---------------------------------------------------------------------------------
 */

static void work(struct pool_task *task) {
    struct job_of_turn *j = container_of(task, struct job_of_turn, task);
    struct turn_desk *d = j->desk;
    enum error_code rc = turn_think(&j->work, &j->err);
    pthread_mutex_lock(&d->lock);
    j->rc = rc;
    j->state = JOB_DONE;
    j->settled_ms = now_ms();
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

static struct job_of_turn *job_new(struct turn_desk *d, struct conversation *cv,
                                   const struct conversation_turn_in *in) {
    struct job_of_turn *j = mem_zalloc(sizeof *j);
    struct str *const texts[] = {&j->in.variables_json, &j->in.state_json, &j->in.speech,
                                 &j->in.digits, &j->in.next_url};
    j->desk = d;
    j->task.run = work;
    j->in = *in;
    j->in.deadline_ms = 0; /* the caller is asked for patience instead */
    j->call = *in->call;
    j->in.call = &j->call;
    j->in.assistant = assistant_ref(in->assistant);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = arena_copy(&j->arena, *texts[i]);
    if (in->payment) {
        j->payment = *in->payment;
        j->in.payment = &j->payment;
    }
    turn_work_init(&j->work, cv, &j->in, &j->out);
    j->state = JOB_RUNNING;
    return j;
}

/** Forget what nobody will come for. The lock is held. */
static void sweep(struct turn_desk *d) {
    int64_t now = now_ms();
    for (struct job_of_turn **at = &d->jobs; *at;) {
        struct job_of_turn *j = *at;
        int64_t kept = j->state == JOB_TAKEN ? TAKEN_KEPT_MS : DONE_KEPT_MS;
        if (j->state == JOB_RUNNING || j->waiting > 0 || now - j->settled_ms < kept) {
            at = &j->next;
            continue;
        }
        *at = j->next;
        job_free(j);
    }
}

/** The job of this turn, begun when nobody did; NULL when there is no room. The lock is held. */
static struct job_of_turn *find_job(struct turn_desk *d, struct conversation *cv,
                                    const struct conversation_turn_in *in) {
    sweep(d);
    for (struct job_of_turn *j = d->jobs; j; j = j->next)
        if (j->call.id == in->call->id && j->in.turn == in->turn)
            return j;
    struct job_of_turn *j = job_new(d, cv, in);
    if (!pool_submit(d->pool, &j->task)) {
        job_free(j);
        return NULL;
    }
    j->next = d->jobs;
    d->jobs = j;
    return j;
}

/** Wait until the job is done, at most so long. The lock is held. */
static void wait_for(struct turn_desk *d, const struct job_of_turn *j, int64_t most_ms) {
    int64_t until = now_ms() + most_ms;
    struct timespec t = {.tv_sec = until / 1000, .tv_nsec = (until % 1000) * 1000000};
    while (j->state == JOB_RUNNING &&
           pthread_cond_timedwait(&d->changed, &d->lock, &t) != ETIMEDOUT)
        continue;
}

/* ---- patience ---------------------------------------------------------------------------------
 */

/** What is heard while the caller waits. */
struct patience {
    struct str words, sound; /* either may be empty */
};

static const struct assistant_phrases *fillers_for(const struct assistant_function *f,
                                                   struct str language) {
    const struct assistant_phrases *otherwise = NULL;
    for (size_t i = 0; i < f->filler_count; i++) {
        if (str_eq_nocase(f->fillers[i].language, language))
            return &f->fillers[i].phrases;
        if (str_eq_z(f->fillers[i].language, "default"))
            otherwise = &f->fillers[i].phrases;
    }
    return otherwise;
}

/** By the function that runs; NULL: the model thinks. */
static struct patience patience_with(struct turn_work *t, const struct assistant_function *f,
                                     uint32_t times) {
    const struct assistant_language *l = turn_language(t);
    const struct assistant_phrases *p = f ? fillers_for(f, l->code) : NULL;
    struct patience out = {.sound = f ? f->wait_file : (struct str){0}};
    if (f && f->skip_fillers)
        return out;
    if (!p || p->count == 0)
        p = f || l->speech_fillers.count == 0 ? &l->function_fillers : &l->speech_fillers;
    if (p->count > 0)
        out.words = p->items[times % p->count];
    else if (out.sound.len == 0)
        out.words = turn_line(t, times == 0 ? ASSISTANT_LINE_WAIT : ASSISTANT_LINE_STILL_WAITING);
    return out;
}

static struct str disclosure_of(struct turn_work *t) {
    struct buf b = BUF_INIT(PLAN_TEXT_MAX);
    turn_say(t, &b, t->assistant->disclosure);
    struct str text = arena_copy(t->arena, buf_str(&b));
    buf_release(&b);
    return text;
}

static void add_patience(struct turn_work *t, const struct patience *heard) {
    struct plan *p = &t->out->plan;
    if (heard->words.len > 0)
        turn_fill_say(t, &plan_add(p, PLAN_SAY)->u.say, heard->words);
    if (heard->sound.len > 0)
        plan_add(p, PLAN_PLAY)->u.play.url = arena_copy(t->arena, heard->sound);
    plan_add(p, PLAN_PAUSE)->u.pause.seconds = 1;
    plan_add(p, PLAN_REDIRECT)->u.redirect =
        (struct plan_link){arena_copy(t->arena, t->in->next_url), PLAN_METHOD_POST};
}

/** Nothing is heard before the disclosure: the first document of a call that waits begins with it.
 */
static bool discloses(const struct talk_wait *w) {
    return w->is_waiting && w->answered;
}

static void disclose(struct turn_work *t) {
    struct str text = disclosure_of(t);
    if (text.len == 0)
        return;
    turn_fill_say(t, &plan_add(&t->out->plan, PLAN_SAY)->u.say, text);
    turn_effect(t, (struct conversation_effect){
                       .kind = CONVERSATION_LINE, .role = TURN_ASSISTANT, .text = text});
}

/** The disclosure was said while the caller waited; what else opens the call was not. */
static void take_disclosure_out(struct turn_work *t) {
    struct str text = disclosure_of(t), all = buf_str(&t->opening);
    if (text.len == 0 || !str_starts(all, text))
        return;
    struct str rest = arena_copy(t->arena, str_trim(str_from_index(all, text.len)));
    buf_clear(&t->opening);
    buf_put_str(&t->opening, rest);
}

/** The document that asks for patience; the state remembers what the turn was about. */
static enum error_code write_patience(struct turn_work *t, const struct assistant_function *running,
                                      struct error *err) {
    struct talk_wait *w = &t->state.wait;
    struct patience heard = patience_with(t, running, w->times);
    if (discloses(w) && w->times == 0)
        disclose(t);
    add_patience(t, &heard);
    w->times++;
    t->state.extra++;
    t->out->state_json = talk_state_write(&t->state, t->arena);
    return plan_check(&t->out->plan, err);
}

static enum error_code ask_for_patience(struct job_of_turn *j,
                                        const struct conversation_turn_in *in,
                                        const struct talk_state *state,
                                        struct conversation_turn_out *out, struct error *err) {
    struct turn_work *t = mem_zalloc(sizeof *t);
    turn_work_init(t, j->work.cv, in, out);
    t->state = *state;
    struct talk_wait *w = &t->state.wait;
    struct card_watch cards = state->cards; /* the turn itself counts what was said */
    if (!w->is_waiting) {
        *w = (struct talk_wait){.is_waiting = true,
                                .answered = in->input == CONVERSATION_ANSWERED,
                                .paid = in->input == CONVERSATION_PAID,
                                .turn = in->turn,
                                .since_ms = in->now_ms};
        turn_fit_heard(t, &cards, &w->speech, &w->digits);
    }
    bool is_late = in->now_ms - w->since_ms > PATIENCE_MAX_MS;
    enum error_code rc = turn_read_values(t, err);
    if (rc == ERR_OK && is_late)
        turn_give_up(t);
    if (rc == ERR_OK)
        rc = is_late ? turn_write(t, err) : write_patience(t, atomic_load(&j->work.running), err);
    turn_work_release(t);
    mem_free(t);
    return rc;
}

/* ---- a request --------------------------------------------------------------------------------
 */

static int64_t patience_of(const struct conversation *cv, const struct conversation_turn_in *in,
                           bool again) {
    int64_t most = cv->options.filler_after_ms ? cv->options.filler_after_ms
                   : again                     ? FILLER_AGAIN_MS
                                               : FILLER_AFTER_MS;
    if (in->deadline_ms == 0)
        return most;
    int64_t left = in->deadline_ms - MARGIN_MS - clock_mono_ms(&cv->options.clock);
    return left < 0 ? 0 : left < most ? left : most;
}

/** What the work gave, as the document that is asked for now. */
static enum error_code take(struct job_of_turn *j, const struct conversation_turn_in *in,
                            const struct talk_state *state, struct conversation_turn_out *out,
                            struct error *err) {
    if (j->rc != ERR_OK) {
        if (err)
            *err = j->err;
        return j->rc;
    }
    j->work.in = in;
    j->work.state.extra = state->extra;
    if (discloses(&state->wait))
        take_disclosure_out(&j->work);
    enum error_code rc = turn_write(&j->work, err);
    if (rc == ERR_OK) {
        *out = j->out;
        j->out = (struct conversation_turn_out){0};
    }
    return rc;
}

static enum error_code meet(struct turn_desk *d, struct conversation *cv,
                            const struct conversation_turn_in *begun,
                            const struct conversation_turn_in *in, const struct talk_state *state,
                            struct conversation_turn_out *out, struct error *err) {
    pthread_mutex_lock(&d->lock);
    struct job_of_turn *j = find_job(d, cv, begun);
    if (!j) {
        pthread_mutex_unlock(&d->lock);
        return error_set(err, ERR_BUSY, "too many turns wait for remote functions");
    }
    j->waiting++;
    wait_for(d, j, patience_of(cv, in, state->wait.is_waiting));
    bool mine = j->state == JOB_DONE, lost = j->state == JOB_TAKEN;
    if (mine)
        j->state = JOB_TAKEN;
    pthread_mutex_unlock(&d->lock);
    enum error_code rc = mine   ? take(j, in, state, out, err)
                         : lost ? error_set(err, ERR_CONFLICT, "this turn was just answered")
                                : ask_for_patience(j, in, state, out, err);
    pthread_mutex_lock(&d->lock);
    if (mine)
        j->settled_ms = now_ms();
    if (lost) { /* whoever was first is about to have it kept */
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_nsec += TAKEN_WAIT_MS * 1000000L;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        while (pthread_cond_timedwait(&d->changed, &d->lock, &t) != ETIMEDOUT)
            continue;
    }
    j->waiting--;
    pthread_mutex_unlock(&d->lock);
    return rc;
}

enum error_code turn_desk_run(struct turn_desk *d, struct conversation *cv,
                              const struct conversation_turn_in *in,
                              struct conversation_turn_out *out, struct error *err) {
    struct arena a = {0};
    struct talk_state state = {0};
    struct conversation_turn_in begun = *in;
    struct conversation_turn_out made = {0};
    enum error_code rc =
        in->state_json.len > 0 ? talk_state_read(in->state_json, &a, &state, err) : ERR_OK;
    const struct talk_wait *w = &state.wait;
    if (w->is_waiting) {
        begun.input = w->answered ? CONVERSATION_ANSWERED
                      : w->paid   ? CONVERSATION_PAID
                                  : CONVERSATION_SPOKE;
        begun.turn = w->turn;
        begun.speech = w->speech;
        begun.digits = w->digits;
    }
    if (rc == ERR_OK)
        rc = meet(d, cv, &begun, in, &state, &made, err);
    if (rc == ERR_OK)
        *out = made;
    else
        conversation_turn_out_release(&made);
    arena_release(&a);
    return rc;
}
