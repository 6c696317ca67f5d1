#!/usr/bin/env python3
"""Looks for planted secrets in everything that a gateway leaves behind (S40), on every wire.

usage: canary.py [WIRE …]   (default: every wire)

After whole calls, in which a callee says the number of a credit card, after bad requests at each
door, and after a carrier that repeats our own addresses, with their credentials, in its errors: data
directory, log at debug level, replies, core file, command line, environment.
"""
import base64
import concurrent.futures
import contextlib
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import urllib.parse

import middle
import rig
import wires
from rig import expect

API_TOKEN = "canary-api-0f9d2c7ab1e84c55"
CARD = "4111111111111111"
CARDS = [CARD, "4111 1111 1111 1111", "4111-1111-1111-1111"]
SCENARIO = {"callees": [
    {"suffix": "20", "like": "00", "script": [
        {"say": f"Yes, you may record this. My card is {CARDS[1]}, that is {CARDS[2]} or {CARD}.",
         "press": "1"}]},
    {"suffix": "21", "like": "00", "facts": {"name": f"John {CARD}"}}]}
CALLEES = ["+12025550100", "+12025550120", "+12025550121"]
ECHOED = "+12025550199"
# In a request for a call: the credentials that our addresses carry.
CREDENTIALS = re.compile(r"https?://([^:/@\"]+):([^@/\"]+)@")
# With the words by which each carrier says that a parameter is wrong.
ECHOES = {
    "twilio": lambda text: {"code": 21205, "message": text, "status": 400},
    "plivo": lambda text: {"api_id": "1", "error": text},
    "signalwire": lambda text: {"errors": [{"type": "validation_error", "code": "invalid_parameter",
                                            "message": text, "attribute": "status_url"}]},
    "signalwire-compat": lambda text: {"code": 21205, "message": text, "status": 400},
}


class Canaries:
    def __init__(self, directory, wire):
        self.directory, self.data = directory, directory / "data"
        scenario = directory / "scenario.json"
        scenario.write_text(json.dumps(SCENARIO))
        self.carrier = rig.Carrier("10", str(scenario), wire)  # slow enough to be recorded, on a busy machine too
        self.middle = middle.Middle(self.carrier, self.create)
        self.bodies, self.texts, self.credentials = [], [], set()
        self.gateway = Serving(self.data, self.middle, rig.free_port(), directory / "gateway.env",
                               self.middle.public_url)
        self.middle.gateway_port = self.gateway.port
        expect(self.gateway.ready(), self.gateway.complaints())

    def create(self, request):
        """The credentials of our own addresses, as the carrier gets them."""
        text = urllib.parse.unquote(request.body.decode())
        self.credentials |= set(CREDENTIALS.findall(text))
        if request.to != ECHOED:
            request.pass_back(request.pass_on())
            return
        # begins with the address, so that the rest may be cut off
        said = [u for u in re.findall(r"https?://[^\"&#]+", text) if "/status" in u][0]
        request.handler.reply(400, ECHOES[request.middle.wire.name](f"{said} is no valid address: {text}"))

    def echo(self):
        """A carrier whose errors repeat what we sent."""
        call = self.gateway.must_end(self.gateway.place(ECHOED))
        expect(call["status"] == "failed" and call["reason"] == "carrier_refused", f"it refused: {call}")
        self.texts.append(json.dumps(call))

    def live(self):
        """Calls to their end with their recordings in the vault."""
        ids = [self.gateway.place(to) for to in CALLEES]
        provider = self.gateway.env["TELEPHONY_PROVIDER"]
        ids.append(self.gateway.place(CALLEES[1].replace("202", "212"), "personal-assistant"))
        for call in ids:
            self.gateway.must_end(call)
        items = rig.until(self.stored, "the recordings are stored")
        self.audio = [self.download(i["id"]) for i in items]
        self.texts = [json.dumps(self.gateway.get(f"/api/calls/{i}/{part}"))
                      for i in ids for part in ("transcript", "events")]
        for path in ("/api/information", "/api/calls", "/api/recordings", "/api/providers"):
            self.texts.append(json.dumps(self.gateway.get(path)))
        expect(provider in self.texts[-1], "the carriers are told")

    def stored(self):
        items = self.gateway.get("/api/recordings")["items"]
        return items if len(items) >= 3 and all(i["status"] == "stored" for i in items) else None

    def download(self, recording):
        status, _, body = rig.request(self.gateway.port, "GET", f"/api/recordings/{recording}/audio",
                                      headers={"Authorization": "Bearer " + API_TOKEN})
        expect(status == 200 and body[:4] == b"RIFF", f"the audio can be read: {status}")
        return body

    def provoke(self):
        """Something wrong at each door; what is said about it."""
        port, bearer = self.gateway.port, {"Authorization": "Bearer " + API_TOKEN}
        basic = base64.b64encode(f"{self.carrier.account}:{self.carrier.token}".encode()).decode()
        own = [wires.basic(*c) for c in self.credentials] or ["Basic " + basic]
        door = f"/voice/{self.gateway.env['TELEPHONY_PROVIDER']}/call_0000000000001/" + "0" * 32
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        json_type = {"Content-Type": "application/json"}
        for method, path, body, headers in [
                ("GET", "/api/calls", None, {}),
                ("GET", "/api/calls", None, {"Authorization": "Bearer " + API_TOKEN[:-1]}),
                ("GET", "/api/calls", None, {"Authorization": "Basic " + basic}),
                ("GET", "/api/calls?token=" + API_TOKEN, None, bearer),
                ("GET", "/api/calls/" + API_TOKEN, None, bearer),
                ("GET", "/" + self.carrier.token, None, bearer),
                ("POST", "/api/calls", json.dumps({"to": CARD, "assistant": "debt-intake"}), {**bearer, **json_type}),
                ("POST", "/api/calls", "{" + self.carrier.token, {**bearer, **json_type}),
                *[("POST", door + "/status",
                   urllib.parse.urlencode({"AccountSid": self.carrier.account, "SpeechResult": CARD}),
                   {**form, name: value})
                  for name, value in [("X-Twilio-Signature", "A" * 27 + "="),
                                      ("X-SignalWire-Signature", "a" * 40),
                                      ("X-Plivo-Signature-V3", "A" * 43 + "="), ("Authorization", own[0])]],
                ("POST", door + "/status", json.dumps({"params": {"call_id": CARD}}),
                 {**json_type, "Authorization": own[0]}),
                ("POST", door + "/answer?token=" + self.carrier.token, "", {"Authorization": own[0]})]:
            status, head, reply = rig.request(port, method, path, body, headers)
            expect(status >= 400, f"{method} {path} is refused")
            self.bodies.append(str(head).encode() + reply)

    def ask(self):
        """What the commands say about a wrong and about the right account."""
        said = []
        for token in ("another-token-7d1e", None):
            env = dict(self.gateway.env)
            for name in ("TWILIO_AUTH_TOKEN", "PLIVO_AUTH_TOKEN", "SIGNALWIRE_API_TOKEN"):
                if token and name in env:
                    env[name] = token
            path = self.directory / "check.env"
            path.touch(0o600)
            path.write_text("".join(f"{k}={v}\n" for k, v in env.items()))
            done = subprocess.run([rig.BINARY, "check", "--env", str(path)], capture_output=True,
                                  stdin=subprocess.DEVNULL, env={**os.environ, **rig.SANITIZERS})
            said.append(done.stdout + done.stderr)
            path.unlink()
        expect(said[0] and said[0] != said[1], f"the check tells them apart: {said}")
        self.bodies += said

    def nonces(self):
        """The secret part of each attempt's addresses; the database has to know it."""
        with contextlib.closing(sqlite3.connect(self.data / "switchhook.db")) as db:
            return [row[0] for row in db.execute("SELECT nonce FROM calls WHERE nonce <> ''")]

    def secrets(self):
        """{name: what it may look like}"""
        found = {"the API token": forms_of(API_TOKEN), "the carrier's token": forms_of(self.carrier.token),
                 "the account's login": forms_of(f"{self.carrier.account}:{self.carrier.token}"),
                 "the card": [n.encode() for n in CARDS]}
        if self.carrier.key:
            found["the signing key"] = forms_of(self.carrier.key)
        for user, password in self.credentials:
            found["our addresses' password"] = forms_of(password) + [password[:16].encode()]
            found["our addresses' login"] = forms_of(f"{user}:{password}")
        return found

    def close(self):
        if self.gateway.alive():
            self.gateway.kill()
        self.middle.stop()
        self.carrier.stop()


class Serving(rig.Gateway):
    """With its secrets in a file, and free to leave a core file."""

    def __init__(self, data, carrier, port, env_file, base_url):
        self.env_file = env_file
        super().__init__(data, carrier, port, base_url=base_url, preexec=lambda: resource.setrlimit(
            resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))

    def launch(self, command, env, **options):
        env = {**env, "SWITCHHOOK_LOG_LEVEL": "debug", "SWITCHHOOK_API_TOKEN": API_TOKEN}
        self.env = env
        self.env_file.touch(0o600)
        self.env_file.write_text("".join(f"{k}={v}\n" for k, v in env.items()))
        rig.Process.__init__(self, [*command, "--env", str(self.env_file)], **options)


def everything(c):
    """(where, bytes) of all that is looked through."""
    for path in sorted(c.data.rglob("*")):
        if path.is_file():
            yield f"data/{path.relative_to(c.data)}", path.read_bytes()
    yield "the log", c.gateway.complaints().encode()
    for i, body in enumerate(c.bodies):
        yield f"error body {i}", body
    for i, text in enumerate(c.texts):
        yield f"API reply {i}", text.encode()
    yield from c.proc


def of_process(pid):
    for name in ("cmdline", "environ"):
        # The environment of a process that dumps no core is closed even to its own user.
        with contextlib.suppress(PermissionError):
            yield f"/proc/pid/{name}", rig.pathlib.Path(f"/proc/{pid}/{name}").read_bytes()


def forms_of(secret):
    """As it is, and as it would look in another encoding."""
    raw = secret.encode()
    return [raw, raw.hex().encode(), base64.b64encode(raw)[:-4], urllib.parse.quote(secret).encode(),
            secret.encode("utf-16-le")]


def search(c, name, needles, but=()):
    """but: what has to have it."""
    for where, content in everything(c):
        for needle in needles:
            expect(needle not in content or where.startswith(tuple(but)), f"{name} is in {where}")


def pieces_of_audio(audio):
    """What is no silence: stretches of 48 bytes that are all different within themselves."""
    pieces = []
    for body in audio:
        for at in range(1000, len(body) - 48, max(1, len(body) // 60)):
            piece = body[at:at + 48]
            if len(set(piece)) > 16:
                pieces.append(piece)
    expect(len(pieces) > 20, "the recordings are not silent")
    return pieces


def look_through(results, wire, directory):
    c = Canaries(directory, wire)
    try:
        c.live()
        with results.case(f"S40, {wire.name}: an error that repeats our request"):
            c.echo()
        with results.case(f"S40, {wire.name}: the credential check"):
            c.ask()
        c.provoke()
        c.proc = list(of_process(c.gateway.pid))
        with results.case(f"{wire.name}: what is looked through is there"):
            names = [where for where, _ in everything(c)]
            expect(any("-wal" in n for n in names) and any("recordings/" in n for n in names), names)
            expect(" debug " in c.gateway.complaints(), "a log at debug level")
            expect(any("My card is [card number]" in t for t in c.texts), "the card was spoken of")
            expect(bool(c.credentials) == (wire.name == "signalwire"), f"logins in addresses: {c.credentials}")
        secrets, nonces, audio = c.secrets(), [n.encode() for n in c.nonces()], pieces_of_audio(c.audio)
        expect(len(nonces) >= len(CALLEES), f"{len(nonces)} nonces")
        for name, needles in secrets.items():
            with results.case(f"S40, {wire.name}: {name} of a running gateway"):
                search(c, name, needles)
        with results.case(f"S40, {wire.name}: nonces of a running gateway"):
            search(c, "a nonce", nonces, but=["data/switchhook.db"])
        with results.case(f"S40, {wire.name}: recorded audio"):
            search(c, "audio", audio)
        with results.case(f"S40, {wire.name}: no core file"):
            c.gateway.signal(signal.SIGABRT)  # sanitizers catch the others that dump core
            ended = os.waitid(os.P_PID, c.gateway.pid, os.WEXITED | os.WNOWAIT)
            expect(ended.si_code == os.CLD_KILLED, "it was killed and dumped no core")
            expect(c.gateway.wait() == -signal.SIGABRT, "by our signal")
            cores = [p.name for p in directory.rglob("*") if re.match(r"core(\.|$)", p.name)]
            expect(not cores, f"core files: {cores}")
        for name, needles in {**secrets, "audio": audio}.items():
            with results.case(f"S40, {wire.name}: {name} after a crash"):
                search(c, name, needles)
    finally:
        c.close()


def main(names):
    results = rig.Results()

    def one(wire):
        with rig.temporary_directory() as directory:
            look_through(results, wire, directory)

    with concurrent.futures.ThreadPoolExecutor(len(wires.WIRES)) as pool:
        list(pool.map(one, [w for w in wires.WIRES.values() if not names or w.name in names]))
    return results.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
