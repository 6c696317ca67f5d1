#include "core/io/vault_file.h"
#include <assert.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/digest.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/domain/vault_impl.h"

/*
 * File layout. Numbers are big-endian.
 *
 *     "SWHREC1\n"  8   magic
 *     call id      8   \  both are authenticated with every chunk, so a file cannot be
 *     recording id 8   /  passed off as another's
 *     header      24   libsodium secretstream header
 *     chunks           64 KiB of audio each (the last one 0 to 64 KiB), 17 bytes longer sealed;
 *                      the last is tagged FINAL, so a file that was cut at a chunk is noticed
 *
 * The call's data key is random and is known only wrapped: XChaCha20-Poly1305 under the
 * key-encryption key, with the call id as additional data.
 */
enum {
    MAGIC_BYTES = 8,
    HEAD_BYTES = MAGIC_BYTES + 16,
    CHUNK_BYTES = 65536,
    SEALED_BYTES = CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES,
    KEY_BYTES = crypto_secretstream_xchacha20poly1305_KEYBYTES,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
    PATH_SIZE = 768,
};
static const char magic[] = "SWHREC1\n";

struct vault_file {
    struct vault base;
    char dir[PATH_SIZE - 64];
    struct secret master;
    struct log *log;
};

struct file_writer {
    struct vault_writer base;
    int fd;
    int64_t recording_id;
    char tmp[PATH_SIZE];
    crypto_secretstream_xchacha20poly1305_state state;
    crypto_generichash_state hash;
    uint8_t head[HEAD_BYTES];
    uint8_t clear[CHUNK_BYTES];
    size_t held; /* bytes in clear */
    uint64_t bytes;
};

static const struct vault_ops vault_file_ops;

static struct vault_file *from_vault(struct vault *v) {
    assert(v->ops == &vault_file_ops);
    return container_of(v, struct vault_file, base);
}

/* ---- keys ---------------------------------------------------------------------------------------
 */

static void put_big64(uint8_t *p, uint64_t n) {
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(n >> (56 - 8 * i));
}

static void key_context(uint8_t out[24], int64_t call_id) {
    memcpy(out, "switchhook-dek-1", 16);
    put_big64(out + 16, (uint64_t)call_id);
}

static enum error_code make_key(struct vault *base, int64_t call_id, struct buf *wrapped,
                                struct error *err) {
    struct vault_file *v = from_vault(base);
    uint8_t key[KEY_BYTES], out[WRAPPED_BYTES], context[24];
    unsigned long long len = 0;
    randombytes_buf(key, sizeof key);
    randombytes_buf(out, NONCE_BYTES);
    key_context(context, call_id);
    int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + NONCE_BYTES, &len, key, sizeof key, context, sizeof context, NULL, out,
        (const uint8_t *)secret_reveal(&v->master).ptr);
    secret_wipe(key, sizeof key);
    if (failed)
        return error_set(err, ERR_IO, "the recording key cannot be sealed");
    buf_put(wrapped, out, sizeof out);
    return buf_failed(wrapped) ? error_set(err, ERR_LIMIT, "no room for the sealed key") : ERR_OK;
}

static enum error_code open_key(struct vault_file *v, int64_t call_id, struct str wrapped,
                                uint8_t key[KEY_BYTES], struct error *err) {
    uint8_t context[24];
    unsigned long long len = 0;
    key_context(context, call_id);
    const uint8_t *in = (const uint8_t *)wrapped.ptr;
    if (wrapped.len != WRAPPED_BYTES ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(
            key, &len, NULL, in + NONCE_BYTES, wrapped.len - NONCE_BYTES, context, sizeof context,
            in, (const uint8_t *)secret_reveal(&v->master).ptr) != 0)
        return error_set(err, ERR_AUTH,
                         "the call's recording key does not open: is recording.key the one that "
                         "belongs to this database?");
    return ERR_OK;
}

/* ---- sealing ------------------------------------------------------------------------------------
 */

static void put_head(uint8_t *head, int64_t call_id, int64_t recording_id) {
    memcpy(head, magic, MAGIC_BYTES);
    put_big64(head + MAGIC_BYTES, (uint64_t)call_id);
    put_big64(head + MAGIC_BYTES + 8, (uint64_t)recording_id);
}

static void file_name(const struct vault_file *v, int64_t recording_id, char out[PATH_SIZE]) {
    snprintf(out, PATH_SIZE, "%s/%016llx.rec", v->dir, (unsigned long long)recording_id);
}

static enum error_code write_all(int fd, const void *p, size_t n, struct error *err) {
    const char *at = p;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_set(err, ERR_IO, "a recording cannot be written: %s",
                             strerrordesc_np(errno));
        at += done;
        n -= (size_t)done;
    }
    return ERR_OK;
}

static enum error_code begin(struct vault *base, int64_t call_id, struct str wrapped,
                             int64_t recording_id, struct vault_writer **out, struct error *err) {
    struct vault_file *v = from_vault(base);
    uint8_t key[KEY_BYTES], stream_head[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    enum error_code rc = open_key(v, call_id, wrapped, key, err);
    if (rc != ERR_OK)
        return rc;
    struct file_writer *w = mem_zalloc(sizeof *w);
    w->base.vault = base;
    w->recording_id = recording_id;
    put_head(w->head, call_id, recording_id);
    crypto_secretstream_xchacha20poly1305_init_push(&w->state, stream_head, key);
    crypto_generichash_init(&w->hash, NULL, 0, DIGEST_BLAKE2B_BYTES);
    secret_wipe(key, sizeof key);
    snprintf(w->tmp, sizeof w->tmp, "%s/%016llx.%08x.part", v->dir,
             (unsigned long long)recording_id, randombytes_random());
    w->fd = open(w->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (w->fd < 0)
        rc = error_set(err, ERR_IO, "a recording cannot be written in %.120s: %s", v->dir,
                       strerrordesc_np(errno));
    if (rc == ERR_OK)
        rc = write_all(w->fd, w->head, sizeof w->head, err);
    if (rc == ERR_OK)
        rc = write_all(w->fd, stream_head, sizeof stream_head, err);
    if (rc != ERR_OK) {
        vault_abort(&w->base);
        return rc;
    }
    *out = &w->base;
    return ERR_OK;
}

static enum error_code seal_chunk(struct file_writer *w, bool last, struct error *err) {
    uint8_t sealed[SEALED_BYTES];
    unsigned long long len = 0;
    uint8_t tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    crypto_secretstream_xchacha20poly1305_push(&w->state, sealed, &len, w->clear, w->held, w->head,
                                               sizeof w->head, tag);
    w->held = 0;
    return write_all(w->fd, sealed, (size_t)len, err);
}

static enum error_code append(struct vault_writer *base, struct str bytes, struct error *err) {
    struct file_writer *w = container_of(base, struct file_writer, base);
    crypto_generichash_update(&w->hash, (const uint8_t *)bytes.ptr, bytes.len);
    w->bytes += bytes.len;
    while (bytes.len > 0) {
        /* a full chunk is kept back until more comes: only the last one may be tagged as such */
        if (w->held == CHUNK_BYTES) {
            enum error_code rc = seal_chunk(w, false, err);
            if (rc != ERR_OK)
                return rc;
        }
        size_t room = CHUNK_BYTES - w->held;
        size_t n = bytes.len < room ? bytes.len : room;
        memcpy(w->clear + w->held, bytes.ptr, n);
        w->held += n;
        bytes = str_from_index(bytes, n);
    }
    return ERR_OK;
}

static void writer_free(struct file_writer *w) {
    if (w->fd >= 0)
        close(w->fd);
    secret_wipe(w, sizeof *w);
    mem_free(w);
}

static void abort_writer(struct vault_writer *base) {
    struct file_writer *w = container_of(base, struct file_writer, base);
    if (w->fd >= 0)
        unlink(w->tmp);
    writer_free(w);
}

static enum error_code sync_dir(const char *dir, struct error *err) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok ? ERR_OK
              : error_set(err, ERR_IO, "%.120s cannot be made durable: %s", dir,
                          strerrordesc_np(errno));
}

static enum error_code finish(struct vault_writer *base, uint64_t *bytes,
                              char digest[VAULT_DIGEST_SIZE], struct error *err) {
    struct file_writer *w = container_of(base, struct file_writer, base);
    struct vault_file *v = from_vault(base->vault);
    char path[PATH_SIZE];
    file_name(v, w->recording_id, path);
    enum error_code rc = seal_chunk(w, true, err);
    if (rc == ERR_OK && fdatasync(w->fd) != 0)
        rc = error_set(err, ERR_IO, "a recording cannot be made durable: %s",
                       strerrordesc_np(errno));
    if (rc == ERR_OK && rename(w->tmp, path) != 0)
        rc = error_set(err, ERR_IO, "a recording cannot be put in place: %s",
                       strerrordesc_np(errno));
    if (rc == ERR_OK)
        rc = sync_dir(v->dir, err);
    if (rc != ERR_OK) {
        abort_writer(base);
        return rc;
    }
    uint8_t hash[DIGEST_BLAKE2B_BYTES];
    crypto_generichash_final(&w->hash, hash, sizeof hash);
    sodium_bin2hex(digest, VAULT_DIGEST_SIZE, hash, sizeof hash);
    *bytes = w->bytes;
    writer_free(w);
    return ERR_OK;
}

/* ---- opening ------------------------------------------------------------------------------------
 */

struct reading {
    FILE *file;
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t head[HEAD_BYTES];
    uint8_t sealed[SEALED_BYTES], clear[CHUNK_BYTES];
    bool at_end; /* the FINAL chunk was seen */
};

static enum error_code damaged(struct error *err) {
    return error_set(err, ERR_AUTH, "the recording's file is damaged or not its own");
}

static enum error_code open_file(struct vault_file *v, int64_t call_id, struct str wrapped,
                                 int64_t recording_id, struct reading *r, struct error *err) {
    uint8_t key[KEY_BYTES], found[HEAD_BYTES];
    uint8_t stream_head[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    char path[PATH_SIZE];
    enum error_code rc = open_key(v, call_id, wrapped, key, err);
    if (rc != ERR_OK)
        return rc;
    file_name(v, recording_id, path);
    put_head(r->head, call_id, recording_id);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    r->file = fd >= 0 ? fdopen(fd, "re") : NULL;
    if (!r->file && fd >= 0)
        close(fd);
    if (!r->file)
        rc = error_set(err, ERR_NOT_FOUND, "the recording's file is not there");
    else if (fread(found, 1, sizeof found, r->file) != sizeof found ||
             sodium_memcmp(found, r->head, sizeof found) != 0 ||
             fread(stream_head, 1, sizeof stream_head, r->file) != sizeof stream_head ||
             crypto_secretstream_xchacha20poly1305_init_pull(&r->state, stream_head, key) != 0)
        rc = damaged(err);
    secret_wipe(key, sizeof key);
    return rc;
}

/* The next chunk in the clear; 0 bytes with at_end set when there is none left. */
static enum error_code next_chunk(struct reading *r, size_t *len, struct error *err) {
    *len = 0;
    if (r->at_end)
        return ERR_OK;
    size_t n = fread(r->sealed, 1, sizeof r->sealed, r->file);
    unsigned long long clear_len = 0;
    uint8_t tag = 0;
    if (n < crypto_secretstream_xchacha20poly1305_ABYTES ||
        crypto_secretstream_xchacha20poly1305_pull(&r->state, r->clear, &clear_len, &tag, r->sealed,
                                                   n, r->head, sizeof r->head) != 0)
        return damaged(err);
    r->at_end = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (!r->at_end && n != sizeof r->sealed)
        return damaged(err); /* cut at a chunk: the end never came */
    if (r->at_end && fgetc(r->file) != EOF)
        return damaged(err); /* something was put behind the end */
    *len = (size_t)clear_len;
    return ERR_OK;
}

static enum error_code copy_range(struct reading *r, uint64_t offset, uint64_t length,
                                  struct buf *out, struct error *err) {
    uint64_t at = 0, end = length > UINT64_MAX - offset ? UINT64_MAX : offset + length;
    enum error_code rc = ERR_OK;
    while (rc == ERR_OK && !r->at_end && at < end) {
        size_t n = 0;
        rc = next_chunk(r, &n, err);
        uint64_t first = offset > at ? offset - at : 0;
        uint64_t last = end - at < n ? end - at : n;
        if (rc == ERR_OK && first < last)
            buf_put(out, r->clear + first, (size_t)(last - first));
        at += n;
    }
    if (rc == ERR_OK && buf_failed(out))
        rc = error_set(err, ERR_LIMIT, "the range is over %zu bytes: ask for less", out->max);
    return rc;
}

static enum error_code read_range(struct vault *base, int64_t call_id, struct str wrapped,
                                  int64_t recording_id, uint64_t offset, uint64_t length,
                                  struct buf *out, struct error *err) {
    struct reading *r = mem_zalloc(sizeof *r);
    size_t before = out->len;
    enum error_code rc = open_file(from_vault(base), call_id, wrapped, recording_id, r, err);
    if (rc == ERR_OK)
        rc = copy_range(r, offset, length, out, err);
    if (rc != ERR_OK && out->len > before) { /* nothing of what failed to authenticate stays */
        secret_wipe(out->ptr + before, out->len - before);
        out->len = before;
    }
    if (r->file)
        fclose(r->file);
    secret_wipe(r, sizeof *r);
    mem_free(r);
    return rc;
}

static enum error_code remove_file(struct vault *base, int64_t recording_id, struct error *err) {
    struct vault_file *v = from_vault(base);
    char path[PATH_SIZE];
    file_name(v, recording_id, path);
    if (unlink(path) != 0 && errno != ENOENT)
        return error_set(err, ERR_IO, "a recording cannot be removed: %s", strerrordesc_np(errno));
    return sync_dir(v->dir, err);
}

static void destroy(struct vault *base) {
    struct vault_file *v = from_vault(base);
    secret_release(&v->master);
    mem_free(v);
}

static const struct vault_ops vault_file_ops = {
    .destroy = destroy,
    .make_key = make_key,
    .begin = begin,
    .append = append,
    .finish = finish,
    .abort = abort_writer,
    .read = read_range,
    .remove = remove_file,
};

/* ---- the vault itself ---------------------------------------------------------------------------
 */

static enum error_code write_key(const char *path, struct error *err) {
    uint8_t key[KEY_BYTES];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_set(err, ERR_IO, "the recording key %.120s cannot be made: %s", path,
                         strerrordesc_np(errno));
    randombytes_buf(key, sizeof key);
    enum error_code rc = write_all(fd, key, sizeof key, err);
    secret_wipe(key, sizeof key);
    if (rc == ERR_OK && fsync(fd) != 0)
        rc = error_set(err, ERR_IO, "the recording key %.120s cannot be made durable: %s", path,
                       strerrordesc_np(errno));
    close(fd);
    return rc;
}

/* Whole and durable, its name too, before anything is sealed with it; or not there at all. */
static enum error_code create_key(const char *path, struct error *err) {
    char fresh[PATH_SIZE], dir[PATH_SIZE];
    size_t slash = str_z(path).len;
    while (slash > 0 && path[slash - 1] != '/')
        slash--;
    int n = snprintf(fresh, sizeof fresh, "%s.new", path);
    if (n < 0 || (size_t)n >= sizeof fresh ||
        !str_copy(slash > 0 ? str_from(path, slash) : STR("."), dir, sizeof dir))
        return error_set(err, ERR_INVALID, "the path of the recording key is too long");
    (void)unlink(fresh); /* of a start that was interrupted */
    enum error_code rc = write_key(fresh, err);
    if (rc == ERR_OK && rename(fresh, path) != 0)
        rc = error_set(err, ERR_IO, "the recording key %.120s cannot be put in place: %s", path,
                       strerrordesc_np(errno));
    if (rc != ERR_OK)
        (void)unlink(fresh);
    return rc == ERR_OK ? sync_dir(dir, err) : rc;
}

static enum error_code load_key(struct vault_file *v, const struct vault_file_options *o,
                                struct error *err) {
    uint8_t key[KEY_BYTES + 1];
    struct stat st;
    int fd = open(o->key_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT && o->may_create_key) {
        enum error_code rc = create_key(o->key_path, err);
        if (rc != ERR_OK)
            return rc;
        fd = open(o->key_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (fd < 0)
        return error_set(err, ERR_INVALID,
                         "the recording key %.100s cannot be read (%s): restore it from your "
                         "backup; without it recordings stay sealed",
                         o->key_path, strerrordesc_np(errno));
    ssize_t n = read(fd, key, sizeof key);
    bool is_private = fstat(fd, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    close(fd);
    if (n == KEY_BYTES)
        secret_set(&v->master, str_from(key, KEY_BYTES));
    secret_wipe(key, sizeof key);
    if (!is_private)
        return error_set(err, ERR_INVALID,
                         "others can read the recording key; run: chmod 600 %.120s", o->key_path);
    return n == KEY_BYTES ? ERR_OK
                          : error_set(err, ERR_INVALID,
                                      "the recording key %.120s is not %d bytes long: restore it "
                                      "from your backup",
                                      o->key_path, KEY_BYTES);
}

/* A download that was interrupted cannot be gone on with: its stream state died with the process.
 */
static void remove_leftovers(const struct vault_file *v) {
    DIR *d = opendir(v->dir);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        struct str name = str_z(e->d_name);
        if (name.len > 5 && str_eq_z(str_from_index(name, name.len - 5), ".part"))
            unlinkat(dirfd(d), e->d_name, 0);
    }
    if (d)
        closedir(d);
}

enum error_code vault_file_open(const struct vault_file_options *o, struct vault **out,
                                struct error *err) {
    struct stat st;
    struct vault_file *v = mem_zalloc(sizeof *v);
    v->base.ops = &vault_file_ops;
    v->log = o->log;
    enum error_code rc = ERR_OK;
    if (!str_copy(str_z(o->dir), v->dir, sizeof v->dir))
        rc = error_set(err, ERR_INVALID, "the path of the recordings is too long");
    else if (mkdir(o->dir, 0700) != 0 && errno != EEXIST)
        rc = error_set(err, ERR_IO, "the directory %.120s cannot be made: %s", o->dir,
                       strerrordesc_np(errno));
    else if (lstat(o->dir, &st) != 0 || !S_ISDIR(st.st_mode) || (st.st_mode & S_IWOTH))
        rc = error_set(err, ERR_INVALID,
                       "%.120s is not a directory of our own: remove it, or chmod 700 it", o->dir);
    if (rc == ERR_OK)
        rc = load_key(v, o, err);
    if (rc != ERR_OK) {
        destroy(&v->base);
        return rc;
    }
    remove_leftovers(v);
    *out = &v->base;
    return ERR_OK;
}
