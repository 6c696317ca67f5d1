#include "providers/plivo/words.h"

/* Plivo docs: call status. "queued" is the carrier's own queue: it has the call, so for us it is
 * being dialled. */
const struct plivo_word plivo_status_words[] = {
    {"queued", CALL_DIALING},      {"ringing", CALL_RINGING},     {"in-progress", CALL_ANSWERED},
    {"completed", CALL_COMPLETED}, {"busy", CALL_BUSY},           {"failed", CALL_FAILED},
    {"timeout", CALL_NO_ANSWER},   {"no-answer", CALL_NO_ANSWER}, {"cancel", CALL_CANCELED},
};
const size_t plivo_status_word_count = ARRAY_LEN(plivo_status_words);

enum call_status plivo_status(struct str word) {
    for (size_t i = 0; i < plivo_status_word_count; i++)
        if (str_eq_z(word, plivo_status_words[i].word))
            return plivo_status_words[i].meaning;
    return CALL_STATUS_NONE;
}

const struct plivo_cause *plivo_cause_find(int64_t code) {
    for (size_t i = 0; i < plivo_cause_count; i++)
        if (plivo_causes[i].code == code)
            return &plivo_causes[i];
    return NULL;
}

enum call_status plivo_outcome(int64_t code, struct str word, bool answered) {
    const struct plivo_cause *cause = plivo_cause_find(code);
    enum call_status s = cause ? cause->status : CALL_STATUS_NONE;
    if (s == CALL_STATUS_NONE)
        s = plivo_status(word);
    if (!call_status_is_final(s))
        s = code > 0 ? CALL_FAILED : CALL_STATUS_NONE; /* a cause that is new to us */
    return s == CALL_CANCELED && answered ? CALL_COMPLETED : s;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/** Does text hold part, whose letters are small? */
static bool holds(struct str text, const char *part) {
    size_t n = strlen(part);
    for (size_t at = 0; at + n <= text.len; at++) {
        size_t i = 0;
        while (i < n && lower(text.ptr[at + i]) == part[i])
            i++;
        if (i == n)
            return true;
    }
    return false;
}

const struct plivo_fault *plivo_fault_find(struct str text) {
    for (size_t i = 0; i < plivo_fault_count; i++)
        if (holds(text, plivo_faults[i].part))
            return &plivo_faults[i];
    return NULL;
}
