#include "core/domain/function.h"

#include "core/base/compiler.h"

static const struct function_declaration declarations[] = {
    [FUNCTION_NONE] = {NULL, NULL, NULL},
    [FUNCTION_SHARE_INFORMATION] =
        {"share_information",
         "Keep something that the caller said or that was found out, under a category.",
         "{\"type\":\"object\",\"properties\":{"
         "\"information\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000,"
         "\"description\":\"What was learned, in one sentence\"},"
         "\"category\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64,\"description\":"
         "\"contact_details, debt_info, personal_info, qualification, conversation_flow or "
         "another word\"},"
         "\"caller_id\":{\"type\":\"string\",\"maxLength\":63,"
         "\"description\":\"Whom it is about; left out: the other party of this call\"}},"
         "\"required\":[\"information\",\"category\"]}"},
    [FUNCTION_GET_SHARED_INFORMATION] =
        {"get_shared_information",
         "Read back what was kept earlier, newest first, so that nothing is asked twice.",
         "{\"type\":\"object\",\"properties\":{"
         "\"category\":{\"type\":\"string\",\"maxLength\":64,"
         "\"description\":\"Only this category\"},"
         "\"caller_id\":{\"type\":\"string\",\"maxLength\":63,"
         "\"description\":\"Whom it is about; left out: the other party of this call\"},"
         "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":50,"
         "\"description\":\"How many at most; 10 when left out\"}}}"},
    [FUNCTION_GET_CURRENT_TIME] =
        {"get_current_time", "Tell the current date and time.",
         "{\"type\":\"object\",\"properties\":{"
         "\"timezone\":{\"type\":\"string\",\"maxLength\":64,\"description\":"
         "\"A time zone such as America/New_York, or an offset from UTC such as +05:30; UTC when "
         "left out\"}}}"},
    [FUNCTION_END_CALL] =
        {"end_call", "End the call and keep why it ended.",
         "{\"type\":\"object\",\"properties\":{"
         "\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":63,"
         "\"description\":\"Outcome of the call, such as customer_qualified_transfer\"},"
         "\"caller_id\":{\"type\":\"string\",\"maxLength\":63},"
         "\"duration\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":86400,"
         "\"description\":\"Seconds since the call was answered\"}},"
         "\"required\":[\"reason\"]}"},
    [FUNCTION_REQUEST_RECORDING_CONSENT] =
        {"request_recording_consent",
         "Have the caller asked whether the call may be recorded. The caller's own words decide; "
         "recording starts by itself after a yes.",
         "{\"type\":\"object\",\"properties\":{}}"},
    [FUNCTION_PROCESS_PAYMENT] =
        {"process_payment",
         "Take a payment by card. The caller types the card on the phone's keys; never ask for "
         "card numbers yourself.",
         "{\"type\":\"object\",\"properties\":{"
         "\"amount\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":16,"
         "\"description\":\"Amount to charge, such as 49.99\"},"
         "\"currency\":{\"type\":\"string\",\"maxLength\":3,"
         "\"description\":\"Three letters; usd when left out\"},"
         "\"description\":{\"type\":\"string\",\"maxLength\":200,"
         "\"description\":\"What is paid for\"}},"
         "\"required\":[\"amount\"]}"},
    [FUNCTION_TRANSFER_TO_HUMAN] = {"transfer_to_human", "Connect the caller to a person.",
                                    "{\"type\":\"object\",\"properties\":{"
                                    "\"reason\":{\"type\":\"string\",\"maxLength\":200,"
                                    "\"description\":\"Why, in a few words\"}}}"},
    [FUNCTION_OPT_OUT] =
        {"opt_out", "The caller does not want to be called again: keep that and end the call.",
         "{\"type\":\"object\",\"properties\":{"
         "\"reason\":{\"type\":\"string\",\"maxLength\":200,"
         "\"description\":\"The caller's words\"}}}"},
    [FUNCTION_SCHEDULE_CALLBACK] =
        {"schedule_callback", "Keep that the caller wants to be called back, and when.",
         "{\"type\":\"object\",\"properties\":{"
         "\"when\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":100,"
         "\"description\":\"Date and time as agreed\"},"
         "\"number\":{\"type\":\"string\",\"maxLength\":32,"
         "\"description\":\"Another number than this call's\"},"
         "\"reason\":{\"type\":\"string\",\"maxLength\":200,"
         "\"description\":\"What it is about\"}},"
         "\"required\":[\"when\"]}"},
    [FUNCTION_LEAVE_VOICEMAIL] =
        {"leave_voicemail", "Leave a message on the voicemail that picked up, and end the call.",
         "{\"type\":\"object\",\"properties\":{"
         "\"message\":{\"type\":\"string\",\"maxLength\":1000,"
         "\"description\":\"What to say; left out: the assistant's own message\"}}}"},
};
_Static_assert(ARRAY_LEN(declarations) == FUNCTION_ID_COUNT, "every function is declared");

const struct function_declaration *function_declaration(enum function_id id) {
    return id > FUNCTION_NONE && id < FUNCTION_ID_COUNT ? &declarations[id] : NULL;
}

enum function_id function_find(struct str name) {
    for (size_t i = FUNCTION_NONE + 1; i < FUNCTION_ID_COUNT; i++)
        if (str_eq_z(name, declarations[i].name))
            return (enum function_id)i;
    return FUNCTION_NONE;
}
