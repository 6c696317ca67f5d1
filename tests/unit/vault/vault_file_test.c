#include "core/io/vault_file.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/secret.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

enum {
    CALL = 11,
    RECORDING = 22
};

struct place {
    struct temp_dir dir;
    char recordings[320], key[320];
    struct vault *vault;
    struct error err;
    struct buf wrapped; /* of CALL */
};

static void place_init(struct place *p) {
    REQUIRE(secret_system_init());
    *p = (struct place){.wrapped = BUF_INIT(VAULT_WRAPPED_KEY_MAX)};
    temp_dir_init(&p->dir);
    temp_dir_file(&p->dir, "recordings", p->recordings);
    temp_dir_file(&p->dir, "recording.key", p->key);
}

static enum error_code place_open(struct place *p, bool may_create_key) {
    struct vault_file_options o = {
        .dir = p->recordings, .key_path = p->key, .may_create_key = may_create_key};
    vault_free(p->vault);
    p->vault = NULL;
    return vault_file_open(&o, &p->vault, &p->err);
}

static void place_release(struct place *p) {
    vault_free(p->vault);
    buf_release(&p->wrapped);
    temp_dir_release(&p->dir);
}

static void write_file(const char *path, size_t n, mode_t mode) {
    static const char bytes[64] = {1, 2, 3};
    FILE *f = fopen(path, "we");
    REQUIRE(f && fwrite(bytes, 1, n, f) == n);
    fclose(f);
    EXPECT(chmod(path, mode) == 0);
}

static bool is_there(struct place *p, const char *name) {
    char path[320];
    temp_dir_file(&p->dir, name, path);
    return access(path, F_OK) == 0;
}

static bool says(const struct place *p, const char *words) {
    return str_find_str(str_z(p->err.text), str_z(words)) < str_z(p->err.text).len;
}

static void seal(struct place *p) {
    struct vault_writer *w = NULL;
    uint64_t bytes;
    char digest[VAULT_DIGEST_SIZE];
    EXPECT(vault_make_key(p->vault, CALL, &p->wrapped, NULL) == ERR_OK);
    REQUIRE(vault_begin(p->vault, CALL, buf_str(&p->wrapped), RECORDING, &w, NULL) == ERR_OK);
    EXPECT(vault_append(w, STR("what was said"), NULL) == ERR_OK);
    EXPECT(vault_finish(w, &bytes, digest, NULL) == ERR_OK);
}

static enum error_code open_sealed(struct place *p) {
    struct buf out = BUF_INIT(100);
    enum error_code rc =
        vault_read(p->vault, CALL, buf_str(&p->wrapped), RECORDING, 0, UINT64_MAX, &out, &p->err);
    EXPECT(rc == ERR_OK ? str_eq_z(buf_str(&out), "what was said") : out.len == 0);
    buf_release(&out);
    return rc;
}

/* ---- the key ----------------------------------------------------------------------------------
 */

TEST(vault_file, makes_a_private_key_once_and_uses_it_from_then_on) {
    struct place p;
    struct stat st;
    place_init(&p);
    EXPECT(place_open(&p, true) == ERR_OK);
    EXPECT(stat(p.key, &st) == 0);
    EXPECT_INT(st.st_mode & 07777, 0600);
    EXPECT_INT(st.st_size, 32);
    EXPECT(!is_there(&p, "recording.key.new"));
    EXPECT(stat(p.recordings, &st) == 0 && (st.st_mode & 07777) == 0700);
    seal(&p);
    EXPECT(place_open(&p, true) == ERR_OK);
    EXPECT(open_sealed(&p) == ERR_OK);
    place_release(&p);
}

TEST(vault_file, a_start_that_died_while_making_the_key_is_no_obstacle) {
    struct place p;
    char fresh[320];
    place_init(&p);
    temp_dir_file(&p.dir, "recording.key.new", fresh);
    write_file(fresh, 7, 0600);
    EXPECT(place_open(&p, true) == ERR_OK);
    EXPECT(!is_there(&p, "recording.key.new"));
    place_release(&p);
}

TEST(vault_file, a_missing_key_over_an_existing_store_is_never_replaced) {
    struct place p;
    place_init(&p);
    EXPECT(place_open(&p, false) == ERR_INVALID);
    EXPECT(says(&p, "restore it from your backup"));
    EXPECT(!is_there(&p, "recording.key"));
    place_release(&p);
}

TEST(vault_file, a_key_that_others_can_read_is_refused) {
    static const mode_t modes[] = {0644, 0640, 0604, 0660, 0620};
    struct place p;
    place_init(&p);
    EXPECT(place_open(&p, true) == ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        EXPECT(chmod(p.key, modes[i]) == 0);
        EXPECT(place_open(&p, true) == ERR_INVALID);
        EXPECT(says(&p, "chmod 600"));
    }
    EXPECT(chmod(p.key, 0400) == 0);
    EXPECT(place_open(&p, true) == ERR_OK);
    place_release(&p);
}

TEST(vault_file, a_key_of_another_length_is_refused) {
    static const size_t lengths[] = {0, 31, 33, 64};
    struct place p;
    place_init(&p);
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        write_file(p.key, lengths[i], 0600);
        EXPECT(place_open(&p, true) == ERR_INVALID);
        EXPECT(says(&p, "not 32 bytes"));
    }
    place_release(&p);
}

TEST(vault_file, a_link_is_not_followed_to_the_key) {
    struct place p;
    char real[320];
    place_init(&p);
    temp_dir_file(&p.dir, "real.key", real);
    write_file(real, 32, 0600);
    EXPECT(symlink(real, p.key) == 0);
    EXPECT(place_open(&p, true) == ERR_INVALID);
    place_release(&p);
}

TEST(vault_file, with_another_key_nothing_opens_and_nothing_new_is_sealed) {
    struct place p;
    place_init(&p);
    EXPECT(place_open(&p, true) == ERR_OK);
    seal(&p);
    write_file(p.key, 32, 0600);
    EXPECT(place_open(&p, false) == ERR_OK);
    EXPECT(open_sealed(&p) == ERR_AUTH);
    EXPECT(says(&p, "is recording.key the one that belongs to this database?"));
    struct vault_writer *w = NULL;
    EXPECT(vault_begin(p.vault, CALL, buf_str(&p.wrapped), RECORDING + 1, &w, NULL) == ERR_AUTH);
    EXPECT(w == NULL);
    place_release(&p);
}

/* ---- the directory ----------------------------------------------------------------------------
 */

TEST(vault_file, a_directory_that_everybody_can_write_to_is_refused) {
    struct place p;
    place_init(&p);
    EXPECT(mkdir(p.recordings, 0700) == 0 && chmod(p.recordings, 0777) == 0);
    EXPECT(place_open(&p, true) == ERR_INVALID);
    EXPECT(says(&p, "chmod 700"));
    place_release(&p);
}

TEST(vault_file, what_an_interrupted_download_left_is_removed_and_nothing_else) {
    struct place p;
    char part[320];
    place_init(&p);
    EXPECT(place_open(&p, true) == ERR_OK);
    seal(&p);
    temp_dir_file(&p.dir, "recordings/0000000000000016.1a2b3c4d.part", part);
    write_file(part, 5, 0600);
    EXPECT(place_open(&p, true) == ERR_OK);
    EXPECT(access(part, F_OK) != 0);
    EXPECT(open_sealed(&p) == ERR_OK);
    place_release(&p);
}

TEST(vault_file, what_is_removed_is_gone_and_may_be_removed_again) {
    struct place p;
    place_init(&p);
    EXPECT(place_open(&p, true) == ERR_OK);
    seal(&p);
    EXPECT(vault_remove(p.vault, RECORDING, NULL) == ERR_OK);
    EXPECT(open_sealed(&p) == ERR_NOT_FOUND);
    EXPECT(vault_remove(p.vault, RECORDING, NULL) == ERR_OK);
    place_release(&p);
}

/* ---- a full disk ------------------------------------------------------------------------------
 */

static void limit_files(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit l = {0};
    EXPECT(getrlimit(RLIMIT_FSIZE, &l) == 0);
    l.rlim_cur = bytes;
    EXPECT(setrlimit(RLIMIT_FSIZE, &l) == 0);
}

/* Files may grow to so many bytes; tells whether each step of sealing 200 kB failed as it should.
 */
static void seal_on_full_disk(struct place *p, rlim_t room) {
    static char audio[200000];
    struct vault_writer *w = NULL;
    struct error err = {0};
    uint64_t bytes = 0;
    char digest[VAULT_DIGEST_SIZE];
    limit_files(room);
    enum error_code rc = vault_begin(p->vault, CALL, buf_str(&p->wrapped), RECORDING, &w, &err);
    if (rc == ERR_OK) {
        rc = vault_append(w, str_from(audio, sizeof audio), &err);
        if (rc == ERR_OK)
            rc = vault_finish(w, &bytes, digest, &err);
        else
            vault_abort(w);
    }
    limit_files(RLIM_INFINITY);
    EXPECT(rc == ERR_IO);
    EXPECT(err.text[0] != '\0');
}

TEST(vault_file, a_full_disk_leaves_nothing_behind_and_the_old_recording_whole) {
    static const rlim_t room[] = {0, 10, 40, 48, 65000, 150000, 200000};
    struct place p;
    char path[360];
    place_init(&p);
    EXPECT(place_open(&p, true) == ERR_OK);
    seal(&p);
    for (size_t i = 0; i < ARRAY_LEN(room); i++) {
        seal_on_full_disk(&p, room[i]);
        EXPECT(open_sealed(&p) == ERR_OK);
    }
    snprintf(path, sizeof path, "%s/%016x.rec", p.recordings, RECORDING);
    EXPECT(unlink(path) == 0);
    EXPECT(rmdir(p.recordings) == 0); /* it was the only file */
    place_release(&p);
}
