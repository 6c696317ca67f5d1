#include "core/engine/turn_effects.h"

#include "tests/support/engine_box.h"
#include "tests/support/test.h"

struct keeping {
    struct engine_box *box;
    int64_t call_id;
    enum call_record rule;
    const struct conversation_effect *effects;
    size_t count;
    bool work_added;
};

static enum error_code keep_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct keeping *k = ctx;
    struct call c;
    uint32_t lines = 0;
    enum error_code rc = store_get_call(tx, k->call_id, &c, err);
    k->work_added = false;
    struct turn_keeping t = {.engine = &k->box->engine,
                             .call = &c,
                             .lines = &lines,
                             .rule = k->rule,
                             .now_ms = engine_now_ms(&k->box->engine),
                             .work_added = &k->work_added};
    if (rc == ERR_OK)
        rc = turn_effects_keep(tx, &t, k->effects, k->count, err);
    return rc == ERR_OK ? store_update_call(tx, &c, err) : rc;
}

enum heard_answer {
    UNASKED,
    YES,
    NO
};

/* Does a turn with the wish to start (or stop) leave a job that does so? */
static bool controls(enum call_record rule, enum heard_answer consent, bool start) {
    struct engine_box b;
    engine_box_init(&b);
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    struct conversation_effect effects[2] = {
        {.kind = CONVERSATION_RECORDING, .yes = start},
        {.kind = CONVERSATION_CONSENT, .text = STR("yes or no"), .yes = consent == YES}};
    struct keeping k = {.box = &b,
                        .call_id = c.id,
                        .rule = rule,
                        .effects = effects,
                        .count = consent == UNASKED ? 1 : 2};
    EXPECT(store_write(b.engine.store, keep_tx, &k, NULL) == ERR_OK);
    bool added = (engine_box_jobs(&b) & BIT(JOB_RECORDING_CONTROL)) != 0;
    EXPECT(added == k.work_added);
    engine_box_release(&b);
    return added;
}

TEST(turn_effects, a_recording_is_started_only_as_the_rule_allows) {
    EXPECT(controls(CALL_RECORD_ON, UNASKED, true));
    EXPECT(controls(CALL_RECORD_ASK, YES, true));
    EXPECT(!controls(CALL_RECORD_ASK, NO, true));
    EXPECT(!controls(CALL_RECORD_ASK, UNASKED, true));
    EXPECT(!controls(CALL_RECORD_OFF, UNASKED, true));
    EXPECT(!controls(CALL_RECORD_OFF, YES, true));
    EXPECT(!controls(CALL_RECORD_DEFAULT, YES, true));
}

TEST(turn_effects, a_recording_can_always_be_stopped) {
    static const enum call_record rules[] = {CALL_RECORD_OFF, CALL_RECORD_ASK, CALL_RECORD_ON};
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        EXPECT(controls(rules[i], UNASKED, false));
}

TEST(turn_effects, all_of_a_turn_is_kept_or_nothing) {
    struct engine_box b;
    char events[1024], long_text[CALL_NAME_SIZE + 1];
    engine_box_init(&b);
    struct call c = engine_box_submit(&b);
    memset(long_text, 'x', sizeof long_text);
    const struct conversation_effect effects[] = {
        {.kind = CONVERSATION_LINE, .role = TURN_CALLER, .text = STR("Hello")},
        {.kind = CONVERSATION_OUTCOME, .text = str_from(long_text, sizeof long_text)}};
    struct keeping k = {.box = &b, .call_id = c.id, .effects = effects, .count = 2};
    EXPECT(store_write(b.engine.store, keep_tx, &k, NULL) == ERR_LIMIT);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued");
    k.count = 1;
    EXPECT(store_write(b.engine.store, keep_tx, &k, NULL) == ERR_OK);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued transcript.updated");
    engine_box_release(&b);
}
