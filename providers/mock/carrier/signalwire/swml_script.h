#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_SCRIPT_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_SWML_SCRIPT_H

#include "providers/mock/carrier/exec.h"
#include "providers/mock/carrier/signalwire/face_sw.h"
#include "providers/mock/carrier/signalwire/swml_exec.h"
#include "providers/mock/carrier/signalwire/swml_expand.h"

/*
 * The state of a call that lives through SWML, shared by the files that carry out its verbs.
 * A verb begins, and either is done at once or waits for LEG_EVENT_STEP and then goes on in its
 * resume function, as the steps of a plan do (exec.h).
 */
enum {
    SWML_FRAMES_MAX = 32,
    SWML_TRANSFERS_MAX = 32, /* of one call ("SignalWire docs: transfer") */
    SWML_JUMPS_MAX = 16,     /* different `goto` of one section */
    SWML_GOTO_MAX = 100,
    SWML_VERBS_MAX = 20000, /* of one call: an endless loop ends */
};

/** A document, as long as a frame is in it. */
struct swml_doc {
    unsigned refs;
    struct json_doc *json;
    char *url; /* where it came from; NULL: it came inline */
};

enum swml_frame_kind {
    SWML_SECTION = 1, /* called, with params of its own */
    SWML_BLOCK,       /* a list within a section: then, else, case, on_return */
    SWML_INLINE,      /* a section that an agent's function asked for: the agent goes on after it */
};

struct swml_jump {
    const struct json *at;
    uint32_t times;
};

struct swml_frame {
    enum swml_frame_kind kind;
    struct swml_doc *doc;
    const struct json *list, *next; /* the verbs; the one to come */
    struct swml_value params;
    const struct json *after; /* the `execute` that called it, in the frame below; may be NULL */
    struct swml_jump jumps[SWML_JUMPS_MAX];
};

/** What a fetched document is for. */
enum swml_fetch {
    SWML_FETCH_NONE = 0,
    SWML_FETCH_START,
    SWML_FETCH_FALLBACK,
    SWML_FETCH_EXECUTE,
    SWML_FETCH_TRANSFER,
};

struct swml_verb {
    const char *name;
    enum exec_next (*begin)(struct carrier *c, struct leg *l, const struct json *v);
    enum exec_next (*resume)(struct carrier *c, struct leg *l); /* NULL: never waits */
    void (*leave)(struct carrier *c, struct leg *l); /* left before its end; may be NULL */
};

struct agent;
struct pay_run;

struct swml_script {
    struct swml_value vars, envs;
    struct swml_frame frames[SWML_FRAMES_MAX];
    size_t depth;
    uint32_t transfers, fetches, verbs;
    const struct swml_verb *verb;   /* the running one; NULL: none */
    const struct json *verb_params; /* its own, in the top frame's document */
    struct swml_value expanded;     /* the same with its references replaced */
    char control_id[SID_SIZE];      /* of the running verb */
    uint32_t controls;              /* control ids given out */
    enum swml_fetch fetching;
    const struct json *fetch_after;
    struct swml_value fetch_params;
    struct outgoing *reply; /* of the verb's own request */
    struct agent *agent;    /* of a running `ai`; it waits while frames from SWML_INLINE on run */
    struct pay_run *pay;
};

struct swml_script *swml_script(struct leg *l); /* made when there is none yet */

/* ---- variables --------------------------------------------------------------------------------
 */

/** What names stand for now. Release it: it holds a copy of `call`. */
struct swml_names {
    struct swml_scope scope;
    struct swml_value call;
};
void swml_names_init(const struct carrier *c, struct leg *l, struct swml_names *n);
void swml_names_release(struct swml_names *n);

void swml_set_var(struct leg *l, const char *name, struct str value);
void swml_take_var(struct leg *l, struct str path, struct swml_value value); /* takes value */
struct str swml_var_text(struct leg *l, const char *name); /* of a string variable, else "" */

/** Expand the parameters of the verb that begins; lists of verbs within are left out. */
void swml_expand_params(struct carrier *c, struct leg *l, const struct json *v);

/** One of them; NULL when absent. */
const struct swml_value *swml_param(struct leg *l, const char *name);
struct str swml_param_text(struct leg *l, const char *name);
double swml_param_number(struct leg *l, const char *name, double fallback);
bool swml_param_bool(struct leg *l, const char *name, bool fallback);

/** The condition is true. One that makes no sense is false, and a script error. */
bool swml_holds(struct carrier *c, struct leg *l, struct str when);

/* ---- flow -------------------------------------------------------------------------------------
 */

/** Note what is wrong with the document in script_error; the call goes on with the next verb. */
void swml_warn(struct carrier *c, struct leg *l, const char *code, struct str what);

/** Parse and check a document; NULL (and *code says why) when it is none. */
struct swml_doc *swml_doc_new(struct str text, struct str url, const char **code);
void swml_doc_unref(struct swml_doc *d); /* NULL is fine */

/** Go into a list of the top frame's document, before what comes next there. */
void swml_push_block(struct carrier *c, struct leg *l, const struct json *verbs);

/** Go into a section. Takes params. False (and params freed) when it is not there, or too deep. */
bool swml_push_section(struct carrier *c, struct leg *l, enum swml_frame_kind kind,
                       struct swml_doc *doc, struct str section, struct swml_value params,
                       const struct json *after);

/** Leave frames until `depth` are left. */
void swml_cut_frames(struct leg *l, size_t depth);

/** Frames below which a transfer does not reach: those of a waiting agent. */
size_t swml_floor(const struct leg *l);

/** Ask for a document. Takes params. */
enum exec_next swml_fetch(struct carrier *c, struct leg *l, struct str url, enum swml_fetch why,
                          struct swml_value params, const struct json *after);

/** Go to dest: a section's name, a URL or a document as text. Takes params. */
enum exec_next swml_go_to(struct carrier *c, struct leg *l, struct str dest, enum swml_fetch how,
                          struct swml_value params, const struct json *after);

/** `result` of execute, connect, join_conference: a switch or a cond over return_value. */
void swml_push_result(struct carrier *c, struct leg *l, const struct json *result);

/** `cond` and `switch` themselves. */
void swml_push_cond(struct carrier *c, struct leg *l, const struct json *cases);
void swml_push_switch(struct carrier *c, struct leg *l, const struct json *v, const char *variable);

/** Run the agent's document: the rest of the call's frames wait. Takes the document. */
bool swml_run_inline(struct carrier *c, struct leg *l, struct swml_doc *doc);

/** Go on from outside a verb's own functions. */
void swml_go_on(struct carrier *c, struct leg *l, enum exec_next next);

/* ---- requests ---------------------------------------------------------------------------------
 */

/** A POST of JSON whose reply wakes the running verb: o ends up in script->reply. */
void swml_send(struct carrier *c, struct leg *l, struct outgoing *o);

/** The tables of verbs; NULL when there is no such verb. */
const struct swml_verb *swml_verb_find(struct str name);
extern const struct swml_verb swml_flow_verbs[], swml_media_verbs[], swml_quiet_verbs[];
extern const size_t swml_flow_verb_count, swml_media_verb_count, swml_quiet_verb_count;
extern const struct swml_verb swml_ai_verb, swml_pay_verb;

/** How a step of the running verb's plan ended: in swml_media.c. */
void swml_media_result(struct carrier *c, struct leg *l, const struct step_result *r);

#endif
