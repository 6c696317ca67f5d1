#include "tests/integration/cli/run.h"
#include "tests/support/test.h"

TEST(exec, lists_functions_as_the_field_does) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    RUN(&r, "exec", "payment-agent", "--list", "--env", env);
    EXPECT_INT(r.status, 0);
    /* "SignalWire SDK 1.0.19: swaig-test --list-tools" of the same agent */
    EXPECT_STR(r.out, "\nAvailable SWAIG functions:\n"
                      "  handle_consent - Get recording consent from caller (LOCAL webhook)\n"
                      "    Parameters:\n"
                      "      consent_given (string [options: yes, no]) (required): Whether caller "
                      "consents to recording\n"
                      "  process_payment - Process payment for customer (LOCAL webhook)\n"
                      "    Parameters:\n"
                      "      amount (string) (required): Amount to charge (e.g., '49.99')\n\n");
    temp_dir_release(&d.dir);
}

TEST(exec, prints_what_a_function_gives) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    RUN(&r, "exec", "payment-agent", "handle_consent", "--arg", "consent_given=no", "--env", env);
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.out, "RESULT:\nSwaigFunctionResult: No problem, this call will not be recorded. "
                      "How can I help you today?\n\nActions:\n{\n  \"set_global_data\": {\n"
                      "    \"recording_consent\": false\n  }\n}\n");
    RUN(&r, "exec", "payment-agent", "handle_consent", "--arg", "consent_given=yes", "--env", env);
    EXPECT(run_says(r.out, "\"record_call\": {\n            \"stereo\": true,"));
    RUN(&r, "exec", "payment-agent", "process_payment", "--arg", "amount=49.99", "--env", env);
    EXPECT(run_says(r.out, "\"charge_amount\": \"49.99\""));
    EXPECT(run_says(r.out, "\n\nPost-process: True\n"));
    RUN(&r, "exec", "payment-agent", "process_payment", "--arg", "amount=5", "--json", "--env",
        env);
    EXPECT(run_says(r.out, "{\"response\":"));
    temp_dir_release(&d.dir);
}

TEST(exec, takes_arguments_as_the_field_writes_them) {
    CLEANUP(run_release) struct run r = {0}, same = {0};
    char env[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    RUN(&r, "exec", "payment-agent", "handle_consent", "--arg", "consent_given=yes", "--env", env);
    RUN(&same, "exec", "payment-agent", "handle_consent", "--consent_given", "yes", "--env", env);
    EXPECT_STR(same.out, r.out);
    RUN(&same, "exec", "payment-agent", "handle_consent", "--consent-given=yes", "--env", env);
    EXPECT_STR(same.out, r.out);
    RUN(&same, "exec", "payment-agent", "handle_consent", "--consent_given", "--env", env);
    EXPECT_STR(same.err, "switchhook: arguments.consent_given: use one of: yes no\n");
    RUN(&same, "exec", "payment-agent", "process_payment", "--amuont", "5", "--env", env);
    EXPECT_INT(same.status, 1);
    EXPECT(run_says(same.err, "arguments.amuont: "));
    temp_dir_release(&d.dir);
}

TEST(exec, refuses_what_the_field_lets_pass) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    RUN(&r, "exec", "payment-agent", "handle_consent", "--env", env);
    EXPECT_INT(r.status, 1);
    EXPECT_STR(r.err, "switchhook: arguments.consent_given: is missing, add it\n");
    RUN(&r, "exec", "payment-agent", "handle_consent", "--arg", "consent_given=maybe", "--env",
        env);
    EXPECT_INT(r.status, 1);
    RUN(&r, "exec", "payment-agent", "nosuch", "--env", env);
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "Function 'nosuch' not found in agent\n"));
    RUN(&r, "exec", "nobody", "x", "--env", env);
    EXPECT_INT(r.status, 2);
    RUN(&r, "exec", "payment-agent", "handle_consent", "--arg", "yes", "--env", env);
    EXPECT_INT(r.status, 2);
    temp_dir_release(&d.dir);
}
