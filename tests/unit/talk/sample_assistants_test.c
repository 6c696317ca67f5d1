#include <stdio.h>

#include "tests/support/test.h"
#include "tests/unit/talk/dialogue.h"

/* What the simulated callee John Doe answers. */
TEST(sample_assistants, debt_intake_keeps_what_the_data_flow_describes) {
    static const char *const lines[] = {
        "Yes, that is fine, you may record the call.",
        "My name is John Doe.",
        "I have $15,000 in tax debt and $25,000 in credit card debt.",
        "Yes, that is correct.",
        "I live in California.",
        "I make $4,500 a month.",
        "Yes, please transfer me.",
        NULL};
    struct dialogue d;
    REQUIRE(dialogue_load(&d, "assistants/debt-intake.json"));
    dialogue_run(&d, lines);
    printf("%s", d.log.ptr);
    EXPECT(d.over);
    EXPECT(dialogue_has(&d, "consent yes: Yes, that is fine, you may record the call.\n"
                            "recording start\n"));
    EXPECT(dialogue_has(&d, "I: conversation_flow: Call started\n"));
    EXPECT(dialogue_has(&d, "I: contact_details: Customer name: John Doe\n"));
    EXPECT(dialogue_has(&d, "I: debt_info: Total debt: $40,000 (caller: I have $15,000 in tax "
                            "debt and $25,000 in credit card debt.)\n"));
    EXPECT(dialogue_has(&d, "I: personal_info: Lives in California, $4,500 income per month\n"));
    EXPECT(dialogue_has(&d, "I: qualification: Customer qualified\n"));
    EXPECT(dialogue_has(&d, "outcome: customer_qualified_transfer\n"));
    EXPECT_INT(dialogue_count(&d, "outcome: "), 1);
    dialogue_release(&d);
}
