#include "twiml/plivoxml_map.h"

/* A row whose member is not named like its place in the struct. */
#define SWH_PART(attr_, codec_, path_, member_, ...)                                      \
    {                                                                                     \
        .attr = STR_INIT(attr_), .codec = XML_CODEC_##codec_,                             \
        .offset = offsetof(struct plivoxml_bridge, path_), .member = member_, __VA_ARGS__ \
    }
#define SWH_OF_DIAL(attr_, codec_, member_, ...) \
    SWH_PART(attr_, codec_, dial.member_, #member_, __VA_ARGS__)
#define SWH_OF_NOUN(attr_, codec_, member_, ...) \
    SWH_PART(attr_, codec_, noun.member_, "nouns[0]." #member_, __VA_ARGS__)
#define SWH_UNSAID_DIAL(member_, remedy_)                             \
    SWH_PART("", UNSAID, dial.member_, #member_, .remedy = (remedy_), \
             .unsaid_bytes = sizeof(((struct plan_dial *)0)->member_))
#define SWH_ELSEWHERE(attr_) \
    { .attr = STR_INIT(attr_), .codec = XML_CODEC_ELSEWHERE }
#define SWH_FIXED(attr_, said_) \
    { .attr = STR_INIT(attr_), .codec = XML_CODEC_FIXED, .said = (said_) }

static const struct xml_word track_words[] = {{.word = "inbound", .value = PLAN_TRACK_INBOUND},
                                              {.word = "outbound", .value = PLAN_TRACK_OUTBOUND},
                                              {.word = "both", .value = PLAN_TRACK_BOTH},
                                              {.word = NULL}};
static const struct xml_word channel_words[] = {
    {.word = "stereo", .value = 1}, {.word = "mono", .value = 0}, {.word = NULL}};
static const struct xml_word reject_words[] = {
    {.word = "busy", .value = 1}, {.word = "rejected", .value = 0}, {.word = NULL}};
static const struct xml_word transcribe_words[] = {{.word = "auto", .value = 1},
                                                   {.word = "hybrid", .value = 1, .lossy = true},
                                                   {.word = "manual", .value = 1, .lossy = true},
                                                   {.word = NULL}};
/* A plan that does not say it means what the other carriers record. */
static const struct xml_word format_words[] = {{.word = "wav", .plan = ""},
                                               {.word = "wav", .plan = "wav"},
                                               {.word = "mp3", .plan = "mp3"},
                                               {.word = NULL}};
/* The first row with a word is read; the verb reports what "from-ringing" loses. */
static const struct xml_word dial_record_words[] = {{.word = "mono", .plan = "from-answer"},
                                                    {.word = "stereo", .plan = "from-answer-dual"},
                                                    {.word = "mono", .plan = "from-ringing"},
                                                    {.word = "stereo", .plan = "from-ringing-dual"},
                                                    {.word = NULL}};

static const char by_api[] = "start the recording over the API";
static const char no_ringing[] = "leave it out, nobody is rung";

// clang-format off
/* voice and language depend on each other: plivoxml_voice.h. */
static const struct xml_map speak_rows[] = {
    SWH_ELSEWHERE("voice"),
    SWH_ELSEWHERE("language"),
    SWH_ROW("loop", LOOP, plan_say, loop, .max = 1000),
};

static const struct xml_map play_rows[] = {
    SWH_ROW("loop", LOOP, plan_play, loop, .max = 1000),
};

static const struct xml_map wait_rows[] = {
    {.attr = STR_INIT("length"), .codec = XML_CODEC_U32, .member = "seconds", .min = 1},
};

static const char always_interrupts[] = "a key or a word always ends the prompt at Plivo";

static const struct xml_map get_input_rows[] = {
    SWH_ROW("inputType", INPUT, plan_gather, input, .always = true),
    SWH_LINK("action", "method", plan_gather, action),
    SWH_LINK("interimSpeechResultsCallback", "interimSpeechResultsCallbackMethod", plan_gather,
             partial),
    SWH_NUMBER("executionTimeout", plan_gather, timeout_s, 5, 60),
    SWH_ELSEWHERE("digitEndTimeout"),
    SWH_ROW("speechEndTimeout", SPEECH_TIMEOUT, plan_gather, speech_timeout_s, .min = 2, .max = 10),
    SWH_UNSAID(plan_gather, max_speech_s, "set timeout_s, which bounds the whole input"),
    SWH_NUMBER("numDigits", plan_gather, digits_max, 1, 32),
    SWH_ROW("finishOnKey", FINISH_KEY, plan_gather, finish_key, .judged = true, .none = "none"),
    SWH_UNSAID(plan_gather, barge_in, always_interrupts),
    SWH_CHOICE("profanityFilter", plan_gather, profanity_filter, xml_tristate_words),
    SWH_TEXT("language", plan_gather, language),
    SWH_TEXT("hints", plan_gather, hints),
    SWH_JUDGED("speechModel", plan_gather, speech_model),
    SWH_UNSAID(plan_gather, enhanced, "choose another speech_model"),
};

/* Only read: what it collects, <GetInput> collects too. */
static const struct xml_map get_digits_rows[] = {
    SWH_LINK("action", "method", plan_gather, action),
    SWH_ROW("timeout", U32, plan_gather, timeout_s, .min = 1, .absent = 5),
    SWH_NUMBER("numDigits", plan_gather, digits_max, 1, 99),
    SWH_ROW("finishOnKey", FINISH_KEY, plan_gather, finish_key, .judged = true, .none = "none"),
};

/* Silence of 5 s and an hour are what an unset member means on other carriers. */
static const struct xml_map record_rows[] = {
    SWH_LINK("action", "method", plan_record, action),
    SWH_LINK("callbackUrl", "callbackMethod", plan_record, status),
    SWH_LINK("transcriptionUrl", "transcriptionMethod", plan_record, transcribe_to),
    SWH_ROW("timeout", U32, plan_record, timeout_s, .min = 1, .unset = 5, .absent = 15),
    SWH_ROW("maxLength", U32, plan_record, max_s, .min = 2, .max = 86400, .unset = 3600,
            .absent = 60),
    SWH_ELSEWHERE("finishOnKey"),
    SWH_CHOICE("playBeep", plan_record, beep, xml_tristate_words),
    SWH_UNSAID(plan_record, trim_silence, "trim the file after it was fetched"),
    SWH_ROW("transcriptionType", BOOL, plan_record, transcribe, .words = transcribe_words),
};

/* <Record recordSession>; what Plivo does not look at then is no loss. */
static const struct xml_map session_rows[] = {
    SWH_FIXED("recordSession", "true"),
    SWH_ELSEWHERE("redirect"),
    SWH_ELSEWHERE("timeout"),
    SWH_ELSEWHERE("finishOnKey"),
    SWH_ELSEWHERE("playBeep"),
    SWH_FIXED("maxLength", "86400"),
    SWH_ROW("fileFormat", STR_WORDS, plan_start_recording, format, .words = format_words,
            .always = true),
    SWH_ROW("recordChannelType", BOOL, plan_start_recording, dual, .words = channel_words,
            .always = true),
    SWH_LINK("callbackUrl", "callbackMethod", plan_start_recording, status),
    SWH_UNSAID(plan_start_recording, name, by_api),
    SWH_UNSAID(plan_start_recording, track, "record both sides on two channels"),
    SWH_UNSAID(plan_start_recording, status_events, "one notice comes when the file is ready"),
    SWH_UNSAID(plan_start_recording, trim_silence, "trim the file after it was fetched"),
    SWH_UNSAID(plan_start_recording, beep, "play a tone with a play step before it"),
};

/* <Record startOnDialAnswer>, which stands before the <Dial> that it records. */
static const struct xml_map bridged_rows[] = {
    SWH_FIXED("startOnDialAnswer", "true"),
    SWH_ELSEWHERE("redirect"),
    SWH_ELSEWHERE("timeout"),
    SWH_ELSEWHERE("finishOnKey"),
    SWH_ELSEWHERE("playBeep"),
    SWH_FIXED("maxLength", "86400"),
    SWH_FIXED("fileFormat", "wav"),
    SWH_ROW("recordChannelType", STR_WORDS, plan_dial, record, .words = dial_record_words),
    SWH_LINK("callbackUrl", "callbackMethod", plan_dial, recording_status),
};

/* 30 s is what an unset timeout means on other carriers; Plivo rings for 120 s. */
static const struct xml_map dial_rows[] = {
    SWH_OF_DIAL("callerId", STR, caller_id, .judged = false),
    SWH_OF_DIAL("action", LINK, action, .method_attr = STR_INIT("method")),
    SWH_OF_DIAL("timeout", U32, timeout_s, .min = 1, .unset = 30, .absent = 120),
    SWH_OF_DIAL("timeLimit", U32, time_limit_s, .min = 1),
    SWH_OF_DIAL("dialMusic", STR, ring_tone, .judged = true),
    SWH_OF_DIAL("hangupOnStar", BOOL, hangup_on_star, .words = xml_flag_words),
    SWH_OF_NOUN("confirmSound", LINK, screen, .max = 0),
    SWH_OF_NOUN("callbackUrl", LINK, status, .method_attr = STR_INIT("callbackMethod")),
    SWH_UNSAID_DIAL(sequential, "dial one after the other with documents of their own"),
    SWH_UNSAID_DIAL(answer_on_bridge, "leave it out, the call is answered before"),
};

static const struct xml_map number_rows[] = {
    SWH_JUDGED("sendDigits", plan_noun, send_digits),
    SWH_UNSAID(plan_noun, status_events, "answer, connected, hangup and digits are always told"),
};

static const struct xml_map user_rows[] = {
    SWH_TEXT("sipAuthUsername", plan_noun, sip_user),
    SWH_JUDGED("sipAuthPassword", plan_noun, sip_password),
    SWH_UNSAID(plan_noun, status_events, "answer, connected, hangup and digits are always told"),
};

static const struct xml_map conference_rows[] = {
    SWH_OF_DIAL("action", LINK, action, .method_attr = STR_INIT("method")),
    SWH_OF_DIAL("timeLimit", U32, time_limit_s, .min = 1),
    SWH_OF_DIAL("hangupOnStar", BOOL, hangup_on_star, .words = xml_flag_words),
    SWH_OF_NOUN("callbackUrl", LINK, status, .method_attr = STR_INIT("callbackMethod")),
    SWH_OF_NOUN("muted", BOOL, muted, .words = xml_flag_words),
    SWH_OF_NOUN("startConferenceOnEnter", WORDS, start_on_enter, .words = xml_tristate_words),
    SWH_OF_NOUN("endConferenceOnExit", WORDS, end_on_exit, .words = xml_tristate_words),
    SWH_OF_NOUN("waitSound", LINK, wait, .max = 0),
    SWH_OF_NOUN("maxMembers", U32, participants_max, .min = 1, .max = 20),
    SWH_OF_NOUN("record", BOOL, record, .words = xml_flag_words),
    SWH_ELSEWHERE("enterSound"),
    SWH_ELSEWHERE("exitSound"),
    SWH_PART("", UNSAID, noun.status_events, "nouns[0].status_events",
             .remedy = "all events are told", .unsaid_bytes = sizeof(struct str)),
    SWH_UNSAID_DIAL(caller_id, no_ringing),
    SWH_UNSAID_DIAL(timeout_s, no_ringing),
    SWH_UNSAID_DIAL(ring_tone, no_ringing),
    SWH_UNSAID_DIAL(sequential, no_ringing),
    SWH_UNSAID_DIAL(answer_on_bridge, no_ringing),
    SWH_UNSAID_DIAL(record, "record the conference: nouns[0].record"),
    SWH_UNSAID_DIAL(recording_status, "the status notices tell about recordings"),
};

/* Only read: a conference holds what a plan can. */
static const struct xml_map multi_party_rows[] = {
    SWH_OF_DIAL("maxDuration", U32, time_limit_s, .min = 300, .max = 28800),
    SWH_OF_NOUN("statusCallbackUrl", LINK, status, .method_attr = STR_INIT("statusCallbackMethod")),
    SWH_OF_NOUN("mute", BOOL, muted, .words = xml_flag_words),
    SWH_OF_NOUN("startMpcOnEnter", WORDS, start_on_enter, .words = xml_tristate_words),
    SWH_OF_NOUN("endMpcOnExit", WORDS, end_on_exit, .words = xml_tristate_words),
    SWH_OF_NOUN("waitMusicUrl", LINK, wait, .max = 0),
    SWH_OF_NOUN("maxParticipants", U32, participants_max, .min = 2, .max = 10),
    SWH_OF_NOUN("record", BOOL, record, .words = xml_flag_words),
    SWH_ELSEWHERE("enterSound"),
    SWH_ELSEWHERE("exitSound"),
};

/* A plan sends digits before it goes on. */
static const struct xml_map dtmf_rows[] = {
    SWH_FIXED("async", "false"),
};

static const struct xml_map redirect_rows[] = {
    {.attr = STR_INIT("method"), .codec = XML_CODEC_WORDS, .offset = offsetof(struct plan_link, method),
     .member = "method", .words = xml_method_words},
};

static const struct xml_map hangup_rows[] = {
    SWH_ELSEWHERE("schedule"),
};

static const struct xml_map reject_rows[] = {
    SWH_ELSEWHERE("schedule"),
    {.attr = STR_INIT("reason"), .codec = XML_CODEC_BOOL, .member = "busy", .words = reject_words,
     .always = true},
};

/* The encoding that the other carriers stream. */
static const struct xml_map stream_rows[] = {
    SWH_ELSEWHERE("bidirectional"),
    SWH_ELSEWHERE("keepCallAlive"),
    SWH_ELSEWHERE("extraHeaders"),
    SWH_CHOICE("audioTrack", plan_stream, track, track_words),
    SWH_LINK("statusCallbackUrl", "statusCallbackMethod", plan_stream, status),
    SWH_FIXED("contentType", "audio/x-mulaw;rate=8000"),
    SWH_UNSAID(plan_stream, name, "tell streams apart by their URL"),
};

SWH_TABLE(plivoxml_speak, "Speak", speak_rows);
SWH_TABLE(plivoxml_play, "Play", play_rows);
SWH_TABLE(plivoxml_wait, "Wait", wait_rows);
SWH_TABLE(plivoxml_get_input, "GetInput", get_input_rows);
SWH_DEFAULTS(plivoxml_get_digits, "GetDigits", get_digits_rows);
SWH_DEFAULTS(plivoxml_record, "Record", record_rows);
SWH_DEFAULTS(plivoxml_session, "Record", session_rows);
SWH_DEFAULTS(plivoxml_bridged, "Record", bridged_rows);
SWH_DEFAULTS(plivoxml_dial, "Dial", dial_rows);
SWH_TABLE(plivoxml_conference, "Conference", conference_rows);
SWH_TABLE(plivoxml_multi_party, "MultiPartyCall", multi_party_rows);
SWH_DEFAULTS(plivoxml_dtmf, "DTMF", dtmf_rows);
SWH_TABLE(plivoxml_redirect, "Redirect", redirect_rows);
SWH_TABLE(plivoxml_hangup, "Hangup", hangup_rows);
SWH_TABLE(plivoxml_reject, "Hangup", reject_rows);
SWH_DEFAULTS(plivoxml_stream, "Stream", stream_rows);

const struct xml_maps plivoxml_nouns[PLAN_NOUN_KIND_COUNT] = {
    [PLAN_NOUN_NUMBER] = SWH_MAPS("Number", number_rows),
    [PLAN_NOUN_SIP] = SWH_MAPS("User", user_rows),
    [PLAN_NOUN_CLIENT] = SWH_MAPS("User", user_rows),
};
// clang-format on

const struct xml_maps *const plivoxml_all_maps[] = {
    &plivoxml_speak,
    &plivoxml_play,
    &plivoxml_wait,
    &plivoxml_get_input,
    &plivoxml_get_digits,
    &plivoxml_record,
    &plivoxml_session,
    &plivoxml_bridged,
    &plivoxml_dial,
    &plivoxml_conference,
    &plivoxml_multi_party,
    &plivoxml_dtmf,
    &plivoxml_redirect,
    &plivoxml_hangup,
    &plivoxml_reject,
    &plivoxml_stream,
    &plivoxml_nouns[PLAN_NOUN_NUMBER],
    &plivoxml_nouns[PLAN_NOUN_SIP],
    NULL,
};
