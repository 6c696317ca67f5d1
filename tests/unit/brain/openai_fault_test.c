#include "core/engine/brain_openai_fault.h"

#include "core/base/compiler.h"
#include "tests/support/test.h"

/* How servers word the same: sources are their documentation and reported issues. */
static const struct {
    const char *server;
    int status;
    const char *body;
    enum error_code code;
    bool retry;
    const char *has; /* in the text */
} cases[] = {
    {"openai", 401,
     "{\"error\":{\"message\":\"Incorrect API key provided: sk-1234.\",\"type\":"
     "\"invalid_request_error\",\"param\":null,\"code\":\"invalid_api_key\"}}",
     ERR_AUTH, false, "OPENAI_API_KEY"},
    {"openai", 404,
     "{\"error\":{\"message\":\"The model `x` does not exist\",\"type\":\"invalid_request_error\","
     "\"param\":null,\"code\":\"model_not_found\"}}",
     ERR_NOT_FOUND, false, "OPENAI_MODEL"},
    {"openai", 429,
     "{\"error\":{\"message\":\"Rate limit reached\",\"type\":\"requests\",\"param\":null,\"code\":"
     "\"rate_limit_exceeded\"}}",
     ERR_RATE_LIMIT, true, "Rate limit reached"},
    {"openai", 429,
     "{\"error\":{\"message\":\"You exceeded your current quota\",\"type\":\"insufficient_quota\","
     "\"param\":null,\"code\":\"insufficient_quota\"}}",
     ERR_RATE_LIMIT, false, "used up"},
    {"gemini", 400,
     "[{\"error\":{\"code\":400,\"message\":\"Unknown name \\\"foo\\\": Cannot find field.\","
     "\"status\":\"INVALID_ARGUMENT\",\"details\":[]}}]",
     ERR_INVALID, false, "Cannot find field"},
    {"llama.cpp", 503,
     "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}",
     ERR_UPSTREAM, true, "Loading model"},
    {"ollama", 404,
     "{\"error\":{\"message\":\"model 'x' not found\",\"type\":\"not_found_error\",\"param\":null,"
     "\"code\":null}}",
     ERR_NOT_FOUND, false, "model 'x' not found"},
    {"vllm", 400,
     "{\"object\":\"error\",\"message\":\"bad\",\"type\":\"BadRequestError\",\"code\":400}",
     ERR_INVALID, false, "bad"},
    {"fastapi", 422,
     "{\"detail\":[{\"loc\":[\"body\",\"stream_options\"],\"msg\":\"extra fields not "
     "permitted\"}]}",
     ERR_INVALID, false, "extra fields"},
    {"fastapi", 500, "{\"detail\":\"Internal\"}", ERR_UPSTREAM, true, "Internal"},
    {"a proxy", 502, "<html>Bad gateway</html>", ERR_UPSTREAM, true, "without a reason"},
    {"a proxy", 500, "{\"error\":\"upstream\"}", ERR_UPSTREAM, true, "upstream"},
    {"nobody", 403, "", ERR_AUTH, false, "OPENAI_API_KEY"},
    {"nobody", 302, "", ERR_INVALID, false, "without a reason"},
};

TEST(openai_fault, every_servers_words_become_one_error_with_advice) {
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct openai_fault f;
        struct error err = {0};
        openai_fault_read(cases[i].status, str_z(cases[i].body), &f);
        EXPECT_INT(openai_fault_error(&f, &err), cases[i].code);
        EXPECT_INT(err.retry, cases[i].retry);
        EXPECT_INT(err.http_status, cases[i].status);
        EXPECT(strstr(err.text, cases[i].has) != NULL);
    }
}

TEST(openai_fault, a_key_that_is_quoted_is_not_told) {
    struct openai_fault f;
    struct error err = {0};
    openai_fault_read(401, str_z(cases[0].body), &f);
    openai_fault_error(&f, &err);
    EXPECT(strstr(err.text, "sk-1234") == NULL);
}

TEST(openai_fault, the_field_at_fault_is_found_by_param_or_by_the_words) {
    struct openai_fault f;
    openai_fault_read(400,
                      STR("{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not "
                          "supported with this model. Use 'max_completion_tokens' instead.\","
                          "\"param\":\"max_tokens\"}}"),
                      &f);
    EXPECT(openai_fault_names(&f, "max_tokens"));
    openai_fault_read(
        422, STR("{\"detail\":[{\"loc\":[\"body\",\"stream_options\"],\"msg\":\"extra\"}]}"), &f);
    EXPECT(openai_fault_names(&f, "stream_options") && !openai_fault_names(&f, "stream"));
    openai_fault_read(400,
                      STR("[{\"error\":{\"code\":400,\"message\":\"Unknown name "
                          "\\\"frequency_penalty\\\": Cannot find field.\"}}]"),
                      &f);
    EXPECT(openai_fault_names(&f, "frequency_penalty") && !openai_fault_names(&f, "penalty"));
    openai_fault_read(400, STR("{\"error\":{\"message\":\"x\",\"param\":\"stream_options.y\"}}"),
                      &f);
    EXPECT(openai_fault_names(&f, "stream_options"));
}

TEST(openai_fault, too_much_to_read_is_told_apart) {
    static const char *const bodies[] = {
        "{\"error\":{\"message\":\"x\",\"code\":\"context_length_exceeded\"}}",
        "{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens.\"}}",
        ("{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\","
         "\"type\":\"exceed_context_size_error\"}}"),
    };
    struct openai_fault f;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        openai_fault_read(400, str_z(bodies[i]), &f);
        EXPECT(openai_fault_is_too_long(&f));
    }
    openai_fault_read(400, STR("{\"error\":{\"message\":\"no\"}}"), &f);
    EXPECT(!openai_fault_is_too_long(&f));
}
