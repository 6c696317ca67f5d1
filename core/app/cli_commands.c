#include "core/app/cli_commands.h"

/* The commands on one screen, each with the options it takes. */

// clang-format off
#define OPTION_ENV {"--env", "FILE", false, "settings from this file instead of ./.env"}
#define OPTION_URL {"--url", "URL", false, "the gateway's address; else from SWITCHHOOK_LISTEN"}
#define OPTION_JSON {"--json", NULL, false, "print the API's JSON"}
#define OPTION_LIMIT {"--limit", "N", false, "at most N rows, 1 to 200"}
#define OPTION_CURSOR {"--cursor", "CURSOR", false, "go on where a list ended"}

static const struct cli_option api_only[] = {OPTION_ENV, OPTION_URL, OPTION_JSON, {0}};
static const struct cli_option env_only[] = {OPTION_ENV, {0}};
static const struct cli_option none[] = {{0}};

static const struct cli_option call_options[] = {
    {"--assistant", "NAME", false, "who talks; may be left out when there is only one"},
    {"--plan", "FILE", false, "a plan in JSON instead of an assistant (- is standard input)"},
    {"--from", "N", false, "caller id; else the carrier's configured number"},
    {"--provider", "P", false, "carrier; else the configured one"},
    {"--var", "K=V", true, "a variable for the assistant"},
    {"--record", "RULE", false, "off, on or ask; else what the assistant says"},
    {"--ring-timeout", "S", false, "seconds to let it ring"},
    {"--time-limit", "S", false, "seconds after which the call is ended"},
    {"--idempotency-key", "K", false, "the same key again gives the same call again"},
    {"--wait", NULL, false, "follow the call to its end"},
    OPTION_ENV, OPTION_URL, OPTION_JSON, {0}};
static const struct cli_option calls_options[] = {
    {"--status", "WORD", false, "queued, dialing, ringing, answered, completed, busy, no_answer …"},
    {"--to", "N", false, "calls to this number"},
    {"--assistant", "NAME", false, "calls of this assistant"},
    OPTION_LIMIT, OPTION_CURSOR, OPTION_ENV, OPTION_URL, OPTION_JSON, {0}};
static const struct cli_option recordings_options[] = {
    {"--call", "ID", false, "those of one call"},
    {"--save", "ID", false, "write the audio of this recording to FILE"},
    OPTION_LIMIT, OPTION_CURSOR, OPTION_ENV, OPTION_URL, OPTION_JSON, {0}};
static const struct cli_option information_options[] = {
    {"--category", "WORD", false, "contact_details, debt_info, personal_info, qualification …"},
    {"--caller", "N", false, "shared by this caller"},
    {"--session", "ID", false, "shared in this session (a call's id)"},
    OPTION_LIMIT, OPTION_CURSOR, OPTION_ENV, OPTION_URL, OPTION_JSON, {0}};
static const struct cli_option sessions_options[] = {
    OPTION_LIMIT, OPTION_CURSOR, OPTION_ENV, OPTION_URL, OPTION_JSON, {0}};

static const struct cli_option consents_options[] = {
    {"--caller", "N", false, "what this caller said"},
    {"--purpose", "WORD", false, "recording, calling …"},
    {"--answer", "WORD", false, "given, refused or withdrawn"},
    {"--since", "TIME", false, "from this time on, as 2026-11-21T12:00:00Z"},
    {"--until", "TIME", false, "before this time"},
    OPTION_LIMIT, OPTION_CURSOR, OPTION_ENV, OPTION_URL, OPTION_JSON, {0}};

static const struct cli_option exec_options[] = {
    {"--arg", "K=V", true, "an argument of the function"},
    {CLI_OPTION_ANY, "V", true, "the same, as swaig-test has it"},
    {"--var", "K=V", true, "a variable for the assistant"},
    {"--data", "JSON", false, "the call's global data, an object; else the assistant's own"},
    {"--caller", "N", false, "the other party of the call; else +12025550100"},
    {"--list", NULL, false, "list the functions and their arguments"},
    {"--json", NULL, false, "print the reply as a carrier's agent gets it"},
    OPTION_ENV, {0}};
static const struct cli_option render_options[] = {
    {"--assistant", "NAME", false, "what this assistant answers a call with"},
    {"--plan", "FILE", false, "a plan in JSON (- is standard input)"},
    {"--format", "WORD", false, "the carrier's language: twiml, plivo or swml; else twiml"},
    {"--to", "CARRIER", false, "twilio, plivo, signalwire, or all: every language and its losses"},
    {"--var", "K=V", true, "a variable for the assistant"},
    {"--loss", NULL, false, "tell on stderr what the language cannot say"},
    {"--raw", NULL, false, "an agent's document in one line"},
    OPTION_ENV, {0}};
static const struct cli_option carrier_options[] = {
    {"--dialect", "WORD", false, "whose API it speaks: twilio, plivo or signalwire"},
    {"--port", "N", false, "where to listen; else any free port"},
    {"--speed", "N", false, "times faster than life, 0: as fast as possible; else MOCK_SPEED"},
    {"--seed", "N", false, "same seed, same calls; else MOCK_SEED"},
    {"--scenario", "FILE", false, "simulated callees of your own; else MOCK_SCENARIO"},
    OPTION_ENV, {0}};
static const struct cli_option providers_options[] = {
    {"--json", NULL, false, "print what GET /api/providers says"}, OPTION_ENV, {0}};
static const struct cli_option demo_options[] = {
    {"--to", "N", false, "another simulated callee: +12025550100 to +12025550115"},
    {"--assistant", "NAME", false, "another assistant than debt-intake"},
    {"--dialect", "WORD", false, "twilio, plivo, signalwire or signalwire-compat; else twilio"},
    {"--speed", "N", false, "how many times faster than life, 1 to 1000; else 10"}, {0}};

const struct cli_command cli_commands[] = {
    {.name = "serve", .run = cli_serve, .options = env_only,
     .summary = "run the gateway", .usage = "[--env FILE]",
     .about = "SIGTERM or SIGINT ends it gracefully within 20 seconds; a second one at once.",
     .example = "switchhook serve"},
    {.name = "call", .run = cli_call, .args_min = 1, .args_max = 1, .options = call_options,
     .summary = "place a call through the running gateway", .usage = "TO [options]",
     .about = "With --wait the exit status is 0 only when the call was completed. With --wait and\n"
              "--json each event is one line of JSON, and the last line is the call.",
     .example = "switchhook call +12025550100 --assistant debt-intake --wait"},
    {.name = "calls", .run = cli_calls, .options = calls_options,
     .summary = "list calls, newest first", .usage = "[options]",
     .example = "switchhook calls --status completed --limit 20"},
    {.name = "show", .run = cli_show, .args_min = 1, .args_max = 1, .options = api_only,
     .summary = "one call with its transcript, events, recordings and information",
     .usage = "ID [options]", .example = "switchhook show call_0C7MPQ4ZK2R8T"},
    {.name = "hangup", .run = cli_hangup, .args_min = 1, .args_max = 1, .options = api_only,
     .summary = "end a call", .usage = "ID [options]",
     .example = "switchhook hangup call_0C7MPQ4ZK2R8T"},
    {.name = "recordings", .run = cli_recordings, .args_max = 1, .options = recordings_options,
     .summary = "list recordings, or save one", .usage = "[--save ID FILE] [options]",
     .example = "switchhook recordings --call call_0C7MPQ4ZK2R8T\n"
                "switchhook recordings --save rec_0C7MPQ4ZK2R8T call.wav"},
    {.name = "assistants", .run = cli_assistants, .options = api_only,
     .summary = "who can talk, in which version, and what is wrong with their files",
     .usage = "[options]",
     .about = "Exit status 1 when a file on disk is broken: its last good version goes on talking.",
     .example = "switchhook assistants"},
    {.name = "information", .run = cli_information, .options = information_options,
     .summary = "what callers said and assistants noted", .usage = "[options]",
     .example = "switchhook information --category debt_info"},
    {.name = "sessions", .run = cli_sessions, .options = sessions_options,
     .summary = "what was shared, summed up by session", .usage = "[options]",
     .example = "switchhook sessions --limit 10"},
    {.name = "summary", .run = cli_summary, .options = api_only,
     .summary = "counts of calls and of captured information", .usage = "[options]",
     .example = "switchhook summary --json"},
    {.name = "consents", .run = cli_consents, .options = consents_options,
     .summary = "who consented to what, or did not: the ledger", .usage = "[options]",
     .example = "switchhook consents --caller +12025550100 --purpose recording"},
    {.name = "exec", .run = cli_exec, .args_min = 1, .args_max = 2, .options = exec_options,
     .summary = "run one function of an assistant, without a call",
     .usage = "ASSISTANT [FUNCTION] [options]",
     .about = "Prints what the function tells the assistant, and what is to be done on the call as a\n"
              "carrier's agent gets it. Nothing is kept, no carrier is asked. Without a function, or\n"
              "with --list, the functions are listed.",
     .example = "switchhook exec payment-agent --list\n"
                "switchhook exec payment-agent process_payment --arg amount=49.99"},
    {.name = "render", .run = cli_render, .options = render_options,
     .summary = "print the document that a carrier would get",
     .usage = "--assistant NAME | --plan FILE [options]",
     .about = "Exit status 1 when a language cannot say a step at all.",
     .example = "switchhook render --assistant personal-assistant --var user_name=Ann\n"
                "switchhook render --plan plan.json --to all"},
    {.name = "providers", .run = cli_providers, .args_max = 1, .options = providers_options,
     .summary = "what each carrier can do, and which one is set", .usage = "[NAME] [options]",
     .about = "With a carrier's name: its settings, and how it says each kind of step. What is told\n"
              "is what its writer does. Needs no gateway and no account.",
     .example = "switchhook providers\nswitchhook providers signalwire"},
    {.name = "carrier", .run = cli_carrier, .options = carrier_options,
     .summary = "run the carrier simulator on its own", .usage = "[options]",
     .about = "Prints one line of JSON when it listens: dialect, base_url, account, token, number,\n"
              "and signing_key where the dialect has one. All but the first two are the dialect's\n"
              "usual settings when they are set, else made up.",
     .example = "switchhook carrier --dialect twilio --port 4010 --speed 10"},
    {.name = "check", .run = cli_check, .options = env_only,
     .summary = "find what is not set up right, and what to do about it", .usage = "[--env FILE]",
     .about = "Exit status: 0 everything is fine, 1 something is not, 2 the settings are wrong.",
     .example = "switchhook check --env production.env"},
    {.name = "demo", .run = cli_demo, .options = demo_options,
     .summary = "place one simulated assistant call and show it live", .usage = "[options]",
     .about = "Needs no account, no network and no settings, and leaves nothing behind. The exit\n"
              "status is 0 when the call was completed, recorded, and gave information.",
     .example = "switchhook demo\nswitchhook demo --to +12025550106"},
    {.name = "version", .run = cli_version, .options = none,
     .summary = "print the version", .usage = "", .example = "switchhook version"},
    {.name = "help", .run = cli_help, .args_max = 1, .options = none,
     .summary = "this overview, a command's options, or every setting",
     .usage = "[COMMAND | settings]",
     .example = "switchhook help call\nswitchhook help settings > .env"},
    {0}};
// clang-format on
