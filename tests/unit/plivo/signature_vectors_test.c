/* Plivo's webhook signatures: every vector that was checked with the carrier's own library. */
#include <stdio.h>

#include "core/base/json.h"
#include "providers/plivo/webhook.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/plivo/signatures.json";

static bool is_get(const struct json *v) {
    return str_eq(json_str(json_get(v, "method")), STR("GET"));
}

/** The fields in form encoding: as given, or made from the pairs; the first comes after `before`.
 */
static void put_fields(struct buf *b, const struct json *v, const char *before) {
    struct str given = json_str(json_get(v, "form_body"));
    if (given.len) {
        buf_put_str(b, given);
        return;
    }
    for (const struct json *p = json_first(json_get(v, "params")); p; p = json_next(p)) {
        buf_puts(b, before);
        buf_put_form(b, json_str(json_first(p)));
        buf_putc(b, '=');
        buf_put_form(b, json_str(json_next(json_first(p))));
        before = "&";
    }
}

/** The headers of a vector: the one it names, or its scheme's plain one; and its nonce. */
static size_t put_headers(const struct json *v, struct http_header *h) {
    struct str name = json_str(json_get(v, "header_name"));
    bool v2 = str_eq(json_str(json_get(v, "scheme")), STR("V2"));
    if (!name.ptr)
        name = v2 ? STR("X-Plivo-Signature-V2") : STR("X-Plivo-Signature-V3");
    h[0] = (struct http_header){name, json_str(json_get(v, "header_value"))};
    h[1] = (struct http_header){v2 ? STR("X-Plivo-Signature-V2-Nonce")
                                   : STR("x-plivo-signature-v3-nonce"),
                                json_str(json_get(v, "nonce"))};
    return 2;
}

static enum error_code verify(const struct json *v, struct error *err) {
    struct rest_url seen;
    struct secret key = {0};
    struct arena a = {0};
    struct form fields = {0};
    struct buf body = BUF_INIT(65536), target = BUF_INIT(65536);
    struct rest_signer signer = {0};
    struct http_header headers[2];
    if (!rest_url_parse(json_str(json_get(v, "url")), &seen))
        return ERR_IO;
    buf_put_str(&target, seen.rest);
    if (is_get(v)) /* its fields are part of the query */
        put_fields(&target, v, str_find(seen.rest, '?') < seen.rest.len ? "&" : "?");
    else
        put_fields(&body, v, "");
    secret_set(&key, json_str(json_get(v, "auth_token")));
    const struct webhook_request req = {
        .method = is_get(v) ? STR("GET") : STR("POST"),
        .target = buf_str(&target),
        .content_type = STR("application/x-www-form-urlencoded; charset=UTF-8"),
        .body = buf_str(&body),
        .headers = headers,
        .header_count = put_headers(v, headers),
    };
    enum error_code rc = rest_signer_init(&signer, REST_MAC_SHA256, &key, seen.origin, err);
    if (rc == ERR_OK)
        rc = plivo_verify_webhook(&signer, &req, &a, &fields, err);
    rest_signer_release(&signer);
    secret_release(&key);
    buf_release(&body);
    buf_release(&target);
    arena_release(&a);
    return rc;
}

/** How many vectors of that list have the verdict of the carrier's library. */
static size_t check_list(const struct json *list) {
    size_t seen = 0;
    struct error err = {0};
    for (const struct json *v = json_first(list); v; v = json_next(v), seen++) {
        bool v1 = str_eq(json_str(json_get(v, "scheme")), STR("V1")); /* never taken */
        bool valid = !v1 && json_bool(json_get(v, "expected_valid"), false);
        enum error_code rc = verify(v, &err);
        if (rc != (valid ? ERR_OK : ERR_AUTH))
            fprintf(stderr, "vector " STR_FMT "\n", STR_ARG(json_str(json_get(v, "id"))));
        EXPECT_INT(rc, valid ? ERR_OK : ERR_AUTH);
    }
    return seen;
}

TEST(plivo_signature, verdict_of_every_vector_is_the_carriers_own) {
    struct json_doc *doc = read_json_file(vectors_path);
    REQUIRE(secret_system_init());
    REQUIRE(doc != NULL);
    EXPECT_INT(check_list(json_get(json_root(doc), "vectors")), 35);
    EXPECT_INT(check_list(json_get(json_root(doc), "negative")), 16);
    json_doc_free(doc);
}
