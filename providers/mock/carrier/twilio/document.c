#include "providers/mock/carrier/twilio/face_twilio.h"
#include "twiml/twiml.h"

/** "text/xml; charset=utf-8" → "text/xml". */
static struct str media_type(struct str header) {
    return str_trim(str_from(header.ptr, str_find(header, ';')));
}

static bool is_one_of(struct str type, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(type, str_z(names[i])))
            return true;
    return false;
}

bool twilio_read_text(struct carrier *c, struct leg *l, struct str text, struct plan *out,
                      int *carrier_code) {
    struct plan_loss_report loss = {0};
    struct error err = {0};
    if (text.len > OUTGOING_DOCUMENT_MAX) {
        *carrier_code = 11750; /* over 64 kB */
        return false;
    }
    if (twiml_read(text, out, &loss, &err) != ERR_OK) {
        *carrier_code = err.carrier_code ? err.carrier_code : 12100;
        return false;
    }
    for (size_t i = 0; i < loss.count; i++) /* 12200: a warning, the verb is skipped */
        log_warn(c->log, "carrier document", LOG_Z("sid", l->sid), LOG_INT("code", 12200),
                 LOG_Z("where", loss.items[i].where), LOG_Z("what", loss.items[i].what));
    return true;
}

/** Plain text that is no document is spoken; sound is played. Then the call ends. */
static bool one_step(struct plan *out, enum plan_kind kind, struct str text) {
    struct plan_step *s = plan_add(out, kind);
    if (kind == PLAN_SAY)
        s->u.say.text = arena_copy(&out->arena, text);
    else
        s->u.play.url = arena_copy(&out->arena, text);
    return true;
}

bool twilio_read_document(struct carrier *c, struct leg *l, const struct outgoing *o,
                          struct plan *out, int *carrier_code) {
    static const char *const documents[] = {"text/xml", "application/xml", "text/html"};
    static const char *const sounds[] = {
        "audio/mpeg",   "audio/wav",    "audio/wave",  "audio/x-wav", "audio/aiff",
        "audio/x-aifc", "audio/x-aiff", "audio/x-gsm", "audio/gsm",   "audio/ulaw",
    };
    struct str type = media_type(str_z(o->content_type));
    if (is_one_of(type, documents, ARRAY_LEN(documents)))
        return l->face->read_text(c, l, buf_str(&o->body), out, carrier_code);
    if (is_one_of(type, sounds, ARRAY_LEN(sounds)))
        return one_step(out, PLAN_PLAY, buf_str(&o->url));
    if (str_eq_nocase(type, STR("text/plain"))) {
        if (l->face->read_text(c, l, buf_str(&o->body), out, carrier_code))
            return true;
        *carrier_code = 0;
        return one_step(out, PLAN_SAY, buf_str(&o->body));
    }
    *carrier_code = 12300; /* a content type that nobody can carry out */
    return false;
}
