#!/usr/bin/env python3
"""Looks for planted secrets in everything that a gateway leaves behind (S40).

After whole calls, in which a callee says the number of a credit card, and after bad requests at
each door: data directory, log at debug level, error bodies, core file, command line, environment.
"""
import base64
import contextlib
import json
import os
import re
import resource
import signal
import sys
import urllib.parse

import rig
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


class Canaries:
    def __init__(self, directory):
        self.directory, self.data = directory, directory / "data"
        scenario = directory / "scenario.json"
        scenario.write_text(json.dumps(SCENARIO))
        self.carrier = rig.Carrier(scenario=str(scenario))
        self.bodies, self.texts = [], []
        env_file = directory / "gateway.env"
        self.gateway = Serving(self.data, self.carrier, rig.free_port(), env_file)
        expect(self.gateway.ready(), self.gateway.complaints())

    def live(self):
        """Calls to their end with their recordings in the vault."""
        ids = [self.gateway.place(to) for to in CALLEES]
        ids.append(self.gateway.place(CALLEES[1].replace("202", "212"), "personal-assistant"))
        for call in ids:
            self.gateway.must_end(call)
        items = rig.until(self.stored, "the recordings are stored")
        self.audio = [self.download(i["id"]) for i in items]
        self.texts = [json.dumps(self.gateway.get(f"/api/calls/{i}/{part}"))
                      for i in ids for part in ("transcript", "events")]
        self.texts.append(json.dumps(self.gateway.get("/api/information")))

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
                ("POST", "/voice/twilio/call_0000000000001/" + "0" * 32 + "/status",
                 urllib.parse.urlencode({"AccountSid": self.carrier.account, "SpeechResult": CARD}),
                 {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "A" * 27 + "="})]:
            status, head, reply = rig.request(port, method, path, body, headers)
            expect(status >= 400, f"{method} {path} is refused")
            self.bodies.append(str(head).encode() + reply)

    def close(self):
        if self.gateway.alive():
            self.gateway.kill()
        self.carrier.stop()


class Serving(rig.Gateway):
    """With its secrets in a file, and free to leave a core file."""

    def __init__(self, data, carrier, port, env_file):
        self.env_file = env_file
        super().__init__(data, carrier, port, preexec=lambda: resource.setrlimit(
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


def search(c, name, needles):
    for where, content in everything(c):
        for needle in needles:
            expect(needle not in content, f"{name} is in {where}")


def pieces_of_audio(audio):
    """What is no silence: stretches of 48 bytes that are all different within themselves."""
    pieces = []
    for body in audio:
        for at in range(1000, len(body) - 48, max(1, len(body) // 100)):
            piece = body[at:at + 48]
            if len(set(piece)) > 16:
                pieces.append(piece)
    expect(len(pieces) > 50, "the recordings are not silent")
    return pieces


def main():
    results = rig.Results()
    with rig.temporary_directory() as directory:
        c = Canaries(directory)
        try:
            c.live()
            c.provoke()
            c.proc = list(of_process(c.gateway.pid))
            with results.case("what is looked through is there"):
                names = [where for where, _ in everything(c)]
                expect(any("-wal" in n for n in names) and any("recordings/" in n for n in names), names)
                expect(" debug " in c.gateway.complaints(), "a log at debug level")
                expect(any("My card is [card number]" in t for t in c.texts), "the card was spoken of")
            secrets = {"the API token": forms_of(API_TOKEN), "the auth token": forms_of(c.carrier.token),
                       "the card": [n.encode() for n in CARDS]}
            for name, needles in secrets.items():
                with results.case(f"S40: {name} of a running gateway"):
                    search(c, name, needles)
            audio = pieces_of_audio(c.audio)
            with results.case("S40: recorded audio"):
                search(c, "audio", audio)
            with results.case("S40: no core file"):
                c.gateway.signal(signal.SIGABRT)  # sanitizers catch the others that dump core
                ended = os.waitid(os.P_PID, c.gateway.pid, os.WEXITED | os.WNOWAIT)
                expect(ended.si_code == os.CLD_KILLED, "it was killed and dumped no core")
                expect(c.gateway.wait() == -signal.SIGABRT, "by our signal")
                cores = [p.name for p in directory.rglob("*") if re.match(r"core(\.|$)", p.name)]
                expect(not cores, f"core files: {cores}")
            for name, needles in {**secrets, "audio": audio}.items():
                with results.case(f"S40: {name} after a crash"):
                    search(c, name, needles)
        finally:
            c.close()
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
