#include "providers/mock/carrier/plivo/face_plivo.h"
#include "providers/mock/carrier/progress.h"
#include "twiml/plivoxml.h"

/*
 * Numbers of what can be wrong with a document, of which the last digit tells what it was asked
 * for: 701x it could not be had, 702x its address is none, 801x it is no Plivo XML.
 */
enum {
    NOT_REACHED = 7010,
    BAD_URL = 7020,
    BAD_XML = 8010,
    XML_OF_READER = 8011, /* what plivoxml_read() says whatever it was asked for */
    URL_OF_CORE = 11100,  /* exec_fetch(): not absolute */
    NOTICE_FAILED = 5000,
};

/** Numbers come without '+' as well; who lives behind them is known by E.164. */
static void normalise_dial(struct plan *p, struct plan_dial *d) {
    for (size_t i = 0; i < d->noun_count; i++) {
        struct plan_noun *n = &d->nouns[i];
        if (n->kind == PLAN_NOUN_NUMBER && n->target.len > 0 && n->target.ptr[0] != '+')
            n->target = arena_printf(&p->arena, "+" STR_FMT, STR_ARG(n->target));
    }
    if (d->caller_id.len > 0 && d->caller_id.ptr[0] >= '0' && d->caller_id.ptr[0] <= '9')
        d->caller_id = arena_printf(&p->arena, "+" STR_FMT, STR_ARG(d->caller_id));
}

static void normalise(struct carrier *c, const struct leg *l, struct plan *p) {
    for (size_t i = 0; i < p->count; i++) {
        struct plan_step *s = &p->steps[i];
        if (s->kind == PLAN_DIAL)
            normalise_dial(p, &s->u.dial);
        else if (s->kind == PLAN_START_RECORDING && str_eq_z(s->u.start_recording.format, "mp3"))
            log_warn(c->log, "carrier records wav, there is no mp3 encoder", LOG_Z("sid", l->sid));
    }
}

bool plivo_read_text(struct carrier *c, struct leg *l, struct str text, struct plan *out,
                     int *carrier_code) {
    struct plan_loss_report loss = {0};
    struct error err = {0};
    if (plivoxml_read(text, out, &loss, &err) != ERR_OK) {
        log_warn(c->log, "carrier document", LOG_Z("sid", l->sid), LOG_Z("error", err.text));
        *carrier_code = XML_OF_READER;
        return false;
    }
    for (size_t i = 0; i < loss.count; i++)
        log_warn(c->log, "carrier document", LOG_Z("sid", l->sid),
                 LOG_Z("where", loss.items[i].where), LOG_Z("what", loss.items[i].what));
    normalise(c, l, out);
    return true;
}

/** Whatever the content type says: what is XML of the right kind is carried out. */
bool plivo_read_document(struct carrier *c, struct leg *l, const struct outgoing *o,
                         struct plan *out, int *carrier_code) {
    return plivo_read_text(c, l, buf_str(&o->body), out, carrier_code);
}

int plivo_fault_code(const struct outgoing *o) {
    if (o->kind == OUTGOING_DOCUMENT)
        return NOT_REACHED + (int)o->leg->fetching;
    return o->status ? o->status : NOTICE_FAILED;
}

void plivo_document_failed(struct carrier *c, struct leg *l, int carrier_code) {
    bool answer = l->fetching == LEG_DOCUMENT_ANSWER;
    int base = carrier_code == XML_OF_READER            ? BAD_XML
               : carrier_code == URL_OF_CORE && !answer ? BAD_URL
                                                        : NOT_REACHED;
    l->carrier_code = base + (int)l->fetching;
    progress_end(c, l, CALL_COMPLETED, 200);
}
