#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_AI_AGENT_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_AI_AGENT_H

#include "providers/mock/carrier/exec.h"

/*
 * The agent of the verb `ai` ("SignalWire docs: ai, SWAIG"), without a language model: what it says
 * and which functions it calls follows from the document, from what the callee says and from fixed
 * rules, so the same call is the same each time. docs/internals/box-agent.md has the rules.
 */
struct agent;

void agent_free(struct agent *a); /* NULL is fine */

/** A document that one of its functions asked for is through. */
enum exec_next agent_after_document(struct carrier *c, struct leg *l);

/** The call is over, or another document replaces the agent's: its last words to the application.
 */
void agent_leave(struct carrier *c, struct leg *l);

#endif
