/* What a brain that reads is told of before it thinks. */
#include "core/domain/brain_impl.h"
#include "tests/support/test.h"
#include "tests/unit/talk/dialogue.h"

static const char definition[] =
    "{\"name\":\"a\",\"brain\":\"openai\",\"post_prompt\":\"Sum "
    "up.\",\"contexts\":[{\"name\":\"default\",\"steps\":[{\"name\":"
    "\"one\","
    "\"text\":\"t\"},{\"name\":\"two\",\"text\":\"t\"}]}],\"functions\":[\"end_call\","
    "{\"name\":\"close\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{"
    "}},"
    "\"actions\":[{\"toggle_functions\":{\"end_call\":false,\"late\":true}},{\"set_data\":{\"k\":1}"
    "},"
    "{\"change_step\":\"two\"}]},"
    "{\"name\":\"late\",\"description\":\"d\",\"active\":false,\"parameters\":{\"type\":\"object\","
    "\"properties\":{}},\"response\":\"Late.\"},"
    "{\"name\":\"inner\",\"description\":\"d\",\"flow_only\":true,\"parameters\":{\"type\":"
    "\"object\","
    "\"properties\":{}},\"response\":\"Inner.\"}]}";

static const char asking[] = "{\"name\":\"a\",\"brain\":\"openai\",\"post_prompt\":\"Sum "
                             "up.\",\"prompt\":\"p\",\"recording\":{"
                             "\"rule\":\"ask\"},\"functions\":[\"end_call\"]}";

/** A brain that notes what it is told before and after it runs a function. */
struct noting {
    struct brain base;
    struct buf told; /* "functions, data, step;" */
};

static void note_told(struct noting *n, const struct brain_input *in) {
    for (size_t i = 0; i < in->function_count; i++)
        buf_printf(&n->told, STR_FMT " ", STR_ARG(in->functions[i].name));
    buf_printf(&n->told, "{" STR_FMT "} " STR_FMT "; ", STR_ARG(in->data_json), STR_ARG(in->step));
}

static enum error_code note(struct brain *b, const struct brain_input *in, struct brain_output *out,
                            struct error *err) {
    struct noting *n = container_of(b, struct noting, base);
    struct str response;
    note_told(n, in);
    enum error_code rc = in->tools.run(in->tools.ctx, STR("close"), STR("{}"), &response, err);
    note_told(n, in);
    if (rc != ERR_OK) /* an assistant without these functions */
        rc = ERR_OK;
    else
        rc = in->tools.run(in->tools.ctx, STR("late"), STR("{}"), &response, err);
    buf_printf(&n->told, STR_FMT "; ", STR_ARG(in->step));
    *out = (struct brain_output){
        .say = STR("Yes?"), .next = BRAIN_LISTEN, .listen.speech = true, .state_json = STR("{}")};
    return rc;
}

static void leave(struct brain *b) {
    (void)b; /* lives on the stack of the test */
}

TEST(turn_brain, is_told_at_once_what_a_function_changes_and_once_where_it_leads) {
    static const struct brain_ops ops = {.name = "openai", .destroy = leave, .think = note};
    struct noting n = {.base = {&ops}, .told = BUF_INIT(1024)};
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, definition));
    conversation_free(d.conversation);
    d.conversation = conversation_new(&(struct conversation_options){.openai = &n.base});
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT_STR(n.told.ptr, "end_call close {} ; close late {{\"k\":1}} two; ; ");
    buf_clear(&n.told);
    dialogue_speak(&d, "hello");
    EXPECT_INT(dialogue_count(&d, "sum up\n"), 1);
    EXPECT_STR(n.told.ptr, "close late {{\"k\":1}} ; close late {{\"k\":1}} two; ; ");
    dialogue_release(&d);
    buf_release(&n.told);
}

TEST(turn_brain, is_asked_to_sum_up_however_the_caller_begins) {
    static const struct brain_ops ops = {.name = "openai", .destroy = leave, .think = note};
    struct noting n = {.base = {&ops}, .told = BUF_INIT(1024)};
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, asking));
    conversation_free(d.conversation);
    d.conversation = conversation_new(&(struct conversation_options){.openai = &n.base});
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT_INT(dialogue_count(&d, "sum up\n"), 0);
    dialogue_speak(&d, "I want to talk to a person"); /* before the model said a word */
    dialogue_speak(&d, "well");
    EXPECT_INT(dialogue_count(&d, "sum up\n"), 1);
    dialogue_release(&d);
    buf_release(&n.told);
}
