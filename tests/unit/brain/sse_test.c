#include "core/engine/sse.h"

#include "tests/support/test.h"

/* Every event's data in "<…>". */
static bool note(void *ctx, struct str data) {
    struct buf *b = ctx;
    buf_putc(b, '<');
    buf_put_str(b, data);
    buf_putc(b, '>');
    return !str_eq(data, STR("stop"));
}

/* Read in pieces of `step` bytes; what came is in *got. */
static bool read_in(const char *text, size_t step, size_t max, struct buf *got) {
    struct sse s;
    bool good = true;
    sse_init(&s, max, note, got);
    struct str rest = str_z(text);
    while (good && rest.len > 0) {
        size_t n = rest.len < step ? rest.len : step;
        good = sse_feed(&s, str_from(rest.ptr, n));
        rest = str_from_index(rest, n);
    }
    good = sse_end(&s) && good;
    sse_release(&s);
    return good;
}

static void expect_events(const char *text, const char *want) {
    for (size_t step = 1; step <= 7; step++) {
        struct buf got = BUF_INIT(10000);
        buf_puts(&got, "");
        EXPECT(read_in(text, step, 1000, &got));
        EXPECT_STR(got.ptr ? got.ptr : "", want);
        buf_release(&got);
    }
}

TEST(sse, an_event_ends_with_a_blank_line_wherever_it_is_cut) {
    expect_events("data: one\n\ndata: two\n\n", "<one><two>");
}

TEST(sse, lines_end_with_lf_crlf_or_cr) {
    expect_events("data: a\r\n\r\ndata: b\r\rdata: c\n\n", "<a><b><c>");
}

TEST(sse, data_lines_of_one_event_are_joined) {
    expect_events("data: a\ndata: b\ndata:\ndata: c\n\n", "<a\nb\n\nc>");
}

TEST(sse, one_space_after_the_colon_is_left_out_and_no_more) {
    expect_events("data:a\n\ndata: b\n\ndata:  c\n\n", "<a><b>< c>");
}

TEST(sse, comments_and_other_fields_are_left_out) {
    expect_events(": ping\n\nevent: x\nid: 7\nretry: 5\ndata: a\ndatax: b\n\n:\n\n", "<a>");
}

TEST(sse, an_event_without_data_is_none) {
    expect_events("data\n\ndata:\n\n\n\ndata: a\n\n", "<a>");
}

TEST(sse, the_last_event_may_lack_its_blank_line) {
    expect_events("data: a\n\ndata: b", "<a><b>");
    expect_events("data: a\n\ndata: b\n", "<a><b>");
}

TEST(sse, a_byte_order_mark_is_no_part_of_the_first_field) {
    expect_events("\xEF\xBB\xBF"
                  "data: a\n\n",
                  "<a>");
}

TEST(sse, characters_may_be_cut_between_their_bytes) {
    expect_events("data: \xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80\n\n",
                  "<\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80>");
}

TEST(sse, reading_ends_when_the_receiver_has_enough) {
    struct buf got = BUF_INIT(1000);
    EXPECT(!read_in("data: a\n\ndata: stop\n\ndata: b\n\n", 3, 1000, &got));
    EXPECT_STR(got.ptr, "<a><stop>");
    buf_release(&got);
}

TEST(sse, an_event_that_is_too_long_ends_the_reading) {
    struct buf got = BUF_INIT(1000);
    EXPECT(!read_in("data: 12345\n\ndata: 123456789012\n\n", 2, 12, &got));
    EXPECT_STR(got.ptr, "<12345>");
    EXPECT(!read_in("data: 12345\ndata: 67890\ndata: 1\n\n", 2, 12, &got));
    buf_release(&got);
}
