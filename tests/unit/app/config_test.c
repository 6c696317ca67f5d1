#include "core/app/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/compiler.h"
#include "tests/support/read_file.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define SID   "AC0123456789abcdef0123456789abcdef"
#define TOKEN "SWITCHHOOK_API_TOKEN=0123456789abcdef\n"
#define TWILIO                                                                         \
    "TELEPHONY_PROVIDER=twilio\nTWILIO_ACCOUNT_SID=" SID "\nTWILIO_AUTH_TOKEN=t0ken\n" \
    "TWILIO_PHONE_NUMBER=+12025550199\nPUBLIC_BASE_URL=https://calls.example.com\n" TOKEN

__attribute__((constructor)) static void init_secrets(void) {
    if (!secret_system_init())
        abort();
}

/* An environment: "NAME=value" each, ending with NULL. */
static const char *from_table(void *ctx, const char *name) {
    const char *const *rows = ctx;
    size_t n = strlen(name);
    for (; rows && *rows; rows++)
        if (strncmp(*rows, name, n) == 0 && (*rows)[n] == '=')
            return *rows + n + 1;
    return NULL;
}

static enum error_code parse(const char *text, const char *const *env, struct config *c,
                             struct config_faults *f) {
    return config_parse(str_z(text), from_table, (void *)env, c, f);
}

/* The fault of that name, or NULL. */
static const char *fault_of(const struct config_faults *f, const char *name) {
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].name, name) == 0)
            return f->items[i].text;
    return NULL;
}

TEST(config, nothing_set_gives_the_mock_carrier_on_loopback) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse("", NULL, &c, &f) == ERR_OK);
    EXPECT_STR(c.provider, "mock");
    EXPECT_STR(c.listen_host, "127.0.0.1");
    EXPECT_INT(c.listen_port, 8080);
    EXPECT_STR(c.database, "./data/switchhook.db");
    EXPECT_STR(c.assistants_dir, "./assistants");
    EXPECT(c.placing_enabled && c.mock_speed == 1.0);
    EXPECT_INT(c.log_level, LOG_INFO);
    EXPECT(!secret_is_set(&c.api_token));
    config_release(&c);
}

TEST(config, a_real_carrier_with_its_credentials_is_accepted) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse(TWILIO, NULL, &c, &f) == ERR_OK);
    EXPECT_STR(c.accounts[CONFIG_TWILIO].account, SID);
    EXPECT_STR(c.accounts[CONFIG_TWILIO].number, "+12025550199");
    EXPECT(str_eq_z(secret_reveal(&c.accounts[CONFIG_TWILIO].token), "t0ken"));
    config_release(&c);
}

TEST(config, a_carrier_without_credentials_stops_the_start_and_names_all_of_them) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse("TELEPHONY_PROVIDER=twilio\n", NULL, &c, &f) == ERR_INVALID);
    EXPECT_INT(f.count, 4);
    EXPECT(strstr(fault_of(&f, "TWILIO_ACCOUNT_SID"), "TELEPHONY_PROVIDER=twilio needs it"));
    EXPECT(fault_of(&f, "TWILIO_AUTH_TOKEN") != NULL);
    EXPECT(fault_of(&f, "TWILIO_PHONE_NUMBER") != NULL);
    EXPECT(strstr(fault_of(&f, "PUBLIC_BASE_URL"), "the carrier must reach this gateway"));
    config_release(&c);
}

TEST(config, the_mock_needs_nothing_of_a_real_carrier) {
    struct config c;
    struct config_faults f;
    EXPECT_INT(parse("TELEPHONY_PROVIDER=mock\nTWILIO_AUTH_TOKEN=\n", NULL, &c, &f), ERR_OK);
    config_release(&c);
}

TEST(config, each_wrong_value_is_told_by_name_and_remedy) {
    static const struct {
        const char *line, *name, *says;
    } rows[] = {
        {"TELEPHONY_PROVIDER=twillio", "TELEPHONY_PROVIDER",
         "\"twillio\" is not one of the choices: mock twilio"},
        {"PERSONAL_ASSISTANT_ENABLED=maybe", "PERSONAL_ASSISTANT_ENABLED",
         "\"maybe\" must be true or false"},
        {"TWILIO_PHONE_NUMBER=555-0100", "TWILIO_PHONE_NUMBER", "E.164"},
        {"TWILIO_API_BASE_URL=ftp://x", "TWILIO_API_BASE_URL", "must begin with https://"},
        {"MOCK_DIALECT=vonage", "MOCK_DIALECT", "is not one of the choices"},
        {"MOCK_SPEED=fast", "MOCK_SPEED", "must be a number"},
        {"MOCK_SPEED=-1", "MOCK_SPEED", "must be a number"},
        {"MOCK_SPEED=1.2.3", "MOCK_SPEED", "must be a number"},
        {"MOCK_SPEED=1000001", "MOCK_SPEED", "up to 1000000"},
        {"MOCK_SEED=x", "MOCK_SEED", "must be a whole number"},
        {"PUBLIC_BASE_URL=calls.example.com", "PUBLIC_BASE_URL", "must begin with https://"},
        {"PUBLIC_BASE_URL=https://", "PUBLIC_BASE_URL", "has no host"},
        {"PUBLIC_BASE_URL=https:///x", "PUBLIC_BASE_URL", "has no host"},
        {"PUBLIC_BASE_URL=https://a.example/?x=1", "PUBLIC_BASE_URL", "scheme, host"},
        {"PUBLIC_BASE_URL=https://a.example/#x", "PUBLIC_BASE_URL", "scheme, host"},
        {"PUBLIC_BASE_URL=\"https://a example\"", "PUBLIC_BASE_URL", "not allowed in a URL"},
        {"SWITCHHOOK_LISTEN=8080", "SWITCHHOOK_LISTEN", "must be host:port"},
        {"SWITCHHOOK_LISTEN=:8080", "SWITCHHOOK_LISTEN", "must be host:port"},
        {"SWITCHHOOK_LISTEN=127.0.0.1:", "SWITCHHOOK_LISTEN", "must be host:port"},
        {"SWITCHHOOK_LISTEN=127.0.0.1:65536", "SWITCHHOOK_LISTEN", "must be host:port"},
        {"SWITCHHOOK_LISTEN=::1:8080", "SWITCHHOOK_LISTEN", "in brackets, as in [::1]:8080"},
        {"SWITCHHOOK_LISTEN=[::]:8080", "SWITCHHOOK_API_TOKEN", "listening on ::"},
        {"SWITCHHOOK_LISTEN=0.0.0.0:8080", "SWITCHHOOK_API_TOKEN", "listening on 0.0.0.0"},
        {"PUBLIC_BASE_URL=https://a.example", "SWITCHHOOK_API_TOKEN", "opens this gateway"},
        {"SWITCHHOOK_API_TOKEN=short", "SWITCHHOOK_API_TOKEN", "shorter than 16 characters"},
        {"DATABASE_URL=postgresql://u:p@h/db", "DATABASE_URL", "must be sqlite:PATH"},
        {"SWITCHHOOK_LOG_LEVEL=loud", "SWITCHHOOK_LOG_LEVEL", "debug info warn error"},
        {"TELEPHONY_MAX_CONCURRENT_CALLS=0.5", "TELEPHONY_MAX_CONCURRENT_CALLS", "a whole number"},
        {"TELEPHONY_FALLBACK_MAX_CONCURRENT_CALLS=2.5", "TELEPHONY_FALLBACK_MAX_CONCURRENT_CALLS",
         "a whole number"},
        {"PAYMENT_DECLINE_STATUS=402.5", "PAYMENT_DECLINE_STATUS", "a whole number"},
        {"PAYMENT_DECLINE_STATUS=x", "PAYMENT_DECLINE_STATUS", "a whole number"},
        {"SWITCHHOOK_LOG_FORMAT=xml", "SWITCHHOOK_LOG_FORMAT", "text json"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct config c;
        struct config_faults f;
        EXPECT_INT(parse(rows[i].line, NULL, &c, &f), ERR_INVALID);
        EXPECT_INT(f.count, 1);
        const char *text = fault_of(&f, rows[i].name);
        if (!text || !strstr(text, rows[i].says))
            EXPECT_STR(text, rows[i].says);
        config_release(&c);
    }
}

#define PLIVO                                                                        \
    "PLIVO_AUTH_ID=MA0123456789ABCDEF01\nPLIVO_AUTH_TOKEN=t0ken\nPLIVO_FROM_NUMBER=" \
    "+12025550177\nPUBLIC_URL=https://calls.example.com\n" TOKEN

TEST(config, a_second_carrier_needs_its_credentials_as_much_as_the_first) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse("TELEPHONY_FALLBACK_PROVIDER=plivo\n" PLIVO, NULL, &c, &f) == ERR_OK);
    EXPECT_STR(c.provider, "mock");
    EXPECT_STR(c.fallback, "plivo");
    EXPECT_STR(c.accounts[CONFIG_PLIVO].number, "+12025550177");
    config_release(&c);
    EXPECT(parse("TELEPHONY_FALLBACK_PROVIDER=plivo\n", NULL, &c, &f) == ERR_INVALID);
    EXPECT_INT(f.count, 4);
    EXPECT_STR(fault_of(&f, "PLIVO_AUTH_TOKEN"),
               "is missing: TELEPHONY_FALLBACK_PROVIDER=plivo needs it (authenticates, and signs "
               "webhooks)");
    EXPECT(fault_of(&f, "PUBLIC_BASE_URL") != NULL);
    config_release(&c);
    EXPECT(parse("TELEPHONY_PROVIDER=plivo\nTELEPHONY_FALLBACK_PROVIDER=plivo\n" PLIVO, NULL, &c,
                 &f) == ERR_INVALID);
    EXPECT_INT(f.count, 1);
    EXPECT(strstr(fault_of(&f, "TELEPHONY_FALLBACK_PROVIDER"), "same carrier") != NULL);
    config_release(&c);
}

TEST(config, a_space_is_the_same_however_it_is_written) {
    static const struct {
        const char *line, *space;
    } rows[] = {
        {"SIGNALWIRE_SPACE=example\n", "example"},
        {"SIGNALWIRE_SPACE=example.signalwire.com\n", "example"},
        {"SIGNALWIRE_SPACE_URL=https://example.signalwire.com/\n", "example"},
        {"SIGNALWIRE_SPACE_NAME=example\n", "example"},
        {"SIGNALWIRE_SPACE=calls.example.com\n", "calls.example.com"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct config c;
        struct config_faults f;
        EXPECT(parse(rows[i].line, NULL, &c, &f) == ERR_OK);
        EXPECT_STR(c.accounts[CONFIG_SIGNALWIRE].space, rows[i].space);
        config_release(&c);
    }
    struct config c;
    struct config_faults f;
    EXPECT(parse("SIGNALWIRE_SPACE=exa mple\n", NULL, &c, &f) == ERR_INVALID);
    EXPECT(strstr(fault_of(&f, "SIGNALWIRE_SPACE"), "must be a space's name") != NULL);
    config_release(&c);
}

TEST(config, a_pace_that_is_not_set_is_the_carriers_own) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse("TELEPHONY_CALLS_PER_SECOND=0.5\nTELEPHONY_FALLBACK_MAX_CONCURRENT_CALLS=0\n",
                  NULL, &c, &f) == ERR_OK);
    EXPECT(c.pace.calls_per_s == 0.5 && c.pace.open_calls_max == CONFIG_PACE_OWN);
    EXPECT(c.fallback_pace.calls_per_s == CONFIG_PACE_OWN && c.fallback_pace.open_calls_max == 0);
    config_release(&c);
    EXPECT(parse("TELEPHONY_CALLS_PER_SECOND=fast\n", NULL, &c, &f) == ERR_INVALID);
    config_release(&c);
}

/* half a call would be none, and none means no limit */
TEST(config, open_calls_are_counted_in_whole_ones) {
    struct config c;
    struct config_faults f;
    EXPECT(parse("TELEPHONY_MAX_CONCURRENT_CALLS=0.5\n", NULL, &c, &f) == ERR_INVALID);
    EXPECT(strstr(fault_of(&f, "TELEPHONY_MAX_CONCURRENT_CALLS"), "must be a whole number"));
    config_release(&c);
    EXPECT(parse("TELEPHONY_MAX_CONCURRENT_CALLS=25\n", NULL, &c, &f) == ERR_OK);
    EXPECT(c.pace.open_calls_max == 25);
    config_release(&c);
}

TEST(config, what_a_real_carrier_cannot_work_with_is_refused) {
    static const struct {
        const char *more, *name, *says;
    } rows[] = {
        {"TWILIO_ACCOUNT_SID=AC123", "TWILIO_ACCOUNT_SID", "AC and 32 hexadecimal digits"},
        {"TWILIO_ACCOUNT_SID=XY0123456789abcdef0123456789abcdef", "TWILIO_ACCOUNT_SID",
         "AC and 32"},
        {"TWILIO_ACCOUNT_SID=ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "TWILIO_ACCOUNT_SID", "hexa"},
        {"TWILIO_API_KEY_SID=SK1", "TWILIO_API_KEY_SID", "set both or neither"},
        {"TWILIO_API_KEY_SECRET=abc", "TWILIO_API_KEY_SID", "set both or neither"},
        {"PUBLIC_BASE_URL=http://calls.example.com", "PUBLIC_BASE_URL", "must be https://"},
        {"TWILIO_AUTH_TOKEN=", "TWILIO_AUTH_TOKEN", "is missing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        /* the environment wins over the good file */
        const char *env[] = {rows[i].more, NULL};
        struct config c;
        struct config_faults f;
        EXPECT_INT(parse(TWILIO, env, &c, &f), ERR_INVALID);
        EXPECT_INT(f.count, 1);
        const char *got = fault_of(&f, rows[i].name);
        if (!got || !strstr(got, rows[i].says))
            EXPECT_STR(got, rows[i].says);
        config_release(&c);
    }
}

TEST(config, a_simulator_may_be_reached_without_tls) {
    const char *env[] = {"PUBLIC_BASE_URL=http://127.0.0.1:8080",
                         "TWILIO_API_BASE_URL=http://127.0.0.1:4010", NULL};
    struct config c;
    struct config_faults f;
    EXPECT_INT(parse(TWILIO, env, &c, &f), ERR_OK);
    config_release(&c);
}

TEST(config, every_fault_is_reported_at_once) {
    struct config c;
    struct config_faults f;
    EXPECT_INT(parse("TELEPHONY_PROVIDER=x\nMOCK_SPEED=y\nSWITCHHOOK_LISTEN=z\nnonsense\n"
                     "SWITCHHOOK_NOTHING=1\n",
                     NULL, &c, &f),
               ERR_INVALID);
    EXPECT_INT(f.count, 5);
    config_release(&c);
}

TEST(config, there_is_room_for_a_limited_number_of_faults) {
    struct buf text = BUF_INIT(65536);
    struct config c;
    struct config_faults f;
    for (int i = 0; i < 200; i++)
        buf_printf(&text, "SWITCHHOOK_X%d=1\n", i);
    EXPECT_INT(parse(text.ptr, NULL, &c, &f), ERR_INVALID);
    EXPECT_INT(f.count, CONFIG_FAULTS_MAX);
    config_release(&c);
    buf_release(&text);
}

TEST(config, a_name_that_looks_like_ours_but_is_none_is_a_typing_error) {
    static const char *const wrong[] = {"SWITCHHOOK_PORT", "TWILIO_TOKEN", "MOCK_SPED",
                                        "TELEPHONY_PROVIDR", "PERSONAL_ASSISTANT_X"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        char line[64];
        struct config c;
        struct config_faults f;
        snprintf(line, sizeof line, "%s=1", wrong[i]);
        EXPECT_INT(parse(line, NULL, &c, &f), ERR_INVALID);
        EXPECT(fault_of(&f, wrong[i]) && strstr(fault_of(&f, wrong[i]), "env.example"));
        config_release(&c);
    }
    struct config c;
    struct config_faults f;
    EXPECT_INT(parse("PATH=/bin\nOTHER_TOOL=1\n", NULL, &c, &f), ERR_OK);
    config_release(&c);
}

TEST(config, a_slip_in_a_name_is_told_with_the_name_that_was_meant) {
    static const char *const rows[][2] = {
        {"TWILLIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"},
        {"PUBLIC_BASE_ULR", "PUBLIC_BASE_URL"},
        {"OPENAI_MODLE", "OPENAI_MODEL"},
        {"PAYMENT_GATWAY", "PAYMENT_GATEWAY"},
        {"TELEPHONY_FALLBACK_MAX_CONCURENT_CALLS", "TELEPHONY_FALLBACK_MAX_CONCURRENT_CALLS"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char line[80], meant[96];
        struct config c;
        struct config_faults f;
        snprintf(line, sizeof line, "%s=1", rows[i][0]);
        snprintf(meant, sizeof meant, "did you mean %s?", rows[i][1]);
        EXPECT_INT(parse(line, NULL, &c, &f), ERR_INVALID);
        EXPECT(fault_of(&f, rows[i][0]) && strstr(fault_of(&f, rows[i][0]), meant));
        config_release(&c);
    }
    struct config c;
    struct config_faults f;
    /* of other programs, however they begin */
    EXPECT_INT(parse("OPENAI_ORGANIZATION=1\nDATABASE=1\nPUBLIC=1\n", NULL, &c, &f), ERR_OK);
    config_release(&c);
}

TEST(config, a_value_that_is_wrong_is_not_called_missing_as_well) {
    struct config c;
    struct config_faults f;
    EXPECT_INT(parse("TELEPHONY_PROVIDER=plivo\nPLIVO_AUTH_ID=MA0123456789ABCDEF01\n"
                     "PLIVO_AUTH_TOKEN=t0ken\nPLIVO_PHONE_NUMBER=12\n"
                     "PUBLIC_URL=https://calls.example.com\n" TOKEN,
                     NULL, &c, &f),
               ERR_INVALID);
    EXPECT_INT(f.count, 1);
    EXPECT(strstr(fault_of(&f, "PLIVO_PHONE_NUMBER"), "E.164") != NULL);
    config_release(&c);
}

TEST(config, a_file_may_begin_with_a_byte_order_mark_and_end_lines_as_windows_does) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse("\xef\xbb\xbfMOCK_SEED=7\r\n# x\r\nMOCK_SPEED=\"3\"\r\n", NULL, &c, &f) ==
            ERR_OK);
    EXPECT_INT(c.mock_seed, 7);
    EXPECT(c.mock_speed == 3);
    config_release(&c);
}

TEST(config, aliases_are_accepted_and_the_canonical_name_wins) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse(TOKEN "PERSONAL_ASSISTANT_PHONE_PROVIDER=mock\nPUBLIC_URL=https://a.example\n"
                        "TWILIO_FROM_NUMBER=+12025550188\n",
                  NULL, &c, &f) == ERR_OK);
    EXPECT_STR(c.public_base_url, "https://a.example");
    EXPECT_STR(c.accounts[CONFIG_TWILIO].number, "+12025550188");
    config_release(&c);
    REQUIRE(parse(TOKEN "WEBHOOK_BASE_URL=https://b.example\n", NULL, &c, &f) == ERR_OK);
    EXPECT_STR(c.public_base_url, "https://b.example");
    config_release(&c);
    REQUIRE(parse(TOKEN "PUBLIC_URL=https://a.example\nPUBLIC_BASE_URL=https://c.example\n", NULL,
                  &c, &f) == ERR_OK);
    EXPECT_STR(c.public_base_url, "https://c.example");
    config_release(&c);
}

TEST(config, an_ipv6_address_to_listen_on_is_in_brackets) {
    struct config c;
    struct config_faults f;
    struct buf b = BUF_INIT(65536);
    REQUIRE(parse("SWITCHHOOK_LISTEN=[::1]:9000\n", NULL, &c, &f) == ERR_OK);
    EXPECT_STR(c.listen_host, "::1");
    EXPECT_INT(c.listen_port, 9000);
    config_put_summary(&b, &c);
    EXPECT(strstr(b.ptr, "SWITCHHOOK_LISTEN                       [::1]:9000\n") != NULL);
    buf_release(&b);
    config_release(&c);
}

TEST(config, the_environment_wins_over_the_file) {
    const char *env[] = {"MOCK_SPEED=60", "PUBLIC_URL=https://env.example", NULL};
    struct config c;
    struct config_faults f;
    REQUIRE(parse(TOKEN "MOCK_SPEED=2\nPUBLIC_BASE_URL=https://file.example\n", env, &c, &f) ==
            ERR_OK);
    EXPECT(c.mock_speed == 60.0);
    EXPECT_STR(c.public_base_url, "https://env.example");
    config_release(&c);
}

TEST(config, a_trailing_slash_of_a_url_is_cut_off) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse(TOKEN "PUBLIC_BASE_URL=https://a.example/hooks//\n", NULL, &c, &f) == ERR_OK);
    EXPECT_STR(c.public_base_url, "https://a.example/hooks");
    config_release(&c);
}

TEST(config, lines_may_have_quotes_comments_blanks_and_export) {
    struct config c;
    struct config_faults f;
    REQUIRE(parse("# a comment\n"
                  "\n"
                  "  export SWITCHHOOK_DATA_DIR = \"/var/lib/a b\"   # with a blank\r\n"
                  "SWITCHHOOK_ASSISTANTS_DIR='/srv/#1'\n"
                  "MOCK_SEED=7 # lucky\n"
                  "MOCK_SCENARIO=a#b\n"
                  "MOCK_SPEED=",
                  NULL, &c, &f) == ERR_OK);
    EXPECT_STR(c.data_dir, "/var/lib/a b");
    EXPECT_STR(c.assistants_dir, "/srv/#1");
    EXPECT_STR(c.mock_scenario, "a#b");
    EXPECT_INT(c.mock_seed, 7);
    EXPECT(c.mock_speed == 1.0);
    EXPECT_STR(c.database, "/var/lib/a b/switchhook.db");
    config_release(&c);
}

TEST(config, lines_that_are_no_settings_are_told_by_number) {
    static const struct {
        const char *text, *name, *says;
    } rows[] = {
        {"MOCK_SEED=1\nMOCK_SPEED\n", ".env line 2", "is not NAME=value"},
        {"=5\n", ".env line 1", "is not NAME=value"},
        {"mock_speed=5\n", ".env line 1", "is not NAME=value"},
        {"MOCK-SPEED=5\n", ".env line 1", "is not NAME=value"},
        {"\nMOCK_SPEED=\"5\n", ".env line 2", "a quote that is not closed"},
        {"MOCK_SPEED=\"5\" 6\n", ".env line 1", "text behind the closing quote"},
        {"MOCK_SPEED=5\n\nMOCK_SPEED=6\n", ".env line 3", "again (first in line 1)"},
        {"OTHER=\xff\n", ".env line 1", "is not NAME=value"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct config c;
        struct config_faults f;
        EXPECT_INT(parse(rows[i].text, NULL, &c, &f), ERR_INVALID);
        EXPECT_INT(f.count, 1);
        const char *text = fault_of(&f, rows[i].name);
        if (!text || !strstr(text, rows[i].says))
            EXPECT_STR(text, rows[i].says);
        config_release(&c);
    }
}

TEST(config, values_that_are_too_long_are_refused) {
    struct buf text = BUF_INIT(8192);
    struct config c;
    struct config_faults f;
    buf_puts(&text, "SWITCHHOOK_DATA_DIR=");
    for (int i = 0; i < 450; i++)
        buf_putc(&text, 'd');
    EXPECT_INT(parse(text.ptr, NULL, &c, &f), ERR_INVALID);
    EXPECT(fault_of(&f, "SWITCHHOOK_DATA_DIR") != NULL);
    config_release(&c);
    for (int i = 0; i < 200; i++)
        buf_putc(&text, 'd');
    EXPECT_INT(parse(text.ptr, NULL, &c, &f), ERR_INVALID);
    EXPECT(strstr(fault_of(&f, "SWITCHHOOK_DATA_DIR"), "is too long") != NULL);
    config_release(&c);
    for (int i = 0; i < 5000; i++)
        buf_putc(&text, 'd');
    EXPECT_INT(parse(text.ptr, NULL, &c, &f), ERR_INVALID);
    EXPECT(strstr(fault_of(&f, ".env"), "line 1 is over 4096 bytes") != NULL);
    config_release(&c);
    buf_release(&text);
}

TEST(config, no_secret_gets_into_a_fault) {
    /* each planted where it can go wrong */
    static const char *const texts[] = {
        "TELEPHONY_PROVIDER=twilio\nTWILIO_ACCOUNT_SID=Xplanted\nTWILIO_AUTH_TOKEN=planted\n",
        "SWITCHHOOK_API_TOKEN=planted\n",
        "SWITCHHOOK_API_TOKEN=\"planted\n",
        "SWITCHHOOK_API_TOKEN=\"planted\" planted\n",
        "SWITCHHOOK_API_TOKEN planted\n",
        "TWILIO_API_KEY_SECRET=planted\nTELEPHONY_PROVIDER=twilio\n",
        "TWILIO_AUTH_TOKEN=planted\nTWILIO_AUTH_TOKEN=planted2\n",
        "DATABASE_URL=postgresql://u:planted@h/db\n",
        "PUBLIC_BASE_URL=https://u:planted@h\n",
        "TWILIO_API_BASE_URL=https://u:planted@h\n",
        "SWITCHHOOK_TOKEN=planted\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct config c;
        struct config_faults f;
        EXPECT_INT(parse(texts[i], NULL, &c, &f), ERR_INVALID);
        EXPECT(f.count > 0);
        for (size_t k = 0; k < f.count; k++)
            EXPECT(!strstr(f.items[k].text, "planted") && !strstr(f.items[k].name, "planted"));
        config_release(&c);
    }
}

TEST(config, the_summary_tells_only_whether_a_secret_is_set) {
    const char *env[] = {"SWITCHHOOK_API_TOKEN=planted-planted-planted", NULL};
    struct config c;
    struct config_faults f;
    struct buf b = BUF_INIT(65536);
    REQUIRE(parse(TWILIO, env, &c, &f) == ERR_OK);
    config_put_summary(&b, &c);
    EXPECT(strstr(b.ptr, "planted") == NULL && strstr(b.ptr, "t0ken") == NULL);
    EXPECT(strstr(b.ptr, "SWITCHHOOK_API_TOKEN                    set\n") != NULL);
    EXPECT(strstr(b.ptr, "TWILIO_API_KEY_SECRET                   not set\n") != NULL);
    EXPECT(strstr(b.ptr, "SWITCHHOOK_LISTEN                       127.0.0.1:8080\n") != NULL);
    EXPECT(strstr(b.ptr, "SWITCHHOOK_LOG_LEVEL                    info\n") != NULL);
    EXPECT(strstr(b.ptr, "MOCK_SPEED                              1\n") != NULL);
    buf_release(&b);
    config_release(&c);
}

TEST(config, env_example_is_what_the_table_says) {
    struct buf want = BUF_INIT(65536), got = BUF_INIT(65536);
    REQUIRE(read_file(SWH_SOURCE_DIR "/env.example", &got));
    config_put_example(&want);
    EXPECT_STR(got.ptr, want.ptr);
    buf_release(&want);
    buf_release(&got);
}

TEST(config, env_example_itself_is_a_valid_env_file) {
    struct buf text = BUF_INIT(65536);
    struct config c;
    struct config_faults f;
    config_put_example(&text);
    EXPECT_INT(parse(text.ptr, NULL, &c, &f), ERR_OK);
    config_release(&c);
    buf_release(&text);
}

/* ---- the file itself ---------------------------------------------------------------------------
 */

static void write_file(const char *path, const char *text, mode_t mode) {
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

TEST(config_file, with_secrets_must_not_be_open_to_others) {
    struct temp_dir dir;
    char path[320];
    struct config c;
    struct config_faults f;
    temp_dir_init(&dir);
    temp_dir_file(&dir, "env", path);
    write_file(path, "SWITCHHOOK_API_TOKEN=0123456789abcdef\n", 0644);
    EXPECT_INT(config_load(path, &c, &f), ERR_INVALID);
    EXPECT(fault_of(&f, path) == NULL || strstr(fault_of(&f, path), "chmod 600") != NULL);
    EXPECT_INT(f.count, 1);
    EXPECT(strstr(f.items[0].text, "holds secrets and can be read by everybody") != NULL);
    config_release(&c);
    chmod(path, 0600);
    EXPECT_INT(config_load(path, &c, &f), ERR_OK);
    config_release(&c);
    temp_dir_release(&dir);
}

TEST(config_file, without_secrets_may_be_read_but_not_written_by_others) {
    struct temp_dir dir;
    char path[320];
    struct config c;
    struct config_faults f;
    temp_dir_init(&dir);
    temp_dir_file(&dir, "env", path);
    write_file(path, "MOCK_SPEED=2\nSWITCHHOOK_API_TOKEN=\n", 0644);
    EXPECT_INT(config_load(path, &c, &f), ERR_OK);
    config_release(&c);
    chmod(path, 0666);
    EXPECT_INT(config_load(path, &c, &f), ERR_INVALID);
    EXPECT(strstr(f.items[0].text, "can be written by everybody") != NULL);
    config_release(&c);
    temp_dir_release(&dir);
}

TEST(config_file, that_was_named_must_be_there_and_be_a_file_of_bounded_size) {
    struct temp_dir dir;
    char path[320];
    struct config c;
    struct config_faults f;
    temp_dir_init(&dir);
    temp_dir_file(&dir, "absent", path);
    EXPECT_INT(config_load(path, &c, &f), ERR_INVALID);
    EXPECT(strstr(f.items[0].text, "cannot be read") != NULL);
    EXPECT_INT(config_load(dir.path, &c, &f), ERR_INVALID);
    EXPECT(strstr(f.items[0].text, "cannot be read") != NULL);
    FILE *big = fopen(path, "w");
    for (int i = 0; i < 70000; i++)
        fputc('#', big);
    fclose(big);
    EXPECT_INT(config_load(path, &c, &f), ERR_INVALID);
    EXPECT(strstr(f.items[0].text, "is over 65536 bytes") != NULL);
    temp_dir_release(&dir);
}
