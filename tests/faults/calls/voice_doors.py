#!/usr/bin/env python3
"""Every address at which a carrier calls a running gateway, on Twilio's and Plivo's wire: what is
forged, cut or swollen changes nothing there, and what is repeated or out of order changes nothing
twice. doors.py looks closer at one address.

usage: voice_doors.py [WIRE …]
"""
import concurrent.futures
import re
import sys
import urllib.parse
import uuid

import rig
import wires
from rig import expect

TO = "+12025550100"
KINDS = ("answer", "gather?turn=0", "fallback", "status", "recording", "amd")


class Twilio:
    """What each address is told, in that carrier's words."""

    sid, recording = "CA" + "7" * 32, "RE" + "1" * 32
    machine, number_field = {"AnsweredBy": "machine_start"}, "CallDuration"
    words = ("initiated", "ringing", "in-progress", "busy", "failed", "no-answer", "canceled")
    malformed = {"gather": [{"Digits": "12x"}, {"CallSid": "CAx"}, {"ErrorCode": "abc"}, {"SpeechResult": "x" * 4097}],
                 "recording": [{"RecordingSid": ""}, {"RecordingSid": "../x"}, {"RecordingDuration": "x"},
                               {"RecordingStatus": "odd"}]}

    def call(self, leg, word, **more):
        return {"AccountSid": leg.wire.account, "CallSid": leg.sid, "To": leg.to, "From": leg.caller,
                "ApiVersion": "2010-04-01", "CallStatus": word, **more}

    def spoken(self, leg, words):
        return self.call(leg, "in-progress", SpeechResult=words, Confidence="0.9")

    def ended(self, leg):
        return self.call(leg, "completed", CallDuration="42")

    def recorded(self, leg):
        return {"AccountSid": leg.wire.account, "CallSid": leg.sid, "RecordingSid": self.recording,
                "RecordingStatus": "completed", "RecordingDuration": "12", "RecordingChannels": "2"}

    def inbound(self, carrier):
        return {"AccountSid": carrier.account, "CallSid": self.sid, "CallStatus": "ringing",
                "Direction": "inbound", "From": "+13035550111", "To": carrier.number}


class Plivo:
    sid, recording = str(uuid.UUID(int=7 << 100)), str(uuid.UUID(int=8 << 100))
    machine = {"Event": "MachineDetection", "Machine": "true"}
    words = ("ringing", "in-progress", "busy", "failed", "no-answer", "cancel")
    malformed = {"gather": [{"Digits": "12x"}, {"RequestUUID": "x"}, {"Speech": "x" * 4097},
                            {"HangupCauseCode": "abc"}],
                 "recording": [{"recording_id": ""}, {"recording_id": "../x"}, {"recording_duration": "x"},
                               {"recording_duration_ms": "9" * 20}, {"response": "{"}]}

    def call(self, leg, word, **more):
        return {"CallUUID": leg.sid, "RequestUUID": leg.sid, "To": leg.to[1:], "From": leg.caller[1:],
                "Direction": "outbound", "CallStatus": word, **more}

    def spoken(self, leg, words):
        return self.call(leg, "in-progress", InputType="speech", Speech=words, SpeechConfidenceScore="0.9",
                         Digits="")

    def ended(self, leg):
        return self.call(leg, "completed", Event="Hangup", HangupCauseCode="4000", Duration="42")

    def recorded(self, leg):
        # of the leg that was recorded, which need not have the id that the call was placed under
        return {"api_id": "x", "call_uuid": self.sid, "recording_id": self.recording,
                "record_url": "http://evil.example/x.wav", "recording_duration": "12"}

    def inbound(self, carrier):
        return {"CallUUID": self.sid, "CallStatus": "ringing", "Direction": "inbound",
                "From": "13035550111", "To": carrier.number[1:], "Event": "StartApp"}


SPEECHES = {"twilio": Twilio(), "plivo": Plivo()}


class Doors:
    def __init__(self, directory, wire):
        self.wire, self.speech = wire, SPEECHES[wire.name]
        self.carrier = rig.Exchange(wire=wire)
        self.gateway = rig.Gateway(directory / "data", self.carrier, rig.free_port()).must_be_ready()
        self.id = self.gateway.place(TO)
        self.leg = rig.until(lambda: next(iter(self.carrier.legs), None), "the call is handed over")
        rig.until(lambda: self.status() == "dialing", "it is dialing")

    def status(self):
        return self.gateway.get(f"/api/calls/{self.id}")["status"]

    def state(self):
        return self.gateway.get(f"/api/calls/{self.id}"), self.gateway.events(self.id), \
            self.gateway.get("/api/recordings")

    def path(self, kind):
        return self.leg.answer_path.replace("/answer", "/" + kind)

    def paths(self):
        return [self.path(kind) for kind in KINDS] + [f"/voice/{self.wire.name}/{kind}" for kind in ("inbound", "status")]

    def send(self, path, body, headers):
        status, _, reply = rig.request(self.gateway.port, "POST", path, body, headers)
        return status, reply

    def tell(self, path, fields, **options):
        """A signed form: (status, document)."""
        return self.send(path, urllib.parse.urlencode(fields),
                         self.wire.signed(self.gateway.base_url + path, fields, **options))

    def unchanged(self, what, got, wanted, before):
        expect(got[0] in wanted, f"{what} gets {got[0]}, not {wanted}")
        expect(self.state() == before, f"{what} changed something")

    def close(self):
        status = self.gateway.stop()
        self.carrier.stop()
        return status


def forged_everywhere(d):
    fields, before = d.speech.ended(d.leg), d.state()
    body = urllib.parse.urlencode(fields)
    for path in d.paths():
        url, other = d.gateway.base_url + path, d.gateway.base_url + "/voice/x"
        good = d.wire.signed(url, fields)
        for what, headers in {"no signature": {"Content-Type": wires.FORM},
                              "another address's": d.wire.signed(other, fields),
                              "another body's": d.wire.signed(url, {**fields, "A": "1"}),
                              "an empty one": {k: "" if "Signature" in k else v for k, v in good.items()}}.items():
            d.unchanged(f"{what} at {path}", d.send(path, body, headers), (403,), before)


def cut_and_swollen(d):
    fields, before = d.speech.ended(d.leg), d.state()
    for path in d.paths():
        good = d.wire.signed(d.gateway.base_url + path, fields)
        body = urllib.parse.urlencode(fields)
        for what, text in {"half a body": body[:len(body) // 2], "no body": "", "a tail": body + "&A=1",
                           "half an escape": body + "%4", "many fields": body + "&a=1" * 500,
                           "two megabytes": body + "&a=" + "x" * 2000000}.items():
            d.unchanged(f"{what} at {path}", d.send(path, text, good), (400, 403, 413), before)


def action_of(document):
    return wires.path_of(re.search(rb'action="([^"]+)"', document)[1].decode().replace("&amp;", "&"))


def a_call_twice_and_out_of_order(d):
    answer = d.path("answer")
    answered = d.speech.call(d.leg, "in-progress")
    status, document = d.tell(answer, answered)
    expect(status == 200 and d.status() == "answered", "the call is answered")
    expect(d.tell(answer, answered)[1] == document, "asked again, the same document")
    expect(d.tell(d.path("status"), d.speech.call(d.leg, "ringing"))[0] == 204, "it rings, late")
    expect(d.status() == "answered", "which moves nothing back")
    gather = action_of(document)
    status, turn = d.tell(gather, d.speech.spoken(d.leg, "Yes, you may record"))
    expect(status == 200 and turn != document, "the turn is heard")
    rig.until(lambda: "consent.given" in d.gateway.events(d.id), "consent is noted")
    before = d.gateway.events(d.id)
    for words in ("Yes, you may record", "No, never"):
        expect(d.tell(gather, d.speech.spoken(d.leg, words))[1] == turn, "a turn that was had has its answer")
    expect([e for e in d.gateway.events(d.id) if not e.startswith("recording")] ==
           [e for e in before if not e.startswith("recording")], "and is not had again")
    d.turn = action_of(turn)


def a_turn_told_by_many_at_once(d):
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        replies = set(pool.map(lambda words: d.tell(d.turn, d.speech.spoken(d.leg, words)),
                               ["My name is John Doe.", "My name is Jane Roe."] * 6))
    expect({status for status, _ in replies} == {200} and len(replies) == 1, f"one answer for all: {replies}")


def malformed_fields(d):
    before = d.gateway.events(d.id)
    for kind, fields in {"gather?turn=7": d.speech.spoken(d.leg, "hello"),
                         "recording": d.speech.recorded(d.leg)}.items():
        for bad in d.speech.malformed[kind.split("?")[0]]:
            expect(d.tell(d.path(kind), {**fields, **bad})[0] == 400, f"{kind} with {bad}")
    expect(d.gateway.events(d.id) == before, "nothing was applied")


def a_recording_twice(d):
    fields = d.speech.recorded(d.leg)
    for _ in range(3):
        expect(d.tell(d.path("recording"), fields)[0] == 204, "the recording is told")
    kept = [r for r in d.gateway.get("/api/recordings")["items"]
            if r["provider_recording_id"] == d.speech.recording]
    expect(len(kept) == 1 and kept[0]["duration_s"] == 12, f"and noted once: {kept}")
    expect("call.conflict" not in d.gateway.events(d.id) and d.status() == "answered", "the call goes on")


def a_machine_twice(d):
    for _ in range(2):
        expect(d.tell(d.path("amd"), d.speech.call(d.leg, "in-progress", **d.speech.machine))[0] == 204, "told")
    expect(d.gateway.events(d.id).count("call.machine") <= 1, "noted once at most")


def the_end_and_after(d):
    for _ in range(3):
        expect(d.tell(d.path("status"), d.speech.ended(d.leg))[0] == 204, "the end is told")
    expect(d.status() == "completed", "the call is over")
    rig.until(lambda: d.gateway.events(d.id)[-1] == "call.completed", "and nothing runs any more")
    call = d.gateway.get(f"/api/calls/{d.id}")
    for word in d.speech.words:
        expect(d.tell(d.path("status"), d.speech.call(d.leg, word))[0] == 204, f"{word} is acknowledged")
    for kind in ("answer", "gather?turn=3", "fallback"):
        status, document = d.tell(d.path(kind), d.speech.call(d.leg, "in-progress"))
        expect(status == 200 and b"<Hangup" in document, f"{kind} after the end: {document[:200]}")
    after = d.gateway.get(f"/api/calls/{d.id}")
    expect(all(after[k] == call[k] for k in ("status", "ended_at", "duration_s", "outcome")), "it stays as it was")
    expect(d.gateway.events(d.id)[-1] == "call.completed", "with the end as its last event")


def a_caller_nobody_takes(d):
    before = len(d.gateway.get("/api/calls")["items"])
    for _ in range(2):
        status, document = d.tell(f"/voice/{d.wire.name}/inbound", d.speech.inbound(d.carrier))
        expect(status == 200 and b"eject" in document, f"rejected: {document}")
    expect(d.tell(f"/voice/{d.wire.name}/status", d.speech.inbound(d.carrier))[0] == 204, "its end is acknowledged")
    expect(len(d.gateway.get("/api/calls")["items"]) == before, "and no call is left")


def nonces(d):
    """Plivo's: the newer signature covers everything, the older one the address only."""
    if d.wire.name != "plivo":
        return
    path, ring = d.path("status"), d.speech.call(d.leg, "ringing", Event="Ring")
    url, end, before = d.gateway.base_url + path, d.speech.ended(d.leg), d.state()
    d.unchanged("a wrong V3 beside a right V2", d.send(path, urllib.parse.urlencode(end), {
        **d.wire.signed(url, ring), **d.wire.signed_v2(url, "1")}), (403,), before)
    captured = {**d.wire.signed(url, ring, nonce="2"), **d.wire.signed_v2(url, "3")}
    captured["X-Plivo-Signature-V3"] = "A" * 43 + "=," + captured["X-Plivo-Signature-V3"]
    expect(d.send(path, urllib.parse.urlencode(ring), captured)[0] == 204, "one of a list is right")
    before = d.state()
    d.unchanged("a nonce that said something else", d.tell(path, end, nonce="2"), (403,), before)
    older = {k: v for k, v in captured.items() if "V3" not in k}
    d.unchanged("a captured request cut down to V2", d.send(path, urllib.parse.urlencode(end), older), (403,), before)
    expect(d.send(path, urllib.parse.urlencode(ring), captured)[0] == 204, "the carrier may repeat itself")


CASES = [forged_everywhere, cut_and_swollen, nonces, a_call_twice_and_out_of_order,
         a_turn_told_by_many_at_once, malformed_fields,
         a_recording_twice, a_machine_twice, the_end_and_after, a_caller_nobody_takes]


def main():
    results = rig.Results()
    for name in sys.argv[1:] or SPEECHES:
        with rig.temporary_directory() as directory:
            doors = Doors(directory, wires.WIRES[name])
            for case in CASES:
                with results.case(f"{name}: {case.__name__}"):
                    case(doors)
            with results.case(f"{name}: the gateway lives, and ends as it should"):
                expect(doors.close() == 0, "exit status")
                rig.check_database(directory / "data")
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
