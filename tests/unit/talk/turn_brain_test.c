/* What a brain that reads is told of before it thinks. */
#include "core/domain/brain_impl.h"
#include "tests/support/test.h"
#include "tests/unit/talk/dialogue.h"

static const char definition[] =
    "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"p\",\"functions\":[\"end_call\","
    "{\"name\":\"close\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{"
    "}},"
    "\"actions\":[{\"toggle_functions\":{\"end_call\":false,\"late\":true}}]},"
    "{\"name\":\"late\",\"description\":\"d\",\"active\":false,\"parameters\":{\"type\":\"object\","
    "\"properties\":{}},\"response\":\"Late.\"},"
    "{\"name\":\"inner\",\"description\":\"d\",\"flow_only\":true,\"parameters\":{\"type\":"
    "\"object\","
    "\"properties\":{}},\"response\":\"Inner.\"}]}";

/** A brain that notes the functions it is offered and runs one of them. */
struct noting {
    struct brain base;
    struct buf offered; /* "a b; a c; " */
};

static enum error_code note(struct brain *b, const struct brain_input *in, struct brain_output *out,
                            struct error *err) {
    struct noting *n = container_of(b, struct noting, base);
    struct str response;
    for (size_t i = 0; i < in->function_count; i++) {
        buf_put_str(&n->offered, in->functions[i].name);
        buf_putc(&n->offered, ' ');
    }
    buf_puts(&n->offered, "; ");
    enum error_code rc = in->tools.run(in->tools.ctx, STR("close"), STR("{}"), &response, err);
    *out = (struct brain_output){.say = STR("Yes?"), .next = BRAIN_LISTEN, .listen.speech = true};
    return rc;
}

static void leave(struct brain *b) {
    (void)b; /* lives on the stack of the test */
}

TEST(turn_brain, is_offered_what_is_switched_on_now) {
    static const struct brain_ops ops = {.name = "openai", .destroy = leave, .think = note};
    struct noting n = {.base = {&ops}, .offered = BUF_INIT(1024)};
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, definition));
    conversation_free(d.conversation);
    d.conversation = conversation_new(&(struct conversation_options){.openai = &n.base});
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "hello");
    EXPECT_STR(n.offered.ptr, "end_call close ; close late ; ");
    dialogue_release(&d);
    buf_release(&n.offered);
}
