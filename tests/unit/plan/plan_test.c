#include "core/domain/plan.h"

#include <string.h>

#include "core/domain/plan_fields.h"
#include "tests/support/plan_random.h"
#include "tests/support/test.h"

TEST(plan, every_kind_has_a_name) {
    for (int k = PLAN_KIND_UNKNOWN + 1; k < PLAN_KIND_COUNT; k++)
        EXPECT(strcmp(plan_kind_name((enum plan_kind)k), "unknown") != 0);
    EXPECT_STR(plan_kind_name(PLAN_KIND_UNKNOWN), "unknown");
    EXPECT_STR(plan_kind_name(PLAN_KIND_COUNT), "unknown");
    EXPECT_STR(plan_kind_name(PLAN_START_RECORDING), "start_recording");
}

TEST(plan, grows_to_its_limit_and_keeps_what_it_has) {
    CLEANUP(plan_release) struct plan p = {0};
    for (uint32_t i = 0; i < PLAN_STEPS_MAX; i++) {
        struct plan_step *s = plan_add(&p, PLAN_PAUSE);
        REQUIRE(s != NULL);
        s->u.pause.seconds = i + 1;
    }
    EXPECT(plan_add(&p, PLAN_HANGUP) == NULL);
    for (uint32_t i = 0; i < PLAN_STEPS_MAX; i++)
        EXPECT_INT(p.steps[i].u.pause.seconds, i + 1);
}

TEST(plan, nested_steps_count_against_the_limit) {
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_gather *g = &plan_add(&p, PLAN_GATHER)->u.gather;
    for (int i = 0; i < 100; i++)
        REQUIRE(plan_add_prompt(&p, g, PLAN_PAUSE) != NULL);
    struct plan_pay *pay = &plan_add(&p, PLAN_PAY)->u.pay;
    struct plan_pay_prompt *at = plan_add_pay_prompt(&p, pay);
    int added = 0;
    while (plan_add_pay_step(&p, at, PLAN_PAUSE))
        added++;
    EXPECT_INT(added, PLAN_STEPS_MAX - 102);
    EXPECT(plan_add(&p, PLAN_HANGUP) == NULL);
}

TEST(plan, far_ends_parameters_and_stages_are_bounded) {
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_dial *d = &plan_add(&p, PLAN_DIAL)->u.dial;
    size_t n = 0;
    while (plan_add_noun(&p, d, PLAN_NOUN_NUMBER))
        n++;
    EXPECT_INT(n, PLAN_NOUNS_MAX);
    struct plan_pay *pay = &plan_add(&p, PLAN_PAY)->u.pay;
    for (n = 0; plan_add_param(&p, &pay->params, &pay->param_count, STR("a"), STR("b"));)
        n++;
    EXPECT_INT(n, PLAN_PARAMS_MAX);
    for (n = 0; plan_add_pay_prompt(&p, pay);)
        n++;
    EXPECT_INT(n, PLAN_PAY_PROMPTS_MAX);
}

TEST(plan, release_leaves_an_empty_plan) {
    struct plan p = {0};
    plan_release(&p);
    plan_add(&p, PLAN_HANGUP);
    plan_release(&p);
    EXPECT(p.count == 0 && p.steps == NULL);
    plan_release(&p);
}

TEST(plan, random_plans_of_one_seed_are_the_same) {
    struct plan_random a = plan_random_from(5), b = plan_random_from(5);
    for (int i = 0; i < 200; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        CLEANUP(plan_release) struct plan q = {0};
        plan_random_make(&a, &p);
        plan_random_make(&b, &q);
        EXPECT(plan_equal(&p, &q));
    }
}

/* One member at a time: what differs is seen. */
static void change(const struct plan_field *f, void *base) {
    void *at = plan_field_at(f, base);
    static struct plan_noun noun = {.kind = PLAN_NOUN_NUMBER};
    static struct plan_step step = {.kind = PLAN_PAUSE};
    static struct plan_param param;
    static struct plan_pay_prompt prompt;
    switch (f->type) {
    case PLAN_FIELD_STR:
    case PLAN_FIELD_HTTP_URL:
    case PLAN_FIELD_WS_URL:
    case PLAN_FIELD_JSON:
    case PLAN_FIELD_LINK:
        *(struct str *)at = STR("other");
        break;
    case PLAN_FIELD_FINISH_KEY:
        ((struct plan_gather *)base)->has_finish_key = true;
        break;
    case PLAN_FIELD_BOOL:
        *(bool *)at = true;
        break;
    case PLAN_FIELD_U32:
    case PLAN_FIELD_I32:
    case PLAN_FIELD_TRISTATE:
    case PLAN_FIELD_ENUM:
    case PLAN_FIELD_SET:
        *(uint32_t *)at = 1;
        break;
    case PLAN_FIELD_PROMPTS:
    case PLAN_FIELD_NOUNS:
    case PLAN_FIELD_PARAMS:
    case PLAN_FIELD_PAY_PROMPTS:
        *(void **)at = f->type == PLAN_FIELD_PROMPTS  ? (void *)&step
                       : f->type == PLAN_FIELD_NOUNS  ? (void *)&noun
                       : f->type == PLAN_FIELD_PARAMS ? (void *)&param
                                                      : (void *)&prompt;
        *(size_t *)(void *)((char *)base + f->count_offset) = 1;
        break;
    case PLAN_FIELD_UNKNOWN:
    case PLAN_FIELD_TYPE_COUNT:
        break;
    }
}

TEST(plan, equal_sees_every_member) {
    for (int k = PLAN_KIND_UNKNOWN + 1; k < PLAN_KIND_COUNT; k++)
        for (size_t i = 0; i < plan_shapes[k].count; i++) {
            struct plan_step a = {.kind = (enum plan_kind)k}, b = a;
            struct plan p = {.steps = &a, .count = 1}, q = {.steps = &b, .count = 1};
            EXPECT(plan_equal(&p, &q));
            change(&plan_shapes[k].fields[i], &b.u);
            EXPECT(plan_field_is_set(&plan_shapes[k].fields[i], &b.u));
            EXPECT(!plan_equal(&p, &q));
        }
}

TEST(plan, equal_sees_far_ends_methods_and_order) {
    struct plan_noun x = {.kind = PLAN_NOUN_NUMBER, .target = STR("1")}, y = x;
    struct plan_step a = {.kind = PLAN_DIAL, .u.dial = {.nouns = &x, .noun_count = 1}};
    struct plan_step b = {.kind = PLAN_DIAL, .u.dial = {.nouns = &y, .noun_count = 1}};
    struct plan p = {.steps = &a, .count = 1}, q = {.steps = &b, .count = 1};
    EXPECT(plan_equal(&p, &q));
    y.screen.method = PLAN_METHOD_GET;
    EXPECT(!plan_equal(&p, &q));
    struct plan_step two[] = {{.kind = PLAN_HANGUP}, {.kind = PLAN_LEAVE}};
    struct plan_step owt[] = {{.kind = PLAN_LEAVE}, {.kind = PLAN_HANGUP}};
    struct plan r = {.steps = two, .count = 2}, s = {.steps = owt, .count = 2};
    EXPECT(!plan_equal(&r, &s));
}

/* ---- the table of members -------------------------------------------------------------------- */

static size_t bytes_of(const struct plan_field *f) {
    switch (f->type) {
    case PLAN_FIELD_STR:
    case PLAN_FIELD_HTTP_URL:
    case PLAN_FIELD_WS_URL:
    case PLAN_FIELD_JSON:
        return sizeof(struct str);
    case PLAN_FIELD_FINISH_KEY:
        return sizeof(struct str) + sizeof(bool);
    case PLAN_FIELD_LINK:
        return sizeof(struct str) + sizeof(enum plan_method);
    case PLAN_FIELD_BOOL:
        return sizeof(bool);
    case PLAN_FIELD_U32:
    case PLAN_FIELD_I32:
    case PLAN_FIELD_TRISTATE:
    case PLAN_FIELD_ENUM:
    case PLAN_FIELD_SET:
        return sizeof(uint32_t);
    case PLAN_FIELD_PROMPTS:
    case PLAN_FIELD_NOUNS:
    case PLAN_FIELD_PARAMS:
    case PLAN_FIELD_PAY_PROMPTS:
        return sizeof(void *);
    case PLAN_FIELD_UNKNOWN:
    case PLAN_FIELD_TYPE_COUNT:
        break;
    }
    return 0;
}

/* A text, link or array that the table forgot is a hole wider than padding can be. */
static void expect_no_hole(const struct plan_shape *shape) {
    bool known[512] = {false};
    REQUIRE(shape->size_bytes < sizeof known);
    for (size_t i = 0; i < shape->count; i++) {
        const struct plan_field *f = &shape->fields[i];
        for (size_t b = 0; b < bytes_of(f); b++)
            known[f->offset + b] = true;
        for (size_t b = 0; f->type >= PLAN_FIELD_PROMPTS && b < sizeof(size_t); b++)
            known[f->count_offset + b] = true;
    }
    size_t hole = 0;
    for (size_t b = 0; b < shape->size_bytes; b++) {
        hole = known[b] ? 0 : hole + 1;
        EXPECT(hole < sizeof(void *));
    }
}

TEST(plan_fields, know_every_member) {
    for (int k = PLAN_KIND_UNKNOWN + 1; k < PLAN_KIND_COUNT; k++)
        expect_no_hole(&plan_shapes[k]);
    expect_no_hole(&plan_noun_shape);
    expect_no_hole(&plan_pay_prompt_shape);
}

/* ---- losses ---------------------------------------------------------------------------------- */

TEST(plan_loss, the_report_is_bounded_and_counts_the_rest) {
    struct plan_loss_report r = {0};
    char where[200];
    memset(where, 'w', sizeof where - 1);
    where[sizeof where - 1] = '\0';
    for (int i = 0; i < PLAN_LOSSES_MAX + 5; i++)
        plan_loss_add(&r, PLAN_LOSS_DROPPED, where, "what", NULL);
    EXPECT_INT(r.count, PLAN_LOSSES_MAX);
    EXPECT_INT(r.more, 5);
    EXPECT_INT(strlen(r.items[0].where), sizeof r.items[0].where - 1);
    EXPECT_STR(r.items[0].remedy, "");
    plan_loss_add(NULL, PLAN_LOSS_DROPPED, "a", "b", "c");
}
