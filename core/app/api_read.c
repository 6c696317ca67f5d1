#include "core/app/api.h"
#include "core/base/clock.h"

/* What handlers read from a request besides its query: members of the body, times. */

bool api_time(struct api_request *r, const char *name, int64_t *out) {
    struct str text = api_query(r, name);
    if (!text.ptr || clock_parse_rfc3339(text, out))
        return true;
    error_field(&r->error, ERR_INVALID, name, "%s must be a time such as 2026-11-21T12:00:00Z",
                name);
    return false;
}

enum error_code api_text_member(struct api_request *r, const char *name, struct str *out) {
    const struct json *v = json_get(json_root(r->body), name);
    if (!v || json_type(v) == JSON_NULL)
        return ERR_OK;
    if (json_type(v) != JSON_STRING)
        return error_field(&r->error, ERR_INVALID, name, "%s must be a string", name);
    *out = json_str(v);
    return ERR_OK;
}

static enum error_code unknown_member(struct api_request *r, const char *name,
                                      const char *const *allowed) {
    struct buf list = BUF_INIT(160);
    for (size_t i = 0; allowed[i]; i++)
        buf_printf(&list, "%s%s", i > 0 ? " " : "", allowed[i]);
    enum error_code rc =
        error_field(&r->error, ERR_INVALID, name, "is no member of this request, which takes %s",
                    list.len > 0 ? list.ptr : "none");
    buf_release(&list);
    return rc;
}

enum error_code api_only_members(struct api_request *r, const char *const *allowed,
                                 const char *example) {
    if (!r->body || json_type(json_root(r->body)) != JSON_OBJECT)
        return error_set(&r->error, ERR_INVALID, "the body must be a JSON object such as %s",
                         example);
    for (const struct json *m = json_first(json_root(r->body)); m; m = json_next(m)) {
        bool found = false;
        for (size_t i = 0; allowed[i]; i++)
            found = found || str_eq_z(json_name(m), allowed[i]);
        char name[48];
        if (!str_copy(json_name(m), name, sizeof name))
            name[0] = '\0';
        if (!found)
            return unknown_member(r, name, allowed);
    }
    return ERR_OK;
}
