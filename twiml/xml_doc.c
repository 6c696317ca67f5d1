#include "twiml/xml_doc.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"

void xml_doc_release(struct xml_doc *d) {
    arena_release(&d->arena);
    *d = (struct xml_doc){0};
}

void xml_doc_init(void) {
    xmlInitParser();
}

/* ---- before the parser sees it --------------------------------------------------------------- */

static unsigned line_at(struct str text, size_t offset) {
    unsigned line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        line += text.ptr[i] == '\n';
    return line;
}

/* Index behind the next `mark` from `from` on; the end of the text when there is none. */
static size_t skip_past(struct str text, size_t from, const char *mark) {
    struct str rest = str_from_index(text, from);
    size_t at = str_find_str(rest, str_z(mark));
    return at == rest.len ? text.len : from + at + strlen(mark);
}

/* Index behind the tag that starts at `from`; counts its attributes. */
static size_t scan_tag(struct str text, size_t from, size_t *attrs) {
    char quote = 0;
    size_t i = from;
    for (*attrs = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quote) {
            if (c == quote)
                quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '=') {
            ++*attrs;
        } else if (c == '>') {
            return i + 1;
        }
    }
    return i;
}

/*
 * The parser's time grows with the square of the attributes of one element (20 000 took 0.4 s), and
 * it would read a document type declaration before it asks us. One pass over the bytes refuses
 * both.
 */
static enum error_code prescan(struct str text, struct error *err) {
    for (size_t i = str_find(text, '<'); i < text.len;) {
        struct str here = str_from_index(text, i);
        size_t attrs = 0;
        if (str_starts(here, STR("<!--")))
            i = skip_past(text, i + 4, "-->");
        else if (str_starts(here, STR("<![CDATA[")))
            i = skip_past(text, i + 9, "]]>");
        else if (str_starts(here, STR("<!")))
            return error_set(err, ERR_INVALID,
                             "line %u: a document type declaration is not allowed, remove it",
                             line_at(text, i));
        else if (str_starts(here, STR("<?")) && (i > 0 || !str_starts(here, STR("<?xml"))))
            return error_set(err, ERR_INVALID,
                             "line %u: a processing instruction is not allowed, remove it",
                             line_at(text, i));
        else
            i = scan_tag(text, i, &attrs);
        if (attrs > XML_ATTRS_MAX)
            return error_set(err, ERR_LIMIT, "line %u: an element has more than %d attributes",
                             line_at(text, i), XML_ATTRS_MAX);
        i += str_find(str_from_index(text, i), '<');
    }
    return ERR_OK;
}

/* The encoding that an XML declaration names; empty when it names none. */
static struct str declared_encoding(struct str text) {
    if (!str_starts(text, STR("<?xml")))
        return (struct str){0};
    struct str decl = str_from(text.ptr, str_find(text, '>'));
    struct str rest = str_from_index(decl, str_find_str(decl, STR("encoding")));
    rest = str_from_index(rest, str_find(rest, '='));
    rest = str_trim(str_from_index(rest, 1));
    if (rest.len == 0)
        return (struct str){0};
    char quote = rest.ptr[0];
    rest = str_from_index(rest, 1);
    return str_from(rest.ptr, str_find(rest, quote));
}

static enum error_code check_bytes(struct str *text, size_t bytes_max, struct error *err) {
    if (text->len > bytes_max)
        return error_set(err, ERR_LIMIT, "line 1: the document has %zu bytes, at most %zu fit",
                         text->len, bytes_max);
    if (str_starts(*text, STR("\xEF\xBB\xBF")))
        *text = str_from_index(*text, 3);
    if (!str_is_utf8(*text))
        return error_set(err, ERR_INVALID, "line 1: the document is not UTF-8");
    struct str encoding = declared_encoding(*text);
    if (encoding.len > 0 && !str_eq_nocase(encoding, STR("utf-8")) &&
        !str_eq_nocase(encoding, STR("us-ascii")))
        return error_set(err, ERR_INVALID,
                         "line 1: the document declares another encoding than UTF-8");
    return prescan(*text, err);
}

/* ---- while it is parsed ---------------------------------------------------------------------- */

struct building {
    struct xml_doc *doc;
    xmlParserCtxtPtr parser;
    struct xml_node *open[XML_DEPTH_MAX];  /* from the root to the innermost */
    struct xml_node **tail[XML_DEPTH_MAX]; /* where their next child goes */
    size_t depth, nodes;
    struct buf text; /* a run of text that goes on */
    enum error_code rc;
    uint32_t fault_line;
    char fault[160];
};

static uint32_t line_now(const struct building *b) {
    int line = xmlSAX2GetLineNumber(b->parser);
    return line > 0 ? (uint32_t)line : 1;
}

/* The first fault is the story; the parser stops. */
static void stop(struct building *b, enum error_code rc, uint32_t line, const char *what) {
    if (b->rc != ERR_OK)
        return;
    b->rc = rc;
    b->fault_line = line;
    (void)snprintf(b->fault, sizeof b->fault, "%s", what);
    xmlStopParser(b->parser);
}

/* A new node behind the others of the innermost open element; NULL when there are too many. */
static struct xml_node *append(struct building *b) {
    if (++b->nodes > XML_NODES_MAX) {
        stop(b, ERR_LIMIT, line_now(b), "the document has too many elements, at most 2000 fit");
        return NULL;
    }
    struct xml_node *n = arena_alloc(&b->doc->arena, sizeof *n);
    n->line = line_now(b);
    if (b->depth > 0) {
        *b->tail[b->depth - 1] = n;
        b->tail[b->depth - 1] = &n->next;
    } else {
        b->doc->root = n;
    }
    return n;
}

static void flush_text(struct building *b) {
    if (b->text.len == 0 || b->depth == 0)
        return;
    struct xml_node *n = append(b);
    if (n)
        n->text = arena_copy(&b->doc->arena, buf_str(&b->text));
    buf_clear(&b->text);
}

static struct str name_of(struct building *b, const xmlChar *prefix, const xmlChar *local) {
    struct str plain = str_z((const char *)local);
    return prefix ? arena_printf(&b->doc->arena, "%s:%s", (const char *)prefix, plain.ptr)
                  : arena_copy(&b->doc->arena, plain);
}

/*
 * Without entity replacement (which we never want) the parser hands "&" over as "&#38;" in
 * attribute values, and as nothing else: every other reference is resolved or an error.
 */
static struct str value_of(struct building *b, const xmlChar *from, const xmlChar *end) {
    struct str raw = str_from(from, (size_t)(end - from));
    struct str copy = arena_copy(&b->doc->arena, raw);
    if (str_find(raw, '&') == raw.len)
        return copy;
    char *out = (char *)(uintptr_t)copy.ptr;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        out[len++] = raw.ptr[i];
        if (raw.ptr[i] == '&' && str_starts(str_from_index(raw, i), STR("&#38;")))
            i += 4;
    }
    out[len] = '\0';
    return str_from(out, len);
}

static void on_start(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attr_count,
                     int defaulted_count, const xmlChar **attrs) {
    struct building *b = ctx;
    (void)uri;
    (void)defaulted_count;
    flush_text(b);
    if (b->rc != ERR_OK)
        return;
    if (b->depth == XML_DEPTH_MAX) {
        stop(b, ERR_LIMIT, line_now(b), "elements are nested more than 32 deep");
        return;
    }
    size_t count = (size_t)attr_count + (size_t)namespace_count;
    if (count > XML_ATTRS_MAX) {
        stop(b, ERR_LIMIT, line_now(b), "an element has more than 64 attributes");
        return;
    }
    struct xml_node *n = append(b);
    if (!n)
        return;
    n->name = name_of(b, prefix, local);
    if (count > 0)
        n->attrs = arena_alloc(&b->doc->arena, count * sizeof *n->attrs);
    for (int i = 0; i < attr_count; i++, attrs += 5)
        n->attrs[n->attr_count++] = (struct xml_attr){
            .name = name_of(b, attrs[1], attrs[0]),
            .value = value_of(b, attrs[3], attrs[4]),
        };
    for (int i = 0; i < namespace_count; i++, namespaces += 2)
        n->attrs[n->attr_count++] = (struct xml_attr){
            .name =
                namespaces[0] ? name_of(b, (const xmlChar *)"xmlns", namespaces[0]) : STR("xmlns"),
            .value = arena_copy(&b->doc->arena, str_z((const char *)namespaces[1])),
        };
    b->open[b->depth] = n;
    b->tail[b->depth] = &n->first;
    b->depth++;
}

static void on_end(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri) {
    struct building *b = ctx;
    (void)local;
    (void)prefix;
    (void)uri;
    flush_text(b);
    if (b->rc == ERR_OK && b->depth > 0)
        b->depth--;
}

static void on_text(void *ctx, const xmlChar *text, int len) {
    struct building *b = ctx;
    buf_put(&b->text, text, (size_t)len);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
                       const xmlChar *sys) {
    struct building *b = ctx;
    (void)name;
    (void)external;
    (void)sys;
    stop(b, ERR_INVALID, line_now(b), "a document type declaration is not allowed, remove it");
}

static void on_instruction(void *ctx, const xmlChar *target, const xmlChar *data) {
    struct building *b = ctx;
    (void)target;
    (void)data;
    stop(b, ERR_INVALID, line_now(b), "a processing instruction is not allowed, remove it");
}

static void on_error(void *ctx, xmlErrorPtr e) {
    struct building *b = ctx;
    if (e->level != XML_ERR_FATAL)
        return; /* an undeclared prefix: names are compared as they are written */
    char what[sizeof b->fault];
    struct str message = str_trim(str_z(e->message));
    (void)snprintf(what, sizeof what, "not well-formed XML: " STR_FMT, STR_ARG(message));
    stop(b, ERR_INVALID, e->line > 0 ? (uint32_t)e->line : 1, what);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void set_handlers(xmlSAXHandler *sax) {
    memset(sax, 0, sizeof *sax);
    sax->initialized = XML_SAX2_MAGIC;
    sax->internalSubset = on_doctype;
    sax->externalSubset = on_doctype;
    sax->startElementNs = on_start;
    sax->endElementNs = on_end;
    sax->characters = on_text;
    sax->ignorableWhitespace = on_text;
    sax->cdataBlock = on_text;
    sax->processingInstruction = on_instruction;
    sax->serror = on_error;
}

static enum error_code parse(struct str text, struct building *b, struct error *err) {
    b->parser = xmlNewParserCtxt();
    if (!b->parser)
        return error_set(err, ERR_LIMIT, "line 1: no memory for the XML parser");
    set_handlers(b->parser->sax);
    b->parser->userData = b;
    /* No encoding is named: check_bytes() saw UTF-8, and a converter would copy every byte. */
    xmlDocPtr none = xmlCtxtReadMemory(b->parser, text.ptr, (int)text.len, NULL, NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                           XML_PARSE_NOCDATA | XML_PARSE_IGNORE_ENC);
    bool sound = b->parser->wellFormed;
    xmlFreeDoc(none); /* our handlers build no tree, so there is none */
    xmlFreeParserCtxt(b->parser);
    b->parser = NULL;
    if (b->rc != ERR_OK)
        return error_set(err, b->rc, "line %u: %s", (unsigned)b->fault_line, b->fault);
    if (!sound || !b->doc->root)
        return error_set(err, ERR_INVALID, "line 1: not well-formed XML");
    return ERR_OK;
}

enum error_code xml_doc_read(struct str text, size_t bytes_max, struct xml_doc *out,
                             struct error *err) {
    enum error_code rc = check_bytes(&text, bytes_max, err);
    if (rc != ERR_OK)
        return rc;
    if (text.len == 0)
        return error_set(err, ERR_INVALID, "line 1: the document is empty");
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    struct building b = {.doc = &doc, .text = BUF_INIT(bytes_max)};
    rc = parse(text, &b, err);
    buf_release(&b.text);
    if (rc != ERR_OK)
        return rc;
    *out = doc;
    doc = (struct xml_doc){0};
    return ERR_OK;
}

const struct str *xml_node_attr(const struct xml_node *n, const char *name) {
    for (size_t i = 0; i < n->attr_count; i++)
        if (str_eq_z(n->attrs[i].name, name))
            return &n->attrs[i].value;
    return NULL;
}

bool xml_node_says(const struct xml_node *n, const char *name, const char *value) {
    const struct str *v = xml_node_attr(n, name);
    return v && str_eq_z(*v, value);
}

bool xml_node_has_text(const struct xml_node *n) {
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (xml_node_is_text(c) && str_trim(c->text).len > 0)
            return true;
    return false;
}

struct str xml_node_text(const struct xml_node *n, struct arena *a) {
    struct str only = {0};
    size_t runs = 0, len = 0;
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (xml_node_is_text(c)) {
            only = c->text;
            runs++;
            len += c->text.len;
        }
    if (runs <= 1)
        return str_trim(only);
    char *joined = arena_alloc(a, len + 1);
    size_t used = 0;
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (xml_node_is_text(c)) {
            memcpy(joined + used, c->text.ptr, c->text.len);
            used += c->text.len;
        }
    return str_trim(str_from(joined, used));
}
