#include "tests/faults/store/fill_disk.h"

enum {
    GROWS_MAX = 10000
};

enum error_code fill_disk_page(struct store_tx *tx, void *ctx, struct error *err) {
    static char text[4000];
    (void)ctx;
    struct event ev = {.type = EVENT_TASK_UPDATED, .data = str_from(text, sizeof text)};
    memset(text, 'x', sizeof text);
    return store_append_event(tx, NULL, &ev, err);
}

int64_t fill_disk_until_it_fails(struct rig *r, struct error *err) {
    int64_t acked = 0;
    while (acked < GROWS_MAX && store_write(r->s, fill_disk_page, NULL, err) == ERR_OK)
        acked++;
    EXPECT(acked < GROWS_MAX);
    return acked;
}

void fill_disk_expect_full(struct rig *r, const struct error *err) {
    struct error health = {0};
    EXPECT_INT(err->code, ERR_STORE);
    EXPECT(err->retry);
    EXPECT(strstr(err->text, "full") && strstr(err->text, "free"));
    EXPECT_INT(store_health(r->s, &health), ERR_STORE);
    EXPECT(strstr(health.text, "full"));
}
