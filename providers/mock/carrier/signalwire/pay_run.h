#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_PAY_RUN_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_PAY_RUN_H

/* A running `pay` ("SignalWire docs: pay"). */
struct pay_run;

void pay_run_free(struct pay_run *p); /* NULL is fine */

#endif
