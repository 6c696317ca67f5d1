#include "core/io/store_sqlite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"

/*
 * The first byte of the lock file. A log that is missing after a crash takes acknowledged commits
 * with it, and SQLite would go on without a word: hence the note.
 */
static const char mark_open = 'o';
static const char mark_clean = 'c';

static enum error_code io_fail(struct error *err, const char *path, const char *suffix) {
    return error_set(err, ERR_IO,
                     "cannot open %s%s: %s; check that its directory exists and is ours", path,
                     suffix, strerrorname_np(errno));
}

static enum error_code take_lock(struct sql_file *f, const char *path, struct error *err) {
    struct arena a = {0};
    struct str name = arena_printf(&a, "%s.lock", path);
    int fd = open(name.ptr, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    arena_release(&a);
    if (fd < 0)
        return io_fail(err, path, ".lock");
    /* of the open file, not of the process: also keeps out a second store in this process */
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        if (why == EAGAIN || why == EACCES)
            return error_set(err, ERR_CONFLICT,
                             "%s is in use by another process: stop that one first", path);
        return io_fail(err, path, ".lock");
    }
    f->lock_fd = fd;
    return ERR_OK;
}

static bool exists_with_bytes(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && st.st_size > 0;
}

static enum error_code check_log(const struct sql_file *f, const char *path, struct error *err) {
    char mark = mark_clean;
    if (pread(f->lock_fd, &mark, 1, 0) < 0)
        return io_fail(err, path, ".lock");
    if (mark != mark_open || !exists_with_bytes(path))
        return ERR_OK;
    struct arena a = {0};
    struct str log = arena_printf(&a, "%s-wal", path);
    bool there = access(log.ptr, F_OK) == 0;
    arena_release(&a);
    if (there)
        return ERR_OK;
    return error_set(err, ERR_STORE,
                     "%s-wal is missing after a crash, and the last commits with it: put it back, "
                     "restore a backup, or delete %s.lock to go on without them",
                     path, path);
}

static enum error_code create_database(const char *path, struct error *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* its log inherits the mode */
    if (fd < 0)
        return io_fail(err, path, "");
    close(fd);
    return ERR_OK;
}

enum error_code sql_file_claim(struct sql_file *f, const char *path, struct error *err) {
    *f = SQL_FILE_NONE;
    enum error_code rc = take_lock(f, path, err);
    if (rc == ERR_OK)
        rc = check_log(f, path, err);
    if (rc == ERR_OK)
        rc = create_database(path, err);
    if (rc != ERR_OK)
        sql_file_release(f);
    return rc;
}

/* The log's directory entry must not be younger on disk than the mark that promises it. */
static int sync_directory(const char *path) {
    struct arena a = {0};
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    struct str dir = n ? arena_copy(&a, str_from(path, n)) : STR(".");
    int fd = open(dir.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    arena_release(&a);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    close(fd);
    return rc;
}

enum error_code sql_file_mark_open(struct sql_file *f, const char *path, struct error *err) {
    if (sync_directory(path) != 0 || pwrite(f->lock_fd, &mark_open, 1, 0) != 1)
        return io_fail(err, path, ".lock");
    return ERR_OK;
}

void sql_file_mark_clean(struct sql_file *f) {
    if (pwrite(f->lock_fd, &mark_clean, 1, 0) == 1)
        (void)fdatasync(f->lock_fd); /* a stale mark only makes the next start more careful */
}

void sql_file_release(struct sql_file *f) {
    if (f->lock_fd >= 0)
        close(f->lock_fd);
    *f = SQL_FILE_NONE;
}
