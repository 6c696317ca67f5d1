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
         "\"UTC (when left out), or a fixed offset from it such as +05:30 or -08:00\"}}}"},
    [FUNCTION_END_CALL] =
        {"end_call", "End the call and keep why it ended.",
         "{\"type\":\"object\",\"properties\":{"
         "\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":63,"
         "\"description\":\"Outcome of the call, such as customer_qualified_transfer\"},"
         "\"caller_id\":{\"type\":\"string\",\"maxLength\":63},"
         "\"duration\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":86400,"
         "\"description\":\"Seconds since the call was answered\"}},"
         "\"required\":[\"reason\"]}"},
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
