"""What the tests of this folder share: a carrier and gateways as processes of their own.

The carrier is the ground truth: it keeps every call that was created at it, so the number of its
calls to a telephone number is how often that telephone rang.
"""
import base64
import contextlib
import email.utils
import hashlib
import hmac
import http.client
import http.server
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

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("SWITCHHOOK_BINARY", str(ROOT / "build/dev/switchhook"))
FINAL = {"completed", "busy", "no_answer", "failed", "canceled"}
STATUS_EVENTS = FINAL | {"queued", "unknown", "dialing", "ringing", "answered"}
WAIT_S = 30
SKIPPED = 77

# LeakSanitizer cannot run under another tracer.
SANITIZERS = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}


NO_REPLY = (OSError, http.client.HTTPException)


class Results:
    """Counts cases; a case fails with the first complaint."""

    def __init__(self):
        self.passed = self.failed = 0

    @contextlib.contextmanager
    def case(self, name):
        try:
            yield
        except (AssertionError, *NO_REPLY) as e:
            self.failed += 1
            print(f"FAILED {name}: {e if isinstance(e, AssertionError) else repr(e)}", flush=True)
        else:
            self.passed += 1

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.failed == 0 and self.passed > 0 else 1


def expect(ok, what):
    if not ok:
        raise AssertionError(what)


def until(condition, what, seconds=WAIT_S):
    """The first true value of condition(); complains when it does not come in time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        expect(time.monotonic() < end, f"not within {seconds} s: {what}")
        select.select([], [], [], 0.01)


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
        free_port.claims.append(claim)
        return port
    raise AssertionError("no free port")


free_port.claims = []


class Process:
    """A program that says one line when it is ready."""

    def __init__(self, command, env=None, cwd=None, stderr=None, preexec=None):
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith(("TWILIO_", "SWITCHHOOK_", "MOCK_", "TELEPHONY_", "PUBLIC_"))}
        self.errors = tempfile.TemporaryFile() if stderr is None else stderr
        self.process = subprocess.Popen(
            command, env={**clean, **SANITIZERS, **(env or {})}, cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.errors, preexec_fn=preexec)
        self.pid = self.process.pid

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
        self.process.stdout.close()
        return status

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def complaints(self):
        """What it wrote to stderr so far."""
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")


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
    """The carrier in a box, speaking Twilio's API."""

    def __init__(self, speed="0", scenario=None):
        extra = ["--scenario", scenario] if scenario else []
        super().__init__([str(BINARY), "carrier", "--dialect", "twilio", "--speed", speed, *extra])
        info = json.loads(self.first_line())
        self.account, self.token, self.number = info["account"], info["token"], info["number"]
        self.base_url = info["base_url"]
        self.port = urllib.parse.urlsplit(self.base_url).port

    def calls(self, to):
        login = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        query = urllib.parse.urlencode({"To": to, "PageSize": "1000"})
        status, _, body = request(self.port, "GET",
                                  f"/2010-04-01/Accounts/{self.account}/Calls.json?{query}",
                                  headers={"Authorization": "Basic " + login})
        expect(status == 200, f"the carrier lists its calls: {status}")
        return json.loads(body)["calls"]


class Leg:
    """One call as the Exchange got it."""

    def __init__(self, account, number, form):
        self.account, self.form = account, form
        self.sid = f"CA{number:032x}"
        self.to, self.caller = form["To"], form["From"]
        self.status_path = urllib.parse.urlsplit(form["StatusCallback"]).path
        self.answer_path = urllib.parse.urlsplit(form["Url"]).path
        self.created = email.utils.formatdate()

    def resource(self, status="queued"):
        return {"sid": self.sid, "account_sid": self.account, "to": self.to, "from": self.caller,
                "status": status, "direction": "outbound-api", "date_created": self.created,
                "duration": None}

    def status(self, word, number):
        """Twilio docs, Call resource: parameters of a StatusCallback."""
        fields = {"AccountSid": self.account, "CallSid": self.sid, "CallStatus": word,
                  "To": self.to, "From": self.caller, "Direction": "outbound-api",
                  "ApiVersion": "2010-04-01", "CallbackSource": "call-progress-events",
                  "SequenceNumber": str(number)}
        return {**fields, "CallDuration": "42"} if word == "completed" else fields


class Exchange:
    """A carrier that takes calls and then does nothing with them: the test sends the callbacks."""

    account, token, number = "AC" + "5" * 32, "7" * 32, "+12025550199"

    def __init__(self, create=None, port=0):
        """create(leg, handler) may answer the request itself, and then returns true."""
        self.legs, self.create = [], create
        exchange = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def reply(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if not self.path.endswith("/Calls.json"):
                    self.reply(200, exchange.find(self.path).resource("completed"))
                    return
                leg = Leg(exchange.account, len(exchange.legs) + 1, dict(urllib.parse.parse_qsl(body)))
                exchange.legs.append(leg)
                if not (exchange.create and exchange.create(leg, self)):
                    self.reply(201, leg.resource())

            def do_GET(self):
                if "/Calls.json" in self.path:
                    self.reply(200, {"calls": [leg.resource() for leg in exchange.legs]})
                else:
                    self.reply(200, exchange.find(self.path).resource())

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # a gateway that was killed does not read its replies

        self.server = Server(("127.0.0.1", port), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def find(self, path):
        return next(leg for leg in self.legs if leg.sid in path)

    def calls(self, to):
        return [leg.resource() for leg in self.legs if leg.to == to]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Gateway(Process):
    """switchhook serve with Twilio's dialect in front of that carrier."""

    def __init__(self, directory, carrier, port, prefix=(), more=None, **options):
        self.port, self.directory, self.carrier = port, pathlib.Path(directory), carrier
        self.base_url = f"http://127.0.0.1:{port}"
        self.traced = bool(prefix)
        self.env = {
            "TELEPHONY_PROVIDER": "twilio",
            "TELEPHONY_CALLS_PER_SECOND": "0",  # the simulated one has no limit
            "TWILIO_ACCOUNT_SID": carrier.account,
            "TWILIO_AUTH_TOKEN": carrier.token,
            "TWILIO_PHONE_NUMBER": carrier.number,
            "TWILIO_API_BASE_URL": carrier.base_url,
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

    def webhook(self, url, fields, signature=None, headers=None):
        """Send a signed webhook as the carrier does; the status of the reply."""
        body = urllib.parse.urlencode(fields)
        head = {"Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signature if signature is not None
                else sign(self.carrier.token, url, fields), **(headers or {})}
        path = url[len(self.base_url):]
        return request(self.port, "POST", path, body, head)[0]


def sign(token, url, fields):
    """Twilio docs, "Validating requests": the URL, then each parameter's name and value in the
    order of the names, HMAC-SHA1, base64."""
    pairs = sorted(set(fields.items() if isinstance(fields, dict) else fields))
    text = url + "".join(name + value for name, value in pairs)
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


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
