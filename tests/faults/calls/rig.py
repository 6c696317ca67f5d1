"""What the tests of this folder share: a carrier and gateways as processes of their own.

The carrier is the ground truth: it keeps every call that was created at it, so the number of its
calls to a telephone number is how often that telephone rang.
"""
import atexit
import contextlib
import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.parse

from wires import FORM, WIRES, Exchange, basic, sign

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("SWITCHHOOK_BINARY", str(ROOT / "build/dev/switchhook"))
FINAL = {"completed", "busy", "no_answer", "failed", "canceled"}
STATUS_EVENTS = FINAL | {"queued", "unknown", "dialing", "ringing", "answered"}
WAIT_S = 60  # nothing takes so long, also on a busy machine
SKIPPED = 77

# LeakSanitizer cannot run under another tracer.
SANITIZERS = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}


OUR_SETTINGS = ("TWILIO_", "PLIVO_", "SIGNALWIRE_", "SWITCHHOOK_", "MOCK_", "TELEPHONY_", "PUBLIC_")

NO_REPLY = (OSError, http.client.HTTPException)


class NotInTime(AssertionError):
    pass


class Results:
    """Counts cases, of any thread; a case fails with the first complaint."""

    def __init__(self):
        self.passed = self.failed = 0
        self.lock = threading.Lock()

    @contextlib.contextmanager
    def case(self, name):
        try:
            yield
        except (AssertionError, *NO_REPLY) as e:
            with self.lock:
                self.failed += 1
            print(f"FAILED {name}: {e if isinstance(e, AssertionError) else repr(e)}", flush=True)
        else:
            with self.lock:
                self.passed += 1

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.failed == 0 and self.passed > 0 else 1


def expect(ok, what):
    if not ok:
        raise AssertionError(what)


def until(condition, what, seconds=WAIT_S, pause=0.01):
    """The first true value of condition(); complains when it does not come in time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise NotInTime(f"not within {seconds} s: {what}")
        select.select([], [], [], pause)


def free_port():
    """A port for a server that must come back at the same address: outside the range from which
    the kernel gives ports to others, and claimed for the life of this process by a name that no
    other process can bind, so that rigs side by side do not take each other's."""
    first = 20000 + os.getpid() * 7 % 9000
    for port in range(first, first + 2000):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0switchhook-test-port-{port}")
            with socket.socket() as s:
                s.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        free_port.claims[port] = claim
        return port
    raise AssertionError("no free port")


free_port.claims = {}


def give_back(port):
    """The claim is an open file, of which a long test has not enough."""
    free_port.claims.pop(port).close()


def telephone(index):
    """A number of its own for each index up to 700; 00 picks up and talks to a good end."""
    areas = [a for a in range(201, 989) if a % 100 != 11 and a not in (700, 900, 976)]
    return f"+1{areas[index]}5550100"


class Process:
    """A program that says one line when it is ready. None outlives the test, also one that fails."""

    running = set()

    def __init__(self, command, env=None, cwd=None, stderr=None, preexec=None):
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith(OUR_SETTINGS)}
        self.errors = tempfile.TemporaryFile() if stderr is None else stderr
        self.process = subprocess.Popen(
            command, env={**clean, **SANITIZERS, **(env or {})}, cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.errors, preexec_fn=preexec)
        self.pid = self.process.pid
        self.running.add(self)

    def first_line(self):
        """"" when it ended before."""
        text = b""
        end = time.monotonic() + WAIT_S
        while not text.endswith(b"\n"):
            left = end - time.monotonic()
            expect(left > 0 and select.select([self.process.stdout], [], [], left)[0],
                   f"did not start within {WAIT_S} s")
            part = os.read(self.process.stdout.fileno(), 4096)
            if not part:
                return ""
            text += part
        return text.decode()

    def alive(self):
        return self.process.poll() is None

    def signal(self, number):
        if self.alive():
            os.kill(self.pid, number)

    def wait(self, seconds=WAIT_S):
        """Exit status, negative for a signal."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not end within {seconds} s") from None
        self.running.discard(self)
        self.process.stdout.close()
        self.said = self.complaints()
        self.errors.close()
        return status

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def complaints(self):
        """What it wrote to stderr so far."""
        if self.errors.closed:
            return self.said
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")


@atexit.register
def end_what_runs():
    for process in list(Process.running):
        process.signal(signal.SIGKILL)


def request(port, method, path, body=None, headers=None, timeout=WAIT_S):
    """(status, headers, bytes); OSError or HTTPException when there is no whole reply."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        with contextlib.suppress(BrokenPipeError):  # it may be refused before all of it is there
            connection.request(method, path, body, headers or {})
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


class Carrier(Process):
    """The carrier in a box, asked as one of its wires is."""

    def __init__(self, speed="0", scenario=None, wire=WIRES["twilio"]):
        extra = ["--scenario", scenario] if scenario else []
        super().__init__([str(BINARY), "carrier", "--dialect", wire.dialect, "--speed", speed, *extra])
        info = json.loads(self.first_line())
        self.wire = wire
        self.account, self.token, self.number = info["account"], info["token"], info["number"]
        self.key = info.get("signing_key", "")
        self.base_url = info["base_url"]
        self.port = urllib.parse.urlsplit(self.base_url).port

    def get(self, path):
        status, _, body = request(self.port, "GET", path,
                                  headers={"Authorization": basic(self.account, self.token)})
        expect(status == 200, f"the carrier lists its calls: {status}")
        return json.loads(body)

    def calls(self, to):
        """{id: is over} of all that were ever made to that number."""
        found = {}
        for path, array in self.wire.lists(self, to):
            for item in self.get(path)[array]:
                sid, party, over = self.wire.call_of(item)
                if party in (None, to):
                    found[sid] = over
        return found


class Gateway(Process):
    """switchhook serve with the dialect of that carrier's wire. base_url: where the carrier finds it."""

    def __init__(self, directory, carrier, port, prefix=(), more=None, base_url=None, **options):
        self.port, self.directory, self.carrier = port, pathlib.Path(directory), carrier
        self.base_url = base_url or f"http://127.0.0.1:{port}"
        self.traced = bool(prefix)
        self.env = {
            "TELEPHONY_CALLS_PER_SECOND": "0",  # the simulated one has no limit
            **carrier.wire.settings(carrier),
            "PUBLIC_BASE_URL": self.base_url,
            "SWITCHHOOK_LISTEN": f"127.0.0.1:{port}",
            "SWITCHHOOK_DATA_DIR": str(directory),
            "SWITCHHOOK_ASSISTANTS_DIR": str(ROOT / "assistants"),
            **(more or {}),
        }
        self.launch([*prefix, BINARY, "serve"], self.env, cwd=str(self.directory.parent), **options)

    def launch(self, command, env, **options):
        Process.__init__(self, command, env, **options)

    def ready(self):
        """False when it ended before it listened."""
        ready = bool(self.first_line())
        if ready and self.traced:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            found = children.read_text().split()
            if not found:  # killed right after it said that it listens
                return False
            self.pid = int(found[0])
        return ready

    def must_be_ready(self):
        expect(self.ready(), f"the gateway starts: {self.complaints().strip()[-300:]}")
        return self

    def responds(self):
        try:
            return request(self.port, "GET", "/healthz")[0] == 200
        except NO_REPLY:
            return False

    def api(self, method, path, body=None, headers=None):
        """(status, document)"""
        data = None if body is None else json.dumps(body)
        head = {"Content-Type": "application/json"} if data else {}
        token = self.env.get("SWITCHHOOK_API_TOKEN")
        if token:
            head["Authorization"] = "Bearer " + token
        status, _, reply = request(self.port, method, path, data, {**head, **(headers or {})})
        return status, json.loads(reply)

    def get(self, path):
        status, document = self.api("GET", path)
        expect(status == 200, f"GET {path} gives {status}: {document}")
        return document

    def place(self, to, assistant="debt-intake", **more):
        """The id of a call that was accepted."""
        status, call = self.api("POST", "/api/calls", {"to": to, "assistant": assistant, **more})
        expect(status == 202, f"a call is accepted: {status} {call}")
        return call["id"]

    def events(self, call_id):
        return [e["type"] for e in self.get(f"/api/calls/{call_id}/events")["items"]]

    def must_end(self, call_id, seconds=WAIT_S):
        """The call, once it is final."""
        def final():
            call = self.get(f"/api/calls/{call_id}")
            return call if call["status"] in FINAL else None
        return until(final, f"{call_id} ends", seconds)

    def callback(self, leg, word, number):
        """Send a signed callback of that leg's wire; the status of the reply."""
        path, headers, body = leg.wire.callback(self.base_url, leg, word, number)
        return request(self.port, "POST", path, body, headers)[0]

    def webhook(self, url, fields, signature=None, headers=None):
        """Send a form signed as Twilio does; the status of the reply."""
        body = urllib.parse.urlencode(fields)
        head = {"Content-Type": FORM,
                "X-Twilio-Signature": signature if signature is not None
                else sign(self.carrier.token, url, fields), **(headers or {})}
        path = url[len(self.base_url):]
        return request(self.port, "POST", path, body, head)[0]


@contextlib.contextmanager
def temporary_directory():
    """With room for a data directory: path/data is made by the gateway."""
    path = tempfile.mkdtemp(prefix="switchhook-faults-")
    try:
        yield pathlib.Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def check_database(directory):
    """After the gateway has ended."""
    with contextlib.closing(sqlite3.connect(directory / "switchhook.db")) as db:
        for pragma in ("integrity_check", "foreign_key_check"):
            rows = db.execute(f"PRAGMA {pragma}").fetchall()
            expect(rows in ([("ok",)], []), f"{pragma}: {rows[:3]}")


def can_trace():
    return bool(shutil.which("strace")) and subprocess.run(
        ["strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=write", "true"],
        capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
