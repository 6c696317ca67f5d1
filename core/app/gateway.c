#include "core/app/gateway.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/app/api.h"
#include "core/app/assistant_files.h"
#include "core/app/carrier_settings.h"
#include "core/app/function_remote_http.h"
#include "core/app/payment_route.h"
#include "core/app/providers_setup.h"
#include "core/app/routes.h"
#include "core/app/summary_http.h"
#include "core/app/swaig.h"
#include "core/app/swaig_keys.h"
#include "core/base/digest.h"
#include "core/base/lanes.h"
#include "core/base/mem.h"
#include "core/base/pool.h"
#include "core/engine/brain_openai.h"
#include "core/engine/conversation.h"
#include "core/engine/dispatcher.h"
#include "core/engine/event_feed.h"
#include "core/engine/pacer.h"
#include "core/engine/payment_desk.h"
#include "core/engine/webhook_service.h"
#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "core/io/store_sqlite.h"
#include "core/io/vault_file.h"
#include "core/io/zone_files.h"

enum {
    API_WORKERS = 8,
    API_QUEUE_MAX = 1024,
    FUNCTION_WORKERS = 16, /* for a carrier's agent; functions of the user's own may take long */
    FUNCTION_QUEUE_MAX = 1024,
    PAYMENT_WORKERS = 4,
    PAYMENT_QUEUE_MAX = 64,
    PATH_SIZE = 640,
    URL_SIZE = 1024,
    MODEL_WORKERS = 48,         /* turns that may wait for a model server at a time */
    SERVER_BODY_MAX = 1048576,  /* an agent tells the whole conversation */
    ASSISTANTS_EVERY_MS = 1000, /* how often their files are looked at */
};

struct gateway {
    const struct config *config;
    struct clock clock;
    struct log log;
    struct id_source ids;
    struct store *store;
    struct vault *vault;
    struct http_client *http;
    struct providers_setup providers;
    struct assistant_files *assistants;
    struct swaig_keys swaig_keys;
    struct swaig_documents *swaig_documents;
    struct log_limit refusals;
    struct lanes agent_lanes;
    struct http_client *model_http;
    struct function_remote_http remote_http;
    struct function_remote remote;
    struct summary_http summary_http;
    struct summary_receiver summaries;
    struct brain *openai; /* NULL: no model server is configured */
    struct zones zones;
    struct conversation *conversation;
    struct pacer *pacer;
    struct engine engine;
    struct event_feed *events;
    struct dispatcher *dispatcher;
    struct webhook_service *webhooks;
    struct payment_gateway *charges;
    struct payment_desk *payments;
    struct pool *api_pool, *function_pool, *payment_pool;
    struct http_server *server;
    char url[URL_SIZE];        /* where we listen */
    char public_url[URL_SIZE]; /* where carriers reach us */
    uint8_t token_digest[DIGEST_BLAKE2B_BYTES];
    atomic_bool ready, draining;
};

/* ---- the store and the vault --------------------------------------------------------------------
 */

/* After each commit: those who wait for events may look, and there may be a job for the workers. */
static void committed(void *ctx) {
    struct gateway *g = ctx;
    if (atomic_load(&g->ready))
        event_feed_notify(g->events);
}

static enum error_code make_dir(const char *path, struct error *err) {
    struct stat st;
    if (mkdir(path, 0700) == 0)
        return ERR_OK;
    int why = errno;
    if (stat(path, &st) != 0)
        return error_set(err, ERR_IO,
                         "the data directory %.120s cannot be made: %s; set SWITCHHOOK_DATA_DIR to "
                         "a place where you may write",
                         path, strerrordesc_np(why));
    if (!S_ISDIR(st.st_mode))
        return error_set(err, ERR_IO, "%.120s is not a directory; set SWITCHHOOK_DATA_DIR to one",
                         path);
    if (st.st_mode & S_IWOTH)
        return error_set(err, ERR_IO, "everybody can write to %.120s; run: chmod 700 %.60s", path,
                         path);
    return ERR_OK;
}

static bool file_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

static enum error_code open_storage(struct gateway *g, struct error *err) {
    const struct config *c = g->config;
    char recordings[PATH_SIZE], key[PATH_SIZE];
    enum error_code rc = make_dir(c->data_dir, err);
    if (rc != ERR_OK)
        return rc;
    snprintf(recordings, sizeof recordings, "%s/recordings", c->data_dir);
    snprintf(key, sizeof key, "%s/recording.key", c->data_dir);
    /* the key before the database: a start that dies in between must not look like a lost key */
    struct vault_file_options vo = {.dir = recordings,
                                    .key_path = key,
                                    .may_create_key = !file_exists(c->database),
                                    .log = &g->log};
    rc = vault_file_open(&vo, &g->vault, err);
    if (rc != ERR_OK)
        return rc;
    struct store_sqlite_options so = {.path = c->database,
                                      .clock = g->clock,
                                      .log = &g->log,
                                      .batch_done = committed,
                                      .batch_ctx = g};
    return store_sqlite_open(&so, &g->store, err);
}

/* ---- the services -------------------------------------------------------------------------------
 */

static const struct assistant *find_assistant(void *ctx, struct str name) {
    struct gateway *g = ctx;
    return assistant_files_find(g->assistants, name);
}

static const struct assistant *find_inbound(void *ctx, struct str number) {
    struct gateway *g = ctx;
    const struct assistant *a = assistant_files_find_number(g->assistants, number);
    struct str otherwise = str_z(g->config->inbound_assistant);
    return a || otherwise.len == 0 ? a : assistant_files_find(g->assistants, otherwise);
}

static enum error_code check_inbound(struct gateway *g, struct error *err) {
    struct str name = str_z(g->config->inbound_assistant);
    const struct assistant *a = name.len ? assistant_files_find(g->assistants, name) : NULL;
    bool ok = name.len == 0 || a;
    assistant_unref(a);
    return ok ? ERR_OK
              : error_set(err, ERR_INVALID,
                          "SWITCHHOOK_INBOUND_ASSISTANT: there is no assistant \"%.60s\" in %.100s",
                          name.ptr, g->config->assistants_dir);
}

static const struct assistant *find_assistant_at(void *ctx, struct str name, int64_t at_ms) {
    struct gateway *g = ctx;
    return assistant_files_find_at(g->assistants, name, at_ms);
}

static struct pacer *make_pacer(const struct gateway *g) {
    struct pacer_limits limits[PROVIDERS_MAX] = {{0}};
    for (size_t i = 0; i < g->providers.count && i < PROVIDERS_MAX; i++) {
        const struct provider *p = g->providers.providers[i];
        (void)carrier_settings_pace(g->config, str_z(provider_name(p)),
                                    &provider_describe(p)->limits, &limits[i]);
    }
    return pacer_new(limits, g->providers.count);
}

static void work_added(void *ctx) {
    struct gateway *g = ctx;
    dispatcher_wake(g->dispatcher);
}

/* A client of its own: turns that wait for a slow model hold up no request to a carrier. */
static enum error_code make_openai(struct gateway *g, struct error *err) {
    const struct config *c = g->config;
    if (c->openai_model[0] == '\0')
        return ERR_OK;
    struct http_client_curl_options ho = {
        .clock = g->clock, .log = &g->log, .ca_file = c->ca_file[0] ? c->ca_file : NULL};
    enum error_code rc = http_client_curl_new(&ho, &g->model_http, err);
    if (rc != ERR_OK)
        return rc;
    struct brain_openai_options o = {.http = g->model_http,
                                     .clock = g->clock,
                                     .log = &g->log,
                                     .base_url = str_z(c->openai_base_url),
                                     .model = str_z(c->openai_model),
                                     .key = &c->openai_key};
    g->openai = brain_openai_new(&o);
    return ERR_OK;
}

static enum error_code start_services(struct gateway *g, struct error *err) {
    enum error_code rc = assistant_files_load(g->config->assistants_dir, &g->assistants, err);
    if (rc == ERR_OK)
        rc = check_inbound(g, err);
    if (rc != ERR_OK)
        return rc;
    rc = make_openai(g, err);
    if (rc != ERR_OK)
        return rc;
    g->zones = zone_files(NULL);
    g->remote_http = (struct function_remote_http){
        .http = g->http,
        .clock = g->clock,
        .trust = g->config->swml_private ? HTTP_TRUST_CONFIGURED : HTTP_TRUST_FOREIGN};
    g->remote = function_remote_http(&g->remote_http);
    g->summary_http = (struct summary_http){.http = g->http, .trust = g->remote_http.trust};
    g->summaries = summary_http(&g->summary_http);
    struct conversation_options co = {
        .store = g->store,
        .clock = g->clock,
        .log = &g->log,
        .openai = g->openai,
        .zones = &g->zones,
        .remote = &g->remote,
    };
    g->conversation = conversation_new(&co);
    g->pacer = make_pacer(g);
    g->charges = payment_gateway_of(g->config, g->http, g->clock);
    struct payment_desk_options po = {.gateway = g->charges,
                                      .connector = str_z(g->config->pay_connector)};
    g->payments = payment_desk_new(&po);
    g->engine = (struct engine){
        .store = g->store,
        .clock = g->clock,
        .log = &g->log,
        .ids = &g->ids,
        .links = {.public_base_url = str_z(g->public_url)},
        .providers = g->providers.providers,
        .provider_count = g->providers.count,
        .pacer = g->pacer,
        .vault = g->vault,
        .conversation = g->conversation,
        .payments = g->payments,
        .find_assistant = find_assistant,
        .find_inbound = find_inbound,
        .find_assistant_at = find_assistant_at,
        .assistants = g,
        .write_agent = swaig_write_agent,
        .agents = g,
        .agent_lanes = &g->agent_lanes,
        .remote = &g->remote,
        .zones = &g->zones,
        .summaries = &g->summaries,
        .agent_credentials = secret_reveal(&g->swaig_keys.credentials),
        .placing_enabled = g->config->placing_enabled,
    };
    g->events = event_feed_new(g->store, g->clock);
    g->api_pool = pool_new("api", API_WORKERS, API_QUEUE_MAX);
    g->function_pool = pool_new("functions", FUNCTION_WORKERS, FUNCTION_QUEUE_MAX);
    g->payment_pool = pool_new("payments", PAYMENT_WORKERS, PAYMENT_QUEUE_MAX);
    struct dispatcher_options dopt = {.engine = &g->engine};
    rc = payment_desk_recover(&g->engine, err);
    if (rc == ERR_OK)
        rc = dispatcher_start(&dopt, &g->dispatcher, err);
    if (rc != ERR_OK)
        return rc;
    struct webhook_service_options wo = {.engine = &g->engine,
                                         .workers = g->openai ? MODEL_WORKERS : 0,
                                         .work_added = work_added,
                                         .work_ctx = g};
    g->webhooks = webhook_service_new(&wo);
    return assistant_files_watch(g->assistants, ASSISTANTS_EVERY_MS, g->clock, &g->log, err);
}

static enum error_code start_server(struct gateway *g, struct error *err) {
    const struct config *c = g->config;
    const char *host = str_eq_z(str_z(c->listen_host), "localhost") ? "127.0.0.1" : c->listen_host;
    struct http_server_options o = {.address = host,
                                    .port = c->listen_port,
                                    .body_max_bytes = SERVER_BODY_MAX,
                                    .clock = g->clock,
                                    .log = &g->log,
                                    .is_secret = payment_is_secret,
                                    .write_refusal = api_write_refusal,
                                    .refusal_type = API_PROBLEM_TYPE,
                                    .handler = routes_handle,
                                    .handler_ctx = g};
    enum error_code rc = http_server_start(&o, &g->server, err);
    if (rc != ERR_OK)
        return rc;
    snprintf(g->url, sizeof g->url, strchr(host, ':') ? "http://[%s]:%u" : "http://%s:%u", host,
             http_server_port(g->server));
    snprintf(g->public_url, sizeof g->public_url, "%s",
             c->public_base_url[0] ? c->public_base_url : g->url);
    return ERR_OK;
}

static enum error_code start_providers(struct gateway *g, struct error *err) {
    struct providers_setup_options o = {.config = g->config,
                                        .public_base_url = str_z(g->public_url),
                                        .http = g->http,
                                        .clock = g->clock,
                                        .log = &g->log};
    return providers_setup_start(&o, &g->providers, err);
}

static enum error_code start_all(struct gateway *g, struct error *err) {
    struct http_client_curl_options ho = {.clock = g->clock,
                                          .log = &g->log,
                                          .ca_file =
                                              g->config->ca_file[0] ? g->config->ca_file : NULL};
    enum error_code rc = http_client_curl_new(&ho, &g->http, err);
    if (rc == ERR_OK)
        rc = open_storage(g, err);
    /* the port must be known before the addresses that carriers get; requests wait for `ready` */
    if (rc == ERR_OK)
        rc = start_server(g, err);
    if (rc == ERR_OK)
        rc = start_providers(g, err);
    if (rc == ERR_OK)
        rc = swaig_keys_init(&g->swaig_keys, g->config, err);
    if (rc == ERR_OK)
        rc = start_services(g, err);
    if (rc == ERR_OK)
        atomic_store(&g->ready, true);
    return rc;
}

enum error_code gateway_start(const struct gateway_options *o, struct gateway **out,
                              struct error *err) {
    struct gateway *g = mem_zalloc(sizeof *g);
    g->config = o->config;
    g->clock = o->clock;
    log_init(&g->log, o->clock, o->config->log_level, o->config->log_format, o->log_fd);
    id_source_init(&g->ids, o->clock);
    lanes_init(&g->agent_lanes);
    g->swaig_documents = swaig_documents_new();
    log_limit_init(&g->refusals);
    if (secret_is_set(&g->config->api_token))
        digest_blake2b(secret_reveal(&g->config->api_token), g->token_digest);
    enum error_code rc = start_all(g, err);
    if (rc != ERR_OK) {
        gateway_free(g);
        return rc;
    }
    log_info(&g->log, "listening", LOG_Z("url", g->url), LOG_Z("provider", g->config->provider));
    *out = g;
    return ERR_OK;
}

/* ---- the end ------------------------------------------------------------------------------------
 */

void gateway_drain(struct gateway *g, uint32_t grace_ms) {
    atomic_store(&g->draining, true);
    log_write(&g->log, LOG_INFO, "draining", NULL);
    dispatcher_hold(g->dispatcher); /* a call placed now would find nobody when it is answered */
    event_feed_stop(g->events);     /* who waits for events would hold the server up */
    if (!http_server_drain(g->server, grace_ms))
        log_write(&g->log, LOG_WARN, "some requests had to be cut off", NULL);
}

/*
 * From the outside in. First everything stops that can begin something new; then the store finishes
 * what it was given, which still wakes the parts and replies (to nobody any more); then they go.
 */
void gateway_free(struct gateway *g) {
    if (!g)
        return;
    atomic_store(&g->draining, true);
    event_feed_stop(g->events);
    payment_desk_stop(g->payments);
    if (g->payment_pool)
        pool_stop(g->payment_pool);
    if (g->function_pool)
        pool_stop(g->function_pool);
    if (g->api_pool)
        pool_stop(g->api_pool);
    webhook_service_stop(g->webhooks);
    dispatcher_stop(g->dispatcher);
    providers_setup_stop(&g->providers);
    http_server_free(g->server);
    store_free(g->store);
    pool_free(g->api_pool);
    pool_free(g->function_pool);
    pool_free(g->payment_pool);
    webhook_service_free(g->webhooks);
    dispatcher_free(g->dispatcher);
    event_feed_free(g->events);
    conversation_free(g->conversation);
    brain_free(g->openai);
    http_client_free(g->model_http);
    pacer_free(g->pacer);
    payment_desk_free(g->payments);
    payment_gateway_free(g->charges);
    providers_setup_release(&g->providers);
    http_client_free(g->http);
    vault_free(g->vault);
    swaig_documents_free(g->swaig_documents);
    log_limit_release(&g->refusals);
    swaig_keys_release(&g->swaig_keys);
    assistant_files_free(g->assistants);
    lanes_release(&g->agent_lanes);
    mem_free(g);
}

/* ---- for the handlers ---------------------------------------------------------------------------
 */

struct log_limit *gateway_refusals(struct gateway *g) {
    return &g->refusals;
}

struct swaig_documents *gateway_swaig_documents(struct gateway *g) {
    return g->swaig_documents;
}

const struct swaig_keys *gateway_swaig_keys(const struct gateway *g) {
    return &g->swaig_keys;
}

const char *gateway_url(const struct gateway *g) {
    return g->url;
}

const struct engine *gateway_engine(const struct gateway *g) {
    return &g->engine;
}

const struct config *gateway_config(const struct gateway *g) {
    return g->config;
}

struct webhook_service *gateway_webhooks(struct gateway *g) {
    return g->webhooks;
}

struct dispatcher *gateway_dispatcher(struct gateway *g) {
    return g->dispatcher;
}

struct event_feed *gateway_events(struct gateway *g) {
    return g->events;
}

struct pool *gateway_payment_pool(struct gateway *g) {
    return g->payment_pool;
}

struct pool *gateway_api_pool(struct gateway *g) {
    return g->api_pool;
}

struct pool *gateway_function_pool(struct gateway *g) {
    return g->function_pool;
}

struct carrier *gateway_carrier(struct gateway *g) {
    return g->providers.box;
}

bool gateway_is_ready(const struct gateway *g) {
    return atomic_load(&g->ready);
}

bool gateway_is_draining(const struct gateway *g) {
    return atomic_load(&g->draining);
}

bool gateway_needs_token(const struct gateway *g) {
    return secret_is_set(&g->config->api_token);
}

bool gateway_token_is_right(const struct gateway *g, struct str token) {
    uint8_t digest[DIGEST_BLAKE2B_BYTES];
    digest_blake2b(token, digest);
    return digest_equal(str_from(digest, sizeof digest),
                        str_from(g->token_digest, sizeof g->token_digest));
}

struct assistant_files *gateway_assistants(struct gateway *g) {
    return g->assistants;
}
