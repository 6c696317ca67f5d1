#ifndef CORE_DOMAIN_PROVIDER_IMPL_H
#define CORE_DOMAIN_PROVIDER_IMPL_H

/*
 * For code that implements a provider. Code that uses one includes provider.h only; tests/arch
 * keeps it that way.
 */
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/domain/provider.h"

/** What a provider is made from. Strings and secrets are copied; http, clock and log must outlive
 * the provider. */
struct provider_config {
    struct str account;         /* AccountSid, AuthId, ProjectId */
    const struct secret *token; /* authenticates unless key is set; signs webhooks unless
                                 * signing_key is set */
    struct str key_id;          /* optional API key pair */
    const struct secret *key_secret;
    const struct secret *signing_key; /* where webhooks are signed with a key of their own */
    struct str space;                 /* the account's part of the API's host, where it has one */
    struct str number;                /* default caller id, E.164 */
    struct str base_url;              /* "": desc->base_url */
    struct str public_base_url; /* what carriers see of us: signatures are checked against it */
    struct http_client *http;
    struct clock clock;
    struct log *log; /* may be NULL */
};

/** See the functions of the same name in provider.h for each contract. NULL needs no capability
 * bit. */
struct provider_ops {
    void (*destroy)(struct provider *p); /* frees p itself; required */
    enum provider_outcome (*place_call)(struct provider *p, const struct provider_place *req,
                                        struct provider_call *out, struct error *err);
    enum error_code (*end_call)(struct provider *p, struct str sid, struct error *err);
    enum error_code (*redirect_call)(struct provider *p, struct str sid, struct str url,
                                     struct error *err);
    enum error_code (*look_up)(struct provider *p, struct str sid, struct provider_call *out,
                               struct error *err);
    enum error_code (*list_calls)(struct provider *p, const struct provider_list_filter *f,
                                  struct arena *a, struct provider_call **out, size_t *count,
                                  struct error *err);
    enum error_code (*control_recording)(struct provider *p,
                                         const struct provider_recording_control *c, char *out_sid,
                                         struct error *err);
    enum error_code (*fetch_recording)(struct provider *p, struct str call_sid, struct str sid,
                                       bool mp3, http_sink_fn *sink, void *ctx,
                                       struct provider_audio *out, struct error *err);
    enum error_code (*delete_recording)(struct provider *p, struct str call_sid, struct str sid,
                                        struct error *err);
    enum error_code (*check)(struct provider *p, char *text, size_t text_size, struct error *err);
    enum error_code (*read_webhook)(struct provider *p, const struct webhook_request *req,
                                    struct arena *a, struct webhook_news *out,
                                    struct error *err); /* required */
    enum error_code (*render_plan)(struct provider *p, const struct plan *plan, struct buf *out,
                                   struct plan_loss_report *loss, struct error *err); /* required */
};

/** What every provider embeds. Set once by provider_init(), then read-only. */
struct provider {
    const struct provider_ops *ops;
    const struct provider_desc *desc;
};

/** Asserts that each capability of desc has its operation and the required ones are there. */
void provider_init(struct provider *p, const struct provider_ops *ops,
                   const struct provider_desc *desc);

#endif
