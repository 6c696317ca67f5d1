#include "core/engine/agent_state.h"

#include "core/base/compiler.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/domain/card_mask.h"
#include "core/domain/payment.h"

enum {
    STATE_VERSION = 1,
    STATE_MAX = AGENT_DATA_MAX + AGENT_ANSWER_JSON_MAX + 512
};

static const struct json_limits limits = {.bytes_max = STATE_MAX, .values_max = 8000};

static struct str member_text(const struct json *v, struct arena *a) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(STATE_MAX);
    json_put_value(&b, v);
    return arena_copy(a, buf_str(&b));
}

static bool read_answer(const struct json *v, struct arena *a, struct agent_answer *out) {
    const struct json *reply = json_get(v, "reply");
    if (!v)
        return true;
    if (json_type(reply) != JSON_OBJECT)
        return false;
    out->key = arena_copy(a, json_str(json_get(v, "key")));
    out->reply_json = member_text(reply, a);
    return out->key.len > 0 && json_int(json_get(v, "at_ms"), 0, INT64_MAX, &out->at_ms) &&
           (!json_get(v, "payment") ||
            id_parse(json_str(json_get(v, "payment")), PAYMENT_ID_PREFIX, &out->payment_id));
}

static void write_answer(const struct agent_answer *answer, struct json_writer *w) {
    char payment[ID_TEXT_SIZE];
    json_begin_object(w);
    json_kv_string(w, "key", answer->key);
    json_kv_int(w, "at_ms", answer->at_ms);
    if (answer->payment_id != 0) {
        id_format(payment, PAYMENT_ID_PREFIX, answer->payment_id);
        json_kv_z(w, "payment", payment);
    }
    json_key(w, "reply");
    json_put_raw(w, answer->reply_json);
    json_end_object(w);
}

enum error_code agent_state_read(struct str json, struct arena *a, struct agent_state *out,
                                 struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct agent_state s = {0};
    int64_t version = 0;
    enum error_code rc = json_parse(json, &limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    const struct json *root = json_root(doc), *data = json_get(root, "data");
    if (!json_int(json_get(root, "agent"), STATE_VERSION, STATE_VERSION, &version) ||
        (data && json_type(data) != JSON_OBJECT) ||
        !read_answer(json_get(root, "answer"), a, &s.answer))
        return error_set(err, ERR_INVALID, "the state is not one of a call with an agent");
    s.reported = json_bool(json_get(root, "reported"), false);
    if (data)
        s.data_json = member_text(data, a);
    *out = s;
    return ERR_OK;
}

struct str agent_state_write(const struct agent_state *s, struct arena *a) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(STATE_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_int(&w, "agent", STATE_VERSION);
    if (s->reported)
        json_kv_bool(&w, "reported", true);
    if (s->data_json.len > 0) {
        json_key(&w, "data");
        json_put_raw(&w, s->data_json);
    }
    if (s->answer.key.len > 0) {
        json_key(&w, "answer");
        write_answer(&s->answer, &w);
    }
    json_end_object(&w);
    return arena_copy(a, buf_str(&b));
}

/* ---- data --------------------------------------------------------------------------------------
 */

static bool is_key_of(const struct json *keys, struct str name) {
    for (const struct json *k = json_first(keys); k; k = json_next(k))
        if (str_eq(json_type(keys) == JSON_ARRAY ? json_str(k) : json_name(k), name))
            return true;
    return false;
}

static void put_members(struct json_writer *w, const struct json *from, const struct json *but) {
    for (const struct json *v = json_first(from); v; v = json_next(v))
        if (!is_key_of(but, json_name(v))) {
            json_key_str(w, json_name(v));
            card_mask_json(w, v);
        }
}

/* data, masked, without the keys of `change`, then the members of it where it is an object. */
static enum error_code change_data(struct str *data, struct str change, struct arena *a,
                                   struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *before = NULL, *with = NULL;
    CLEANUP(buf_release) struct buf b = BUF_INIT(AGENT_DATA_MAX);
    struct json_writer w;
    enum error_code rc = json_parse(data->len > 0 ? *data : STR("{}"), &limits, &before, err);
    if (rc == ERR_OK)
        rc = json_parse(change, &limits, &with, err);
    if (rc != ERR_OK)
        return rc;
    const struct json *over = json_root(with);
    json_write_init(&w, &b);
    json_begin_object(&w);
    put_members(&w, json_root(before), over);
    if (json_type(over) == JSON_OBJECT)
        put_members(&w, over, NULL);
    json_end_object(&w);
    if (buf_failed(&b))
        return error_set(err, ERR_LIMIT, "a call's global data have at most %d bytes, keep less",
                         AGENT_DATA_MAX);
    *data = arena_copy(a, buf_str(&b));
    return ERR_OK;
}

enum error_code agent_data_set(struct str *data, struct str members, struct arena *a,
                               struct error *err) {
    return change_data(data, members, a, err);
}

enum error_code agent_data_unset(struct str *data, struct str keys, struct arena *a,
                                 struct error *err) {
    return change_data(data, keys, a, err);
}
