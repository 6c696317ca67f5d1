#include "providers/rest/encode.h"
#include "providers/signalwire/compat.h"

/* SignalWire docs: cXML webhooks; Compatibility API, Call resource. Both "in-progress" and
 * "answered" come for one answer. */
static const struct laml_word statuses[] = {
    {"queued", CALL_DIALING},    {"initiated", CALL_DIALING},
    {"ringing", CALL_RINGING},   {"in-progress", CALL_ANSWERED},
    {"answered", CALL_ANSWERED}, {"completed", CALL_COMPLETED},
    {"busy", CALL_BUSY},         {"no-answer", CALL_NO_ANSWER},
    {"failed", CALL_FAILED},     {"canceled", CALL_CANCELED},
};

/* The callbacks have the words of the API that it is compatible with, the Call resource shorter
 * ones. */
static const struct laml_word answered[] = {
    {"human", CALL_BY_HUMAN},
    {"machine", CALL_BY_MACHINE},
    {"machine_start", CALL_BY_MACHINE},
    {"machine_end_beep", CALL_BY_MACHINE_END},
    {"machine_end_silence", CALL_BY_MACHINE_END},
    {"machine_end_other", CALL_BY_MACHINE_END},
    {"fax", CALL_BY_FAX},
    {"unknown", CALL_BY_UNKNOWN},
};

static const struct laml_word recordings[] = {
    {"in-progress", RECORDING_RUNNING}, {"resumed", RECORDING_RUNNING},
    {"paused", RECORDING_PAUSED},       {"completed", RECORDING_AVAILABLE},
    {"absent", RECORDING_ABSENT},       {"failed", RECORDING_ABSENT},
};

/*
 * SignalWire docs: Compatibility API, error codes, rising. Numbers from 11200 to 12300 tell why a
 * document did not work, in callbacks.
 */
const struct laml_fault signalwire_laml_faults[] = {
    {10000, ERR_INVALID, false, "A parameter is not acceptable: see the message."},
    {11200, ERR_UPSTREAM, true, "The gateway was too slow: check PUBLIC_BASE_URL and the load."},
    {11217, ERR_UPSTREAM, true, "The gateway answered with an error: check its log."},
    {11251, ERR_INVALID, false, "The gateway's reply broke the protocol: check the proxy."},
    {11750, ERR_LIMIT, false, "The document is over 64 kB: say less in one turn."},
    {12100, ERR_INVALID, false, "The document is no well-formed XML: report this fault."},
    {12300, ERR_INVALID, false, "The document's content type is wrong: check the proxy."},
    {20003, ERR_AUTH, false, "Check the project id, the API token and the token's scopes."},
    {20009, ERR_CONFLICT, true, "It is still running: end it first."},
    {20404, ERR_NOT_FOUND, false, "The carrier does not know it: check project and id."},
    {20422, ERR_INVALID, false, "The document is not valid: report this fault."},
    {20429, ERR_RATE_LIMIT, true, "Too many requests at once: it is tried again later."},
    {21201, ERR_INVALID, false, "Give the number to call."},
    {21205, ERR_INVALID, false, "The answer URL is missing: check PUBLIC_BASE_URL."},
    {21208, ERR_INVALID, false, "The ring time-out is invalid: use 1 to 600 seconds."},
    {21209, ERR_INVALID, false, "A callback method is invalid: report this fault."},
    {21210, ERR_INVALID, false, "Buy or verify the caller id, or set one that is yours."},
    {21211, ERR_INVALID, false, "Check the number to call: E.164, and not your own."},
    {21212, ERR_INVALID, false, "Check the caller id: E.164, and one that may call."},
    {21213, ERR_INVALID, false, "Set the caller id: SIGNALWIRE_PHONE_NUMBER."},
    {21219, ERR_AUTH, false, "The project may not call this number: verify it or upgrade."},
    {21220, ERR_CONFLICT, false, "The call is not in the state for this: it may be over."},
    {21234, ERR_INVALID, false, "A machine detection value is out of range: report this fault."},
    {21402, ERR_INVALID, false, "An address is no valid URL: check PUBLIC_BASE_URL."},
    {21611, ERR_RATE_LIMIT, true, "The carrier's queue is full: it is tried again later."},
    {30002, ERR_AUTH, false, "The balance is used up: add funds in the console."},
    {30010, ERR_INVALID, false, "The call costs more than the highest price allowed."},
    {31922, ERR_INVALID, false, "The stream's address must start with wss."},
    {32009, ERR_INVALID, false, "The SIP address is not registered: check it."},
    {90000, ERR_UNSUPPORTED, false, "The carrier does not support this."},
};
const size_t signalwire_laml_fault_count = ARRAY_LEN(signalwire_laml_faults);

#define WORDS(table) \
    { (table), ARRAY_LEN(table) }

const struct laml signalwire_laml = {
    .accounts = "/api/laml/2010-04-01/Accounts/",
    .is_call = rest_is_uuid,
    .is_recording = rest_is_uuid,
    .call_form = "is a UUID",
    .recording_form = "is a UUID",
    .statuses = WORDS(statuses),
    .answered = WORDS(answered),
    .recordings = WORDS(recordings),
    .faults = signalwire_laml_faults,
    .fault_count = &signalwire_laml_fault_count,
    .notice_options = "",
    .current_recording = NULL,
    .number_setting = "SIGNALWIRE_PHONE_NUMBER",
    .key_setting = "signing key",
    .signature_headers = {"X-SignalWire-Signature", "X-Twilio-Signature"},
    .repeats = REST_REPEATS_AS_SENT,
    .time_limit = false, /* nor has a document a word for it */
    .two_channels = false,
    .error_lists = true,
};
