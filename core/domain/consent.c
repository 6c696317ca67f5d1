#include "core/domain/consent.h"

#include "core/domain/names.h"

static const char *const answer_names[] = {
    [CONSENT_NONE] = "none",
    [CONSENT_GIVEN] = "given",
    [CONSENT_REFUSED] = "refused",
    [CONSENT_WITHDRAWN] = "withdrawn",
};
_Static_assert(ARRAY_LEN(answer_names) == CONSENT_ANSWER_COUNT, "every answer has a name");

const char *consent_answer_name(enum consent_answer a) {
    return (unsigned)a < CONSENT_ANSWER_COUNT ? answer_names[a] : answer_names[CONSENT_NONE];
}

bool consent_answer_parse(struct str s, enum consent_answer *out) {
    size_t i;
    if (!names_find(answer_names, CONSENT_NONE + 1, CONSENT_ANSWER_COUNT, s, &i))
        return false;
    *out = (enum consent_answer)i;
    return true;
}
