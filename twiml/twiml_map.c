#include "twiml/twiml_map.h"

static const struct xml_word trim_words[] = {{.word = "trim-silence", .value = PLAN_YES},
                                             {.word = "do-not-trim", .value = PLAN_NO},
                                             {.word = NULL}};
static const struct xml_word beep_words[] = {{.word = "true", .value = PLAN_YES},
                                             {.word = "false", .value = PLAN_NO},
                                             {.word = "onEnter", .value = PLAN_YES, .lossy = true},
                                             {.word = "onExit", .value = PLAN_YES, .lossy = true},
                                             {.word = NULL}};
static const struct xml_word interrupt_words[] = {
    {.word = "any", .value = PLAN_YES},
    {.word = "none", .value = PLAN_NO},
    {.word = "true", .value = PLAN_YES},
    {.word = "false", .value = PLAN_NO},
    {.word = "speech", .value = PLAN_YES, .lossy = true},
    {.word = "dtmf", .value = PLAN_YES, .lossy = true},
    {.word = NULL}};
static const struct xml_word track_words[] = {{.word = "inbound", .value = PLAN_TRACK_INBOUND},
                                              {.word = "outbound", .value = PLAN_TRACK_OUTBOUND},
                                              {.word = "both", .value = PLAN_TRACK_BOTH},
                                              {.word = NULL}};
static const struct xml_word media_track_words[] = {
    {.word = "inbound_track", .value = PLAN_TRACK_INBOUND},
    {.word = "outbound_track", .value = PLAN_TRACK_OUTBOUND},
    {.word = "both_tracks", .value = PLAN_TRACK_BOTH},
    {.word = NULL}};
static const struct xml_word channel_words[] = {
    {.word = "dual", .value = 1}, {.word = "mono", .value = 0}, {.word = NULL}};
static const struct xml_word reject_words[] = {
    {.word = "busy", .value = 1}, {.word = "rejected", .value = 0}, {.word = NULL}};
static const struct xml_word conference_record_words[] = {{.word = "record-from-start", .value = 1},
                                                          {.word = "do-not-record", .value = 0},
                                                          {.word = "true", .value = 1},
                                                          {.word = "false", .value = 0},
                                                          {.word = NULL}};
/* "true" and "false" are words of old documents (Twilio docs: Dial). */
static const struct xml_word dial_record_words[] = {
    {.word = "record-from-answer", .plan = "from-answer"},
    {.word = "record-from-ringing", .plan = "from-ringing"},
    {.word = "record-from-answer-dual", .plan = "from-answer-dual"},
    {.word = "record-from-ringing-dual", .plan = "from-ringing-dual"},
    {.word = "do-not-record", .plan = ""},
    {.word = "true", .plan = "from-answer"},
    {.word = "false", .plan = ""},
    {.word = NULL}};

// clang-format off
static const struct xml_map say_rows[] = {
    SWH_TEXT("voice", plan_say, voice),
    SWH_TEXT("language", plan_say, language),
    SWH_ROW("loop", LOOP, plan_say, loop, .max = 1000),
};

static const struct xml_map play_rows[] = {
    SWH_ROW("loop", LOOP, plan_play, loop, .max = 1000),
};

/* One second is the carrier's default. */
static const struct xml_map pause_rows[] = {
    {.attr = STR_INIT("length"), .codec = XML_CODEC_U32, .offset = 0, .member = "seconds", .min = 1},
};

static const struct xml_map gather_rows[] = {
    SWH_ROW("input", INPUT, plan_gather, input, .max = 3),
    SWH_LINK("action", "method", plan_gather, action),
    SWH_LINK("partialResultCallback", "partialResultCallbackMethod", plan_gather, partial),
    SWH_NUMBER("timeout", plan_gather, timeout_s, 1, 0),
    SWH_ROW("speechTimeout", SPEECH_TIMEOUT, plan_gather, speech_timeout_s, .min = 1),
    SWH_NUMBER("maxSpeechTime", plan_gather, max_speech_s, 0, 0),
    SWH_NUMBER("numDigits", plan_gather, digits_max, 1, 0),
    SWH_ROW("finishOnKey", FINISH_KEY, plan_gather, finish_key, .judged = true),
    SWH_FLAG("actionOnEmptyResult", plan_gather, action_on_empty),
    SWH_CHOICE("bargeIn", plan_gather, barge_in, xml_tristate_words),
    SWH_CHOICE("profanityFilter", plan_gather, profanity_filter, xml_tristate_words),
    SWH_TEXT("language", plan_gather, language),
    SWH_TEXT("hints", plan_gather, hints),
    SWH_TEXT("speechModel", plan_gather, speech_model),
    SWH_FLAG("enhanced", plan_gather, enhanced),
};

static const struct xml_map record_rows[] = {
    SWH_LINK("action", "method", plan_record, action),
    SWH_LINK("recordingStatusCallback", "recordingStatusCallbackMethod", plan_record, status),
    SWH_LINK("transcribeCallback", "", plan_record, transcribe_to),
    SWH_NUMBER("timeout", plan_record, timeout_s, 0, 0),
    SWH_NUMBER("maxLength", plan_record, max_s, 2, 14400),
    SWH_JUDGED("finishOnKey", plan_record, finish_keys),
    SWH_CHOICE("playBeep", plan_record, beep, xml_tristate_words),
    SWH_CHOICE("trim", plan_record, trim_silence, trim_words),
    SWH_FLAG("transcribe", plan_record, transcribe),
};

static const struct xml_map dial_rows[] = {
    SWH_TEXT("callerId", plan_dial, caller_id),
    SWH_LINK("action", "method", plan_dial, action),
    SWH_LINK("recordingStatusCallback", "recordingStatusCallbackMethod", plan_dial,
             recording_status),
    SWH_NUMBER("timeout", plan_dial, timeout_s, 5, 600),
    SWH_NUMBER("timeLimit", plan_dial, time_limit_s, 1, 14400),
    SWH_ROW("record", STR_WORDS, plan_dial, record, .words = dial_record_words),
    SWH_JUDGED("ringTone", plan_dial, ring_tone),
    SWH_FLAG("sequential", plan_dial, sequential),
    SWH_FLAG("hangupOnStar", plan_dial, hangup_on_star),
    SWH_FLAG("answerOnBridge", plan_dial, answer_on_bridge),
};

static const struct xml_map number_rows[] = {
    SWH_LINK("url", "method", plan_noun, screen),
    SWH_LINK("statusCallback", "statusCallbackMethod", plan_noun, status),
    SWH_JUDGED("statusCallbackEvent", plan_noun, status_events),
    SWH_JUDGED("sendDigits", plan_noun, send_digits),
};

static const struct xml_map sip_rows[] = {
    SWH_LINK("url", "method", plan_noun, screen),
    SWH_LINK("statusCallback", "statusCallbackMethod", plan_noun, status),
    SWH_JUDGED("statusCallbackEvent", plan_noun, status_events),
    SWH_TEXT("username", plan_noun, sip_user),
    SWH_TEXT("password", plan_noun, sip_password),
};

static const struct xml_map client_rows[] = {
    SWH_LINK("url", "method", plan_noun, screen),
    SWH_LINK("statusCallback", "statusCallbackMethod", plan_noun, status),
    SWH_JUDGED("statusCallbackEvent", plan_noun, status_events),
};

static const struct xml_map conference_rows[] = {
    SWH_LINK("statusCallback", "statusCallbackMethod", plan_noun, status),
    SWH_JUDGED("statusCallbackEvent", plan_noun, status_events),
    SWH_FLAG("muted", plan_noun, muted),
    SWH_CHOICE("startConferenceOnEnter", plan_noun, start_on_enter, xml_tristate_words),
    SWH_CHOICE("endConferenceOnExit", plan_noun, end_on_exit, xml_tristate_words),
    SWH_CHOICE("beep", plan_noun, beep, beep_words),
    SWH_LINK("waitUrl", "waitMethod", plan_noun, wait),
    SWH_NUMBER("maxParticipants", plan_noun, participants_max, 2, 250),
    SWH_ROW("record", BOOL, plan_noun, record, .words = conference_record_words),
};

static const struct xml_map queue_rows[] = {
    SWH_LINK("url", "method", plan_noun, screen),
};

static const struct xml_map enqueue_rows[] = {
    SWH_LINK("action", "method", plan_enqueue, action),
    SWH_LINK("waitUrl", "waitUrlMethod", plan_enqueue, wait),
    SWH_TEXT("workflowSid", plan_enqueue, workflow),
};

static const struct xml_map redirect_rows[] = {
    {.attr = STR_INIT("method"), .codec = XML_CODEC_WORDS, .offset = offsetof(struct plan_link, method),
     .member = "method",
     .words = xml_method_words},
};

static const struct xml_map reject_rows[] = {
    {.attr = STR_INIT("reason"), .codec = XML_CODEC_BOOL, .member = "busy", .words = reject_words},
};

static const struct xml_map recording_rows[] = {
    SWH_TEXT("name", plan_start_recording, name),
    SWH_CHOICE("track", plan_start_recording, track, track_words),
    /* The carrier's default is dual and a plan's is not. */
    SWH_ROW("channels", BOOL, plan_start_recording, dual, .words = channel_words, .always = true),
    SWH_LINK("recordingStatusCallback", "recordingStatusCallbackMethod", plan_start_recording,
             status),
    SWH_JUDGED("recordingStatusCallbackEvent", plan_start_recording, status_events),
    SWH_CHOICE("trim", plan_start_recording, trim_silence, trim_words),
    SWH_UNSAID(plan_start_recording, format, "choose the format when the recording is fetched"),
    SWH_UNSAID(plan_start_recording, beep, "play a tone with a play step before it"),
};

/* A step that stops something holds one struct str. */
static const struct xml_map stop_rows[] = {
    {.attr = STR_INIT("name"), .codec = XML_CODEC_STR, .offset = 0, .member = "name"},
};

static const struct xml_map connect_stream_rows[] = {
    SWH_LINK("action", "method", plan_stream, action),
};

static const struct xml_map stream_rows[] = {
    SWH_TEXT("url", plan_stream, url),
    SWH_TEXT("name", plan_stream, name),
    SWH_CHOICE("track", plan_stream, track, media_track_words),
    SWH_LINK("statusCallback", "statusCallbackMethod", plan_stream, status),
};

static const struct xml_map connect_relay_rows[] = {
    SWH_LINK("action", "method", plan_relay, action),
};

static const struct xml_map relay_rows[] = {
    SWH_TEXT("url", plan_relay, url),
    SWH_TEXT("welcomeGreeting", plan_relay, welcome),
    SWH_TEXT("language", plan_relay, language),
    SWH_TEXT("voice", plan_relay, voice),
    SWH_JUDGED("ttsProvider", plan_relay, tts_provider),
    SWH_JUDGED("transcriptionProvider", plan_relay, transcription_provider),
    SWH_CHOICE("interruptible", plan_relay, interruptible, interrupt_words),
    SWH_CHOICE("dtmfDetection", plan_relay, dtmf_detection, xml_tristate_words),
};

static const struct xml_map pay_rows[] = {
    SWH_LINK("action", "", plan_pay, action),
    SWH_LINK("statusCallback", "statusCallbackMethod", plan_pay, status),
    SWH_TEXT("paymentConnector", plan_pay, connector),
    SWH_JUDGED("chargeAmount", plan_pay, amount),
    SWH_TEXT("currency", plan_pay, currency),
    SWH_TEXT("description", plan_pay, description),
    SWH_JUDGED("paymentMethod", plan_pay, method),
    SWH_JUDGED("tokenType", plan_pay, token_type),
    SWH_JUDGED("validCardTypes", plan_pay, card_types),
    SWH_JUDGED("language", plan_pay, language),
    SWH_NUMBER("maxAttempts", plan_pay, attempts_max, 1, 3),
    SWH_NUMBER("timeout", plan_pay, timeout_s, 1, 0),
    SWH_NUMBER("minPostalCodeLength", plan_pay, postal_code_min, 0, 0),
    SWH_CHOICE("securityCode", plan_pay, security_code, xml_tristate_words),
    SWH_TEXT("postalCode", plan_pay, postal_code),
    SWH_UNSAID(plan_pay, voice, "give prompts that say the words in that voice"),
};

static const struct xml_map prompt_rows[] = {
    SWH_JUDGED("for", plan_pay_prompt, stage),
    SWH_JUDGED("errorType", plan_pay_prompt, errors),
    SWH_JUDGED("cardType", plan_pay_prompt, card_types),
    SWH_JUDGED("attempt", plan_pay_prompt, attempts),
    SWH_FLAG("requireMatchingInputs", plan_pay_prompt, repeat_to_match),
};

static const struct xml_map refer_rows[] = {
    {.attr = STR_INIT("action"), .method_attr = STR_INIT("method"), .codec = XML_CODEC_LINK,
     .offset = offsetof(struct plan_step, u.refer.action) - offsetof(struct plan_step, u.refer),
     .member = "action"},
};

static const struct xml_map transcription_rows[] = {
    SWH_TEXT("name", plan_transcribe, name),
    SWH_TEXT("languageCode", plan_transcribe, language),
    SWH_TEXT("transcriptionEngine", plan_transcribe, engine),
    SWH_CHOICE("track", plan_transcribe, track, media_track_words),
    SWH_FLAG("partialResults", plan_transcribe, partial),
    SWH_LINK("statusCallbackUrl", "statusCallbackMethod", plan_transcribe, status),
};

SWH_TABLE(twiml_say, "Say", say_rows);
SWH_TABLE(twiml_play, "Play", play_rows);
SWH_TABLE(twiml_pause, "Pause", pause_rows);
SWH_TABLE(twiml_gather, "Gather", gather_rows);
SWH_TABLE(twiml_record, "Record", record_rows);
SWH_TABLE(twiml_dial, "Dial", dial_rows);
SWH_TABLE(twiml_enqueue, "Enqueue", enqueue_rows);
SWH_TABLE(twiml_redirect, "Redirect", redirect_rows);
SWH_TABLE(twiml_reject, "Reject", reject_rows);
SWH_TABLE(twiml_recording, "Recording", recording_rows);
SWH_TABLE(twiml_stop_recording, "Recording", stop_rows);
SWH_TABLE(twiml_connect_stream, "Connect", connect_stream_rows);
SWH_TABLE(twiml_stream, "Stream", stream_rows);
SWH_TABLE(twiml_stop_stream, "Stream", stop_rows);
SWH_TABLE(twiml_connect_relay, "Connect", connect_relay_rows);
SWH_TABLE(twiml_relay, "ConversationRelay", relay_rows);
SWH_TABLE(twiml_pay, "Pay", pay_rows);
SWH_TABLE(twiml_prompt, "Prompt", prompt_rows);
SWH_TABLE(twiml_refer, "Refer", refer_rows);
SWH_TABLE(twiml_transcription, "Transcription", transcription_rows);
SWH_TABLE(twiml_stop_transcription, "Transcription", stop_rows);

const struct xml_maps twiml_nouns[PLAN_NOUN_KIND_COUNT] = {
    [PLAN_NOUN_NUMBER] = SWH_MAPS("Number", number_rows),
    [PLAN_NOUN_SIP] = SWH_MAPS("Sip", sip_rows),
    [PLAN_NOUN_CLIENT] = SWH_MAPS("Client", client_rows),
    [PLAN_NOUN_CONFERENCE] = SWH_MAPS("Conference", conference_rows),
    [PLAN_NOUN_QUEUE] = SWH_MAPS("Queue", queue_rows),
};
// clang-format on

const struct xml_maps *const twiml_all_maps[] = {
    &twiml_say,
    &twiml_play,
    &twiml_pause,
    &twiml_gather,
    &twiml_record,
    &twiml_dial,
    &twiml_enqueue,
    &twiml_redirect,
    &twiml_reject,
    &twiml_recording,
    &twiml_stop_recording,
    &twiml_connect_stream,
    &twiml_stream,
    &twiml_stop_stream,
    &twiml_connect_relay,
    &twiml_relay,
    &twiml_pay,
    &twiml_prompt,
    &twiml_refer,
    &twiml_transcription,
    &twiml_stop_transcription,
    &twiml_nouns[PLAN_NOUN_NUMBER],
    &twiml_nouns[PLAN_NOUN_SIP],
    &twiml_nouns[PLAN_NOUN_CLIENT],
    &twiml_nouns[PLAN_NOUN_CONFERENCE],
    &twiml_nouns[PLAN_NOUN_QUEUE],
    NULL,
};
