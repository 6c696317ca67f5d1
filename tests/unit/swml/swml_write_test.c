#include <string.h>

#include "swml/swml.h"
#include "tests/support/test.h"

/* The document of one plan, or the error's text. */
static const char *written(const struct plan *p, struct buf *out, struct plan_loss_report *loss) {
    struct error err = {0};
    buf_clear(out);
    if (swml_write(p, NULL, out, loss, &err) != ERR_OK) {
        buf_clear(out);
        buf_puts(out, err.text);
    }
    return out->ptr ? out->ptr : "";
}

#define HEAD "{\"version\":\"1.0.0\",\"sections\":{\"main\":["
#define TAIL "]}}"

TEST(swml_write, an_empty_plan_is_an_empty_main_section) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct plan p = {0};
    EXPECT_STR(written(&p, &out, NULL), HEAD TAIL);
}

TEST(swml_write, words_are_played_after_the_call_is_answered) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    plan_add(&p, PLAN_SAY)->u.say =
        (struct plan_say){.text = STR("Tom & \"Jerry\""), .voice = STR("Polly.Amy")};
    plan_add(&p, PLAN_HANGUP);
    EXPECT_STR(written(&p, &out, NULL),
               HEAD "{\"answer\":{}},{\"play\":{\"url\":\"say:Tom & \\\"Jerry\\\"\",\"say_voice\":"
                    "\"Polly.Amy\"}},{\"hangup\":{}}" TAIL);
}
