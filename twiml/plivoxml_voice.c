#include "twiml/plivoxml_voice.h"

#include "core/base/compiler.h"

/* Plivo docs: Speak. The voices of Polly are the first ones of the language in Plivo's list. */
static const struct spoken {
    struct str language;
    bool woman, man; /* spoken by WOMAN, by MAN */
    struct str polly, polly_man;
} languages[] = {
    {STR_INIT("en-US"), true, true, STR_INIT("Polly.Joanna"), STR_INIT("Polly.Matthew")},
    {STR_INIT("da-DK"), true, false, STR_INIT("Polly.Naja"), STR_INIT("Polly.Mads")},
    {STR_INIT("nl-NL"), true, true, STR_INIT("Polly.Lotte"), STR_INIT("Polly.Ruben")},
    {STR_INIT("en-AU"), true, true, STR_INIT("Polly.Nicole"), STR_INIT("Polly.Russell")},
    {STR_INIT("en-GB"), true, true, STR_INIT("Polly.Amy"), STR_INIT("Polly.Brian")},
    {STR_INIT("fr-FR"), true, true, STR_INIT("Polly.Celine"), STR_INIT("Polly.Mathieu")},
    {STR_INIT("fr-CA"), true, false, STR_INIT("Polly.Chantal"), STR_INIT("Polly.Chantal")},
    {STR_INIT("de-DE"), true, true, STR_INIT("Polly.Marlene"), STR_INIT("Polly.Hans")},
    {STR_INIT("it-IT"), true, true, STR_INIT("Polly.Carla"), STR_INIT("Polly.Giorgio")},
    {STR_INIT("pl-PL"), true, true, STR_INIT("Polly.Ewa"), STR_INIT("Polly.Jacek")},
    {STR_INIT("pt-PT"), false, true, STR_INIT("Polly.Ines"), STR_INIT("Polly.Cristiano")},
    {STR_INIT("pt-BR"), true, true, STR_INIT("Polly.Vitoria"), STR_INIT("Polly.Ricardo")},
    {STR_INIT("ru-RU"), true, false, STR_INIT("Polly.Tatyana"), STR_INIT("Polly.Maxim")},
    {STR_INIT("es-ES"), true, true, STR_INIT("Polly.Conchita"), STR_INIT("Polly.Enrique")},
    {STR_INIT("es-US"), true, true, STR_INIT("Polly.Penelope"), STR_INIT("Polly.Miguel")},
    {STR_INIT("sv-SE"), true, false, STR_INIT("Polly.Astrid"), STR_INIT("Polly.Astrid")},
    {STR_INIT("hi-IN"), false, false, STR_INIT("Polly.Aditi"), STR_INIT("Polly.Aditi")},
    {STR_INIT("en-IN"), false, false, STR_INIT("Polly.Raveena"), STR_INIT("Polly.Raveena")},
    {STR_INIT("is-IS"), false, false, STR_INIT("Polly.Dora"), STR_INIT("Polly.Karl")},
    {STR_INIT("ja-JP"), false, false, STR_INIT("Polly.Mizuki"), STR_INIT("Polly.Takumi")},
    {STR_INIT("ko-KR"), false, false, STR_INIT("Polly.Seoyeon"), STR_INIT("Polly.Seoyeon")},
    {STR_INIT("cmn-CN"), false, false, STR_INIT("Polly.Zhiyu"), STR_INIT("Polly.Zhiyu")},
    {STR_INIT("nb-NO"), false, false, STR_INIT("Polly.Liv"), STR_INIT("Polly.Liv")},
    {STR_INIT("ro-RO"), false, false, STR_INIT("Polly.Carmen"), STR_INIT("Polly.Carmen")},
    {STR_INIT("tr-TR"), false, false, STR_INIT("Polly.Filiz"), STR_INIT("Polly.Filiz")},
    {STR_INIT("cy-GB"), false, false, STR_INIT("Polly.Gwyneth"), STR_INIT("Polly.Gwyneth")},
    {STR_INIT("en-GB-WLS"), false, false, STR_INIT("Polly.Geraint"), STR_INIT("Polly.Geraint")},
    {STR_INIT("arb"), false, false, STR_INIT("Polly.Zeina"), STR_INIT("Polly.Zeina")},
    {STR_INIT("es-MX"), false, false, STR_INIT("Polly.Mia"), STR_INIT("Polly.Mia")},
};

static const struct str polly = STR_INIT("Polly.");

static size_t letters(struct str s) {
    size_t n = 0;
    while (n < s.len &&
           ((s.ptr[n] >= 'a' && s.ptr[n] <= 'z') || (s.ptr[n] >= 'A' && s.ptr[n] <= 'Z')))
        n++;
    return n;
}

bool plivoxml_voice_is_polly(struct str voice) {
    struct str name = str_from_index(voice, polly.len);
    return str_starts(voice, polly) && name.len > 0 && letters(name) == name.len;
}

static const struct spoken *find(struct str language) {
    for (size_t i = 0; i < ARRAY_LEN(languages); i++)
        if (str_eq_nocase(language, languages[i].language))
            return &languages[i];
    return NULL;
}

/* Another country's form of the same language, which is better than English. */
static const struct spoken *find_akin(struct str language) {
    size_t n = letters(language);
    for (size_t i = 0; n >= 2 && i < ARRAY_LEN(languages); i++)
        if (letters(languages[i].language) == n &&
            str_eq_nocase(str_from(language.ptr, n), str_from(languages[i].language.ptr, n)))
            return &languages[i];
    return NULL;
}

bool plivoxml_voice_speaks(bool man, struct str language) {
    const struct spoken *s = language.len == 0 ? &languages[0] : find(language);
    return s && (man ? s->man : s->woman) && (language.len == 0 || str_eq(language, s->language));
}

struct str plivoxml_voice_read(struct str voice) {
    if (str_eq(voice, STR("WOMAN")))
        return STR("woman");
    if (str_eq(voice, STR("MAN")))
        return STR("man");
    return plivoxml_voice_is_polly(voice) ? voice : (struct str){0};
}

static bool is_woman(struct str voice) {
    return str_eq_nocase(voice, STR("woman")) || str_eq_nocase(voice, STR("alice"));
}

/* The voice alone; *man when a man was asked for. */
static void choose_voice(struct plivoxml_voice *v, struct str voice, bool *man) {
    *man = str_eq_nocase(voice, STR("man"));
    size_t name = letters(str_from_index(voice, polly.len));
    if (voice.len == 0)
        return;
    if (*man || is_woman(voice)) {
        v->voice = *man ? STR("MAN") : STR("WOMAN");
    } else if (plivoxml_voice_is_polly(voice)) {
        v->voice = voice;
    } else if (str_starts(voice, polly) && name > 0) { /* "Polly.Joanna-Neural" */
        v->voice = str_from(voice.ptr, polly.len + name);
        v->instead_voice = "the same voice without its engine";
    } else {
        v->instead_voice = "the carrier's own voice speaks";
    }
}

struct plivoxml_voice plivoxml_voice_for(struct str voice, struct str language, bool ssml) {
    struct plivoxml_voice v = {.language = language};
    bool man;
    choose_voice(&v, voice, &man);
    bool by_polly = plivoxml_voice_is_polly(v.voice);
    if (by_polly || (!ssml && plivoxml_voice_speaks(man, language)))
        return v;
    const struct spoken *s = language.len == 0 ? &languages[0] : find(language);
    if (!s) {
        s = find_akin(language);
        v.language = s ? s->language : (struct str){0};
        v.instead_language = s ? "another country's form of it is spoken" : "English is spoken";
        s = s ? s : &languages[0];
    } else if (language.len > 0) {
        v.language = s->language; /* in its usual case */
    }
    if (!ssml && (man ? s->man : s->woman))
        return v;
    v.voice = man ? s->polly_man : s->polly;
    v.instead_voice = "a voice of Polly that speaks it";
    return v;
}
