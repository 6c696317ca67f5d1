/* Twilio's webhook signatures: every vector that the carrier's own library made. */
#include <stdio.h>

#include "core/base/json.h"
#include "providers/twilio/webhook.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/twilio/signatures.json";

static void put_pair(struct buf *b, struct str name, struct str value) {
    if (b->len)
        buf_putc(b, '&');
    buf_put_form(b, name);
    buf_putc(b, '=');
    buf_put_form(b, value);
}

/** The body as the carrier sends it: given, or made from the parameters. */
static void put_body(struct buf *b, const struct json *v) {
    const struct json *params = json_get(v, "params");
    struct str given = json_str(json_get(v, "form_body"));
    if (!given.ptr)
        given = json_str(json_get(v, "body"));
    if (given.ptr) {
        buf_put_str(b, given);
        return;
    }
    if (!str_eq(json_str(json_get(v, "method")), STR("POST")))
        return;
    for (const struct json *p = json_first(params); p; p = json_next(p)) {
        if (json_type(p) != JSON_ARRAY)
            put_pair(b, json_name(p), json_str(p));
        for (const struct json *i = json_type(p) == JSON_ARRAY ? json_first(p) : NULL; i;
             i = json_next(i))
            put_pair(b, json_name(p), json_str(i));
    }
}

static struct str first_of(const struct json *v, const char *a, const char *b) {
    struct str s = json_str(json_get(v, a));
    return s.ptr ? s : json_str(json_get(v, b));
}

static enum error_code verify(const struct json *v, struct error *err) {
    struct rest_url seen, told;
    struct secret key = {0};
    struct arena a = {0};
    struct form fields;
    struct buf body = BUF_INIT(65536);
    struct rest_signer signer = {0};
    bool parsed = rest_url_parse(json_str(json_get(v, "url")), &seen) &&
                  rest_url_parse(first_of(v, "configured_url", "url"), &told);
    if (!parsed)
        return ERR_IO;
    put_body(&body, v);
    secret_set(&key, first_of(v, "verify_with_token", "auth_token"));
    struct str type = json_str(json_get(v, "content_type"));
    const struct http_header header = {STR("x-twilio-signature"),
                                       json_str(json_get(v, "signature"))};
    const struct webhook_request req = {
        .method = json_str(json_get(v, "method")),
        .target = seen.rest,
        .content_type = type.ptr ? type : STR("application/x-www-form-urlencoded; charset=UTF-8"),
        .body = buf_str(&body),
        .headers = &header,
        .header_count = 1,
    };
    enum error_code rc = rest_signer_init(&signer, REST_MAC_SHA1, &key, told.origin, err);
    if (rc == ERR_OK)
        rc = twilio_verify_webhook(&signer, &req, &a, &fields, err);
    rest_signer_release(&signer);
    secret_release(&key);
    buf_release(&body);
    arena_release(&a);
    return rc;
}

TEST(signature, verdict_of_every_vector_is_the_carriers_own) {
    struct json_doc *doc = read_json_file(vectors_path);
    struct error err = {0};
    size_t seen = 0;
    REQUIRE(secret_system_init());
    REQUIRE(doc != NULL);
    const struct json *list = json_get(json_root(doc), "vectors");
    for (const struct json *v = json_first(list); v; v = json_next(v), seen++) {
        bool valid = str_eq(json_str(json_get(v, "expect")), STR("valid"));
        enum error_code rc = verify(v, &err);
        if (rc != (valid ? ERR_OK : ERR_AUTH))
            fprintf(stderr, "vector " STR_FMT "\n", STR_ARG(json_str(json_get(v, "id"))));
        EXPECT_INT(rc, valid ? ERR_OK : ERR_AUTH);
    }
    EXPECT_INT(seen, 22);
    json_doc_free(doc);
}
