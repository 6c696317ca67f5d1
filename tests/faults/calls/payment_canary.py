#!/usr/bin/env python3
"""Looks for planted cards, security codes and postal codes in everything a gateway leaves behind.

Callees pay and are declined, on each wire that can, and with a payment processor over HTTP; carrier
and processor run in processes of their own. Then: data directory with its write-ahead log, log at
debug level, API replies, and the memory of the gateway, which is still running.
"""
import base64
import concurrent.futures
import contextlib
import http.server
import json
import re
import sys
import threading

import rig
from rig import expect

# (suffix, card, code, postal code): nothing that could be there by chance
CALLEES = [("30", "378734493671000", "7391", "8360917452"),
           ("31", "4539578763621486", "", "6174920385"),
           ("09", "4000000000000002", "", "")]
SCENARIO = {"callees": [
    {"suffix": s, "like": "08", "card": {"number": n, "expiry": "1230", "code": c or "739", "postal_code": p}}
    for s, n, c, p in CALLEES if p]}
PASSWORD = "canary-payment-51c0"
SLOW = "3.33"
DIRECT = {"cardnumber": "371449635398431", "cvv": "6284", "postal_code": "5093817264",
          "chargeAmount": "1.00", "expiration_date": "1230"}


def needles():
    found = {}
    for suffix, card, code, postal in CALLEES:
        if not postal: # the declined test card is a constant of the program
            continue
        found[f"the card of {suffix}"] = card.encode()
        if code:
            found[f"the code of {suffix}"] = b'cvv":"' + code.encode()
        found[f"the postal code of {suffix}"] = postal.encode()
    found["the card of a direct request"] = DIRECT["cardnumber"].encode()
    found["the code of a direct request"] = b'cvv": "' + DIRECT["cvv"].encode()
    found["the postal code of a direct request"] = DIRECT["postal_code"].encode()
    return found


def memory_of(pid):
    """Every readable piece of a process's memory."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+\s*(\S*)", line)
            if not match or match[3].startswith(("[vvar", "[vsyscall")):
                continue
            start, end = int(match[1], 16), int(match[2], 16)
            try:
                mem.seek(start)
                yield match[3] or "anonymous memory", mem.read(end - start)
            except OSError:
                continue # guard pages


def wiped(pid):
    """{what: where it still is}; what was answered a moment ago gets time to be wiped."""
    found = {}

    def clean():
        pieces = list(memory_of(pid))
        expect(any(b"payment.completed" in content for _, content in pieces), "the memory can be looked through")
        found.update({what: [w for w, content in pieces if needle in content]
                      for what, needle in needles().items()})
        return not any(found.values())

    with contextlib.suppress(rig.NotInTime):
        rig.until(clean, "all is wiped")
    return found


class Processor(http.server.BaseHTTPRequestHandler):
    """Charges everything but the test card that is declined, and repeats what it was sent."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.keys.append(self.headers["Idempotency-Key"])
        if asked["chargeAmount"] == SLOW and len(self.server.keys) == 1:
            self.server.goes_on.wait(rig.WAIT_S)
        reply = {"echo": asked, "charge_id": "ch_1"}
        if asked["cardnumber"] == CALLEES[2][1]:
            reply = {"error_code": "card_declined", "error_message": "not " + asked["cardnumber"]}
        body = json.dumps(reply).encode()
        with contextlib.suppress(ConnectionError):  # whoever asked may be dead
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def processor():
    """The server, and settings of a gateway that charges there."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Processor)
    server.daemon_threads, server.keys, server.goes_on = True, [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server, {"PAYMENT_GATEWAY": "http", "PAYMENT_CONNECTOR_PASSWORD": PASSWORD,
               "PAYMENT_HTTP_URL": f"http://127.0.0.1:{server.server_address[1]}/charge"}
    finally:
        server.shutdown()


def run(results, name, wire, settings):
    with rig.temporary_directory() as directory:
        scenario = directory / "scenario.json"
        scenario.write_text(json.dumps(SCENARIO))
        carrier = rig.Carrier(speed="40", scenario=str(scenario), wire=wire)
        gateway = rig.Gateway(directory / "data", carrier, rig.free_port(),
                              more={**settings, "SWITCHHOOK_LOG_LEVEL": "debug"})
        try:
            gateway.must_be_ready()
            calls = [gateway.place(f"+120255501{suffix}", "payment-agent") for suffix, *_ in CALLEES]
            ended = [gateway.must_end(call) for call in calls]
            with results.case(f"{name}: the callees paid, or were declined"):
                got = [[p["status"] for p in call["payments"]] for call in ended]
                expect("succeeded" in got[0] and "succeeded" in got[1] and
                       got[2] and "succeeded" not in got[2], got)
            login = base64.b64encode(f"any:{PASSWORD}".encode()).decode()
            head = {"Content-Type": "application/json", "Authorization": f"Basic {login}"}
            status, _, reply = rig.request(gateway.port, "POST", "/payment", json.dumps(DIRECT), head)
            bad, _, no = rig.request(gateway.port, "POST", "/payment", json.dumps(DIRECT)[:-1], head)
            with results.case(f"{name}: a direct request is charged, half a one is not"):
                expect(status == 200 and bad == 400, (status, reply, bad, no))
            texts = [reply, no] + [json.dumps(gateway.get(f"/api/calls/{c}{part}")).encode()
                                   for c in calls for part in ("", "/transcript", "/events")]
            left = [("the log", gateway.complaints().encode())]
            left += [(f"API reply {i}", t) for i, t in enumerate(texts)]
            left += [(f"data/{p.name}", p.read_bytes()) for p in (directory / "data").rglob("*") if p.is_file()]
            for what, needle in needles().items():
                with results.case(f"{name}: {what} is in nothing that is kept or told"):
                    where = [w for w, content in left if needle in content]
                    expect(not where, where)
            found = {}
            with results.case(f"{name}: the memory of the gateway can be looked through"):
                found = wiped(gateway.pid)
            for what, where in found.items():
                with results.case(f"{name}: {what} is not in the memory of the gateway"):
                    expect(not where, where)
        finally:
            gateway.kill()
            carrier.stop()


def charge(port):
    """One and the same transaction, as a carrier asks for it."""
    login = base64.b64encode(f"any:{PASSWORD}".encode()).decode()
    body = json.dumps({**DIRECT, "chargeAmount": SLOW, "transaction_id": "canary-1"})
    with contextlib.suppress(OSError):
        return rig.request(port, "POST", "/payment", body,
                           {"Content-Type": "application/json", "Authorization": f"Basic {login}"})


def kill(results, server, settings):
    """The gateway dies while it is charged: asked again it goes on under the same key."""
    with rig.temporary_directory() as directory:
        carrier, port = rig.Carrier(), rig.free_port()
        gateways = []
        try:
            gateways.append(rig.Gateway(directory / "data", carrier, port, more=settings))
            gateways[0].must_be_ready()
            threading.Thread(target=charge, args=(port,), daemon=True).start()
            rig.until(lambda: server.keys, "the processor is asked")
            gateways[0].kill()
            server.goes_on.set()
            gateways.append(rig.Gateway(directory / "data", carrier, port, more=settings))
            gateways[1].must_be_ready()
            with results.case("http: a charge that a kill cut short is known to be uncertain"):
                expect("a charge may have been made" in gateways[1].complaints(),
                       gateways[1].complaints())
            with results.case("http: and goes on under its key"):
                status, _, reply = charge(port)
                expect(status == 200 and server.keys[0] == server.keys[1], (reply, server.keys))
        finally:
            for gateway in gateways:
                gateway.kill()
            carrier.stop()


def main(names):
    results = rig.Results()
    worlds = {n: (w, {"PAYMENT_GATEWAY": "mock"}) for n, w in rig.WIRES.items() if n != "plivo"}
    with processor() as (_, settings), concurrent.futures.ThreadPoolExecutor(len(worlds) + 1) as pool:
        worlds["http"] = (rig.WIRES["signalwire"], settings)
        list(pool.map(lambda name: run(results, name, *worlds[name]),
                      [n for n in worlds if not names or n in names]))
    if not names or "http" in names:
        with processor() as (server, settings):
            kill(results, server, settings)
    return results.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
