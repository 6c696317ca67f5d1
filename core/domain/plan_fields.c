#include "core/domain/plan_fields.h"

#include <stdio.h>

#include "core/base/compiler.h"

enum {
    NAME_MAX_BYTES = 256,
    URL_MAX_BYTES = 2048,
    HINTS_MAX_BYTES = 50000, /* 500 phrases of 100 characters */
    DAY_S = 86400,
    LOOP_MAX = 1000,
};

#define SWH_FIELD(type_, member_, kind_, ...)                                                    \
    {                                                                                            \
        .name = #member_, .type = PLAN_FIELD_##kind_, .offset = offsetof(struct type_, member_), \
        __VA_ARGS__                                                                              \
    }
#define SWH_ARRAY(type_, member_, count_, kind_, ...) \
    SWH_FIELD(type_, member_, kind_, .count_offset = offsetof(struct type_, count_), __VA_ARGS__)
#define SWH_SHAPE(name_, fields_, type_) \
    { .name = name_, .fields = fields_, .count = ARRAY_LEN(fields_), .size_bytes = sizeof(type_) }

static const char digits_and_pauses[] = "0123456789ABCD*#wW";
static const char keys[] = "0123456789*#";
static const char word_list[] = "abcdefghijklmnopqrstuvwxyz-_. ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static const char *const track_words[] = {"inbound", "outbound", "both", NULL};
static const char *const input_words[] = {"keys", "speech", NULL};
static const char *const noun_words[] = {"number", "sip", "client", "conference", "queue", NULL};
static const char *const dial_record_words[] = {"from-answer", "from-ringing", "from-answer-dual",
                                                "from-ringing-dual", NULL};
static const char *const format_words[] = {"wav", "mp3", NULL};
static const char *const pay_method_words[] = {"credit-card", "ach-debit", NULL};
static const char *const token_words[] = {"one-time", "reusable", "payment-method", NULL};

_Static_assert(ARRAY_LEN(noun_words) == PLAN_NOUN_KIND_COUNT, "a name per noun kind");
_Static_assert(PLAN_TRACK_BOTH == ARRAY_LEN(track_words) - 1, "a name per track");

// clang-format off
static const struct plan_field say_fields[] = {
    SWH_FIELD(plan_say, text, STR, .max = PLAN_TEXT_MAX),
    SWH_FIELD(plan_say, ssml, STR, .max = PLAN_TEXT_MAX),
    SWH_FIELD(plan_say, voice, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_say, language, STR, .max = 35),
    SWH_FIELD(plan_say, loop, I32, .min = -1, .max = LOOP_MAX),
};

static const struct plan_field play_fields[] = {
    SWH_FIELD(plan_play, url, HTTP_URL, .max = URL_MAX_BYTES, .required = true),
    SWH_FIELD(plan_play, loop, I32, .min = -1, .max = LOOP_MAX),
};

static const struct plan_field pause_fields[] = {
    {.name = "seconds", .type = PLAN_FIELD_U32, .min = 1, .max = DAY_S, .required = true},
};

static const struct plan_field gather_fields[] = {
    SWH_FIELD(plan_gather, input, SET, .words = input_words),
    SWH_FIELD(plan_gather, action, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_gather, partial, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_gather, timeout_s, U32, .max = DAY_S),
    SWH_FIELD(plan_gather, speech_timeout_auto, BOOL, .max = 1),
    SWH_FIELD(plan_gather, speech_timeout_s, U32, .max = DAY_S),
    SWH_FIELD(plan_gather, max_speech_s, U32, .max = DAY_S),
    SWH_FIELD(plan_gather, digits_max, U32, .max = 1000),
    SWH_FIELD(plan_gather, finish_key, FINISH_KEY, .max = 1, .chars = keys),
    SWH_FIELD(plan_gather, action_on_empty, BOOL, .max = 1),
    SWH_FIELD(plan_gather, barge_in, TRISTATE, .max = 2),
    SWH_FIELD(plan_gather, profanity_filter, TRISTATE, .max = 2),
    SWH_FIELD(plan_gather, language, STR, .max = 35),
    SWH_FIELD(plan_gather, hints, STR, .max = HINTS_MAX_BYTES),
    SWH_FIELD(plan_gather, speech_model, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_gather, enhanced, BOOL, .max = 1),
    SWH_ARRAY(plan_gather, prompts, prompt_count, PROMPTS, .max = PLAN_STEPS_MAX),
};

static const struct plan_field record_fields[] = {
    SWH_FIELD(plan_record, action, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_record, status, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_record, transcribe_to, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_record, timeout_s, U32, .max = DAY_S),
    SWH_FIELD(plan_record, max_s, U32, .max = DAY_S),
    SWH_FIELD(plan_record, finish_keys, STR, .max = 12, .chars = keys),
    SWH_FIELD(plan_record, beep, TRISTATE, .max = 2),
    SWH_FIELD(plan_record, trim_silence, TRISTATE, .max = 2),
    SWH_FIELD(plan_record, transcribe, BOOL, .max = 1),
};

static const struct plan_field noun_fields[] = {
    SWH_FIELD(plan_noun, kind, ENUM, .words = noun_words, .required = true),
    SWH_FIELD(plan_noun, target, STR, .max = 1024, .required = true),
    SWH_FIELD(plan_noun, screen, LINK, .max = URL_MAX_BYTES,
              .nouns = BIT(PLAN_NOUN_NUMBER) | BIT(PLAN_NOUN_SIP) | BIT(PLAN_NOUN_CLIENT) |
                       BIT(PLAN_NOUN_QUEUE)),
    SWH_FIELD(plan_noun, status, LINK, .max = URL_MAX_BYTES,
              .nouns = BIT(PLAN_NOUN_NUMBER) | BIT(PLAN_NOUN_SIP) | BIT(PLAN_NOUN_CLIENT) |
                       BIT(PLAN_NOUN_CONFERENCE)),
    SWH_FIELD(plan_noun, status_events, STR, .max = NAME_MAX_BYTES, .chars = word_list,
              .nouns = BIT(PLAN_NOUN_NUMBER) | BIT(PLAN_NOUN_SIP) | BIT(PLAN_NOUN_CLIENT) |
                       BIT(PLAN_NOUN_CONFERENCE)),
    SWH_FIELD(plan_noun, send_digits, STR, .max = 64, .chars = digits_and_pauses,
              .nouns = BIT(PLAN_NOUN_NUMBER)),
    SWH_FIELD(plan_noun, sip_user, STR, .max = 255, .nouns = BIT(PLAN_NOUN_SIP)),
    SWH_FIELD(plan_noun, sip_password, STR, .max = 255, .nouns = BIT(PLAN_NOUN_SIP)),
    SWH_FIELD(plan_noun, muted, BOOL, .nouns = BIT(PLAN_NOUN_CONFERENCE)),
    SWH_FIELD(plan_noun, start_on_enter, TRISTATE, .nouns = BIT(PLAN_NOUN_CONFERENCE)),
    SWH_FIELD(plan_noun, end_on_exit, TRISTATE, .nouns = BIT(PLAN_NOUN_CONFERENCE)),
    SWH_FIELD(plan_noun, beep, TRISTATE, .nouns = BIT(PLAN_NOUN_CONFERENCE)),
    SWH_FIELD(plan_noun, wait, LINK, .max = URL_MAX_BYTES, .nouns = BIT(PLAN_NOUN_CONFERENCE)),
    SWH_FIELD(plan_noun, participants_max, U32, .min = 2, .max = 100000,
              .nouns = BIT(PLAN_NOUN_CONFERENCE)),
    SWH_FIELD(plan_noun, record, BOOL, .nouns = BIT(PLAN_NOUN_CONFERENCE)),
};

static const struct plan_field dial_fields[] = {
    SWH_ARRAY(plan_dial, nouns, noun_count, NOUNS, .max = PLAN_NOUNS_MAX, .required = true),
    SWH_FIELD(plan_dial, caller_id, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_dial, action, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_dial, recording_status, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_dial, timeout_s, U32, .max = DAY_S),
    SWH_FIELD(plan_dial, time_limit_s, U32, .max = DAY_S),
    SWH_FIELD(plan_dial, record, STR, .words = dial_record_words),
    SWH_FIELD(plan_dial, ring_tone, STR, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_dial, sequential, BOOL, .max = 1),
    SWH_FIELD(plan_dial, hangup_on_star, BOOL, .max = 1),
    SWH_FIELD(plan_dial, answer_on_bridge, BOOL, .max = 1),
};

static const struct plan_field enqueue_fields[] = {
    SWH_FIELD(plan_enqueue, queue, STR, .max = 64),
    SWH_FIELD(plan_enqueue, action, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_enqueue, wait, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_enqueue, workflow, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_enqueue, task, STR, .max = PLAN_TEXT_MAX),
};

static const struct plan_field send_digits_fields[] = {
    {.name = "digits", .type = PLAN_FIELD_STR, .max = 1000, .chars = digits_and_pauses,
     .required = true},
};

static const struct plan_field redirect_fields[] = {
    {.name = NULL, .type = PLAN_FIELD_LINK, .max = URL_MAX_BYTES, .required = true},
};

static const struct plan_field reject_fields[] = {
    {.name = "busy", .type = PLAN_FIELD_BOOL},
};

static const struct plan_field start_recording_fields[] = {
    SWH_FIELD(plan_start_recording, name, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_start_recording, dual, BOOL, .max = 1),
    SWH_FIELD(plan_start_recording, track, ENUM, .words = track_words),
    SWH_FIELD(plan_start_recording, status, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_start_recording, status_events, STR, .max = NAME_MAX_BYTES,
              .chars = word_list),
    SWH_FIELD(plan_start_recording, trim_silence, TRISTATE, .max = 2),
    SWH_FIELD(plan_start_recording, format, STR, .words = format_words),
    SWH_FIELD(plan_start_recording, beep, BOOL, .max = 1),
};

static const struct plan_field stop_fields[] = {
    {.name = "name", .type = PLAN_FIELD_STR, .max = NAME_MAX_BYTES},
};

static const struct plan_field stream_fields[] = {
    SWH_FIELD(plan_stream, name, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_stream, url, WS_URL, .max = URL_MAX_BYTES, .required = true),
    SWH_FIELD(plan_stream, track, ENUM, .words = track_words),
    SWH_FIELD(plan_stream, bidirectional, BOOL, .max = 1),
    SWH_FIELD(plan_stream, status, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_stream, action, LINK, .max = URL_MAX_BYTES),
    SWH_ARRAY(plan_stream, params, param_count, PARAMS, .max = PLAN_PARAMS_MAX),
};

static const struct plan_field relay_fields[] = {
    SWH_FIELD(plan_relay, url, WS_URL, .max = URL_MAX_BYTES, .required = true),
    SWH_FIELD(plan_relay, welcome, STR, .max = PLAN_TEXT_MAX),
    SWH_FIELD(plan_relay, language, STR, .max = 35),
    SWH_FIELD(plan_relay, voice, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_relay, tts_provider, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_relay, transcription_provider, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_relay, interruptible, TRISTATE, .max = 2),
    SWH_FIELD(plan_relay, dtmf_detection, TRISTATE, .max = 2),
    SWH_FIELD(plan_relay, action, LINK, .max = URL_MAX_BYTES),
    SWH_ARRAY(plan_relay, params, param_count, PARAMS, .max = PLAN_PARAMS_MAX),
};

static const struct plan_field ai_fields[] = {
    SWH_FIELD(plan_ai, document, JSON, .max = 1 << 20, .required = true),
};

static const char *const raw_dialects[] = {"swml", NULL};

static const struct plan_field raw_fields[] = {
    SWH_FIELD(plan_raw, dialect, STR, .words = raw_dialects, .required = true),
    SWH_FIELD(plan_raw, document, JSON, .max = 1 << 20, .required = true),
};

static const struct plan_field pay_prompt_fields[] = {
    SWH_FIELD(plan_pay_prompt, stage, STR, .max = 64, .chars = word_list, .required = true),
    SWH_FIELD(plan_pay_prompt, errors, STR, .max = 512, .chars = word_list),
    SWH_FIELD(plan_pay_prompt, card_types, STR, .max = NAME_MAX_BYTES, .chars = word_list),
    SWH_FIELD(plan_pay_prompt, attempts, STR, .max = 32, .chars = "0123456789 "),
    SWH_FIELD(plan_pay_prompt, repeat_to_match, BOOL, .max = 1),
    SWH_ARRAY(plan_pay_prompt, prompts, prompt_count, PROMPTS, .max = PLAN_STEPS_MAX),
};

static const struct plan_field pay_fields[] = {
    SWH_FIELD(plan_pay, action, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_pay, status, LINK, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_pay, connector, STR, .max = URL_MAX_BYTES),
    SWH_FIELD(plan_pay, amount, STR, .max = 16, .chars = "0123456789."),
    SWH_FIELD(plan_pay, currency, STR, .max = 8),
    SWH_FIELD(plan_pay, description, STR, .max = 1024),
    SWH_FIELD(plan_pay, method, STR, .words = pay_method_words),
    SWH_FIELD(plan_pay, token_type, STR, .words = token_words),
    SWH_FIELD(plan_pay, card_types, STR, .max = NAME_MAX_BYTES, .chars = word_list),
    SWH_FIELD(plan_pay, language, STR, .max = 35),
    SWH_FIELD(plan_pay, voice, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_pay, attempts_max, U32, .max = 10),
    SWH_FIELD(plan_pay, timeout_s, U32, .max = 600),
    SWH_FIELD(plan_pay, postal_code_min, U32, .max = 16),
    SWH_FIELD(plan_pay, security_code, TRISTATE, .max = 2),
    SWH_FIELD(plan_pay, postal_code, STR, .max = 16),
    SWH_ARRAY(plan_pay, params, param_count, PARAMS, .max = PLAN_PARAMS_MAX),
    SWH_ARRAY(plan_pay, prompts, prompt_count, PAY_PROMPTS, .max = PLAN_PAY_PROMPTS_MAX),
};

/* The struct of a refer step has no name of its own; both members are where they are declared. */
struct refer_layout {
    struct str uri;
    struct plan_link action;
};

static const struct plan_field refer_fields[] = {
    SWH_FIELD(refer_layout, uri, STR, .max = 1024, .required = true),
    SWH_FIELD(refer_layout, action, LINK, .max = URL_MAX_BYTES),
};

static const struct plan_field transcribe_fields[] = {
    SWH_FIELD(plan_transcribe, name, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_transcribe, language, STR, .max = 35),
    SWH_FIELD(plan_transcribe, engine, STR, .max = NAME_MAX_BYTES),
    SWH_FIELD(plan_transcribe, track, ENUM, .words = track_words),
    SWH_FIELD(plan_transcribe, partial, BOOL, .max = 1),
    SWH_FIELD(plan_transcribe, status, LINK, .max = URL_MAX_BYTES),
};

const struct plan_shape plan_shapes[PLAN_KIND_COUNT] = {
    [PLAN_SAY] = SWH_SHAPE("say", say_fields, struct plan_say),
    [PLAN_PLAY] = SWH_SHAPE("play", play_fields, struct plan_play),
    [PLAN_PAUSE] = SWH_SHAPE("pause", pause_fields, uint32_t),
    [PLAN_GATHER] = SWH_SHAPE("gather", gather_fields, struct plan_gather),
    [PLAN_RECORD] = SWH_SHAPE("record", record_fields, struct plan_record),
    [PLAN_DIAL] = SWH_SHAPE("dial", dial_fields, struct plan_dial),
    [PLAN_ENQUEUE] = SWH_SHAPE("enqueue", enqueue_fields, struct plan_enqueue),
    [PLAN_LEAVE] = {.name = "leave"},
    [PLAN_SEND_DIGITS] = SWH_SHAPE("send_digits", send_digits_fields, struct str),
    [PLAN_REDIRECT] = SWH_SHAPE("redirect", redirect_fields, struct plan_link),
    [PLAN_HANGUP] = {.name = "hangup"},
    [PLAN_REJECT] = SWH_SHAPE("reject", reject_fields, bool),
    [PLAN_START_RECORDING] =
        SWH_SHAPE("start_recording", start_recording_fields, struct plan_start_recording),
    [PLAN_STOP_RECORDING] = SWH_SHAPE("stop_recording", stop_fields, struct str),
    [PLAN_STREAM] = SWH_SHAPE("stream", stream_fields, struct plan_stream),
    [PLAN_STOP_STREAM] = SWH_SHAPE("stop_stream", stop_fields, struct str),
    [PLAN_RELAY] = SWH_SHAPE("relay", relay_fields, struct plan_relay),
    [PLAN_AI] = SWH_SHAPE("ai", ai_fields, struct plan_ai),
    [PLAN_PAY] = SWH_SHAPE("pay", pay_fields, struct plan_pay),
    [PLAN_REFER] = SWH_SHAPE("refer", refer_fields, struct refer_layout),
    [PLAN_TRANSCRIBE] = SWH_SHAPE("transcribe", transcribe_fields, struct plan_transcribe),
    [PLAN_STOP_TRANSCRIBE] = SWH_SHAPE("stop_transcribe", stop_fields, struct str),
    [PLAN_RAW] = SWH_SHAPE("raw", raw_fields, struct plan_raw),
};
// clang-format on

const struct plan_shape plan_noun_shape = SWH_SHAPE("noun", noun_fields, struct plan_noun);
const struct plan_shape plan_pay_prompt_shape =
    SWH_SHAPE("prompt", pay_prompt_fields, struct plan_pay_prompt);

const char *plan_kind_name(enum plan_kind k) {
    if ((unsigned)k >= PLAN_KIND_COUNT || !plan_shapes[k].name)
        return "unknown";
    return plan_shapes[k].name;
}

const char *plan_noun_kind_name(enum plan_noun_kind k) {
    if (k == PLAN_NOUN_UNKNOWN || (unsigned)k >= PLAN_NOUN_KIND_COUNT)
        return "unknown";
    return noun_words[k - 1];
}

bool plan_field_is_set(const struct plan_field *f, const void *base) {
    const void *at = plan_field_at(f, base);
    switch (f->type) {
    case PLAN_FIELD_STR:
    case PLAN_FIELD_HTTP_URL:
    case PLAN_FIELD_WS_URL:
    case PLAN_FIELD_JSON:
        return ((const struct str *)at)->len > 0;
    case PLAN_FIELD_FINISH_KEY:
        return ((const struct plan_gather *)base)->has_finish_key;
    case PLAN_FIELD_LINK:
        return ((const struct plan_link *)at)->url.len > 0 ||
               ((const struct plan_link *)at)->method != PLAN_METHOD_DEFAULT;
    case PLAN_FIELD_BOOL:
        return *(const bool *)at;
    case PLAN_FIELD_U32:
    case PLAN_FIELD_I32:
    case PLAN_FIELD_TRISTATE:
    case PLAN_FIELD_ENUM:
    case PLAN_FIELD_SET:
        return *(const uint32_t *)at != 0;
    case PLAN_FIELD_PROMPTS:
    case PLAN_FIELD_NOUNS:
    case PLAN_FIELD_PARAMS:
    case PLAN_FIELD_PAY_PROMPTS:
        return plan_field_count(f, base) > 0;
    case PLAN_FIELD_UNKNOWN:
    case PLAN_FIELD_TYPE_COUNT:
        break;
    }
    return false;
}

void plan_path_put(const struct plan_path *path, char *dst, size_t dst_size) {
    const struct plan_path *chain[12];
    size_t depth = 0;
    for (; path && depth < ARRAY_LEN(chain); path = path->up)
        chain[depth++] = path;
    size_t used = 0;
    dst[0] = '\0';
    while (depth > 0 && used < dst_size) {
        const struct plan_path *at = chain[--depth];
        int n = at->indexed
                    ? snprintf(dst + used, dst_size - used, "%s%s[%zu]", used ? "." : "", at->name,
                               at->index)
                    : snprintf(dst + used, dst_size - used, "%s%s", used ? "." : "", at->name);
        used += n > 0 ? (size_t)n : 0;
    }
}

enum error_code plan_path_error(struct error *err, enum error_code code,
                                const struct plan_path *path, const char *fmt, ...) {
    if (!err)
        return code;
    char where[sizeof err->field];
    char text[sizeof err->text];
    plan_path_put(path, where, sizeof where);
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_field(err, code, where, "%s: %s", where, text);
}

void plan_path_lose(struct plan_loss_report *r, enum plan_loss_kind kind,
                    const struct plan_path *path, const char *member, const char *remedy,
                    const char *fmt, va_list ap) {
    if (!r)
        return;
    const struct plan_path here = {.up = path, .name = member};
    char where[sizeof r->items[0].where];
    char what[sizeof r->items[0].what];
    plan_path_put(member ? &here : path, where, sizeof where);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    plan_loss_add(r, kind, where, what, remedy);
}

static void lose(struct plan_loss_report *r, const struct plan_path *path, const char *member,
                 const char *fmt, ...) PRINTF_LIKE(4, 5);

static void lose(struct plan_loss_report *r, const struct plan_path *path, const char *member,
                 const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    plan_path_lose(r, PLAN_LOSS_DROPPED, path, member, "remove it", fmt, ap);
    va_end(ap);
}

void plan_noun_lose_foreign(struct plan_loss_report *r, const struct plan_noun *n,
                            const struct plan_path *at) {
    for (size_t i = 0; i < plan_noun_shape.count; i++) {
        const struct plan_field *f = &plan_noun_shape.fields[i];
        if (f->nouns != 0 && !(f->nouns & BIT(n->kind)) && plan_field_is_set(f, n))
            lose(r, at, f->name, "a %s has no %s", plan_noun_kind_name(n->kind), f->name);
    }
}
