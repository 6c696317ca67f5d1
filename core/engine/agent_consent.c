#include "core/engine/agent_consent.h"

#include "core/base/compiler.h"
#include "core/domain/phrase.h"
#include "core/engine/conversation.h"

/* ---- what the caller said ----------------------------------------------------------------------
 */

static bool contains_nocase(struct str text, struct str word) {
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (str_eq_nocase(str_from(text.ptr + i, word.len), word))
            return true;
    return false;
}

static bool is_role(const struct json *line, const char *role) {
    return str_eq_z(json_str(json_get(line, "role")), role);
}

/* "This call may be recorded. Is that okay?" */
static bool refers_back(struct str question) {
    static const struct str words[] = {
        STR_INIT("okay"),  STR_INIT("ok with"), STR_INIT("all right"), STR_INIT("alright"),
        STR_INIT("agree"), STR_INIT("consent"), STR_INIT("fine"),      STR_INIT("is that")};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (contains_nocase(question, words[i]))
            return true;
    return false;
}

static bool is_announced(struct str said) {
    return contains_nocase(said, STR("record")) && !contains_nocase(said, STR(" not "));
}

/*
 * Is what the caller answers, the last question in the words, one about recording? After "This call
 * is not recorded. Shall I take your payment?" a yes is none to a recording.
 */
static bool asks_about_recording(const struct assistant *a, struct str said) {
    struct str question = {0}, before = {0}, last = {0};
    size_t from = 0;
    if (a->recording.question.len > 0 && contains_nocase(said, a->recording.question))
        return true;
    for (size_t i = 0; i < said.len; i++) {
        char c = said.ptr[i];
        if (c != '.' && c != '!' && c != '?')
            continue;
        struct str sentence = str_from(said.ptr + from, i - from);
        if (c == '?') {
            question = sentence;
            before = last;
        }
        last = sentence;
        from = i + 1;
    }
    if (question.len == 0)
        return is_announced(said);
    return contains_nocase(question, STR("record")) ||
           (refers_back(question) && is_announced(before));
}

/* "Do you mind if I record this?" A no may be a yes to that, and a yes is none. */
static bool is_reversed(struct str asked) {
    return contains_nocase(asked, STR("mind if")) || contains_nocase(asked, STR("you mind")) ||
           contains_nocase(asked, STR("object"));
}

/* The caller's last words, if they answer a question about recording; "" otherwise. */
static struct str answer_to_question(const struct assistant *a, const struct json *log,
                                     bool *reversed) {
    struct str asked = {0}, answer = {0};
    for (const struct json *line = json_first(log); line; line = json_next(line)) {
        struct str said = json_str(json_get(line, "content"));
        if (is_role(line, "assistant") && said.len > 0)
            asked = said;
        else if (is_role(line, "user"))
            answer = asks_about_recording(a, asked) ? said : (struct str){0};
    }
    *reversed = is_reversed(asked);
    return answer;
}

/* The agent may speak any of the assistant's languages; a no in one of them is a no. */
static enum phrase_answer answer_of(const struct assistant *a, struct str words, bool reversed) {
    struct phrase_text t;
    enum phrase_answer answer = PHRASE_UNCLEAR;
    phrase_read(&t, words);
    for (size_t i = 0; i < a->language_count && answer != PHRASE_NO; i++) {
        enum phrase_answer in_it = assistant_yes_no(&a->languages[i], &t);
        answer = in_it != PHRASE_UNCLEAR ? in_it : answer;
    }
    return !reversed ? answer : answer == PHRASE_YES ? PHRASE_NO : PHRASE_UNCLEAR;
}

/* ---- what a function wants ---------------------------------------------------------------------
 */

/* Plans and documents in a carrier's words are not taken apart here: what may record does. */
static bool records(const struct function_action *a) {
    bool document = a->kind == FUNCTION_ACTION_PLAN || a->kind == FUNCTION_ACTION_FOREIGN;
    return a->kind == FUNCTION_ACTION_START_RECORDING ||
           a->kind == FUNCTION_ACTION_RESUME_RECORDING ||
           (document && consents_may_record(a->json));
}

static bool wants_recording(const struct function_reply *r) {
    for (size_t i = 0; i < r->action_count; i++)
        if (records(&r->actions[i]))
            return true;
    return false;
}

static bool effect_records(const struct assistant_effect *e) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(65536);
    if (e->actions)
        json_put_value(&text, e->actions);
    return str_find_str(buf_str(&text), STR("start_recording")) < text.len;
}

/* Is it a function that would start recording for another answer? */
static bool is_about_consent(const struct assistant *a, struct str function) {
    const struct assistant_function *f = assistant_find_function(a, function);
    if (!f || str_eq_z(function, "request_recording_consent"))
        return f != NULL;
    bool found = effect_records(&f->effect);
    for (size_t i = 0; i < f->rule_count; i++)
        found = found || effect_records(&f->rules[i].effect);
    return found;
}

/* ---- the verdict -------------------------------------------------------------------------------
 */

static void take_out(struct function_reply *r, bool (*which)(const struct function_action *a)) {
    size_t n = 0;
    for (size_t i = 0; i < r->action_count; i++)
        if (!which(&r->actions[i]))
            r->actions[n++] = r->actions[i];
    r->action_count = n;
}

static bool asks_consent(const struct function_action *a) {
    return a->kind == FUNCTION_ACTION_ASK_CONSENT;
}

static bool has_question(const struct function_reply *r) {
    for (size_t i = 0; i < r->action_count; i++)
        if (asks_consent(&r->actions[i]))
            return true;
    return false;
}

static void say_instead(struct function_reply *r, struct str why) {
    r->response = why;
    r->prompt = (struct str){0};
}

/* The engine's own question, put by the agent: it comes back with the answer in its log. */
static void turn_question(const struct assistant *a, struct str function, struct arena *arena,
                          struct function_reply *r, const struct agent_judgement *j) {
    take_out(r, asks_consent);
    if (consents_allow_recording(CALL_RECORD_ASK, &j->standing)) {
        (void)function_reply_add(r, FUNCTION_ACTION_START_RECORDING);
        say_instead(r, a->recording.accepted.len > 0 ? a->recording.accepted
                                                     : STR("The call is recorded now."));
    } else if (consents_forbid_recording(&j->standing)) {
        say_instead(r, a->recording.refused.len > 0 ? a->recording.refused
                                                    : STR("The call is not recorded."));
    } else {
        say_instead(r, arena_printf(arena,
                                    "Ask the caller now: \"" STR_FMT "\" Call " STR_FMT
                                    " again when the caller has answered.",
                                    STR_ARG(a->recording.question), STR_ARG(function)));
    }
}

static void refuse(struct function_reply *r, enum call_record rule, struct str function,
                   struct arena *arena) {
    take_out(r, records);
    say_instead(r, rule == CALL_RECORD_ASK
                       ? arena_printf(arena,
                                      "Recording was not started: the caller has not said yes to "
                                      "it. Ask the caller whether the call may be recorded, and "
                                      "call " STR_FMT " again after a clear yes.",
                                      STR_ARG(function))
                       : STR("Recording was not started: calls of this assistant are not "
                             "recorded."));
}

void agent_consent_judge(const struct assistant *a, struct str function, enum call_record rule,
                         const struct json *call_log, struct arena *arena,
                         struct function_reply *reply, struct agent_judgement *j) {
    bool about = rule == CALL_RECORD_ASK && is_about_consent(a, function);
    bool reversed = false;
    struct str words = answer_to_question(a, call_log, &reversed);
    enum phrase_answer answer = answer_of(a, words, reversed);
    bool known = answer == PHRASE_YES ? consents_allow_recording(CALL_RECORD_ASK, &j->standing)
                                      : consents_forbid_recording(&j->standing);
    if ((about || (rule == CALL_RECORD_ASK && wants_recording(reply))) &&
        answer != PHRASE_UNCLEAR && !known) {
        j->standing =
            (struct consent_standing){answer == PHRASE_YES ? CONSENT_GIVEN : CONSENT_REFUSED, true};
        j->answered = true;
        j->words = conversation_fit(arena, NULL, words);
    }
    if (has_question(reply))
        turn_question(a, function, arena, reply, j);
    bool allowed = consents_allow_recording(rule, &j->standing);
    if (!allowed && wants_recording(reply))
        refuse(reply, rule, function, arena);
}
