/* What the box signs, against the vectors that Plivo's own library has checked. */

#include "core/base/json.h"
#include "providers/mock/carrier/plivo/face_plivo.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/plivo/signatures.json";

static bool is_z(const struct json *v, const char *member, const char *text) {
    return str_eq_z(json_str(json_get(v, member)), text);
}

/** The request as the box would send it: a GET has its parameters in the URL. */
static void put_text(const struct json *v, struct buf *out) {
    struct params p = {0};
    struct buf url = BUF_INIT(65536);
    bool get = is_z(v, "method", "GET");
    struct str nonce = json_str(json_get(v, "nonce")), plain = json_str(json_get(v, "url"));
    for (const struct json *i = json_first(json_get(v, "params")); i; i = json_next(i)) {
        struct str name = arena_copy(&p.arena, json_str(json_first(i)));
        params_add(&p, name.ptr, json_str(json_next(json_first(i))));
    }
    params_sort(&p);
    buf_put_str(&url, plain);
    if (get && p.count > 0) {
        buf_putc(&url, str_find(plain, '?') < plain.len ? '&' : '?');
        params_put_form(&p, &url);
    }
    if (is_z(v, "scheme", "V3"))
        plivo_put_v3_text(buf_str(&url), &p, get, nonce, out);
    else
        plivo_put_v2_text(buf_str(&url), nonce, out);
    buf_release(&url);
    params_release(&p);
}

TEST(plivo_signature, signs_what_the_vectors_say) {
    struct json_doc *doc = read_json_file(vectors_path);
    size_t seen = 0;
    REQUIRE(doc != NULL);
    const struct json *v = json_first(json_get(json_root(doc), "vectors"));
    for (; v; v = json_next(v)) {
        struct buf text = BUF_INIT(65536), want = BUF_INIT(65536);
        if (is_z(v, "scheme", "V1"))
            continue;
        buf_put_str(&want, json_str(json_get(v, "string_to_sign")));
        put_text(v, &text);
        EXPECT_STR(text.ptr, want.ptr);
        buf_release(&text);
        buf_release(&want);
        seen++;
    }
    EXPECT_INT(seen, 33);
    json_doc_free(doc);
}

TEST(plivo_signature, parameters_are_sorted_by_bytes) {
    struct params p = {0};
    struct buf out = BUF_INIT(256);
    params_add_z(&p, "b", "2");
    params_add_z(&p, "a", "");
    params_add_z(&p, "B", "x y");
    params_add_z(&p, "b", "1");
    params_sort(&p);
    params_put_form(&p, &out);
    EXPECT_STR(out.ptr, "B=x+y&a=&b=1&b=2");
    buf_release(&out);
    params_release(&p);
}
