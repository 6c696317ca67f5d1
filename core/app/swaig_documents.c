#include "core/app/swaig.h"
#include "core/app/swaig_keys.h"
#include "core/base/digest.h"
#include "core/base/id.h"
#include "swml/agent.h"
#include "swml/swaig_token.h"
#include "swml/swml.h"

/* Documents for a carrier's own agent. */
enum {
    ADDRESS_MAX = 2048,
    TOKEN_SPARE_S = 600, /* a report may come a while after the call */
};

void swaig_put_address(const struct gateway *g, struct buf *b, struct str assistant,
                       const char *tail) {
    buf_put_str(b, gateway_engine(g)->links.public_base_url);
    buf_puts(b, "/swaig/");
    buf_put_percent(b, assistant);
    buf_puts(b, tail);
}

/** What a document needs that dies with it. */
struct document_parts {
    struct buf function_url, report_url, query;
};

static void parts_init(struct document_parts *p, const struct gateway *g,
                       const struct assistant *a) {
    *p = (struct document_parts){.function_url = BUF_INIT(ADDRESS_MAX),
                                 .report_url = BUF_INIT(ADDRESS_MAX),
                                 .query = BUF_INIT(ADDRESS_MAX)};
    swaig_put_address(g, &p->function_url, a->name, "");
    swaig_put_address(g, &p->report_url, a->name, "/post_prompt");
}

static void parts_release(struct document_parts *p) {
    buf_release(&p->function_url);
    buf_release(&p->report_url);
    buf_release(&p->query);
}

static int64_t expires_s(const struct gateway *g, uint32_t time_limit_s) {
    int64_t life = time_limit_s > 0 ? time_limit_s : (int64_t)CALL_TIME_LIMIT_MAX_S;
    return engine_now_ms(gateway_engine(g)) / 1000 + life + TOKEN_SPARE_S;
}

enum error_code swaig_write_agent(void *ctx, const struct agent_brief *brief, struct buf *out,
                                  struct error *err) {
    const struct gateway *g = ctx;
    char id[ID_TEXT_SIZE];
    struct document_parts p;
    id_format(id, CALL_ID_PREFIX, brief->call->id);
    parts_init(&p, g, brief->assistant);
    buf_printf(&p.query, "call=%s", id);
    const struct swml_agent_options o = {
        .function_url = buf_str(&p.function_url),
        .post_prompt_url = buf_str(&p.report_url),
        .always_report = true,
        .query = buf_str(&p.query),
        .credentials = STR(AGENT_CREDENTIALS_MARK),
        .token_key = &gateway_swaig_keys(g)->token,
        .token_call_id = str_z(id),
        .token_expires_s = expires_s(g, brief->call->time_limit_s),
        .lookup = brief->lookup,
        .lookup_ctx = brief->lookup_ctx,
        .greeting = brief->greeting,
        .send_log = brief->rule == CALL_RECORD_ASK,
        .record = brief->rule,
    };
    enum error_code rc = swml_agent_write_ai(brief->assistant, &o, out, NULL, err);
    parts_release(&p);
    return rc;
}

/* ---- for a number that points here -------------------------------------------------------------
 */

/* The carrier's id of the call, where it told one. */
static struct str carrier_call_id(struct swaig_task *t, char made[64]) {
    struct str id =
        t->request.call_id.len > 0 ? t->request.call_id : form_get(&t->query, STR("call_id"));
    if (id.len > 0 && id.len <= SWAIG_CALL_ID_MAX && str_find(id, '.') == id.len)
        return id;
    digest_random_hex(made, 16);
    return str_z(made);
}

/* As the engine opens a call: what has to be said first, and only then recording. */
static void put_opening(const struct assistant *a, struct buf *opening, struct buf *greeting) {
    buf_put_str(opening, a->disclosure);
    if (a->recording.rule == CALL_RECORD_ON && a->recording.notice.len > 0)
        buf_printf(opening, "%s" STR_FMT, opening->len > 0 ? " " : "",
                   STR_ARG(a->recording.notice));
    buf_put_str(greeting, a->greeting);
}

void swaig_give_document(struct swaig_task *t) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(SWML_BYTES_MAX);
    CLEANUP(buf_release) struct buf opening = BUF_INIT(PLAN_TEXT_MAX);
    CLEANUP(buf_release) struct buf greeting = BUF_INIT(PLAN_TEXT_MAX);
    const struct swaig_keys *keys = gateway_swaig_keys(t->gateway);
    const struct assistant *a = t->assistant;
    struct document_parts p;
    struct error err = {0};
    char made[64];
    parts_init(&p, t->gateway, a);
    put_opening(a, &opening, &greeting);
    const struct swml_agent_options o = {
        .function_url = buf_str(&p.function_url),
        .post_prompt_url = buf_str(&p.report_url),
        .credentials = secret_reveal(&keys->credentials),
        .token_key = &keys->token,
        .token_call_id = carrier_call_id(t, made),
        .token_expires_s = expires_s(t->gateway, 0),
        .opening = buf_str(&opening),
        .greeting = buf_str(&greeting),
        .send_log = a->recording.rule == CALL_RECORD_ASK,
        .record = a->recording.rule,
    };
    enum error_code rc = swml_agent_write(a, &o, &out, NULL, &err);
    parts_release(&p);
    if (rc == ERR_OK)
        swaig_reply_json(t, buf_str(&out));
    else
        swaig_reply_error(t, 500, err.text);
}
