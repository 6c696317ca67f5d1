#ifndef CORE_APP_CLI_FILES_H
#define CORE_APP_CLI_FILES_H

#include "core/app/cli.h"
#include "core/base/buf.h"
#include "core/base/json.h"

/** Read a file of at most out->max bytes, "-" is standard input. Not CLI_DONE: told to the user. */
NODISCARD int cli_read_file(struct cli *cli, const char *path, struct buf *out);

/** The same, as a JSON document. The fault names the file, line and column. */
NODISCARD int cli_read_json(struct cli *cli, const char *path, struct json_doc **out);

/** The --var k=v options as a JSON object of texts; nothing when there are none. */
NODISCARD int cli_put_variables(struct cli *cli, struct buf *out);

#endif
