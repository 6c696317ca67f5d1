/* Ending, redirecting, looking up and listing calls, and the credential check. */
#include "tests/conformance/provider/suite.h"

/* Each operation behind one signature, with outputs that must stay as they were on failure. */
typedef enum error_code op_fn(struct suite *s);

static bool take(void *ctx, struct str bytes) {
    *(size_t *)ctx += bytes.len;
    return true;
}

static enum error_code op_end(struct suite *s) {
    return provider_end_call(s->p, str_z(s->words->call_sid), &s->err);
}

static enum error_code op_redirect(struct suite *s) {
    return provider_redirect_call(s->p, str_z(s->words->call_sid), STR("https://g/a"), &s->err);
}

static enum error_code op_look_up(struct suite *s) {
    struct provider_call call = {.sid = "before"};
    enum error_code rc = provider_look_up(s->p, str_z(s->words->call_sid), &call, &s->err);
    EXPECT((rc == ERR_OK) != str_eq_z(STR("before"), call.sid));
    return rc;
}

static enum error_code op_list(struct suite *s) {
    struct arena a = {0};
    struct provider_call mark, *calls = &mark;
    size_t count = 77;
    const struct provider_list_filter f = {.to = STR("+12025550100")};
    enum error_code rc = provider_list_calls(s->p, &f, &a, &calls, &count, &s->err);
    EXPECT(rc == ERR_OK || (calls == &mark && count == 77));
    arena_release(&a);
    return rc;
}

static enum error_code op_start(struct suite *s) {
    char sid[CALL_SID_SIZE] = "before";
    const struct provider_recording_control c = {
        .action = PROVIDER_RECORDING_START, .call_sid = str_z(s->words->call_sid), .dual = true};
    enum error_code rc = provider_control_recording(s->p, &c, sid, &s->err);
    EXPECT((rc == ERR_OK) != str_eq_z(STR("before"), sid));
    return rc;
}

static enum error_code op_stop(struct suite *s) {
    const struct provider_recording_control c = {.action = PROVIDER_RECORDING_STOP,
                                                 .call_sid = str_z(s->words->call_sid),
                                                 .recording_sid = str_z(s->words->recording_sid)};
    return provider_control_recording(s->p, &c, NULL, &s->err);
}

static enum error_code op_fetch(struct suite *s) {
    size_t taken = 0;
    struct provider_audio audio = {.bytes = 77};
    enum error_code rc =
        provider_fetch_recording(s->p, str_z(s->words->call_sid), str_z(s->words->recording_sid),
                                 false, take, &taken, &audio, &s->err);
    EXPECT(rc == ERR_OK || (audio.bytes == 77 && taken == 0));
    return rc;
}

static enum error_code op_delete(struct suite *s) {
    return provider_delete_recording(s->p, str_z(s->words->call_sid),
                                     str_z(s->words->recording_sid), &s->err);
}

static enum error_code op_check(struct suite *s) {
    char text[64] = "before";
    enum error_code rc = provider_check(s->p, text, sizeof text, &s->err);
    EXPECT((rc == ERR_OK) != str_eq_z(STR("before"), text));
    return rc;
}

static const struct op {
    const char *name;
    op_fn *run;
    bool reads;                          /* a GET: tried twice, and safe to repeat */
    enum error_code not_found, conflict; /* when it differs from the plain meaning */
    bool judges_400;                     /* has a meaning of its own for 400 */
} ops[] = {
    {"end", op_end, false, ERR_NOT_FOUND, ERR_OK, false},
    {"redirect", op_redirect, false, ERR_NOT_FOUND, ERR_CONFLICT, false},
    {"look_up", op_look_up, true, ERR_NOT_FOUND, ERR_CONFLICT, false},
    {"list", op_list, true, ERR_NOT_FOUND, ERR_CONFLICT, false},
    {"start", op_start, false, ERR_NOT_FOUND, ERR_CONFLICT, false},
    {"stop", op_stop, false, ERR_NOT_FOUND, ERR_CONFLICT, false},
    {"fetch", op_fetch, true, ERR_NOT_FOUND, ERR_CONFLICT, true},
    {"delete", op_delete, false, ERR_OK, ERR_CONFLICT, false},
    {"check", op_check, true, ERR_NOT_FOUND, ERR_CONFLICT, false},
};

/** One answer to everything that op asks; returns the result. */
static enum error_code answer(const struct suite_carrier *c, const struct op *op,
                              struct fake_exchange reply, size_t times, struct error *err) {
    struct fake_exchange script[8];
    bool of_file = op->run == op_fetch || op->run == op_delete;
    size_t before = of_file && c->words->found ? 1 : 0; /* which file it is */
    if (before + times > ARRAY_LEN(script))
        mem_panic("a longer script is needed");
    if (before)
        script[0] = (struct fake_exchange){.method = "GET", .status = 200, .body = c->words->found};
    for (size_t i = 0; i < times; i++)
        script[before + i] = reply;
    struct suite s = suite_begin(c, script, before + times);
    enum error_code rc = op->run(&s);
    EXPECT_INT(fake_http_calls(s.http), before + times);
    EXPECT(rc == ERR_OK || s.err.code == rc);
    EXPECT(rc == ERR_OK || s.err.text[0] != '\0');
    *err = s.err;
    suite_end(&s);
    return rc;
}

#define FOR_EACH_OP(op) for (const struct op *op = ops; op < ops + ARRAY_LEN(ops); op++)

/** Requests until it is believed that there is no such call, and what is said then. */
static size_t tries_of_missing(const struct suite_words *w, const struct op *op) {
    bool doubted = op->run == op_end && !w->over;
    return op->run == op_look_up ? w->look_ups : doubted ? 1 + w->look_ups : 1;
}

static enum error_code code_of_missing(const struct suite_words *w, const struct op *op) {
    bool changes = op->run == op_redirect || op->run == op_start || op->run == op_stop;
    return changes && !w->over ? ERR_CONFLICT : op->not_found; /* not in progress, in any case */
}

TEST(calls, an_error_of_the_carrier_is_named_for_every_operation) {
    FOR_EACH_CARRIER(c) FOR_EACH_OP(op) {
        const struct suite_words *w = c->words;
        struct error err;
        const struct fake_exchange auth = {.status = 401, .body = w->auth};
        const struct fake_exchange missing = {.status = 404, .body = w->not_found};
        const struct fake_exchange invalid = {.status = 400, .body = w->invalid};
        const struct fake_exchange over = {.status = 400, .body = w->over};
        size_t tries_of_400 = op->judges_400 ? w->audio_variants : 1;
        EXPECT_INT(answer(c, op, auth, 1, &err), ERR_AUTH);
        EXPECT_INT(err.http_status, op->run == op_check ? err.http_status : 401);
        EXPECT_INT(answer(c, op, missing, tries_of_missing(w, op), &err), code_of_missing(w, op));
        EXPECT_INT(answer(c, op, invalid, tries_of_400, &err), ERR_INVALID);
        if (w->over)
            EXPECT_INT(answer(c, op, over, tries_of_400, &err), op->conflict);
    }
}

TEST(calls, a_proxys_page_does_not_say_that_something_is_gone_or_over) {
    FOR_EACH_CARRIER(c) FOR_EACH_OP(op) {
        struct error err;
        const struct fake_exchange missing = {.status = 404, .body = "<html>not here</html>"};
        const struct fake_exchange conflict = {.status = 409, .body = "<html>busy</html>"};
        EXPECT_INT(answer(c, op, missing, 1, &err),
                   op->run == op_fetch && !c->words->media ? ERR_NOT_FOUND : ERR_UPSTREAM);
        enum error_code rc = answer(c, op, conflict, 1, &err);
        EXPECT(op->run == op_check ? rc == ERR_UPSTREAM : rc == ERR_CONFLICT && err.retry);
    }
}

TEST(calls, a_passing_fault_is_tried_again_for_reads_only) {
    static const int statuses[] = {429, 500, 502, 503, 504};
    FOR_EACH_CARRIER(c) FOR_EACH_OP(op) for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        struct error err;
        const struct fake_exchange reply = {.status = statuses[i], .body = "<html>"};
        enum error_code want = statuses[i] == 429 ? ERR_RATE_LIMIT : ERR_UPSTREAM;
        EXPECT_INT(answer(c, op, reply, op->reads ? 2 : 1, &err), want);
        EXPECT(err.retry);
        EXPECT_INT(err.http_status, statuses[i]);
    }
}

TEST(calls, a_lost_exchange_is_safe_to_repeat_only_where_nothing_changes) {
    FOR_EACH_CARRIER(c) FOR_EACH_OP(op) {
        struct error err;
        const struct fake_exchange refused = {.fail = ERR_NETWORK}, cut = {.fail = ERR_UNCERTAIN};
        size_t tries = op->reads ? 2 : 1;
        EXPECT_INT(answer(c, op, refused, tries, &err), ERR_NETWORK);
        EXPECT_INT(answer(c, op, cut, tries, &err), op->reads ? ERR_NETWORK : ERR_UNCERTAIN);
        EXPECT_INT(err.retry, op->reads);
    }
}

TEST(calls, a_redirect_is_never_followed_by_itself) {
    FOR_EACH_CARRIER(c) FOR_EACH_OP(op) {
        struct error err;
        const struct fake_exchange reply = {.status = 302, .headers = "Location: file:///x\r\n"};
        EXPECT_INT(answer(c, op, reply, 1, &err), ERR_UPSTREAM);
    }
}

TEST(calls, an_answer_that_cannot_be_read_is_the_carriers_fault) {
    static op_fn *const readers[] = {op_look_up, op_list, op_start, op_stop, op_check};
    static const char *const bodies[] = {"", "{", "[]", "<html>", "{}"};
    FOR_EACH_CARRIER(c)
    for (size_t r = 0; r < ARRAY_LEN(readers); r++)
        for (size_t b = 0; b < ARRAY_LEN(bodies); b++) {
            if (readers[r] == op_stop && c->words->stop_says_nothing)
                continue;
            SUITE(s, c, {.status = 200, .body = bodies[b]});
            enum error_code rc = readers[r](&s);
            EXPECT(rc == ERR_UPSTREAM || (readers[r] == op_check && rc == ERR_AUTH));
            suite_end(&s);
        }
}

TEST(calls, a_running_call_is_ended_and_redirected) {
    FOR_EACH_CARRIER(c) {
        SUITE(s, c,
              {.method = c->words->end_method, .status = 200, .body = c->words->call_completed},
              {.method = "POST", .status = 200, .body = c->words->call_completed});
        EXPECT_INT(op_end(&s), ERR_OK);
        EXPECT_INT(op_redirect(&s), ERR_OK);
        EXPECT(!fake_http_request(s.http, 0)->once);
        suite_end(&s);
    }
}

TEST(calls, a_call_is_looked_up_after_one_stumble) {
    FOR_EACH_CARRIER(c) {
        SUITE(s, c, {.status = 503},
              {.method = "GET", .status = 200, .body = c->words->call_completed});
        struct provider_call call;
        EXPECT_INT(provider_look_up(s.p, str_z(c->words->call_sid), &call, &s.err), ERR_OK);
        EXPECT_STR(call.sid, c->words->call_sid);
        EXPECT_INT(call.status, CALL_COMPLETED);
        EXPECT_INT(call.duration_s, 15);
        EXPECT_INT(call.created_ms, 1767225600000);
        suite_end(&s);
    }
}

TEST(calls, a_wait_that_is_too_long_is_left_to_the_caller) {
    FOR_EACH_CARRIER(c) {
        SUITE(s, c, {.status = 429, .headers = "Retry-After: 60\r\n"});
        EXPECT_INT(op_look_up(&s), ERR_RATE_LIMIT);
        EXPECT_INT(s.err.retry_after_s, 60);
        suite_end(&s);
    }
}

TEST(calls, an_unknown_status_word_leaves_the_status_open) {
    FOR_EACH_CARRIER(c) {
        SUITE(s, c, {.status = 200, .body = c->words->call_unknown_word});
        struct provider_call call = {.status = CALL_BUSY};
        EXPECT_INT(provider_look_up(s.p, str_z(c->words->call_sid), &call, &s.err), ERR_OK);
        EXPECT_INT(call.status, CALL_STATUS_NONE);
        suite_end(&s);
    }
}

/** The list of calls since then; each pass but the first is empty. */
static size_t list_since(const struct suite_carrier *c, int64_t since_ms) {
    const struct suite_words *w = c->words;
    const struct fake_exchange empty = {.method = "GET", .status = 200, .body = w->list_empty};
    struct fake_exchange script[5] = {{.method = "GET", .status = 200, .body = w->list_first},
                                      {.method = "GET", .status = 200, .body = w->list_last},
                                      empty,
                                      empty,
                                      empty};
    struct suite s = suite_begin(c, script, 1 + w->list_passes);
    struct arena a = {0};
    struct provider_call *calls = NULL;
    size_t count = 0;
    const struct provider_list_filter f = {.to = STR("+12025550100"), .since_ms = since_ms};
    EXPECT_INT(provider_list_calls(s.p, &f, &a, &calls, &count, &s.err), ERR_OK);
    if (count == 2) {
        EXPECT_STR(calls[0].sid, w->call_sid);
        EXPECT_INT(calls[0].status, w->listed);
        EXPECT_INT(calls[1].status, CALL_BUSY);
    }
    arena_release(&a);
    suite_end(&s);
    return count;
}

TEST(calls, a_list_has_every_page_and_each_call_once) {
    FOR_EACH_CARRIER(c) {
        EXPECT_INT(list_since(c, 0), 2);
        EXPECT_INT(list_since(c, 1767225600999), 2); /* carriers cut their times to seconds */
        EXPECT_INT(list_since(c, 1767225601000), 0);
    }
}

TEST(calls, a_list_that_never_ends_is_an_error_and_not_a_short_list) {
    FOR_EACH_CARRIER(c) {
        struct fake_exchange script[20];
        for (size_t i = 0; i < ARRAY_LEN(script); i++)
            script[i] = (struct fake_exchange){.status = 200, .body = c->words->list_first};
        struct suite s = suite_begin(c, script, ARRAY_LEN(script));
        EXPECT_INT(op_list(&s), ERR_LIMIT);
        suite_end(&s);
    }
}

TEST(calls, the_credential_check_gives_one_line_without_secrets) {
    FOR_EACH_CARRIER(c) {
        SUITE(s, c, {.status = 200, .body = c->words->check_ok},
              {.status = 200, .body = c->words->check_ok},
              {.status = 200, .body = c->words->check_ok});
        char text[200] = "";
        fake_http_allow_unused(s.http);
        EXPECT_INT(provider_check(s.p, text, sizeof text, &s.err), ERR_OK);
        EXPECT(text[0] != '\0');
        EXPECT(str_find_str(str_z(text), STR("0123456789abcdef")) == strlen(text));
        suite_end(&s);
    }
}

TEST(calls, a_malformed_id_is_not_sent) {
    FOR_EACH_CARRIER(c) {
        struct suite s = suite_begin(c, NULL, 0);
        struct provider_call call;
        EXPECT_INT(provider_end_call(s.p, STR("../x"), &s.err), ERR_INVALID);
        EXPECT_INT(provider_look_up(s.p, STR(" "), &call, &s.err), ERR_INVALID);
        EXPECT_INT(provider_delete_recording(s.p, STR(""), STR("a/b"), &s.err), ERR_INVALID);
        suite_end(&s);
    }
}
