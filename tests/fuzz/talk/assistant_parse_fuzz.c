#include <stddef.h>
#include <stdint.h>

#include "core/engine/conversation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a definition; one that is accepted must also be able to begin a call. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct assistant *a = NULL;
    struct error err = {0};
    if (assistant_parse(str_from(data, size), &a, &err) != ERR_OK)
        return 0;
    struct conversation *cv = conversation_new(&(struct conversation_options){0});
    struct call call = {.id = 1, .status = CALL_ANSWERED};
    struct conversation_turn_in in = {.assistant = a,
                                      .call = &call,
                                      .input = CONVERSATION_ANSWERED,
                                      .next_url = STR("https://gateway.example/gather"),
                                      .now_ms = 1767225600000};
    struct conversation_turn_out out = {0};
    if (conversation_turn(cv, &in, &out, &err) == ERR_OK)
        conversation_turn_out_release(&out);
    conversation_free(cv);
    assistant_unref(a);
    return 0;
}
