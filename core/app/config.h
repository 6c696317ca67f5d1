#ifndef CORE_APP_CONFIG_H
#define CORE_APP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/base/str.h"

/*
 * Settings, from `.env` and the environment (which wins). One table (config_table.c) feeds the
 * parser, the defaults, env.example and the help text. Nothing else reads the environment.
 */
enum {
    CONFIG_TEXT_SIZE = 512
};

/** Credentials of one carrier account. */
struct config_account {
    char account[CONFIG_TEXT_SIZE];
    struct secret token;
    char number[CONFIG_TEXT_SIZE];
    char key_id[CONFIG_TEXT_SIZE];
    struct secret key_secret;
    struct secret signing_key;
    char space[CONFIG_TEXT_SIZE]; /* "example", or a whole host name that is not the carrier's */
    char base_url[CONFIG_TEXT_SIZE];
    char wire[CONFIG_TEXT_SIZE]; /* which of its APIs, where it has several: "native", "compat" */
};

/** Carriers that have settings of their own. */
enum config_carrier {
    CONFIG_CARRIER_NONE = 0, /* also the mock, which has no account */
    CONFIG_TWILIO,
    CONFIG_PLIVO,
    CONFIG_SIGNALWIRE,
    CONFIG_CARRIER_COUNT
};
const char *config_carrier_name(enum config_carrier c); /* "twilio" …; "" for none */
enum config_carrier config_carrier_find(struct str name);

/** How fast calls may be placed. */
#define CONFIG_PACE_OWN (-1.0) /* not set: what the carrier's own facts say */
struct config_pace {
    double calls_per_s, open_calls_max; /* 0: no limit */
};

struct config {
    char provider[CONFIG_TEXT_SIZE];
    char fallback[CONFIG_TEXT_SIZE]; /* second carrier; "" none */
    bool placing_enabled;
    struct config_pace pace, fallback_pace;
    struct config_account accounts[CONFIG_CARRIER_COUNT]; /* by enum config_carrier */
    char mock_dialect[CONFIG_TEXT_SIZE];
    double mock_speed;
    uint64_t mock_seed;
    char mock_scenario[CONFIG_TEXT_SIZE];   /* file; "" none */
    char openai_base_url[CONFIG_TEXT_SIZE]; /* of the model server, without trailing slash */
    struct secret openai_key;
    char openai_model[CONFIG_TEXT_SIZE];    /* "": no model server */
    char public_base_url[CONFIG_TEXT_SIZE]; /* without trailing slash; "" only with mock */
    char listen_host[CONFIG_TEXT_SIZE];
    uint16_t listen_port;
    struct secret api_token;
    char swml_user[CONFIG_TEXT_SIZE]; /* who may fetch an agent's document and call functions */
    bool swml_private;                /* functions of the user's own may be on this network */
    struct secret swml_password;      /* not set: derived */
    char payment_gateway[CONFIG_TEXT_SIZE]; /* "mock", "http"; "": mock with the mock carrier */
    char payment_url[CONFIG_TEXT_SIZE];
    struct secret payment_token;
    double payment_decline_status;
    struct secret payment_password; /* basic authentication of the connector */
    char pay_connector[CONFIG_TEXT_SIZE];
    char data_dir[CONFIG_TEXT_SIZE];
    char database[CONFIG_TEXT_SIZE]; /* path of the SQLite file */
    char assistants_dir[CONFIG_TEXT_SIZE];
    char inbound_assistant[CONFIG_TEXT_SIZE]; /* answers numbers that no assistant names; "" nobody
                                               */
    char ca_file[CONFIG_TEXT_SIZE];
    enum log_level log_level;
    enum log_format log_format;
};

void config_release(struct config *c); /* wipes the secrets; zeroed is fine */

/** Is that carrier ("mock", "twilio" …) the configured one or the fallback? */
bool config_uses(const struct config *c, const char *carrier);

enum {
    CONFIG_FAULT_NAME_SIZE = 64
};

/** One thing that is wrong: name of the setting, what is wrong, what to do. */
struct config_fault {
    char name[CONFIG_FAULT_NAME_SIZE];
    char text[240];
};

enum {
    CONFIG_FAULTS_MAX = 64
};

struct config_faults {
    struct config_fault items[CONFIG_FAULTS_MAX];
    size_t count;
};

/** Value of an environment variable or NULL: getenv, or a table in tests. */
typedef const char *config_env_fn(void *ctx, const char *name);

/**
 * Read settings. env_text is the content of a .env file (may be empty). ERR_INVALID when faults
 * were found; all of them are reported at once. No secret's value ever gets into a fault.
 */
NODISCARD enum error_code config_parse(struct str env_text, config_env_fn *env, void *env_ctx,
                                       struct config *out, struct config_faults *faults);

/**
 * The same from a file and the process's environment. path NULL: ".env" in the working directory if
 * it is there. A file that others can read while it holds secrets is a fault.
 */
NODISCARD enum error_code config_load(const char *path, struct config *out,
                                      struct config_faults *faults);

/** Where temporary files belong: TMPDIR, or the system's place. */
const char *config_temp_dir(void);

/** env.example: every setting with its default and meaning. */
void config_put_example(struct buf *b);

/** For people: each setting in force, one line each, but not the accounts of carriers that are not
 * in use; secrets as "set" or "not set". */
void config_put_summary(struct buf *b, const struct config *c);

#endif
