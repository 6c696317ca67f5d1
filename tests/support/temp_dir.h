#ifndef TESTS_SUPPORT_TEMP_DIR_H
#define TESTS_SUPPORT_TEMP_DIR_H

/** A directory of the test's own, under TMPDIR or the system's place for such. */
struct temp_dir {
    char path[256]; /* without a slash at the end */
};

/** Makes it; ends the program when it cannot be made. */
void temp_dir_init(struct temp_dir *d);

/** "path/name"; dst holds 320 bytes. */
void temp_dir_file(const struct temp_dir *d, const char *name, char *dst);

/** Removes it with all that is in it. */
void temp_dir_release(struct temp_dir *d);

#endif
