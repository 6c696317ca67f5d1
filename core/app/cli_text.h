#ifndef CORE_APP_CLI_TEXT_H
#define CORE_APP_CLI_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/str.h"

/*
 * Text for people. What callers said and carriers sent may hold anything, so whatever goes to a
 * terminal loses its control characters here. Widths are counted in characters.
 */

/** Write s with every control character as "?" and every line break or tab as a blank. */
void cli_put_clean(FILE *f, struct str s);

/** The same into dst, cut at a character so that it fits. */
void cli_clean_copy(struct str s, char *dst, size_t dst_size);

/** Characters of valid UTF-8. */
size_t cli_columns(struct str s);

/** Columns of the terminal behind f; 0: it is none. */
size_t cli_terminal_columns(FILE *f);

/** JSON with a line for each value, as people and grep read it. It must be valid. */
void cli_put_pretty(FILE *f, struct str json);

/* ---- tables ------------------------------------------------------------------------------------
 */

enum {
    CLI_TABLE_COLUMNS_MAX = 8,
    CLI_TABLE_GAP = 2
};

/** Rows under a heading, columns as wide as their widest cell; the last one gives way. */
struct cli_table {
    const char *headings[CLI_TABLE_COLUMNS_MAX];
    bool right[CLI_TABLE_COLUMNS_MAX]; /* numbers */
    size_t columns;
    struct str *cells; /* row by row */
    size_t rows, rows_room;
    struct arena arena;
};

/** Add a row of `columns` cells, all empty. */
struct str *cli_table_row(struct cli_table *t);

/** Write it. width_max: cut the last column to stay within it; 0: do not cut. */
void cli_table_put(const struct cli_table *t, FILE *f, size_t width_max);
void cli_table_release(struct cli_table *t);

/* ---- cells from the API's JSON -----------------------------------------------------------------
 */

/** A text member, "-" when it is null, empty or absent; numbers and booleans in JSON's words. */
struct str cli_cell(struct arena *a, const struct json *object, const char *member);

/** "2026-11-21T12:00:00.123Z" as "2026-11-21 12:00:00"; "-" for null. */
struct str cli_cell_time(struct arena *a, const struct json *object, const char *member);

/** A number of seconds as "12 s"; "-" for null. */
struct str cli_cell_seconds(struct arena *a, const struct json *object, const char *member);

#endif
