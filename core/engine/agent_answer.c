#include "core/engine/agent_answer.h"

#include <string.h>

#include "core/base/compiler.h"
#include "core/base/digest.h"
#include "core/domain/card_mask.h"
#include "core/domain/function_action_json.h"

enum {
    REQUEST_MAX = 2097152, /* what a request can hold, escaped once more */
    INFOS_LOOKED_AT = 8,   /* of a session and category, the newest */
};

static const struct json_limits limits = {.bytes_max = AGENT_ANSWER_JSON_MAX, .values_max = 4000};

/* ---- which request -----------------------------------------------------------------------------
 */

static const struct json *last_of(const struct json *list) {
    const struct json *last = NULL;
    for (const struct json *v = json_first(list); v; v = json_next(v))
        last = v;
    return last;
}

/* Masked: a card number could be found out from its digest. */
static void put_part(struct buf *b, const struct json *v) {
    struct json_writer w;
    json_write_init(&w, b);
    if (v)
        card_mask_json(&w, v);
    buf_putc(b, '\n');
}

struct str agent_answer_key(const struct agent_request *q, struct arena *a, uint64_t *lane) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(REQUEST_MAX);
    CLEANUP(buf_release) struct buf hex = BUF_INIT(2 * AGENT_ANSWER_KEY_BYTES);
    uint8_t digest[DIGEST_BLAKE2B_BYTES];
    buf_put_i64(&b, q->call_id);
    buf_printf(&b, "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n%zu\n", STR_ARG(q->session_id),
               STR_ARG(q->function), STR_ARG(q->pay_result), json_count(q->call_log));
    put_part(&b, q->arguments);
    put_part(&b, last_of(q->call_log));
    digest_blake2b(buf_str(&b), digest);
    digest_put_hex(&hex, digest, AGENT_ANSWER_KEY_BYTES);
    memcpy(lane, digest, sizeof *lane);
    return arena_copy(a, buf_str(&hex));
}

/* ---- keeping -----------------------------------------------------------------------------------
 */

static void put_reply(struct buf *b, const struct function_reply *reply, bool whole) {
    struct json_writer w;
    json_write_init(&w, b);
    json_begin_object(&w);
    json_kv_string(&w, "response",
                   whole ? reply->response : STR("This was done a moment ago already."));
    json_kv_string(&w, "prompt", whole ? reply->prompt : (struct str){0});
    json_kv_bool(&w, "post_process", whole && reply->post_process);
    json_key(&w, "actions");
    json_begin_array(&w);
    for (size_t i = 0; whole && i < reply->action_count; i++)
        function_action_write(&reply->actions[i], &w);
    json_end_array(&w);
    json_end_object(&w);
}

static bool read_reply(struct str json, struct arena *a, struct function_reply *out) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct function_reply r = {0};
    struct definition d = {.arena = a};
    if (json_parse(json, &limits, &doc, NULL) != ERR_OK)
        return false;
    const struct json *root = json_root(doc);
    struct definition_at at = definition_member(NULL, "actions");
    r.response = json_str(json_get(root, "response"));
    r.prompt = json_str(json_get(root, "prompt"));
    r.post_process = json_bool(json_get(root, "post_process"), false);
    function_actions_read(&d, json_get(root, "actions"), &at, NULL, NULL, &r);
    if (d.rc == ERR_OK)
        *out = function_reply_copy(a, &r);
    return d.rc == ERR_OK;
}

struct agent_answer agent_answer_of(const struct function_reply *reply, struct str key,
                                    int64_t payment_id, int64_t now_ms, struct arena *a) {
    CLEANUP(buf_release) struct buf json = BUF_INIT(AGENT_ANSWER_JSON_MAX);
    CLEANUP(buf_release) struct buf masked = BUF_INIT(2 * AGENT_ANSWER_JSON_MAX);
    struct function_reply again;
    put_reply(&json, reply, true);
    if (buf_failed(&json) || card_mask_put(&masked, buf_str(&json)) ||
        !read_reply(buf_str(&json), a, &again)) {
        buf_clear(&json);
        put_reply(&json, reply, false);
    }
    return (struct agent_answer){.key = key,
                                 .at_ms = now_ms,
                                 .payment_id = payment_id,
                                 .reply_json = arena_copy(a, buf_str(&json))};
}

bool agent_answer_again(const struct agent_answer *answer, struct str key, int64_t now_ms,
                        struct arena *a, struct function_reply *out) {
    return str_eq(answer->key, key) && now_ms - answer->at_ms <= AGENT_ANSWER_KEPT_MS &&
           read_reply(answer->reply_json, a, out);
}

/* ---- calls that are not ours -------------------------------------------------------------------
 */

enum error_code agent_info_keep(struct store_tx *tx, const struct engine *e,
                                const struct info *given, struct error *err) {
    struct arena a = {0};
    struct info i = *given, *known = NULL;
    size_t n = 0;
    const struct info_filter newest = {
        .session_id = i.session_id, .category = i.category, .limit = INFOS_LOOKED_AT};
    i.id = id_next(e->ids);
    i.at_ms = engine_now_ms(e);
    enum error_code rc =
        i.session_id.len > 0 ? store_list_info(tx, &newest, &a, &known, &n, err) : ERR_OK;
    bool again = false;
    for (size_t k = 0; k < n; k++)
        again = again || (str_eq(known[k].information, i.information) &&
                          i.at_ms - known[k].at_ms <= AGENT_ANSWER_KEPT_MS);
    if (rc == ERR_OK && !again)
        rc = store_add_info(tx, &i, err);
    arena_release(&a);
    return rc;
}
