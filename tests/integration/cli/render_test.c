#include <string.h>

#include "tests/integration/cli/run.h"
#include "tests/support/test.h"

TEST(render, prints_what_an_assistant_answers_a_call_with) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    RUN(&r, "render", "--assistant", "debt-intake", "--env", env);
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.err, "");
    EXPECT(run_says(r.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>"));
    EXPECT(run_says(r.out, "action=\"http://127.0.0.1:8080/voice/twilio/call_0000000000001/"));
    RUN(&r, "render", "--assistant", "personal-assistant", "--var", "user_name=Bea <b>", "--env",
        env);
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.out, "Bea &lt;b&gt;"));
    temp_dir_release(&d.dir);
}

TEST(render, prints_a_plan_and_what_is_lost) {
    CLEANUP(run_release) struct run r = {0};
    char env[320], plan[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    run_env_file(&d, "plan.json", "{\"steps\":[{\"say\":{\"text\":\"Fish & chips\"}}]}", plan);
    RUN(&r, "render", "--plan", plan, "--format", "twiml", "--loss");
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.out, "<Say>Fish &amp; chips</Say>"));
    EXPECT_STR(r.err, "nothing is lost\n");
    run_env_file(&d, "plan.json", "{\"steps\":[{\"leave\":{}},{\"ai\":{\"document\":\"{}\"}}]}",
                 plan);
    RUN(&r, "render", "--plan", plan, "--loss");
    EXPECT_INT(r.status, 1);
    EXPECT_STR(r.out, "");
    EXPECT(run_says(r.err, "refused"));
    temp_dir_release(&d.dir);
}

TEST(render, speaks_the_language_of_each_carrier) {
    static const char *const ways[][2] = {{"--format", "plivo"}, {"--to", "plivo"}};
    char env[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        CLEANUP(run_release) struct run r = {0};
        RUN(&r, "render", "--assistant", "debt-intake", ways[i][0], ways[i][1], "--env", env);
        EXPECT_INT(r.status, 0);
        EXPECT_STR(r.err, "");
        EXPECT(run_says(r.out, "<GetInput"));
        EXPECT(run_says(r.out, "action=\"http://127.0.0.1:8080/voice/plivo/call_0000000000001/"));
    }
    temp_dir_release(&d.dir);
}

TEST(render, to_all_shows_every_language_and_fails_when_one_cannot_say_a_step) {
    CLEANUP(run_release) struct run r = {0};
    char env[320], plan[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    run_env_file(&d, "plan.json",
                 "{\"steps\":[{\"say\":{\"text\":\"Hello\"}},{\"pay\":{\"connector\":\"x\"}}]}",
                 plan);
    RUN(&r, "render", "--plan", plan, "--to", "all");
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "twiml, for twilio:\n"));
    EXPECT(run_says(r.out, "<Pay "));
    EXPECT(run_says(r.out, "plivo, for plivo:\nsteps[1].pay: refused: "));
    EXPECT(run_says(r.err, "switchhook: steps[1].pay: "));
    temp_dir_release(&d.dir);
}

TEST(render, wrong_wishes_are_refused_in_one_line) {
    static const struct {
        const char *words[5], *line;
    } rows[] = {
        {{"render"}, "switchhook: give one of --assistant NAME and --plan FILE\n"},
        {{"render", "--assistant=a", "--plan=b"},
         "switchhook: give one of --assistant NAME and --plan FILE\n"},
        {{"render", "--assistant=debt-intake", "--format=ncco"},
         "switchhook: --format must be twiml, plivo or swml\n"},
        {{"render", "--assistant=debt-intake", "--format=twilio"},
         "switchhook: --format must be twiml, plivo or swml\n"},
        {{"render", "--assistant=debt-intake", "--to=vonage"},
         "switchhook: --to must be twilio, plivo, signalwire or all\n"},
        {{"render", "--assistant=debt-intake", "--to=all", "--format=twiml"},
         "switchhook: give one of --format and --to\n"},
        {{"render", "--plan=b", "--var=x=y"}, "switchhook: --var goes with --assistant only\n"},
        {{"render", "--plan=/nowhere.json"},
         "switchhook: /nowhere.json cannot be read: No such file or directory\n"},
        {{"render", "--assistant=debt-intake", "--var=x=y"}, "switchhook: variables.x: "},
        {{"render", "--assistant=nobody", "--to=all"}, "has no assistant \"nobody\"; there is: "},
        {{"render", "--plan=/nowhere.json", "--to=all"},
         "switchhook: /nowhere.json cannot be read"},
        {{"render", "--assistant=nobody"}, "has no assistant \"nobody\"; there is: debt-intake, "},
    };
    char env[320];
    struct door d;
    run_open_dir(&d, RUN_ASSISTANTS, env);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(run_release) struct run r = {0};
        const char *words[8] = {0};
        size_t n = 0;
        for (; rows[i].words[n]; n++)
            words[n] = rows[i].words[n];
        words[n] = "--env";
        words[n + 1] = env;
        run_words(&r, words);
        EXPECT_INT(r.status, 2);
        EXPECT_STR(r.out, "");
        EXPECT(run_says(r.err, rows[i].line));
    }
    temp_dir_release(&d.dir);
}
