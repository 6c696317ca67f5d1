#include "core/app/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/app/cli_args.h"
#include "core/app/config_table.h"
#include "core/app/env_file.h"
#include "core/base/mem.h"
#include "core/domain/phone.h"

enum {
    ENV_FILE_MAX = 65536,
    NAMES_MAX = 127,   /* of settings, with their other names */
    SHOWN_MAX = 80,    /* bytes of a wrong value that its fault repeats */
    DATA_DIR_MAX = 400 /* leaves room for the names of files in it */
};

#define ENV_FILE_NAME ".env"
#define AT(member)    offsetof(struct config, member)

/* Names that begin so are ours: one we do not know is a typing error, not somebody else's. */
static const char *const our_prefixes[] = {"SWITCHHOOK_",         "TWILIO_",  "PLIVO_",
                                           "SIGNALWIRE_",         "MOCK_",    "TELEPHONY_",
                                           "PERSONAL_ASSISTANT_", "PAYMENT_", "SWML_"};

/* ---- faults -------------------------------------------------------------------------------------
 */

void config_fault(struct config_faults *f, const char *name, const char *fmt, ...) {
    if (f->count == CONFIG_FAULTS_MAX)
        return;
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].name, name) == 0)
            return;
    struct config_fault *item = &f->items[f->count++];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(item->text, sizeof item->text, fmt, ap);
    va_end(ap);
    snprintf(item->name, sizeof item->name, "%s", name);
}

/* ---- one value ----------------------------------------------------------------------------------
 */

static bool is_choice(const char *choices, struct str value, size_t *index) {
    struct str rest = str_z(choices), word;
    for (size_t i = 0; str_next(&rest, ' ', &word); i++)
        if (str_eq(word, value)) {
            *index = i;
            return true;
        }
    return false;
}

static const char *check_url(struct str *v) {
    bool http = str_starts(*v, STR("http://")), https = str_starts(*v, STR("https://"));
    if (!http && !https)
        return "must begin with https:// (or http:// for a simulator)";
    struct str host = str_from_index(*v, http ? 7 : 8);
    if (host.len == 0 || host.ptr[0] == '/')
        return "has no host";
    if (str_find(*v, '@') < v->len || str_find(*v, '?') < v->len || str_find(*v, '#') < v->len)
        return "must be scheme, host, optional port and path only";
    for (size_t i = 0; i < v->len; i++)
        if (v->ptr[i] <= ' ' || (unsigned char)v->ptr[i] >= 0x7f)
            return "holds a character that is not allowed in a URL";
    while (v->len > 0 && v->ptr[v->len - 1] == '/')
        v->len--;
    return NULL;
}

static const char *set_listen(struct config *c, struct str v) {
    size_t colon = v.len;
    while (colon > 0 && v.ptr[colon - 1] != ':')
        colon--;
    uint64_t port = 0;
    if (colon < 2 || !str_to_u64(str_from_index(v, colon), 65535, &port))
        return "must be host:port, as in 127.0.0.1:8080";
    struct str host = str_from(v.ptr, colon - 1);
    bool brackets = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (brackets)
        host = str_from(host.ptr + 1, host.len - 2);
    else if (str_find(host, ':') < host.len)
        return "must have its IPv6 address in brackets, as in [::1]:8080";
    if (!str_copy(host, c->listen_host, sizeof c->listen_host))
        return "has a host that is too long";
    c->listen_port = (uint16_t)port;
    return NULL;
}

static const char *set_decimal(double *out, struct str v) {
    struct str rest = v, whole = {0}, part = {0};
    uint64_t a = 0, b = 0;
    bool has_part = str_next(&rest, '.', &whole) && str_next(&rest, '.', &part);
    if (!str_to_u64(whole, 1000000, &a) || (has_part && !str_to_u64(part, 999999, &b)) || rest.ptr)
        return "must be a number such as 1, 0.5 or 60, up to 1000000";
    double scale = 1;
    for (size_t i = 0; i < part.len; i++)
        scale *= 10;
    *out = (double)a + (double)b / scale;
    return NULL;
}

static const char *set_whole(double *out, struct str v) {
    uint64_t n = 0;
    if (!str_to_u64(v, 1000000, &n))
        return "must be a whole number such as 0, 1 or 60, up to 1000000";
    *out = (double)n;
    return NULL;
}

static const char *set_bool(bool *out, struct str v) {
    bool yes = str_eq_z(v, "true") || str_eq_z(v, "1") || str_eq_z(v, "yes");
    bool no = str_eq_z(v, "false") || str_eq_z(v, "0") || str_eq_z(v, "no");
    if (!yes && !no)
        return "must be true or false";
    *out = yes;
    return NULL;
}

static const char *set_text(char *dst, struct str v) {
    return str_copy(v, dst, CONFIG_TEXT_SIZE) ? NULL : "is too long";
}

/* "example", "example.signalwire.com" and the dashboard's address are the same space. */
static const char *set_space(char *dst, struct str v) {
    static const char usual_domain[] = ".signalwire.com";
    size_t scheme = str_find_str(v, STR("://"));
    struct str host = scheme < v.len ? str_from_index(v, scheme + 3) : v;
    host = str_from(host.ptr, str_find(host, '/'));
    size_t domain = str_find_str(host, str_z(usual_domain));
    if (domain + sizeof usual_domain - 1 == host.len)
        host.len = domain;
    bool good = host.len > 0;
    for (size_t i = 0; i < host.len; i++) {
        char ch = host.ptr[i];
        good = good && ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '-' ||
                        ch == '.' || (ch >= '0' && ch <= '9'));
    }
    return good ? set_text(dst, host) : "must be a space's name, as in example.signalwire.com";
}

static const char *set_choice(struct config *c, const struct config_setting *s, struct str v) {
    size_t index = 0;
    if (!is_choice(s->choices, v, &index))
        return "is not one of the choices";
    if (s->offset == AT(log_level))
        return log_level_parse(v, &c->log_level) ? NULL : "is not a log level";
    if (s->offset == AT(log_format)) {
        c->log_format = (enum log_format)index;
        return NULL;
    }
    return set_text((char *)c + s->offset, v);
}

/* What is wrong with the value, or NULL when it was taken. */
static const char *set_value(struct config *c, const struct config_setting *s, struct str v) {
    void *at = (char *)c + s->offset;
    const char *wrong = NULL;
    switch (s->kind) {
    case CONFIG_KIND_TEXT:
        return set_text(at, v);
    case CONFIG_KIND_SECRET:
        secret_set(at, v);
        return NULL;
    case CONFIG_KIND_BOOL:
        return set_bool(at, v);
    case CONFIG_KIND_CHOICE:
        return set_choice(c, s, v);
    case CONFIG_KIND_URL:
        wrong = check_url(&v);
        return wrong ? wrong : set_text(at, v);
    case CONFIG_KIND_PHONE:
        return phone_is_e164(v) ? set_text(at, v)
                                : "must be a number in E.164 form, as in +12025550199";
    case CONFIG_KIND_LISTEN:
        return set_listen(c, v);
    case CONFIG_KIND_NUMBER:
        return set_decimal(at, v);
    case CONFIG_KIND_RATE:
        return set_decimal(at, v);
    case CONFIG_KIND_COUNT:
        return set_whole(at, v);
    case CONFIG_KIND_SEED:
        return str_to_u64(v, UINT64_MAX, at) ? NULL : "must be a whole number";
    case CONFIG_KIND_SPACE:
        return set_space(at, v);
    }
    return NULL;
}

/* ---- all of them --------------------------------------------------------------------------------
 */

static bool is_name_of(const struct config_setting *s, struct str name) {
    if (str_eq_z(name, s->name))
        return true;
    for (size_t i = 0; i < CONFIG_ALIASES_MAX && s->aliases[i]; i++)
        if (str_eq_z(name, s->aliases[i]))
            return true;
    return false;
}

/* The setting that was meant by a name, where a slip or two would explain it. */
static const char *nearest_setting(const char *name) {
    const char *names[NAMES_MAX + 1];
    size_t n = 0;
    for (size_t k = 0; k < config_table_size && n < NAMES_MAX; k++) {
        names[n++] = config_table[k].name;
        for (size_t i = 0; i < CONFIG_ALIASES_MAX && config_table[k].aliases[i] && n < NAMES_MAX;
             i++)
            names[n++] = config_table[k].aliases[i];
    }
    names[n] = NULL;
    return cli_nearest(name, names);
}

static void report_unknown(const struct env_file *f, struct config_faults *faults) {
    for (size_t i = 0; i < f->count; i++) {
        struct str name = f->pairs[i].name;
        char text[CONFIG_FAULT_NAME_SIZE];
        bool known = false, ours = false;
        for (size_t k = 0; k < config_table_size; k++)
            known = known || is_name_of(&config_table[k], name);
        if (known)
            continue;
        for (size_t k = 0; k < ARRAY_LEN(our_prefixes); k++)
            ours = ours || str_starts(name, str_z(our_prefixes[k]));
        snprintf(text, sizeof text, STR_FMT, STR_ARG(name));
        const char *meant = nearest_setting(text);
        if (ours || (meant && !str_starts(str_z(meant), name)))
            config_fault(faults, text,
                         "is no setting%s%s%s env.example has the names (%.40s line %zu)",
                         meant ? ", did you mean " : "", meant ? meant : "", meant ? "?" : ";",
                         f->name, f->pairs[i].line);
    }
}

/* The environment wins over the file, the canonical name over its aliases. */
static bool look_up(const struct config_setting *s, const struct env_file *f, config_env_fn *env,
                    void *env_ctx, struct str *out) {
    const char *names[CONFIG_ALIASES_MAX + 1] = {s->name};
    for (size_t i = 0; i < CONFIG_ALIASES_MAX; i++)
        names[i + 1] = s->aliases[i];
    for (size_t i = 0; i < ARRAY_LEN(names) && names[i]; i++) {
        const char *v = env(env_ctx, names[i]);
        if (v) {
            *out = str_trim(str_z(v));
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(names) && names[i]; i++) {
        const struct env_pair *p = env_file_find(f, names[i]);
        if (p) {
            *out = p->value;
            return true;
        }
    }
    return false;
}

static void take_setting(struct config *c, const struct config_setting *s, const struct env_file *f,
                         config_env_fn *env, void *env_ctx, struct config_faults *faults) {
    struct str value = {0};
    bool given = look_up(s, f, env, env_ctx, &value) && value.len > 0;
    if (!given)
        value = str_z(s->preset);
    if (value.len == 0)
        return;
    const char *wrong = set_value(c, s, value);
    if (!wrong)
        return;
    /* a URL may carry a password where it should not */
    bool hide = s->kind == CONFIG_KIND_SECRET ||
                (s->kind == CONFIG_KIND_URL && str_find(value, '@') < value.len);
    bool choice = s->kind == CONFIG_KIND_CHOICE;
    if (hide)
        config_fault(faults, s->name, "%s", wrong);
    else
        config_fault(faults, s->name, "\"%.*s%s\" %s%s%s",
                     value.len > SHOWN_MAX ? SHOWN_MAX : (int)value.len, value.ptr,
                     value.len > SHOWN_MAX ? "..." : "", wrong, choice ? ": " : "",
                     choice ? s->choices : "");
}

static bool is_set(const struct config *c, const struct config_setting *s) {
    const void *at = (const char *)c + s->offset;
    if (s->kind == CONFIG_KIND_SECRET)
        return secret_is_set(at);
    return *(const char *)at != '\0';
}

static bool is_loopback(const char *host) {
    return str_starts(str_z(host), STR("127.")) || str_eq_z(str_z(host), "::1") ||
           str_eq_z(str_z(host), "localhost");
}

/* ---- what one value alone cannot tell -----------------------------------------------------------
 */

static const char *const carrier_names[] = {
    [CONFIG_CARRIER_NONE] = "",
    [CONFIG_TWILIO] = "twilio",
    [CONFIG_PLIVO] = "plivo",
    [CONFIG_SIGNALWIRE] = "signalwire",
};
_Static_assert(ARRAY_LEN(carrier_names) == CONFIG_CARRIER_COUNT, "every carrier has its name");

const char *config_carrier_name(enum config_carrier c) {
    return (unsigned)c < CONFIG_CARRIER_COUNT ? carrier_names[c] : "";
}

enum config_carrier config_carrier_find(struct str name) {
    for (unsigned i = 1; i < CONFIG_CARRIER_COUNT; i++)
        if (str_eq_z(name, carrier_names[i]))
            return (enum config_carrier)i;
    return CONFIG_CARRIER_NONE;
}

bool config_uses(const struct config *c, const char *carrier) {
    return strcmp(c->provider, carrier) == 0 || strcmp(c->fallback, carrier) == 0;
}

/* The setting that names the carrier. */
static const char *chooser_of(const struct config *c, const char *carrier) {
    return strcmp(c->provider, carrier) == 0 ? "TELEPHONY_PROVIDER" : "TELEPHONY_FALLBACK_PROVIDER";
}

static void check_needed(const struct config *c, struct config_faults *faults) {
    for (size_t i = 0; i < config_table_size; i++) {
        const struct config_setting *s = &config_table[i];
        const char *carrier = config_carrier_name(s->needed_by);
        if (s->needed_by && config_uses(c, carrier) && !is_set(c, s))
            config_fault(faults, s->name, "is missing: %s=%s needs it (%s)", chooser_of(c, carrier),
                         carrier, s->help);
    }
}

static void check_twilio(const struct config_account *a, struct config_faults *faults) {
    struct str sid = str_z(a->account);
    bool good = sid.len == 34 && str_starts(sid, STR("AC"));
    for (size_t i = 2; good && i < sid.len; i++)
        good = (sid.ptr[i] >= '0' && sid.ptr[i] <= '9') || (sid.ptr[i] >= 'a' && sid.ptr[i] <= 'f');
    if (sid.len > 0 && !good)
        config_fault(faults, "TWILIO_ACCOUNT_SID",
                     "must be AC and 32 hexadecimal digits; copy it from the console's front page");
    if ((a->key_id[0] != '\0') != secret_is_set(&a->key_secret))
        config_fault(faults, "TWILIO_API_KEY_SID",
                     "and TWILIO_API_KEY_SECRET belong together: set both or neither");
}

/* A real carrier must be able to reach us; a simulator may do so without TLS. */
static void check_public_url(const struct config *c, struct config_faults *faults) {
    bool real = false, anywhere = false;
    for (unsigned i = 1; i < CONFIG_CARRIER_COUNT; i++) {
        bool used = config_uses(c, carrier_names[i]);
        anywhere = anywhere || used;
        real = real || (used && c->accounts[i].base_url[0] == '\0');
    }
    if (anywhere && c->public_base_url[0] == '\0')
        config_fault(
            faults, "PUBLIC_BASE_URL",
            "is missing: the carrier must reach this gateway, as in https://calls.example.com");
    else if (real && !str_starts(str_z(c->public_base_url), STR("https://")))
        config_fault(faults, "PUBLIC_BASE_URL", "must be https:// with a real carrier");
}

static void check_carriers(const struct config *c, struct config_faults *faults) {
    check_needed(c, faults);
    if (config_uses(c, "twilio"))
        check_twilio(&c->accounts[CONFIG_TWILIO], faults);
    check_public_url(c, faults);
    if (c->fallback[0] && strcmp(c->provider, c->fallback) == 0)
        config_fault(faults, "TELEPHONY_FALLBACK_PROVIDER",
                     "is the same carrier as TELEPHONY_PROVIDER; name another one, or none");
}

/* Is that address one that only this machine can reach? */
static bool is_local_url(const char *url) {
    struct str rest = str_z(url);
    rest = str_from_index(rest, str_find_str(rest, STR("://")) + 3);
    return str_starts(rest, STR("127.")) || str_starts(rest, STR("localhost")) ||
           str_starts(rest, STR("[::1]"));
}

/*
 * Who may use the API. Behind a proxy or a tunnel every request comes from this machine, so a
 * public address asks for a token as much as a public port does.
 */
static void check_door(const struct config *c, struct config_faults *faults) {
    if (secret_is_set(&c->api_token)) {
        if (c->api_token.len < 16)
            config_fault(faults, "SWITCHHOOK_API_TOKEN",
                         "is shorter than 16 characters; make one with: openssl rand -hex 24");
        return;
    }
    if (c->listen_host[0] && !is_loopback(c->listen_host))
        config_fault(
            faults, "SWITCHHOOK_API_TOKEN",
            "is missing: listening on %.64s lets others in; set a token (openssl rand -hex 24) "
            "or listen on 127.0.0.1",
            c->listen_host);
    else if (c->public_base_url[0] && !is_local_url(c->public_base_url))
        config_fault(
            faults, "SWITCHHOOK_API_TOKEN",
            "is missing: PUBLIC_BASE_URL opens this gateway to the world; set a token (openssl "
            "rand -hex 24)");
}

static void check_payments(const struct config *c, struct config_faults *faults) {
    double status = c->payment_decline_status;
    bool http = strcmp(c->payment_gateway, "http") == 0;
    if (http && c->payment_url[0] == '\0')
        config_fault(faults, "PAYMENT_HTTP_URL", "is missing: PAYMENT_GATEWAY=http needs it");
    else if (http && !str_starts(str_z(c->payment_url), STR("https://")) &&
             !is_local_url(c->payment_url))
        config_fault(faults, "PAYMENT_HTTP_URL", "must be https://: card numbers go there");
    if (!(status == 200 || (status >= 400 && status <= 599)))
        config_fault(faults, "PAYMENT_DECLINE_STATUS", "must be 200, or between 400 and 599");
    if (secret_is_set(&c->payment_password) && c->payment_password.len < 16)
        config_fault(faults, "PAYMENT_CONNECTOR_PASSWORD",
                     "is shorter than 16 characters; make one with: openssl rand -hex 24");
}

static void check_together(struct config *c, struct config_faults *faults) {
    check_carriers(c, faults);
    check_door(c, faults);
    if (str_find(str_z(c->swml_user), ':') < str_z(c->swml_user).len || !c->swml_user[0])
        config_fault(faults, "SWML_BASIC_AUTH_USER",
                     "is empty or has a colon in it; use another name");
    check_payments(c, faults);
    if (str_z(c->data_dir).len > DATA_DIR_MAX)
        config_fault(faults, "SWITCHHOOK_DATA_DIR", "is over %d bytes; use a shorter path",
                     DATA_DIR_MAX);
    struct str url = str_z(c->database);
    if (str_starts(url, STR("sqlite:"))) {
        struct str path = str_from_index(url, 7);
        memmove(c->database, path.ptr, path.len + 1);
    } else if (url.len > 0) {
        config_fault(faults, "DATABASE_URL",
                     "must be sqlite:PATH; other databases are not supported yet");
    }
}

static enum error_code parse(const char *file_name, struct str env_text, config_env_fn *env,
                             void *env_ctx, struct config *out, struct config_faults *faults) {
    struct env_file file;
    *out = (struct config){.pace = {CONFIG_PACE_OWN, CONFIG_PACE_OWN},
                           .fallback_pace = {CONFIG_PACE_OWN, CONFIG_PACE_OWN}};
    *faults = (struct config_faults){0};
    env_file_read(&file, file_name, env_text, faults);
    report_unknown(&file, faults);
    for (size_t i = 0; i < config_table_size; i++)
        take_setting(out, &config_table[i], &file, env, env_ctx, faults);
    check_together(out, faults);
    env_file_release(&file);
    if (faults->count == 0 && out->database[0] == '\0')
        snprintf(out->database, sizeof out->database, "%.*s/switchhook.db", DATA_DIR_MAX,
                 out->data_dir);
    return faults->count == 0 ? ERR_OK : ERR_INVALID;
}

enum error_code config_parse(struct str env_text, config_env_fn *env, void *env_ctx,
                             struct config *out, struct config_faults *faults) {
    return parse(ENV_FILE_NAME, env_text, env, env_ctx, out, faults);
}

/* Does the file give a value to any setting that is a secret? */
static bool holds_secret(struct str env_text) {
    struct env_file file;
    struct config_faults ignored = {0};
    bool found = false;
    env_file_read(&file, ENV_FILE_NAME, env_text, &ignored);
    for (size_t i = 0; i < file.count; i++)
        for (size_t k = 0; k < config_table_size; k++)
            found = found ||
                    (config_table[k].kind == CONFIG_KIND_SECRET && file.pairs[i].value.len > 0 &&
                     is_name_of(&config_table[k], file.pairs[i].name));
    env_file_release(&file);
    return found;
}

static const char *env_of_process(void *ctx, const char *name) {
    (void)ctx;
    return getenv(name);
}

/* Read the whole file; false with a fault when it is there but cannot be used. */
static bool read_file(const char *path, bool required, struct buf *out,
                      struct config_faults *faults) {
    FILE *f = fopen(path, "re");
    if (!f) {
        bool absent = errno == ENOENT && !required;
        if (!absent)
            config_fault(faults, path, "cannot be read: %s", strerrordesc_np(errno));
        return absent;
    }
    struct stat st = {0};
    mode_t others = fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) ? st.st_mode : 0;
    char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(out, chunk, n);
    secret_wipe(chunk, sizeof chunk);
    if (ferror(f))
        config_fault(faults, path, "cannot be read: %s", strerrordesc_np(errno));
    fclose(f);
    if (buf_failed(out))
        config_fault(faults, path, "is over %d bytes; it should hold settings only", ENV_FILE_MAX);
    else if (others & S_IWOTH)
        config_fault(faults, path, "can be written by everybody; run: chmod 600 %s", path);
    else if ((others & S_IROTH) && holds_secret(buf_str(out)))
        config_fault(faults, path, "holds secrets and can be read by everybody; run: chmod 600 %s",
                     path);
    return faults->count == 0;
}

enum error_code config_load(const char *path, struct config *out, struct config_faults *faults) {
    struct buf text = BUF_INIT(ENV_FILE_MAX);
    enum error_code rc = ERR_INVALID;
    *out = (struct config){0};
    *faults = (struct config_faults){0};
    const char *name = path ? path : ENV_FILE_NAME;
    if (read_file(name, path != NULL, &text, faults))
        rc = parse(name, buf_str(&text), env_of_process, NULL, out, faults);
    if (rc == ERR_OK && out->ca_file[0] && access(out->ca_file, R_OK) != 0) {
        config_fault(faults, "SWITCHHOOK_CA_FILE", "%.80s cannot be read: %s", out->ca_file,
                     strerrordesc_np(errno));
        rc = ERR_INVALID;
    }
    if (text.ptr)
        secret_wipe(text.ptr, text.len);
    buf_release(&text);
    return rc;
}

void config_release(struct config *c) {
    for (size_t i = 0; i < config_table_size; i++)
        if (config_table[i].kind == CONFIG_KIND_SECRET)
            secret_release((void *)((char *)c + config_table[i].offset));
    *c = (struct config){0};
}

const char *config_temp_dir(void) {
    const char *dir = getenv("TMPDIR");
    return dir && dir[0] ? dir : P_tmpdir;
}
