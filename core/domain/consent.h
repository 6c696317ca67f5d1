#ifndef CORE_DOMAIN_CONSENT_H
#define CORE_DOMAIN_CONSENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/compiler.h"
#include "core/base/str.h"

#define CONSENT_ID_PREFIX "con"

enum consent_answer {
    CONSENT_NONE = 0,
    CONSENT_GIVEN,
    CONSENT_REFUSED,
    CONSENT_WITHDRAWN,
    CONSENT_ANSWER_COUNT
};
const char *consent_answer_name(enum consent_answer a); /* "given" "refused" "withdrawn" */
NODISCARD bool consent_answer_parse(struct str s, enum consent_answer *out);

enum {
    CONSENT_PURPOSE_MAX = 32,
    CONSENT_BASIS_MAX = 64,
    CONSENT_TEXT_MAX = 1000,
};

/* What a consent rests on, as far as we write it ourselves; the API may name another. */
#define CONSENT_BASIS_CALL "asked on the call"
#define CONSENT_BASIS_API  "api"
/* What is consented to, as far as we ask for it. */
#define CONSENT_RECORDING "recording"

/** One line of the consent ledger: written once, never changed. A later line outweighs it. */
struct consent {
    int64_t id;
    int64_t call_id;    /* 0: got outside a call */
    struct str caller;  /* E.164 */
    struct str purpose; /* lower case: CONSENT_RECORDING, "calling" … */
    enum consent_answer answer;
    struct str basis;
    struct str question, words;    /* as they were asked and answered, masked; "" not known */
    struct str assistant, version; /* who asked; "" nobody */
    int64_t at_ms;
};

struct consent_filter {
    int64_t call_id;            /* 0: any */
    struct str caller, purpose; /* "": any */
    enum consent_answer answer; /* CONSENT_NONE: any */
    int64_t since_ms, until_ms; /* until excluded; 0: open */
    int64_t before_id;          /* cursor; 0: from the newest */
    uint32_t limit;
};

#endif
