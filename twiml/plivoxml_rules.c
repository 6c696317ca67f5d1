#include "core/base/compiler.h"
#include "twiml/plivoxml_verbs.h"
#include "twiml/plivoxml_voice.h"
#include "twiml/xml_doc.h"

/* What makes Plivo refuse a document, or skip a part of it, and no table says. */

static void need_text(struct checking *c, const struct xml_node *n) {
    if (!xml_node_has_text(n))
        xml_find(c, XML_ERROR, n, "", "it is empty");
}

static void need_url(struct checking *c, const struct xml_node *n) {
    CLEANUP(arena_release) struct arena a = {0};
    struct str url = xml_node_text(n, &a);
    if (!str_starts(url, STR("http")) || !xml_url_is_absolute(url))
        xml_find(c, XML_ERROR, n, "", "it needs an absolute http or https URL");
}

static void judge_stream(struct checking *c, const struct xml_node *n) {
    CLEANUP(arena_release) struct arena a = {0};
    struct str url = xml_node_text(n, &a);
    const struct str *track = xml_node_attr(n, "audioTrack");
    if (!str_starts(url, STR("ws")) || !xml_url_is_absolute(url))
        xml_find(c, XML_ERROR, n, "", "it needs an absolute ws or wss URL");
    if (xml_node_says(n, "bidirectional", "true") && track && !str_eq(*track, STR("inbound")))
        xml_find(c, XML_ERROR, n, "audioTrack", "a stream that also plays takes inbound only");
}

static void judge_dial(struct checking *c, const struct xml_node *n) {
    for (const struct xml_node *child = n->first; child; child = child->next)
        if (str_eq(child->name, STR("Number")) || str_eq(child->name, STR("User")))
            return;
    xml_find(c, XML_ERROR, n, "", "there is no Number or User to call");
}

static void judge_speak(struct checking *c, const struct xml_node *n) {
    const struct str *voice = xml_node_attr(n, "voice"), *language = xml_node_attr(n, "language");
    bool man = xml_node_says(n, "voice", "MAN");
    if (language && language->len > 0 && !(voice && plivoxml_voice_is_polly(*voice)) &&
        !plivoxml_voice_speaks(man, *language))
        xml_find(c, XML_ERROR, n, "language", "%s does not speak it", man ? "MAN" : "WOMAN");
}

static void refuse_twiml(struct checking *c, const struct xml_node *n) {
    xml_find(c, XML_ERROR, n, "", "write <Hangup reason=\"rejected\"/>");
}

/* Earlier elements decide whether a stream or a recording begins. */
static void judge_order(struct checking *c, const struct xml_node *parent,
                        const struct xml_node *n) {
    bool after_stream = false, after_redirect = false;
    for (const struct xml_node *e = parent->first; e != n; e = e->next) {
        after_stream = after_stream || str_eq(e->name, STR("Stream"));
        after_redirect = !xml_node_is_text(e) && str_eq(e->name, STR("Redirect"));
    }
    if (after_redirect)
        xml_find(c, XML_WARNING, n, "", "nothing runs after a Redirect");
    if (after_stream && str_eq(n->name, STR("Stream")))
        xml_find(c, XML_WARNING, n, "", "a call has one stream");
    if (after_stream && str_eq(n->name, STR("Record")))
        xml_find(c, XML_WARNING, n, "", "a recording has to begin before the stream");
}

void plivoxml_rule(struct checking *c, const struct xml_node *parent, const struct xml_node *n) {
    static const struct {
        struct str element;
        void (*judge)(struct checking *c, const struct xml_node *n);
    } rules[] = {
        {STR_INIT("Speak"), judge_speak},   {STR_INIT("Play"), need_url},
        {STR_INIT("Redirect"), need_url},   {STR_INIT("Number"), need_text},
        {STR_INIT("User"), need_text},      {STR_INIT("Dial"), judge_dial},
        {STR_INIT("Stream"), judge_stream}, {STR_INIT("Reject"), refuse_twiml},
    };
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        if (str_eq(n->name, rules[i].element))
            rules[i].judge(c, n);
    if (parent && str_eq(parent->name, STR("Response")))
        judge_order(c, parent, n);
}
