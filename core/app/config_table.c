#include "core/app/config_table.h"

#include "core/base/compiler.h"

#define AT(member) offsetof(struct config, member)
#define OF(carrier, member)                                                          \
    (offsetof(struct config, accounts) + (carrier) * sizeof(struct config_account) + \
     offsetof(struct config_account, member))
#define CARRIERS "mock twilio plivo signalwire"

// clang-format off
const struct config_setting config_table[] = {
    {.name = "TELEPHONY_PROVIDER", .aliases = {"PERSONAL_ASSISTANT_PHONE_PROVIDER"},
     .kind = CONFIG_KIND_CHOICE, .offset = AT(provider), .preset = "mock", .choices = CARRIERS,
     .group = "The carrier",
     .help = "mock is a whole telephone exchange in a box: no account needed, nothing really rings"},
    {.name = "TELEPHONY_FALLBACK_PROVIDER", .kind = CONFIG_KIND_CHOICE,
     .offset = AT(fallback), .preset = "", .choices = CARRIERS,
     .help = "second carrier: gets a call only when the first has certainly not placed it"},
    {.name = "PERSONAL_ASSISTANT_ENABLED", .kind = CONFIG_KIND_BOOL, .offset = AT(placing_enabled),
     .preset = "true", .help = "false: webhooks of running calls are answered, no new call is placed"},

    {.name = "TELEPHONY_CALLS_PER_SECOND", .kind = CONFIG_KIND_RATE,
     .offset = AT(pace.calls_per_s), .preset = "", .group = "Pace",
     .help = "calls handed over a second; 0: no limit; empty: what the carrier allows a new account "
             "(twilio 1, plivo 2, signalwire 1). Raise it when the carrier raised yours"},
    {.name = "TELEPHONY_MAX_CONCURRENT_CALLS", .kind = CONFIG_KIND_RATE,
     .offset = AT(pace.open_calls_max), .preset = "",
     .help = "open calls at a time, the others wait; 0: no limit; empty: the carrier's own"},
    {.name = "TELEPHONY_FALLBACK_CALLS_PER_SECOND", .kind = CONFIG_KIND_RATE,
     .offset = AT(fallback_pace.calls_per_s), .preset = "",
     .help = "the same two for TELEPHONY_FALLBACK_PROVIDER"},
    {.name = "TELEPHONY_FALLBACK_MAX_CONCURRENT_CALLS", .kind = CONFIG_KIND_RATE,
     .offset = AT(fallback_pace.open_calls_max), .preset = "",
     .help = "open calls at a time of the second carrier"},

    {.name = "TWILIO_ACCOUNT_SID", .kind = CONFIG_KIND_TEXT, .offset = OF(CONFIG_TWILIO, account),
     .preset = "", .needed_by = CONFIG_TWILIO,
     .group = "Twilio (needed when TELEPHONY_PROVIDER=twilio)",
     .help = "AC and 32 hexadecimal digits, from the console's front page"},
    {.name = "TWILIO_AUTH_TOKEN", .kind = CONFIG_KIND_SECRET, .offset = OF(CONFIG_TWILIO, token),
     .preset = "", .needed_by = CONFIG_TWILIO,
     .help = "signs webhooks; authenticates unless an API key is set"},
    {.name = "TWILIO_PHONE_NUMBER", .aliases = {"TWILIO_FROM_NUMBER"}, .kind = CONFIG_KIND_PHONE,
     .offset = OF(CONFIG_TWILIO, number), .preset = "", .needed_by = CONFIG_TWILIO,
     .help = "the number that calls come from, as +12025550199"},
    {.name = "TWILIO_API_KEY_SID", .aliases = {"TWILIO_API_KEY"}, .kind = CONFIG_KIND_TEXT,
     .offset = OF(CONFIG_TWILIO, key_id), .preset = "",
     .help = "optional API key (SK…), used instead of the token to authenticate"},
    {.name = "TWILIO_API_KEY_SECRET", .aliases = {"TWILIO_API_SECRET"}, .kind = CONFIG_KIND_SECRET,
     .offset = OF(CONFIG_TWILIO, key_secret), .preset = "", .help = "the API key's secret"},
    {.name = "TWILIO_API_BASE_URL", .kind = CONFIG_KIND_URL, .offset = OF(CONFIG_TWILIO, base_url),
     .preset = "", .help = "another API root, for a region or a simulator"},

    {.name = "PLIVO_AUTH_ID", .kind = CONFIG_KIND_TEXT, .offset = OF(CONFIG_PLIVO, account),
     .preset = "", .needed_by = CONFIG_PLIVO,
     .group = "Plivo (needed when TELEPHONY_PROVIDER=plivo)",
     .help = "the account's auth id (MA…), from the console's front page"},
    {.name = "PLIVO_AUTH_TOKEN", .kind = CONFIG_KIND_SECRET, .offset = OF(CONFIG_PLIVO, token),
     .preset = "", .needed_by = CONFIG_PLIVO, .help = "authenticates, and signs webhooks"},
    {.name = "PLIVO_PHONE_NUMBER", .aliases = {"PLIVO_FROM_NUMBER"}, .kind = CONFIG_KIND_PHONE,
     .offset = OF(CONFIG_PLIVO, number), .preset = "", .needed_by = CONFIG_PLIVO,
     .help = "the number that calls come from, as +12025550199"},
    {.name = "PLIVO_API_BASE_URL", .kind = CONFIG_KIND_URL, .offset = OF(CONFIG_PLIVO, base_url),
     .preset = "", .help = "another API root, for a simulator"},

    {.name = "SIGNALWIRE_SPACE", .aliases = {"SIGNALWIRE_SPACE_URL", "SIGNALWIRE_SPACE_NAME"},
     .kind = CONFIG_KIND_SPACE, .offset = OF(CONFIG_SIGNALWIRE, space), .preset = "",
     .needed_by = CONFIG_SIGNALWIRE,
     .group = "SignalWire (needed when TELEPHONY_PROVIDER=signalwire)",
     .help = "the space: example, or example.signalwire.com"},
    {.name = "SIGNALWIRE_PROJECT_ID", .kind = CONFIG_KIND_TEXT,
     .offset = OF(CONFIG_SIGNALWIRE, account), .preset = "", .needed_by = CONFIG_SIGNALWIRE,
     .help = "the project, a UUID"},
    {.name = "SIGNALWIRE_API_TOKEN", .aliases = {"SIGNALWIRE_TOKEN", "SIGNALWIRE_AUTH_TOKEN"},
     .kind = CONFIG_KIND_SECRET, .offset = OF(CONFIG_SIGNALWIRE, token), .preset = "",
     .needed_by = CONFIG_SIGNALWIRE, .help = "authenticates (PT…); needs the scope Voice"},
    {.name = "SIGNALWIRE_SIGNING_KEY", .kind = CONFIG_KIND_SECRET,
     .offset = OF(CONFIG_SIGNALWIRE, signing_key), .preset = "", .needed_by = CONFIG_SIGNALWIRE,
     .help = "signs webhooks (PSK…): dashboard, API, Signing Key"},
    {.name = "SIGNALWIRE_PHONE_NUMBER", .aliases = {"SIGNALWIRE_FROM_NUMBER"},
     .kind = CONFIG_KIND_PHONE, .offset = OF(CONFIG_SIGNALWIRE, number), .preset = "",
     .needed_by = CONFIG_SIGNALWIRE, .help = "the number that calls come from, as +12025550199"},
    {.name = "SIGNALWIRE_API_BASE_URL", .kind = CONFIG_KIND_URL,
     .offset = OF(CONFIG_SIGNALWIRE, base_url), .preset = "",
     .help = "another API root than the space's, for a simulator"},
    {.name = "SIGNALWIRE_MODE", .kind = CONFIG_KIND_CHOICE,
     .offset = OF(CONFIG_SIGNALWIRE, wire), .preset = "native", .choices = "native compat",
     .help = "native: the Calling API and SWML; compat: the Compatibility API and its XML"},

    {.name = "MOCK_DIALECT", .kind = CONFIG_KIND_CHOICE, .offset = AT(mock_dialect), .preset = "twilio",
     .choices = "twilio plivo signalwire signalwire-compat", .group = "The mock carrier",
     .help = "whose wire the mock carrier speaks"},
    {.name = "MOCK_SPEED", .kind = CONFIG_KIND_NUMBER, .offset = AT(mock_speed), .preset = "1",
     .help = "factor of the simulated world's time; 0: as fast as possible"},
    {.name = "MOCK_SEED", .kind = CONFIG_KIND_SEED, .offset = AT(mock_seed), .preset = "0",
     .help = "same seed, same calls: everything random in the simulated world comes from it; 0: "
             "different at every start"},
    {.name = "MOCK_SCENARIO", .kind = CONFIG_KIND_TEXT, .offset = AT(mock_scenario), .preset = "",
     .help = "JSON file with simulated callees of your own"},

    {.name = "OPENAI_MODEL", .kind = CONFIG_KIND_TEXT, .offset = AT(openai_model), .preset = "",
     .group = "The model server (needed by assistants whose brain is openai)",
     .help = "the model that talks, such as gpt-4o-mini or llama3.1; any server that speaks OpenAI's "
             "chat completions will do"},
    {.name = "OPENAI_API_KEY", .kind = CONFIG_KIND_SECRET, .offset = AT(openai_key), .preset = "",
     .help = "its key; a server of your own may do without one"},
    {.name = "OPENAI_BASE_URL", .aliases = {"OPENAI_API_BASE"}, .kind = CONFIG_KIND_URL,
     .offset = AT(openai_base_url), .preset = "https://api.openai.com/v1",
     .help = "another server: http://127.0.0.1:11434/v1 is Ollama on this machine"},

    {.name = "PUBLIC_BASE_URL", .aliases = {"PUBLIC_URL", "WEBHOOK_BASE_URL"},
     .kind = CONFIG_KIND_URL, .offset = AT(public_base_url), .preset = "",
     .group = "Where this gateway is",
     .help = "where carriers reach it, https; their signatures are checked against it. Not needed "
             "with mock"},
    {.name = "SWITCHHOOK_LISTEN", .kind = CONFIG_KIND_LISTEN, .offset = AT(listen_host),
     .preset = "127.0.0.1:8080", .help = "address and port; port 0 takes a free one"},
    {.name = "SWITCHHOOK_API_TOKEN", .kind = CONFIG_KIND_SECRET, .offset = AT(api_token), .preset = "",
     .help = "bearer token of the API, at least 16 characters; required beyond loopback: with another "
             "SWITCHHOOK_LISTEN or with a PUBLIC_BASE_URL"},
    {.name = "SWITCHHOOK_DATA_DIR", .kind = CONFIG_KIND_TEXT, .offset = AT(data_dir), .preset = "./data",
     .help = "database, sealed recordings and keys"},
    {.name = "DATABASE_URL", .kind = CONFIG_KIND_TEXT, .offset = AT(database), .preset = "",
     .help = "sqlite:PATH; empty: switchhook.db in the data directory"},
    {.name = "SWITCHHOOK_ASSISTANTS_DIR", .kind = CONFIG_KIND_TEXT, .offset = AT(assistants_dir),
     .preset = "./assistants", .help = "assistant definitions, one JSON file each"},
    {.name = "SWITCHHOOK_CA_FILE", .kind = CONFIG_KIND_TEXT, .offset = AT(ca_file), .preset = "",
     .help = "certificate authorities for outgoing TLS; empty: the system's"},
    {.name = "SWITCHHOOK_LOG_LEVEL", .kind = CONFIG_KIND_CHOICE, .offset = AT(log_level), .preset = "info",
     .choices = "debug info warn error", .group = "Log (to stderr)", .help = "least level written"},
    {.name = "SWITCHHOOK_LOG_FORMAT", .kind = CONFIG_KIND_CHOICE, .offset = AT(log_format),
     .preset = "text", .choices = "text json", .help = "key=value lines or one JSON object a line"},
};
// clang-format on
const size_t config_table_size = ARRAY_LEN(config_table);
