#ifndef CORE_APP_CONFIG_TABLE_H
#define CORE_APP_CONFIG_TABLE_H

/* The table of settings: what config.c parses, presets, explains and prints. */
#include "core/app/config.h"

enum {
    CONFIG_ALIASES_MAX = 3
};

enum config_kind {
    CONFIG_KIND_TEXT = 1,
    CONFIG_KIND_SECRET,
    CONFIG_KIND_BOOL,
    CONFIG_KIND_CHOICE, /* one of `choices`, space separated; also "" where there is no preset */
    CONFIG_KIND_URL,    /* http(s)://host…; a trailing slash is cut off */
    CONFIG_KIND_PHONE,
    CONFIG_KIND_LISTEN, /* host:port */
    CONFIG_KIND_NUMBER, /* decimal, at least 0 */
    CONFIG_KIND_SEED,
    CONFIG_KIND_SPACE, /* an account's host name, or its first part */
    CONFIG_KIND_RATE,  /* a number, or CONFIG_PACE_OWN when it is not set */
    CONFIG_KIND_COUNT, /* the same, of whole things */
};

struct config_setting {
    const char *name;
    const char *aliases[CONFIG_ALIASES_MAX];
    enum config_kind kind;
    size_t offset;      /* in struct config */
    const char *preset; /* default; "" none */
    const char *choices;
    enum config_carrier needed_by; /* required when it is in use; 0: optional */
    const char *group;             /* heading in env.example; NULL: same as above */
    const char *help;
};

extern const struct config_setting config_table[];
extern const size_t config_table_size;

#endif
