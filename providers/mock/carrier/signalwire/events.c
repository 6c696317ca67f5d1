#include <assert.h>
#include <stdio.h>

#include "providers/mock/carrier/signalwire/face_sw.h"

enum {
    PARAMS_BYTES_MAX = 256 * 1024,
    HEADER_BYTES = 44, /* of a WAV file */
    BYTES_PER_MS = 16,
};

void sw_put_space_id(const struct carrier *c, char dst[SID_SIZE]) {
    rng_uuid(dst, "space", c->seed, str_z(c->account), 0);
}

void sw_put_node_id(const struct carrier *c, const struct leg *l, char dst[SW_NODE_ID_SIZE]) {
    char uuid[SID_SIZE];
    rng_uuid(uuid, "node", c->seed, str_z(l->sid), 0);
    snprintf(dst, SW_NODE_ID_SIZE, "%s@us-west", uuid);
}

const char *const sw_switches[] = {
    "params_as_string",  /* params of events is text that looks like a Python dict */
    "other_spelling",    /* end reasons as the SDKs write them: noAnswer, decline */
    "events_signed",     /* events carry the signatures of document requests */
    "signature_wrong",   /* both APIs: made with another message */
    "signature_missing", /* both APIs */
    "answered_once",     /* Compatibility API: no "answered" before "in-progress" */
    "connector_aliases", /* pay: the connector also gets payment_card_number and charge_amount */
    NULL,
};

/* ---- words ---------------------------------------------------------------------------------- */

static const char *const state_words[CALL_STATUS_COUNT] = {
    [CALL_QUEUED] = "created",
    [CALL_DIALING] = "created",
    [CALL_RINGING] = "ringing",
    [CALL_ANSWERED] = "answered",
};

const char *sw_state_word(const struct leg *l) {
    return leg_is_over(l) ? "ended" : state_words[l->status];
}

const char *sw_direction_word(const struct leg *l) {
    return l->direction == LEG_INBOUND ? "inbound" : "outbound";
}

const char *sw_device_word(const struct leg *l) {
    struct str to = str_z(l->to);
    bool sip = str_starts(to, STR("sip:")) || str_starts(to, STR("sips:"));
    return sip ? "sip" : to.len > 0 && to.ptr[0] == '+' ? "phone" : "webrtc";
}

const char *sw_reason_word(const struct carrier *c, const struct leg *l) {
    /* the pages' words, and those of the SDKs' constants */
    static const char *const words[CALL_STATUS_COUNT][2] = {
        [CALL_COMPLETED] = {"hangup", "hangup"},      [CALL_BUSY] = {"busy", "busy"},
        [CALL_NO_ANSWER] = {"no_answer", "noAnswer"}, [CALL_FAILED] = {"error", "error"},
        [CALL_CANCELED] = {"cancel", "cancel"},
    };
    if (l->end_reason)
        return l->end_reason;
    return words[l->status][sw_is_on(c, "other_spelling")];
}

/* ---- the envelope ("SignalWire docs: status callbacks") ------------------------------------- */

void sw_event_begin(struct sw_event *e, const struct carrier *c, const struct leg *l,
                    const char *type) {
    char node[SW_NODE_ID_SIZE];
    *e = (struct sw_event){.type = type, .params = BUF_INIT(PARAMS_BYTES_MAX)};
    json_write_init(&e->w, &e->params);
    json_begin_object(&e->w);
    sw_put_node_id(c, l, node);
    json_kv_z(&e->w, "call_id", l->sid);
    json_kv_z(&e->w, "node_id", node);
    json_kv_z(&e->w, "segment_id", l->sid);
}

/** JSON text as Python prints the same value. */
static void put_as_python(struct buf *out, struct str json) {
    static const struct {
        struct str json, python;
    } words[] = {{STR_INIT("true"), STR_INIT("True")},
                 {STR_INIT("false"), STR_INIT("False")},
                 {STR_INIT("null"), STR_INIT("None")}};
    bool text = false;
    for (size_t i = 0; i < json.len; i++) {
        struct str rest = str_from_index(json, i);
        size_t n = 0;
        while (n < ARRAY_LEN(words) && (text || !str_starts(rest, words[n].json)))
            n++;
        if (n < ARRAY_LEN(words)) {
            buf_put_str(out, words[n].python);
            i += words[n].json.len - 1;
        } else if (json.ptr[i] == '"') {
            text = !text;
            buf_putc(out, '\'');
        } else if (text && json.ptr[i] == '\\') {
            bool quote = json.ptr[++i] == '"';
            buf_puts(out, quote ? "\"" : "\\");
            if (!quote)
                buf_putc(out, json.ptr[i]);
        } else {
            if (json.ptr[i] == '\'')
                buf_putc(out, '\\');
            buf_putc(out, json.ptr[i]);
            if (!text && (json.ptr[i] == ',' || json.ptr[i] == ':'))
                buf_putc(out, ' ');
        }
    }
}

static void put_params(struct json_writer *w, const struct carrier *c, struct str params) {
    struct buf text = BUF_INIT(2 * PARAMS_BYTES_MAX);
    json_key(w, "params");
    if (sw_is_on(c, "params_as_string")) {
        put_as_python(&text, params);
        json_put_string(w, buf_str(&text));
    } else {
        json_put_raw(w, params);
    }
    buf_release(&text);
}

void sw_event_put(struct sw_event *e, const struct carrier *c, const struct leg *l,
                  struct outgoing *o) {
    char space[SID_SIZE], channel[64], time[32], uuid[SID_SIZE];
    struct json_writer w;
    json_end_object(&e->w);
    rng_uuid(uuid, "channel", c->seed, str_z(l->sid), 0);
    snprintf(channel, sizeof channel, "swml:%s", uuid);
    snprintf(time, sizeof time, "%lld.%03d", (long long)(l->now_ms / 1000),
             (int)(l->now_ms % 1000));
    sw_put_space_id(c, space);
    json_write_init(&w, &o->json);
    json_begin_object(&w);
    json_kv_z(&w, "event_type", e->type);
    json_kv_z(&w, "event_channel", channel);
    json_key(&w, "timestamp");
    json_put_raw(&w, str_z(time));
    json_kv_z(&w, "project_id", c->account);
    json_kv_z(&w, "space_id", space);
    put_params(&w, c, buf_str(&e->params));
    json_end_object(&w);
    buf_release(&e->params);
    if (sw_is_on(c, "events_signed"))
        o->face_flags |= SW_SIGNED;
}

void sw_event_send(struct sw_event *e, struct carrier *c, struct leg *l, struct str url) {
    struct outgoing *o = outgoing_new(c, l, OUTGOING_NOTICE, url, false);
    if (!o) {
        buf_release(&e->params);
        return;
    }
    sw_event_put(e, c, l, o);
    outgoing_send(c, o, NULL);
}

/* ---- calling.call.state --------------------------------------------------------------------- */

size_t sw_status_words(const struct carrier *c, const struct leg *l, enum call_status event,
                       const char *words[FACE_STATUS_WORDS_MAX]) {
    size_t count = 0;
    (void)c;
    if (!call_status_is_final(event)) {
        if (event != CALL_QUEUED && (l->req.status_events & BIT(event)))
            words[count++] = state_words[event];
        return count;
    }
    if (l->req.status_events & BIT(SW_ENDING))
        words[count++] = "ending";
    if (l->req.status_events & BIT(CALL_COMPLETED))
        words[count++] = "ended";
    return count;
}

static void put_device(struct json_writer *w, const struct leg *l) {
    json_key(w, "device");
    json_begin_object(w);
    json_kv_z(w, "type", sw_device_word(l));
    json_key(w, "params");
    json_begin_object(w);
    json_kv_z(w, "from_number", l->from);
    json_kv_z(w, "to_number", l->to);
    json_end_object(w);
    json_end_object(w);
}

void sw_put_parent(struct json_writer *w, const struct carrier *c, const struct leg *l) {
    const struct leg *parent = sidmap_get(&c->legs, str_z(l->parent_sid));
    char node[SW_NODE_ID_SIZE];
    if (!parent)
        return;
    sw_put_node_id(c, parent, node);
    json_key(w, "parent");
    json_begin_object(w);
    json_kv_z(w, "device_type", sw_device_word(parent));
    json_kv_z(w, "node_id", node);
    json_kv_z(w, "call_id", parent->sid);
    json_end_object(w);
}

void sw_make_status(const struct carrier *c, const struct leg *l, enum call_status event,
                    const char *word, struct outgoing *o) {
    struct sw_event e;
    sw_event_begin(&e, c, l, "calling.call.state");
    json_kv_z(&e.w, "call_state", word);
    json_kv_z(&e.w, "direction", sw_direction_word(l));
    put_device(&e.w, l);
    sw_put_parent(&e.w, c, l);
    json_kv_int(&e.w, "start_time", l->created_ms);
    if (l->answered_ms)
        json_kv_int(&e.w, "answer_time", l->answered_ms);
    if (call_status_is_final(event)) {
        json_kv_int(&e.w, "end_time", l->ended_ms);
        json_kv_z(&e.w, "end_reason", sw_reason_word(c, l));
    }
    sw_event_put(&e, c, l, o);
}

/* ---- calling.call.record -------------------------------------------------------------------- */

void sw_put_tape_url(const struct carrier *c, const struct tape *t, struct buf *out) {
    buf_put_str(out, buf_str(&c->base_url));
    buf_printf(out, "/files/%s/%s.wav", c->account, t->sid);
}

int64_t sw_tape_bytes(const struct tape *t) {
    return HEADER_BYTES + tape_length_ms(t) * BYTES_PER_MS * (t->dual ? 2 : 1);
}

static const char *direction_word(enum plan_track track) {
    return track == PLAN_TRACK_INBOUND ? "speak" : track == PLAN_TRACK_OUTBOUND ? "listen" : "both";
}

/** What is known of the file; the pages show it in params, and in params.record. */
static void put_file(struct json_writer *w, const struct carrier *c, const struct tape *t) {
    struct buf url = BUF_INIT(1024);
    sw_put_tape_url(c, t, &url);
    json_kv_string(w, "url", buf_str(&url));
    buf_release(&url);
    if (t->status != TAPE_COMPLETED)
        return;
    json_kv_int(w, "duration", t->duration_s);
    json_kv_int(w, "size", sw_tape_bytes(t));
}

static void put_record(struct json_writer *w, const struct carrier *c, const struct tape *t) {
    json_key(w, "record");
    json_begin_object(w);
    put_file(w, c, t);
    json_kv_z(w, "format", "wav");
    json_key(w, "audio");
    json_begin_object(w);
    json_kv_z(w, "format", "wav");
    json_kv_z(w, "direction", direction_word(t->track));
    json_kv_bool(w, "stereo", t->dual);
    json_end_object(w);
    json_end_object(w);
}

void sw_make_tape(const struct carrier *c, const struct tape *t, enum tape_event event,
                  struct outgoing *o) {
    const char *state = event == TAPE_EVENT_PAUSED      ? "paused"
                        : event == TAPE_EVENT_COMPLETED ? "finished"
                        : event == TAPE_EVENT_ABSENT    ? "no_input"
                                                        : "recording";
    struct sw_event e;
    sw_event_begin(&e, c, t->leg, "calling.call.record");
    json_kv_string(&e.w, "control_id", t->name.len > 0 ? t->name : str_z(t->sid));
    json_kv_z(&e.w, "state", state);
    json_kv_z(&e.w, "recording_id", t->sid);
    if (event != TAPE_EVENT_ABSENT)
        put_file(&e.w, c, t);
    put_record(&e.w, c, t);
    json_kv_int(&e.w, "start_time", t->started_ms);
    if (event == TAPE_EVENT_COMPLETED)
        json_kv_int(&e.w, "end_time", t->completed_ms);
    if (event == TAPE_EVENT_PAUSED)
        json_kv_z(&e.w, "pause_behavior", t->spans[t->span_count - 1].silent ? "silence" : "skip");
    sw_event_put(&e, c, t->leg, o);
}

/* ---- signatures ("SignalWire docs: Webhook security") --------------------------------------- */

static void add_header(struct http_request *req, struct str name, struct str value) {
    assert(req->header_count < HTTP_HEADERS_MAX);
    req->headers[req->header_count++] = (struct http_header){name, value};
}

static struct str hex_mac(struct digest_hmac *h, struct str message, size_t bytes,
                          struct arena *a) {
    uint8_t mac[DIGEST_SHA256_BYTES];
    struct buf hex = BUF_INIT(2 * sizeof mac);
    digest_hmac_run(h, message, mac);
    digest_put_hex(&hex, mac, bytes);
    struct str out = arena_copy(a, buf_str(&hex));
    buf_release(&hex);
    return out;
}

void sw_sign(const struct carrier *c, struct outgoing *o, struct str url, struct http_request *req,
             struct arena *a) {
    if (o->user.len > 0) { /* credentials of the URL are sent without being asked for */
        o->send_password = true;
        req->basic_user = buf_str(&o->user);
        req->basic_password = &o->password;
    }
    if (!o->get)
        add_header(req, STR("Content-Type"), STR("application/json"));
    add_header(req, STR("Accept"), STR("application/json, application/yaml, text/x-yaml"));
    add_header(req, STR("User-Agent"), STR("SignalWire"));
    if (!(o->face_flags & SW_SIGNED) || sw_is_on(c, "signature_missing"))
        return;
    struct buf message = BUF_INIT(url.len + req->body.len + 1);
    buf_put_str(&message, url); /* without user and password, with its query */
    buf_put_str(&message, req->body);
    if (sw_is_on(c, "signature_wrong"))
        buf_putc(&message, '!');
    add_header(req, STR("X-Signalwire-Signature"),
               hex_mac(c->hmac_sha1, buf_str(&message), DIGEST_SHA1_BYTES, a));
    add_header(req, STR("X-Signalwire-SHA256-Signature"),
               hex_mac(c->hmac_sha256, buf_str(&message), DIGEST_SHA256_BYTES, a));
    buf_release(&message);
}
