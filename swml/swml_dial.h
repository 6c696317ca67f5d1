#ifndef SWML_SWML_DIAL_H
#define SWML_SWML_DIAL_H

/* How connect names who is called ("SignalWire docs: connect"). Private to swml/. */
#define SWML_QUEUE  "queue:"
#define SWML_STREAM "stream:"
#define SWML_PUBLIC "/public/" /* where a client's name becomes a resource's address */

/** What a leg's notices tell: a plan's word and the carrier's. NULL ends the list. */
struct swml_event {
    const char *plan, *swml;
};
extern const struct swml_event swml_leg_events[];

/** control_id of the recording that takes the place of a bridge's own. */
extern const char swml_dial_recording[];

#endif
