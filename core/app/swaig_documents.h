#ifndef CORE_APP_SWAIG_DOCUMENTS_H
#define CORE_APP_SWAIG_DOCUMENTS_H

#include "core/domain/text.h"
#include "swml/agent.h"

/** The document of an assistant for a number that points at /swml/{assistant}. */
struct swaig_document_wish {
    const struct assistant *assistant; /* borrowed by the document */
    struct str base_url;
    text_lookup_fn *lookup; /* what ${name} in the assistant's texts stands for */
    void *lookup_ctx;
    bool send_log; /* functions get the conversation so far */
};

/** Make it; as swml_agent_make(), and ERR_LIMIT when too much would be said at once. */
NODISCARD enum error_code swaig_make_document(const struct swaig_document_wish *w,
                                              struct swml_agent_document **out,
                                              struct plan_loss_report *loss, struct error *err);

#endif
