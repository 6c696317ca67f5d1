#include "twiml/xml_doc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "tests/support/test.h"

enum {
    DOC_BYTES_MAX = 65536,
    CPU_MS_MAX = 250 /* 50 on its own; sanitizers are slower */
};

static int64_t cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Refused, fast, with a reason that names a line. */
static void expect_refused(struct str text, enum error_code code, const char *word) {
    struct xml_doc doc = {0};
    struct error err = {0};
    int64_t start = cpu_ms();
    EXPECT_INT(xml_doc_read(text, DOC_BYTES_MAX, &doc, &err), code);
    EXPECT(cpu_ms() - start < CPU_MS_MAX);
    EXPECT(doc.root == NULL);
    EXPECT(strncmp(err.text, "line ", 5) == 0);
    EXPECT(strstr(err.text, word) != NULL);
    if (!strstr(err.text, word))
        printf("%s\n", err.text);
    xml_doc_release(&doc);
}

static void repeat(struct buf *b, const char *what, size_t times) {
    for (size_t i = 0; i < times; i++)
        buf_puts(b, what);
}

/* ---- what it reads --------------------------------------------------------------------------- */

TEST(xml_doc, reads_elements_attributes_and_text) {
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    struct error err = {0};
    struct str text = STR("<?xml version='1.0' encoding='utf-8'?>\n<!-- a --><A x=\"1 &amp; 2 "
                          "&#38;#38; &lt;&quot;&#233;\">\n <b:c xml:lang='de'/>t&gt;"
                          "<![CDATA[<&]]><!-- b -->u&#x41;</A>");
    REQUIRE(xml_doc_read(text, DOC_BYTES_MAX, &doc, &err) == ERR_OK);
    EXPECT(str_eq(doc.root->name, STR("A")));
    EXPECT_INT(doc.root->line, 2);
    const struct str *x = xml_node_attr(doc.root, "x");
    REQUIRE(x != NULL);
    EXPECT(str_eq(*x, STR("1 & 2 &#38; <\"\xC3\xA9")));
    const struct xml_node *c = doc.root->first->next;
    EXPECT(str_eq(c->name, STR("b:c")));
    EXPECT_INT(c->line, 3);
    EXPECT(xml_node_attr(c, "xml:lang") != NULL);
    EXPECT(str_eq(xml_node_text(doc.root, &doc.arena), STR("t><&uA")));
}

TEST(xml_doc, skips_a_byte_order_mark) {
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    EXPECT_INT(xml_doc_read(STR("\xEF\xBB\xBF<A/>"), DOC_BYTES_MAX, &doc, NULL), ERR_OK);
}

TEST(xml_doc, namespace_declarations_are_attributes) {
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    REQUIRE(xml_doc_read(STR("<A xmlns='u' xmlns:x='v'/>"), DOC_BYTES_MAX, &doc, NULL) == ERR_OK);
    EXPECT(xml_node_attr(doc.root, "xmlns") != NULL);
    EXPECT(xml_node_attr(doc.root, "xmlns:x") != NULL);
}

/* ---- what it refuses ------------------------------------------------------------------------- */

TEST(xml_doc, refuses_what_is_not_well_formed) {
    static const char *const wrong[] = {
        "",
        "   ",
        "text",
        "<A>",
        "<A></B>",
        "<A/><B/>",
        "<A",
        "<A b>",
        "<A b=1/>",
        "<A b='1' b='2'/>",
        "<A>&</A>",
        "<A>&nbsp;</A>",
        "<A b='<'/>",
        "<A>]]></A>",
        "</A>",
        "<A>&#0;</A>",
        "<A>&#x1;</A>",
        "<A>\x01</A>",
        "<1/>",
        "<A/>x",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        expect_refused(str_z(wrong[i]), ERR_INVALID, "");
}

TEST(xml_doc, names_the_line_of_the_fault) {
    expect_refused(STR("<A>\n<B>\n</A>"), ERR_INVALID, "line 3: not well-formed XML");
}

TEST(xml_doc, refuses_document_types_and_entities) {
    static const char *const attacks[] = {
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r>&x;</r>",
        "<!DOCTYPE r [<!ENTITY % p SYSTEM \"http://127.0.0.1/e.dtd\">%p;]><r/>",
        "<!DOCTYPE r SYSTEM \"http://127.0.0.1/e.dtd\"><r/>",
        "<!DOCTYPE r PUBLIC \"-//x\" \"file:///etc/passwd\"><r/>",
        "<?xml version=\"1.0\"?>\n<!-- c -->\n<!DOCTYPE r><r/>",
        "<r><!DOCTYPE r></r>",
        "<!ENTITY a 'b'><r/>",
        "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;\">"
        "]><r>&d;</r>",
    };
    for (size_t i = 0; i < ARRAY_LEN(attacks); i++)
        expect_refused(str_z(attacks[i]), ERR_INVALID, "document type");
}

TEST(xml_doc, refuses_quadratic_blow_up) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
    buf_puts(&b, "<!DOCTYPE r [<!ENTITY a \"");
    repeat(&b, "x", 30000);
    buf_puts(&b, "\">]><r>");
    repeat(&b, "&a;", 10000);
    buf_puts(&b, "</r>");
    expect_refused(buf_str(&b), ERR_INVALID, "document type");
}

TEST(xml_doc, opens_no_file_and_no_connection) {
    char dir[] = P_tmpdir "/xml_doc_test.XXXXXX";
    REQUIRE(mkdtemp(dir) != NULL);
    CLEANUP(buf_release) struct buf fifo = BUF_INIT(4096);
    buf_printf(&fifo, "%s/fifo", dir);
    REQUIRE(mkfifo(fifo.ptr, 0600) == 0); /* who opens it to read waits for ever */
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    REQUIRE(bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 1) == 0 &&
            getsockname(listener, (struct sockaddr *)&a, &len) == 0);
    static const char *const forms[] = {
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"@\">]><r>&x;</r>",
        "<!DOCTYPE r SYSTEM \"@\"><r/>",
        "<!DOCTYPE r [<!ENTITY % p SYSTEM \"@\">%p;]><r/>",
        "<r xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\"@\"/></r>",
        "<?xml-stylesheet href=\"@\"?><r/>",
        ("<r xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
         "xsi:noNamespaceSchemaLocation=\"@\"/>"),
    };
    char url[3][256];
    (void)snprintf(url[0], sizeof url[0], "file://%s", fifo.ptr);
    (void)snprintf(url[1], sizeof url[1], "%s", fifo.ptr);
    (void)snprintf(url[2], sizeof url[2], "http://127.0.0.1:%u/x", (unsigned)ntohs(a.sin_port));
    for (size_t f = 0; f < ARRAY_LEN(forms); f++)
        for (size_t u = 0; u < ARRAY_LEN(url); u++) {
            CLEANUP(buf_release) struct buf text = BUF_INIT(8192);
            size_t at = str_find_str(str_z(forms[f]), STR("@"));
            buf_put(&text, forms[f], at);
            buf_puts(&text, url[u]);
            buf_puts(&text, forms[f] + at + 1);
            CLEANUP(xml_doc_release) struct xml_doc doc = {0};
            enum error_code rc = xml_doc_read(buf_str(&text), DOC_BYTES_MAX, &doc, NULL);
            EXPECT(rc == ERR_INVALID || f == 3 || f == 5); /* those two are plain markup to us */
        }
    EXPECT(accept(listener, NULL, NULL) == -1 && (errno == EAGAIN || errno == EWOULDBLOCK));
    close(listener);
    unlink(fifo.ptr);
    rmdir(dir);
}

TEST(xml_doc, refuses_processing_instructions) {
    expect_refused(STR("<?php echo 1 ?><r/>"), ERR_INVALID, "processing instruction");
    expect_refused(STR("<r><?go home?></r>"), ERR_INVALID, "processing instruction");
    expect_refused(STR(" <?xml version=\"1.0\"?><r/>"), ERR_INVALID, "processing instruction");
}

TEST(xml_doc, refuses_other_encodings) {
    expect_refused(str_from("\xFF\xFE<\0r\0/\0>\0", 10), ERR_INVALID, "UTF-8");
    expect_refused(str_from("\xFE\xFF\0<\0r\0/\0>", 10), ERR_INVALID, "UTF-8");
    expect_refused(str_from("<\0r\0/\0>\0", 8), ERR_INVALID, "UTF-8");
    expect_refused(STR("<?xml version=\"1.0\" encoding=\"UTF-7\"?><r>+ADw-x+AD4-</r>"), ERR_INVALID,
                   "encoding");
    expect_refused(STR("<?xml version='1.0' encoding = 'UTF-16'?><r/>"), ERR_INVALID, "encoding");
    expect_refused(STR("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r>\xE9</r>"), ERR_INVALID,
                   "UTF-8");
    expect_refused(STR("<r>\xC0\xBC</r>"), ERR_INVALID, "UTF-8");
    expect_refused(STR("<r>\xED\xA0\x80</r>"), ERR_INVALID, "UTF-8");
    expect_refused(STR("<r>\xEF\xBF\xBE</r>"), ERR_INVALID, "not well-formed");
}

/* ---- limits ---------------------------------------------------------------------------------- */

static enum error_code read_with_attrs(size_t count, struct error *err) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 20);
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    buf_puts(&b, "<r");
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, " a%zu='>='", i);
    buf_puts(&b, "/>");
    return xml_doc_read(buf_str(&b), DOC_BYTES_MAX, &doc, err);
}

TEST(xml_doc, bounds_the_attributes_of_an_element) {
    static const size_t too_many[] = {65, 5000, 100000};
    struct error err = {0};
    EXPECT_INT(read_with_attrs(64, &err), ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(too_many); i++) {
        int64_t start = cpu_ms();
        EXPECT_INT(read_with_attrs(too_many[i], &err), ERR_LIMIT);
        EXPECT(cpu_ms() - start < CPU_MS_MAX);
    }
    EXPECT(strstr(err.text, "at most 65536") != NULL); /* a megabyte is over the size first */
}

TEST(xml_doc, bounds_namespace_declarations) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
    buf_puts(&b, "<r");
    for (int i = 0; i < 2000; i++)
        buf_printf(&b, " xmlns:n%d='u'", i);
    buf_puts(&b, "/>");
    expect_refused(buf_str(&b), ERR_LIMIT, "64 attributes");
}

static enum error_code read_nested(size_t depth, struct error *err) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 20);
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    repeat(&b, "<a>", depth);
    repeat(&b, "</a>", depth);
    return xml_doc_read(buf_str(&b), DOC_BYTES_MAX, &doc, err);
}

TEST(xml_doc, bounds_the_depth) {
    struct error err = {0};
    EXPECT_INT(read_nested(XML_DEPTH_MAX, &err), ERR_OK);
    EXPECT_INT(read_nested(XML_DEPTH_MAX + 1, &err), ERR_LIMIT);
    EXPECT(strstr(err.text, "nested") != NULL);
    int64_t start = cpu_ms();
    EXPECT_INT(read_nested(9000, &err), ERR_LIMIT);
    EXPECT_INT(read_nested(10000, &err), ERR_LIMIT);
    EXPECT(cpu_ms() - start < CPU_MS_MAX);
}

TEST(xml_doc, bounds_elements_and_bytes) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 20);
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    buf_puts(&b, "<r>");
    repeat(&b, "<a/>", XML_NODES_MAX - 1);
    buf_puts(&b, "</r>");
    EXPECT_INT(xml_doc_read(buf_str(&b), DOC_BYTES_MAX, &doc, NULL), ERR_OK);
    buf_clear(&b);
    buf_puts(&b, "<r>");
    repeat(&b, "<a/>", XML_NODES_MAX);
    buf_puts(&b, "</r>");
    expect_refused(buf_str(&b), ERR_LIMIT, "too many elements");
    buf_clear(&b);
    buf_puts(&b, "<r>");
    repeat(&b, "x", DOC_BYTES_MAX - 7);
    buf_puts(&b, "</r>");
    xml_doc_release(&doc);
    EXPECT_INT(xml_doc_read(buf_str(&b), DOC_BYTES_MAX, &doc, NULL), ERR_OK);
    buf_puts(&b, " ");
    expect_refused(buf_str(&b), ERR_LIMIT, "at most 65536");
}

TEST(xml_doc, any_prefix_of_a_document_fails_cleanly) {
    struct str whole = STR("<?xml version=\"1.0\"?><R a='1'><!-- c --><S>t &amp; u</S>"
                           "<![CDATA[x]]><T b=\"2\"/></R>");
    for (size_t n = 0; n < whole.len; n++)
        expect_refused(str_from(whole.ptr, n), ERR_INVALID, "line");
}
