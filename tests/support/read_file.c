#include "tests/support/read_file.h"

#include <fcntl.h>
#include <unistd.h>

bool read_file(const char *path, struct buf *b) {
    char chunk[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;
    while (fd >= 0 && (n = read(fd, chunk, sizeof chunk)) > 0)
        buf_put(b, chunk, (size_t)n);
    if (fd >= 0)
        close(fd);
    return n == 0 && !buf_failed(b);
}

struct json_doc *read_json_file(const char *path) {
    const struct json_limits limits = {.bytes_max = 1 << 20, .values_max = 100000};
    CLEANUP(buf_release) struct buf text = BUF_INIT(limits.bytes_max);
    struct json_doc *doc = NULL;
    bool ok = read_file(path, &text) && json_parse(buf_str(&text), &limits, &doc, NULL) == ERR_OK;
    return ok ? doc : NULL;
}
