#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/engine/conversation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char definition[] =
    "{\"name\":\"a\",\"recording\":{\"rule\":\"ask\"},\"flow\":{\"states\":["
    "{\"id\":\"q\",\"say\":\"How much?\",\"ask\":{},\"capture\":{\"slot\":\"n\",\"kind\":\"money\","
    "\"confirm\":true,\"words\":\"w\"},\"share\":{\"category\":\"c\",\"information\":\"${n} "
    "${w}\"},"
    "\"next\":\"b\"},{\"id\":\"b\",\"branch\":[{\"value\":\"n\",\"at_least\":100,\"next\":\"e\"}],"
    "\"next\":\"q\"},{\"id\":\"e\",\"say\":\"Bye ${n|money}.\",\"end\":{\"outcome\":\"x\"}}]}}";

/* Any bytes as the stored state of a conversation, then one answer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct assistant *a = NULL;
    if (assistant_parse(str_z(definition), &a, NULL) != ERR_OK)
        abort();
    struct conversation *cv = conversation_new(&(struct conversation_options){0});
    struct call call = {.id = 1, .status = CALL_ANSWERED};
    struct conversation_turn_in in = {.assistant = a,
                                      .call = &call,
                                      .state_json = str_from(data, size),
                                      .turn = 1,
                                      .input = CONVERSATION_SPOKE,
                                      .speech = STR("yes, $500"),
                                      .next_url = STR("https://gateway.example/gather"),
                                      .now_ms = 1767225600000};
    struct conversation_turn_out out = {0};
    struct error err = {0};
    if (conversation_turn(cv, &in, &out, &err) == ERR_OK) {
        if (out.state_json.len > 32768 || out.plan.count == 0)
            abort();
        conversation_turn_out_release(&out);
    }
    conversation_free(cv);
    assistant_unref(a);
    return 0;
}
