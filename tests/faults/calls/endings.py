#!/usr/bin/env python3
"""Signals to a gateway under load, and a second gateway in its data directory.

The numbers of the cases (F38 …) are those of docs/reliability.md.
"""
import concurrent.futures
import itertools
import signal
import sys
import time

import rig
from rig import expect

CALLS = 40
SENDERS = 8
STORY = {"initiated": "call.dialing", "ringing": "call.ringing", "in-progress": "call.answered",
         "completed": "call.completed"}


class Load:
    """Calls that are open, and senders of their callbacks."""

    def __init__(self, directory):
        self.directory = directory
        self.carrier = rig.Exchange()
        self.port = rig.free_port()
        self.start()
        for i in range(CALLS):
            self.gateway.place(f"+120255503{i:02d}")
        rig.until(lambda: len(self.carrier.legs) == CALLS, "all are handed over")

    def start(self):
        self.gateway = rig.Gateway(self.directory / "data", self.carrier, self.port).must_be_ready()

    def send(self, signal_after=0, signals=()):
        """Send every call's callbacks; after so many acknowledgements the signals. With signals they
        are sent again and again, so that the end comes in the middle of it. Returns what was
        acknowledged."""
        acknowledged = set()

        def one(legs):
            for leg, sequence in itertools.product(legs, range(len(STORY))):
                word = list(STORY)[sequence]
                url = self.gateway.base_url + leg.status_path
                status = self.gateway.webhook(url, leg.status(word, sequence))
                expect(status in (204, 503), f"a callback gets {status}")
                if status == 204:
                    acknowledged.add((leg.to, STORY[word]))

        def sender(number):
            end = time.monotonic() + rig.WAIT_S
            try:
                one(self.carrier.legs[number::SENDERS])
                while signals:
                    expect(time.monotonic() < end, "callbacks are taken after the signal")
                    one(self.carrier.legs[number::SENDERS])
            except rig.NO_REPLY:
                expect(signals, "a callback gets no reply")

        def signaller():
            rig.until(lambda: len(acknowledged) >= signal_after, "callbacks are taken")
            for number in signals:
                self.gateway.signal(number)

        with concurrent.futures.ThreadPoolExecutor(SENDERS + 1) as pool:
            asked = pool.submit(signaller)
            list(pool.map(sender, range(SENDERS)))
            asked.result()
        return acknowledged

    def check(self, acknowledged):
        """After a restart all of it is there."""
        self.start()
        calls = {c["to"]: c["id"] for c in self.gateway.get("/api/calls?limit=200")["items"]}
        events = {to: self.gateway.events(i) for to, i in calls.items()}
        lost = [(to, e) for to, e in acknowledged if e not in events[to]]
        expect(not lost, f"acknowledged, and lost: {lost}")
        expect(len(calls) == CALLS, f"{len(calls)} of {CALLS} calls")
        expect(all(len(e) == len(set(e)) for e in events.values()), "an event came twice")


def term(load):
    """F38: SIGTERM under load"""
    acknowledged = load.send(40, [signal.SIGTERM])
    status = load.gateway.wait(30)
    expect(status == 0, f"it ends with {status}: {load.gateway.complaints()[-300:]}")
    load.check(acknowledged)


def term_twice(load):
    """F39: SIGTERM twice"""
    with rig.socket.create_connection(("127.0.0.1", load.port)) as slow:  # holds the drain up
        slow.sendall(b"POST /api/calls HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        acknowledged = load.send(20, [signal.SIGTERM])
        expect(load.gateway.alive(), "it waits for a request that is on its way")
        load.gateway.signal(signal.SIGTERM)
        status = load.gateway.wait()
    expect(status == 130, f"the second one ends it at once: {status}")
    load.check(acknowledged)


def kill_in_drain(load):
    """F39: SIGKILL during the drain"""
    acknowledged = load.send(20, [signal.SIGTERM, signal.SIGKILL])
    status = load.gateway.wait()
    expect(status == -9, f"it was killed: {status}")
    load.check(acknowledged)


def second_gateway(load):
    """F59: two gateways on one data directory"""
    second = rig.Gateway(load.directory / "data", load.carrier, rig.free_port())
    expect(not second.ready(), "the second one does not start")
    status = second.wait()
    expect(status == 1 and "in use by another process" in second.complaints(),
           f"it says why: {status} {second.complaints()}")
    acknowledged = load.send()
    expect(len(acknowledged) == CALLS * len(STORY), "the first one is not disturbed")
    expect(load.gateway.stop() == 0, "and ends as it should")
    load.check(acknowledged)
    expect(all(load.gateway.must_end(c["id"])["status"] == "completed"
               for c in load.gateway.get("/api/calls?limit=200")["items"]), "every call has ended")


def stopped_and_continued(load):
    """F42: SIGSTOP and SIGCONT while a call is handed over"""
    held = []

    def create(leg, handler):
        held.append(leg)
        load.gateway.signal(signal.SIGSTOP)
        rig.until(lambda: "T" in stat(load.gateway.pid), "it is stopped")
        load.gateway.signal(signal.SIGCONT)
        return False

    load.carrier.create = create
    call = load.gateway.place("+12025550399")
    rig.until(lambda: load.gateway.get(f"/api/calls/{call}")["status"] == "dialing", "it is handed over")
    expect(len(held) == 1, f"it was handed over {len(held)} times")
    load.carrier.create = None


def stat(pid):
    return rig.pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def main():
    results = rig.Results()
    with rig.temporary_directory() as directory:
        for case in (term, term_twice, kill_in_drain, second_gateway, stopped_and_continued):
            load = Load(rig.pathlib.Path(rig.tempfile.mkdtemp(dir=directory)))
            with results.case(case.__doc__):
                case(load)
                expect(load.gateway.stop() == 0, "the last one ends as it should")
                rig.check_database(load.directory / "data")
            if load.gateway.alive():
                load.gateway.kill()
            load.carrier.stop()
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
