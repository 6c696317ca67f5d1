#include "core/domain/phrase.h"

#include <string.h>

#include "core/base/compiler.h"

static const char yes_phrases[] = /* hold a word of refusal, mean yes */
    "no problem|not a problem|no objection|no objections|dont mind|do not mind|wouldnt mind|"
    "would not mind|why not|no worries|no doubt|dont see why not|do not see why not";
static const char no_phrases[] = /* hold a word of agreement, mean no */
    "i do not|do not|absolutely not|definitely not|certainly not|of course not|not fine|not ok|"
    "not okay|not right|not correct|not alright|not agree|not consent";
static const char neutral_phrases[] = /* hold words of both kinds, mean neither */
    "dont know|do not know|not sure|no idea|right now|dont understand|do not understand";
static const char yes_words[] =
    "yes|yeah|yep|yup|yea|sure|ok|okay|correct|right|of course|absolutely|definitely|certainly|"
    "exactly|indeed|affirmative|go ahead|fine|i do|i agree|i consent|sounds good|thats it|"
    "that is it|alright|all right|please do";
static const char no_words[] =
    "no|nope|nah|not|dont|never|negative|wrong|incorrect|refuse|decline|disagree|rather you didnt|"
    "wont|cannot|cant|stop|wouldnt|isnt|doesnt|didnt";

/** Length of an apostrophe at p (' or U+2019), 0 when there is none. */
static size_t apostrophe(const char *p, size_t n) {
    if (*p == '\'')
        return 1;
    return n >= 3 && memcmp(p, "\xE2\x80\x99", 3) == 0 ? 3 : 0;
}

/** Length of a mark beyond ASCII at p that parts words: « » ¡ ¿, dashes, quotes, the ellipsis. */
static size_t mark(const char *p, size_t n) {
    static const char *const latin[] = {"\xC2\xA1", "\xC2\xAB", "\xC2\xBB", "\xC2\xBF"};
    for (size_t i = 0; n >= 2 && i < ARRAY_LEN(latin); i++)
        if (memcmp(p, latin[i], 2) == 0)
            return 2;
    bool general = n >= 3 && memcmp(p, "\xE2\x80", 2) == 0; /* U+2000 … U+203F */
    bool joins = general && (unsigned char)p[2] >= 0x8B && (unsigned char)p[2] <= 0x8F;
    return general && !joins ? 3 : 0;
}

/** Is c the second byte of a capital of Latin-1 (À … Þ, not ×) after this first one? */
static bool is_latin_capital(unsigned char first, unsigned char c) {
    return first == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97;
}

static bool is_word_byte(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

void phrase_read(struct phrase_text *t, struct str speech) {
    size_t n = 0;
    t->words[n++] = ' ';
    for (size_t i = 0; i < speech.len && n < PHRASE_TEXT_MAX; i++) {
        size_t skip = apostrophe(speech.ptr + i, speech.len - i);
        if (skip > 0) {
            i += skip - 1;
            continue;
        }
        char c = speech.ptr[i];
        skip = mark(speech.ptr + i, speech.len - i);
        if (skip > 0) {
            i += skip - 1;
            c = ' ';
        }
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        else if (i > 0 && is_latin_capital((unsigned char)speech.ptr[i - 1], (unsigned char)c))
            c = (char)(c + 0x20);
        if (is_word_byte((unsigned char)c))
            t->words[n++] = c;
        else if (t->words[n - 1] != ' ')
            t->words[n++] = ' ';
    }
    if (t->words[n - 1] != ' ')
        t->words[n++] = ' ';
    t->words[n] = '\0';
    t->len = n;
}

bool phrase_is_empty(const struct phrase_text *t) {
    return t->len <= 1;
}

bool phrase_match(const struct phrase_text *t, struct str pattern) {
    struct str rest = pattern, one;
    while (str_next(&rest, '|', &one)) {
        if (str_eq(str_trim(one), STR("*"))) {
            if (!phrase_is_empty(t))
                return true;
            continue;
        }
        struct phrase_text wanted;
        phrase_read(&wanted, one);
        if (!phrase_is_empty(&wanted) && strstr(t->words, wanted.words))
            return true;
    }
    return false;
}

/** t without the words of the first alternative of pattern that it contains. */
static bool take_out(struct phrase_text *t, const char *pattern) {
    struct str rest = str_z(pattern), one;
    while (str_next(&rest, '|', &one)) {
        struct phrase_text wanted;
        phrase_read(&wanted, one);
        char *found = strstr(t->words, wanted.words);
        if (!found)
            continue;
        /* leaves one of the two spaces around it */
        memmove(found, found + wanted.len - 1, strlen(found + wanted.len - 1) + 1);
        t->len -= wanted.len - 1;
        return true;
    }
    return false;
}

enum phrase_answer phrase_yes_no(const struct phrase_text *t) {
    struct phrase_text left = *t;
    while (take_out(&left, neutral_phrases))
        ;
    bool yes = take_out(&left, yes_phrases);
    bool no = take_out(&left, no_phrases);
    no = phrase_match(&left, STR(no_words)) || no;
    yes = yes || phrase_match(&left, STR(yes_words));
    if (yes == no)
        return PHRASE_UNCLEAR;
    return yes ? PHRASE_YES : PHRASE_NO;
}
