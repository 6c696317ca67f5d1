#include <stdio.h>
#include <string.h>

#include "core/app/cli.h"
#include "core/app/routes.h"
#include "core/base/buf.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

/* The pages for people name what the tables have. */

TEST(docs, cli_md_names_every_command_and_option) {
    static const char *const everywhere[] = {"--json", "--env", "--url"};
    struct buf page = BUF_INIT(1024 * 1024);
    REQUIRE(read_file(SWH_SOURCE_DIR "/docs/cli.md", &page));
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        char word[64];
        snprintf(word, sizeof word, "`%s", c->name);
        if (!strstr(page.ptr, word))
            EXPECT_STR(c->name, "named in docs/cli.md");
        for (const struct cli_option *o = c->options; o->name; o++)
            if (!strstr(page.ptr, o->name))
                EXPECT_STR(o->name, "named in docs/cli.md");
    }
    for (size_t i = 0; i < ARRAY_LEN(everywhere); i++)
        EXPECT(strstr(page.ptr, everywhere[i]) != NULL);
    buf_release(&page);
}

/* "/api/calls/{}/events" as people read it. */
static void is_named(void *ctx, const char *method, const char *path) {
    const struct buf *page = ctx;
    struct buf line = BUF_INIT(128);
    struct str rest = str_z(path), part;
    buf_printf(&line, "`%s ", method);
    for (bool first = true; str_next(&rest, '/', &part); first = false) {
        if (!first)
            buf_putc(&line, '/');
        buf_put_str(&line, str_eq_z(part, "{}") ? STR("{id}") : part);
    }
    buf_putc(&line, '`');
    if (!strstr(page->ptr, line.ptr))
        EXPECT_STR(line.ptr, "named in docs/api.md");
    buf_release(&line);
}

TEST(docs, api_md_names_every_route) {
    struct buf page = BUF_INIT(1024 * 1024);
    REQUIRE(read_file(SWH_SOURCE_DIR "/docs/api.md", &page));
    routes_each(is_named, &page);
    buf_release(&page);
}
