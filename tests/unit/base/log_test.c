#include "core/base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test.h"

struct fixture {
    struct fake_clock now;
    struct log log;
    int read_fd;
    char text[70000];
};

static struct fixture *fixture_new(enum log_format format) {
    struct fixture *f = mem_zalloc(sizeof *f);
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        mem_panic("no pipe");
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    fake_clock_init(&f->now);
    f->read_fd = fds[0];
    log_init(&f->log, fake_clock_of(&f->now), LOG_INFO, format, fds[1]);
    return f;
}

static void fixture_freep(struct fixture **f) {
    close((*f)->read_fd);
    close((*f)->log.fd);
    mem_free(*f);
}

/** All that was written since the last time. */
static const char *written(struct fixture *f) {
    ssize_t n = read(f->read_fd, f->text, sizeof f->text - 1);
    f->text[n > 0 ? n : 0] = '\0';
    return f->text;
}

TEST(log, a_text_line_has_time_level_event_and_fields) {
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    log_info(&f->log, "place", LOG_ID("call", "call", 32), LOG_Z("provider", "mock"),
             LOG_INT("ms", -12), LOG_PHONE("to", STR("+12025550187")));
    EXPECT_STR(written(f), "2026-01-01T00:00:00.000Z info place call=call_0000000000010 "
                           "provider=mock ms=-12 to=**********87\n");
}

TEST(log, a_json_line_is_one_object) {
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_JSON);
    log_error(&f->log, "place", LOG_ID("call", "call", 32), LOG_Z("provider", "mock"),
              LOG_INT("ms", 12), LOG_PHONE("to", STR("+12025550187")), LOG_Z("t", "a \"b\"\n"));
    EXPECT_STR(written(f), "{\"time\":\"2026-01-01T00:00:00.000Z\",\"level\":\"error\","
                           "\"event\":\"place\",\"call\":\"call_0000000000010\","
                           "\"provider\":\"mock\",\"ms\":12,\"to\":\"**********87\","
                           "\"t\":\"a \\\"b\\\"\\n\"}\n");
}

TEST(log, an_event_needs_no_fields) {
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    log_write(&f->log, LOG_WARN, "stopping", NULL);
    EXPECT_STR(written(f), "2026-01-01T00:00:00.000Z warn stopping\n");
    f->log.format = LOG_JSON;
    log_write(&f->log, LOG_WARN, "stopping", NULL);
    EXPECT_STR(written(f), "{\"time\":\"2026-01-01T00:00:00.000Z\",\"level\":\"warn\","
                           "\"event\":\"stopping\"}\n");
}

/** The text of one field's value behind " k=". */
static const char *value_of(struct fixture *f, struct log_field field) {
    log_event(&f->log, LOG_INFO, "x", field);
    char *line = (char *)(uintptr_t)written(f);
    size_t at = str_find_str(str_z(line), STR(" k="));
    size_t end = strlen(line);
    if (at == end || line[end - 1] != '\n')
        return "no such field";
    line[end - 1] = '\0';
    return line + at + 3;
}

TEST(log, text_values_are_quoted_and_escaped_when_they_must) {
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"bare-value_1.5/é", "bare-value_1.5/é"},
        {"", "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"hi\"", "\"say \\\"hi\\\"\""},
        {"back\\slash", "\"back\\\\slash\""},
        {"line\nbreak\r", "\"line\\nbreak\\r\""},
        {"\x1B[31mred", "\"\\u001b[31mred\""},
        {"del\x7F", "\"del\xEF\xBF\xBD\""},
        {"csi\xC2\x9B"
         "1m",
         "\"csi\xEF\xBF\xBD"
         "1m\""},
        {"bad\xFF"
         "utf8",
         "\"bad\xEF\xBF\xBDutf8\""},
        {"%n%s%d", "%n%s%d"},
    };
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT_STR(value_of(f, LOG_Z("k", rows[i].in)), rows[i].want);
    EXPECT_STR(value_of(f, LOG_STR("k", STR("nul\0"))), "\"nul\xEF\xBF\xBD\"");
    EXPECT_STR(value_of(f, LOG_Z("k", NULL)), "\"\"");
}

TEST(log, phone_numbers_show_their_last_two_digits_only) {
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"+12025550187", "**********87"},
        {"911", "***"},
        {"1234", "****"},
        {"12345", "***45"},
        {"", "\"\""},
        {"sip:alice@example.com", "****************"},
        {"+1202555018x", "************"},
        {"+12025550x87", "**********87"},
        {"+1202555018712345678901234567", "**************67"},
    };
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT_STR(value_of(f, LOG_PHONE("k", str_z(rows[i].in))), rows[i].want);
}

TEST(log, words_from_outside_lose_what_may_be_a_phone_number) {
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"refused", "refused"},
        {"error 21211: +12025550187 is not valid", "\"error 21211: +*********87 is not valid\""},
        {"123456", "123456"},
        {"1234567", "*****67"},
        {"", "\"\""},
    };
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT_STR(value_of(f, LOG_WORDS("k", rows[i].in)), rows[i].want);
}

TEST(log, no_id_is_empty) {
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    EXPECT_STR(value_of(f, LOG_ID("k", "call", 0)), "\"\"");
}

TEST(log, long_values_are_cut_between_characters) {
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    char in[400], want[400];
    memset(in, 'a', sizeof in);
    EXPECT_STR(value_of(f, LOG_STR("k", str_from(in, 256))), (in[256] = '\0', in));
    in[256] = 'a';
    memcpy(in + 255, "é", 2);
    memset(want, 'a', sizeof want);
    want[0] = '"';
    memcpy(want + 256, "…\"", 5);
    EXPECT_STR(value_of(f, LOG_STR("k", str_from(in, 300))), want);
}

TEST(log, long_lines_lose_whole_fields_and_say_so) {
    char in[256];
    memset(in, '\x01', sizeof in); /* each becomes six bytes */
    struct log_field big = LOG_STR("k", str_from(in, sizeof in));
    for (int format = LOG_TEXT; format <= LOG_JSON; format++) {
        CLEANUP(fixture_freep) struct fixture *f = fixture_new((enum log_format)format);
        log_info(&f->log, "x", big, big, LOG_INT("after", 1));
        struct str line = str_z(written(f));
        REQUIRE(line.len > 1500 && line.len <= 2048 && line.ptr[line.len - 1] == '\n');
        EXPECT(str_find(line, '\n') == line.len - 1);
        EXPECT(str_find_str(line, STR("after")) == line.len);
        if (format == LOG_TEXT) {
            EXPECT(str_eq(str_from_index(line, line.len - 5), STR(" …\n")));
            continue;
        }
        CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
        REQUIRE(json_parse(line, NULL, &doc, NULL) == ERR_OK);
        EXPECT(json_bool(json_get(json_root(doc), "truncated"), false));
    }
}

TEST(log, lines_below_the_level_are_dropped) {
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    log_debug(&f->log, "quiet", LOG_INT("n", 1));
    EXPECT_STR(written(f), "");
    EXPECT_INT(f->log.dropped, 0);
    f->log.level = LOG_ERROR;
    log_warn(&f->log, "quiet", LOG_INT("n", 1));
    EXPECT_STR(written(f), "");
    log_error(&f->log, "loud", LOG_INT("n", 1));
    EXPECT_STR(written(f), "2026-01-01T00:00:00.000Z error loud n=1\n");
}

TEST(log, nowhere_is_a_place) {
    log_info(NULL, "x", LOG_INT("n", 1));
    struct fake_clock now;
    fake_clock_init(&now);
    struct log l;
    log_init(&l, fake_clock_of(&now), LOG_DEBUG, LOG_TEXT, -1);
    log_info(&l, "x", LOG_INT("n", 1));
    EXPECT_INT(l.dropped, 0);
}

static void *flood(void *ctx) {
    for (int i = 0; i < 2000; i++)
        log_info(ctx, "flood", LOG_Z("text", "some words that fill the pipe"), LOG_INT("i", i));
    return NULL;
}

TEST(log, a_blocked_pipe_never_stalls_the_threads_that_log) {
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    pthread_t threads[3];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        REQUIRE(pthread_create(&threads[i], NULL, flood, &f->log) == 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL); /* nobody reads meanwhile: would wait for ever */
    struct str rest = str_z(written(f)), line;
    uint64_t lines = 0;
    while (str_next(&rest, '\n', &line) && line.len > 0) {
        REQUIRE(str_starts(line, STR("2026-01-01T00:00:00.000Z info flood text=")));
        lines++;
    }
    EXPECT(f->log.dropped > 0);
    EXPECT_INT(lines + f->log.dropped, 6000);
    log_info(&f->log, "again", LOG_INT("n", 1));
    EXPECT_STR(written(f), "2026-01-01T00:00:00.000Z info again n=1\n");
}

TEST(log, a_closed_sink_counts_as_dropped) {
    CLEANUP(fixture_freep) struct fixture *f = fixture_new(LOG_TEXT);
    int broken = dup(f->log.fd);
    close(broken); /* a number that is no open file */
    int pipe_end = f->log.fd;
    f->log.fd = broken;
    log_info(&f->log, "x", LOG_INT("n", 1));
    EXPECT_INT(f->log.dropped, 1);
    f->log.fd = pipe_end;
}

TEST(log, level_names_are_read) {
    enum log_level level = LOG_WARN;
    EXPECT(log_level_parse(STR("debug"), &level) && level == LOG_DEBUG);
    EXPECT(log_level_parse(STR("info"), &level) && level == LOG_INFO);
    EXPECT(log_level_parse(STR("warn"), &level) && level == LOG_WARN);
    EXPECT(log_level_parse(STR("error"), &level) && level == LOG_ERROR);
    EXPECT(!log_level_parse(STR("INFO"), &level) && !log_level_parse(STR(""), &level));
    EXPECT_INT(level, LOG_ERROR);
}
