#include "core/io/zone_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ZONE_NAME_MAX = 64,
    ZONE_FILE_MAX = 65536 /* the largest has about 4 KiB */
};

static const char zone_directory[] = "/usr/share/zoneinfo";

/** "Europe/Berlin", "Etc/GMT+5": no name leads out of the directory. */
static bool is_zone_name(struct str s) {
    if (s.len == 0 || s.len > ZONE_NAME_MAX || s.ptr[0] < 'A' || s.ptr[0] > 'Z')
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && (c < '0' || c > '9') && c != '_' && c != '-' && c != '+' && c != '/')
            return false;
    }
    return true;
}

static ssize_t read_whole(int fd, char *dst, size_t size) {
    size_t used = 0;
    while (used < size) {
        ssize_t n = read(fd, dst + used, size - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? n : (ssize_t)used;
        used += (size_t)n;
    }
    return -1; /* too large */
}

static enum error_code zone_at(void *ctx, struct str zone, int64_t unix_s, struct tzif_time *out,
                               struct error *err) {
    const char *dir = ctx;
    char path[512], bytes[ZONE_FILE_MAX];
    struct stat st;
    enum error_code unknown = ERR_INVALID;
    if (!is_zone_name(zone) ||
        snprintf(path, sizeof path, "%s/" STR_FMT, dir, STR_ARG(zone)) >= (int)sizeof path)
        return error_set(err, unknown, "there is no time zone of that name");
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && stat(dir, &st) != 0)
        return error_set(err, ERR_IO, "the system has no time zones, install tzdata");
    if (fd < 0)
        return error_set(err, unknown, "there is no time zone \"" STR_FMT "\"", STR_ARG(zone));
    ssize_t n = read_whole(fd, bytes, sizeof bytes);
    close(fd);
    if (n < 0 || !tzif_at(str_from(bytes, (size_t)n), unix_s, out))
        return error_set(err, unknown, "there is no time zone \"" STR_FMT "\"", STR_ARG(zone));
    return ERR_OK;
}

struct zones zone_files(const char *dir) {
    return (struct zones){.at = zone_at, .ctx = (void *)(uintptr_t)(dir ? dir : zone_directory)};
}
