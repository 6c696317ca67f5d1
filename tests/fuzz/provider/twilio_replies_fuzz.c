/* Twilio's replies: whatever comes, a value is whole or is not written.
 * Input: one byte that chooses the decoder, the body. */
#include "providers/twilio/twilio.h"
#include "providers/twilio/words.h"
#include "tests/fuzz/provider/dialect_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const decoders[])(const struct dialect_rig *r, struct str body) = {
        rig_try_call, rig_try_list, rig_try_control, rig_try_error, rig_try_check};
    const struct dialect_rig rig = {
        .dialect = &twilio_dialect,
        .account = {.id = STR("AC00000000000000000000000000000001"),
                    .number = STR("+12025550199"),
                    .base_url = STR("https://api.example.com")},
        .is_call = twilio_laml.is_call,
        .is_recording = twilio_laml.is_recording,
        .check_steps = 4,
        .numbers_errors = true,
    };
    if (size > 0)
        decoders[data[0] % ARRAY_LEN(decoders)](&rig, str_from(data + 1, size - 1));
    return 0;
}
