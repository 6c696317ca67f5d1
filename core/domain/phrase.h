#ifndef CORE_DOMAIN_PHRASE_H
#define CORE_DOMAIN_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"

/*
 * Recognising what callers say, deterministically: whole words, without regard to case,
 * apostrophes and punctuation, also of Western European languages. Other bytes are kept as they
 * are.
 */
enum {
    PHRASE_TEXT_MAX = 2000 /* bytes of speech that are looked at */
};

/** Speech as words with one space around each: " yes please ". */
struct phrase_text {
    char words[PHRASE_TEXT_MAX + 4];
    size_t len;
};

void phrase_read(struct phrase_text *t, struct str speech);

/** No word at all was said. */
bool phrase_is_empty(const struct phrase_text *t);

/**
 * Does the speech contain one of the alternatives of pattern, as whole words? "yes|of course"
 * matches "Yes, please" and "of course". "*" matches any words.
 */
bool phrase_match(const struct phrase_text *t, struct str pattern);

enum phrase_answer {
    PHRASE_UNCLEAR = 0,
    PHRASE_YES,
    PHRASE_NO
};

/** Yes or no; unclear when neither or both were said. "I don't mind" is a yes. */
enum phrase_answer phrase_yes_no(const struct phrase_text *t);

#endif
