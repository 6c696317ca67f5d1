#!/usr/bin/env python3
"""A full disk and a database that another program holds, under a gateway that takes callbacks.

The numbers of the cases (F26 …) are those of docs/reliability.md.
"""
import concurrent.futures
import contextlib
import os
import sqlite3
import subprocess
import sys
import time

import rig
from rig import expect

CALLS = 4


class Open:
    """A gateway with open calls."""

    def __init__(self, directory):
        self.directory = directory
        self.carrier = rig.Exchange()
        self.start(rig.free_port())
        for i in range(CALLS):
            self.gateway.place(f"+120255504{i:02d}")
        rig.until(lambda: all(c["status"] == "dialing" for c in self.gateway.get("/api/calls")["items"]),
                  "all are handed over")
        self.ids = {c["to"]: c["id"] for c in self.gateway.get("/api/calls")["items"]}

    def start(self, port):
        self.gateway = rig.Gateway(self.directory, self.carrier, port).must_be_ready()

    def send(self, leg, word, sequence):
        return self.gateway.webhook(self.gateway.base_url + leg.status_path, leg.status(word, sequence))

    def end(self, acknowledged):
        """Everything that was acknowledged is there, also after a restart."""
        expect(self.gateway.stop() == 0, "it ends as it should")
        rig.check_database(self.directory)
        self.start(self.gateway.port)
        for leg, event in acknowledged:
            expect(event in self.gateway.events(self.ids[leg.to]), f"{event} was acknowledged, and is lost")
        expect(self.gateway.stop() == 0, "and once more")

    def close(self):
        if self.gateway.alive():
            self.gateway.kill()
        self.carrier.stop()


@contextlib.contextmanager
def small_disk(path):
    """A file system of 3 MiB, or None where none may be mounted."""
    path.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(path)], capture_output=True).returncode == 0
    try:
        yield path if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(path)], check=True)


def fill(path):
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as f:
        while True:
            f.write(b"x" * 4096)


def disk_full(directory):
    """F26: the disk is full, and has room again"""
    with small_disk(directory / "small") as disk:
        if not disk:
            print("F26 needs root and mount: left out")
            return
        open_calls = Open(disk / "data")
        try:
            gateway, legs = open_calls.gateway, open_calls.carrier.legs
            acknowledged = []
            fill(disk / "ballast")
            statuses = []

            def refused():  # the log of the database may still have room for a few
                for leg in legs:
                    status = open_calls.send(leg, "ringing", 1)
                    statuses.append(status)
                    if status == 204 and (leg, "call.ringing") not in acknowledged:
                        acknowledged.append((leg, "call.ringing"))
                gateway.api("POST", "/api/calls", {"to": "+12025550401", "assistant": "debt-intake"})
                return 503 in statuses

            rig.until(refused, "callbacks are refused")
            expect(set(statuses) <= {204, 503}, f"refused with 503 only: {set(statuses)}")
            status, problem = gateway.api("POST", "/api/calls",
                                          {"to": "+12025550401", "assistant": "debt-intake"})
            expect(status == 503, f"a call is refused as well: {status}")
            expect("full" in problem["detail"], f"and told why: {problem}")
            status, problem = gateway.api("GET", "/readyz")
            expect(status == 503 and "full" in problem["detail"], f"readyz says so: {status} {problem}")
            expect(gateway.get("/api/calls")["items"], "reading goes on")
            os.unlink(disk / "ballast")
            rig.until(lambda: gateway.api("GET", "/readyz")[0] == 200, "it recovers by itself")
            for leg in legs:
                expect(open_calls.send(leg, "in-progress", 2) == 204, "callbacks are taken again")
                acknowledged.append((leg, "call.answered"))
            open_calls.end(acknowledged)
        finally:
            open_calls.close()


@contextlib.contextmanager
def locked(database):
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")


def database_locked(directory):
    """F30: another program holds the database"""
    open_calls = Open(directory / "data")
    try:
        gateway, leg = open_calls.gateway, open_calls.carrier.legs[0]
        database = directory / "data/switchhook.db"
        with locked(database):
            before = time.monotonic()
            status = open_calls.send(leg, "ringing", 1)
            took = time.monotonic() - before
            expect(status == 503, f"held for long: {status} and not 2xx")
            expect(4 < took < 15, f"after a bounded wait: {took:.1f} s")
            expect(gateway.api("GET", "/readyz")[0] == 503, "readyz says so")
            expect(gateway.get("/api/calls")["items"], "reading goes on")
        rig.until(lambda: open_calls.send(leg, "ringing", 1) == 204, "it recovers by itself")
        rig.until(lambda: gateway.api("GET", "/readyz")[0] == 200, "and is ready")
        with locked(database):
            pool = concurrent.futures.ThreadPoolExecutor(1)
            reply = pool.submit(open_calls.send, leg, "in-progress", 2)
            concurrent.futures.wait([reply], 0.3)
            expect(not reply.done(), "it is not acknowledged while it cannot be written")
        expect(reply.result(rig.WAIT_S) == 204, "held for a short time: it waits")
        open_calls.end([(leg, "call.ringing"), (leg, "call.answered")])
    finally:
        open_calls.close()


def main():
    results = rig.Results()
    for case in (disk_full, database_locked):
        with rig.temporary_directory() as directory, results.case(case.__doc__):
            case(directory)
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
