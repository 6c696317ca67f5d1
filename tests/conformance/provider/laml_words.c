#include "tests/conformance/provider/laml_words.h"

void laml_ringing(struct laml_notice *n, const char *header, struct str form,
                  struct webhook_request *req) {
    sign_twilio(SUITE_TOKEN, SUITE_BASE SUITE_RING_TARGET, form, n->signature);
    n->header = (struct http_header){str_z(header), str_z(n->signature)};
    *req = (struct webhook_request){
        .kind = WEBHOOK_STATUS,
        .method = STR("POST"),
        .target = STR(SUITE_RING_TARGET),
        .content_type = STR("application/x-www-form-urlencoded; charset=UTF-8"),
        .body = form,
        .headers = &n->header,
        .header_count = 1,
    };
}
