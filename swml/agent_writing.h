#ifndef SWML_AGENT_WRITING_H
#define SWML_AGENT_WRITING_H

#include "core/base/json.h"
#include "swml/agent.h"

/* A place in the document where something of the call belongs. */
struct agent_mark {
    size_t at;
    struct str function; /* whose token; "" the credentials */
};

/* One agent on its way out. Private to agent*.c. */
struct agent_writing {
    struct json_writer j;
    const struct assistant *a;
    const struct swml_agent_options *o;
    struct plan_loss_report *loss;
    struct agent_mark *marks; /* in their order; room for all */
    size_t mark_count;
    enum error_code rc; /* the first failure stays */
    struct error *err;
};

/** A text of the assistant: its references replaced, everything else literal to the carrier. */
void agent_text(struct agent_writing *w, const char *key, struct str text);
void agent_item(struct agent_writing *w, struct str text);

/** A text without references, literal to the carrier; and a list of such as a member. */
void agent_literal(struct agent_writing *w, struct str text);
void agent_phrases(struct agent_writing *w, struct str key, const struct assistant_phrases *p);

/** A string as it is; nothing when it is empty. */
void agent_given(struct agent_writing *w, const char *key, struct str s);

/** JSON of the definition's author, as it is; as a member nothing when v is NULL. */
void agent_value(struct agent_writing *w, const struct json *v);
void agent_json(struct agent_writing *w, const char *key, const struct json *v);

/** An address of ours with query and, for a function's name, a token. */
void agent_address(struct agent_writing *w, const char *key, struct str url, struct str function);

/** agent_prompt.c: "prompt" with its contexts, and "post_prompt". */
void agent_prompts(struct agent_writing *w);

/** agent_functions.c: "SWAIG"; nothing when the assistant has no functions. */
void agent_functions(struct agent_writing *w);

#endif
