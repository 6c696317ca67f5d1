#include "providers/twilio/words.h"

#include "providers/rest/encode.h"
#include "providers/twilio/requests.h"

/* Twilio docs: Call resource, "Call status values"; the webhook's CallStatus adds "initiated".
 * "queued" is the carrier's own queue: it has the call, so for us it is being dialled. */
const struct laml_word twilio_status_words[] = {
    {"queued", CALL_DIALING},       {"initiated", CALL_DIALING},   {"ringing", CALL_RINGING},
    {"in-progress", CALL_ANSWERED}, {"completed", CALL_COMPLETED}, {"busy", CALL_BUSY},
    {"no-answer", CALL_NO_ANSWER},  {"failed", CALL_FAILED},       {"canceled", CALL_CANCELED},
};
const size_t twilio_status_word_count = ARRAY_LEN(twilio_status_words);

/* Twilio docs: Answering Machine Detection, AnsweredBy. */
const struct laml_word twilio_answered_words[] = {
    {"human", CALL_BY_HUMAN},
    {"machine_start", CALL_BY_MACHINE},
    {"machine_end_beep", CALL_BY_MACHINE_END},
    {"machine_end_silence", CALL_BY_MACHINE_END},
    {"machine_end_other", CALL_BY_MACHINE_END},
    {"fax", CALL_BY_FAX},
    {"unknown", CALL_BY_UNKNOWN},
};
const size_t twilio_answered_word_count = ARRAY_LEN(twilio_answered_words);

/* Twilio docs: Recordings resource, RecordingStatus; "failed" is from the older Record page. */
const struct laml_word twilio_recording_words[] = {
    {"in-progress", RECORDING_RUNNING}, {"paused", RECORDING_PAUSED},
    {"completed", RECORDING_AVAILABLE}, {"absent", RECORDING_ABSENT},
    {"failed", RECORDING_ABSENT},
};
const size_t twilio_recording_word_count = ARRAY_LEN(twilio_recording_words);

static bool is_call(struct str sid) {
    return rest_is_id(sid, "CA", TWILIO_SID_HEX);
}

static bool is_recording(struct str sid) {
    return rest_is_id(sid, "RE", TWILIO_SID_HEX);
}

/*
 * Twilio retries a callback once, and only when connecting failed, unless the URL's fragment says
 * otherwise (Twilio docs: connection overrides). The fragment is neither sent nor signed. Notices
 * get: 2 s to connect and 4 s to answer, so that several tries fit into the ceiling of 15 s; up to
 * five more tries, also after an answer of 4xx or 5xx, since a proxy says those while we restart.
 * A notice that comes twice is known by its content.
 */
#define NOTICE_RETRIES "#ct=2000&rt=4000&rc=5&rp=4xx,5xx,ct,rt"

#define WORDS(table) \
    { (table), ARRAY_LEN(table) }

const struct laml twilio_laml = {
    .accounts = "/2010-04-01/Accounts/",
    .is_call = is_call,
    .is_recording = is_recording,
    .call_form = "starts with CA and has 32 hex digits",
    .recording_form = "starts with RE and has 32 hex digits",
    .statuses = WORDS(twilio_status_words),
    .answered = WORDS(twilio_answered_words),
    .recordings = WORDS(twilio_recording_words),
    .faults = twilio_faults,
    .fault_count = &twilio_fault_count,
    .notice_options = NOTICE_RETRIES,
    .current_recording = "Twilio.CURRENT",
    .number_setting = "TWILIO_PHONE_NUMBER",
    .key_setting = "auth token",
    .signature_headers = {"X-Twilio-Signature", NULL},
    .repeats = REST_REPEATS_DISTINCT,
    .time_limit = true,
    .two_channels = true,
};

enum call_status twilio_status(struct str word) {
    return laml_status(&twilio_laml, word);
}

enum call_answered_by twilio_answered_by(struct str word) {
    return laml_answered_by(&twilio_laml, word);
}

enum recording_status twilio_recording_status(struct str word) {
    return laml_recording_status(&twilio_laml, word);
}

const struct laml_fault *twilio_fault_find(int64_t number) {
    return laml_fault_find(&twilio_laml, number);
}
