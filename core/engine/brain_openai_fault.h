#ifndef CORE_ENGINE_BRAIN_OPENAI_FAULT_H
#define CORE_ENGINE_BRAIN_OPENAI_FAULT_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/str.h"

/*
 * What a model server says when it refuses or fails. Servers differ: {"error":{…}} (OpenAI),
 * [{"error":{…}}] with a number as code (Gemini), {"error":"text"} (proxies), {"detail":…}
 * (FastAPI), {"message":…,"code":400} (older vLLM), or no JSON at all.
 */
struct openai_fault {
    int status;                   /* HTTP, or what stands for it in a stream; 0 unknown */
    char message[160], param[64]; /* "" when not said */
    char code[64];                /* word or number as text */
};

/** Does this document tell of a failure? Fills *out (but status, unless the code is one). */
bool openai_fault_find(const struct json *root, struct openai_fault *out);

/** The same for the body of a reply with this HTTP status, which is one in any case. */
void openai_fault_read(int status, struct str body, struct openai_fault *out);

/**
 * As an error with advice: ERR_AUTH, ERR_NOT_FOUND (no such model or address), ERR_INVALID,
 * ERR_RATE_LIMIT, ERR_UPSTREAM. err->retry tells whether the same may work in a moment.
 */
enum error_code openai_fault_error(const struct openai_fault *f, struct error *err);

/** More was asked than the model can read at once. */
bool openai_fault_is_too_long(const struct openai_fault *f);

/** Does it name this field of our request as the cause? */
bool openai_fault_names(const struct openai_fault *f, const char *field);

#endif
