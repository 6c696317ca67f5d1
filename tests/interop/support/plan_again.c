#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "swml/swml.h"
#include "twiml/plivoxml.h"
#include "twiml/twiml.h"

/*
 * usage: plan_again twiml|plivo|swml
 * For each line of standard input, a document as a JSON string, prints what its plan is written as:
 * {"document", "losses": ["where: what"]}, or {"error"} when it cannot be read or written, or when
 * what was written is read as another plan.
 */

enum {
    DOCUMENT_MAX = 1 << 20,
    LINE_MAX = 4 * DOCUMENT_MAX,
};

struct language {
    const char *name;
    enum error_code (*read)(struct str doc, struct plan *p, struct plan_loss_report *loss,
                            struct error *err);
    enum error_code (*write)(const struct plan *p, struct buf *out, struct plan_loss_report *loss,
                             struct error *err);
};

static enum error_code write_swml(const struct plan *p, struct buf *out,
                                  struct plan_loss_report *loss, struct error *err) {
    return swml_write(p, NULL, out, loss, err);
}

static const struct language languages[] = {
    {"twiml", twiml_read, twiml_write},
    {"plivo", plivoxml_read, plivoxml_write},
    {"swml", swml_read, write_swml},
};

static enum error_code again(const struct language *l, struct str doc, struct buf *out,
                             struct plan_loss_report *loss, struct error *err) {
    CLEANUP(plan_release) struct plan p = {0}, q = {0};
    enum error_code rc = l->read(doc, &p, loss, err);
    if (rc == ERR_OK)
        rc = l->write(&p, out, loss, err);
    if (rc == ERR_OK)
        rc = l->read(buf_str(out), &q, NULL, err);
    if (rc == ERR_OK && !plan_equal(&p, &q))
        rc = error_set(err, ERR_INVALID, "it is read as another plan when it is written again");
    return rc;
}

static void show(const struct language *l, struct str doc) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(DOCUMENT_MAX);
    CLEANUP(buf_release) struct buf line = BUF_INIT(LINE_MAX);
    struct plan_loss_report loss = {0};
    struct error err = {0};
    struct json_writer w;
    json_write_init(&w, &line);
    json_begin_object(&w);
    if (again(l, doc, &text, &loss, &err) != ERR_OK) {
        json_kv_z(&w, "error", err.text);
    } else {
        json_kv_string(&w, "document", buf_str(&text));
        json_key(&w, "losses");
        json_begin_array(&w);
        for (size_t i = 0; i < loss.count; i++) {
            char what[192];
            (void)snprintf(what, sizeof what, "%s: %s", loss.items[i].where, loss.items[i].what);
            json_put_string(&w, str_z(what));
        }
        json_end_array(&w);
    }
    json_end_object(&w);
    (void)puts(line.ptr);
}

static bool run(const struct language *l) {
    static char line[LINE_MAX];
    while (fgets(line, sizeof line, stdin)) {
        CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
        const struct json_limits limits = {.bytes_max = LINE_MAX};
        if (json_parse(str_trim(str_z(line)), &limits, &doc, NULL) != ERR_OK)
            return false;
        show(l, json_str(json_root(doc)));
    }
    return true;
}

int main(int argc, char **argv) {
    size_t i = 0;
    while (argc == 2 && i < ARRAY_LEN(languages) && strcmp(argv[1], languages[i].name) != 0)
        i++;
    if (argc != 2 || i == ARRAY_LEN(languages)) {
        (void)fprintf(stderr, "usage: plan_again twiml|plivo|swml\n");
        return 2;
    }
    twiml_init();
    return run(&languages[i]) ? 0 : 1;
}
