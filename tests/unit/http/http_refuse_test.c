#include "core/io/http_refuse.h"

#include <stdio.h>

#include "core/base/compiler.h"
#include "tests/support/test.h"

/* Built by the rows below: a good request, changed in one place. */
static const struct http_header good[] = {{STR_INIT("Host"), STR_INIT("gw.test")}};

static struct http_head head_with(const struct http_header *headers, size_t count) {
    return (struct http_head){
        .method = STR("GET"),
        .target = STR("/a/b?c=%2f"),
        .exact = true,
        .headers = headers,
        .header_count = count,
        .body_max_bytes = 100,
    };
}

TEST(http_refuse, a_plain_request_may_pass) {
    struct http_head h = head_with(good, 1);
    EXPECT_INT(http_refuse(&h), HTTP_REFUSE_NONE);
}

TEST(http_refuse, targets_are_origin_form_and_their_paths_plain) {
    static const struct {
        const char *target;
        enum http_refusal want;
    } rows[] = {
        {"/", HTTP_REFUSE_NONE},
        {"/a.b/..c/d..", HTTP_REFUSE_NONE},
        {"/?x=../..&y=%00", HTTP_REFUSE_NONE}, /* queries are the handler's to decode */
        {"", HTTP_REFUSE_TARGET},
        {"*", HTTP_REFUSE_TARGET},
        {"a", HTTP_REFUSE_TARGET},
        {"http://gw.test/a", HTTP_REFUSE_TARGET},
        {"gw.test:443", HTTP_REFUSE_TARGET},
        {"/a b", HTTP_REFUSE_TARGET},
        {"/a\tb", HTTP_REFUSE_TARGET},
        {"/a\x7f", HTTP_REFUSE_TARGET},
        {"/a#b", HTTP_REFUSE_TARGET},
        {"/a?\xc3\xa4", HTTP_REFUSE_TARGET},
        {"/\xc3\xa4", HTTP_REFUSE_PATH},
        {"/a%00b", HTTP_REFUSE_PATH},
        {"/a%2fb", HTTP_REFUSE_PATH},
        {"/a%2Fb", HTTP_REFUSE_PATH},
        {"/%61", HTTP_REFUSE_PATH},
        {"/..", HTTP_REFUSE_PATH},
        {"/a/../b", HTTP_REFUSE_PATH},
        {"/a/./b", HTTP_REFUSE_PATH},
        {"/a/..?q", HTTP_REFUSE_PATH},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_head h = head_with(good, 1);
        h.target = str_z(rows[i].target);
        if (http_refuse(&h) != rows[i].want)
            printf("target %s\n", rows[i].target);
        EXPECT_INT(http_refuse(&h), rows[i].want);
    }
}

TEST(http_refuse, methods_are_known_by_their_exact_names) {
    static const struct {
        const char *method;
        enum http_refusal want;
    } rows[] = {
        {"GET", HTTP_REFUSE_NONE},
        {"POST", HTTP_REFUSE_NONE},
        {"PUT", HTTP_REFUSE_NONE},
        {"DELETE", HTTP_REFUSE_NONE},
        {"HEAD", HTTP_REFUSE_NONE},
        {"OPTIONS", HTTP_REFUSE_NONE},
        {"TRACE", HTTP_REFUSE_METHOD},
        {"CONNECT", HTTP_REFUSE_METHOD},
        {"PATCH", HTTP_REFUSE_NONE},
        {"PRI", HTTP_REFUSE_UNKNOWN_METHOD},
        {"get", HTTP_REFUSE_UNKNOWN_METHOD},
        {"", HTTP_REFUSE_UNKNOWN_METHOD},
        {"GETT", HTTP_REFUSE_UNKNOWN_METHOD},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_head h = head_with(good, 1);
        h.method = str_z(rows[i].method);
        EXPECT_INT(http_refuse(&h), rows[i].want);
    }
}

TEST(http_refuse, headers_that_two_parsers_could_read_differently) {
    static const struct {
        struct http_header headers[4];
        enum http_refusal want;
    } rows[] = {
        {{{STR_INIT("Content-Length"), STR_INIT("100")}}, HTTP_REFUSE_NONE},
        {{{STR_INIT("Content-Length"), STR_INIT("101")}}, HTTP_REFUSE_BODY},
        {{{STR_INIT("content-length"), STR_INIT("99999999999999999999")}}, HTTP_REFUSE_LENGTH},
        {{{STR_INIT("Content-Length"), STR_INIT("+5")}}, HTTP_REFUSE_LENGTH},
        {{{STR_INIT("Content-Length"), STR_INIT("0x5")}}, HTTP_REFUSE_LENGTH},
        {{{STR_INIT("Content-Length"), STR_INIT("5, 5")}}, HTTP_REFUSE_LENGTH},
        {{{STR_INIT("Content-Length"), STR_INIT("")}}, HTTP_REFUSE_LENGTH},
        {{{STR_INIT("Content-Length"), STR_INIT("5")}, {STR_INIT("CONTENT-LENGTH"), STR_INIT("5")}},
         HTTP_REFUSE_LENGTH},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("chunked")}}, HTTP_REFUSE_NONE},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("Chunked")}}, HTTP_REFUSE_NONE},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("identity")}}, HTTP_REFUSE_CODING},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("gzip, chunked")}}, HTTP_REFUSE_CODING},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("chunked, chunked")}}, HTTP_REFUSE_CODING},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("xchunked")}}, HTTP_REFUSE_CODING},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("chunked ")}}, HTTP_REFUSE_CODING},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("")}}, HTTP_REFUSE_CODING},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("chunked")},
          {STR_INIT("Transfer-Encoding"), STR_INIT("chunked")}},
         HTTP_REFUSE_CODING},
        {{{STR_INIT("Transfer-Encoding"), STR_INIT("chunked")},
          {STR_INIT("Content-Length"), STR_INIT("5")}},
         HTTP_REFUSE_FRAMING},
        {{{STR_INIT("Host"), STR_INIT("gw.test")}}, HTTP_REFUSE_HOST}, /* the second one */
        {{{STR_INIT("X Y"), STR_INIT("1")}}, HTTP_REFUSE_NAME},
        {{{STR_INIT("X-Y "), STR_INIT("1")}}, HTTP_REFUSE_NAME},
        {{{STR_INIT(""), STR_INIT("1")}}, HTTP_REFUSE_NAME},
        {{{STR_INIT("X\xe4"), STR_INIT("1")}}, HTTP_REFUSE_NAME},
        {{{STR_INIT("X-Y"), STR_INIT("a\rb")}}, HTTP_REFUSE_VALUE},
        {{{STR_INIT("X-Y"), STR_INIT("a\0b")}}, HTTP_REFUSE_VALUE},
        {{{STR_INIT("X-Y"), STR_INIT("a\x7f")}}, HTTP_REFUSE_VALUE},
        {{{STR_INIT("X-Y"), STR_INIT("a\tb \xc3\xa4")}}, HTTP_REFUSE_NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_header headers[5] = {good[0]};
        size_t n = 1;
        for (; n < 5 && rows[i].headers[n - 1].name.ptr; n++)
            headers[n] = rows[i].headers[n - 1];
        struct http_head h = head_with(headers, n);
        if (http_refuse(&h) != rows[i].want)
            printf("row %zu\n", i);
        EXPECT_INT(http_refuse(&h), rows[i].want);
    }
}

TEST(http_refuse, http_1_0_needs_no_host_but_knows_no_chunks) {
    struct http_header chunked[] = {good[0], {STR("Transfer-Encoding"), STR("chunked")}};
    struct http_head h = head_with(NULL, 0);
    EXPECT_INT(http_refuse(&h), HTTP_REFUSE_HOST);
    h.http_1_0 = true;
    EXPECT_INT(http_refuse(&h), HTTP_REFUSE_NONE);
    h = head_with(chunked, 2);
    EXPECT_INT(http_refuse(&h), HTTP_REFUSE_NONE);
    h.http_1_0 = true;
    EXPECT_INT(http_refuse(&h), HTTP_REFUSE_CODING);
}

TEST(http_refuse, what_the_parser_bent_or_did_not_keep_is_refused) {
    struct http_head h = head_with(good, 1);
    h.exact = false;
    EXPECT_INT(http_refuse(&h), HTTP_REFUSE_SYNTAX);
    h = head_with(good, HTTP_HEAD_HEADERS_MAX + 1);
    EXPECT_INT(http_refuse(&h), HTTP_REFUSE_MANY_HEADERS);
}

TEST(http_refuse, every_refusal_has_a_status_and_a_reason) {
    for (enum http_refusal r = HTTP_REFUSE_NONE + 1; r < HTTP_REFUSE_COUNT; r++) {
        const struct http_refusal_answer *a = http_refusal_answer(r);
        EXPECT(a->status >= 400 && a->status <= 599 && a->text && a->text[0]);
        EXPECT(!a->header_name == !a->header_value);
    }
}
