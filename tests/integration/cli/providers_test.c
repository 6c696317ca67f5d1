#include <string.h>

#include "core/domain/plan.h"
#include "core/domain/provider.h"
#include "tests/integration/cli/run.h"
#include "tests/support/test.h"

TEST(providers, shows_what_each_can_do_and_which_one_is_set) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d;
    run_open_dir(&d, "", env);
    RUN(&r, "providers", "--env", env);
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.err, "");
    EXPECT(run_says(r.out, "role                configured  -"));
    for (unsigned i = 0; i < PROVIDER_CAP_COUNT; i++)
        EXPECT(run_says(r.out, provider_cap_name((enum provider_cap)(1u << i))));
    for (unsigned k = PLAN_KIND_UNKNOWN + 1; k < PLAN_KIND_COUNT; k++)
        EXPECT(run_says(r.out, plan_kind_name((enum plan_kind)k)));
    temp_dir_release(&d.dir);
}

static const struct json *carrier(const struct json_doc *doc, const char *name) {
    const struct json *i = json_first(json_get(json_root(doc), "items"));
    while (i && !str_eq_z(json_str(json_get(i, "name")), name))
        i = json_next(i);
    return i;
}

TEST(providers, names_what_is_missing_and_tells_no_secret) {
    CLEANUP(run_release) struct run r = {0};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = 262144, .values_max = 10000};
    char env[320];
    struct door d;
    run_open_dir(&d, "TELEPHONY_FALLBACK_PROVIDER=twilio\nTWILIO_AUTH_TOKEN=canary-4711\n", env);
    RUN(&r, "providers", "--json", "--env", env);
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.err, "TWILIO_ACCOUNT_SID: is missing"));
    EXPECT(strstr(r.out, "canary-4711") == NULL && strstr(r.err, "canary-4711") == NULL);
    REQUIRE(json_parse(str_z(r.out), &limits, &doc, NULL) == ERR_OK);
    const struct json *twilio = carrier(doc, "twilio");
    EXPECT(str_eq_z(json_str(json_get(twilio, "role")), "fallback"));
    const struct json *missing = json_get(twilio, "missing");
    EXPECT_INT(json_count(missing), 2);
    EXPECT(str_eq_z(json_str(json_first(missing)), "TWILIO_ACCOUNT_SID"));
    EXPECT(str_eq_z(json_str(json_get(carrier(doc, "mock"), "role")), "configured"));
    temp_dir_release(&d.dir);
}

TEST(providers, every_step_of_every_carrier_is_judged) {
    CLEANUP(run_release) struct run r = {0};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = 262144, .values_max = 10000};
    char env[320];
    struct door d;
    run_open_dir(&d, "", env);
    RUN(&r, "providers", "--json", "--env", env);
    REQUIRE(json_parse(str_z(r.out), &limits, &doc, NULL) == ERR_OK);
    size_t carriers = 0;
    for (const struct json *c = json_first(json_get(json_root(doc), "items")); c;
         c = json_next(c), carriers++) {
        const struct json *steps = json_get(c, "steps");
        EXPECT_INT(json_count(steps), PLAN_KIND_COUNT - 1);
        for (const struct json *s = json_first(steps); s; s = json_next(s)) {
            struct str how = json_str(json_get(s, "how"));
            EXPECT(!str_eq_z(how, "unknown"));
            EXPECT(str_eq_z(how, "yes") == (json_get(s, "remedy") == NULL));
        }
        EXPECT(str_eq_z(json_str(json_get(json_get(steps, "say"), "how")), "yes"));
        EXPECT(str_eq_z(json_str(json_get(json_get(steps, "hangup"), "how")), "yes"));
    }
    EXPECT(carriers >= 2);
    temp_dir_release(&d.dir);
}

TEST(providers, of_one_carrier_tells_its_settings_and_remedies) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d;
    run_open_dir(&d, "", env);
    RUN(&r, "providers", "plivo", "--env", env);
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.out, "plivo: not in use\n"));
    EXPECT(run_says(r.out, "PLIVO_AUTH_TOKEN"));
    EXPECT(run_says(r.out, "refused"));
    RUN(&r, "providers", "plivo", "--json", "--env", env);
    EXPECT_INT(r.status, 0);
    EXPECT(strncmp(r.out, "{\"name\":\"plivo\"", 15) == 0);
    temp_dir_release(&d.dir);
}

TEST(providers, a_carrier_that_is_not_known_is_refused) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d;
    run_open_dir(&d, "", env);
    RUN(&r, "providers", "vonage", "--env", env);
    EXPECT_INT(r.status, 2);
    EXPECT(run_says(r.err, "there is no carrier \"vonage\"; there is: mock, twilio, plivo"));
    RUN(&r, "providers", "vonage", "--json", "--env", env);
    EXPECT_INT(r.status, 2);
    EXPECT_STR(r.out, "");
    temp_dir_release(&d.dir);
}

TEST(providers, the_pace_in_force_is_that_of_the_settings_else_the_carriers_own) {
    CLEANUP(run_release) struct run r = {0};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = 262144, .values_max = 10000};
    char env[320];
    struct door d;
    run_open_dir(&d,
                 "TELEPHONY_FALLBACK_PROVIDER=plivo\nTELEPHONY_CALLS_PER_SECOND=0.5\n"
                 "TELEPHONY_MAX_CONCURRENT_CALLS=7\n",
                 env);
    RUN(&r, "providers", "--json", "--env", env);
    REQUIRE(json_parse(str_z(r.out), &limits, &doc, NULL) == ERR_OK);
    const struct json *mock = json_get(carrier(doc, "mock"), "pace");
    const struct json *plivo = json_get(carrier(doc, "plivo"), "pace");
    EXPECT(json_double(json_get(mock, "calls_per_s"), 0) == 0.5);
    EXPECT(json_double(json_get(mock, "open_calls_max"), 0) == 7);
    EXPECT(json_double(json_get(plivo, "calls_per_s"), 0) == 2);
    EXPECT(json_type(json_get(plivo, "open_calls_max")) == JSON_NULL);
    EXPECT(json_type(json_get(carrier(doc, "twilio"), "pace")) == JSON_NULL);
    RUN(&r, "providers", "--env", env);
    EXPECT(run_says(r.out, "PACE IN FORCE"));
    temp_dir_release(&d.dir);
}
