#include "bench/load_requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/mem.h"
#include "core/base/secret.h"

enum {
    ONE_REQUEST_MAX = 4096,
    LINE_MAX_CHARS = 160,
};

/* Twilio docs: Call resource, StatusCallback parameters, in the order in which they come. */
enum field {
    FIELD_CALLED,
    FIELD_TO_STATE,
    FIELD_CALLER_COUNTRY,
    FIELD_DIRECTION,
    FIELD_TIMESTAMP,
    FIELD_CALLBACK_SOURCE,
    FIELD_SIP_RESPONSE_CODE,
    FIELD_CALLER_STATE,
    FIELD_TO_ZIP,
    FIELD_SEQUENCE_NUMBER,
    FIELD_CALL_SID,
    FIELD_TO,
    FIELD_CALLER_ZIP,
    FIELD_TO_COUNTRY,
    FIELD_CALLED_ZIP,
    FIELD_API_VERSION,
    FIELD_CALLED_CITY,
    FIELD_CALL_STATUS,
    FIELD_DURATION,
    FIELD_FROM,
    FIELD_CALL_DURATION,
    FIELD_ACCOUNT_SID,
    FIELD_CALLED_COUNTRY,
    FIELD_CALLER_CITY,
    FIELD_TO_CITY,
    FIELD_FROM_COUNTRY,
    FIELD_CALLER,
    FIELD_FROM_CITY,
    FIELD_CALLED_STATE,
    FIELD_FROM_ZIP,
    FIELD_FROM_STATE,
    FIELD_COUNT
};

static const struct {
    const char *name, *value;
} fields[FIELD_COUNT] = {
    [FIELD_CALLED] = {"Called", "+12025550100"},
    [FIELD_TO_STATE] = {"ToState", "DC"},
    [FIELD_CALLER_COUNTRY] = {"CallerCountry", "US"},
    [FIELD_DIRECTION] = {"Direction", "outbound-api"},
    [FIELD_TIMESTAMP] = {"Timestamp", ""},
    [FIELD_CALLBACK_SOURCE] = {"CallbackSource", "call-progress-events"},
    [FIELD_SIP_RESPONSE_CODE] = {"SipResponseCode", "200"},
    [FIELD_CALLER_STATE] = {"CallerState", "CA"},
    [FIELD_TO_ZIP] = {"ToZip", "20388"},
    [FIELD_SEQUENCE_NUMBER] = {"SequenceNumber", ""},
    [FIELD_CALL_SID] = {"CallSid", ""},
    [FIELD_TO] = {"To", "+12025550100"},
    [FIELD_CALLER_ZIP] = {"CallerZip", "94949"},
    [FIELD_TO_COUNTRY] = {"ToCountry", "US"},
    [FIELD_CALLED_ZIP] = {"CalledZip", "20388"},
    [FIELD_API_VERSION] = {"ApiVersion", "2010-04-01"},
    [FIELD_CALLED_CITY] = {"CalledCity", "WASHINGTON"},
    [FIELD_CALL_STATUS] = {"CallStatus", ""},
    [FIELD_DURATION] = {"Duration", "3"},
    [FIELD_FROM] = {"From", "+12025550199"},
    [FIELD_CALL_DURATION] = {"CallDuration", "180"},
    [FIELD_ACCOUNT_SID] = {"AccountSid", ""},
    [FIELD_CALLED_COUNTRY] = {"CalledCountry", "US"},
    [FIELD_CALLER_CITY] = {"CallerCity", "NOVATO"},
    [FIELD_TO_CITY] = {"ToCity", "WASHINGTON"},
    [FIELD_FROM_COUNTRY] = {"FromCountry", "US"},
    [FIELD_CALLER] = {"Caller", "+12025550199"},
    [FIELD_FROM_CITY] = {"FromCity", "NOVATO"},
    [FIELD_CALLED_STATE] = {"CalledState", "DC"},
    [FIELD_FROM_ZIP] = {"FromZip", "94949"},
    [FIELD_FROM_STATE] = {"FromState", "CA"},
};

static const char *const life[] = {"initiated", "ringing", "in-progress", "completed"};

struct target {
    char id[24], nonce[40], sid[40];
};

struct maker {
    const struct load_options *o;
    struct load_requests *rs;
    struct target *targets;
    struct digest_hmac *hmac;
    unsigned sorted[FIELD_COUNT];
    char timestamp[40];
};

_Noreturn static void fail(const char *what, const char *which) {
    fprintf(stderr, "bench_load: %s: %s\n", which, what);
    exit(1);
}

static void append(struct load_requests *rs, struct str s) {
    if (rs->bytes_len + s.len > rs->bytes_size) {
        rs->bytes_size = 2 * rs->bytes_size + s.len;
        rs->bytes = mem_resize(rs->bytes, rs->bytes_size);
    }
    memcpy(rs->bytes + rs->bytes_len, s.ptr, s.len);
    rs->bytes_len += s.len;
    if (rs->count == rs->capacity) {
        rs->capacity = 2 * rs->capacity + 1024;
        rs->ends = mem_resize(rs->ends, rs->capacity * sizeof *rs->ends);
    }
    rs->ends[rs->count++] = rs->bytes_len;
}

/* ---- the calls ---------------------------------------------------------------------------------
 */

static void read_targets(struct maker *m) {
    char line[LINE_MAX_CHARS];
    FILE *f = fopen(m->o->list_path, "re");
    if (!f)
        fail("cannot be read", m->o->list_path);
    m->targets = mem_array(m->o->calls, sizeof *m->targets);
    for (size_t skip = 0; skip < m->o->first; skip++)
        if (!fgets(line, sizeof line, f))
            fail("has too few calls", m->o->list_path);
    for (size_t i = 0; i < m->o->calls; i++) {
        struct str rest, id, nonce, sid;
        struct target *t = &m->targets[i];
        if (!fgets(line, sizeof line, f))
            fail("has too few calls", m->o->list_path);
        rest = str_trim(str_z(line));
        if (!str_next(&rest, ' ', &id) || !str_next(&rest, ' ', &nonce) ||
            !str_next(&rest, ' ', &sid) || !str_copy(id, t->id, sizeof t->id) ||
            !str_copy(nonce, t->nonce, sizeof t->nonce) || !str_copy(sid, t->sid, sizeof t->sid))
            fail("is no list of bench_seed", m->o->list_path);
    }
    fclose(f);
}

/* ---- signed forms ------------------------------------------------------------------------------
 */

static void sort_fields(struct maker *m) {
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        unsigned k = i;
        for (; k > 0 && strcmp(fields[m->sorted[k - 1]].name, fields[i].name) > 0; k--)
            m->sorted[k] = m->sorted[k - 1];
        m->sorted[k] = i;
    }
}

/* Twilio docs, "Security": the URL, then each name and value, sorted by name. */
static void put_signature(const struct maker *m, struct buf *out, const char *path,
                          const char *const values[FIELD_COUNT]) {
    struct buf text = BUF_INIT(ONE_REQUEST_MAX);
    uint8_t mac[DIGEST_SHA1_BYTES];
    buf_puts(&text, m->o->public_url);
    buf_puts(&text, path);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        buf_puts(&text, fields[m->sorted[i]].name);
        buf_puts(&text, values[m->sorted[i]]);
    }
    digest_hmac_run(m->hmac, buf_str(&text), mac);
    digest_put_base64(out, mac, sizeof mac);
    buf_release(&text);
}

static void add_webhook(struct maker *m, const struct target *t, const char *kind,
                        const char *status, size_t step) {
    const char *values[FIELD_COUNT];
    char path[160], sequence[2] = {(char)('0' + step), '\0'};
    struct buf body = BUF_INIT(ONE_REQUEST_MAX), head = BUF_INIT(ONE_REQUEST_MAX);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        values[i] = fields[i].value;
    values[FIELD_TIMESTAMP] = m->timestamp;
    values[FIELD_SEQUENCE_NUMBER] = sequence;
    values[FIELD_CALL_SID] = t->sid;
    values[FIELD_CALL_STATUS] = status;
    values[FIELD_ACCOUNT_SID] = m->o->account;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        buf_puts(&body, i ? "&" : "");
        buf_puts(&body, fields[i].name);
        buf_putc(&body, '=');
        buf_put_form(&body, str_z(values[i]));
    }
    snprintf(path, sizeof path, "/voice/twilio/%s/%s/%s", t->id, t->nonce, kind);
    buf_printf(&head,
               "POST %s HTTP/1.1\r\nHost: gw.example.com\r\nUser-Agent: TwilioProxy/1.1\r\n"
               "Accept: */*\r\n"
               "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
               "Content-Length: %zu\r\nX-Twilio-Signature: ",
               path, body.len);
    put_signature(m, &head, path, values);
    buf_puts(&head, "\r\n\r\n");
    buf_put_str(&head, buf_str(&body));
    if (buf_failed(&body) || buf_failed(&head))
        fail("is longer than a request may be", path);
    append(m->rs, buf_str(&head));
    buf_release(&head);
    buf_release(&body);
}

/* ---- placing -----------------------------------------------------------------------------------
 */

/* Distinct numbers of ordinary shape: area codes from 202, exchanges 220 to 299. */
static void add_place(struct maker *m, size_t i) {
    struct buf body = BUF_INIT(ONE_REQUEST_MAX), all = BUF_INIT(ONE_REQUEST_MAX);
    size_t area = 202 + i / 8000;
    buf_printf(&body, "{\"to\":\"+1%03zu%03zu%02zu%s\",\"assistant\":\"%s\",\"record\":\"off\"}",
               area < 211 ? area : area + 1, 220 + i / 100 % 80, i % 100, m->o->suffix,
               m->o->assistant);
    buf_printf(&all,
               "POST /api/calls HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Authorization: Bearer " BENCH_API_TOKEN "\r\n"
               "Content-Length: %zu\r\n\r\n",
               body.len);
    buf_put_str(&all, buf_str(&body));
    append(m->rs, buf_str(&all));
    buf_release(&all);
    buf_release(&body);
}

/* ---- as it is ----------------------------------------------------------------------------------
 */

static void add_raw(struct maker *m) {
    struct buf request = BUF_INIT(ONE_REQUEST_MAX);
    char chunk[1024];
    size_t n;
    FILE *f = fopen(m->o->list_path, "re");
    while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(&request, chunk, n);
    if (!f || ferror(f) || buf_failed(&request) || request.len == 0)
        fail("cannot be read, or is longer than a request may be", m->o->list_path);
    fclose(f);
    for (size_t i = 0; i < m->o->calls; i++)
        append(m->rs, buf_str(&request));
    buf_release(&request);
}

/* ---- all of them -------------------------------------------------------------------------------
 */

static void make_all(struct maker *m) {
    const struct load_options *o = m->o;
    switch (o->kind) {
    case LOAD_STATUS:
        for (size_t step = 0; step < ARRAY_LEN(life); step++)
            for (size_t i = 0; i < o->calls; i++)
                add_webhook(m, &m->targets[i], "status", life[step], step);
        return;
    case LOAD_ANSWER:
        for (size_t round = 0; round < o->repeat; round++)
            for (size_t i = 0; i < o->calls; i++)
                add_webhook(m, &m->targets[i], "answer", "in-progress", 2);
        return;
    case LOAD_PLACE:
        for (size_t i = 0; i < o->calls; i++)
            add_place(m, o->first + i);
        return;
    case LOAD_RAW:
        add_raw(m);
        return;
    case LOAD_NONE:
        return;
    }
}

void load_requests_make(struct load_requests *rs, const struct load_options *o) {
    struct maker m = {.o = o, .rs = rs};
    struct clock clock = clock_system();
    struct secret key = {0};
    struct buf now = BUF_INIT(sizeof m.timestamp);
    clock_put_rfc2822(&now, clock_wall_ms(&clock));
    if (!str_copy(buf_str(&now), m.timestamp, sizeof m.timestamp))
        fail("is no time", "clock");
    buf_release(&now);
    secret_set(&key, str_z(o->token));
    m.hmac = digest_hmac_sha1_new(&key);
    sort_fields(&m);
    if (o->kind == LOAD_STATUS || o->kind == LOAD_ANSWER)
        read_targets(&m);
    make_all(&m);
    digest_hmac_free(m.hmac);
    secret_release(&key);
    mem_free(m.targets);
}

void load_requests_release(struct load_requests *rs) {
    mem_free(rs->bytes);
    mem_free(rs->ends);
    *rs = (struct load_requests){0};
}
