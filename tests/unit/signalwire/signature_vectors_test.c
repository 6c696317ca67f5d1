/* SignalWire's webhook signatures: every vector that the carrier's own libraries made. */
#include <stdio.h>

#include "core/base/json.h"
#include "providers/signalwire/compat.h"
#include "providers/signalwire/webhook.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/signalwire/signatures.json";

static struct str text_of(const struct json *v, const char *name) {
    return json_str(json_get(v, name));
}

/** The same request with these headers; a header without value is left out. */
static enum error_code arrive(const struct json *v, bool form, struct str sha1, struct str sha256) {
    struct rest_url url;
    struct secret key = {0};
    struct arena a = {0};
    struct form fields;
    struct rest_signer signer = {0};
    struct error err = {0};
    bool is_form = text_of(v, "raw_body").ptr == NULL;
    if (!rest_url_parse(text_of(v, "url"), &url))
        return ERR_IO;
    struct http_header headers[2];
    size_t count = 0;
    if (sha1.ptr)
        headers[count++] = (struct http_header){STR("x-signalwire-signature"), sha1};
    if (sha256.ptr)
        headers[count++] = (struct http_header){STR("x-signalwire-sha256-signature"), sha256};
    const struct webhook_request req = {
        .kind = WEBHOOK_ANSWER,
        .method = STR("POST"),
        .target = url.rest,
        .content_type =
            is_form ? STR("application/x-www-form-urlencoded") : STR("application/json"),
        .body = is_form ? text_of(v, "form_body") : text_of(v, "raw_body"),
        .headers = headers,
        .header_count = count,
    };
    secret_set(&key, text_of(v, "key"));
    enum error_code rc = rest_signer_init(&signer, REST_MAC_SHA1, &key, url.origin, &err);
    if (rc == ERR_OK && !form)
        rest_signer_add_auth(&signer, &key, &a);
    if (rc == ERR_OK)
        rc = form ? signalwire_compat_verify_webhook(&signer, &req, &a, &fields, &err)
                  : signalwire_verify_webhook(&signer, &req, &a, &fields, &err);
    rest_signer_release(&signer);
    secret_release(&key);
    arena_release(&a);
    return rc;
}

static void expect_verdict(const struct json *v, enum error_code got, enum error_code want) {
    if (got != want)
        fprintf(stderr, "vector " STR_FMT "\n", STR_ARG(text_of(v, "id")));
    EXPECT_INT(got, want);
}

/* What was signed twice passes with either and with both, and never when one of them is wrong. */
static void check_json(const struct json *v) {
    const struct str none = {0};
    struct str sha1 = text_of(v, "x_signalwire_signature");
    struct str sha256 = text_of(v, "x_signalwire_sha256_signature");
    char other[65];
    REQUIRE(str_copy(sha256, other, sizeof other));
    other[63] = other[63] == '0' ? '1' : '0';
    expect_verdict(v, arrive(v, false, sha1, none), ERR_OK);
    expect_verdict(v, arrive(v, false, sha1, sha256), ERR_OK);
    expect_verdict(v, arrive(v, false, none, sha256), ERR_OK);
    expect_verdict(v, arrive(v, false, sha1, str_z(other)), ERR_AUTH);
    expect_verdict(v, arrive(v, false, sha256, sha1), ERR_AUTH);
    expect_verdict(v, arrive(v, false, none, none), ERR_AUTH);
    expect_verdict(v, arrive(v, true, sha1, none), ERR_AUTH); /* nor as the other scheme */
}

static bool is_json_scheme(const struct json *v) {
    return str_starts(text_of(v, "scheme"), STR("A"));
}

static size_t check_all(const struct json *list, bool valid) {
    size_t seen = 0;
    for (const struct json *v = json_first(list); v; v = json_next(v), seen++) {
        struct str header = text_of(v, valid ? "signature" : "header");
        if (valid && is_json_scheme(v))
            check_json(v);
        else
            expect_verdict(v, arrive(v, !is_json_scheme(v), header, (struct str){0}),
                           valid ? ERR_OK : ERR_AUTH);
    }
    return seen;
}

TEST(signalwire_signature, verdict_of_every_vector_is_the_carriers_own) {
    struct json_doc *doc = read_json_file(vectors_path);
    REQUIRE(secret_system_init());
    REQUIRE(doc != NULL);
    EXPECT_INT(check_all(json_get(json_root(doc), "vectors"), true), 21);
    EXPECT_INT(check_all(json_get(json_root(doc), "negative"), false), 5);
    json_doc_free(doc);
}
