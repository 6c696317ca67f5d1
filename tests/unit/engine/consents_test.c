#include "core/engine/consents.h"

#include <stdio.h>

#include "core/base/compiler.h"
#include "core/engine/call_service.h"
#include "tests/support/assistant_table.h"
#include "tests/support/test.h"

/* No recording without consent, whoever wants one. */

static const char asker[] =
    "{\"name\":\"asker\",\"greeting\":\"Hello.\",\"recording\":{\"rule\":\"ask\","
    "\"question\":\"May we record?\",\"accepted\":\"Thank you.\",\"refused\":\"All right.\"},"
    "\"flow\":{\"states\":[{\"id\":\"chat\",\"say\":\"What "
    "else?\",\"ask\":{},\"capture\":{\"slot\":\"x\",\"kind\":\"text\"},\"next\":\"bye\"},"
    "{\"id\":\"bye\",\"say\":\"Bye.\",\"end\":{\"outcome\":\"done\"}}]}}";

struct world {
    struct engine_box b;
    struct assistant_table table;
    struct call call;
};

static void world_init(struct world *w) {
    engine_box_init(&w->b);
    assistant_table_init(&w->table, &w->b, asker);
}

static void world_release(struct world *w) {
    engine_box_release(&w->b);
    assistant_table_release(&w->table);
}

static void place(struct world *w, const struct call_request *q) {
    w->call = engine_box_submit_request(&w->b, q);
    engine_box_run_due(&w->b);
}

/* A call to the assistant that has been answered: the question is asked. */
static void talk(struct world *w, enum call_record record) {
    place(w, &(struct call_request){
                 .to = STR("+12025550100"), .assistant = STR("asker"), .record = record});
    EXPECT_INT(
        engine_box_webhook(&w->b, w->b.carrier.answer_url, "sign=yes&sid=SID1&status=answered")
            .status,
        200);
}

static void say(struct world *w, unsigned turn, const char *words) {
    char url[600], body[200];
    snprintf(url, sizeof url, "%s", w->b.carrier.answer_url);
    snprintf(strstr(url, "/answer"), 64, "/gather?turn=%u", turn);
    snprintf(body, sizeof body, "sign=yes&sid=SID1&speech=%s", words);
    EXPECT_INT(engine_box_webhook(&w->b, url, body).status, 200);
}

static enum error_code wish(struct world *w, enum provider_recording_action a) {
    struct call c;
    enum error_code rc = call_service_control_recording(&w->b.engine, w->call.id, a, &c, NULL);
    engine_box_run_due(&w->b);
    return rc;
}

static void tell(struct world *w, enum consent_answer a) {
    struct consent c = {.caller = STR("+12025550100"),
                        .purpose = STR(CONSENT_RECORDING),
                        .answer = a,
                        .basis = STR(CONSENT_BASIS_API)};
    bool work_added = false;
    EXPECT_INT(consents_record(&w->b.engine, &c, NULL, &work_added, NULL), ERR_OK);
    engine_box_run_due(&w->b);
}

struct ledger {
    struct arena arena;
    struct consent *items;
    size_t count;
};

static enum error_code ledger_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct ledger *l = ctx;
    return store_list_consents(tx, &(struct consent_filter){.limit = 10}, &l->arena, &l->items,
                               &l->count, err);
}

/* ---- rule ask -----------------------------------------------------------------------------------
 */

TEST(consents, before_the_yes_nothing_starts_a_recording) {
    struct world w;
    world_init(&w);
    talk(&w, CALL_RECORD_DEFAULT);
    EXPECT_INT(wish(&w, PROVIDER_RECORDING_START), ERR_CONFLICT);
    EXPECT_INT(wish(&w, PROVIDER_RECORDING_RESUME), ERR_CONFLICT);
    tell(&w, CONSENT_GIVEN); /* got elsewhere: it does not skip the question */
    EXPECT_INT(wish(&w, PROVIDER_RECORDING_START), ERR_CONFLICT);
    EXPECT_INT(w.b.carrier.controls, 0);
    say(&w, 0, "yes");
    engine_box_run_due(&w.b);
    EXPECT_INT(w.b.carrier.controls, 1);
    EXPECT_INT(w.b.carrier.controlled, PROVIDER_RECORDING_START);
    EXPECT_INT(wish(&w, PROVIDER_RECORDING_PAUSE), ERR_OK);
    EXPECT_INT(wish(&w, PROVIDER_RECORDING_RESUME), ERR_OK);
    EXPECT_INT(w.b.carrier.controlled, PROVIDER_RECORDING_RESUME);
    world_release(&w);
}

TEST(consents, what_is_started_has_the_channels_that_the_assistant_wants) {
    for (uint32_t channels = 1; channels <= 2; channels++) {
        struct world w;
        world_init(&w);
        w.table.assistant->recording.channels = channels;
        talk(&w, CALL_RECORD_DEFAULT);
        say(&w, 0, "yes");
        engine_box_run_due(&w.b);
        EXPECT_INT(w.b.carrier.controls, 1);
        EXPECT(w.b.carrier.controlled_dual == (channels == 2));
        world_release(&w);
    }
}

TEST(consents, what_is_started_is_an_mp3_only_where_the_carrier_makes_one) {
    static const struct {
        const char *wanted;
        uint32_t cap;
        bool mp3;
    } rows[] = {{"wav", PROVIDER_CAP_RECORD_MP3, false},
                {"mp3", PROVIDER_CAP_RECORD_MP3, true},
                {"mp3", 0, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        world_init(&w);
        w.b.carrier.desc.caps |= rows[i].cap;
        w.table.assistant->recording.format = str_z(rows[i].wanted);
        talk(&w, CALL_RECORD_DEFAULT);
        say(&w, 0, "yes");
        engine_box_run_due(&w.b);
        EXPECT_INT(w.b.carrier.controls, 1);
        EXPECT(w.b.carrier.controlled_mp3 == rows[i].mp3);
        world_release(&w);
    }
}

TEST(consents, after_a_no_nothing_starts_one_either) {
    struct world w;
    world_init(&w);
    talk(&w, CALL_RECORD_ON); /* the wish of the request does not skip the question */
    say(&w, 0, "no");
    EXPECT_INT(wish(&w, PROVIDER_RECORDING_START), ERR_CONFLICT);
    EXPECT_INT(w.b.carrier.controls, 0);
    world_release(&w);
}

TEST(consents, the_answer_stands_in_the_ledger_and_its_event_names_it) {
    struct world w;
    struct ledger l = {0};
    char id[ID_TEXT_SIZE];
    world_init(&w);
    talk(&w, CALL_RECORD_DEFAULT);
    say(&w, 0, "yes+please");
    EXPECT_INT(store_read(w.b.engine.store, ledger_tx, &l, NULL), ERR_OK);
    REQUIRE(l.count == 1);
    EXPECT(l.items[0].call_id == w.call.id && l.items[0].answer == CONSENT_GIVEN);
    EXPECT(str_eq_z(l.items[0].caller, "+12025550100"));
    EXPECT(str_eq_z(l.items[0].basis, CONSENT_BASIS_CALL));
    EXPECT(str_eq_z(l.items[0].question, "May we record?"));
    EXPECT(str_eq_z(l.items[0].words, "yes please"));
    EXPECT(str_eq_z(l.items[0].assistant, "asker"));
    EXPECT(str_eq_z(l.items[0].version, w.table.assistant->version));
    EXPECT(l.items[0].version.len == 16);
    id_format(id, CONSENT_ID_PREFIX, l.items[0].id);
    EXPECT(str_starts(str_z(id), STR("con_")));
    arena_release(&l.arena);
    world_release(&w);
}

/* ---- withdrawal ---------------------------------------------------------------------------------
 */

TEST(consents, a_withdrawal_stops_what_records_and_what_would) {
    struct world w;
    world_init(&w);
    talk(&w, CALL_RECORD_DEFAULT);
    say(&w, 0, "yes");
    engine_box_run_due(&w.b);
    EXPECT_INT(w.b.carrier.controlled, PROVIDER_RECORDING_START);
    char body[200];
    snprintf(body, sizeof body, "sign=yes&sid=SID1&recording=REC1&recording_status=running");
    EXPECT_INT(engine_box_webhook(&w.b, w.b.carrier.recording_url, body).status, 204);
    tell(&w, CONSENT_WITHDRAWN);
    EXPECT_INT(w.b.carrier.controlled, PROVIDER_RECORDING_STOP);
    EXPECT_INT(wish(&w, PROVIDER_RECORDING_START), ERR_CONFLICT);
    EXPECT_INT(w.b.carrier.controls, 2);
    world_release(&w);
}

TEST(consents, who_withdrew_is_asked_again_and_may_say_yes) {
    struct world w;
    world_init(&w);
    tell(&w, CONSENT_WITHDRAWN);
    talk(&w, CALL_RECORD_DEFAULT);
    EXPECT_INT(w.b.carrier.controls, 0);
    say(&w, 0, "yes");
    engine_box_run_due(&w.b);
    EXPECT_INT(w.b.carrier.controlled, PROVIDER_RECORDING_START);
    world_release(&w);
}

static const char recording_plan[] =
    "{\"steps\":[{\"start_recording\":{}},{\"say\":{\"text\":\"Hello\"}},{\"record\":{}},"
    "{\"dial\":{\"record\":\"from-answer\",\"nouns\":[{\"kind\":\"number\",\"target\":\"+"
    "12025550101\"}]}}"
    "]}";

static bool placed_plan_records(enum consent_answer said, const char *plan, char *document,
                                size_t size) {
    struct world w;
    world_init(&w);
    if (said != CONSENT_NONE)
        tell(&w, said);
    place(&w, &(struct call_request){
                  .to = STR("+12025550100"), .plan_json = str_z(plan), .record = CALL_RECORD_ON});
    bool from_start = w.b.carrier.record;
    struct engine_reply r =
        engine_box_webhook(&w.b, w.b.carrier.answer_url, "sign=yes&sid=SID1&status=answered");
    EXPECT_INT(r.status, 200);
    snprintf(document, size, "%s", r.body);
    world_release(&w);
    return from_start;
}

TEST(consents, a_plan_records_nobody_who_withdrew) {
    char document[4096];
    EXPECT(placed_plan_records(CONSENT_NONE, recording_plan, document, sizeof document));
    EXPECT(strstr(document, "start_recording") != NULL);
    EXPECT(placed_plan_records(CONSENT_REFUSED, recording_plan, document, sizeof document));
    EXPECT(!placed_plan_records(CONSENT_WITHDRAWN, recording_plan, document, sizeof document));
    EXPECT(strstr(document, "record") == NULL);
    EXPECT(strstr(document, "Hello") && strstr(document, "dial"));
}

TEST(consents, a_plan_cannot_be_placed_with_a_question_that_it_does_not_ask) {
    struct world w;
    struct call c;
    struct error err = {0};
    bool replayed = false;
    world_init(&w);
    const struct call_request q = {.to = STR("+12025550100"),
                                   .plan_json = STR("{\"steps\":[{\"say\":{\"text\":\"Hi\"}}]}"),
                                   .record = CALL_RECORD_ASK};
    EXPECT_INT(call_service_submit(&w.b.engine, &q, (struct str){0}, &c, &replayed, &err),
               ERR_INVALID);
    EXPECT_STR(err.field, "record");
    world_release(&w);
}

/* ---- the rules by themselves --------------------------------------------------------------------
 */

TEST(consents, rule_and_ledger_allow_what_the_table_says) {
    static const struct {
        enum call_record rule;
        struct consent_standing standing;
        bool allowed;
    } rows[] = {
        {CALL_RECORD_OFF, {CONSENT_GIVEN, true}, false},
        {CALL_RECORD_DEFAULT, {CONSENT_GIVEN, true}, false},
        {CALL_RECORD_ASK, {CONSENT_NONE, false}, false},
        {CALL_RECORD_ASK, {CONSENT_GIVEN, false}, false},
        {CALL_RECORD_ASK, {CONSENT_GIVEN, true}, true},
        {CALL_RECORD_ASK, {CONSENT_REFUSED, true}, false},
        {CALL_RECORD_ASK, {CONSENT_WITHDRAWN, true}, false},
        {CALL_RECORD_ON, {CONSENT_NONE, false}, true},
        {CALL_RECORD_ON, {CONSENT_REFUSED, false}, true},
        {CALL_RECORD_ON, {CONSENT_REFUSED, true}, false},
        {CALL_RECORD_ON, {CONSENT_WITHDRAWN, false}, false},
        {CALL_RECORD_ON, {CONSENT_WITHDRAWN, true}, false},
        {CALL_RECORD_ON, {CONSENT_GIVEN, false}, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT(consents_allow_recording(rows[i].rule, &rows[i].standing) == rows[i].allowed);
}

TEST(consents, the_word_is_found_however_it_is_written) {
    EXPECT(consents_may_record(STR("{\"record_call\":{}}")));
    EXPECT(consents_may_record(STR("{\"SWML\":\"<Start><Recording/></Start>\"}")));
    EXPECT(consents_may_record(STR("{\"SWML\":\"{\\\"\\\\u0072ecord_call\\\":{}}\"}")));
    EXPECT(!consents_may_record(STR("{\"SWML\":{\"sections\":{\"main\":[\"answer\"]}}}")));
}

static const char paying_plan[] =
    "{\"steps\":[%s{\"pay\":{\"connector\":\"Default\",\"amount\":\"5.00\"}}]}";

static enum error_code submit_plan(struct world *w, const char *before, enum call_record record,
                                   struct error *err) {
    char plan[512];
    struct call c;
    bool replayed = false;
    snprintf(plan, sizeof plan, paying_plan, before);
    const struct call_request q = {
        .to = STR("+12025550100"), .plan_json = str_z(plan), .record = record};
    return call_service_submit(&w->b.engine, &q, (struct str){0}, &c, &replayed, err);
}

TEST(consents, a_plan_that_would_record_a_card_is_refused) {
    struct world w;
    struct error err = {0};
    world_init(&w);
    EXPECT_INT(submit_plan(&w, "{\"start_recording\":{}},", CALL_RECORD_DEFAULT, &err),
               ERR_INVALID);
    EXPECT_STR(err.field, "plan.steps[1].pay");
    EXPECT_INT(submit_plan(&w, "", CALL_RECORD_ON, &err), ERR_INVALID);
    EXPECT_STR(err.field, "plan.steps[0].pay");
    EXPECT_INT(submit_plan(&w, "{\"start_recording\":{}},{\"stop_recording\":{}},",
                           CALL_RECORD_DEFAULT, &err),
               ERR_OK);
    world_release(&w);
}

TEST(consents, a_stripped_plan_keeps_what_does_not_record) {
    struct plan p = {0};
    plan_add(&p, PLAN_SAY)->u.say.text = STR("Hello");
    (void)plan_add(&p, PLAN_START_RECORDING);
    plan_add(&p, PLAN_RAW)->u.raw =
        (struct plan_raw){STR("swml"), STR("{\"Record_Call\":{\"stereo\":true}}")};
    plan_add(&p, PLAN_RAW)->u.raw = (struct plan_raw){STR("swml"), STR("{\"denoise\":{}}")};
    struct plan_step *dial = plan_add(&p, PLAN_DIAL);
    plan_add_noun(&p, &dial->u.dial, PLAN_NOUN_CONFERENCE)->record = true;
    EXPECT(consents_strip_recording(&p));
    REQUIRE(p.count == 3);
    EXPECT(p.steps[0].kind == PLAN_SAY && p.steps[1].kind == PLAN_RAW);
    EXPECT(p.steps[2].kind == PLAN_DIAL && !p.steps[2].u.dial.nouns[0].record);
    EXPECT(!consents_strip_recording(&p));
    plan_release(&p);
}
