/* Assistants as documents of the carrier's own agent: the SDK's documents, member by member. */
#include "core/base/mem.h"
#include "swml/agent.h"
#include "tests/support/json_same.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

enum {
    DOCUMENT_MAX = 65536
};

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/swaig/agent-documents.json";
static const char call_id[] = "b5d63b2e-f75b-4dc8-b6d4-269b635f96c0";

/* What the SDK was given for its documents; the key is set by begin(). */
static const struct swml_agent_options given = {
    .function_url = STR_INIT("http://localhost:3000/swaig/"),
    .post_prompt_url = STR_INIT("http://localhost:3000/post_prompt/"),
    .has_tokens = true,
};

struct bench {
    struct swml_agent_call call;
    struct json_doc *params, *consent, *amount, *vectors;
    struct assistant a;
    struct assistant_function functions[2];
    struct buf made;
    struct plan_loss_report loss;
};

static struct json_doc *parsed(const char *text) {
    static const struct json_limits limits = {.bytes_max = DOCUMENT_MAX, .values_max = 5000};
    struct json_doc *doc = NULL;
    EXPECT_INT(json_parse(str_z(text), &limits, &doc, NULL), ERR_OK);
    return doc;
}

static struct json_doc *read_vectors(void) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(DOCUMENT_MAX);
    EXPECT(read_file(vectors_path, &text));
    return parsed(text.ptr ? text.ptr : "");
}

static struct str policy[] = {STR_INIT("Disclose recording at call start"),
                              STR_INIT("Use process_payment function for card collection"),
                              STR_INIT("Card data is collected securely via IVR"),
                              STR_INIT("Never ask customer to speak card numbers")};
static struct assistant_section sections[] = {
    {.title = STR_INIT("Role"),
     .body = STR_INIT("You process payments for customers. Always disclose recording at call "
                      "start.")},
    {.title = STR_INIT("Recording Policy"), .bullets = policy, .bullet_count = 4},
};
static struct assistant_language english = {
    .name = STR_INIT("English"), .code = STR_INIT("en-US"), .voice = STR_INIT("rime.spore")};

/* The lab's agent. */
static void begin(struct bench *b) {
    EXPECT(secret_system_init());
    *b = (struct bench){.made = BUF_INIT(DOCUMENT_MAX)};
    struct secret key = {0};
    secret_set(&key, STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
    b->call = (struct swml_agent_call){.credentials = STR("user:pass"),
                                       .grant = {.key = digest_hmac_sha256_new(&key),
                                                 .call_id = str_z(call_id),
                                                 .nonce = STR("a1b2c3d4e5f60718"),
                                                 .expires_s = 1767225600 + 3600}};
    secret_release(&key);
    b->vectors = read_vectors();
    b->params = parsed("{\"record_call\":true,\"record_format\":\"mp3\",\"record_stereo\":true}");
    b->consent = parsed("{\"type\":\"object\",\"properties\":{\"consent_given\":{\"type\":"
                        "\"string\",\"enum\":[\"yes\",\"no\"],\"description\":\"Whether caller "
                        "consents to recording\"}},\"required\":[\"consent_given\"]}");
    b->amount = parsed("{\"type\":\"object\",\"properties\":{\"amount\":{\"type\":\"string\","
                       "\"description\":\"Amount to charge (e.g., '49.99')\"}},\"required\":["
                       "\"amount\"]}");
    b->functions[0] =
        (struct assistant_function){.name = STR("handle_consent"),
                                    .kind = ASSISTANT_FUNCTION_DECLARED,
                                    .description = STR("Get recording consent from caller"),
                                    .parameters = json_root(b->consent)};
    b->functions[1] =
        (struct assistant_function){.name = STR("process_payment"),
                                    .kind = ASSISTANT_FUNCTION_DECLARED,
                                    .description = STR("Process payment for customer"),
                                    .parameters = json_root(b->amount)};
    b->a = (struct assistant){.name = STR("payment-agent"),
                              .prompt = {.sections = sections, .section_count = 2},
                              .params = json_root(b->params),
                              .languages = &english,
                              .language_count = 1,
                              .functions = b->functions,
                              .function_count = 2};
}

static void end(struct bench *b) {
    digest_hmac_free(b->call.grant.key);
    json_doc_free(b->params);
    json_doc_free(b->consent);
    json_doc_free(b->amount);
    json_doc_free(b->vectors);
    buf_release(&b->made);
}

static enum error_code try_write(struct bench *b, const struct swml_agent_options *o,
                                 struct buf *out, struct error *err) {
    return swml_agent_write(&b->a, o, SWML_AGENT_WHOLE, &b->call, out, &b->loss, err);
}

static void write(struct bench *b, struct swml_agent_options o) {
    buf_clear(&b->made);
    b->loss = (struct plan_loss_report){0};
    EXPECT_INT(try_write(b, &o, &b->made, NULL), ERR_OK);
}

static bool made_is(const struct bench *b, const char *vector) {
    CLEANUP(buf_release) struct buf want = BUF_INIT(DOCUMENT_MAX);
    json_put_value(&want, json_get(json_root(b->vectors), vector));
    return json_same_text(buf_str(&b->made), buf_str(&want));
}

static bool has(const struct bench *b, const char *text) {
    return str_find_str(buf_str(&b->made), str_z(text)) < b->made.len;
}

TEST(agent, of_the_lab_is_the_sdks_document) {
    struct bench b;
    begin(&b);
    write(&b, given);
    EXPECT(made_is(&b, "complete_solution"));
    struct swml_agent_options proxied = given;
    proxied.function_url = STR("https://abc.ngrok-free.app/swaig/");
    write(&b, proxied);
    EXPECT(made_is(&b, "with_SWML_PROXY_URL_BASE"));
    end(&b);
}

TEST(agent, is_said_to_record_by_the_rule_and_not_by_its_parameters) {
    struct bench b;
    begin(&b);
    write(&b, given);
    EXPECT_INT(b.loss.count, 3);
    EXPECT_STR(b.loss.items[0].where, "params.record_call");
    EXPECT(!has(&b, "{\"record_call\":{"));
    struct swml_agent_options on = given;
    on.record = CALL_RECORD_ON;
    b.a.recording = (struct assistant_recording){.channels = 2, .format = STR("mp3")};
    write(&b, on);
    EXPECT(has(&b, "{\"record_call\":{\"format\":\"mp3\",\"stereo\":true}}"));
    EXPECT(str_find_str(str_z(b.loss.items[0].remedy), STR("is in the document")) <
           strlen(b.loss.items[0].remedy));
    end(&b);
}

TEST(agent, that_records_from_the_start_is_the_sdks_document) {
    struct bench b;
    struct assistant_section hi = {.body = STR("Hi")};
    begin(&b);
    b.a = (struct assistant){
        .prompt = {.sections = &hi, .section_count = 1, .is_text = true},
        .recording = {.channels = 1, .format = STR("mp3")},
    };
    struct swml_agent_options on = given;
    on.record = CALL_RECORD_ON;
    write(&b, on);
    EXPECT(made_is(&b, "ctor_record_call_mp3_mono"));
    end(&b);
}

TEST(agent, with_contexts_is_the_sdks_document) {
    struct bench b;
    struct str pay[] = {STR("pay")}, fn[] = {STR("process_payment")}, back[] = {STR("default")};
    struct assistant_section role = {.title = STR("Role"), .body = STR("Bot")};
    struct assistant_step steps[] = {
        {.name = STR("greet"),
         .text = STR("Say hi"),
         .criteria = STR("user greeted"),
         .limits_functions = true,
         .limits_steps = true,
         .valid_steps = {pay, 1}},
        {.name = STR("pay"),
         .text = STR("Collect"),
         .limits_functions = true,
         .functions = {fn, 1}},
    };
    struct assistant_context context = {
        .name = STR("default"), .steps = steps, .step_count = 2, .valid_contexts = {back, 1}};
    begin(&b);
    b.a = (struct assistant){.prompt = {.sections = &role, .section_count = 1},
                             .contexts = &context,
                             .context_count = 1};
    write(&b, given);
    EXPECT(made_is(&b, "contexts"));
    end(&b);
}

static struct str sound_filler[] = {STR_INIT("Um")}, function_filler[] = {STR_INIT("Let me check")};
static struct str hmm[] = {STR_INIT("hmm")};

/* All that a definition can say of the SDK's example of everything. */
static void use_everything(struct bench *b, struct json_doc *const docs[4]) {
    static struct assistant_section bot = {.body = STR_INIT("You are a bot.")};
    static struct assistant_section sum = {.body = STR_INIT("Summarize as JSON.")};
    static struct assistant_hint hints[] = {{.hint = STR_INIT("SignalWire")},
                                            {.hint = STR_INIT("SWAIG")},
                                            {.hint = STR_INIT("ai agent"),
                                             .pattern = STR_INIT("A\\.I\\. agent"),
                                             .replace = STR_INIT("AI agent"),
                                             .ignore_case = true}};
    static struct assistant_pronunciation api = {
        .replace = STR_INIT("API"), .with = STR_INIT("A P I"), .ignore_case = true};
    static struct assistant_language spoken[] = {
        {.name = STR_INIT("English"),
         .code = STR_INIT("en-US"),
         .voice = STR_INIT("elevenlabs.josh"),
         .speech_fillers = {sound_filler, 1},
         .function_fillers = {function_filler, 1}},
        {.name = STR_INIT("French"),
         .code = STR_INIT("fr-FR"),
         .voice = STR_INIT("fr-voice"),
         .engine = STR_INIT("polly"),
         .model = STR_INIT("neural")},
    };
    static struct assistant_fillers fillers = {STR_INIT("en-US"), {hmm, 1}};
    b->functions[0] = (struct assistant_function){.name = STR("insecure"),
                                                  .description = STR("No token"),
                                                  .parameters = json_get(json_root(docs[0]), "p"),
                                                  .is_open = true,
                                                  .fillers = &fillers,
                                                  .filler_count = 1};
    b->a = (struct assistant){
        .prompt = {&bot,
                   1,
                   true,
                   {.temperature = json_get(json_root(docs[1]), "t"),
                    .top_p = json_get(json_root(docs[1]), "p")}},
        .post_prompt =
            {.prompt = {&sum, 1, true, {.temperature = json_get(json_root(docs[1]), "s")}}},
        .languages = spoken,
        .language_count = 2,
        .hints = hints,
        .hint_count = 3,
        .pronunciations = &api,
        .pronunciation_count = 1,
        .params = json_root(docs[2]),
        .global_data = json_root(docs[3]),
        .functions = b->functions,
        .function_count = 1,
    };
}

/* The same member of the agent in both documents. */
static bool member_is(const struct bench *b, const char *name) {
    CLEANUP(json_doc_freep) struct json_doc *got = parsed(b->made.ptr);
    const struct json *want = NULL,
                      *verbs = json_get(
                          json_get(json_get(json_root(b->vectors), "full_featured"), "sections"),
                          "main");
    for (const struct json *v = json_first(verbs); v; v = json_next(v))
        want = json_get(v, "ai") ? json_get(v, "ai") : want;
    return json_get(want, name) && json_same(json_get(json_root(got), name), json_get(want, name));
}

TEST(agent, with_all_that_it_can_say_is_like_the_sdks) {
    static const char *const members[] = {"prompt",    "post_prompt", "post_prompt_url", "hints",
                                          "languages", "pronounce",   "global_data"};
    struct bench b;
    begin(&b);
    struct json_doc *docs[] = {
        parsed("{\"p\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\","
               "\"description\":\"n\"}},\"required\":[\"x\"]}}"),
        parsed("{\"t\":0.3,\"p\":0.9,\"s\":0.1}"), parsed("{\"end_of_speech_timeout\":700}"),
        parsed("{\"company\":\"Acme\"}")};
    use_everything(&b, docs);
    struct swml_agent_options o = given;
    o.function_url = STR("http://localhost:8080/agent/swaig/");
    o.post_prompt_url = STR("http://localhost:8080/agent/post_prompt/");
    o.query = STR("tier=gold");
    EXPECT_INT(swml_agent_write(&b.a, &o, SWML_AGENT_AI, &b.call, &b.made, NULL, NULL), ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (!member_is(&b, members[i]))
            EXPECT_STR(members[i], "the same");
    EXPECT(has(&b, "\"fillers\":{\"en-US\":[\"hmm\"]},\"web_hook_url\":\"http://user:pass@"
                   "localhost:8080/agent/swaig/?tier=gold\""));
    EXPECT(has(&b, "\"params\":{\"end_of_speech_timeout\":700}"));
    for (size_t i = 0; i < ARRAY_LEN(docs); i++)
        json_doc_free(docs[i]);
    end(&b);
}

/* ---- what is ours ------------------------------------------------------------------------------
 */

static struct str name_of_caller(void *ctx, struct str name) {
    (void)ctx;
    return str_eq_z(name, "caller") ? STR("Jo ${secret} %{x}") : STR("");
}

TEST(agent, says_what_is_known_of_the_call_and_runs_none_of_it) {
    struct bench b;
    struct assistant_section hi = {.body = STR("Talk to ${caller}.")};
    begin(&b);
    b.a.prompt = (struct assistant_prompt){.sections = &hi, .section_count = 1, .is_text = true};
    struct swml_agent_options o = given;
    o.lookup = name_of_caller;
    o.greeting = STR("Hello ${you}");
    o.opening = STR("This call is recorded, 100%{sure}.");
    o.global_data_json = STR("{\"known\":1}");
    write(&b, o);
    EXPECT(has(&b, "Talk to Jo $ {secret} % {x}."));
    EXPECT(has(&b, "\"static_greeting\":\"Hello $ {you}\""));
    EXPECT(has(&b, "{\"play\":{\"url\":\"say:This call is recorded, 100% {sure}.\""));
    EXPECT(has(&b, "\"global_data\":{\"known\":1}"));
    end(&b);
}

TEST(agent, keeps_its_credentials_from_a_receiver_that_is_not_ours) {
    struct bench b;
    struct assistant_section sum = {.body = STR("Sum up.")};
    begin(&b);
    b.a.post_prompt = (struct assistant_post_prompt){
        .prompt = {&sum, 1, true, {0}}, .receiver = STR("https://example.org/summaries")};
    write(&b, given);
    EXPECT(has(&b, "\"post_prompt_url\":\"https://example.org/summaries\""));
    end(&b);
}

/* The carrier's JSON Schema; what it does not know is checked when the function is called. */
TEST(agent, tells_of_parameters_what_the_carriers_schema_knows) {
    struct bench b;
    begin(&b);
    struct json_doc *all = parsed(
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"s\"],\"properties\":{"
        "\"s\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":9,\"title\":\"t\","
        "\"description\":"
        "\"d\",\"enum\":[\"a\"],\"default\":\"a\"},\"n\":{\"type\":\"integer\",\"minimum\":1,"
        "\"maximum\":8},\"maxLength\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":"
        "\"object\",\"maxProperties\":2,\"properties\":{\"x\":{\"type\":\"number\",\"maximum\":1}}}"
        "}}}");
    b.functions[0].parameters = json_root(all);
    write(&b, given);
    EXPECT(
        str_find_str(buf_str(&b.made),
                     STR("\"parameters\":{\"type\":\"object\",\"required\":[\"s\"],\"properties\":{"
                         "\"s\":{\"type\":\"string\",\"description\":\"d\",\"enum\":[\"a\"],"
                         "\"default\":\"a\"},\"n\":{\"type\":\"integer\"},\"maxLength\":{\"type\":"
                         "\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":"
                         "\"number\"}}}}}}")) < b.made.len);
    json_doc_free(all);
    end(&b);
}

TEST(agent, leaves_out_a_language_without_a_voice_and_says_so) {
    struct bench b;
    struct assistant_language mute = {.code = STR("de-DE"), .name = STR("German")};
    begin(&b);
    b.a.languages = &mute;
    b.a.params = NULL;
    write(&b, given);
    EXPECT(!has(&b, "\"languages\""));
    EXPECT_INT(b.loss.count, 1);
    EXPECT_STR(b.loss.items[0].where, "languages[0].voice");
    end(&b);
}

TEST(agent, needs_an_address_for_its_functions) {
    struct bench b;
    struct error err = {0};
    begin(&b);
    struct swml_agent_options o = given;
    o.function_url = STR("/swaig/");
    EXPECT_INT(try_write(&b, &o, &b.made, &err), ERR_INVALID);
    EXPECT_INT(b.made.len, 0);
    end(&b);
}

TEST(agent, that_does_not_fit_leaves_nothing_behind) {
    struct bench b;
    struct buf small = BUF_INIT(300);
    begin(&b);
    buf_puts(&small, "before");
    EXPECT_INT(try_write(&b, &given, &small, NULL), ERR_LIMIT);
    EXPECT_STR(small.ptr, "before");
    buf_release(&small);
    end(&b);
}

TEST(agent, that_a_token_cannot_name_leaves_nothing_behind) {
    struct bench b;
    struct error err = {0};
    begin(&b);
    buf_puts(&b.made, "before");
    b.call.grant.call_id = STR("with.a.dot");
    EXPECT_INT(try_write(&b, &given, &b.made, &err), ERR_INVALID);
    EXPECT_STR(b.made.ptr, "before");
    end(&b);
}

TEST(agent, made_once_serves_every_call) {
    struct bench b;
    struct swml_agent_document *d = NULL;
    begin(&b);
    REQUIRE(swml_agent_make(&b.a, &given, SWML_AGENT_WHOLE, &d, NULL, NULL) == ERR_OK);
    struct swml_agent_call other = b.call;
    other.credentials = STR("someone:else");
    other.grant.call_id = STR("another");
    EXPECT_INT(swml_agent_put(d, &other, &b.made, NULL), ERR_OK);
    EXPECT(has(&b, "http://someone:else@localhost:3000/swaig/?__token=YW5vdGhlci5") &&
           !has(&b, "user:pass"));
    buf_clear(&b.made);
    EXPECT_INT(swml_agent_put(d, &b.call, &b.made, NULL), ERR_OK);
    EXPECT(made_is(&b, "complete_solution"));
    swml_agent_free(d);
    end(&b);
}
