#include "swml/swml_map.h"

#include "core/base/compiler.h"

const char swml_repeat_label[] = "switchhook_repeat_";
const char swml_own_step[] = "redirect";
const char swml_hardly_silence[] = "silence:0.1";

const char *const swml_matches[] = {"match_speech", "match_digits", NULL};

/* One row: key, codec, the struct and its member. */
#define SWH_ROW(key_, codec_, type_, member_, ...)                               \
    {                                                                            \
        .key = key_, .codec = codec_, .offset = offsetof(struct type_, member_), \
        .member = #member_, __VA_ARGS__                                          \
    }
#define SWH_TEXT(key_, type_, member_)   SWH_ROW(key_, SWML_STR, type_, member_, .min = 0)
#define SWH_LINK(key_, type_, member_)   SWH_ROW(key_, SWML_LINK, type_, member_, .min = 0)
#define SWH_NUMBER(key_, type_, member_) SWH_ROW(key_, SWML_U32, type_, member_, .min = 0)
#define SWH_FLAG(key_, type_, member_)   SWH_ROW(key_, SWML_BOOL, type_, member_, .preset = "false")
#define SWH_CHOICE(key_, type_, member_, words_) \
    SWH_ROW(key_, SWML_WORDS, type_, member_, .words = (words_))
#define SWH_UNSAID(type_, member_, unsaid_, remedy_)                                         \
    {                                                                                        \
        .codec = SWML_UNSAID, .offset = offsetof(struct type_, member_), .member = #member_, \
        .unsaid = SWML_UNSAID_##unsaid_, .remedy = (remedy_)                                 \
    }
#define SWH_PASSED(key_, preset_) \
    { .key = key_, .codec = SWML_PASSED, .preset = (preset_) }
#define SWH_ELSEWHERE(key_) \
    { .key = key_, .codec = SWML_ELSEWHERE }
#define SWH_TABLE(name_, rows_) const struct swml_rows name_ = {rows_, ARRAY_LEN(rows_)}

/* The carrier names a side by what the party on the line does ("speak" for what party says). */
static const struct swml_word direction_words[] = {{.word = "speak", .value = PLAN_TRACK_INBOUND},
                                                   {.word = "listen", .value = PLAN_TRACK_OUTBOUND},
                                                   {.word = "both", .value = PLAN_TRACK_BOTH},
                                                   {.word = NULL}};
static const struct swml_word format_words[] = {{.word = "wav"}, {.word = "mp3"}, {.word = NULL}};
static const struct swml_word beep_words[] = {{.word = "true", .value = PLAN_YES},
                                              {.word = "false", .value = PLAN_NO},
                                              {.word = "onEnter", .value = PLAN_YES, .lossy = true},
                                              {.word = "onExit", .value = PLAN_YES, .lossy = true},
                                              {.word = NULL}};
static const struct swml_word record_words[] = {{.word = "record-from-start", .value = 1},
                                                {.word = "do-not-record", .value = 0},
                                                {.word = NULL}};
static const struct swml_word conference_event_words[] = {
    {.word = "start"},        {.word = "end"},  {.word = "join"},   {.word = "leave"},
    {.word = "mute"},         {.word = "hold"}, {.word = "modify"}, {.word = "speaker"},
    {.word = "announcement"}, {.word = NULL}};
static const struct swml_word engine_words[] = {
    {.word = "Google"}, {.word = "Google.V2"}, {.word = "Deepgram"}, {.word = NULL}};
static const struct swml_word live_engine_words[] = {
    {.word = "deepgram"}, {.word = "google"}, {.word = NULL}};
static const struct swml_word pay_method_words[] = {{.word = "credit-card"}, {.word = NULL}};
static const struct swml_word token_words[] = {
    {.word = "one-time"}, {.word = "reusable"}, {.word = NULL}};

// clang-format off
static const struct swml_row prompt_rows[] = {
    SWH_ELSEWHERE("play"),
    SWH_ELSEWHERE("say_voice"),
    SWH_ELSEWHERE("say_language"),
    SWH_ELSEWHERE("max_digits"),
    SWH_ELSEWHERE("terminators"),
    SWH_ELSEWHERE("initial_timeout"),
    SWH_ELSEWHERE("digit_timeout"),
    SWH_ELSEWHERE("speech_language"),
    SWH_ELSEWHERE("speech_hints"),
    SWH_ELSEWHERE("speech_end_timeout"),
    SWH_ELSEWHERE("speech_timeout"),
    SWH_ELSEWHERE("speech_engine"),
    SWH_PASSED("volume", "0"),
    SWH_PASSED("say_gender", "female"),
    SWH_PASSED("status_url", NULL),
    SWH_UNSAID(plan_gather, partial, LINK, "wait for the result at the action"),
    SWH_UNSAID(plan_gather, profanity_filter, U32, "filter the words that come"),
    SWH_UNSAID(plan_gather, enhanced, BOOL, "choose an engine with speech_model"),
};

static const struct swml_row speech_rows[] = {
    SWH_NUMBER("speech_end_timeout", plan_gather, speech_timeout_s),
    SWH_NUMBER("speech_timeout", plan_gather, max_speech_s),
    SWH_ROW("speech_engine", SWML_STR_WORDS, plan_gather, speech_model, .words = engine_words,
            .remedy = "the carrier's own engine listens"),
};

static const struct swml_row record_rows[] = {
    SWH_TEXT("terminators", plan_record, finish_keys),
    SWH_ROW("beep", SWML_TRISTATE, plan_record, beep, .min = 0),
    SWH_NUMBER("end_silence_timeout", plan_record, timeout_s),
    SWH_ROW("initial_timeout", SWML_TWIN, plan_record, timeout_s, .preset = "4"),
    SWH_NUMBER("max_length", plan_record, max_s),
    SWH_LINK("status_url", plan_record, status),
    SWH_PASSED("stereo", "false"),
    SWH_PASSED("format", "wav"),
    SWH_PASSED("direction", "speak"),
    SWH_PASSED("input_sensitivity", "44"),
    SWH_UNSAID(plan_record, trim_silence, U32, "trim it when it is fetched"),
    SWH_UNSAID(plan_record, transcribe, BOOL, "transcribe it when it is fetched"),
    SWH_UNSAID(plan_record, transcribe_to, LINK, "transcribe it when it is fetched"),
};

static const struct swml_row connect_rows[] = {
    SWH_ELSEWHERE("to"),
    SWH_ELSEWHERE("serial"),
    SWH_ELSEWHERE("parallel"),
    SWH_TEXT("from", plan_dial, caller_id),
    SWH_ROW("timeout", SWML_U32, plan_dial, timeout_s, .preset = "60"),
    SWH_ROW("max_duration", SWML_U32, plan_dial, time_limit_s, .preset = "14400"),
    SWH_FLAG("answer_on_bridge", plan_dial, answer_on_bridge),
    SWH_ELSEWHERE("ringback"),
    SWH_ELSEWHERE("transfer_after_bridge"),
    SWH_ELSEWHERE("username"),
    SWH_ELSEWHERE("password"),
    SWH_ELSEWHERE("call_state_url"),
    SWH_ELSEWHERE("call_state_events"),
    SWH_ELSEWHERE("confirm"),
    SWH_PASSED("confirm_timeout", NULL),
    SWH_PASSED("from_name", NULL),
    SWH_PASSED("headers", NULL),
    SWH_PASSED("codecs", NULL),
    SWH_PASSED("webrtc_media", "false"),
    SWH_PASSED("session_timeout", "0"),
    SWH_PASSED("encryption", "optional"),
    SWH_PASSED("status_url", NULL),
    SWH_UNSAID(plan_dial, hangup_on_star, BOOL, "the caller can only hang up"),
};

static const struct swml_row leg_rows[] = {
    SWH_ELSEWHERE("to"),
    SWH_TEXT("username", plan_noun, sip_user),
    SWH_TEXT("password", plan_noun, sip_password),
    SWH_LINK("call_state_url", plan_noun, status),
    SWH_ELSEWHERE("call_state_events"),
    SWH_ELSEWHERE("confirm"),
    SWH_PASSED("confirm_timeout", NULL),
    SWH_PASSED("from", NULL),
    SWH_PASSED("from_name", NULL),
    SWH_PASSED("timeout", NULL),
    SWH_PASSED("max_duration", NULL),
    SWH_PASSED("headers", NULL),
    SWH_PASSED("codecs", NULL),
    SWH_PASSED("webrtc_media", "false"),
    SWH_PASSED("session_timeout", "0"),
    SWH_PASSED("encryption", "optional"),
};

static const struct swml_row conference_rows[] = {
    SWH_TEXT("name", plan_noun, target),
    SWH_FLAG("muted", plan_noun, muted),
    SWH_CHOICE("beep", plan_noun, beep, beep_words),
    SWH_ROW("start_on_enter", SWML_TRISTATE, plan_noun, start_on_enter, .min = 0),
    SWH_ROW("end_on_exit", SWML_TRISTATE, plan_noun, end_on_exit, .min = 0),
    SWH_LINK("wait_url", plan_noun, wait),
    SWH_ROW("max_participants", SWML_U32, plan_noun, participants_max, .min = 2, .max = 100000),
    SWH_ROW("record", SWML_WORDS, plan_noun, record, .words = record_words, .is_bool = true),
    SWH_ROW("status_callback", SWML_LINK, plan_noun, status,
            .method_key = "status_callback_method"),
    SWH_ROW("status_callback_event", SWML_STR_WORDS, plan_noun, status_events,
            .words = conference_event_words, .remedy = "the carrier tells what it tells by default"),
    SWH_PASSED("region", NULL),
    SWH_PASSED("trim", "trim-silence"),
    SWH_PASSED("coach", NULL),
    SWH_PASSED("status_callback_event_type", NULL),
    SWH_PASSED("recording_status_callback", NULL),
    SWH_PASSED("recording_status_callback_method", NULL),
    SWH_PASSED("recording_status_callback_event", NULL),
    SWH_PASSED("recording_status_callback_event_type", NULL),
    SWH_PASSED("stream", NULL),
};

static const struct swml_row queue_rows[] = {
    SWH_TEXT("queue_name", plan_enqueue, queue),
    SWH_LINK("transfer_after_bridge", plan_enqueue, action),
    SWH_LINK("wait_url", plan_enqueue, wait),
    SWH_PASSED("wait_time", "3600"),
    SWH_PASSED("status_url", NULL),
    SWH_UNSAID(plan_enqueue, workflow, STR, "use a queue of that name"),
    SWH_UNSAID(plan_enqueue, task, STR, "keep it with the call"),
};

static const struct swml_row recording_rows[] = {
    SWH_TEXT("control_id", plan_start_recording, name),
    SWH_ROW("stereo", SWML_BOOL_BOTH, plan_start_recording, dual, .preset = "false"),
    SWH_ROW("format", SWML_STR_WORDS, plan_start_recording, format, .words = format_words,
            .remedy = "the carrier's default is taken"),
    SWH_CHOICE("direction", plan_start_recording, track, direction_words),
    SWH_FLAG("beep", plan_start_recording, beep),
    SWH_LINK("status_url", plan_start_recording, status),
    SWH_PASSED("terminators", ""),
    SWH_PASSED("input_sensitivity", "44"),
    SWH_PASSED("initial_timeout", "0"),
    SWH_PASSED("end_silence_timeout", "0"),
    SWH_PASSED("max_length", NULL),
    SWH_UNSAID(plan_start_recording, status_events, STR, "every notice comes"),
    SWH_UNSAID(plan_start_recording, trim_silence, U32, "trim it when it is fetched"),
};

static const struct swml_row tap_rows[] = {
    SWH_ROW("uri", SWML_SOCKET, plan_stream, url, .min = 0),
    SWH_TEXT("control_id", plan_stream, name),
    SWH_CHOICE("direction", plan_stream, track, direction_words),
    SWH_LINK("status_url", plan_stream, status),
    SWH_PASSED("codec", "PCMU"),
    SWH_PASSED("rtp_ptime", "20"),
    SWH_UNSAID(plan_stream, params, ARRAY, "put them into the URL"),
};

/* The struct of a refer step has no name of its own. */
static const struct swml_row refer_rows[] = {
    {.key = "to_uri", .codec = SWML_STR, .offset = 0, .member = "uri"},
    SWH_PASSED("status_url", NULL),
    SWH_PASSED("username", NULL),
    SWH_PASSED("password", NULL),
};

static const struct swml_row pay_rows[] = {
    SWH_ELSEWHERE("payment_connector_url"),
    SWH_TEXT("charge_amount", plan_pay, amount),
    SWH_TEXT("currency", plan_pay, currency),
    SWH_TEXT("description", plan_pay, description),
    SWH_ROW("payment_method", SWML_STR_WORDS, plan_pay, method, .words = pay_method_words,
            .remedy = "a card is asked for"),
    SWH_ROW("token_type", SWML_STR_WORDS, plan_pay, token_type, .words = token_words,
            .remedy = "the token is reusable"),
    SWH_TEXT("valid_card_types", plan_pay, card_types),
    SWH_TEXT("language", plan_pay, language),
    SWH_TEXT("voice", plan_pay, voice),
    SWH_NUMBER("max_attempts", plan_pay, attempts_max),
    SWH_NUMBER("timeout", plan_pay, timeout_s),
    SWH_ROW("min_postal_code_length", SWML_U32, plan_pay, postal_code_min, .preset = "0"),
    SWH_ROW("security_code", SWML_TRISTATE, plan_pay, security_code, .min = 0),
    SWH_ELSEWHERE("postal_code"),
    SWH_LINK("status_url", plan_pay, status),
    SWH_ELSEWHERE("parameters"),
    SWH_ELSEWHERE("prompts"),
    SWH_PASSED("input", "dtmf"),
};

static const struct swml_row pay_prompt_rows[] = {
    SWH_TEXT("for", plan_pay_prompt, stage),
    SWH_TEXT("error_type", plan_pay_prompt, errors),
    SWH_TEXT("card_type", plan_pay_prompt, card_types),
    SWH_TEXT("attempts", plan_pay_prompt, attempts),
    SWH_ELSEWHERE("actions"),
    SWH_UNSAID(plan_pay_prompt, repeat_to_match, BOOL, "the keys are asked for once"),
};

static const struct swml_row transcription_rows[] = {
    SWH_ELSEWHERE("lang"),
    SWH_ELSEWHERE("direction"),
    SWH_LINK("webhook", plan_transcribe, status),
    SWH_FLAG("live_events", plan_transcribe, partial),
    SWH_ROW("speech_engine", SWML_STR_WORDS, plan_transcribe, engine, .words = live_engine_words,
            .remedy = "the carrier's own engine listens"),
    SWH_PASSED("ai_summary", "false"),
    SWH_PASSED("ai_summary_prompt", NULL),
    SWH_PASSED("speech_timeout", "60000"),
    SWH_PASSED("vad_silence_ms", NULL),
    SWH_PASSED("vad_thresh", "400"),
    SWH_PASSED("debug_level", "0"),
    SWH_UNSAID(plan_transcribe, name, STR, "a call has one transcription"),
};

SWH_TABLE(swml_prompt, prompt_rows);
SWH_TABLE(swml_speech, speech_rows);
SWH_TABLE(swml_record, record_rows);
SWH_TABLE(swml_connect, connect_rows);
SWH_TABLE(swml_leg, leg_rows);
SWH_TABLE(swml_conference, conference_rows);
SWH_TABLE(swml_queue, queue_rows);
SWH_TABLE(swml_recording, recording_rows);
SWH_TABLE(swml_tap, tap_rows);
SWH_TABLE(swml_refer, refer_rows);
SWH_TABLE(swml_pay, pay_rows);
SWH_TABLE(swml_pay_prompt, pay_prompt_rows);
SWH_TABLE(swml_transcription, transcription_rows);
// clang-format on

bool swml_needs_answer(const struct plan_step *s) {
    switch (s->kind) {
    case PLAN_DIAL:
        return !s->u.dial.answer_on_bridge;
    case PLAN_REDIRECT: /* the next document decides */
    case PLAN_HANGUP:   /* an unanswered call costs nobody anything */
    case PLAN_REJECT:
    case PLAN_RAW: /* whoever writes SWML says when to answer */
        return false;
    case PLAN_KIND_UNKNOWN:
    case PLAN_SAY:
    case PLAN_PLAY:
    case PLAN_PAUSE:
    case PLAN_GATHER:
    case PLAN_RECORD:
    case PLAN_ENQUEUE:
    case PLAN_LEAVE:
    case PLAN_SEND_DIGITS:
    case PLAN_START_RECORDING:
    case PLAN_STOP_RECORDING:
    case PLAN_STREAM:
    case PLAN_STOP_STREAM:
    case PLAN_RELAY:
    case PLAN_AI:
    case PLAN_PAY:
    case PLAN_REFER:
    case PLAN_TRANSCRIBE:
    case PLAN_STOP_TRANSCRIBE:
    case PLAN_KIND_COUNT:
        break;
    }
    return true;
}

const struct plan_link *swml_action(const struct plan_step *s) {
    switch (s->kind) {
    case PLAN_GATHER:
        return &s->u.gather.action;
    case PLAN_RECORD:
        return &s->u.record.action;
    case PLAN_DIAL:
        return &s->u.dial.action;
    case PLAN_ENQUEUE:
        return &s->u.enqueue.action;
    case PLAN_STREAM:
        return s->u.stream.bidirectional ? &s->u.stream.action : NULL;
    case PLAN_PAY:
        return &s->u.pay.action;
    case PLAN_REFER:
        return &s->u.refer.action;
    case PLAN_KIND_UNKNOWN:
    case PLAN_SAY:
    case PLAN_PLAY:
    case PLAN_PAUSE:
    case PLAN_LEAVE:
    case PLAN_SEND_DIGITS:
    case PLAN_REDIRECT:
    case PLAN_HANGUP:
    case PLAN_REJECT:
    case PLAN_START_RECORDING:
    case PLAN_STOP_RECORDING:
    case PLAN_STOP_STREAM:
    case PLAN_RELAY:
    case PLAN_AI:
    case PLAN_TRANSCRIBE:
    case PLAN_STOP_TRANSCRIBE:
    case PLAN_RAW:
    case PLAN_KIND_COUNT:
        break;
    }
    return NULL;
}
