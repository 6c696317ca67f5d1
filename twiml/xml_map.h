#ifndef TWIML_XML_MAP_H
#define TWIML_XML_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/compiler.h"
#include "core/base/str.h"
#include "core/domain/plan.h"

/*
 * Which attribute carries which member of the plan. One row works in both directions, so that
 * writing and reading cannot disagree. Private to twiml/.
 */
enum xml_codec {
    XML_CODEC_UNKNOWN = 0,
    XML_CODEC_STR,            /* struct str as it is */
    XML_CODEC_LINK,           /* struct plan_link; its method in method_attr, if there is one */
    XML_CODEC_U32,            /* uint32_t in min..max (0: no bound); 0 is not written */
    XML_CODEC_LOOP,           /* int32_t up to max; for ever is "0" */
    XML_CODEC_WORDS,          /* an enum, through `words`; 0 is not written */
    XML_CODEC_BOOL,           /* bool, through `words`; false is not written */
    XML_CODEC_STR_WORDS,      /* struct str that holds a plan's word, through `words` */
    XML_CODEC_INPUT,          /* gather's set */
    XML_CODEC_FINISH_KEY,     /* gather's finish_key, which may be set and empty */
    XML_CODEC_SPEECH_TIMEOUT, /* gather's speech_timeout_s or speech_timeout_auto */
    XML_CODEC_FIXED,          /* no member: `said` is what a plan means by it */
    XML_CODEC_ELSEWHERE,      /* no member: the verb itself writes and reads it */
    XML_CODEC_UNSAID,         /* a member that the language has no attribute for */
    XML_CODEC_COUNT
};

struct xml_word {
    const char *word; /* in the document; the first row with a value is the one that is written */
    unsigned value;   /* of the enum or bool */
    const char *plan; /* XML_CODEC_STR_WORDS: the plan's word */
    bool lossy;       /* reading it loses a nuance */
};

struct xml_map {
    struct str attr;
    struct str method_attr;
    enum xml_codec codec;
    size_t offset;
    const char *member; /* of the plan, for messages */
    uint32_t min, max;
    uint32_t unset;  /* XML_CODEC_U32: an unset member is written as this number and read back */
    uint32_t absent; /* XML_CODEC_U32: what the carrier takes when the attribute is missing */
    const struct xml_word *words; /* a NULL word ends it */
    const char *none;             /* XML_CODEC_FINISH_KEY: the word for no key at all; NULL: "" */
    const char *said;             /* XML_CODEC_FIXED */
    bool always;                  /* written when unset, too */
    bool judged;                  /* on writing too, the grammar decides whether a text passes */
    size_t unsaid_bytes;          /* XML_CODEC_UNSAID: size of the member */
    const char *remedy;           /* XML_CODEC_UNSAID */
};

/** The rows of one element. */
struct xml_maps {
    struct str element;
    const struct xml_map *rows;
    size_t count;
    bool defaults; /* some rows know what a missing attribute means */
};

/* One row: attribute, codec, the struct and its member. */
#define SWH_ROW(attr_, codec_, type_, member_, ...)                                \
    {                                                                              \
        .attr = STR_INIT(attr_), .codec = XML_CODEC_##codec_,                      \
        .offset = offsetof(struct type_, member_), .member = #member_, __VA_ARGS__ \
    }
#define SWH_TEXT(attr_, type_, member_)   SWH_ROW(attr_, STR, type_, member_, .judged = false)
#define SWH_JUDGED(attr_, type_, member_) SWH_ROW(attr_, STR, type_, member_, .judged = true)
#define SWH_LINK(attr_, method_, type_, member_) \
    SWH_ROW(attr_, LINK, type_, member_, .method_attr = STR_INIT(method_))
#define SWH_NUMBER(attr_, type_, member_, min_, max_) \
    SWH_ROW(attr_, U32, type_, member_, .min = (min_), .max = (max_))
#define SWH_FLAG(attr_, type_, member_) \
    SWH_ROW(attr_, BOOL, type_, member_, .words = xml_flag_words)
#define SWH_CHOICE(attr_, type_, member_, words_) \
    SWH_ROW(attr_, WORDS, type_, member_, .words = (words_))
#define SWH_UNSAID(type_, member_, remedy_)                                                       \
    {                                                                                             \
        .codec = XML_CODEC_UNSAID, .offset = offsetof(struct type_, member_), .member = #member_, \
        .remedy = (remedy_), .unsaid_bytes = sizeof(((struct type_ *)0)->member_)                 \
    }
#define SWH_MAPS(element_, rows_) \
    { .element = STR_INIT(element_), .rows = rows_, .count = ARRAY_LEN(rows_) }
#define SWH_TABLE(name_, element_, rows_) const struct xml_maps name_ = SWH_MAPS(element_, rows_)

/** A table that knows what missing attributes mean. */
#define SWH_DEFAULTS(name_, element_, rows_) \
    const struct xml_maps name_ = {          \
        .element = STR_INIT(element_), .rows = rows_, .count = ARRAY_LEN(rows_), .defaults = true}

/** "true" and "false" of a bool; of an enum plan_tristate. */
extern const struct xml_word xml_flag_words[], xml_tristate_words[];

/** "POST" and "GET" of an enum plan_method. */
extern const struct xml_word xml_method_words[];

/** For elements whose attributes a plan has no place for. */
extern const struct xml_maps xml_no_attrs;

#endif
