#include "tests/unit/brain/brain_desk.h"

#include "core/engine/brain_openai.h"
#include "tests/support/test.h"

static const char small[] =
    "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"Be kind to ${user}.\",\"goodbye\":\"Bye.\","
    "\"fallback_line\":\"One moment.\",\"functions\":[\"share_information\",\"end_call\"],"
    "\"variables\":{\"user\":\"Ann\"}}";

static void note_wait(void *ctx, uint32_t ms) {
    struct brain_desk *d = ctx;
    d->waited_ms += ms;
    fake_clock_advance_ms(&d->clock, ms);
}

static enum error_code run(void *ctx, struct str function, struct str arguments_json,
                           struct str *response, struct error *err) {
    struct brain_desk *d = ctx;
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    buf_printf(&d->ran, STR_FMT "(" STR_FMT ");", STR_ARG(function), STR_ARG(arguments_json));
    fake_clock_advance_ms(&d->clock, d->costs_ms);
    d->in.context = str_z(d->context ? d->context : "");
    d->in.step = str_z(d->step ? d->step : "");
    if (!str_eq(function, STR("share_information")) && !str_eq(function, STR("end_call")))
        return error_set(err, ERR_NOT_FOUND, "there is no such function");
    if (arguments_json.len > 0 && json_parse(arguments_json, NULL, &doc, err) != ERR_OK)
        return ERR_INVALID;
    d->over = d->over || str_eq(function, STR("end_call"));
    *response = STR("Kept.");
    return ERR_OK;
}

static bool is_over(void *ctx) {
    const struct brain_desk *d = ctx;
    return d->over;
}

void brain_desk_open(struct brain_desk *d, const struct fake_exchange *script, size_t count,
                     const struct brain_desk_options *o) {
    static const struct brain_desk_options none = {0};
    static const struct brain_value values[] = {{STR_INIT("call_id"), STR_INIT("call_1")}};
    static const struct brain_function functions[] = {
        {STR_INIT("share_information"), STR_INIT("Keep it."),
         STR_INIT("{\"type\":\"object\",\"required\":[\"information\"]}")},
        {STR_INIT("end_call"), STR_INIT("End."), STR_INIT("{\"type\":\"object\"}")},
    };
    if (!o)
        o = &none;
    *d = (struct brain_desk){.ran = BUF_INIT(100000)};
    buf_puts(&d->ran, "");
    fake_clock_init(&d->clock);
    d->http = fake_http_new(script, count);
    struct brain_openai_options bo = {
        .http = fake_http_client(d->http),
        .clock = fake_clock_of(&d->clock),
        .base_url = str_z(o->base_url ? o->base_url : "http://127.0.0.1:8000/v1"),
        .model = str_z(o->model ? o->model : "m"),
        .wait = note_wait,
        .wait_ctx = d,
    };
    d->brain = brain_openai_new(&bo);
    EXPECT_INT(
        assistant_parse(str_z(o->definition ? o->definition : small), &d->assistant, &d->err),
        ERR_OK);
    EXPECT_STR(d->err.text, "");
    d->in = (struct brain_input){.assistant = d->assistant,
                                 .values = values,
                                 .value_count = 1,
                                 .lines = d->lines,
                                 .functions = functions,
                                 .function_count = 2,
                                 .tools = {.run = run, .is_over = is_over, .ctx = d},
                                 .arena = &d->arena};
}

void brain_desk_close(struct brain_desk *d) {
    brain_free(d->brain);
    fake_http_free(d->http);
    assistant_unref(d->assistant);
    arena_release(&d->arena);
    buf_release(&d->ran);
}

void brain_desk_line(struct brain_desk *d, enum turn_role role, const char *text) {
    d->lines[d->in.line_count++] = (struct brain_line){role, str_z(text)};
}

enum error_code brain_desk_think(struct brain_desk *d, enum brain_event event, const char *speech) {
    d->in.event = event;
    d->in.speech = str_z(speech);
    d->out = (struct brain_output){0};
    enum error_code rc = brain_think(d->brain, &d->in, &d->out, &d->err);
    if (rc == ERR_OK)
        d->in.state_json = d->out.state_json;
    return rc;
}

const char *brain_desk_body(struct brain_desk *d, size_t i) {
    const struct fake_request *r = fake_http_request(d->http, i);
    return r ? r->body : "";
}
