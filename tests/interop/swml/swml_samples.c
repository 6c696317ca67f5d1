#include <stdio.h>

#include "swml/swml.h"
#include "tests/support/plan_random.h"

/*
 * usage: swml_samples COUNT [DOCUMENT.json …]
 * Prints one SWML document a line: COUNT of random plans, and each DOCUMENT read into a plan and
 * written again. Exits 1 when a document cannot be read or written.
 */

static void show(struct buf *doc) {
    for (size_t i = 0; i < doc->len; i++)
        if (doc->ptr[i] == '\n') /* between values only: strings escape theirs */
            doc->ptr[i] = ' ';
    (void)puts(doc->ptr);
}

/* Plans that SWML refuses are left out: it says so itself. */
static void show_random(size_t count) {
    struct plan_random r = plan_random_from(20261121);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(SWML_BYTES_MAX);
    while (count > 0) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_random_make(&r, &p);
        buf_clear(&doc);
        if (swml_write(&p, NULL, &doc, NULL, NULL) != ERR_OK)
            continue;
        show(&doc);
        count--;
    }
}

static bool show_file(const char *path) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(SWML_BYTES_MAX);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(SWML_BYTES_MAX);
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    char block[4096];
    FILE *f = fopen(path, "rb");
    for (size_t n; f && (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_put(&text, block, n);
    if (f)
        (void)fclose(f);
    if (swml_read(buf_str(&text), &p, NULL, &err) != ERR_OK ||
        swml_write(&p, NULL, &doc, NULL, &err) != ERR_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, err.text);
        return false;
    }
    show(&doc);
    return true;
}

int main(int argc, char **argv) {
    uint64_t count = 0;
    if (argc < 2 || !str_to_u64(str_z(argv[1]), 1000000, &count)) {
        (void)fprintf(stderr, "usage: swml_samples COUNT [DOCUMENT.json ...]\n");
        return 2;
    }
    show_random((size_t)count);
    bool good = true;
    for (int i = 2; i < argc; i++)
        good = show_file(argv[i]) && good;
    return good ? 0 : 1;
}
