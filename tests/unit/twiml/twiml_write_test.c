#include <string.h>

#include "tests/support/test.h"
#include "twiml/twiml.h"

/* The document of one plan, or the error's text. */
static const char *written(const struct plan *p, struct buf *out, struct plan_loss_report *loss) {
    struct error err = {0};
    buf_clear(out);
    if (twiml_write(p, out, loss, &err) != ERR_OK) {
        buf_clear(out);
        buf_puts(out, err.text);
    }
    return out->ptr ? out->ptr : "";
}

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

TEST(twiml_write, an_empty_plan_is_an_empty_response) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct plan p = {0};
    EXPECT_STR(written(&p, &out, NULL), HEAD "<Response/>");
}

TEST(twiml_write, gather_says_its_prompts_inside) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_gather *g = &plan_add(&p, PLAN_GATHER)->u.gather;
    g->input = PLAN_INPUT_KEYS | PLAN_INPUT_SPEECH;
    g->action = (struct plan_link){STR("https://a.example/g?x=1&y=2"), PLAN_METHOD_POST};
    g->timeout_s = 4;
    g->speech_timeout_auto = true;
    g->has_finish_key = true;
    plan_add_prompt(&p, g, PLAN_SAY)->u.say = (struct plan_say){.text = STR("Tom & \"Jerry\"")};
    plan_add(&p, PLAN_HANGUP);
    EXPECT_STR(written(&p, &out, NULL),
               HEAD "<Response><Gather input=\"dtmf speech\" "
                    "action=\"https://a.example/g?x=1&amp;y=2\" method=\"POST\" timeout=\"4\" "
                    "speechTimeout=\"auto\" finishOnKey=\"\"><Say>Tom &amp; \"Jerry\"</Say>"
                    "</Gather><Hangup/></Response>");
    CLEANUP(plan_release) struct plan back = {0};
    struct plan_loss_report loss = {0};
    struct error err = {0};
    EXPECT_INT(twiml_read(buf_str(&out), &back, &loss, &err), ERR_OK);
    EXPECT(plan_equal(&p, &back));
    EXPECT_INT(loss.count, 0);
}
