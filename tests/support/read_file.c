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
