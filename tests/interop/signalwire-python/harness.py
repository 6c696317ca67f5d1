"""The carrier in a box, the gateway, and the application that a carrier calls."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("SWITCHHOOK_BINARY", ROOT / "build/release/switchhook")).resolve()
WAIT_S = 60
TOKEN = "0123456789abcdef0123456789abcdef"
KEY = "PSK_0123456789abcdefghijklmn"
PROJECT = "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36"
BASE = "https://gw.example.com/hooks"  # a proxy would have cut the prefix off


class Program:
    """switchhook with these arguments, from its first line on until stop()."""

    def __init__(self, *args, **options):
        self.child = subprocess.Popen([PROGRAM, *args], stdout=subprocess.PIPE, text=True, **options)
        self.line = self.child.stdout.readline()
        if not self.line:
            raise RuntimeError(f"switchhook {args[0]} ended with {self.child.wait()}")

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(WAIT_S)
        self.child.stdout.close()


class Carrier(Program):
    def __init__(self, *args):
        super().__init__("carrier", "--dialect", "signalwire", *args)
        info = json.loads(self.line)
        self.base_url, self.account, self.token = info["base_url"], info["account"], info["token"]
        self.signing_key, self.number = info["signing_key"], info["number"]
        self.host = urlsplit(self.base_url).netloc


class Gateway(Program):
    """Of SignalWire, for callbacks about calls that are not there: 404 when their signature is good."""

    def __init__(self, mode="native", assistants=(), **settings):
        self.dir = Path(tempfile.mkdtemp(prefix="switchhook-python-"))
        (self.dir / "assistants").mkdir()
        for assistant in assistants:
            path = self.dir / "assistants" / f"{assistant['name']}.json"
            path.write_text(json.dumps(assistant), encoding="utf-8")
        env = {
            "PATH": os.environ["PATH"],
            "TELEPHONY_PROVIDER": "signalwire",
            "SIGNALWIRE_MODE": mode,
            "SIGNALWIRE_SPACE": "example.signalwire.com",
            "SIGNALWIRE_PROJECT_ID": PROJECT,
            "SIGNALWIRE_API_TOKEN": TOKEN,
            "SIGNALWIRE_SIGNING_KEY": KEY,
            "SIGNALWIRE_PHONE_NUMBER": "+12025550199",
            "SIGNALWIRE_API_BASE_URL": "http://127.0.0.1:9",
            "PUBLIC_BASE_URL": BASE,
            "SWITCHHOOK_API_TOKEN": TOKEN,
            "SWITCHHOOK_LISTEN": "127.0.0.1:0",
            "SWITCHHOOK_DATA_DIR": str(self.dir / "data"),
            "SWITCHHOOK_ASSISTANTS_DIR": str(self.dir / "assistants"),
            **settings,
        }
        super().__init__("serve", cwd=self.dir, env=env, stderr=subprocess.DEVNULL)
        self.base_url = re.search(r"http://127\.0\.0\.1:\d+", self.line).group()
        self.connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=WAIT_S)

    def send(self, target, body, headers, method="POST"):
        """The status of the reply."""
        self.connection.request(method, target, body.encode("utf-8"), headers)
        response = self.connection.getresponse()
        response.read()
        return response.status

    def stop(self):
        self.connection.close()
        super().stop()
        shutil.rmtree(self.dir)


class Request:
    def __init__(self, handler, base):
        length = int(handler.headers.get("content-length") or 0)
        self.method, self.url = handler.command, base + handler.path
        self.path = urlsplit(handler.path).path
        self.headers = handler.headers
        self.body = handler.rfile.read(length).decode("utf-8")
        self.params = json.loads(self.body) if self.body.startswith("{") else dict(parse_qsl(self.body))


class Application:
    """Pages by path, each a function of the parameters that returns a document, and all requests."""

    def __init__(self):
        self.requests, self.pages = [], {}
        self.changed = threading.Condition()
        application = self

        # One request after another, as they come: so their order means something.
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                request = Request(self, application.base)
                with application.changed:
                    application.requests.append(request)
                    application.changed.notify_all()
                page = application.pages.get(request.path)
                text = (page(request.params) if page else "").encode("utf-8")
                self.send_response(200 if text else 204)
                if text:
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return self.base + path

    def of(self, path):
        with self.changed:
            return [r for r in self.requests if r.path == path]

    def events(self, path, call_id):
        """The parameters of the events of one call, in the order in which they came."""
        found = [r.params.get("params", {}) for r in self.of(path)]
        return [p for p in found if p.get("call_id") == call_id]

    def fetches(self, path, call_id):
        return [r for r in self.of(path) if r.params.get("call", {}).get("call_id") == call_id]

    def until(self, condition, what):
        """Waits until condition() is true; it is looked at after every request."""
        end = time.monotonic() + WAIT_S
        while not (found := condition()):
            with self.changed:
                self.changed.wait(0.1)
            if time.monotonic() > end:
                raise AssertionError(f"still waiting for {what}; got {[r.path for r in self.requests]}")
        return found

    def until_ended(self, call_id, path="/state"):
        def last():
            return [p for p in self.events(path, call_id) if p["call_state"] == "ended"]

        return self.until(last, f"the end of {call_id}")[0]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Front:
    """Stands before a gateway as a proxy does: its address is known before the gateway's is."""

    def __init__(self):
        self.target = ""
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                connection = http.client.HTTPConnection(urlsplit(front.target).netloc, timeout=WAIT_S)
                connection.request(self.command, self.path, body, dict(self.headers))
                reply = connection.getresponse()
                text = reply.read()
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in ("connection", "content-length", "transfer-encoding", "date"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
                connection.close()

            do_GET = do_POST

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def swml(*main, **sections):
    return json.dumps({"version": "1.0.0", "sections": {"main": list(main), **sections}})
