#ifndef CORE_DOMAIN_ASSISTANT_READ_H
#define CORE_DOMAIN_ASSISTANT_READ_H

/* What assistant_parse*.c and flow_parse.c share. For those only. */
#include "core/domain/assistant.h"
#include "core/domain/definition.h"
#include "core/domain/flow.h"

enum {
    ASSISTANT_DATA_NAME_MAX = 76 /* bytes of "global_data." and a name */
};

struct assistant_reader {
    struct definition d;
    struct assistant *a;
    struct flow *flow; /* slots are known before any text is read; NULL while there is no flow */
};

/** Member that is spoken or kept: text whose references all have a meaning. */
struct str assistant_read_say(struct assistant_reader *r, const struct json *obj,
                              const struct definition_at *at, const char *member, size_t max,
                              enum definition_need need);

/** Check the references of a text at `at`. */
void assistant_check_references(struct assistant_reader *r, struct str text,
                                const struct definition_at *at);

/** "global_data.NAME" with a NAME that data can have. */
bool assistant_is_data_name(struct str name);

/** List of phrases ("yes|of course"), none of them empty. */
void assistant_read_phrases(struct assistant_reader *r, const struct json *obj,
                            const struct definition_at *at, const char *member, struct str **out,
                            size_t *count);

/** A text, number or boolean as text. */
struct str assistant_read_value(struct assistant_reader *r, const struct json *v,
                                const struct definition_at *at);

/* The parts of the document, each into r->a; in assistant_parse_speech.c, _function.c, _brain.c. */
void assistant_read_languages(struct assistant_reader *r, const struct json *root);
void assistant_read_hints(struct assistant_reader *r, const struct json *root);
void assistant_read_pronunciations(struct assistant_reader *r, const struct json *root);
void assistant_read_functions(struct assistant_reader *r, const struct json *root);
void assistant_read_prompts(struct assistant_reader *r, const struct json *root);
void assistant_read_model(struct assistant_reader *r, const struct json *root);
void assistant_read_contexts(struct assistant_reader *r, const struct json *root);

/** "fillers" of a function: a list, or lists by language. */
void assistant_read_fillers(struct assistant_reader *r, const struct json *obj,
                            const struct definition_at *at, struct assistant_function *f);

/** Read "flow" into r->a->flow. */
void flow_read(struct assistant_reader *r, const struct json *v, const struct definition_at *at);

/** Every state must be reachable, lead to an end and not run in circles without a question. */
void flow_check_paths(struct assistant_reader *r, const struct definition_at *at);

/** An action change_step or change_context of a declared function; at is its place. */
typedef void assistant_move_fn(void *ctx, bool to_context, struct str target,
                               const struct definition_at *at);
void assistant_each_move(const struct assistant *a, assistant_move_fn *visit, void *ctx);

/** Where it leads is known on the call only. */
bool assistant_move_is_open(struct str target);

/** Does each lead somewhere? When flow and contexts have been read. */
void assistant_check_moves(struct assistant_reader *r);

#endif
