#include "core/base/compiler.h"
#include "core/base/id.h"
#include "tests/unit/store/sqlite_rig.h"

enum {
    CALLS = 50100 /* more than a list looks at for one page */
};

struct filling {
    struct id_source ids;
    int64_t created_ms;
};

static enum error_code insert_calls(struct store_tx *tx, void *ctx, struct error *err) {
    struct filling *f = ctx;
    enum error_code rc = ERR_OK;
    for (int i = 0; rc == ERR_OK && i < CALLS; i++) {
        struct call c = {.id = id_next(&f->ids),
                         .status = CALL_BUSY,
                         .provider = "mock",
                         .to = "+12025550100",
                         .created_ms = f->created_ms};
        rc = store_insert_call(tx, &c, STR("{}"), err);
    }
    return rc;
}

static enum error_code list(struct rig *r, struct call_filter filter, size_t *n,
                            struct error *err) {
    struct held h;
    struct arena a = {0};
    struct call *out;
    filter.limit = 10;
    hold_read(&h, r->s);
    enum error_code rc = store_list_calls(h.tx, &filter, &a, &out, n, err);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    arena_release(&a);
    return rc;
}

TEST(lists, filters_that_hardly_any_call_fits_are_refused_with_advice_instead_of_walking_all) {
    struct rig r;
    rig_init(&r);
    REQUIRE(rig_open(&r) == ERR_OK);
    struct clock clock = fake_clock_of(&r.clock);
    struct filling f = {.created_ms = clock_wall_ms(&clock)};
    id_source_init(&f.ids, clock);
    EXPECT_INT(store_write(r.s, insert_calls, &f, NULL), ERR_OK);

    struct error err = {0};
    size_t n = 77;
    struct call_filter rare = {.to = STR("+12025550100"), .status = CALL_FAILED};
    EXPECT_INT(list(&r, rare, &n, &err), ERR_LIMIT);
    EXPECT(strstr(err.text, "since"));
    EXPECT_INT(n, 77);
    rare.since_ms = f.created_ms + 3600 * 1000;
    EXPECT_INT(list(&r, rare, &n, &err), ERR_OK);
    EXPECT_INT(n, 0);
    /* each filter alone has its index */
    EXPECT_INT(list(&r, (struct call_filter){.status = CALL_FAILED}, &n, &err), ERR_OK);
    EXPECT_INT(n, 0);
    EXPECT_INT(list(&r, (struct call_filter){.status = CALL_RINGING}, &n, &err), ERR_OK);
    EXPECT_INT(list(&r, (struct call_filter){.provider = STR("other")}, &n, &err), ERR_OK);
    EXPECT_INT(list(&r, (struct call_filter){.assistant = STR("a")}, &n, &err), ERR_OK);
    EXPECT_INT(list(&r, (struct call_filter){.from = STR("b")}, &n, &err), ERR_OK);
    EXPECT_INT(n, 0);
    rig_release(&r);
}
