#ifndef SWML_FUNCTION_RESULT_JSON_H
#define SWML_FUNCTION_RESULT_JSON_H

#include "core/base/json.h"
#include "swml/function_result.h"

/* Inside of function_result*.c: judging arguments and writing one action. */

extern const struct json_limits result_json_limits;

/* Each judgement is false once it has noted the fault; "" is fine unless the name says given. */
bool result_refuse(struct function_result *r, const char *field, const char *why); /* false */
bool result_is_json(struct function_result *r, const char *field, struct str json);
bool result_is_given_json(struct function_result *r, const char *field, struct str json);
bool result_is_given(struct function_result *r, const char *field, struct str s);

/** One of `words`, which NULL ends. */
bool result_is_word(struct function_result *r, const char *field, struct str s,
                    const char *const *words, const char *why);

/* A whole action with one member. */
void result_put_text(struct function_result *r, const char *name, struct str text);
void result_put_bool(struct function_result *r, const char *name, bool v);
void result_put_int(struct function_result *r, const char *name, int64_t n);
void result_put_json(struct function_result *r, const char *name, struct str json);

/* An action by hand: begin, members, json_end_object(). */
void result_begin(struct function_result *r, struct json_writer *w);
void result_kv_json(struct json_writer *w, const char *name, struct str json); /* "": nothing */
void result_kv_given(struct json_writer *w, const char *name, struct str s);   /* "": nothing */
void result_kv_or(struct json_writer *w, const char *name, struct str s, const char *otherwise);
void result_kv_double(struct json_writer *w, const char *name, double d);

/** Numbers and switches of `pay` travel as text: that is what the carrier's own SDK sends. */
void result_kv_u32_text(struct json_writer *w, const char *name, uint32_t n);

/** {"SWML":{"version":…,"sections":{"main":[ and, where given, what the agent is told after it. */
void result_begin_swml(struct function_result *r, struct json_writer *w, struct str ai_response);

/** transfer: "true" or "false" beside the document, NULL: neither. */
void result_end_swml(struct json_writer *w, const char *transfer);
void result_begin_verb(struct json_writer *w, const char *name);
void result_end_verb(struct json_writer *w);

/** A document of one verb with at most one member. */
void result_put_verb(struct function_result *r, const char *verb, const char *member,
                     struct str value);

#endif
