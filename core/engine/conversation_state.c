#include "core/engine/conversation_state.h"

#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/domain/brain.h"
#include "core/domain/definition.h"
#include "core/domain/phrase.h"

enum {
    STATE_VERSION = 1,
    ASKED_MAX = 100,
    DOCUMENTS_MAX = 100000,
    WAITS_MAX = 1000,
    LINES_MAX = 1000,
    TURN_STATE_DEPTH = 24,
    TURN_STATE_VALUES = 5000,
    DIGITS_MAX = PHRASE_TEXT_MAX
};

static const char *const stage_names[] = {
    [TALK_NONE] = "none",
    [TALK_CONSENT] = "consent",
    [TALK_BRAIN] = "brain",
    [TALK_OVER] = "over",
};
_Static_assert(ARRAY_LEN(stage_names) == TALK_STAGE_COUNT, "every stage has a name");

static const char *const away_names[] = {
    [TALK_AWAY_NONE] = "none",
    [TALK_AWAY_CONSENT] = "consent",
    [TALK_AWAY_PAYMENT] = "payment",
    [TALK_AWAY_TRANSFER] = "transfer",
    [TALK_AWAY_CONFERENCE] = "conference",
    [TALK_AWAY_HOLD] = "hold",
    [TALK_AWAY_PLAN] = "plan",
    [TALK_AWAY_QUESTION] = "question",
};
_Static_assert(ARRAY_LEN(away_names) == TALK_AWAY_COUNT, "every place has a name");

static const char *const consent_names[] = {
    [TALK_CONSENT_UNKNOWN] = "unknown",
    [TALK_CONSENT_GIVEN] = "given",
    [TALK_CONSENT_REFUSED] = "refused",
};
_Static_assert(ARRAY_LEN(consent_names) == TALK_CONSENT_COUNT, "every answer has a name");

/* ---- reading --------------------------------------------------------------------------------- */

/** A member that is kept as JSON text. */
static struct str read_part(struct definition *d, const struct json *v,
                            const struct definition_at *root, const char *name, size_t max) {
    const struct json *part = json_get(v, name);
    struct definition_at at = definition_member(root, name);
    if (!part || d->rc != ERR_OK)
        return (struct str){0};
    struct buf b = BUF_INIT(max);
    json_put_value(&b, part);
    if (buf_failed(&b))
        definition_fail(d, &at, ERR_LIMIT, "has more than %zu bytes", max);
    struct str s = arena_copy(d->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct str read_object(struct definition *d, const struct json *v,
                              const struct definition_at *root, const char *name, size_t max) {
    struct definition_at at = definition_member(root, name);
    if (json_get(v, name) && json_type(json_get(v, name)) != JSON_OBJECT)
        definition_fail(d, &at, ERR_INVALID, "is not an object");
    return read_part(d, v, root, name, max);
}

static struct str read_text(struct definition *d, const struct json *v,
                            const struct definition_at *root, const char *name, size_t max) {
    return arena_copy(d->arena, definition_text(d, v, root, name, max, DEFINITION_OPTIONAL));
}

static void read_wait(struct definition *d, const struct json *state,
                      const struct definition_at *root, struct talk_wait *out) {
    static const char *const members[] = {"answered", "paid",   "turn", "times",
                                          "since_ms", "speech", "keys", NULL};
    const struct json *v = json_get(state, "wait");
    struct definition_at at = definition_member(root, "wait");
    if (!v || !definition_object(d, v, &at, members))
        return;
    struct definition_at since = definition_member(&at, "since_ms");
    out->is_waiting = true;
    out->answered = definition_bool(d, v, &at, "answered", false);
    out->paid = definition_bool(d, v, &at, "paid", false);
    out->turn = definition_u32(d, v, &at, "turn", 0, DOCUMENTS_MAX, 0);
    out->times = definition_u32(d, v, &at, "times", 0, WAITS_MAX, 0);
    out->speech = read_text(d, v, &at, "speech", PHRASE_TEXT_MAX);
    out->digits = read_text(d, v, &at, "keys", DIGITS_MAX);
    if (!json_int(json_get(v, "since_ms"), 0, INT64_C(1) << 50, &out->since_ms))
        definition_fail(d, &since, ERR_INVALID, "is no time");
}

static void read_cards(struct definition *d, const struct json *state,
                       const struct definition_at *root, struct card_watch *out) {
    static const char *const members[] = {"clear", "hidden", "quiet", "card", "code", NULL};
    const struct json *v = json_get(state, "cards");
    struct definition_at at = definition_member(root, "cards");
    if (!v || !definition_object(d, v, &at, members))
        return;
    struct str clear =
        definition_text(d, v, &at, "clear", sizeof out->clear - 1, DEFINITION_OPTIONAL);
    if (!str_copy(clear, out->clear, sizeof out->clear))
        definition_fail(d, &at, ERR_INVALID, "are no digits");
    out->hidden = definition_u32(d, v, &at, "hidden", 0, LINES_MAX, 0);
    out->quiet = definition_u32(d, v, &at, "quiet", 0, LINES_MAX, 0);
    out->card = definition_u32(d, v, &at, "card", 0, LINES_MAX, 0);
    out->code = definition_u32(d, v, &at, "code", 0, LINES_MAX, 0);
}

static const char *const members[] = {
    "v",     "stage",    "asked", "ignore",    "brain",   "away",  "told", "consent", "recording",
    "extra", "language", "data",  "meta_data", "toggles", "cards", "wait", NULL};

static void read_members(struct definition *d, const struct json *v,
                         const struct definition_at *root, struct talk_state *s) {
    s->stage = (enum talk_stage)definition_word(d, v, root, "stage", stage_names, TALK_CONSENT,
                                                TALK_STAGE_COUNT, TALK_NONE);
    s->asked = definition_u32(d, v, root, "asked", 0, ASKED_MAX, 0);
    s->ignore = definition_u32(d, v, root, "ignore", 0, BIT(ASSISTANT_INTERRUPTION_COUNT) - 1, 0);
    s->away = (enum talk_away)definition_word(d, v, root, "away", away_names, TALK_AWAY_CONSENT,
                                              TALK_AWAY_COUNT, TALK_AWAY_NONE);
    s->told = read_text(d, v, root, "told", TALK_TOLD_MAX);
    s->consent =
        (enum talk_consent)definition_word(d, v, root, "consent", consent_names, TALK_CONSENT_GIVEN,
                                           TALK_CONSENT_COUNT, TALK_CONSENT_UNKNOWN);
    s->recording = definition_bool(d, v, root, "recording", false);
    s->extra = definition_u32(d, v, root, "extra", 0, DOCUMENTS_MAX, 0);
    s->language = read_text(d, v, root, "language", ASSISTANT_NAME_MAX);
    s->data_json = read_object(d, v, root, "data", TALK_DATA_MAX);
    s->meta_data_json = read_object(d, v, root, "meta_data", TALK_META_DATA_MAX);
    s->toggles_json = read_object(d, v, root, "toggles", TALK_TOGGLES_MAX);
    s->brain = read_part(d, v, root, "brain", BRAIN_STATE_MAX);
    read_cards(d, v, root, &s->cards);
    read_wait(d, v, root, &s->wait);
}

enum error_code talk_state_read(struct str json, struct arena *a, struct talk_state *out,
                                struct error *err) {
    static const struct json_limits limits = {.bytes_max = TALK_STATE_MAX,
                                              .depth_max = TURN_STATE_DEPTH,
                                              .values_max = TURN_STATE_VALUES};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = json_parse(json, &limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct definition d = {.err = err, .arena = a};
    struct definition_at root = definition_member(NULL, "state");
    const struct json *v = json_root(doc);
    struct talk_state s = {0};
    if (!definition_object(&d, v, &root, members))
        return d.rc;
    if (definition_u32(&d, v, &root, "v", STATE_VERSION, STATE_VERSION, 0) == 0)
        definition_fail(&d, &root, ERR_INVALID, "is of a version that is not known");
    read_members(&d, v, &root, &s);
    bool begins = s.wait.is_waiting && s.wait.answered;
    if (s.stage == TALK_NONE && !begins)
        definition_fail(&d, &root, ERR_INVALID, "has no stage");
    if (d.rc == ERR_OK)
        *out = s;
    return d.rc;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void kv_count(struct json_writer *w, const char *name, uint32_t n, uint32_t max) {
    if (n > 0)
        json_kv_int(w, name, n < max ? n : max);
}

static void kv_text(struct json_writer *w, const char *name, struct str s) {
    if (s.len > 0)
        json_kv_string(w, name, s);
}

static void kv_json(struct json_writer *w, const char *name, struct str json) {
    if (json.len == 0)
        return;
    json_key(w, name);
    json_put_raw(w, json);
}

static void write_wait(const struct talk_wait *wait, struct json_writer *w) {
    if (!wait->is_waiting)
        return;
    json_key(w, "wait");
    json_begin_object(w);
    if (wait->answered)
        json_kv_bool(w, "answered", true);
    if (wait->paid)
        json_kv_bool(w, "paid", true);
    json_kv_int(w, "turn", wait->turn);
    kv_count(w, "times", wait->times, WAITS_MAX);
    json_kv_int(w, "since_ms", wait->since_ms);
    kv_text(w, "speech", wait->speech);
    kv_text(w, "keys", wait->digits);
    json_end_object(w);
}

static void write_cards(const struct card_watch *cards, struct json_writer *w) {
    if (!cards->clear[0] && !cards->hidden && !cards->card && !cards->code)
        return;
    json_key(w, "cards");
    json_begin_object(w);
    kv_text(w, "clear", str_z(cards->clear));
    kv_count(w, "hidden", cards->hidden, LINES_MAX);
    kv_count(w, "quiet", cards->quiet, LINES_MAX);
    kv_count(w, "card", cards->card, LINES_MAX);
    kv_count(w, "code", cards->code, LINES_MAX);
    json_end_object(w);
}

struct str talk_state_write(const struct talk_state *s, struct arena *a) {
    struct buf b = BUF_INIT(TALK_STATE_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_int(&w, "v", STATE_VERSION);
    if (s->stage != TALK_NONE)
        json_kv_z(&w, "stage", stage_names[s->stage]);
    kv_count(&w, "asked", s->asked, ASKED_MAX);
    if (s->ignore > 0)
        json_kv_int(&w, "ignore", s->ignore);
    if (s->away != TALK_AWAY_NONE)
        json_kv_z(&w, "away", away_names[s->away]);
    kv_text(&w, "told", s->told);
    if (s->consent != TALK_CONSENT_UNKNOWN)
        json_kv_z(&w, "consent", consent_names[s->consent]);
    if (s->recording)
        json_kv_bool(&w, "recording", true);
    kv_count(&w, "extra", s->extra, DOCUMENTS_MAX);
    kv_text(&w, "language", s->language);
    kv_json(&w, "data", s->data_json);
    kv_json(&w, "meta_data", s->meta_data_json);
    kv_json(&w, "toggles", s->toggles_json);
    kv_json(&w, "brain", s->brain);
    write_cards(&s->cards, &w);
    write_wait(&s->wait, &w);
    json_end_object(&w);
    struct str out = arena_copy(a, buf_str(&b)); /* fits: the parts' limits add up to less */
    buf_release(&b);
    return out;
}
