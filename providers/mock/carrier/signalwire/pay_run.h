#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_PAY_RUN_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_PAY_RUN_H

/*
 * A running `pay` ("SignalWire docs: pay"): the callee types its card, each step is checked, and
 * the connector is asked once for the charge. What was typed is never logged and never becomes a
 * variable; it is wiped when the verb is through.
 */
struct pay_run;

void pay_run_free(struct pay_run *p); /* NULL is fine */

#endif
