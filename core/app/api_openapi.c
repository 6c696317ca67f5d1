#include "core/app/api.h"

/* docs/openapi.json, compiled in: the API describes itself. Made by cmake/Embed.cmake. */
extern const unsigned char embedded_openapi[];
extern const size_t embedded_openapi_bytes;

void api_openapi(struct gateway *g, struct http_exchange *x) {
    (void)g;
    x->reply_body.max = API_REPLY_MAX;
    http_exchange_reply_text(x, 200, "application/json",
                             str_from(embedded_openapi, embedded_openapi_bytes));
}
