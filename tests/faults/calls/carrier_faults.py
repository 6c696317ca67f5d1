#!/usr/bin/env python3
"""A carrier that answers badly when a call is handed to it: it is asked to place the call once.

The numbers of the cases (F02 …) are those of docs/reliability.md. All calls are under way side by
side, as settling an outcome that is neither yes nor no begins after five seconds.
"""
import socket
import sys
import time

import rig
from rig import expect


def swallowed(leg, handler):
    """F05: the call is accepted, the reply never comes"""
    handler.connection.shutdown(socket.SHUT_RDWR)
    return True


def half_a_reply(leg, handler):
    """F02: the reply is cut"""
    handler.wfile.write(b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"sid": "CA')
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_WR)
    return True


def error_after_accepting(leg, handler):
    """F07: 500 for a call that was accepted"""
    handler.reply(500, {"code": 20500, "message": "Internal server error", "status": 500})
    return True


def page(leg, handler):
    """F56: a page instead of a document"""
    body = b"<html>It works!</html>"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
    return True


def flood(leg, handler):
    """F56: a reply without end"""
    handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n")
    try:
        for _ in range(4096):
            handler.wfile.write(b"[" * 4096)
    except OSError:
        pass  # the client has had enough
    handler.close_connection = True
    return True


def moved(leg, handler):
    """S21: a redirect is not followed"""
    handler.send_response(307)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()
    return True


AMBIGUOUS = [swallowed, half_a_reply, error_after_accepting, page, flood, moved]
EARLY, THROTTLED = 20, 90


def number(index):
    return f"+120255502{index:02d}"


class Bad:
    """Carrier and gateway; what the carrier does depends on the number."""

    def __init__(self, directory):
        self.carrier = rig.Exchange(self.create)
        self.gateway = rig.Gateway(directory / "data", self.carrier, rig.free_port()).must_be_ready()
        self.early, self.throttled = [], []

    def create(self, leg, handler):
        index = int(leg.to[-2:])
        if index < len(AMBIGUOUS):
            return AMBIGUOUS[index](leg, handler)
        if index == THROTTLED and not self.throttled:
            self.throttled.append(time.monotonic())
            self.carrier.legs.remove(leg)
            handler.send_response(429)
            handler.send_header("Retry-After", "2")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return True
        if index == THROTTLED:
            self.throttled.append(time.monotonic())
        if EARLY <= index < THROTTLED:  # faster than its own reply
            for sequence, word in enumerate(("initiated", "ringing")):
                self.early.append(self.send(leg, word, sequence))
        return False

    def send(self, leg, word, sequence):
        return self.gateway.webhook(self.gateway.base_url + leg.status_path, leg.status(word, sequence))


def placed_once(bad, ids, index):
    """Settled by the carrier's list, or by a callback; asked once; ends."""
    to, gateway = number(index), bad.gateway
    rig.until(lambda: gateway.get(f"/api/calls/{ids[index]}")["provider_call_id"],
              "the call is found at the carrier")
    events = gateway.events(ids[index])
    expect("call.unknown" in events, f"the outcome was ambiguous: {events}")
    legs = [leg for leg in bad.carrier.legs if leg.to == to]
    expect(len(legs) == 1, f"the carrier was asked {len(legs)} times")
    expect(bad.send(legs[0], "completed", 3) == 204, "a callback finds the call")
    expect(gateway.must_end(ids[index])["status"] == "completed", "it ends")
    expect(len([leg for leg in bad.carrier.legs if leg.to == to]) == 1, "it was asked again")


def early_callbacks(bad, ids):
    """F11, F12: callbacks that come before the reply"""
    rig.until(lambda: len(bad.early) == 2 * (THROTTLED - EARLY), "all are sent")
    expect(set(bad.early) == {204}, f"each is taken: {bad.early}")
    for index in range(EARLY, THROTTLED):
        rig.until(lambda i=index: bad.gateway.events(ids[i]) == ["call.queued", "call.dialing", "call.ringing"],
                  f"it is ringing, nothing else: {bad.gateway.events(ids[index])}")


def throttled(bad, ids):
    """F08: 429 with Retry-After"""
    rig.until(lambda: len(bad.throttled) == 2, "it is tried again")
    expect(bad.throttled[1] - bad.throttled[0] >= 2, f"not before 2 s: {bad.throttled}")
    events = bad.gateway.events(ids[THROTTLED])
    expect(events[:2] == ["call.queued", "call.retry"], f"its story: {events}")


def carrier_away(directory):
    """F09: nobody listens at the carrier; it is tried again and rings once when it is back"""
    class Nobody:
        account, token, number = rig.Exchange.account, rig.Exchange.token, rig.Exchange.number
        base_url = f"http://127.0.0.1:{rig.free_port()}"

    gateway = rig.Gateway(directory / "away", Nobody, rig.free_port()).must_be_ready()
    call = gateway.place(number(0))
    rig.until(lambda: "call.retry" in gateway.events(call), "it is tried again")
    carrier = rig.Exchange(port=int(Nobody.base_url.rsplit(":", 1)[1]))
    rig.until(lambda: gateway.get(f"/api/calls/{call}")["status"] == "dialing", "it is placed")
    expect(len(carrier.legs) == 1, f"it rang {len(carrier.legs)} times")
    expect("call.unknown" not in gateway.events(call), "no request had left, so nothing was ambiguous")
    expect(gateway.stop() == 0, "the gateway ends")
    carrier.stop()


def main():
    results = rig.Results()
    with rig.temporary_directory() as directory:
        bad = Bad(directory)
        indexes = [*range(len(AMBIGUOUS)), *range(EARLY, THROTTLED + 1)]
        ids = {i: bad.gateway.place(number(i)) for i in indexes}
        for case in (early_callbacks, throttled):
            with results.case(case.__doc__):
                case(bad, ids)
        with results.case(carrier_away.__doc__):
            carrier_away(directory)
        for index, fault in enumerate(AMBIGUOUS):
            with results.case(fault.__doc__):
                placed_once(bad, ids, index)
        with results.case("the gateway ends as it should"):
            expect(bad.gateway.stop() == 0, bad.gateway.complaints()[-300:])
            rig.check_database(directory / "data")
        bad.carrier.stop()
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
