/* Webhooks and documents, and the facts that a provider states about itself. */
#include "tests/conformance/provider/suite.h"

TEST(webhooks, signed_news_is_read_in_our_words) {
    FOR_EACH_CARRIER(c) {
        struct suite s = suite_begin(c, NULL, 0);
        struct arena a = {0};
        struct webhook_request req;
        struct webhook_news news;
        c->words->ringing(&req);
        EXPECT_INT(provider_read_webhook(s.p, &req, &a, &news, &s.err), ERR_OK);
        EXPECT_STR(news.sid, c->words->call_sid);
        EXPECT_INT(news.status, CALL_RINGING);
        EXPECT_INT(news.at_ms, c->words->ringing_at_ms);
        EXPECT(news.confidence == -1);
        arena_release(&a);
        suite_end(&s);
    }
}

TEST(webhooks, anything_unsigned_changes_nothing) {
    FOR_EACH_CARRIER(c) {
        struct suite s = suite_begin(c, NULL, 0);
        for (unsigned bend = 0; bend < 4; bend++) {
            struct arena a = {0};
            struct webhook_request req;
            struct webhook_news news = {.status = CALL_BUSY};
            c->words->ringing(&req);
            if (bend == 0)
                req.header_count = 0;
            if (bend == 1)
                req.body.len--;
            if (bend == 2)
                req.target.len--;
            if (bend == 3)
                req.body = STR("");
            EXPECT_INT(provider_read_webhook(s.p, &req, &a, &news, &s.err), ERR_AUTH);
            EXPECT_INT(news.status, CALL_BUSY);
            EXPECT(str_find_str(str_z(s.err.text), STR("0123456789abcdef")) == strlen(s.err.text));
            arena_release(&a);
        }
        suite_end(&s);
    }
}

TEST(webhooks, a_plan_is_rendered_as_the_carriers_document) {
    FOR_EACH_CARRIER(c) {
        struct suite s = suite_begin(c, NULL, 0);
        struct plan plan = {0};
        struct buf doc = BUF_INIT(65536);
        struct plan_step *say = plan_add(&plan, PLAN_SAY);
        REQUIRE(say);
        say->u.say.text = STR("Hello");
        REQUIRE(plan_add(&plan, PLAN_HANGUP));
        buf_puts(&doc, "<!-- before -->");
        EXPECT_INT(provider_render_plan(s.p, &plan, &doc, NULL, &s.err), ERR_OK);
        EXPECT(str_starts(buf_str(&doc), STR("<!-- before -->")));
        EXPECT(str_find_str(buf_str(&doc), str_z(c->words->document)) < doc.len);
        plan_release(&plan);
        buf_release(&doc);
        suite_end(&s);
    }
}

TEST(webhooks, a_document_over_the_carriers_limit_is_refused_and_leaves_nothing) {
    static char text[4000];
    memset(text, 'a', sizeof text);
    FOR_EACH_CARRIER(c) {
        struct suite s = suite_begin(c, NULL, 0);
        struct plan plan = {0};
        struct buf doc = BUF_INIT(1 << 20);
        for (int i = 0; i < 80; i++) {
            struct plan_step *say = plan_add(&plan, PLAN_SAY);
            REQUIRE(say);
            say->u.say.text = str_from(text, sizeof text);
        }
        EXPECT_INT(provider_render_plan(s.p, &plan, &doc, NULL, &s.err), ERR_LIMIT);
        EXPECT_INT(doc.len, 0);
        plan_release(&plan);
        buf_release(&doc);
        suite_end(&s);
    }
}

TEST(webhooks, a_provider_states_its_facts) {
    FOR_EACH_CARRIER(c) {
        struct suite s = suite_begin(c, NULL, 0);
        const struct provider_desc *d = provider_describe(s.p);
        EXPECT_INT(d->caps & ~(BIT(PROVIDER_CAP_COUNT) - 1), 0);
        EXPECT(provider_can(s.p, PROVIDER_CAP_PLACE) && provider_can(s.p, PROVIDER_CAP_END));
        EXPECT(d->limits.request_timeout_ms >= 5000 && d->limits.request_timeout_ms <= 30000);
        EXPECT(d->limits.document_bytes_max > 0 && d->limits.answer_timeout_ms > 0);
        suite_end(&s);
    }
}
