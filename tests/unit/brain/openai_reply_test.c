#include "core/engine/brain_openai_reply.h"

#include "core/base/compiler.h"
#include "tests/support/test.h"

#define CHUNK(delta) "data: {\"choices\":[{\"index\":0,\"delta\":" delta "}]}\n\n"
#define ENDED(why)   "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"" why "\"}]}\n\n"
#define DONE         "data: [DONE]\n\n"
#define CALL(piece)  CHUNK("{\"tool_calls\":[" piece "]}")

static void read_in(struct openai_reply *r, const char *text, size_t step) {
    struct str rest = str_z(text);
    openai_reply_init(r);
    while (rest.len > 0) {
        size_t n = rest.len < step ? rest.len : step;
        if (!openai_reply_feed(r, str_from(rest.ptr, n)))
            break;
        rest = str_from_index(rest, n);
    }
    openai_reply_end(r);
}

/* "text|name(arguments)#id…", and the same however it is cut. */
static void expect_reply(const char *text, const char *want) {
    for (size_t step = 1; step <= 200; step += step < 5 ? 1 : 97) {
        struct openai_reply r;
        struct buf got = BUF_INIT(100000);
        read_in(&r, text, step);
        buf_put_str(&got, buf_str(&r.text));
        for (size_t i = 0; i < r.call_count; i++)
            buf_printf(&got, "|" STR_FMT "(" STR_FMT ")#" STR_FMT,
                       STR_ARG(buf_str(&r.calls[i].name)), STR_ARG(buf_str(&r.calls[i].arguments)),
                       STR_ARG(buf_str(&r.calls[i].id)));
        buf_puts(&got, r.complete ? "" : " [cut]");
        EXPECT_STR(got.ptr ? got.ptr : "", want);
        buf_release(&got);
        openai_reply_release(&r);
    }
}

TEST(openai_reply, text_comes_in_pieces) {
    expect_reply(CHUNK("{\"role\":\"assistant\",\"content\":null}") CHUNK("{\"content\":\"Gr\"}")
                     CHUNK("{\"content\":\"\xC3\xBC\xC3\x9F\"}") CHUNK("{\"content\":\" Gott.\"}")
                         ENDED("stop") DONE,
                 "Gr\xC3\xBC\xC3\x9F Gott.");
}

TEST(openai_reply, what_was_counted_comes_after_the_end) {
    struct openai_reply r;
    read_in(&r,
            CHUNK("{\"content\":\"Hi.\"}") ENDED(
                "stop") "data: {\"model\":\"m-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,"
                        "\"completion_tokens\":19,\"total_tokens\":22}}\n\n" DONE,
            10);
    EXPECT_INT(r.prompt_tokens, 3);
    EXPECT_INT(r.completion_tokens, 19);
    EXPECT_STR(r.model, "m-1");
    EXPECT_STR(r.finish, "stop");
    openai_reply_release(&r);
}

TEST(openai_reply, the_end_may_be_told_in_three_ways) {
    expect_reply(CHUNK("{\"content\":\"a\"}") ENDED("stop"), "a");
    expect_reply(CHUNK("{\"content\":\"a\"}") DONE, "a");
    expect_reply(CHUNK("{\"content\":\"a\"}") ENDED("stop") "data: [DONE]", "a");
    expect_reply(CHUNK("{\"content\":\"a\"}"), "a [cut]");
}

TEST(openai_reply, pings_and_unknown_events_are_no_part_of_it) {
    expect_reply(": ping\n\n" CHUNK("{\"content\":\"a\"}") "data: {\"type\":\"ping\"}\n\n: ping\n"
                                                           "event: x\nid: 1\n\n" CHUNK(
                                                               "{\"content\":\"b\"}") DONE,
                 "ab");
}

TEST(openai_reply, a_function_call_is_put_together_by_its_number) {
    expect_reply(
        CALL("{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"one\","
             "\"arguments\":\"\"}}") CALL("{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\"}}")
            CALL("{\"index\":1,\"id\":\"c2\",\"function\":{\"name\":\"two\",\"arguments\":\"{}\"}}")
                CALL("{\"index\":0,\"function\":{\"arguments\":\"\\\":1}\"}}") ENDED("tool_calls")
                    DONE,
        "|one({\"a\":1})#c1|two({})#c2");
}

TEST(openai_reply, a_name_that_is_repeated_is_one_name) {
    expect_reply(CALL("{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"one\",\"arguments\":"
                      "\"{\"}}") CALL("{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"one\","
                                      "\"arguments\":\"}\"}}") ENDED("tool_calls"),
                 "|one({})#c1");
}

TEST(openai_reply, without_numbers_the_id_tells_the_calls_apart_else_it_is_the_last) {
    expect_reply(CALL("{\"id\":\"a\",\"function\":{\"name\":\"one\",\"arguments\":\"{\"}}")
                     CALL("{\"id\":\"b\",\"function\":{\"name\":\"two\",\"arguments\":\"[\"}}")
                         CALL("{\"id\":\"a\",\"function\":{\"arguments\":\"}\"}}")
                             CALL("{\"function\":{\"arguments\":\"]\"}}") ENDED("tool_calls"),
                 "|one({})#a|two([])#b");
}

/* Gemini gives every call of an answer the number 0, and says "stop". */
TEST(openai_reply, calls_that_share_a_number_are_told_apart_by_their_ids) {
    expect_reply(CALL("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"one\",\"arguments\":"
                      "\"{}\"}}") CALL("{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"one\","
                                       "\"arguments\":\"{\\\"x\\\":2}\"}}") ENDED("stop"),
                 "|one({})#a|one({\"x\":2})#b");
}

TEST(openai_reply, an_id_that_changes_in_mid_call_makes_no_second_call) {
    expect_reply(CALL("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"one\",\"arguments\":"
                      "\"{\\\"x\\\":\"}}") CALL("{\"index\":0,\"id\":\"b\",\"function\":{\"name\":"
                                                "\"one\",\"arguments\":\"2}\"}}") DONE,
                 "|one({\"x\":2})#a");
}

TEST(openai_reply, an_empty_id_stays_empty) {
    expect_reply(CALL("{\"index\":0,\"id\":\"\",\"function\":{\"name\":\"one\",\"arguments\":"
                      "\"{}\"}}") ENDED("stop"),
                 "|one({})#");
}

TEST(openai_reply, arguments_may_be_the_object_itself) {
    expect_reply("{\"choices\":[{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"one\","
                 "\"arguments\":{\"a\":[1]}}}]},\"finish_reason\":\"tool_calls\"}]}",
                 "|one({\"a\":[1]})#");
}

TEST(openai_reply, what_belongs_to_a_call_besides_is_kept_as_it_came) {
    struct openai_reply r;
    read_in(&r,
            CALL("{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"one\",\"arguments\":\"{}\"},"
                 "\"extra_content\":{\"google\":{\"thought_signature\":\"Ab+/=\"}}}") ENDED("stop"),
            30);
    REQUIRE(r.call_count == 1);
    EXPECT_STR(r.calls[0].extra.ptr, "{\"google\":{\"thought_signature\":\"Ab+/=\"}}");
    openai_reply_release(&r);
}

TEST(openai_reply, a_server_that_does_not_stream_gives_a_document) {
    expect_reply(" \r\n{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":"
                 "\"assistant\",\"content\":\"Hi.\",\"refusal\":null}}],\"usage\":null}",
                 "Hi.");
}

TEST(openai_reply, a_document_that_is_cut_is_no_answer) {
    struct openai_reply r;
    read_in(&r, "{\"choices\":[{\"message\":{\"content\":\"Hi.\"", 10);
    EXPECT(r.malformed && !r.complete && r.text.len == 0);
    openai_reply_release(&r);
}

TEST(openai_reply, content_may_be_a_text_parts_or_nothing) {
    expect_reply("{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":[{\"type\":"
                 "\"text\",\"text\":\"a\"},{\"type\":\"thinking\"},{\"type\":\"text\",\"text\":"
                 "\"b\"}]}}]}",
                 "ab");
    expect_reply("{\"choices\":[{\"finish_reason\":\"stop\"}]}", "");
    expect_reply("{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":null,"
                 "\"refusal\":\"I cannot.\"}}]}",
                 "I cannot.");
}

TEST(openai_reply, thoughts_are_not_said) {
    expect_reply(CHUNK("{\"reasoning\":\"hm\"}") CHUNK("{\"reasoning_content\":\"hm\"}")
                     CHUNK("{\"content\":\"Yes.\"}") DONE,
                 "Yes.");
}

TEST(openai_reply, an_error_may_come_in_mid_stream) {
    struct openai_reply r;
    read_in(&r,
            CHUNK("{\"content\":\"We\"}") "data: {\"error\":{\"message\":\"overloaded\",\"type\":"
                                          "\"server_error\",\"code\":503}}\n\n",
            11);
    EXPECT(r.has_fault && !r.complete);
    EXPECT_STR(r.fault.message, "overloaded");
    EXPECT_INT(r.fault.status, 503);
    openai_reply_release(&r);
}

TEST(openai_reply, a_piece_that_is_no_json_ends_the_reading) {
    struct openai_reply r;
    read_in(&r,
            CHUNK("{\"content\":\"Do\"}") "data: {\"choices\":[{\"delta\"\n\n" CHUNK(
                "{\"content\":\" it.\"}") DONE,
            9);
    EXPECT(r.malformed && !r.complete);
    EXPECT_STR(r.text.ptr, "Do");
    openai_reply_release(&r);
}

TEST(openai_reply, there_is_room_for_a_limited_number_of_calls_and_bytes) {
    struct openai_reply r;
    struct buf b = BUF_INIT(1 << 20);
    for (int i = 0; i < 20; i++)
        buf_printf(
            &b,
            CALL(
                "{\"index\":%d,\"id\":\"c%d\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
            i, i);
    read_in(&r, b.ptr, 4096);
    EXPECT_INT(r.call_count, OPENAI_CALLS_MAX);
    openai_reply_release(&r);
    buf_clear(&b);
    for (int i = 0; i < OPENAI_TEXT_MAX / 64 + 1; i++)
        buf_puts(&b,
                 CHUNK("{\"content\":"
                       "\"0123456789012345678901234567890123456789012345678901234567890123\"}"));
    read_in(&r, b.ptr, 4096);
    EXPECT(r.text.len <= OPENAI_TEXT_MAX && !r.complete);
    openai_reply_release(&r);
    buf_release(&b);
}
