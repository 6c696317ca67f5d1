#include "core/base/compiler.h"
#include "core/domain/assistant.h"

static const struct {
    const char *name;
    struct str english; /* of what the assistant does not word in any case */
} lines[] = {
    [ASSISTANT_LINE_NONE] = {"none", STR_INIT("")},
    [ASSISTANT_LINE_NOT_HEARD] = {"not_heard", STR_INIT("I did not hear anything.")},
    [ASSISTANT_LINE_NOT_UNDERSTOOD] = {"not_understood",
                                       STR_INIT("I am sorry, I did not understand that.")},
    [ASSISTANT_LINE_WRONG] = {"wrong", STR_INIT("I am sorry.")},
    [ASSISTANT_LINE_WAIT] = {"wait", STR_INIT("One moment, please.")},
    [ASSISTANT_LINE_STILL_WAITING] = {"still_waiting",
                                      STR_INIT("I am still working on it, please wait.")},
    [ASSISTANT_LINE_HOLD] = {"hold", STR_INIT("Please hold the line.")},
    [ASSISTANT_LINE_STILL_HOLDING] = {"still_holding", STR_INIT("Please continue to hold.")},
    [ASSISTANT_LINE_GOODBYE] = {"goodbye", STR_INIT("")},
    [ASSISTANT_LINE_FALLBACK] = {"fallback_line", STR_INIT("")},
};
_Static_assert(ARRAY_LEN(lines) == ASSISTANT_LINE_COUNT, "every line has a name");

const char *assistant_line_name(enum assistant_line l) {
    return (unsigned)l < ASSISTANT_LINE_COUNT ? lines[l].name : lines[0].name;
}

struct str assistant_line(const struct assistant *a, const struct assistant_language *l,
                          enum assistant_line line) {
    return l->lines[line].len > 0            ? l->lines[line]
           : line == ASSISTANT_LINE_GOODBYE  ? a->goodbye
           : line == ASSISTANT_LINE_FALLBACK ? a->fallback_line
                                             : lines[line].english;
}

struct str assistant_voice_for(const struct assistant_language *l, struct str provider) {
    for (size_t i = 0; i < l->voice_count; i++)
        if (str_eq(l->voices[i].provider, provider))
            return l->voices[i].voice;
    return l->voice;
}

const struct assistant_language *assistant_find_language(const struct assistant *a,
                                                         struct str code) {
    for (size_t i = 0; i < a->language_count; i++)
        if (str_eq_nocase(a->languages[i].code, code))
            return &a->languages[i];
    return NULL;
}

static bool is_one_of(const struct phrase_text *said, const struct assistant_phrases *phrases) {
    for (size_t i = 0; i < phrases->count; i++)
        if (phrase_match(said, phrases->items[i]))
            return true;
    return false;
}

enum phrase_answer assistant_yes_no(const struct assistant_language *l,
                                    const struct phrase_text *said) {
    bool yes = is_one_of(said, &l->yes), no = is_one_of(said, &l->no);
    if (yes && no)
        return PHRASE_UNCLEAR;
    return yes ? PHRASE_YES : no ? PHRASE_NO : phrase_yes_no(said);
}
