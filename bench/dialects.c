/*
 * What it costs to say one turn of a conversation in each carrier's language.
 *
 *   bench_dialects SECONDS     documents a CPU second and one document of each, as JSON
 *   bench_dialects SECONDS ASSISTANT.json      the same for the document of a carrier's agent
 *   bench_dialects --plan      the turn as plan JSON
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/json.h"
#include "core/base/secret.h"
#include "core/domain/assistant.h"
#include "core/domain/plan.h"
#include "swml/agent.h"
#include "swml/swml.h"
#include "twiml/plivoxml.h"
#include "twiml/twiml.h"

enum {
    DOCUMENT_MAX = 65536,
    BATCH = 2000, /* documents between two looks at the clock */
};

typedef enum error_code write_fn(const struct plan *p, struct buf *out);

static enum error_code write_twiml(const struct plan *p, struct buf *out) {
    return twiml_write(p, out, NULL, NULL);
}

static enum error_code write_plivo(const struct plan *p, struct buf *out) {
    return plivoxml_write(p, out, NULL, NULL);
}

static enum error_code write_swml(const struct plan *p, struct buf *out) {
    return swml_write(p, NULL, out, NULL, NULL);
}

static const struct {
    const char *name;
    write_fn *write;
} dialects[] = {{"twiml", write_twiml}, {"plivo", write_plivo}, {"swml", write_swml}};

/* One turn: something is said, then a question is asked and the answer awaited. Every member is one
 * that all three languages and the SDKs' builders can say. */
static void make_turn(struct plan *p) {
    struct plan_say line = {.text = STR("Thank you, John Doe. That was clear & helpful."),
                            .language = STR("en-US")};
    plan_add(p, PLAN_SAY)->u.say = line;
    struct plan_gather *g = &plan_add(p, PLAN_GATHER)->u.gather;
    g->input = PLAN_INPUT_KEYS | PLAN_INPUT_SPEECH;
    g->action.url = STR("https://gw.example.com/voice/x/call_0C7MPQ4ZK2R8T/0123456789abcdef/gather"
                        "?turn=4");
    g->action.method = PLAN_METHOD_POST;
    g->timeout_s = 6;
    g->speech_timeout_auto = true;
    g->language = STR("en-US");
    g->hints = STR("thousand, hundred, dollars, credit card, tax");
    plan_add_prompt(p, g, PLAN_SAY)->u.say = (struct plan_say){
        .text = STR("How much debt do you have in total, for example on credit cards or in taxes?"),
        .language = STR("en-US")};
    plan_add(p, PLAN_HANGUP);
}

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/** Documents a CPU second; the buffer is kept from one to the next, as a server keeps its own. */
static double measure(write_fn *write, const struct plan *p, double seconds) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(DOCUMENT_MAX);
    double began = cpu_seconds(), now = began;
    double count = 0;
    while (now - began < seconds) {
        for (int i = 0; i < BATCH; i++) {
            buf_clear(&out);
            if (write(p, &out) != ERR_OK)
                exit(1);
        }
        count += BATCH;
        now = cpu_seconds();
    }
    return count / (now - began);
}

static void put_results(const struct plan *p, double seconds) {
    CLEANUP(buf_release) struct buf json = BUF_INIT(4 * DOCUMENT_MAX);
    struct json_writer w;
    json_write_init(&w, &json);
    json_begin_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        CLEANUP(buf_release) struct buf doc = BUF_INIT(DOCUMENT_MAX);
        double per_cpu_s = measure(dialects[i].write, p, seconds);
        if (dialects[i].write(p, &doc) != ERR_OK)
            exit(1);
        json_key(&w, dialects[i].name);
        json_begin_object(&w);
        json_key(&w, "per_cpu_s");
        json_put_double(&w, per_cpu_s);
        json_kv_string(&w, "document", buf_str(&doc));
        json_end_object(&w);
    }
    json_end_object(&w);
    puts(json.ptr);
}

/** Documents of a carrier's agent a CPU second, as they are given: with fresh tokens each. */
static int measure_agent(const char *path, double seconds) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(DOCUMENT_MAX), out = BUF_INIT(DOCUMENT_MAX);
    struct assistant *assistant = NULL;
    struct secret key = {0};
    struct error err = {0};
    char chunk[4096], nonce[2 * SWAIG_NONCE_BYTES + 1];
    size_t n;
    FILE *f = fopen(path, "re");
    while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(&text, chunk, n);
    if (!f || !secret_system_init() ||
        assistant_parse(buf_str(&text), &assistant, &err) != ERR_OK) {
        fprintf(stderr, "bench_dialects: %s: %s\n", path, f ? err.text : "cannot be read");
        return 1;
    }
    fclose(f);
    secret_set(&key, STR("0123456789abcdef0123456789abcdef"));
    const struct swml_agent_options o = {
        .function_url = STR("https://gw.example.com/swaig/payment-agent"), .has_tokens = true};
    struct swml_agent_call call = {.credentials = STR("bench:bench"),
                                   .grant = {.key = digest_hmac_sha256_new(&key),
                                             .call_id = STR("7a4b1c3e-2c78-4d85-b1a4-6eae7dbafb36"),
                                             .expires_s = 1900000000}};
    struct swml_agent_document *document = NULL;
    if (swml_agent_make(assistant, &o, SWML_AGENT_WHOLE, &document, NULL, &err) != ERR_OK)
        return 1;
    double began = cpu_seconds(), count = 0;
    while (cpu_seconds() - began < seconds)
        for (int i = 0; i < BATCH; i++, count++) {
            digest_random_hex(nonce, SWAIG_NONCE_BYTES);
            call.grant.nonce = str_z(nonce);
            buf_clear(&out);
            if (swml_agent_put(document, &call, &out, &err) != ERR_OK)
                return 1;
        }
    printf("{\"per_cpu_s\":%.0f,\"bytes\":%zu}\n", count / (cpu_seconds() - began), out.len);
    swml_agent_free(document);
    digest_hmac_free(call.grant.key);
    secret_release(&key);
    assistant_unref(assistant);
    return 0;
}

int main(int argc, char **argv) {
    CLEANUP(plan_release) struct plan p = {0};
    char *end = NULL;
    twiml_init();
    make_turn(&p);
    if (argc == 2 && strcmp(argv[1], "--plan") == 0) {
        CLEANUP(buf_release) struct buf json = BUF_INIT(DOCUMENT_MAX);
        struct json_writer w;
        json_write_init(&w, &json);
        plan_to_json(&p, &w);
        puts(json.ptr);
        return 0;
    }
    double seconds = argc == 2 || argc == 3 ? strtod(argv[1], &end) : 0;
    if (!end || *end != '\0' || !(seconds > 0)) {
        fprintf(stderr, "usage: bench_dialects SECONDS [ASSISTANT.json] | --plan\n");
        return 2;
    }
    if (argc == 3)
        return measure_agent(argv[2], seconds);
    put_results(&p, seconds);
    return 0;
}
