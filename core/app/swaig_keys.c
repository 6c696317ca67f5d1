#include "core/app/swaig_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

enum {
    KEY_FILE_MAX = 4096,
    LOGIN_MAX = 2048,
    PATH_SIZE = 640,
};

static enum error_code read_key_file(const struct config *c, struct secret *out,
                                     struct error *err) {
    char path[PATH_SIZE], bytes[KEY_FILE_MAX];
    snprintf(path, sizeof path, "%s/recording.key", c->data_dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, bytes, sizeof bytes) : -1;
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return error_set(err, ERR_IO, "%.120s cannot be read (%s): set SWITCHHOOK_API_TOKEN", path,
                         n < 0 ? strerrordesc_np(errno) : "it is empty");
    secret_set(out, str_from(bytes, (size_t)n));
    secret_wipe(bytes, sizeof bytes);
    return ERR_OK;
}

struct swaig_signer {
    pthread_mutex_t lock;
    struct digest_hmac *hmac;
};

static struct swaig_signer *signer_new(const struct secret *key) {
    struct swaig_signer *s = mem_zalloc(sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    s->hmac = digest_hmac_sha256_new(key);
    return s;
}

struct digest_hmac *swaig_keys_lock(const struct swaig_keys *k) {
    pthread_mutex_lock(&k->signer->lock);
    return k->signer->hmac;
}

void swaig_keys_unlock(const struct swaig_keys *k) {
    pthread_mutex_unlock(&k->signer->lock);
}

/* One secret for each purpose, so that none tells anything about another. */
static void derive(const struct secret *master, struct str purpose, struct secret *out) {
    CLEANUP(buf_release) struct buf hex = BUF_INIT(2 * DIGEST_SHA256_BYTES);
    uint8_t mac[DIGEST_SHA256_BYTES];
    struct digest_hmac *h = digest_hmac_sha256_new(master);
    digest_hmac_run(h, purpose, mac);
    digest_hmac_free(h);
    digest_put_hex(&hex, mac, sizeof mac);
    secret_set(out, buf_str(&hex));
    secret_wipe(hex.ptr, hex.len);
    secret_wipe(mac, sizeof mac);
}

static void set_login(struct swaig_keys *k, const struct config *c, const struct secret *password) {
    struct buf login = BUF_INIT(LOGIN_MAX), sent = BUF_INIT(3 * LOGIN_MAX);
    buf_printf(&login, "%s:" STR_FMT, c->swml_user, STR_ARG(secret_reveal(password)));
    digest_put_base64(&sent, login.ptr, login.len);
    secret_set(&k->login, buf_str(&sent));
    buf_wipe(&sent);
    buf_put_percent(&sent, str_z(c->swml_user));
    buf_putc(&sent, ':');
    buf_put_percent(&sent, secret_reveal(password));
    secret_set(&k->credentials, buf_str(&sent));
    buf_wipe(&login);
    buf_wipe(&sent);
    buf_release(&login);
    buf_release(&sent);
}

enum error_code swaig_keys_init(struct swaig_keys *k, const struct config *c, struct error *err) {
    struct secret file = {0}, password = {0}, token = {0};
    const struct secret *master = &c->api_token;
    if (!secret_is_set(master)) {
        enum error_code rc = read_key_file(c, &file, err);
        if (rc != ERR_OK)
            return rc;
        master = &file;
    }
    derive(master, STR("switchhook function tokens 1"), &token);
    k->signer = signer_new(&token);
    if (secret_is_set(&c->swml_password))
        secret_copy(&password, &c->swml_password);
    else
        derive(master, STR("switchhook agent login 1"), &password);
    set_login(k, c, &password);
    secret_release(&token);
    secret_release(&password);
    secret_release(&file);
    return ERR_OK;
}

void swaig_keys_release(struct swaig_keys *k) {
    if (k->signer) {
        digest_hmac_free(k->signer->hmac);
        pthread_mutex_destroy(&k->signer->lock);
        mem_free(k->signer);
    }
    secret_release(&k->login);
    secret_release(&k->credentials);
}

bool swaig_keys_open(const struct swaig_keys *k, struct str header) {
    struct str scheme = {0};
    return header.ptr && str_next(&header, ' ', &scheme) && str_eq_nocase(scheme, STR("Basic")) &&
           digest_equal(str_trim(header), secret_reveal(&k->login));
}
