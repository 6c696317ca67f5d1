#include "core/base/compiler.h"
#include "tests/conformance/store/store_suite.h"

static struct payment new_payment(struct fixture *f, int64_t call_id) {
    return (struct payment){.id = id_next(&f->ids),
                            .call_id = call_id,
                            .status = PAYMENT_WAITING,
                            .own = true,
                            .amount = "49.99",
                            .currency = "usd",
                            .created_ms = 100,
                            .updated_ms = 100};
}

static void insert(struct fixture *f, const struct payment *p, enum error_code want) {
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_insert_payment(h.tx, p, STR("{\"steps\":[]}"), NULL), want);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(a_payment_comes_back_as_it_was_written_and_changed) {
    struct payment p = new_payment(f, 5), got = {0};
    struct arena a = {0};
    struct str plan = {0};
    struct held h;
    insert(f, &p, ERR_OK);
    p.status = PAYMENT_SUCCEEDED;
    p.result = PAYMENT_SUCCESS;
    p.guard = PAYMENT_GUARD_LIFTED;
    p.own = false;
    p.attempts = 2;
    suite_set(p.transaction_id, "t1");
    suite_set(p.charge_id, "ch_1");
    suite_set(p.token_id, "tok_1");
    suite_set(p.error_code, "code");
    suite_set(p.error_text, "text");
    suite_set(p.last4, "1111");
    suite_set(p.card_type, "visa");
    p.updated_ms = 200;
    hold_write(&h, f->s);
    EXPECT_INT(store_update_payment(h.tx, &p, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    hold_read(&h, f->s);
    EXPECT_INT(store_get_payment(h.tx, p.id, &got, NULL), ERR_OK);
    EXPECT_INT(store_get_payment_plan(h.tx, p.id, &a, &plan, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT(got.id == p.id && got.call_id == 5 && got.status == p.status && got.result == p.result);
    EXPECT(got.guard == p.guard && !got.own && got.attempts == 2);
    EXPECT(got.created_ms == 100 && got.updated_ms == 200);
    EXPECT_STR(got.amount, "49.99");
    EXPECT_STR(got.currency, "usd");
    EXPECT_STR(got.transaction_id, "t1");
    EXPECT_STR(got.charge_id, "ch_1");
    EXPECT_STR(got.token_id, "tok_1");
    EXPECT_STR(got.error_code, "code");
    EXPECT_STR(got.error_text, "text");
    EXPECT_STR(got.last4, "1111");
    EXPECT_STR(got.card_type, "visa");
    EXPECT_STR(plan.ptr, "{\"steps\":[]}");
    arena_release(&a);
}

STORE_TEST(a_calls_payments_are_listed_newest_first) {
    struct payment a = new_payment(f, 5), b = new_payment(f, 5), c = new_payment(f, 6);
    struct arena arena = {0};
    struct payment *items = NULL;
    struct held h;
    size_t n = 0;
    insert(f, &a, ERR_OK);
    insert(f, &b, ERR_OK);
    insert(f, &c, ERR_OK);
    hold_read(&h, f->s);
    EXPECT_INT(store_list_payments(h.tx, 5, 10, &arena, &items, &n, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT(n == 2 && items[0].id == b.id && items[1].id == a.id);
    arena_release(&arena);
}

STORE_TEST(a_payment_of_no_call_is_found_by_its_transaction_which_is_unique) {
    struct payment p = new_payment(f, 0), twin = new_payment(f, 0), of_call = new_payment(f, 7);
    struct payment got = {0};
    struct held h;
    suite_set(p.transaction_id, "t1");
    suite_set(twin.transaction_id, "t1");
    suite_set(of_call.transaction_id, "t2");
    insert(f, &p, ERR_OK);
    insert(f, &twin, ERR_CONFLICT);
    insert(f, &of_call, ERR_OK);
    hold_read(&h, f->s);
    EXPECT_INT(store_find_payment(h.tx, STR("t1"), &got, NULL), ERR_OK);
    EXPECT(got.id == p.id);
    EXPECT_INT(store_find_payment(h.tx, STR("t2"), &got, NULL), ERR_NOT_FOUND);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(payments_whose_charge_is_on_its_way_are_found) {
    struct payment waits = new_payment(f, 5), a = new_payment(f, 0), b = new_payment(f, 6);
    struct arena arena = {0};
    struct payment *items = NULL;
    struct held h;
    size_t n = 0;
    a.status = b.status = PAYMENT_PROCESSING;
    suite_set(a.transaction_id, "t9");
    insert(f, &waits, ERR_OK);
    insert(f, &a, ERR_OK);
    insert(f, &b, ERR_OK);
    hold_read(&h, f->s);
    EXPECT_INT(store_list_charging_payments(h.tx, 10, &arena, &items, &n, NULL), ERR_OK);
    EXPECT(n == 2 && items[0].id == a.id && items[1].id == b.id);
    EXPECT_INT(store_list_charging_payments(h.tx, 1, &arena, &items, &n, NULL), ERR_OK);
    EXPECT_INT(n, 1);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    arena_release(&arena);
}
